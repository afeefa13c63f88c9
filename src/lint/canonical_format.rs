//! `lint/canonical-format`

use super::findings::Findings;
use super::layout;
use crate::syntax::Item;

lint! {
    /// Flags a statement whose blanks, quotes or brackets are not the canonical ones.
    ///
    /// # Why
    /// One blank between words, quotes only where a name needs them, `all { a, b }` with blanks inside the braces: what
    /// always looks the same is easier to compare. The lint looks at policy text, not at strings in YAML and JSON.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group 'Pilots' to read  vcns in tenancy where all{request.region='iad', request.user.name='kim'}
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy where all { request.region = 'iad', request.user.name = 'kim' }
    /// ```
    "lint/canonical-format", Style, rejects: No, basis: "[DD]",
    off: "it is about taste, which is the formatter's business",
    checks: [Check::Text(check)]
}

fn check(item: &Item, text: &str, findings: &mut Findings<'_>) {
    let Some(difference) = layout::difference(item, text).filter(|difference| difference.shape) else {
        return;
    };
    let canonical = difference.canonical;
    findings.report(item.span, "this is not in the canonical form", format!("write `{canonical}`")).safe(
        "write the canonical form",
        item.span,
        canonical,
    );
}
