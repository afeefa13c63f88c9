//! `lint/dg-all-unsatisfiable`

use super::findings::Findings;
use crate::source::{Span, Spanned};
use crate::syntax::{Attribute, Comparison, MatchingRule};

lint! {
    /// Flags a matching rule that nothing can fit.
    ///
    /// # Why
    /// A resource has one id, one compartment and one type. Two different values in one `all { … }`, or an instance of another type,
    /// fit nothing; `any { … }` is meant.
    ///
    /// # Examples
    /// ```rule flagged
    /// all { instance.compartment.id = 'ocid1.compartment.oc1..aa', instance.compartment.id = 'ocid1.compartment.oc1..bb' }
    /// ```
    /// ```rule flagged
    /// all { resource.type = 'cluster', instance.compartment.id = 'ocid1.compartment.oc1..aa' }
    /// ```
    /// ```rule clean
    /// any { instance.compartment.id = 'ocid1.compartment.oc1..aa', instance.compartment.id = 'ocid1.compartment.oc1..bb' }
    /// ```
    "lint/dg-all-unsatisfiable", Error, rejects: No, basis: "[D: DGR] [I]",
    checks: [Check::Rule(check)]
}

fn check(rule: &Spanned<MatchingRule>, findings: &mut Findings<'_>) {
    match &rule.node {
        MatchingRule::All(members) => {
            let mut pins = Vec::new();
            collect(members, &mut pins);
            for (index, pin) in pins.iter().enumerate() {
                if let Some(other) = pins.iter().take(index).find(|other| exclude(pin, other)) {
                    let place = findings.place(other.2);
                    findings
                        .report(pin.2, "nothing can be this and the other at once", "write `any { … }`")
                        .label(place, "the other");
                    return;
                }
            }
            members.iter().for_each(|member| check(member, findings));
        }
        MatchingRule::Any(members) => members.iter().for_each(|member| check(member, findings)),
        MatchingRule::Test(_) | MatchingRule::Opaque(_) => {}
    }
}

/// What an attribute is asked to be, and where.
type Pin<'r> = (&'r Attribute, &'r str, Span);

fn collect<'r>(members: &'r [Spanned<MatchingRule>], pins: &mut Vec<Pin<'r>>) {
    for member in members {
        match &member.node {
            MatchingRule::All(members) => collect(members, pins),
            MatchingRule::Test(test) => {
                if let Comparison::Equal(value) = &test.comparison
                    && let Some(text) = value.node.literal()
                {
                    pins.push((&test.attribute.node, text, member.span));
                }
            }
            MatchingRule::Any(_) | MatchingRule::Opaque(_) => {}
        }
    }
}

fn exclude(a: &Pin<'_>, b: &Pin<'_>) -> bool {
    let single = !matches!(a.0, Attribute::Tag { .. } | Attribute::Unknown(_));
    let differ = !a.1.eq_ignore_ascii_case(b.1);
    let of_instance = |pin: &Pin<'_>| matches!(pin.0, Attribute::InstanceId | Attribute::InstanceCompartment);
    let other_type =
        |pin: &Pin<'_>| *pin.0 == Attribute::ResourceType && !pin.1.eq_ignore_ascii_case("instance");
    (single && a.0 == b.0 && differ) || (of_instance(a) && other_type(b)) || (of_instance(b) && other_type(a))
}
