//! `lint/pattern-regex-metachar`

use super::findings::Findings;
use super::meaning::Meaning;

lint! {
    /// Flags a pattern with signs of regular expressions.
    ///
    /// # Why
    /// The only sign with a meaning is `*`, for any run of characters. Everything else stands for itself, so that `/prod-.*/`
    /// asks for a dot.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Bakers to read objects in compartment shelf where target.bucket.name = /prod-.*/
    /// ```
    /// ```policy clean
    /// Allow group Bakers to read objects in compartment shelf where target.bucket.name = /prod-*/
    /// ```
    "lint/pattern-regex-metachar", Warning, rejects: No, basis: "[D: PS]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    for (text, span) in meaning.leaves.iter().flat_map(super::meaning::Leaf::patterns) {
        let dotted = text.contains(".*");
        let sign = ['[', '(', '|', '^', '$', '+', '?'].into_iter().find(|sign| text.contains(*sign));
        if !dotted && sign.is_none() {
            continue;
        }
        let shown = sign.filter(|_| !dotted).map_or_else(|| ".*".to_owned(), |sign| sign.to_string());
        let finding = findings.report(
            span,
            format!("`{shown}` stands for itself in a pattern"),
            "a pattern has `*` for any run of characters, and nothing else of a regular expression",
        );
        if dotted && sign.is_none() {
            let plain = text.replace(".*", "*");
            finding.suggest(format!("write `/{plain}/`"), span, format!("/{plain}/"));
        }
    }
}
