//! `lint/time-window-missing-z`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::instant;
use crate::syntax::{Operand, Predicate};

lint! {
    /// Flags a time without the `Z` that says it is in UTC.
    ///
    /// # Why
    /// All times are in UTC. Without the letter a reader takes the time for a local one.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where request.utc-timestamp before '2027-01-01T00:00'
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy where request.utc-timestamp before '2027-01-01T00:00Z'
    /// ```
    "lint/time-window-missing-z", Warning, rejects: No, basis: "[D: TIM]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    for leaf in &meaning.leaves {
        let instants = matches!(leaf.test.predicate, Predicate::Before(_) | Predicate::After(_));
        let times = matches!(leaf.test.predicate, Predicate::Between { .. });
        for operand in leaf.test.predicate.operands() {
            let Operand::Text(text) = &operand.node else { continue };
            let readable = (instants && instant::parse(text).is_some())
                || (times && instant::time_of_day(text).is_some());
            if readable && !text.contains(' ') && !text.ends_with(['Z', 'z']) {
                findings
                    .report(
                        operand.span,
                        format!("`{text}` does not say that it is in UTC"),
                        format!("write `'{text}Z'`"),
                    )
                    .safe("append `Z`", operand.span, format!("'{text}Z'"));
            }
        }
    }
}
