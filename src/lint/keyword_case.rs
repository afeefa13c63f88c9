//! `lint/keyword-case`

use super::findings::Findings;
use super::layout;
use crate::diagnostic::{Edit, Safety};
use crate::syntax::Item;

lint! {
    /// Flags keywords, verbs, resource-types and permissions in another case than the canonical one: `Allow` and the other
    /// first words capitalised, permissions in capitals, everything else small.
    ///
    /// # Why
    /// Case makes no difference to the service. In one case a policy is easier to read and to search. The lint looks at
    /// policy text, not at strings in YAML and JSON.
    ///
    /// # Examples
    /// ```policy flagged
    /// ALLOW GROUP Pilots TO Read vcns IN tenancy
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy
    /// ```
    "lint/keyword-case", Style, rejects: No, basis: "[E] [DD]",
    off: "it is about taste, which is the formatter's business",
    checks: [Check::Text(check)]
}

fn check(item: &Item, text: &str, findings: &mut Findings<'_>) {
    let Some(difference) = layout::difference(item, text) else { return };
    let Some((first, _)) = difference.case.first() else { return };
    let edits = difference
        .case
        .iter()
        .map(|(range, letters)| Edit { span: layout::span(item, range), text: letters.clone() });
    findings
        .report(
            layout::span(item, first),
            "this is not in the usual case",
            format!("write `{}`", difference.canonical),
        )
        .fix(Safety::Safe, "use the usual case", edits.collect());
}
