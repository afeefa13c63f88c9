//! `lint/operation-where-permission-fits`

use super::findings::Findings;
use super::meaning::Meaning;
use super::operation_not_covered::needs;
use crate::catalog::Operation;
use crate::syntax::Effect;

lint! {
    /// Flags a condition that asks for operations alone, where permissions would say the same.
    ///
    /// # Why
    /// An operation may get another name or a sibling with the same permission. A set of permissions, `{PERMISSION, …}`, is
    /// the more robust hook and is read without knowing the interface.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Bakers to manage buckets in compartment shelf where request.operation = 'CreateBucket'
    /// ```
    /// ```policy clean
    /// Allow group Bakers to {BUCKET_CREATE} in compartment shelf
    /// ```
    "lint/operation-where-permission-fits", Info, rejects: No, basis: "[D: SPO]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let alone = |leaf: &super::meaning::Leaf<'_>| leaf.is("request.operation") && leaf.asks_for_values();
    if meaning.effect() != Some(Effect::Allow)
        || meaning.verb().is_none()
        || !meaning.leaves.iter().all(alone)
    {
        return;
    }
    let Some(first) = meaning.leaves.first() else { return };
    let mut names = Vec::new();
    for (text, _) in meaning.leaves.iter().flat_map(super::meaning::Leaf::texts) {
        let meant = Operation::find(text).iter().filter_map(|operation| needs(*operation)).flatten();
        let before = names.len();
        names.extend(meant.filter(|p| meaning.granted().certain.contains(*p)).map(|p| p.name()));
        // Another operation's permissions are not known: the advice would lose it.
        if names.len() == before {
            return;
        }
    }
    names.sort_unstable();
    names.dedup();
    if !names.is_empty() && names.len() <= 8 {
        findings.report(
            first.span,
            "the permissions behind the operations say the same and last longer",
            format!("write `to {{{}}}` if all that they let through is meant", names.join(", ")),
        );
    }
}
