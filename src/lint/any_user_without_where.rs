//! `lint/any-user-without-where`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::syntax::{Grant, Statement, Subject};

lint! {
    /// Flags `any-user` and `any-group` without a condition.
    ///
    /// # Why
    /// `any-user` is every user, every instance, every other resource and every service that has a principal in the tenancy;
    /// `any-group` leaves out the services only.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow any-user to read buckets in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Readers to read buckets in tenancy
    /// Allow any-user to read buckets in tenancy where request.principal.id = 'ocid1.cluster.oc1.iad.one'
    /// ```
    "lint/any-user-without-where", Warning, risk: Critical, rejects: No, basis: "[D: PS]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let Statement::Grant(Grant { subject, condition: None, .. }) = meaning.statement() else { return };
    if !meaning.gives() {
        return;
    }
    let who = match subject.node {
        Subject::AnyUser => "every user, instance, resource and service",
        Subject::AnyGroup => "every user, instance and resource",
        Subject::Groups(_)
        | Subject::DynamicGroups(_)
        | Subject::Services(_)
        | Subject::Resource { .. }
        | Subject::Users(_)
        | Subject::Opaque(_) => return,
    };
    findings.report(
        subject.span,
        format!("this lets in {who} without a condition"),
        "name a group, or say who is meant: `where request.principal.id = 'OCID'`",
    );
}
