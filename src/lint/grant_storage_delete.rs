//! `lint/grant-storage-delete`

use std::sync::LazyLock;

use super::findings::Findings;
use super::meaning::{Meaning, permissions};
use crate::catalog::{Permission, PermissionSet};
use crate::syntax::Subject;

lint! {
    /// Says that a storage administrator may delete what it administers.
    ///
    /// # Why
    /// The CIS benchmark asks for the two to be apart (1.15), so that nobody can destroy data alone.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Keepers to manage object-family in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Keepers to manage object-family in tenancy where all { request.permission != 'OBJECT_DELETE', request.permission != 'OBJECT_VERSION_DELETE', request.permission != 'BUCKET_DELETE' }
    /// ```
    "lint/grant-storage-delete", Info, risk: Medium, rejects: No, basis: "[D: COM]",
    checks: [Check::Meaning(check)]
}

/// What deletes data that is stored, or the way to it.
static DELETES: LazyLock<PermissionSet> = LazyLock::new(|| {
    permissions(&[
        "VOLUME_DELETE",
        "VOLUME_BACKUP_DELETE",
        "BOOT_VOLUME_BACKUP_DELETE",
        "FILE_SYSTEM_DELETE",
        "FILE_SYSTEM_DELETE_SNAPSHOT",
        "MOUNT_TARGET_DELETE",
        "EXPORT_SET_DELETE",
        "OBJECT_DELETE",
        "OBJECT_VERSION_DELETE",
        "BUCKET_DELETE",
    ])
});

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    // A set of permissions, or a test for them, names deletion in plain words; machines are no administrators.
    let named = meaning.leaves.iter().any(|leaf| leaf.is("request.permission") && leaf.asks_for_values());
    let people = matches!(meaning.subject(), Some(Subject::Groups(_)));
    if meaning.verb().is_none() || named || !people {
        return;
    }
    let Some(span) = meaning.gives_freely(&DELETES) else { return };
    let freely = |permission: &Permission| meaning.freely_grants(*permission);
    let names: Vec<&str> = DELETES.iter().filter(freely).map(Permission::name).collect();
    let tests: Vec<String> = names.iter().map(|name| format!("request.permission != '{name}'")).collect();
    let condition = match tests.as_slice() {
        [only] => only.clone(),
        several => format!("all {{ {} }}", several.join(", ")),
    };
    findings.report(
        span,
        format!("the holder may delete what it administers: {}", names.join(", ")),
        format!("add `where {condition}` if deleting is another's duty"),
    );
}
