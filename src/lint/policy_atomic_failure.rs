//! `lint/policy-atomic-failure`

use super::context::Context;
use super::findings::ProgramFindings;
use crate::diagnostic::Diagnostic;
use crate::source::Place;

lint! {
    /// Flags a policy whose healthy statements are lost because of another one that the service refuses.
    ///
    /// # Why
    /// The service saves a policy as a whole or not at all: one statement it does not accept takes every other statement of
    /// the policy along. Text that is yet to be filled in is left aside; who wrote it knows.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy
    /// Allow group Pilots to read buckets
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy
    /// Allow group Pilots to read buckets in compartment hangar
    /// ```
    "lint/policy-atomic-failure", Warning, rejects: No, basis: "[I] [O]",
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    for (id, _) in context.program.policies() {
        let faults: Vec<(u32, &Diagnostic)> = context.faults(id).collect();
        let Some((_, first)) = faults.first() else { continue };
        let Some(culprit) = first.place() else { continue };
        let Some(written) = context.around(culprit) else { continue };
        let policy = &written.policy.policy;
        let lost: Vec<String> = policy
            .statements()
            .filter_map(|(index, _)| u32::try_from(index + 1).ok())
            .filter(|number| !faults.iter().any(|(faulty, _)| faulty == number))
            .map(|number| number.to_string())
            .collect();
        let (statements, are) = match lost.as_slice() {
            [] => continue,
            [only] => (format!("statement {only}"), "is"),
            [init @ .., last] => (format!("statements {} and {last}", init.join(", ")), "are"),
        };
        let named = policy.name.as_ref().map(|name| Place { source: policy.source, span: name.span });
        let finding = findings.report(
            named.unwrap_or(culprit),
            format!("the policy cannot be saved: {statements} {are} lost with the one at fault"),
            "repair that statement, or move it to a policy of its own",
        );
        if named.is_some() {
            finding.label(culprit, first.message.clone());
        }
    }
}
