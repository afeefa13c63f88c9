//! `lint/admit-unconditional-secret-material`

use std::sync::LazyLock;

use super::findings::Findings;
use super::meaning::{Extent, Meaning, permissions};
use crate::catalog::{Permission, PermissionSet};
use crate::syntax::{Effect, Statement};

lint! {
    /// Flags an Admit that lets another tenancy use every key or read every secret of this one.
    ///
    /// # Why
    /// What is decrypted or read there has left this tenancy for good.
    ///
    /// # Examples
    /// ```policy flagged
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Define group Remote as ocid1.group.oc1..remote
    /// Admit group Remote of tenancy Glacier to {KEY_DECRYPT} in tenancy
    /// ```
    /// ```policy clean
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Define group Remote as ocid1.group.oc1..remote
    /// Admit group Remote of tenancy Glacier to {KEY_DECRYPT} in tenancy where target.key.id = 'ocid1.key.oc1.iad.bbsafe.abkey'
    /// ```
    "lint/admit-unconditional-secret-material", Warning, risk: High, rejects: No, basis: "[D: KEY] [I]",
    checks: [Check::Meaning(check)]
}

/// What gives or uses what is secret.
static MATERIAL: LazyLock<PermissionSet> = LazyLock::new(|| {
    permissions(&[
        "KEY_DECRYPT",
        "KEY_ENCRYPT",
        "KEY_SIGN",
        "KEY_EXPORT",
        "SECRET_BUNDLE_READ",
        "USER_APIKEY_ADD",
        "USER_AUTHTOKEN_SET",
        "USER_SECRETKEY_ADD",
    ])
});

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let Statement::Admit(admit) = meaning.statement() else { return };
    if admit.effect != Effect::Allow || meaning.extent() != Extent::Tenancy {
        return;
    }
    let target = |leaf: &super::meaning::Leaf<'_>| leaf.starts_with("target.") || leaf.variable.is_none();
    let given = meaning.granted().certain & *MATERIAL;
    let kept = |permission: &Permission| !meaning.withholds(*permission);
    let names: Vec<&str> = given.iter().filter(kept).map(Permission::name).collect();
    if let (Some(action), false, false) =
        (meaning.statement().action(), names.is_empty(), meaning.needs(target))
    {
        findings.report(
            action.span,
            format!("this gives another tenancy {} on everything here", names.join(", ")),
            "name the compartment, or the key or secret: `where target.key.id = 'OCID'`",
        );
    }
}
