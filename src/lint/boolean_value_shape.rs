//! `lint/boolean-value-shape`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::ValueType;

lint! {
    /// Flags a value other than `'true'` and `'false'` of a variable that has no others.
    ///
    /// # Why
    /// The test is never true, or with `!=` always.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Clerks to use groups in tenancy where target.group.member = 'yes'
    /// ```
    /// ```policy clean
    /// Allow group Clerks to inspect groups in tenancy where target.group.member = 'true'
    /// ```
    "lint/boolean-value-shape", Error, rejects: No, basis: "[E]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    for leaf in &meaning.leaves {
        if leaf.variable.is_some_and(|found| found.variable.value_type() == ValueType::Boolean) {
            for (text, span) in leaf.texts() {
                if !text.eq_ignore_ascii_case("true") && !text.eq_ignore_ascii_case("false") {
                    findings.report(
                        span,
                        format!("`{}` is `'true'` or `'false'`, never `'{text}'`", leaf.name()),
                        "write `'true'` or `'false'`",
                    );
                }
            }
        }
    }
}
