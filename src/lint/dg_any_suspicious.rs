//! `lint/dg-any-suspicious`

use super::findings::Findings;
use crate::format;
use crate::source::Spanned;
use crate::syntax::{Attribute, Comparison, MatchingRule};

lint! {
    /// Flags `any { resource.type = …, resource.compartment.id = … }`.
    ///
    /// # Why
    /// It takes in every resource of the type, wherever it is, *and* everything in the compartment, of whatever type. Nearly
    /// always `all { … }` is meant.
    ///
    /// # Examples
    /// ```rule flagged
    /// any { resource.type = 'fnfunc', resource.compartment.id = 'ocid1.compartment.oc1..hangar' }
    /// ```
    /// ```rule clean
    /// all { resource.type = 'fnfunc', resource.compartment.id = 'ocid1.compartment.oc1..hangar' }
    /// ```
    "lint/dg-any-suspicious", Warning, risk: Critical, rejects: No, basis: "[D: DGR] [I]",
    checks: [Check::Rule(check)]
}

fn check(rule: &Spanned<MatchingRule>, findings: &mut Findings<'_>) {
    let (MatchingRule::All(members) | MatchingRule::Any(members)) = &rule.node else { return };
    let asks = |wanted: &[Attribute]| {
        members.iter().any(|member| match &member.node {
            MatchingRule::Test(test) => {
                matches!(test.comparison, Comparison::Equal(_)) && wanted.contains(&test.attribute.node)
            }
            MatchingRule::All(_) | MatchingRule::Any(_) | MatchingRule::Opaque(_) => false,
        })
    };
    let place = [Attribute::ResourceCompartment, Attribute::InstanceCompartment];
    if matches!(rule.node, MatchingRule::Any(_)) && asks(&[Attribute::ResourceType]) && asks(&place) {
        let finding = findings.report(
            rule.span,
            "every resource of the type, and everything in the compartment, fits",
            "write `all { … }` if resources of that type in that compartment are meant",
        );
        if members.len() == 2 {
            let all = format::matching_rule(&MatchingRule::All(members.clone()));
            finding.suggest(format!("write `{all}`"), rule.span, all);
        }
        return;
    }
    members.iter().for_each(|member| check(member, findings));
}
