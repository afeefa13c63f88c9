//! `lint/region-not-subscribed`

use super::context::Context;
use super::findings::ProgramFindings;
use super::meaning::Meaning;
use crate::catalog::Region;
use crate::source::Place;

lint! {
    /// Flags a region that the tenancy is not subscribed to.
    ///
    /// # Why
    /// No request is made there: the test is never true.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     home-region: iad
    ///     regions: [iad]
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements:
    ///           - Allow group Pilots to read vcns in tenancy where request.region = 'fra'
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     home-region: iad
    ///     regions: [iad]
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements:
    ///           - Allow group Pilots to read vcns in tenancy where request.region = 'iad'
    /// ```
    "lint/region-not-subscribed", Warning, rejects: No, basis: "[D: GV]",
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    if context.model.tenancies().all(|(_, tenancy)| tenancy.regions.is_none()) {
        return;
    }
    for (statement, written) in context.statements() {
        let tenancy = context.model.tenancy(context.tenancy(statement));
        let Some(regions) = tenancy.and_then(|tenancy| tenancy.regions.as_ref()) else { continue };
        if written.item.statement.condition().is_none() {
            continue;
        }
        for leaf in &Meaning::of(written.item).leaves {
            for (text, span) in leaf.texts().filter(|_| leaf.is("request.region") && leaf.asks_for_values()) {
                let subscribed = regions.iter().any(|key| key.eq_ignore_ascii_case(text));
                if let Some(region) = Region::find(text).filter(|_| !subscribed) {
                    findings.report(
                        Place { source: statement.place.source, span },
                        format!("the tenancy is not subscribed to {region}"),
                        format!("it has: {}", regions.join(", ")),
                    );
                }
            }
        }
    }
}
