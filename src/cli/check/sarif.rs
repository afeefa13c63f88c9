//! SARIF 2.1.0, the format of code scanning.
//!
//! The shape is the standard's; it is written here once, as the standard names things.
//!
//! # Source
//! OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".

use std::io::{self, Write};

use serde_json::{Value, json};

use super::view::{Region, View};
use crate::diagnostic::{Diagnostic, Risk, Severity};
use crate::lint::{self, Lint, Suppressed};

pub(super) fn write(out: &mut dyn Write, view: &View<'_>) -> io::Result<()> {
    let report = view.report;
    let mut rules: Vec<&'static Lint> = Vec::new();
    let reported =
        report.findings.iter().chain(report.suppressed.iter().map(|suppressed| &suppressed.finding));
    for lint in reported.filter_map(|finding| lint::find(finding.code.as_str())) {
        if !rules.iter().any(|known| known.code == lint.code) {
            rules.push(lint);
        }
    }
    rules.sort_by_key(|lint| lint.code);
    let accepted = report
        .suppressed
        .iter()
        .map(|suppressed| result(view, &rules, &suppressed.finding, Some(suppressed)));
    let results: Vec<Value> =
        report.findings.iter().map(|finding| result(view, &rules, finding, None)).chain(accepted).collect();
    let notifications: Vec<Value> = view
        .skipped()
        .into_iter()
        .map(|(missing, lints)| {
            let ids: Vec<&str> = lints.iter().map(|lint| lint.code.as_str()).collect();
            json!({ "level": "note", "message": { "text": format!("skipped, {missing}: {}", ids.join(", ")) } })
        })
        .collect();
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "ocipol",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|lint| rule(lint)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{ "executionSuccessful": !view.unreadable, "toolExecutionNotifications": notifications }],
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn rule(lint: &Lint) -> Value {
    let docs: Vec<&str> = lint.docs().collect();
    let mut rule = json!({
        "id": lint.code.as_str(),
        "name": camel_case(lint.code.id()),
        "shortDescription": { "text": plain(&lint.summary()) },
        "fullDescription": { "text": plain(&lint.why()) },
        "help": { "text": plain(&docs.join("\n")), "markdown": docs.join("\n") },
        "defaultConfiguration": { "level": level(lint.severity) },
        "properties": { "rejects": lint.rejects.as_str(), "basis": lint.basis, "tags": [lint.code.area()] },
    });
    if let (Some(risk), Some(properties)) =
        (lint.risk, rule.get_mut("properties").and_then(Value::as_object_mut))
    {
        properties.insert("risk".to_owned(), json!(risk.as_str()));
        properties.insert("security-severity".to_owned(), json!(security_severity(risk)));
        properties.insert("tags".to_owned(), json!([lint.code.area(), "security"]));
    }
    rule
}

fn result(
    view: &View<'_>,
    rules: &[&'static Lint],
    finding: &Diagnostic,
    suppressed: Option<&Suppressed>,
) -> Value {
    let text = finding
        .help
        .as_ref()
        .map_or_else(|| finding.message.clone(), |help| format!("{}; {help}", finding.message));
    let mut result = json!({
        "ruleId": finding.code.as_str(),
        "level": level(finding.severity),
        "message": { "text": text },
        "locations": finding.place().and_then(|place| view.region(place)).map(|region| vec![location(region)]).unwrap_or_default(),
    });
    let Some(fields) = result.as_object_mut() else { return result };
    if let Some(index) = rules.iter().position(|rule| rule.code == finding.code) {
        fields.insert("ruleIndex".to_owned(), json!(index));
    }
    let related: Vec<Value> = finding
        .labels
        .iter()
        .skip(1)
        .filter_map(|label| {
            let mut related = location(view.region(label.place)?);
            if let Some(fields) = related.as_object_mut().filter(|_| !label.text.is_empty()) {
                fields.insert("message".to_owned(), json!({ "text": label.text }));
            }
            Some(related)
        })
        .collect();
    if !related.is_empty() {
        fields.insert("relatedLocations".to_owned(), json!(related));
    }
    if let Some(fix) = fix(view, finding) {
        fields.insert("fixes".to_owned(), json!([fix]));
    }
    if let Some(suppressed) = suppressed {
        let mut suppression = json!({ "kind": "inSource", "justification": suppressed.reason });
        if let (Some(region), Some(fields)) = (view.region(suppressed.place), suppression.as_object_mut()) {
            fields.insert("location".to_owned(), location(region));
        }
        fields.insert("suppressions".to_owned(), json!([suppression]));
    }
    result
}

/// The repair, where the file can take it.
fn fix(view: &View<'_>, finding: &Diagnostic) -> Option<Value> {
    let fix = finding.fix.as_ref()?;
    let replacements = view.replacements(finding, fix)?;
    let file = replacements.first()?.region.file;
    let replacements: Vec<Value> = replacements
        .iter()
        .map(|edit| json!({ "deletedRegion": region(edit.region), "insertedContent": { "text": edit.text } }))
        .collect();
    Some(json!({
        "description": { "text": fix.title },
        "artifactChanges": [{ "artifactLocation": { "uri": uri(file) }, "replacements": replacements }],
    }))
}

fn location(at: Region<'_>) -> Value {
    json!({ "physicalLocation": { "artifactLocation": { "uri": uri(at.file) }, "region": region(at) } })
}

fn region(at: Region<'_>) -> Value {
    json!({
        "startLine": at.start.line,
        "startColumn": at.start.column,
        "endLine": at.end.line,
        "endColumn": at.end.column,
    })
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Style => "note",
    }
}

/// The number that code scanning sorts security findings by.
const fn security_severity(risk: Risk) -> &'static str {
    match risk {
        Risk::Low => "3.0",
        Risk::Medium => "5.0",
        Risk::High => "8.0",
        Risk::Critical => "9.5",
    }
}

/// A path as a URI: what a URI cannot have is escaped.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

/// Markdown without its marks.
fn plain(markdown: &str) -> String {
    let lines = markdown.lines().filter(|line| !line.starts_with("```"));
    lines.map(|line| line.trim_start_matches("# ").replace('`', "")).collect::<Vec<_>>().join("\n")
}

/// `redacted-ocid` as `RedactedOcid`.
fn camel_case(id: &str) -> String {
    let mut name = String::with_capacity(id.len());
    for word in id.split('-') {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.extend(letters);
    }
    name
}
