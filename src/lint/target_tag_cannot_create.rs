//! `lint/target-tag-cannot-create`

use super::findings::Findings;
use super::meaning::{Leaf, Meaning};
use crate::catalog::{OperationKind, Permission};
use crate::syntax::{Effect, Predicate};

lint! {
    /// Flags a condition on tags of the target in a statement that also grants making new resources.
    ///
    /// # Why
    /// What is yet to be made has no tags, so that the variable is absent and the condition false: the statement never lets
    /// anybody create. A tag of the compartment can be asked for instead.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to manage instances in compartment hangar where target.resource.tag.ops.env = 'prod'
    /// ```
    /// ```policy clean
    /// Allow group Pilots to manage instances in compartment hangar where target.resource.compartment.tag.ops.env = 'prod'
    /// Allow group Crew to use instances in compartment hangar where target.resource.tag.ops.env = 'prod'
    /// Allow group Staff to manage instances in compartment hangar where any { target.resource.tag.ops.env = 'prod', request.permission = 'INSTANCE_CREATE' }
    /// ```
    "lint/target-tag-cannot-create", Warning, rejects: No, basis: "[D: TAG]",
    checks: [Check::Meaning(check)]
}

/// How the variables of a target's tags begin.
pub(super) const TARGET_TAG: &str = "target.resource.tag.";

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if meaning.effect() != Some(Effect::Allow) || !meaning.leaves.iter().any(is_of_target) {
        return;
    }
    let creates = |permission: &Permission| {
        let makes = |operation: &crate::catalog::Operation| {
            operation.kind() == OperationKind::Create
                && operation.requirement().permissions().is_some_and(|needed| needed.contains(permission))
        };
        permission.name().ends_with("_CREATE")
            && permission.operations().iter().any(makes)
            && !meaning.withholds(*permission)
    };
    let Some(lost) = meaning.granted().certain.iter().find(creates) else { return };
    // Another branch of the condition may let creation through.
    if !meaning.needs(|leaf| is_of_target(leaf) || excludes(leaf, lost)) {
        return;
    }
    let Some(leaf) = meaning.leaves.iter().find(|leaf| is_of_target(leaf)) else { return };
    let typed = leaf.name();
    let tag = typed.get(TARGET_TAG.len()..).unwrap_or_default();
    let instead = format!("target.resource.compartment.tag.{tag}");
    findings
        .report(
            leaf.test.variable.span,
            format!("{} stays denied: what is yet to be made has no tags", lost.name()),
            format!(
                "ask for the compartment's tag, `{instead}`, or grant creating in a statement of its own"
            ),
        )
        .suggest(format!("write `{instead}`"), leaf.test.variable.span, instead);
}

/// Whether a test asks for a tag that a new resource lacks.
fn is_of_target(leaf: &Leaf<'_>) -> bool {
    leaf.starts_with(TARGET_TAG) && leaf.test.predicate != Predicate::Absent
}

/// Whether a test of `request.permission` keeps a permission out.
fn excludes(leaf: &Leaf<'_>, permission: Permission) -> bool {
    leaf.is("request.permission")
        && leaf.asks_for_values()
        && leaf.patterns().next().is_none()
        && leaf.texts().all(|(text, _)| !text.eq_ignore_ascii_case(permission.name()))
}
