//! `lint/endorse-any-tenancy`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::syntax::{Effect, Scope};

lint! {
    /// Flags an Endorse into any tenancy.
    ///
    /// # Why
    /// Data may go to every tenancy that admits the caller, also one that somebody made for that purpose.
    ///
    /// # Examples
    /// ```policy flagged
    /// Endorse group Pilots to manage object-family in any-tenancy
    /// ```
    /// ```policy clean
    /// Endorse group Pilots to manage object-family in any-tenancy where target.tenant.id = 'ocid1.tenancy.oc1..glacier'
    /// ```
    "lint/endorse-any-tenancy", Warning, risk: Medium, rejects: No, basis: "[D: XT]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let Some(scope) = meaning.scope() else { return };
    if meaning.effect() == Some(Effect::Allow)
        && scope.node == Scope::AnyTenancy
        && !meaning.needs(|leaf| leaf.is("target.tenant.id") && leaf.asks_for_values())
    {
        findings.report(
            scope.span,
            "this reaches every tenancy that admits the caller",
            "name the tenancy: `in tenancy ALIAS`, with a Define of the alias",
        );
    }
}
