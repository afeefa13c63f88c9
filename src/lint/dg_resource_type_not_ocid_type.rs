//! `lint/dg-resource-type-not-ocid-type`

use super::findings::Findings;
use crate::catalog::{PrincipalType, ResourceType};
use crate::source::Spanned;
use crate::suggest::did_you_mean;
use crate::syntax::{Attribute, Comparison, MatchingRule, Name};

lint! {
    /// Flags a value of `resource.type` that is a name of policies, or nearly a type that is known.
    ///
    /// # Why
    /// A matching rule compares with the second part of the OCID: `ocid1.cluster.…` is of type `cluster`, though policies call it
    /// `clusters`.
    ///
    /// # Examples
    /// ```rule flagged
    /// all { resource.type = 'clusters', resource.compartment.id = 'ocid1.compartment.oc1..hangar' }
    /// ```
    /// ```rule clean
    /// all { resource.type = 'cluster', resource.compartment.id = 'ocid1.compartment.oc1..hangar' }
    /// ```
    "lint/dg-resource-type-not-ocid-type", Warning, rejects: No, basis: "[D: DGR] [X]",
    checks: [Check::Rule(check)]
}

fn check(rule: &Spanned<MatchingRule>, findings: &mut Findings<'_>) {
    for (value, _) in types(rule) {
        let Some(text) = value.node.literal() else { continue };
        if PrincipalType::find(text).is_some() || text.eq_ignore_ascii_case("workload") {
            continue;
        }
        let bare = text.to_ascii_lowercase().replace(['-', '_'], "");
        let single = bare.strip_suffix('s').unwrap_or(&bare);
        let known = PrincipalType::find(single).or_else(|| PrincipalType::find(&bare));
        let near = || {
            let name = did_you_mean(text, PrincipalType::all().map(PrincipalType::name))?;
            // Of short words many are near each other.
            PrincipalType::find(name).filter(|_| text.len() > 5)
        };
        let of_policies = ResourceType::find(text).is_some();
        let (message, help) = match known.or_else(near) {
            Some(like) => (
                format!("no resource is of type `{text}`: a rule has the word that the OCID has"),
                format!("did you mean `{}`?", like.name()),
            ),
            None if of_policies => (
                format!("`{text}` is a name of policies, not the type in an OCID"),
                "write the second part of the resource's OCID: `ocid1.TYPE.…`".to_owned(),
            ),
            None => continue,
        };
        let finding = findings.report(value.span, message, help);
        if let Some(like) = known {
            finding.suggest(format!("write `{}`", like.name()), value.span, format!("'{}'", like.name()));
        }
    }
}

/// The values that `resource.type` is compared with, and whether they are asked for.
pub(super) fn types(rule: &Spanned<MatchingRule>) -> Vec<(&Spanned<Name>, bool)> {
    match &rule.node {
        MatchingRule::All(members) | MatchingRule::Any(members) => members.iter().flat_map(types).collect(),
        MatchingRule::Test(test) if test.attribute.node == Attribute::ResourceType => {
            match &test.comparison {
                Comparison::Equal(value) => vec![(value, true)],
                Comparison::NotEqual(value) => vec![(value, false)],
                Comparison::Present => Vec::new(),
            }
        }
        MatchingRule::Test(_) | MatchingRule::Opaque(_) => Vec::new(),
    }
}
