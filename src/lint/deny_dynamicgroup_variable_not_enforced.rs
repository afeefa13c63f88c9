//! `lint/deny-dynamicgroup-variable-not-enforced`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::syntax::Effect;

lint! {
    /// Flags a deny with a condition on the dynamic group that is the target.
    ///
    /// # Why
    /// The service does not enforce such a deny; Oracle lists that among the known issues.
    ///
    /// # Examples
    /// ```policy flagged
    /// Deny group Guests to use dynamic-groups in tenancy where target.dynamicgroup.name = 'Robots'
    /// ```
    /// ```policy clean
    /// Deny group Guests to use dynamic-groups in tenancy
    /// ```
    "lint/deny-dynamicgroup-variable-not-enforced", Error, rejects: No, basis: "[D: DENY]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if meaning.effect() != Some(Effect::Deny) {
        return;
    }
    for leaf in &meaning.leaves {
        if leaf.is("target.dynamicgroup.id") || leaf.is("target.dynamicgroup.name") {
            findings.report(
                leaf.span,
                "the service does not enforce a deny with this condition",
                "deny without it, or narrow the allow",
            );
        }
    }
}
