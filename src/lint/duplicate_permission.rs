//! `lint/duplicate-permission`

use super::findings::Findings;
use crate::source::Span;
use crate::syntax::{Action, Item};

lint! {
    /// Flags a permission that stands twice in one set.
    ///
    /// # Why
    /// The second one says nothing; perhaps another was meant.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Bakers to {BUCKET_READ, BUCKET_INSPECT, BUCKET_READ} in compartment shelf
    /// ```
    /// ```policy clean
    /// Allow group Bakers to {BUCKET_READ, BUCKET_INSPECT} in compartment shelf
    /// ```
    "lint/duplicate-permission", Style, rejects: No, basis: "[D: PS]",
    checks: [Check::Statement(check)]
}

fn check(item: &Item, findings: &mut Findings<'_>) {
    let Some(Action::Permissions(names)) = item.statement.action().map(|action| &action.node) else { return };
    for (index, pair) in names.windows(2).enumerate() {
        let [before, name] = pair else { continue };
        let same = |other: &&crate::source::Spanned<crate::syntax::Name>| {
            other.node.as_str().eq_ignore_ascii_case(name.node.as_str())
        };
        if let Some(first) = names.iter().take(index + 1).find(same) {
            let place = findings.place(first.span);
            findings
                .report(name.span, format!("{} is in the set already", name.node.as_str()), "leave it out")
                .label(place, "here")
                .safe("leave it out", Span::new(before.span.end, name.span.end), "");
        }
    }
}
