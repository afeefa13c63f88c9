//! `lint/dg-single-resource`

use super::findings::Findings;
use crate::source::Spanned;
use crate::syntax::{Attribute, Comparison, MatchingRule};

lint! {
    /// Says that a matching rule pins one resource, for which a condition would do.
    ///
    /// # Why
    /// `any-user` with `request.principal.id = 'OCID'` says the same in the policy itself and spends no dynamic group, of which a
    /// tenancy has few.
    ///
    /// # Examples
    /// ```rule flagged
    /// resource.id = 'ocid1.cluster.oc1.iad.one'
    /// ```
    /// ```rule clean
    /// all { resource.type = 'cluster', resource.compartment.id = 'ocid1.compartment.oc1..hangar' }
    /// ```
    "lint/dg-single-resource", Info, rejects: No, basis: "[D: DGR, GV]",
    off: "a matter of taste",
    checks: [Check::Rule(check)]
}

fn check(rule: &Spanned<MatchingRule>, findings: &mut Findings<'_>) {
    let MatchingRule::Test(test) = &rule.node else { return };
    let pins = matches!(test.attribute.node, Attribute::ResourceId | Attribute::InstanceId);
    if let (true, Comparison::Equal(value)) = (pins, &test.comparison) {
        findings.report(
            rule.span,
            "one resource fits this rule",
            format!(
                "write `any-user` and `where request.principal.id = '{}'` in the policy",
                value.node.as_str()
            ),
        );
    }
}
