//! `lint/dg-ocid-type-mismatch`

use super::findings::Findings;
use crate::ocid::Ocid;
use crate::source::Spanned;
use crate::syntax::{Attribute, Comparison, MatchingRule, Name, RuleTest};

lint! {
    /// Flags an OCID of another kind than the attribute has.
    ///
    /// # Why
    /// The rule is saved without looking at its OCIDs, and nothing ever fits it.
    ///
    /// # Examples
    /// ```rule flagged
    /// instance.id = 'ocid1.compartment.oc1..hangar'
    /// ```
    /// ```rule flagged
    /// all { resource.type = 'cluster', resource.id = 'ocid1.instance.oc1.iad.one' }
    /// ```
    /// ```rule clean
    /// instance.compartment.id = 'ocid1.compartment.oc1..hangar'
    /// ```
    "lint/dg-ocid-type-mismatch", Error, rejects: No, basis: "[D: DGR, DGM] [I]",
    checks: [Check::Rule(check)]
}

fn check(rule: &Spanned<MatchingRule>, findings: &mut Findings<'_>) {
    match &rule.node {
        MatchingRule::All(members) => {
            let wanted = members.iter().find_map(|member| match &member.node {
                MatchingRule::Test(RuleTest { attribute, comparison: Comparison::Equal(value) })
                    if attribute.node == Attribute::ResourceType =>
                {
                    value.node.literal()
                }
                MatchingRule::Test(_)
                | MatchingRule::All(_)
                | MatchingRule::Any(_)
                | MatchingRule::Opaque(_) => None,
            });
            for member in members {
                match &member.node {
                    MatchingRule::Test(test) => look(test, wanted, findings),
                    MatchingRule::All(_) | MatchingRule::Any(_) => check(member, findings),
                    MatchingRule::Opaque(_) => {}
                }
            }
        }
        MatchingRule::Any(members) => members.iter().for_each(|member| check(member, findings)),
        MatchingRule::Test(test) => look(test, None, findings),
        MatchingRule::Opaque(_) => {}
    }
}

fn look(test: &RuleTest, wanted: Option<&str>, findings: &mut Findings<'_>) {
    let (Comparison::Equal(value) | Comparison::NotEqual(value)) = &test.comparison else { return };
    let Some(kind) = kind(value) else { return };
    let (fits, what) = match (&test.attribute.node, wanted) {
        (Attribute::InstanceId, _) => (kind == "instance", "an instance".to_owned()),
        (Attribute::InstanceCompartment | Attribute::ResourceCompartment, _) => {
            (matches!(kind.as_str(), "compartment" | "tenancy"), "a compartment".to_owned())
        }
        (Attribute::ResourceId, Some(wanted)) => (kind.eq_ignore_ascii_case(wanted), format!("a {wanted}")),
        (Attribute::ResourceId, None) => {
            (!matches!(kind.as_str(), "compartment" | "tenancy"), "a resource".to_owned())
        }
        (Attribute::ResourceType | Attribute::Tag { .. } | Attribute::Unknown(_), _) => return,
    };
    if !fits {
        let attribute = &test.attribute.node;
        let help = match kind.as_str() {
            "compartment" | "tenancy" if *attribute == Attribute::InstanceId => {
                "write `instance.compartment.id`".to_owned()
            }
            "compartment" | "tenancy" => "write `resource.compartment.id`".to_owned(),
            _ => format!("write the OCID of {what}"),
        };
        findings.report(value.span, format!("`{attribute}` is the OCID of {what}, never of a {kind}"), help);
    }
}

fn kind(value: &Spanned<Name>) -> Option<String> {
    Some(Ocid::parse(value.node.literal()?).ok()?.resource_kind().to_ascii_lowercase())
}
