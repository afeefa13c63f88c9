//! `lint/define-not-first`

use super::findings::Findings;
use crate::diagnostic::{Edit, Safety};
use crate::format;
use crate::source::Source;
use crate::syntax::{Item, Policy, Reading, Statement};

lint! {
    /// Flags a Define behind other statements.
    ///
    /// # Why
    /// The documentation wants every Define of a policy in front of everything else.
    ///
    /// # Examples
    /// ```policy flagged
    /// Endorse group Pilots to read buckets in tenancy Glacier
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// ```
    /// ```policy clean
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Endorse group Pilots to read buckets in tenancy Glacier
    /// ```
    "lint/define-not-first", Warning, rejects: No, basis: "[D: XNET]",
    checks: [Check::Policy(check)]
}

fn check(policy: &Policy, _source: &Source, findings: &mut Findings<'_>) {
    let is_define = |item: &Item| matches!(item.statement, Statement::Define(_));
    let items: Vec<&Item> = policy.statements().map(|(_, item)| item).collect();
    let Some(first_other) = items.iter().position(|item| !is_define(item)) else { return };
    let Some(late) = items.iter().skip(first_other).find(|item| is_define(item)) else { return };
    let finding = findings.report(
        late.span,
        "this Define stands behind other statements",
        "write every Define in front of them",
    );
    // The places stay, what stands in them changes: so it works in every kind of file.
    let behind: Vec<&Item> = items.iter().skip(first_other).copied().collect();
    if behind.iter().any(|item| item.reading != Reading::Strict) {
        return;
    }
    let (defines, others): (Vec<&Item>, Vec<&Item>) =
        behind.iter().copied().partition(|item| is_define(item));
    let mut edits: Vec<Edit> = behind
        .iter()
        .zip(defines.into_iter().chain(others))
        .filter(|(here, there)| here.span != there.span)
        .map(|(here, there)| Edit { span: here.span, text: format::statement(&there.statement) })
        .collect();
    edits.sort_by_key(|edit| edit.span);
    finding.fix(Safety::Safe, "move it up", edits);
}
