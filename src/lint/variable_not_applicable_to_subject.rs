//! `lint/variable-not-applicable-to-subject`

use super::findings::Findings;
use super::meaning::{Leaf, Meaning};
use crate::catalog::{PrincipalKind, PrincipalType};
use crate::syntax::{Predicate, Subject};

lint! {
    /// Flags a condition on a variable that callers of this kind do not have.
    ///
    /// # Why
    /// Only people have `request.user.…` and `request.groups.…`, only instances and resources a compartment and dynamic groups,
    /// only workloads a namespace. For anybody else the test is false, and the statement never applies.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow dynamic-group Robots to read objects in compartment shelf where request.user.name = 'kim'
    /// ```
    /// ```policy flagged
    /// Allow group Pilots to read objects in compartment shelf where request.principal.type = 'instance'
    /// ```
    /// ```policy clean
    /// Allow dynamic-group Robots to read objects in compartment shelf where request.principal.compartment.id = 'ocid1.compartment.oc1..hangar'
    /// ```
    "lint/variable-not-applicable-to-subject", Error, rejects: No, basis: "[D: GV] [I]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let (kinds, who): (&[PrincipalKind], _) = match meaning.subject() {
        Some(Subject::Groups(_)) => (&[PrincipalKind::User], "members of groups"),
        Some(Subject::DynamicGroups(_)) => {
            (&[PrincipalKind::Instance, PrincipalKind::Resource], "members of dynamic groups")
        }
        Some(Subject::Services(_)) => (&[PrincipalKind::Service], "services"),
        Some(
            Subject::AnyUser
            | Subject::AnyGroup
            | Subject::Resource { .. }
            | Subject::Users(_)
            | Subject::Opaque(_),
        )
        | None => return,
    };
    for leaf in meaning.leaves.iter().filter(|leaf| leaf.test.predicate != Predicate::Absent) {
        let Some(found) = leaf.variable else { continue };
        let absent = !kinds.iter().any(|kind| found.variable.exists_for(*kind)) || of_workloads(leaf);
        let message = if absent {
            format!("{who} have no `{}`: never true", leaf.name())
        } else if let Some(kind) = other_kind(leaf, kinds) {
            format!("{who} are never of type `{kind}`: never true")
        } else {
            continue;
        };
        let finding = findings.report(
            leaf.span,
            message,
            "change the subject, or the variable: `any-user` with `request.principal.type` speaks of other callers",
        );
        if !meaning.needs(|other| other.span == leaf.span) {
            finding.as_warning();
        }
    }
}

fn of_workloads(leaf: &Leaf<'_>) -> bool {
    ["request.principal.namespace", "request.principal.service_account", "request.principal.cluster_id"]
        .iter()
        .any(|name| leaf.is(name))
}

/// The type that a test asks for and that no caller of these kinds has.
fn other_kind<'s>(leaf: &Leaf<'s>, kinds: &[PrincipalKind]) -> Option<&'s str> {
    if !leaf.is("request.principal.type") || !leaf.asks_for_values() || leaf.patterns().next().is_some() {
        return None;
    }
    let fits = |text: &str| {
        let named = PrincipalKind::ALL.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(text));
        let listed = PrincipalType::find(text).map(PrincipalType::kind);
        // An unknown type is a resource's.
        kinds.contains(&named.or(listed).unwrap_or(PrincipalKind::Resource))
    };
    let mut texts = leaf.texts().map(|(text, _)| text);
    let first = texts.next()?;
    (!fits(first) && texts.all(|text| !fits(text))).then_some(first)
}
