//! `lint/any-user-without-principal-filter`

use super::findings::Findings;
use super::meaning::{Leaf, Meaning};
use crate::syntax::{Operand, Statement, Subject};

lint! {
    /// Flags `any-user` and `any-group` with a condition that says nothing of the caller.
    ///
    /// # Why
    /// A condition on the target alone says what, not who: every user and every resource of the tenancy is let in.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow any-user to read objects in compartment shelf where target.bucket.name = 'logs'
    /// ```
    /// ```policy clean
    /// Allow any-user to read objects in compartment shelf where all { target.bucket.name = 'logs', request.user.name = 'kim' }
    /// ```
    "lint/any-user-without-principal-filter", Warning, risk: High, rejects: No, basis: "[D: PS]",
    checks: [Check::Meaning(check)]
}

/// How the names of variables about the caller begin.
const CALLER: [&str; 10] = [
    "request.principal.",
    "request.user.",
    "request.groups.",
    "request.dynamicgroup.",
    "request.instance.",
    "request.resource.",
    "request.domain.",
    "request.service.",
    "request.networkSource.",
    "target.group.member",
];

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if !meaning.gives()
        || !matches!(meaning.statement(), Statement::Grant(_))
        || !matches!(meaning.subject(), Some(Subject::AnyUser | Subject::AnyGroup))
    {
        return;
    }
    let Some(condition) = meaning.statement().condition() else { return };
    if !meaning.needs(|leaf| is_about_the_caller(leaf)) {
        let message = if meaning.leaves.iter().any(is_about_the_caller) {
            "this condition can hold whoever calls"
        } else {
            "this condition says nothing of who calls"
        };
        findings.report(
            condition.span,
            message,
            "name a group, or say who is meant: `all { request.principal.id = 'OCID', … }`",
        );
    }
}

fn is_about_the_caller(leaf: &Leaf<'_>) -> bool {
    let right = leaf.test.predicate.operands().into_iter().any(|operand| match &operand.node {
        Operand::Variable(name) => CALLER.iter().any(|prefix| begins(name, prefix)),
        Operand::Text(_) | Operand::Pattern(_) | Operand::Opaque(_) => false,
    });
    right
        || CALLER.iter().any(|prefix| leaf.starts_with(prefix))
        // Names that nobody knows, and names that are missing, may be about anything.
        || leaf.variable.is_none()
}

fn begins(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
