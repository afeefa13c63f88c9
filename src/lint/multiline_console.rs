//! `lint/multiline-console`

use super::findings::Findings;
use crate::syntax::Item;

lint! {
    /// Flags a statement over several lines.
    ///
    /// # Why
    /// The Console's editor takes one statement a line: pasted there, every line is taken for a statement of its own, and
    /// the second one fails at its first word. Everywhere else line breaks mean nothing. The lint looks at policy text, not
    /// at strings in YAML and JSON.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots
    ///   to read vcns in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy
    /// ```
    "lint/multiline-console", Info, rejects: No, basis: "[D: CRP] [O]",
    off: "it matters only to who pastes statements into the Console",
    checks: [Check::Text(check)]
}

fn check(item: &Item, text: &str, findings: &mut Findings<'_>) {
    if !text.contains('\n') {
        return;
    }
    let finding = findings.report(
        item.span,
        "the statement runs over several lines, which the Console takes for several statements",
        "write it on one line to paste it there",
    );
    // A comment line inside would become part of the statement.
    if !text.lines().any(|line| line.starts_with('#')) {
        let joined: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        finding.safe("write it on one line", item.span, joined.join(" "));
    }
}
