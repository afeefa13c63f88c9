//! `lint/dg-compartment-not-inherited`

use super::context::Context;
use super::findings::ProgramFindings;
use crate::source::{Place, Spanned};
use crate::syntax::{Attribute, Comparison, MatchingRule};
use crate::tenancy::Aspect;

lint! {
    /// Says that a matching rule on a compartment leaves out the compartments inside it.
    ///
    /// # Why
    /// The rule asks for the compartment a resource is in, directly. Policies reach what lies below; rules do not.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     compartments:
    ///       - name: hangar
    ///         id: ocid1.compartment.oc1..hangar
    ///         compartments: [{name: bay1, id: ocid1.compartment.oc1..bay1}]
    ///     dynamic-groups:
    ///       - name: Robots
    ///         id: ocid1.dynamicgroup.oc1..robots
    ///         matching-rule: instance.compartment.id = 'ocid1.compartment.oc1..hangar'
    ///     policies:
    ///       - statements:
    ///           - Allow dynamic-group Robots to read vcns in tenancy
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     compartments:
    ///       - name: hangar
    ///         id: ocid1.compartment.oc1..hangar
    ///         compartments: [{name: bay1, id: ocid1.compartment.oc1..bay1}]
    ///     dynamic-groups:
    ///       - name: Robots
    ///         id: ocid1.dynamicgroup.oc1..robots
    ///         matching-rule: instance.compartment.id = 'ocid1.compartment.oc1..bay1'
    ///     policies:
    ///       - statements:
    ///           - Allow dynamic-group Robots to read vcns in tenancy
    /// ```
    "lint/dg-compartment-not-inherited", Info, rejects: No, basis: "[I: DGR]",
    needs: [Need::Knows(Aspect::Compartments)],
    off: "most rules mean the one compartment",
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let model = context.model;
    for (_, group) in model.dynamic_groups() {
        let (Some((rule, _)), Some(place)) = (&group.rule, group.place) else { continue };
        if !model.knows(group.tenancy, Aspect::Compartments) {
            continue;
        }
        let mut asked: Vec<(&str, crate::source::Span)> = Vec::new();
        compartments(rule, &mut asked);
        for (ocid, span) in &asked {
            let Some(compartment) = model.find_compartment(ocid) else { continue };
            // Who names one of those inside knows.
            let inside: Vec<&str> = model
                .children(compartment)
                .filter(|(_, child)| {
                    let named = |id: &crate::ocid::Ocid| asked.iter().any(|(other, _)| id.as_str() == *other);
                    !child.id.as_ref().is_some_and(named)
                })
                .map(|(_, child)| child.name.as_str())
                .collect();
            if let (Some(first), true) = (inside.first(), inside.len() == model.children(compartment).count())
            {
                let more = inside.len() - 1;
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                findings.report(
                    Place { source: place.source, span: *span },
                    format!("what lies in `{first}`{more} inside this compartment does not fit"),
                    "write `any { … }` with each compartment that is meant",
                );
            }
        }
    }
}

fn compartments<'r>(rule: &'r Spanned<MatchingRule>, asked: &mut Vec<(&'r str, crate::source::Span)>) {
    match &rule.node {
        MatchingRule::All(members) | MatchingRule::Any(members) => {
            members.iter().for_each(|member| compartments(member, asked));
        }
        MatchingRule::Test(test) => {
            let of_place = matches!(
                test.attribute.node,
                Attribute::InstanceCompartment | Attribute::ResourceCompartment
            );
            if let (true, Comparison::Equal(value)) = (of_place, &test.comparison)
                && let Some(text) = value.node.literal()
            {
                asked.push((text, value.span));
            }
        }
        MatchingRule::Opaque(_) => {}
    }
}
