//! `lint/ocid-malformed`

use super::findings::Findings;
use super::redacted_ocid::is_redacted;
use super::texts::{self, Text};
use crate::ocid::Ocid;
use crate::source::Spanned;
use crate::syntax::{Item, MatchingRule};

lint! {
    /// Flags a text that was to be an OCID and is none.
    ///
    /// # Why
    /// An OCID is `ocid1.TYPE.REALM.REGION.UNIQUE`, five parts or more; the region may be empty, and the dots around it stay. Any
    /// other text equals no OCID.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow any-user to read vcns in compartment hangar where request.user.id = 'ocd1.user.oc1..aakim'
    /// ```
    /// ```policy flagged
    /// Allow any-user to read vcns in compartment hangar where request.user.id = 'ocid1.user.oc1.aakim'
    /// ```
    /// ```policy clean
    /// Allow any-user to read vcns in compartment hangar where request.user.id = 'ocid1.user.oc1..aakim'
    /// ```
    "lint/ocid-malformed", Error, rejects: No, basis: "[D: OCIDS]",
    checks: [Check::Statement(statement), Check::Rule(rule)]
}

fn statement(item: &Item, findings: &mut Findings<'_>) {
    texts::of_statement(&item.statement, |text| report(text, findings));
}

fn rule(rule: &Spanned<MatchingRule>, findings: &mut Findings<'_>) {
    texts::of_rule(&rule.node, |text| report(text, findings));
}

/// How an OCID begins, and slips in it.
const STARTS: [&str; 6] = ["ocid1.", "ocd1.", "oicd1.", "ocid.", "0cid1.", "oci1."];

fn report(Text { text, span }: Text<'_>, findings: &mut Findings<'_>) {
    let starts = |start: &&str| text.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start));
    if text.contains('*') || !STARTS.iter().any(starts) || is_redacted(text) {
        return;
    }
    if let Err(error) = Ocid::parse(text) {
        findings.report(span, format!("`{text}` is no OCID: {error}"), "copy the OCID from the resource");
    }
}
