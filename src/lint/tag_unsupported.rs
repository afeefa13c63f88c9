//! `lint/tag-unsupported`

use super::findings::Findings;
use super::meaning::Meaning;
use super::target_tag_cannot_create::TARGET_TAG;
use crate::catalog::TypeKind;
use crate::syntax::{Effect, Predicate};

lint! {
    /// Flags a condition on tags of the target where the type or the permissions do not support it.
    ///
    /// # Why
    /// The variable is absent there and the condition false, so that nothing is granted. Objects are reached with the tags of
    /// their bucket.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read objects in compartment hangar where target.resource.tag.ops.env = 'prod'
    /// Allow group Pilots to {INSTANCE_POWER_ACTIONS} in compartment hangar where target.resource.tag.ops.env = 'prod'
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read objects in compartment hangar where target.bucket.tag.ops.env = 'prod'
    /// Allow group Pilots to use instances in compartment hangar where target.resource.tag.ops.env = 'prod'
    /// ```
    "lint/tag-unsupported", Warning, rejects: No, basis: "[D: TAG]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if meaning.effect() != Some(Effect::Allow) {
        return;
    }
    let asks = |leaf: &&super::meaning::Leaf<'_>| {
        leaf.starts_with(TARGET_TAG) && leaf.test.predicate != Predicate::Absent
    };
    let Some(leaf) = meaning.leaves.iter().find(asks) else { return };
    let span = leaf.test.variable.span;
    if let Some(of) = meaning.resource_type() {
        if of.kind() != TypeKind::Individual || of.has_target_tags() {
            return;
        }
        let message = format!("`{of}` have no `target.resource.tag.*`, so that this grants nothing");
        if of.name() == "objects" {
            let tag = leaf.name().get(TARGET_TAG.len()..).unwrap_or_default();
            let instead = format!("target.bucket.tag.{tag}");
            findings.report(span, message, format!("ask for the tag of the bucket: `{instead}`")).suggest(
                format!("write `{instead}`"),
                span,
                instead,
            );
        } else {
            findings.report(
                span,
                message,
                "ask for the compartment's tag, `target.resource.compartment.tag.…`",
            );
        }
        return;
    }
    let granted = meaning.granted();
    let without = |permission: crate::catalog::Permission| !permission.has_target_tags();
    if let (true, Some(first)) = (granted.certain.iter().all(without), granted.certain.iter().next()) {
        findings.report(
            span,
            format!(
                "{} is tested without `target.resource.tag.*`, so that this grants nothing",
                first.name()
            ),
            "ask for the compartment's tag, `target.resource.compartment.tag.…`",
        );
    }
}
