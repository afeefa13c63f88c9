//! `lint/resource-type-nonstandard-spelling`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::{Found, ResourceType, Spelling};
use crate::source::Spanned;
use crate::syntax::{Admit, CrossAction, Endorse, Name, Statement};

lint! {
    /// Flags a resource-type in another spelling than the one the reference tables have: `instance` for `instances`,
    /// `key-delegates` for `key-delegate`.
    ///
    /// # Why
    /// Pages of the documentation print both. Only the tabulated spelling is known to be accepted; of the other nothing
    /// is known, and who searches for the type misses the statement.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Bakers to use key-delegates in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Bakers to use key-delegate in tenancy
    /// ```
    "lint/resource-type-nonstandard-spelling", Warning, rejects: No, basis: "[X]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if let (Some((_, resource)), Some(found)) = (meaning.verb(), meaning.found()) {
        report(resource, found, findings);
    }
    if let Statement::Endorse(Endorse { action: CrossAction::Associate(pair), .. })
    | Statement::Admit(Admit { action: CrossAction::Associate(pair), .. }) = meaning.statement()
    {
        for side in [&pair.first, &pair.second] {
            if let Some(found) = side.resource.node.literal().and_then(ResourceType::find) {
                report(&side.resource, found, findings);
            }
        }
    }
}

fn report(written: &Spanned<Name>, found: Found, findings: &mut Findings<'_>) {
    if found.spelling != Spelling::Alias {
        return;
    }
    let (text, name) = (written.node.as_str(), found.resource_type.name());
    findings
        .report(written.span, format!("the reference spells `{text}` as `{name}`"), format!("write `{name}`"))
        .safe(format!("write `{name}`"), written.span, name);
}
