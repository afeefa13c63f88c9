//! `lint/path-statement-count`

use super::context::Context;
use super::findings::ProgramFindings;
use crate::source::{Place, Span};
use crate::tenancy::CompartmentId;

lint! {
    /// Flags a compartment above and at which more statements are attached than the service allows.
    ///
    /// # Why
    /// Five hundred is the limit on the way from the root to any compartment: the next policy there cannot be saved. From 450 on it
    /// is a remark.
    "lint/path-statement-count", Error, rejects: No, basis: "[D: LIM]",
    checks: [Check::Program(check)]
}

/// How many there may be on a path.
const LIMIT: usize = 500;
/// From how many on the limit is near.
const NEAR: usize = 450;

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let model = context.model;
    let mut own: Vec<usize> = vec![0; model.compartments().count()];
    let mut last: Vec<Option<Place>> = vec![None; own.len()];
    for policy in model.policies() {
        let index = policy.attachment.index();
        let span = policy.policy.name.as_ref().map_or_else(Span::default, |name| name.span);
        if let (Some(own), Some(last)) = (own.get_mut(index), last.get_mut(index)) {
            *own += policy.policy.statements().count();
            *last = Some(Place { source: policy.policy.source, span });
        }
    }
    let count = |id: CompartmentId| own.get(id.index()).copied().unwrap_or_default();
    for (id, _) in model.compartments().filter(|(id, _)| count(*id) > 0) {
        let path: Vec<CompartmentId> = model.ancestors(id).collect();
        let total: usize = path.iter().map(|id| count(*id)).sum();
        let Some(place) = last.get(id.index()).copied().flatten().filter(|_| total >= NEAR) else { continue };
        let parts: Vec<String> = path
            .iter()
            .rev()
            .filter(|id| count(**id) > 0)
            .map(|id| match model.path(*id) {
                nameless if nameless.is_empty() => format!("{} at the root", count(*id)),
                path => format!("{} at `{path}`", count(*id)),
            })
            .collect();
        let finding = findings.report(
            place,
            format!("{total} statements are attached from the root down to here, and {LIMIT} are allowed"),
            format!("there are {}; name several groups in one statement, or families", parts.join(", ")),
        );
        if total <= LIMIT {
            finding.as_info();
        }
    }
}
