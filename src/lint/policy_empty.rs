//! `lint/policy-empty`

use super::findings::Findings;
use crate::source::Source;
use crate::syntax::Policy;

lint! {
    /// Flags a policy without any statement.
    ///
    /// # Why
    /// A policy must have at least one statement to be saved. Usually its statements were commented out, or stand in front
    /// of the line that names it.
    ///
    /// # Examples
    /// ```policy flagged
    /// # policy: pilots
    /// # Allow group Pilots to read vcns in tenancy
    /// # policy: crew
    /// Allow group Crew to read vcns in tenancy
    /// ```
    /// ```policy clean
    /// # policy: pilots
    /// Allow group Pilots to read vcns in tenancy
    /// ```
    "lint/policy-empty", Error, rejects: No, basis: "[D: CRP]",
    checks: [Check::Policy(check)]
}

fn check(policy: &Policy, _source: &Source, findings: &mut Findings<'_>) {
    // Text in front of the first named policy makes a policy of its own, which nobody meant where it holds comments only.
    let Some(name) = policy.name.as_ref().filter(|_| policy.statements().next().is_none()) else { return };
    findings.report(
        name.span,
        format!("the policy `{}` has no statement", name.node),
        "write a statement below this line, or take the policy out",
    );
}
