//! `lint/region-long-name`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::Region;

lint! {
    /// Flags the long name of a region in a test of `request.region`.
    ///
    /// # Why
    /// The variable holds the key of three letters: `phx`, not `us-phoenix-1`. A test for the long name is never true, and one
    /// that rules it out rules nothing out.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where request.region = 'us-phoenix-1'
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy where request.region = 'phx'
    /// ```
    "lint/region-long-name", Error, rejects: No, basis: "[D: GV]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    for leaf in meaning.leaves.iter().filter(|leaf| leaf.is("request.region")) {
        for (text, span) in leaf.texts() {
            if let Some(region) = Region::find_long(text) {
                let key = region.key().to_ascii_lowercase();
                findings
                    .report(
                        span,
                        format!("`request.region` is never `{text}`: it holds the key of the region"),
                        format!("write `'{key}'`"),
                    )
                    .safe(format!("write `'{key}'`"), span, format!("'{key}'"));
            }
        }
    }
}
