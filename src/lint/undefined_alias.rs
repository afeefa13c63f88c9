//! `resolve/undefined-alias`

use super::context::Context;
use crate::caseless;
use crate::diagnostic::Diagnostic;
use crate::source::Place;
use crate::syntax::Statement;

lint! {
    /// Flags an alias of a tenancy, a foreign group or a foreign compartment that nothing in the policy defines.
    ///
    /// # Why
    /// An alias holds inside one policy only, and is what its `Define` says: neither the tenancy's name nor an alias of
    /// another policy. The service refuses the policy, so that one half of the cross-tenancy pair is missing and nothing
    /// is allowed.
    ///
    /// # Examples
    /// ```policy flagged
    /// Define tenancy Acme as ocid1.tenancy.oc1..acme
    /// Define group Remote as ocid1.group.oc1..remote
    /// Admit group Remote of tenancy AcmeCorp to read buckets in tenancy
    /// ```
    /// ```policy clean
    /// Define tenancy Acme as ocid1.tenancy.oc1..acme
    /// Define group Remote as ocid1.group.oc1..remote
    /// Admit group Remote of tenancy Acme to read buckets in tenancy
    /// ```
    "resolve/undefined-alias", Error, rejects: Yes, basis: "[D: XT, XOS] [I]",
    checks: [Check::Reported(By::Resolver), Check::Hint(hint)]
}

/// Points at a Define of the same alias in another policy.
fn hint(context: &Context<'_>, finding: &mut Diagnostic) {
    let Some(place) = finding.place() else { return };
    let Some(own) = context.around(place) else { return };
    let Some(source) = context.source(place) else { return };
    let alias = source.slice(place.span).trim_matches('\'');
    for other in context.model.policies().iter().filter(|other| !std::ptr::eq(*other, own.policy)) {
        for item in &other.policy.items {
            if let Statement::Define(define) = &item.statement
                && caseless::equal(define.alias.node.as_str(), alias)
            {
                let there = Place { source: other.policy.source, span: define.alias.span };
                *finding =
                    finding.clone().with_label(there, "defined in another policy; aliases do not travel");
                return;
            }
        }
    }
}
