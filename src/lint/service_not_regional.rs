//! `lint/service-not-regional`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::ServicePrincipal;
use crate::syntax::Subject;

lint! {
    /// Flags a service that has one principal for each region, named without its region.
    ///
    /// # Why
    /// Object Storage acts in each region under another name; the bare name authorises nobody.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow service objectstorage to use keys in compartment safe
    /// ```
    /// ```policy clean
    /// Allow service objectstorage-eu-frankfurt-1 to use keys in compartment safe
    /// ```
    "lint/service-not-regional", Warning, rejects: No, basis: "[D: COM]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let Some(Subject::Services(names)) = meaning.subject() else { return };
    for name in names {
        if let Some(ServicePrincipal::WithoutRegion(stem)) =
            name.node.literal().and_then(ServicePrincipal::find)
        {
            findings.report(
                name.span,
                format!("`{stem}` has one name for each region, and this is none of them"),
                format!("write `{stem}-REGION`, as in `{stem}-eu-frankfurt-1`, once for each region"),
            );
        }
    }
}
