//! Instants and times of day as the policy language writes them. Everything is UTC.
//!
//! # Source
//! Oracle IAM documentation, "Restricting Access to Resources Based on Time Frame", 2024-09: `2026-04-01T15:00:00Z`,
//! seconds may be left out, a date alone is `2026-04-01Z`; the page also prints hours of one digit and no `Z`.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// Reads an instant; `None` for text that is none.
///
/// # Example
/// ```
/// use ocipol::instant::parse;
/// let hour = parse("2026-04-01T15:00:00Z").unwrap();
/// assert_eq!(parse("2026-04-01T15:00Z"), Some(hour));
/// assert_eq!(parse("2026-04-01").map(|t| t.to_string()), Some("2026-04-01T00:00:00Z".to_owned()));
/// assert_eq!(parse("April"), None);
/// ```
#[must_use]
pub fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let (date, time) =
        text.split_once(['T', 't', ' ']).map_or((text, None), |(date, time)| (date, Some(time)));
    let date: Date = date.parse().ok()?;
    let seconds = time.map_or(Some(0), time_of_day)?;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let small = |number: u32| i8::try_from(number).ok();
    let moment: DateTime = date.at(small(hour)?, small(minute)?, small(second)?, 0);
    moment.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// Reads `H[H]:MM[:SS][Z]` as seconds since midnight; `None` for text that is no time of day.
///
/// # Example
/// ```
/// use ocipol::instant::time_of_day;
/// assert_eq!(time_of_day("5:00:00Z"), time_of_day("05:00"));
/// assert_eq!(time_of_day("22:00:01Z"), Some(79_201));
/// assert_eq!(time_of_day("24:00:00Z"), None);
/// ```
#[must_use]
pub fn time_of_day(text: &str) -> Option<u32> {
    let text = text.trim();
    let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let mut parts = text.split(':');
    let mut part = |most: u32| -> Option<u32> {
        let digits = parts.next()?;
        let number: u32 = digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
        (number < most && (1..=2).contains(&digits.len())).then_some(number)
    };
    let (hour, minute) = (part(24)?, part(60)?);
    let second = part(60);
    let rest = text.split(':').count();
    (rest == 2 || (rest == 3 && second.is_some()))
        .then(|| hour * 3600 + minute * 60 + second.unwrap_or_default())
}
