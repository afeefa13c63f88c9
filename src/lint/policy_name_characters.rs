//! `lint/policy-name-characters`

use super::findings::Findings;
use crate::source::Source;
use crate::syntax::Policy;

lint! {
    /// Flags the name of a policy with other characters than letters, digits, `.`, `-` and `_`.
    ///
    /// # Why
    /// The service takes no others.
    ///
    /// # Examples
    /// ```policy flagged
    /// # policy: pilots & crew
    /// Allow group Pilots to read vcns in tenancy
    /// ```
    /// ```policy clean
    /// # policy: pilots-and-crew
    /// Allow group Pilots to read vcns in tenancy
    /// ```
    /// ```policy clean
    /// # policy: Tenant Admin Policy
    /// Allow group Administrators to manage all-resources in tenancy
    /// ```
    "lint/policy-name-characters", Warning, rejects: No, basis: "[I]",
    checks: [Check::Policy(check)]
}

/// The policy that every tenancy begins with, which nobody named.
///
/// # Source
/// Oracle IAM documentation, "The Administrators Group, Policy, and Administrator Roles", read 2026-09.
const TENANT_ADMIN: &str = "Tenant Admin Policy";

fn check(policy: &Policy, _source: &Source, findings: &mut Findings<'_>) {
    let Some(name) = &policy.name else { return };
    if name.node == TENANT_ADMIN {
        return;
    }
    // A name that another tool makes is not final.
    if name.node.contains("${") || name.node.contains("{{") || name.node.contains('%') {
        return;
    }
    let odd = |letter: &char| !letter.is_ascii_alphanumeric() && !['.', '-', '_'].contains(letter);
    if let Some(letter) = name.node.chars().find(odd) {
        findings.report(
            name.span,
            format!("the name has `{letter}` in it"),
            "a policy's name has letters, digits, `.`, `-` and `_`",
        );
    }
}
