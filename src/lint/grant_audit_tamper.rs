//! `lint/grant-audit-tamper`

use std::sync::LazyLock;

use super::findings::Findings;
use super::meaning::{Extent, Meaning, permissions};
use crate::catalog::PermissionSet;

lint! {
    /// Says that a statement about the whole tenancy lets its holder switch off what watches it.
    ///
    /// # Why
    /// Who deletes log groups, event rules or alarms goes unseen afterwards.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Devs to manage logging-family in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Devs to manage logging-family in compartment dev
    /// ```
    "lint/grant-audit-tamper", Info, risk: Medium, rejects: No, basis: "[I]",
    checks: [Check::Meaning(check)]
}

/// What takes away that which watches.
static WATCHING: LazyLock<PermissionSet> =
    LazyLock::new(|| permissions(&["LOG_GROUP_DELETE", "EVENTRULE_DELETE", "ALARM_DELETE"]));

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let given = meaning.gives_freely(&WATCHING);
    if let Some(span) = given.filter(|_| meaning.extent() == Extent::Tenancy) {
        findings.report(
            span,
            "the holder may switch off what watches the tenancy",
            "grant this in the compartments that are their own",
        );
    }
}
