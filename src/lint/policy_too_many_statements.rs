//! `lint/policy-too-many-statements`

use super::findings::Findings;
use crate::source::Source;
use crate::syntax::Policy;

lint! {
    /// Flags a policy with more statements than a policy may have.
    ///
    /// # Why
    /// Fifty is the limit unless Oracle raised it for the tenancy: the policy cannot be saved. From 45 on it is a remark. Text that
    /// names no policy may be several.
    "lint/policy-too-many-statements", Error, rejects: No, basis: "[D: LIM]",
    checks: [Check::Policy(check)]
}

/// How many a policy may have.
const LIMIT: usize = 50;
/// From how many on the limit is near.
const NEAR: usize = 45;

fn check(policy: &Policy, _source: &Source, findings: &mut Findings<'_>) {
    let count = policy.statements().count();
    let Some(name) = policy.name.as_ref().filter(|_| count >= NEAR) else { return };
    let finding = findings.report(
        name.span,
        format!("the policy has {count} statements, and {LIMIT} are allowed"),
        "make two policies of it, or have the limit raised",
    );
    if count <= LIMIT {
        finding.as_info();
    }
}
