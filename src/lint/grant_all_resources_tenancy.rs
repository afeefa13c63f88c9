//! `lint/grant-all-resources-tenancy`

use super::findings::Findings;
use super::meaning::{Extent, Meaning};
use crate::catalog::{TypeKind, Verb};

lint! {
    /// Flags `manage all-resources in tenancy` for anybody but the Administrators.
    ///
    /// # Why
    /// It is full control of the tenancy, its users, groups and policies included: whoever holds it can give it to others and take
    /// it from you. The CIS benchmark for the cloud allows it for the administrators' group only (1.2).
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Builders to manage all-resources in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Administrators to manage all-resources in tenancy
    /// Allow group Builders to manage virtual-network-family in compartment hangar
    /// ```
    "lint/grant-all-resources-tenancy", Warning, risk: Critical, rejects: No, basis: "[D: COM]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if let Some(span) = everything(meaning, Extent::Tenancy) {
        findings.report(
            span,
            "this is full control of the tenancy",
            "name the families that are needed, and the compartments they are needed in",
        );
    }
}

/// The action of a statement that gives everything in a place, to others than administrators and without a condition.
pub(super) fn everything(meaning: &Meaning<'_>, extent: Extent) -> Option<crate::source::Span> {
    let (verb, _) = meaning.verb()?;
    let all = meaning.found()?.resource_type.kind() == TypeKind::AllResources;
    let given = meaning.gives()
        && meaning.extent() == extent
        && meaning.speaks_of_others_than_administrators()
        && meaning.statement().condition().is_none();
    (all && given && verb.node == Verb::Manage)
        .then(|| meaning.statement().action().map(|action| action.span))?
}
