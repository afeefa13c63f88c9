//! `lint/pattern-without-wildcard`

use super::findings::Findings;
use super::meaning::Meaning;

lint! {
    /// Flags a pattern without a star.
    ///
    /// # Why
    /// `/prod/` is documented nowhere. It can mean equality, which is written in quotes, or "contains", which needs stars.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Bakers to read objects in compartment shelf where target.bucket.name = /prod/
    /// ```
    /// ```policy clean
    /// Allow group Bakers to read objects in compartment shelf where target.bucket.name = /prod-*/
    /// ```
    "lint/pattern-without-wildcard", Warning, rejects: No, basis: "[DD]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    for (text, span) in meaning.leaves.iter().flat_map(super::meaning::Leaf::patterns) {
        if !text.contains('*') {
            findings
                .report(
                    span,
                    format!("the pattern `/{text}/` has no `*`"),
                    format!("write `'{text}'` for this very text, or `/*{text}*/` for what contains it"),
                )
                .suggest(format!("write `'{text}'`"), span, format!("'{text}'"));
        }
    }
}
