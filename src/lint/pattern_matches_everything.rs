//! `lint/pattern-matches-everything`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::program::Pattern;

lint! {
    /// Flags `/*/` on a variable that every request has.
    ///
    /// # Why
    /// The test is always true, or with `!=` never. On a tag it is fine: there it means that the tag is set.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Bakers to read objects in compartment shelf where request.operation = /*/
    /// ```
    /// ```policy clean
    /// Allow group Bakers to use instances in compartment shelf where target.resource.tag.ops.env = /*/
    /// ```
    "lint/pattern-matches-everything", Warning, rejects: No, basis: "[D: TAG]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    for leaf in meaning.leaves.iter().filter(|leaf| leaf.is_always_present()) {
        if leaf.patterns().any(|(text, _)| Pattern::new(text).is_everything()) {
            let truth = if leaf.excludes_values() { "false" } else { "true" };
            findings.report(
                leaf.span,
                format!("every request has `{}`, so that this is always {truth}", leaf.name()),
                "delete the test, or write the values that are meant",
            );
        }
    }
}
