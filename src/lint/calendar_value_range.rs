//! `lint/calendar-value-range`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::ValueType;

lint! {
    /// Flags a month, a day of the month or a day of the week that no calendar has.
    ///
    /// # Why
    /// The condition never holds. Months are `'1'` to `'12'`, days `'1'` to `'31'`, days of the week their English names
    /// in full.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where request.utc-timestamp.day-of-week = 'Mon'
    /// Allow group Pilots to read vcns in tenancy where request.utc-timestamp.month-of-year = '13'
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy where request.utc-timestamp.day-of-week in ('Monday', 'friday')
    /// Allow group Crew to read vcns in tenancy where request.utc-timestamp.day-of-month = '31'
    /// ```
    "lint/calendar-value-range", Error, rejects: No, basis: "[D: TIM]",
    checks: [Check::Meaning(check)]
}

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    for leaf in &meaning.leaves {
        let Some(found) = leaf.variable else { continue };
        let (what, last) = match found.variable.value_type() {
            ValueType::Month => ("month", 12),
            ValueType::DayOfMonth => ("day of a month", 31),
            ValueType::DayOfWeek => {
                for (text, span) in leaf.texts() {
                    if !DAYS.iter().any(|day| day.eq_ignore_ascii_case(text.trim())) {
                        findings.report(span, format!("`{text}` is no day of the week"), day_like(text));
                    }
                }
                continue;
            }
            ValueType::String
            | ValueType::Ocid
            | ValueType::Boolean
            | ValueType::Timestamp
            | ValueType::TimeOfDay => continue,
        };
        for (text, span) in leaf.texts() {
            if !text.trim().parse::<u8>().is_ok_and(|number| (1..=last).contains(&number)) {
                findings.report(
                    span,
                    format!("`{text}` is no {what}"),
                    format!("write a number from `'1'` to `'{last}'`"),
                );
            }
        }
    }
}

/// The day that an abbreviation means.
fn day_like(text: &str) -> String {
    let begins = |day: &&&str| {
        let start = day.get(..text.len()).filter(|_| text.len() >= 2);
        start.is_some_and(|start| start.eq_ignore_ascii_case(text))
    };
    DAYS.iter().find(begins).map_or_else(
        || "write the English name in full, as in `'Monday'`".to_owned(),
        |day| format!("did you mean `'{day}'`?"),
    )
}
