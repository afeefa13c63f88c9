//! `lint/time-window-wraps`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::instant;
use crate::syntax::{Operand, Predicate};

lint! {
    /// Says that a time of day runs over midnight UTC.
    ///
    /// # Why
    /// `between '22:00:00Z' and '04:00:00Z'` is the night, not nothing. Where the two times were swapped by mistake, the condition
    /// holds when it should not. Times are UTC: the night of one place is the morning of another.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where request.utc-timestamp.time-of-day between '22:00:00Z' and '04:00:00Z'
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy where request.utc-timestamp.time-of-day between '04:00:00Z' and '22:00:00Z'
    /// ```
    "lint/time-window-wraps", Info, rejects: No, basis: "[D: TIM]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    for leaf in &meaning.leaves {
        let Predicate::Between { from, to } = &leaf.test.predicate else { continue };
        let (Operand::Text(start), Operand::Text(end)) = (&from.node, &to.node) else { continue };
        let (Some(first), Some(last)) = (instant::time_of_day(start), instant::time_of_day(end)) else {
            continue;
        };
        if first > last {
            findings.report(
                from.span.to(to.span),
                format!("from {start} to {end} is the time over midnight UTC"),
                "nothing, if the night is meant; swap the two if the day is",
            );
        }
    }
}
