//! `lint/region-unknown`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::Region;
use crate::suggest::did_you_mean;

lint! {
    /// Flags a value of `request.region` that is no key of a region.
    ///
    /// # Why
    /// The test is never true. Other realms and new regions have keys that no list here has: a value of three letters is a
    /// remark only.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where request.region = 'ashburn'
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy where request.region = 'iad'
    /// ```
    "lint/region-unknown", Warning, rejects: No, basis: "[D: GV]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    for leaf in meaning.leaves.iter().filter(|leaf| leaf.is("request.region")) {
        for (text, span) in leaf.texts().filter(|(text, _)| !text.contains('*')) {
            if Region::find(text).is_some() || Region::find_long(text).is_some() {
                continue;
            }
            let lower = text.to_ascii_lowercase();
            let by_name = Region::all().find(|region| region.name().to_ascii_lowercase().contains(&lower));
            let near = || {
                let long = did_you_mean(text, Region::all().map(Region::long_name));
                long.and_then(Region::find_long)
            };
            let like = by_name.filter(|_| lower.len() > 3).or_else(near);
            let help = match like {
                Some(region) => format!("did you mean `{}`, {region}?", region.key().to_ascii_lowercase()),
                None => "write the key of three letters: `iad`, `phx`, `fra`, …".to_owned(),
            };
            let finding = findings.report(span, format!("no region has the key `{text}`"), help);
            if text.len() == 3 {
                finding.as_info();
            }
        }
    }
}
