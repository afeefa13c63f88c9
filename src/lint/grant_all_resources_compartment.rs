//! `lint/grant-all-resources-compartment`

use super::findings::Findings;
use super::grant_all_resources_tenancy::everything;
use super::meaning::{Extent, Meaning};

lint! {
    /// Says what `manage all-resources` in a compartment contains.
    ///
    /// # Why
    /// It contains writing policies there, with which anybody can be let in, and moving the compartments inside it.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Builders to manage all-resources in compartment hangar
    /// ```
    /// ```policy clean
    /// Allow group Builders to manage virtual-network-family in compartment hangar
    /// ```
    "lint/grant-all-resources-compartment", Info, risk: Medium, rejects: No, basis: "[D: COM, HPW]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if let Some(span) = everything(meaning, Extent::Compartment) {
        findings.report(
            span,
            "this includes writing policies in the compartment",
            "name the families that are needed",
        );
    }
}
