//! `lint/resource-type-nonstandard-spelling`

use super::findings::Findings;
use crate::catalog::{ResourceType, Spelling};
use crate::source::Spanned;
use crate::syntax::{Action, CrossAction, Item, Name, Statement};

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
    checks: [Check::Statement(check)]
}

fn check(item: &Item, findings: &mut Findings<'_>) {
    if let Some(Action::Verb { resource, .. }) = item.statement.action().map(|action| &action.node) {
        report(resource, findings);
    }
    if let Statement::Endorse(crate::syntax::Endorse { action: CrossAction::Associate(pair), .. })
    | Statement::Admit(crate::syntax::Admit { action: CrossAction::Associate(pair), .. }) = &item.statement
    {
        report(&pair.first.resource, findings);
        report(&pair.second.resource, findings);
    }
}

fn report(written: &Spanned<Name>, findings: &mut Findings<'_>) {
    let Some(text) = written.node.literal() else { return };
    let Some(found) = ResourceType::find(text).filter(|found| found.spelling == Spelling::Alias) else {
        return;
    };
    let name = found.resource_type.name();
    findings
        .report(written.span, format!("the reference spells `{text}` as `{name}`"), format!("write `{name}`"))
        .safe(format!("write `{name}`"), written.span, name);
}
