//! `lint/mixed-allow-deny-policy`

use super::findings::Findings;
use crate::source::Source;
use crate::syntax::{Effect, Policy, Statement};

lint! {
    /// Says that a policy holds both allow and deny statements.
    ///
    /// # Why
    /// Oracle's page allows it; a guide of others says that the service refuses it.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Guests to read buckets in compartment shelf
    /// Deny group Guests to inspect keys in compartment shelf
    /// ```
    /// ```policy clean
    /// Deny group Guests to inspect keys in compartment shelf
    /// Deny group Guests to inspect buckets in compartment shelf
    /// ```
    "lint/mixed-allow-deny-policy", Info, rejects: No, basis: "[X: DENY]",
    checks: [Check::Policy(check)]
}

fn check(policy: &Policy, _source: &Source, findings: &mut Findings<'_>) {
    let of = |effect: Effect| {
        policy.statements().find_map(|(_, item)| {
            let own = match &item.statement {
                Statement::Grant(grant) => grant.effect.node == effect,
                Statement::Endorse(_)
                | Statement::Admit(_)
                | Statement::Define(_)
                | Statement::Comment(_)
                | Statement::Broken => false,
            };
            own.then_some(item.span)
        })
    };
    if let (Some(allow), Some(deny)) = (of(Effect::Allow), of(Effect::Deny)) {
        let place = findings.place(allow);
        findings
            .report(deny, "the policy holds both allow and deny statements", "two policies keep them apart")
            .label(place, "an allow");
    }
}
