//! Which finding makes which other one superfluous: the one place where lints know of each other.

use rustc_hash::FxHashMap;

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
            "endorse-admit-no-overlap",
            "admit-broader-than-endorse",
        ],
    ),
    // The statement is to go, whatever its literal lacks.
    ("dead-statement-foreign-ocid", Reach::Token, &["ocid-missing-region"]),
    // Of a name that nobody knows nothing else can be said.
    ("unknown-variable", Reach::Token, &["condition-removes-permissions", "absent-not-equal"]),
    ("free-form-tag", Reach::Token, &["unknown-variable"]),
    ("dg-free-form-tag", Reach::Token, &["dg-syntax"]),
    // The same, said better.
    ("variable-not-applicable", Reach::Statement, &["list-not-covered-by-target-condition"]),
    ("deny-condition-fail-open", Reach::Token, &["network-source-neq"]),
    ("deny-verb-inspect-lockout", Reach::Statement, &["deny-wide-service-impact"]),
    ("deny-empty", Reach::Statement, &["deny-manage-does-not-block-read"]),
    ("duplicate-statement", Reach::Statement, &["subsumed-statement"]),
    ("network-source-neq", Reach::Token, &["absent-not-equal"]),
    ("pattern-regex-metachar", Reach::Token, &["pattern-without-wildcard"]),
    ("ocid-malformed", Reach::Token, &["value-shape-mismatch"]),
    ("colon-ocid", Reach::Token, &["value-shape-mismatch", "ocid-malformed"]),
    ("dg-any-suspicious", Reach::Statement, &["dg-matches-whole-tenancy"]),
    ("dg-workload", Reach::Statement, &["dg-matches-whole-tenancy"]),
    // Everything contains the rest.
    ("grant-all-resources-tenancy", Reach::Statement, CONTAINED),
    ("grant-all-resources-compartment", Reach::Statement, CONTAINED),
    ("any-group-with-service-type", Reach::Statement, &["any-user-scope-wider-than-described"]),
    ("admit-any-tenancy-named-subject", Reach::Statement, &["admit-any-tenancy"]),
    (
        "shadow-admin",
        Reach::Token,
        &["grant-dynamic-group-update", "grant-run-command", "grant-function-or-job-code"],
    ),
    (
        "tag-unsupported",
        Reach::Statement,
        &["target-tag-cannot-create", "list-not-covered-by-target-condition"],
    ),
    ("calendar-value-range", Reach::Token, &["value-shape-mismatch"]),
    ("endorse-own-tenancy", Reach::Statement, &["endorse-without-admit"]),
];

/// Dangers that are part of full control.
const CONTAINED: &[&str] = &[
    "grant-manage-policies",
    "grant-user-credentials",
    "grant-dynamic-group-update",
    "grant-identity-providers",
    "grant-group-membership",
    "grant-key-delete",
    "grant-secret-read",
    "grant-storage-delete",
    "grant-par",
    "grant-audit-tamper",
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
    "value-shape-mismatch",
    "ocid-malformed",
];

/// Takes away what other findings make superfluous. `statements` are all statements and rules, by position.
pub(super) fn silence(findings: &mut Vec<Diagnostic>, statements: &[Place]) {
    let mut silent: Vec<(&'static str, SourceId, Span)> = Vec::new();
    let mut rows: FxHashMap<&str, Vec<(Reach, &[&'static str])>> = FxHashMap::default();
    for (id, reach, losers) in SILENCE {
        rows.entry(id).or_default().push((*reach, losers));
    }
    for finding in findings.iter() {
        let Some(place) = finding.place() else { continue };
        for (reach, losers) in rows.get(finding.code.id()).into_iter().flatten() {
            let span = match reach {
                Reach::Token => place.span,
                Reach::Statement => around(statements, place).unwrap_or(place.span),
            };
            silent.extend(losers.iter().map(|loser| (*loser, place.source, span)));
        }
    }
    if silent.is_empty() {
        return;
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
