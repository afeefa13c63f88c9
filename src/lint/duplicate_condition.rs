//! `lint/duplicate-condition`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::caseless;
use crate::format;
use crate::source::{Span, Spanned};
use crate::syntax::Condition;

lint! {
    /// Flags a condition that stands twice in one group, case ignored.
    ///
    /// # Why
    /// The second one says nothing; perhaps another was meant.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where all { request.region = 'iad', request.user.name = 'kim', request.region = 'IAD' }
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy where all { request.region = 'iad', request.user.name = 'kim' }
    /// ```
    "lint/duplicate-condition", Style, rejects: No, basis: "[D: PS]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if let Some(condition) = meaning.statement().condition().filter(|_| meaning.leaves.len() > 1) {
        group(condition, findings);
    }
}

fn group(condition: &Spanned<Condition>, findings: &mut Findings<'_>) {
    let (Condition::All(members) | Condition::Any(members)) = &condition.node else { return };
    let texts: Vec<String> =
        members.iter().map(|member| caseless::fold(&format::condition(&member.node))).collect();
    let mut before: Option<Span> = None;
    for (index, (member, text)) in members.iter().zip(&texts).enumerate() {
        let twin = texts.iter().take(index).position(|known| known == text);
        if let (Some(twin), Some(before)) = (twin.and_then(|twin| members.get(twin)), before) {
            let place = findings.place(twin.span);
            findings
                .report(member.span, "the same condition stands here twice", "leave it out")
                .label(place, "here")
                .safe("leave it out", Span::new(before.end, member.span.end), "");
        }
        before = Some(member.span);
        group(member, findings);
    }
}
