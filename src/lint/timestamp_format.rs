//! `lint/timestamp-format`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::instant;
use crate::syntax::{Operand, Predicate};

lint! {
    /// Flags a time that is not written as the documentation writes times.
    ///
    /// # Why
    /// An instant is `2027-01-01T00:00:00Z`, a time of day `05:00:00Z`, always in UTC. Of another text nobody knows what the
    /// service makes of it.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where request.utc-timestamp before '2027-01-01 00:00'
    /// ```
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where request.utc-timestamp before 'next year'
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy where request.utc-timestamp before '2027-01-01T00:00Z'
    /// ```
    "lint/timestamp-format", Error, rejects: No, basis: "[D: TIM]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    for leaf in &meaning.leaves {
        match &leaf.test.predicate {
            Predicate::Before(operand) | Predicate::After(operand) => {
                let Operand::Text(text) = &operand.node else { continue };
                let readable = instant::parse(text).is_some();
                let text = text.trim();
                if readable && !text.contains(' ') {
                    continue;
                }
                let help = "write an instant in UTC as in `'2027-01-01T00:00:00Z'`";
                let finding = findings.report(operand.span, format!("`{text}` is no instant"), help);
                if readable {
                    let repaired = text.replacen(' ', "T", 1);
                    let zone = if repaired.ends_with(['Z', 'z']) { "" } else { "Z" };
                    finding.safe(
                        format!("write `'{repaired}{zone}'`"),
                        operand.span,
                        format!("'{repaired}{zone}'"),
                    );
                }
            }
            Predicate::Between { from, to } => {
                for operand in [from, to] {
                    if let Operand::Text(text) = &operand.node
                        && instant::time_of_day(text).is_none()
                    {
                        findings.report(
                            operand.span,
                            format!("`{text}` is no time of day"),
                            "write a time in UTC as in `'05:00:00Z'`",
                        );
                    }
                }
            }
            Predicate::Equal(_)
            | Predicate::NotEqual(_)
            | Predicate::In(_)
            | Predicate::NotIn(_)
            | Predicate::Present
            | Predicate::Absent
            | Predicate::SetsEqual(_)
            | Predicate::SetsIntersect(_) => {}
        }
    }
}
