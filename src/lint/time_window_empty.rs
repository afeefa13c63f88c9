//! `lint/time-window-empty`

use super::findings::Findings;
use super::meaning::{Meaning, groups};
use crate::instant;
use crate::source::Span;
use crate::syntax::{Operand, Predicate};

lint! {
    /// Flags a time window that ends before it begins.
    ///
    /// # Why
    /// No instant is after the one and before the other: the condition is never true.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where all { request.utc-timestamp after '2027-02-01T00:00Z', request.utc-timestamp before '2027-01-01T00:00Z' }
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy where all { request.utc-timestamp after '2027-01-01T00:00Z', request.utc-timestamp before '2027-02-01T00:00Z' }
    /// ```
    "lint/time-window-empty", Error, rejects: No, basis: "[D: TIM]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let Some(condition) = meaning.statement().condition() else { return };
    let mut empty: Vec<(Span, Span)> = Vec::new();
    groups(
        condition,
        &mut |leaves| {
            let mut after = None;
            let mut before = None;
            for leaf in leaves.iter().filter(|leaf| leaf.is("request.utc-timestamp")) {
                let (Predicate::After(operand) | Predicate::Before(operand)) = &leaf.test.predicate else {
                    continue;
                };
                let Operand::Text(text) = &operand.node else { continue };
                let Some(instant) = instant::parse(text) else { continue };
                if matches!(leaf.test.predicate, Predicate::After(_)) {
                    after = after.max(Some((instant, leaf.span)));
                } else {
                    before =
                        Some(before.map_or((instant, leaf.span), |known: (_, Span)| {
                            known.min((instant, leaf.span))
                        }));
                }
            }
            if let (Some((from, first)), Some((to, second))) = (after, before)
                && to <= from
            {
                empty.push((first, second));
            }
        },
        &mut |_| {},
    );
    for (first, second) in empty {
        let other = findings.place(first);
        findings
            .report(second, "the window ends before it begins: never true", "swap the two instants")
            .label(other, "it begins here");
    }
}
