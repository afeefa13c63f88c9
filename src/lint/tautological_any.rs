//! `lint/tautological-any`

use super::findings::Findings;
use super::meaning::{Meaning, groups};
use crate::caseless;
use crate::source::Span;
use crate::syntax::{Operand, Predicate};

lint! {
    /// Flags `any { v != 'a', v != 'b' }`.
    ///
    /// # Why
    /// Nothing equals both, so that one of the two always holds: the condition lets everything through that has the variable. What
    /// is meant is `all { … }` or `not in ('a', 'b')`.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where any { request.region != 'iad', request.region != 'phx' }
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy where all { request.region != 'iad', request.region != 'phx' }
    /// ```
    "lint/tautological-any", Warning, rejects: No, basis: "[D: PS]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if meaning.leaves.len() < 2 {
        return;
    }
    let Some(condition) = meaning.statement().condition() else { return };
    let mut found: Vec<(Span, Span, String)> = Vec::new();
    groups(condition, &mut |_| {}, &mut |leaves| {
        let not = |leaf: &super::meaning::Leaf<'_>| match &leaf.test.predicate {
            Predicate::NotEqual(operand) => match &operand.node {
                Operand::Text(text) => Some(text.clone()),
                Operand::Pattern(_) | Operand::Variable(_) | Operand::Opaque(_) => None,
            },
            Predicate::Equal(_)
            | Predicate::In(_)
            | Predicate::NotIn(_)
            | Predicate::Before(_)
            | Predicate::After(_)
            | Predicate::Between { .. }
            | Predicate::Present
            | Predicate::Absent
            | Predicate::SetsEqual(_)
            | Predicate::SetsIntersect(_) => None,
        };
        for (index, leaf) in leaves.iter().enumerate().filter(|(_, leaf)| leaf.has_one_value()) {
            let Some(text) = not(leaf) else { continue };
            let other = leaves.iter().take(index).find(|other| {
                other.name().eq_ignore_ascii_case(leaf.name())
                    && not(other).is_some_and(|known| !caseless::equal(&known, &text))
            });
            if let Some(other) = other {
                found.push((other.span, leaf.span, leaf.name().to_owned()));
                return;
            }
        }
    });
    for (first, second, name) in found {
        let place = findings.place(first);
        findings
            .report(
                second,
                format!("whatever `{name}` is, it differs from one of the two: always true"),
                "write `all { … }` in place of `any { … }`, or `not in ('A', 'B')`",
            )
            .label(place, "the other");
    }
}
