//! `lint/grant-dynamic-group-update`

use std::sync::LazyLock;

use super::findings::Findings;
use super::meaning::{Extent, Meaning, permissions};
use crate::catalog::PermissionSet;

lint! {
    /// Flags the right to change matching rules, for anybody but the Administrators.
    ///
    /// # Why
    /// It is in `use dynamic-groups`, not only in `manage`. Who holds it can widen a rule until a machine of their own fits, and
    /// from that machine do whatever the dynamic group may.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Devs to use dynamic-groups in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Devs to inspect dynamic-groups in tenancy
    /// ```
    "lint/grant-dynamic-group-update", Warning, risk: High, rejects: No, basis: "[D: IAMP] [I]",
    checks: [Check::Meaning(check)]
}

/// What changing a rule needs.
static CHANGING: LazyLock<PermissionSet> = LazyLock::new(|| permissions(&["DYNAMIC_GROUP_UPDATE"]));

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let given = meaning.gives_freely(&CHANGING);
    if let Some(span) = given.filter(|_| meaning.extent() == Extent::Tenancy) {
        findings.report(
            span,
            "who may change a matching rule inherits what the dynamic group may do",
            "write `inspect dynamic-groups` if reading them is enough",
        );
    }
}
