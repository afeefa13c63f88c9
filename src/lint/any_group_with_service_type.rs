//! `lint/any-group-with-service-type`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::syntax::Subject;

lint! {
    /// Flags `any-group` with `request.principal.type = 'service'`.
    ///
    /// # Why
    /// A service is in no group: as we read the pages, which contradict each other here, the statement never applies.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow any-group to use keys in compartment safe where request.principal.type = 'service'
    /// ```
    /// ```policy clean
    /// Allow service blockstorage to use keys in compartment safe
    /// ```
    "lint/any-group-with-service-type", Warning, rejects: No, basis: "[X: PS, COM]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if !matches!(meaning.subject(), Some(Subject::AnyGroup)) {
        return;
    }
    for leaf in
        meaning.leaves.iter().filter(|leaf| leaf.is("request.principal.type") && leaf.asks_for_values())
    {
        let mut texts = leaf.texts();
        if texts.next().is_some_and(|(text, _)| text.eq_ignore_ascii_case("service"))
            && texts.next().is_none()
        {
            findings.report(
                leaf.span,
                "a service is in no group: never true",
                "write `service NAME` as the subject, or `any-user`",
            );
        }
    }
}
