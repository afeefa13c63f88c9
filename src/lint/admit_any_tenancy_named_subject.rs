//! `lint/admit-any-tenancy-named-subject`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::syntax::{Origin, Statement, Subject};

lint! {
    /// Flags an Admit of a named group from any tenancy.
    ///
    /// # Why
    /// A name or an OCID means a group of one tenancy. Others report that the service refuses such a statement.
    ///
    /// # Examples
    /// ```policy flagged
    /// Define group Remote as ocid1.group.oc1..remote
    /// Admit group Remote of any-tenancy to read buckets in compartment shelf
    /// ```
    /// ```policy clean
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Define group Remote as ocid1.group.oc1..remote
    /// Admit group Remote of tenancy Glacier to read buckets in compartment shelf
    /// ```
    "lint/admit-any-tenancy-named-subject", Error, rejects: No, basis: "[L: PEERS]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let Statement::Admit(admit) = meaning.statement() else { return };
    let named = match &admit.subject.node {
        Subject::Groups(_) | Subject::DynamicGroups(_) | Subject::Services(_) => true,
        Subject::AnyUser
        | Subject::AnyGroup
        | Subject::Resource { .. }
        | Subject::Users(_)
        | Subject::Opaque(_) => false,
    };
    if named && admit.origin.node == Origin::AnyTenancy {
        findings.report(
            admit.origin.span,
            "a named subject belongs to one tenancy",
            "write `of tenancy ALIAS`, with a Define of the alias",
        );
    }
}
