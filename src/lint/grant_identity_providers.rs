//! `lint/grant-identity-providers`

use std::sync::LazyLock;

use super::findings::Findings;
use super::meaning::{Extent, Meaning, permissions};
use crate::catalog::PermissionSet;

lint! {
    /// Flags the right to change identity providers, or whole identity domains, for anybody but the Administrators.
    ///
    /// # Why
    /// Who may change whom the tenancy believes, may have it believe that they are an administrator.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Helpdesk to manage identity-providers in tenancy
    /// ```
    /// ```policy flagged
    /// Allow group Helpdesk to manage domains in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Helpdesk to inspect identity-providers in tenancy
    /// ```
    "lint/grant-identity-providers", Warning, risk: Critical, rejects: No, basis: "[D: IAMP] [I]",
    checks: [Check::Meaning(check)]
}

/// What changing whom the tenancy believes needs.
static PROVIDERS: LazyLock<PermissionSet> =
    LazyLock::new(|| permissions(&["IDENTITY_PROVIDER_UPDATE", "IDENTITY_PROVIDER_CREATE"]));

/// What changing a domain, with everything in it, needs.
static DOMAINS: LazyLock<PermissionSet> = LazyLock::new(|| permissions(&["DOMAIN_UPDATE", "DOMAIN_CREATE"]));

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let given = meaning.gives_freely(&PROVIDERS).or_else(|| meaning.gives_freely(&DOMAINS));
    if let Some(span) = given.filter(|_| meaning.extent() == Extent::Tenancy) {
        findings.report(
            span,
            "who may change identity providers or domains may sign in as anybody",
            "leave this to administrators",
        );
    }
}
