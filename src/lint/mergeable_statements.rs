//! `lint/mergeable-statements`

use rustc_hash::FxHashMap;

use super::alike;
use super::findings::Findings;
use crate::caseless;
use crate::source::{Source, Span};
use crate::syntax::{Policy, Statement};

lint! {
    /// Says that two statements of a policy differ in their groups only.
    ///
    /// # Why
    /// One statement may name several groups: `group A, B`. That spares one of the statements a policy may have.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy
    /// Allow group Crew to read vcns in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Pilots, Crew to read vcns in tenancy
    /// ```
    "lint/mergeable-statements", Style, rejects: No, basis: "[D: SUB]",
    off: "a matter of taste",
    checks: [Check::Policy(check)]
}

fn check(policy: &Policy, _source: &Source, findings: &mut Findings<'_>) {
    let mut seen: FxHashMap<String, (Span, String)> = FxHashMap::default();
    for (_, item) in policy.statements() {
        let Statement::Grant(_) = &item.statement else { continue };
        let Some(key) = alike::key_without_names(&item.statement) else { continue };
        let own = caseless::fold(&alike::key(&item.statement));
        match seen.entry(key) {
            std::collections::hash_map::Entry::Occupied(first) => {
                let (span, other) = first.get();
                if *other != own {
                    let place = findings.place(*span);
                    findings
                        .report(
                            item.span,
                            "this differs from another statement in its groups only",
                            "name the groups in one statement: `group A, B`",
                        )
                        .label(place, "the other");
                }
            }
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert((item.span, own));
            }
        }
    }
}
