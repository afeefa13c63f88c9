//! `lint/resource-type-nonstandard-spelling`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::Spelling;

lint! {
    /// Flags a resource-type in another spelling than its table has.
    ///
    /// # Why
    /// Some pages and samples of Oracle write the singular for the plural, or the other way round. Whether the service takes
    /// such a name is not known; the tabulated one is safe.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Bakers to use key-delegates in compartment safe
    /// ```
    /// ```policy clean
    /// Allow group Bakers to use key-delegate in compartment safe
    /// ```
    "lint/resource-type-nonstandard-spelling", Warning, rejects: No, basis: "[X: KEY, COM]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let (Some((_, resource)), Some(found)) = (meaning.verb(), meaning.found()) else { return };
    if found.spelling == Spelling::Alias {
        let name = found.resource_type.name();
        findings
            .report(
                resource.span,
                format!("the table of this type calls it `{name}`, not `{}`", resource.node.as_str()),
                format!("write `{name}`"),
            )
            .safe(format!("write `{name}`"), resource.span, name);
    }
}
