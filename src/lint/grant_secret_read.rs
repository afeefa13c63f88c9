//! `lint/grant-secret-read`

use std::sync::LazyLock;

use super::findings::Findings;
use super::meaning::{Extent, Meaning, permissions};
use crate::catalog::PermissionSet;

lint! {
    /// Says that a statement about the whole tenancy gives the values of all its secrets.
    ///
    /// # Why
    /// `read secret-family` and SECRET_BUNDLE_READ yield plain values; `read secrets` does not.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Devs to read secret-family in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Devs to read secrets in tenancy
    /// Allow group Devs to read secret-family in compartment dev-safe where target.secret.name = 'db-password'
    /// ```
    "lint/grant-secret-read", Info, risk: Medium, rejects: No, basis: "[D: KEY]",
    checks: [Check::Meaning(check)]
}

/// What reading a value needs.
static READING: LazyLock<PermissionSet> = LazyLock::new(|| permissions(&["SECRET_BUNDLE_READ"]));

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let given = meaning.gives_freely(&READING);
    if let Some(span) = given.filter(|_| meaning.extent() == Extent::Tenancy) {
        findings.report(
            span,
            "this yields the plain values of all secrets of the tenancy",
            "name the compartment, and the secret: `where target.secret.name = 'NAME'`",
        );
    }
}
