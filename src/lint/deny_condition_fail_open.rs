//! `lint/deny-condition-fail-open`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::syntax::{Effect, Predicate};

lint! {
    /// Flags a deny that rules values out of a variable that may not exist.
    ///
    /// # Why
    /// A test of what is absent is false, also with `!=`: the deny does not apply, and what was to be stopped goes through. Test
    /// for absence too, as Oracle's own policies do.
    ///
    /// # Examples
    /// ```policy flagged
    /// Deny group Guests to inspect buckets in tenancy where request.networkSource.name != 'office'
    /// ```
    /// ```policy clean
    /// Deny group Guests to inspect buckets in tenancy where any { !request.networkSource.name, request.networkSource.name != 'office' }
    /// ```
    "lint/deny-condition-fail-open", Warning, risk: High, rejects: No, basis: "[I: CON]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if meaning.effect() != Some(Effect::Deny) {
        return;
    }
    for leaf in meaning.leaves.iter().filter(|leaf| leaf.excludes_values() && !leaf.is_always_present()) {
        let tested = meaning.leaves.iter().any(|other| {
            other.test.predicate == Predicate::Absent && other.name().eq_ignore_ascii_case(leaf.name())
        });
        if !tested {
            let name = leaf.name();
            findings.report(
                leaf.span,
                format!("where there is no `{name}`, this deny does not apply"),
                format!("write `any {{ !{name}, {name} != … }}`"),
            );
        }
    }
}
