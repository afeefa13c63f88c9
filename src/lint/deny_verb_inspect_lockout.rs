//! `lint/deny-verb-inspect-lockout`

use super::findings::Findings;
use super::meaning::{Extent, Meaning};
use crate::catalog::{TypeKind, Verb};
use crate::syntax::{Effect, Subject};

lint! {
    /// Flags a deny that locks everybody but the default administrators out of the tenancy.
    ///
    /// # Why
    /// `inspect` denies every permission of a type, and `all-resources` is every type.
    ///
    /// # Examples
    /// ```policy flagged
    /// Deny any-group to inspect all-resources in tenancy
    /// ```
    /// ```policy clean
    /// Deny group Guests to inspect buckets in compartment shelf
    /// ```
    "lint/deny-verb-inspect-lockout", Warning, risk: High, rejects: No, basis: "[D: DENY]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let (Some((verb, _)), Some(found)) = (meaning.verb(), meaning.found()) else { return };
    let everybody = matches!(meaning.subject(), Some(Subject::AnyUser | Subject::AnyGroup));
    let everything = found.resource_type.kind() == TypeKind::AllResources && verb.node == Verb::Inspect;
    if meaning.effect() == Some(Effect::Deny)
        && everybody
        && everything
        && meaning.extent() == Extent::Tenancy
        && meaning.statement().condition().is_none()
    {
        findings.report(
            meaning.item.span,
            "this locks everybody but the default administrators out of the tenancy",
            "name a group, a type and a compartment",
        );
    }
}
