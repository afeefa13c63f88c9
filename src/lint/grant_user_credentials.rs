//! `lint/grant-user-credentials`

use std::sync::LazyLock;

use super::findings::Findings;
use super::meaning::{Extent, Meaning, permissions};
use crate::catalog::PermissionSet;

lint! {
    /// Flags the right to make credentials for other users, for anybody but the Administrators.
    ///
    /// # Why
    /// Who may add an API key to an administrator, or reset the password, may act as that administrator. `manage users` contains
    /// it.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Helpdesk to manage users in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Helpdesk to {USER_INSPECT, USER_READ, USER_UNBLOCK, USER_UPDATE} in tenancy
    /// ```
    "lint/grant-user-credentials", Warning, risk: Critical, rejects: No, basis: "[D: IAMP] [I]",
    checks: [Check::Meaning(check)]
}

/// What makes a credential.
static CREDENTIALS: LazyLock<PermissionSet> = LazyLock::new(|| {
    permissions(&[
        "USER_APIKEY_ADD",
        "USER_UIPASS_RESET",
        "USER_UIPASS_SET",
        "USER_AUTHTOKEN_SET",
        "USER_SECRETKEY_ADD",
        "USER_OAUTH2_CLIENT_CRED_CREATE",
    ])
});

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if let Some(span) = meaning.gives_freely(&CREDENTIALS).filter(|_| meaning.extent() == Extent::Tenancy) {
        findings.report(
            span,
            "who may make credentials for any user may act as an administrator",
            "write `{USER_INSPECT, USER_READ, USER_UNBLOCK, USER_UPDATE}` for a help desk",
        );
    }
}
