//! `lint/grant-par`

use std::sync::LazyLock;

use super::findings::Findings;
use super::meaning::{Extent, Meaning, permissions};
use crate::catalog::PermissionSet;

lint! {
    /// Says that a statement about the whole tenancy lets its holder make links to objects that work without signing in.
    ///
    /// # Why
    /// A pre-authenticated request lets in whoever has the link. PAR_MANAGE is in `manage buckets`.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Keepers to manage buckets in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Keepers to manage buckets in tenancy where request.permission != 'PAR_MANAGE'
    /// ```
    "lint/grant-par", Info, risk: Medium, rejects: No, basis: "[D: COM]",
    checks: [Check::Meaning(check)]
}

/// What making such a link needs.
static LINKING: LazyLock<PermissionSet> = LazyLock::new(|| permissions(&["PAR_MANAGE"]));

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let given = meaning.gives_freely(&LINKING).filter(|_| meaning.verb().is_some());
    if let Some(span) = given.filter(|_| meaning.extent() == Extent::Tenancy) {
        findings.report(
            span,
            "this includes making links to objects that work without signing in",
            "add `where request.permission != 'PAR_MANAGE'` if that is not meant",
        );
    }
}
