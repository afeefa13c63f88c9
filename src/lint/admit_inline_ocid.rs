//! `lint/admit-inline-ocid`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::syntax::{Principal, Statement, Subject};

lint! {
    /// Flags an Admit that names its group by OCID in place of an alias.
    ///
    /// # Why
    /// The documentation always goes through a Define, and tools disagree on whether the service takes anything else.
    ///
    /// # Examples
    /// ```policy flagged
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Admit group id ocid1.group.oc1..remote of tenancy Glacier to read buckets in tenancy
    /// ```
    /// ```policy clean
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Define group Remote as ocid1.group.oc1..remote
    /// Admit group Remote of tenancy Glacier to read buckets in tenancy
    /// ```
    "lint/admit-inline-ocid", Warning, rejects: No, basis: "[X: XT]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let Statement::Admit(admit) = meaning.statement() else { return };
    let (kind, groups) = match &admit.subject.node {
        Subject::Groups(groups) => ("group", groups),
        Subject::DynamicGroups(groups) => ("dynamic-group", groups),
        Subject::AnyUser
        | Subject::AnyGroup
        | Subject::Services(_)
        | Subject::Resource { .. }
        | Subject::Users(_)
        | Subject::Opaque(_) => return,
    };
    for group in groups {
        if let Principal::Id(id) = &group.node {
            findings.report(
                group.span,
                "the documentation names a foreign group by an alias only",
                format!("write `Define {kind} ALIAS as {}`, and the alias here", id.node.as_str()),
            );
        }
    }
}
