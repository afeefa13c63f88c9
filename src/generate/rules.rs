//! Matching rules of the dynamic groups that intents ask for.

use crate::caseless;
use crate::source::{Span, Spanned};
use crate::syntax::{Attribute, Comparison, MatchingRule, Name, RuleTest};

/// `resource.id = 'OCID'`, or `any { … }` for several.
pub(super) fn one_resource(kind: &str, ids: &[String]) -> MatchingRule {
    let attribute = if is_instance(kind) { Attribute::InstanceId } else { Attribute::ResourceId };
    any(&attribute, ids)
}

/// All resources of a type in some compartments, or in every compartment where none is named. Compute instances have
/// attributes of their own, which say the type as well.
///
/// # Source
/// Oracle IAM documentation, "Writing Matching Rules to Define Dynamic Groups"; for clusters, "Encrypting Kubernetes
/// Secrets at Rest in Etcd".
pub(super) fn of_type(kind: &str, compartments: &[String]) -> MatchingRule {
    let of_kind = || test(&Attribute::ResourceType, kind);
    if compartments.is_empty() {
        return of_kind();
    }
    if is_instance(kind) {
        return any(&Attribute::InstanceCompartment, compartments);
    }
    let place = any(&Attribute::ResourceCompartment, compartments);
    MatchingRule::All([of_kind(), place].map(|rule| Spanned::new(rule, Span::default())).to_vec())
}

fn any(attribute: &Attribute, values: &[String]) -> MatchingRule {
    match values {
        [only] => test(attribute, only),
        several => {
            let each = several.iter().map(|value| Spanned::new(test(attribute, value), Span::default()));
            MatchingRule::Any(each.collect())
        }
    }
}

fn test(attribute: &Attribute, value: &str) -> MatchingRule {
    MatchingRule::Test(RuleTest {
        attribute: Spanned::new(attribute.clone(), Span::default()),
        comparison: Comparison::Equal(Spanned::new(Name::Literal(value.to_owned()), Span::default())),
    })
}

fn is_instance(kind: &str) -> bool {
    caseless::equal(kind, "instance")
}

/// Every comparison of a rule, in the order they were written.
pub(super) fn values(rule: &MatchingRule) -> Vec<(Attribute, Comparison)> {
    match rule {
        MatchingRule::All(rules) | MatchingRule::Any(rules) => {
            rules.iter().flat_map(|rule| values(&rule.node)).collect()
        }
        MatchingRule::Test(test) => vec![(test.attribute.node.clone(), test.comparison.clone())],
        MatchingRule::Opaque(_) => Vec::new(),
    }
}
