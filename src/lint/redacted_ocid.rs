//! `lint/redacted-ocid`

use super::findings::Findings;
use super::texts::{self, Text};
use crate::source::Spanned;
use crate::syntax::{Item, MatchingRule};

lint! {
    /// Flags an OCID whose last part is shortened or masked: `…`, `..`, `____`, `aaaa`, `exampleuniqueID`.
    ///
    /// # Why
    /// As a literal it equals no real OCID, so that a condition with it never holds and a name by it is nobody's.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to use keys in tenancy where target.key.id = 'ocid1.key.oc1.iad.bb____qq'
    /// ```
    /// ```rule flagged
    /// resource.compartment.id = 'ocid1.compartment.oc1..aaaa…zzzz'
    /// ```
    /// ```policy clean
    /// Allow group Pilots to use keys in tenancy where target.key.id = 'ocid1.key.oc1.iad.bbsafe.abkey'
    /// ```
    "lint/redacted-ocid", Warning, rejects: No, basis: "[D: OCIDS] [O]",
    checks: [Check::Statement(statement), Check::Rule(rule)]
}

fn statement(item: &Item, findings: &mut Findings<'_>) {
    texts::of_statement(&item.statement, |text| report(text, findings));
}

fn rule(rule: &Spanned<MatchingRule>, findings: &mut Findings<'_>) {
    texts::of_rule(&rule.node, |text| report(text, findings));
}

fn report(Text { text, span }: Text<'_>, findings: &mut Findings<'_>) {
    if is_redacted(text) {
        findings.report(
            span,
            format!("`{text}` is shortened or masked and equals no real OCID"),
            "write the whole OCID",
        );
    }
}

/// Whether a text is an OCID with something left out.
pub(super) fn is_redacted(text: &str) -> bool {
    let is_ocid = |start: &str| {
        matches!(start.as_bytes(), [.., b'.' | b':']) && start.to_ascii_lowercase().starts_with("ocid1")
    };
    if !text.get(..6).is_some_and(is_ocid) {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split(['.', ':']).collect();
    let unique = parts.last().copied().unwrap_or_default();
    let whole = parts.len() >= 5;
    let one_letter = unique.len() >= 4 && unique.bytes().all(|byte| unique.bytes().next() == Some(byte));
    let masked = unique.contains("__") || unique.contains("**") || unique.contains("example");
    let gap = parts.iter().skip(5).any(|part| part.is_empty());
    lower.contains('…') || (whole && (unique.is_empty() || one_letter || masked || gap))
}

#[cfg(test)]
mod tests {
    use super::is_redacted;

    #[test]
    fn what_is_left_out_is_seen() {
        let table = [
            ("ocid1.key.oc1.iad.annrl______trfg", true),
            ("ocid1.tenancy.oc1..aaaa", true),
            ("ocid1.tenancy.oc1..", true),
            ("ocid1.key.oc1.iad.…", true),
            ("ocid1.key.oc1.iad.aaaa...zzzz", true),
            ("ocid1.user.oc1..exampleuniqueID", true),
            ("ocid1.user.oc1..aaaaexample", true),
            ("ocid1:compartment:oc1:phx:aaaa", true),
            ("ocid1.tenancy.oc1..aaaaaaaaned4fkpkisbwjlr56u7cj63lf3wffbilvqknstgtvzub7vhqkggq", false),
            ("ocid1.key.oc1.iad.bbvault.key", false),
            ("ocid1.instance.oc1.phx..abc", false),
            ("my____bucket", false),
        ];
        for (text, expected) in table {
            assert_eq!(is_redacted(text), expected, "{text}");
        }
    }
}
