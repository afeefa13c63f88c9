//! `lint/grant-manage-policies`

use std::sync::LazyLock;

use super::findings::Findings;
use super::meaning::{Extent, Meaning, permissions};
use crate::catalog::PermissionSet;
use crate::diagnostic::Risk;

lint! {
    /// Flags the right to write policies, for anybody but the Administrators.
    ///
    /// # Why
    /// Who may write policies may allow themselves anything within reach of the place: at the root, everything. In a compartment
    /// it is worth somebody's look all the same.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Scribes to manage policies in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Scribes to inspect vcns in tenancy
    /// Allow group Administrators to manage policies in tenancy
    /// ```
    "lint/grant-manage-policies", Warning, risk: Critical, rejects: No, basis: "[D: IAMP]",
    checks: [Check::Meaning(check)]
}

/// What writing a policy needs.
static WRITING: LazyLock<PermissionSet> = LazyLock::new(|| permissions(&["POLICY_CREATE", "POLICY_UPDATE"]));

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let Some(span) = meaning.gives_freely(&WRITING) else { return };
    match meaning.extent() {
        Extent::Tenancy => {
            findings.report(
                span,
                "who may write policies in the tenancy may allow themselves everything",
                "let administrators write them, or grant this in one compartment",
            );
        }
        Extent::Compartment => {
            findings
                .report(
                    span,
                    "who may write policies here may allow themselves everything in this compartment",
                    "let administrators write them, or have them reviewed",
                )
                .risk(Risk::High);
        }
        Extent::Other => {}
    }
}
