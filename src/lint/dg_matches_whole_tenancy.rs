//! `lint/dg-matches-whole-tenancy`

use super::findings::Findings;
use crate::source::Spanned;
use crate::syntax::{Attribute, Comparison, MatchingRule};

lint! {
    /// Flags a matching rule that every resource of some broad kind fits.
    ///
    /// # Why
    /// A type alone takes in every resource of that type in the tenancy, and `!=` alone takes in everything else. Who can make such a
    /// resource anywhere holds whatever the dynamic group may.
    ///
    /// # Examples
    /// ```rule flagged
    /// resource.type = 'cluster'
    /// ```
    /// ```rule flagged
    /// any { instance.id != 'ocid1.instance.oc1.iad.one', instance.compartment.id = 'ocid1.compartment.oc1..hangar' }
    /// ```
    /// ```rule clean
    /// all { resource.type = 'cluster', resource.compartment.id = 'ocid1.compartment.oc1..hangar' }
    /// ```
    "lint/dg-matches-whole-tenancy", Warning, risk: Critical, rejects: No, basis: "[D: DGR]",
    checks: [Check::Rule(check)]
}

fn check(rule: &Spanned<MatchingRule>, findings: &mut Findings<'_>) {
    let Some((culprit, type_only)) = open(rule) else { return };
    let message = if type_only {
        "every resource of this type in the tenancy fits"
    } else {
        "nearly every resource of the tenancy fits"
    };
    findings.report(
        culprit.span,
        message,
        "say where they are: `all { …, resource.compartment.id = 'OCID' }`",
    );
}

/// A part of the rule by which resources of the whole tenancy fit, and whether it asks for a type.
fn open(rule: &Spanned<MatchingRule>) -> Option<(&Spanned<MatchingRule>, bool)> {
    match &rule.node {
        MatchingRule::All(members) => {
            let parts: Option<Vec<_>> = members.iter().map(open).collect();
            let parts = parts?;
            parts.iter().find(|(_, type_only)| *type_only).or_else(|| parts.first()).copied()
        }
        MatchingRule::Any(members) => members.iter().find_map(open),
        MatchingRule::Test(test) => match (&test.attribute.node, &test.comparison) {
            (Attribute::Tag { .. } | Attribute::Unknown(_), _) | (_, Comparison::Present) => None,
            (Attribute::ResourceType, Comparison::Equal(_)) => Some((rule, true)),
            (_, Comparison::NotEqual(_)) => Some((rule, false)),
            (
                Attribute::InstanceId
                | Attribute::InstanceCompartment
                | Attribute::ResourceId
                | Attribute::ResourceCompartment,
                Comparison::Equal(_),
            ) => None,
        },
        MatchingRule::Opaque(_) => None,
    }
}
