//! `lint/define-own-tenancy`

use super::context::Context;
use super::findings::ProgramFindings;
use crate::caseless;
use crate::source::Place;
use crate::syntax::{AliasKind, Statement};

lint! {
    /// Flags an alias for the tenancy that the policy itself belongs to.
    ///
    /// # Why
    /// Endorse and Admit play no part inside one tenancy: an Allow is enough, and nothing else works.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements:
    ///           - Define tenancy Home as ocid1.tenancy.oc1..fjord
    ///           - Endorse group Pilots to read buckets in tenancy Home
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements:
    ///           - Allow group Pilots to read buckets in tenancy
    /// ```
    "lint/define-own-tenancy", Warning, rejects: No, basis: "[I: XT]",
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    for policy in context.model.policies() {
        let own = context
            .model
            .compartment(policy.attachment)
            .and_then(|place| context.model.tenancy(place.tenancy).and_then(|tenancy| tenancy.id.as_ref()));
        let Some(own) = own else { continue };
        for item in &policy.policy.items {
            let Statement::Define(define) = &item.statement else { continue };
            let same = define.ocid.node.literal().is_some_and(|ocid| caseless::equal(ocid, own.as_str()));
            if define.kind.node == AliasKind::Tenancy && same {
                findings.report(
                    Place { source: policy.policy.source, span: define.ocid.span },
                    format!("`{}` is the tenancy this policy belongs to", define.alias.node.as_str()),
                    "inside one tenancy write `Allow`",
                );
            }
        }
    }
}
