//! `lint/unknown-service-name`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::ServicePrincipal;
use crate::suggest::did_you_mean;
use crate::syntax::Subject;

lint! {
    /// Flags the name of a service that is nearly one of those known.
    ///
    /// # Why
    /// A service that does not exist is granted nothing, and no page lists all names: only those close to a known one are
    /// reported.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow service blokstorage to use keys in compartment safe
    /// ```
    /// ```policy clean
    /// Allow service blockstorage to use keys in compartment safe
    /// Allow service cloudguard to read vcns in compartment safe
    /// ```
    "lint/unknown-service-name", Info, rejects: No, basis: "[E: COM, SUB] [DD]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let Some(Subject::Services(names)) = meaning.subject() else { return };
    for name in names {
        let Some(text) = name.node.literal() else { continue };
        if ServicePrincipal::find(text).is_some() {
            continue;
        }
        let stems = ServicePrincipal::names().filter(|known| known.len() > 4 && !known.contains('<'));
        if let Some(like) = did_you_mean(text, stems) {
            findings
                .report(name.span, format!("no service `{text}` is known"), format!("did you mean `{like}`?"))
                .suggest(format!("write `{like}`"), name.span, like);
        }
    }
}
