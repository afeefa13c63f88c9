//! `lint/admit-any-tenancy`

use super::findings::Findings;
use super::meaning::{Leaf, Meaning};
use crate::syntax::{Effect, Origin, Statement};

lint! {
    /// Flags an Admit of any tenancy that no condition narrows to certain callers.
    ///
    /// # Why
    /// Every customer of Oracle that writes the matching Endorse gets in.
    ///
    /// # Examples
    /// ```policy flagged
    /// Admit any-user of any-tenancy to read objects in compartment shelf
    /// ```
    /// ```policy clean
    /// Admit any-user of any-tenancy to read objects in compartment shelf where request.principal.id = 'ocid1.cluster.oc1.iad.one'
    /// ```
    "lint/admit-any-tenancy", Warning, risk: Critical, rejects: No, basis: "[D: XT]",
    checks: [Check::Meaning(check)]
}

/// Variables whose values belong to one tenancy.
const PINS: [&str; 9] = [
    "request.principal.id",
    "request.principal.compartment.id",
    "request.principal.governingTenancyId",
    "request.user.id",
    "request.groups.id",
    "request.dynamicgroup.id",
    "request.instance.id",
    "request.instance.compartment.id",
    "request.resource.compartment.id",
];

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let Statement::Admit(admit) = meaning.statement() else { return };
    let pins = |leaf: &Leaf<'_>| PINS.iter().any(|name| leaf.is(name)) && leaf.asks_for_values();
    let open = admit.effect == Effect::Allow && admit.origin.node == Origin::AnyTenancy;
    if open && !meaning.needs(pins) {
        findings.report(
            admit.origin.span,
            "every customer of Oracle can get in by this",
            "name the tenancy, or pin the caller: `where request.principal.id = 'OCID'`",
        );
    }
}
