//! `lint/too-many-policies`

use rustc_hash::FxHashMap;

use super::context::Context;
use super::findings::ProgramFindings;
use crate::source::{Place, Span};
use crate::tenancy::TenancyId;

lint! {
    /// Flags a tenancy with more policies than a tenancy may have.
    ///
    /// # Why
    /// A hundred is the limit unless Oracle raised it for the tenancy: the next one cannot be saved.
    "lint/too-many-policies", Error, rejects: No, basis: "[D: LIM]",
    checks: [Check::Program(check)]
}

/// How many a tenancy may have.
const LIMIT: usize = 100;

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let mut counts: FxHashMap<TenancyId, usize> = FxHashMap::default();
    for policy in context.model.policies() {
        let Some(compartment) = context.model.compartment(policy.attachment) else { continue };
        let count = counts.entry(compartment.tenancy).or_default();
        *count += 1;
        if *count == LIMIT + 1 {
            let span = policy.policy.name.as_ref().map_or_else(Span::default, |name| name.span);
            findings.report(
                Place { source: policy.policy.source, span },
                format!("this is policy {} of its tenancy, and {LIMIT} are allowed", LIMIT + 1),
                "join policies that are attached to one compartment, or have the limit raised",
            );
        }
    }
}
