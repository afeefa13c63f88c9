//! `lint/deny-wide-service-impact`

use super::findings::Findings;
use super::meaning::{Leaf, Meaning};
use crate::syntax::{Effect, Statement, Subject};

lint! {
    /// Flags a deny of `any-user` that does not say which kind of caller is meant.
    ///
    /// # Why
    /// It binds services and resources too: backups, replication, the delivery of logs and the work of clusters stop. Where people
    /// are meant, say so.
    ///
    /// # Examples
    /// ```policy flagged
    /// Deny any-user to inspect volumes in compartment shelf
    /// ```
    /// ```policy clean
    /// Deny any-user to inspect volumes in compartment shelf where request.principal.type = 'user'
    /// ```
    "lint/deny-wide-service-impact", Warning, risk: Medium, rejects: No, basis: "[D: PS]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let Statement::Grant(grant) = meaning.statement() else { return };
    let about_callers = |leaf: &Leaf<'_>| {
        let prefixes = ["request.principal.", "request.user.", "request.groups.", "request.service."];
        prefixes.iter().any(|prefix| leaf.starts_with(prefix))
    };
    if grant.effect.node == Effect::Deny
        && grant.subject.node == Subject::AnyUser
        && !meaning.leaves.iter().any(about_callers)
    {
        findings.report(
            grant.subject.span,
            "this binds services and resources too, not people only",
            "add `request.principal.type = 'user'` to the condition if people are meant",
        );
    }
}
