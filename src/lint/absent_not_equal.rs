//! `lint/absent-not-equal`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::syntax::Effect;

lint! {
    /// Says of `!=` and `not in` that they are false, not true, where the variable does not exist.
    ///
    /// # Why
    /// "Everything but X" leaves out what has no such variable at all: lists, resources that are made only now, callers of another
    /// kind, resources without the tag. Write `any { !v, v != 'X' }` where that is to be let through.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Clerks to use instances in compartment hangar where target.resource.tag.ops.env != 'prod'
    /// ```
    /// ```policy clean
    /// Allow group Clerks to use instances in compartment hangar where any { !target.resource.tag.ops.env, target.resource.tag.ops.env != 'prod' }
    /// Allow group Clerks to use instances in compartment hangar where request.region != 'iad'
    /// ```
    "lint/absent-not-equal", Info, rejects: No, basis: "[D: CON] [I]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if meaning.effect() != Some(Effect::Allow) {
        return;
    }
    for leaf in meaning.leaves.iter().filter(|leaf| leaf.excludes_values() && !leaf.is_always_present()) {
        let tested = meaning.leaves.iter().any(|other| {
            other.test.predicate == crate::syntax::Predicate::Absent
                && other.name().eq_ignore_ascii_case(leaf.name())
        });
        if leaf.variable.is_some() && !tested && !of_caller(leaf) {
            let name = leaf.name();
            findings.report(
                leaf.span,
                format!("where there is no `{name}`, this is false"),
                format!("write `any {{ !{name}, … }}` if that is to be let through"),
            );
        }
    }
}

/// Whether the variable is about the caller, who is a matter of the subject.
fn of_caller(leaf: &super::meaning::Leaf<'_>) -> bool {
    leaf.starts_with("request.user.") || leaf.starts_with("request.principal.")
}
