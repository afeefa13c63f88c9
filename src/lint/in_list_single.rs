//! `lint/in-list-single`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::format;
use crate::syntax::{Condition, Predicate, Test};

lint! {
    /// Flags a list of one: `v in ('a')`.
    ///
    /// # Why
    /// `v = 'a'` says the same and reads as what it is.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where request.region in ('iad')
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy where request.region = 'iad'
    /// ```
    "lint/in-list-single", Style, rejects: No, basis: "[D: TAG]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    for leaf in &meaning.leaves {
        let predicate = match &leaf.test.predicate {
            Predicate::In(values) => match values.as_slice() {
                [only] => Predicate::Equal(only.clone()),
                _ => continue,
            },
            Predicate::NotIn(values) => match values.as_slice() {
                [only] => Predicate::NotEqual(only.clone()),
                _ => continue,
            },
            Predicate::Equal(_)
            | Predicate::NotEqual(_)
            | Predicate::Before(_)
            | Predicate::After(_)
            | Predicate::Between { .. }
            | Predicate::Present
            | Predicate::Absent
            | Predicate::SetsEqual(_)
            | Predicate::SetsIntersect(_) => continue,
        };
        let plain = Condition::Test(Test { variable: leaf.test.variable.clone(), predicate });
        let text = format::condition(&plain);
        findings.report(leaf.span, "a list of one value", format!("write `{text}`")).safe(
            format!("write `{text}`"),
            leaf.span,
            text,
        );
    }
}
