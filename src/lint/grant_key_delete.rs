//! `lint/grant-key-delete`

use std::sync::LazyLock;

use super::findings::Findings;
use super::meaning::{Meaning, permissions};
use crate::catalog::{Permission, PermissionSet};

lint! {
    /// Flags the right to delete keys or vaults, for anybody but the Administrators.
    ///
    /// # Why
    /// With the key goes everything that is encrypted under it: volumes, objects, the secrets of a cluster.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Devs to manage keys in compartment safe
    /// ```
    /// ```policy clean
    /// Allow group Devs to manage keys in compartment safe where request.permission != 'KEY_DELETE'
    /// ```
    "lint/grant-key-delete", Warning, risk: High, rejects: No, basis: "[D: KEY, OKEE]",
    checks: [Check::Meaning(check)]
}

/// What deletes a key or a vault.
static DELETING: LazyLock<PermissionSet> = LazyLock::new(|| permissions(&["KEY_DELETE", "VAULT_DELETE"]));

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let Some(span) = meaning.gives_freely(&DELETING) else { return };
    let freely = |permission: &Permission| meaning.freely_grants(*permission);
    let Some(permission) = DELETING.iter().find(freely) else { return };
    let what = if permission.name() == "KEY_DELETE" { "keys" } else { "vaults" };
    findings.report(
        span,
        format!("who may delete {what} may make all that is encrypted under them unreadable"),
        format!("write `use`, or add `where request.permission != '{permission}'`"),
    );
}
