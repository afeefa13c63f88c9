//! `lint/inspect-policies-reveals-contents`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::Verb;

lint! {
    /// Says that `inspect policies` gives the statements of all policies, not their names alone.
    ///
    /// # Why
    /// Everywhere else `inspect` lists and `read` shows contents; policies have POLICY_READ at `inspect`.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Guests to inspect policies in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Guests to inspect groups in tenancy
    /// ```
    "lint/inspect-policies-reveals-contents", Info, rejects: No, basis: "[D: IAMP]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let (Some((verb, _)), Some(found)) = (meaning.verb(), meaning.found()) else { return };
    if meaning.gives() && verb.node == Verb::Inspect && found.resource_type.name() == "policies" {
        findings.report(
            verb.span,
            "`inspect policies` shows the statements themselves",
            "leave it out unless reading them is meant",
        );
    }
}
