//! `lint/unsupported-resource-subject`

use super::findings::Findings;
use crate::syntax::{Item, Subject};

lint! {
    /// Says of a subject `resource TYPE NAME` that no decision speaks of it.
    ///
    /// # Why
    /// It is an old form of a few platform services. What it means is documented nowhere, so that the statement is kept and
    /// never matches a request here.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow resource psmrp psm to read vcns in compartment hangar
    /// ```
    /// ```policy clean
    /// Allow service PSM to read vcns in compartment hangar
    /// ```
    "lint/unsupported-resource-subject", Info, rejects: No, basis: "[E] [DD]",
    checks: [Check::Statement(check)]
}

fn check(item: &Item, findings: &mut Findings<'_>) {
    let Some(subject) = item.statement.subject() else { return };
    if matches!(subject.node, Subject::Resource { .. }) {
        findings.report(
            subject.span,
            "no request here can come from a `resource` subject",
            "name a service, a group or `any-user` where decisions depend on it",
        );
    }
}
