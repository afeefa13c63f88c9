//! Which finding makes which other one superfluous: the one place where lints know of each other.

use crate::diagnostic::Diagnostic;
use crate::source::{Place, SourceId, Span};

/// How far a finding's silence reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Findings that overlap it.
    Token,
    /// Findings in the same statement.
    Statement,
}

/// A finding, how far its silence reaches, and what it silences there. Ids, without their areas.
const SILENCE: &[(&str, Reach, &[&str])] = &[
    // A text that is yet to be filled in says nothing about its value.
    ("placeholder-left", Reach::Token, UNFILLED),
    ("unresolved-interpolation", Reach::Token, UNFILLED),
    // A name that should have been an OCID exists nowhere.
    (
        "missing-id-keyword",
        Reach::Token,
        &["group-not-found", "dynamic-group-not-found", "compartment-not-found"],
    ),
    ("colon-ocid", Reach::Token, &["redacted-ocid", "ocid-missing-region"]),
    // The pair cannot be judged; the other half is reported, with a pointer to this one.
    (
        "undefined-alias",
        Reach::Statement,
        &[
            "admit-without-endorse",
            "endorse-without-admit",
            "endorse-broader-than-admit",
            "admit-broader-than-endorse",
        ],
    ),
    // The statement is to go, whatever its literal lacks.
    ("dead-statement-foreign-ocid", Reach::Token, &["ocid-missing-region"]),
    ("endorse-own-tenancy", Reach::Statement, &["endorse-without-admit"]),
];

/// Rules about the value of a token.
const UNFILLED: &[&str] = &[
    "redacted-ocid",
    "colon-ocid",
    "ocid-missing-region",
    "missing-id-keyword",
    "unquoted-value",
    "quoted-variable-reference",
    "group-not-found",
    "dynamic-group-not-found",
    "domain-not-found",
    "compartment-not-found",
    "group-id-unknown",
    "define-kind-mismatch",
];

/// Takes away what other findings make superfluous. `statements` are all statements and rules, by position.
pub(super) fn silence(findings: &mut Vec<Diagnostic>, statements: &[Place]) {
    let mut silent: Vec<(&'static str, SourceId, Span)> = Vec::new();
    for finding in findings.iter() {
        let Some(place) = finding.place() else { continue };
        for (_, reach, losers) in SILENCE.iter().filter(|(id, ..)| *id == finding.code.id()) {
            let span = match reach {
                Reach::Token => place.span,
                Reach::Statement => around(statements, place).unwrap_or(place.span),
            };
            silent.extend(losers.iter().map(|loser| (*loser, place.source, span)));
        }
    }
    silent.sort_unstable();
    findings.retain(|finding| {
        let Some(place) = finding.place() else { return true };
        let key = (finding.code.id(), place.source);
        let from = silent.partition_point(|(id, source, _)| (*id, *source) < key);
        let same = silent.iter().skip(from).take_while(|(id, source, _)| (*id, *source) == key);
        !same.into_iter().any(|(.., span)| overlap(*span, place.span))
    });
}

/// The statement a place lies in.
fn around(statements: &[Place], place: Place) -> Option<Span> {
    let behind = statements.partition_point(|statement| {
        (statement.source, statement.span.start) <= (place.source, place.span.start)
    });
    let statement = statements.get(behind.checked_sub(1)?)?;
    (statement.source == place.source && statement.span.contains(place.span)).then_some(statement.span)
}

fn overlap(a: Span, b: Span) -> bool {
    (a.start < b.end && b.start < a.end) || a.contains(b)
}
