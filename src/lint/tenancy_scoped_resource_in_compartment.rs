//! `lint/tenancy-scoped-resource-in-compartment`

use super::findings::Findings;
use super::meaning::{Extent, Meaning};
use crate::syntax::Effect;

lint! {
    /// Flags a grant in a compartment of a type whose resources all lie in the root.
    ///
    /// # Why
    /// Users, groups, dynamic groups, network sources and the like belong to the tenancy; in a compartment there is nothing to
    /// match. Users and groups of an identity domain are where the domain is, which may be a compartment: of them it is a remark.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Gatekeepers to manage network-sources in compartment hangar
    /// ```
    /// ```policy clean
    /// Allow group Gatekeepers to inspect network-sources in tenancy
    /// ```
    "lint/tenancy-scoped-resource-in-compartment", Warning, rejects: No, basis: "[D: HPW] [I]",
    checks: [Check::Meaning(check)]
}

/// Types whose resources lie in the root compartment.
const ROOTED: [&str; 8] = [
    "users",
    "groups",
    "dynamic-groups",
    "network-sources",
    "identity-providers",
    "tenancies",
    "objectstorage-namespaces",
    "cloud-shell",
];

/// Those among them that also lie where their identity domain is.
const OF_DOMAINS: [&str; 3] = ["users", "groups", "dynamic-groups"];

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let (Some((_, resource)), Some(found)) = (meaning.verb(), meaning.found()) else { return };
    if meaning.effect() == Some(Effect::Allow)
        && meaning.extent() == Extent::Compartment
        && ROOTED.contains(&found.resource_type.name())
        && let Some(location) = meaning.location().filter(|_| !is_root(meaning))
    {
        let finding = findings
            .report(
                location.span,
                format!("{} belong to the tenancy: in a compartment there are none", resource.node.as_str()),
                "write `in tenancy`",
            )
            .suggest("write `tenancy`", location.span, "tenancy");
        if OF_DOMAINS.contains(&found.resource_type.name()) {
            finding.as_info();
        }
    }
}

/// Whether the place is the root, by its OCID.
fn is_root(meaning: &Meaning<'_>) -> bool {
    match meaning.location().map(|location| &location.node) {
        Some(crate::syntax::Location::CompartmentId(id)) => {
            id.node.literal().is_none_or(|id| id.to_ascii_lowercase().starts_with("ocid1.tenancy."))
        }
        Some(crate::syntax::Location::Compartment(path)) => {
            path.iter().any(|name| name.node.literal().is_none())
        }
        Some(crate::syntax::Location::Tenancy | crate::syntax::Location::Opaque(_)) | None => false,
    }
}
