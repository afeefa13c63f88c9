//! `lint/contradictory-all`

use super::findings::Findings;
use super::meaning::{Leaf, Meaning, groups};
use crate::caseless;
use crate::program::Pattern;
use crate::source::Span;
use crate::syntax::{Operand, Predicate};

lint! {
    /// Flags two tests in one `all { … }` that can never hold together.
    ///
    /// # Why
    /// The statement never applies. Most often `any { … }` is meant, or a list: `request.region in ('iad', 'phx')`. A variable that
    /// holds a list, such as `request.groups.id`, may well equal two values: then a caller is in both groups.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where all { request.region = 'iad', request.region = 'phx' }
    /// ```
    /// ```policy flagged
    /// Allow group Crew to {BUCKET_READ} in compartment shelf where all { target.bucket.name = /prod-*/, target.bucket.name = 'dev-logs' }
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy where any { request.region = 'iad', request.region = 'phx' }
    /// Allow any-group to read vcns in tenancy where all { request.groups.id = 'ocid1.group.oc1..aa', request.groups.id = 'ocid1.group.oc1..bb' }
    /// ```
    "lint/contradictory-all", Error, rejects: No, basis: "[D: PS, CON]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if meaning.leaves.len() < 2 {
        return;
    }
    let Some(condition) = meaning.statement().condition() else { return };
    let mut found: Vec<(Span, Span, String)> = Vec::new();
    groups(
        condition,
        &mut |leaves| {
            for (index, leaf) in leaves.iter().enumerate() {
                let mut earlier = leaves.iter().take(index);
                let clash = earlier.rfind(|other| exclude(other, leaf));
                if let Some(other) = clash {
                    found.push((other.span, leaf.span, leaf.name().to_owned()));
                    return;
                }
            }
        },
        &mut |_| {},
    );
    for (first, second, name) in found {
        let place = findings.place(first);
        let finding = findings.report(
            second,
            format!("`{name}` cannot be this and the other at once"),
            "write `any { … }` if one of them is enough, or a list: `in ('A', 'B')`",
        );
        let finding = finding.label(place, "the other");
        if !meaning.needs(|leaf| leaf.span == second) {
            finding.as_warning();
        }
    }
}

/// Whether two tests of one variable can never hold together.
fn exclude(a: &Leaf<'_>, b: &Leaf<'_>) -> bool {
    if !a.test.variable.node.eq_ignore_ascii_case(&b.test.variable.node) {
        return false;
    }
    match (&a.test.predicate, &b.test.predicate) {
        (Predicate::Absent, Predicate::Absent) => false,
        (Predicate::Absent, _) | (_, Predicate::Absent) => true,
        _ if a.asks_for_values() && b.excludes_values() => all_among(a, b),
        _ if a.excludes_values() && b.asks_for_values() => all_among(b, a),
        _ => a.has_one_value() && a.asks_for_values() && b.asks_for_values() && disjoint(a, b),
    }
}

/// Whether every value that is asked for is ruled out. For a list that is so of single values only.
fn all_among(asked: &Leaf<'_>, excluded: &Leaf<'_>) -> bool {
    let values = asked.test.predicate.operands();
    let literal = values.iter().all(|operand| matches!(operand.node, Operand::Text(_)));
    literal && asked.texts().all(|(text, _)| fits(excluded, text, asked.is_of_tag()))
}

/// Whether no value that the one asks for satisfies the other.
fn disjoint(a: &Leaf<'_>, b: &Leaf<'_>) -> bool {
    let only_texts = |leaf: &Leaf<'_>| {
        leaf.test.predicate.operands().iter().all(|operand| matches!(operand.node, Operand::Text(_)))
    };
    let known = |leaf: &Leaf<'_>| {
        let operands = leaf.test.predicate.operands();
        operands.iter().all(|operand| matches!(operand.node, Operand::Text(_) | Operand::Pattern(_)))
    };
    // A star in quotes may be a wildcard.
    let plain = |leaf: &Leaf<'_>| !leaf.texts().any(|(text, _)| text.contains('*'));
    if !plain(a) || !plain(b) || !known(a) || !known(b) {
        return false;
    }
    if only_texts(a) {
        return a.texts().all(|(text, _)| !fits(b, text, false));
    }
    only_texts(b) && b.texts().all(|(text, _)| !fits(a, text, false))
}

/// Whether a value equals one of a test's texts or fits one of its patterns.
fn fits(leaf: &Leaf<'_>, value: &str, tag: bool) -> bool {
    leaf.texts().any(|(text, _)| caseless::equal(text, value) || (tag && text == "*"))
        || leaf.patterns().any(|(text, _)| Pattern::new(text).matches(value))
}
