//! `lint/network-source-neq`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::syntax::{Effect, Predicate};

lint! {
    /// Flags `request.networkSource.name != 'NAME'`.
    ///
    /// # Why
    /// A caller from outside of every network source has no such variable, and a test of what is absent is false: the statement
    /// leaves out exactly those it was written for. In a deny they slip through.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where request.networkSource.name != 'office'
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy where request.networkSource.name = 'roaming'
    /// ```
    "lint/network-source-neq", Warning, rejects: No, basis: "[I: CON]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let absence = |leaf: &super::meaning::Leaf<'_>| {
        leaf.is("request.networkSource.name") && leaf.test.predicate == Predicate::Absent
    };
    if meaning.leaves.iter().any(absence) {
        return;
    }
    for leaf in &meaning.leaves {
        if leaf.is("request.networkSource.name") && leaf.excludes_values() {
            let help = if meaning.effect() == Some(Effect::Deny) {
                "write `any { !request.networkSource.name, request.networkSource.name != 'NAME' }`"
            } else {
                "name the network sources that are allowed: `request.networkSource.name = 'NAME'`"
            };
            findings.report(leaf.span, "a caller from no network source at all does not meet this", help);
        }
    }
}
