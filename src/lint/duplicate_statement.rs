//! `lint/duplicate-statement`

use rustc_hash::FxHashMap;

use super::alike;
use super::findings::Findings;
use crate::source::{Source, Span};
use crate::syntax::{Item, Policy, Statement};

lint! {
    /// Flags a statement that stands twice in one policy; case, blanks and the order of lists and groups do not count.
    ///
    /// # Why
    /// The second one grants nothing more and counts against the limit of statements; perhaps another was meant. Who deletes one
    /// of them to take a right away is surprised by the other.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots, Crew to read vcns in tenancy
    /// allow group crew, pilots to READ vcns in TENANCY
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy
    /// Allow group Crew to read subnets in tenancy
    /// ```
    "lint/duplicate-statement", Warning, rejects: No, basis: "[D: PS] [DD]",
    checks: [Check::Policy(check)]
}

fn check(policy: &Policy, _source: &Source, findings: &mut Findings<'_>) {
    if policy.items.len() < 2 {
        return;
    }
    // Two Defines of one alias are an error of their own.
    let is_compared = |item: &&Item| !matches!(item.statement, Statement::Broken | Statement::Define(_));
    let compared: Vec<(u64, &Item)> = policy
        .statements()
        .map(|(_, item)| item)
        .filter(is_compared)
        .map(|item| (alike::digest(&item.statement), item))
        .collect();
    let mut like: FxHashMap<u64, usize> = FxHashMap::default();
    compared.iter().for_each(|(digest, _)| *like.entry(*digest).or_default() += 1);
    let mut seen: FxHashMap<String, Span> = FxHashMap::default();
    // Writing a statement out to compare it costs more than all other lints: few are worth it.
    let alone = |digest: &u64| like.get(digest).is_none_or(|count| *count < 2);
    for (_, item) in compared.into_iter().filter(|(digest, _)| !alone(digest)) {
        match seen.entry(alike::key(&item.statement)) {
            std::collections::hash_map::Entry::Occupied(first) => {
                let place = findings.place(*first.get());
                findings
                    .report(item.span, "the policy says this already", "delete one of the two")
                    .label(place, "here");
            }
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(item.span);
            }
        }
    }
}
