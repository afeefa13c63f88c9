//! What people really wrote: every statement and rule of the corpus is read, and nearly all of it without an error.

use std::collections::HashSet;

use ocipol::diagnostic::{Diagnostic, Severity};
use ocipol::passage::Passage;
use ocipol::source::{Source, Sources};
use ocipol::{parse, syntax};

use crate::shared;

struct Record {
    /// The corpus's own hash of the text with its names left out.
    skeleton: String,
    text: String,
    observed: Vec<String>,
}

fn records(name: &str) -> Option<Vec<Record>> {
    let text = std::fs::read_to_string(shared::file(name)?).unwrap();
    let read = |line: &str| {
        let json: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = json.get("rendered").unwrap_or(&json["text"]).as_str().unwrap().to_owned();
        let plain = json.get("rendered").is_some() || json["form"] == "literal";
        let mut observed: Vec<String> =
            json.get("observed").map(|o| serde_json::from_value(o.clone()).unwrap()).unwrap_or_default();
        if !plain {
            observed.push("unrendered".to_owned());
        }
        Record { skeleton: json["skeleton"].as_str().unwrap_or("rule").to_owned(), text, observed }
    };
    Some(text.lines().map(read).collect())
}

fn read(text: &str) -> (Vec<syntax::Item>, Vec<Diagnostic>) {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("corpus", text).unwrap());
    let mut findings = Vec::new();
    let items = parse::statements(&Passage::verbatim(id, text, 0), &mut findings);
    (items, findings)
}

fn syntax_error(findings: &[Diagnostic]) -> Option<&Diagnostic> {
    findings.iter().find(|f| f.severity == Severity::Error && f.code.area() == "syntax")
}

/// Why each refused statement is rightly refused: `SKELETON CODE REASON` a line.
const REFUSED: &str = include_str!("../../fixtures/corpus/refused.txt");

#[test]
fn nearly_every_ordinary_statement_is_read_without_a_syntax_error() {
    let Some(records) = records("corpus/statements.jsonl") else {
        return;
    };
    let ordinary: Vec<_> =
        records.iter().filter(|r| r.observed.is_empty() || r.observed == ["comment"]).collect();
    assert_eq!(ordinary.len(), 5676, "the corpus is not the one this test was written for");
    let reasons: HashSet<(&str, &str)> = REFUSED
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut words = line.splitn(3, ' ');
            let (skeleton, code) = (words.next().unwrap(), words.next().unwrap());
            assert!(words.next().is_some_and(|reason| reason.len() > 20), "no reason: {line}");
            (skeleton, code)
        })
        .collect();
    let (mut refused, mut unexplained, mut idle) = (0, Vec::new(), reasons.clone());
    for record in &ordinary {
        let (_, findings) = read(&record.text);
        if let Some(finding) = syntax_error(&findings) {
            refused += 1;
            idle.remove(&(record.skeleton.as_str(), finding.code.as_str()));
            if !reasons.contains(&(record.skeleton.as_str(), finding.code.as_str())) {
                unexplained.push(format!(
                    "{} {} {} | {}",
                    record.skeleton, finding.code, finding.message, record.text
                ));
            }
        }
    }
    assert!(unexplained.is_empty(), "no reason is written for\n{}", unexplained.join("\n"));
    assert!(idle.is_empty(), "nothing is refused any more for {idle:?}");
    let share = 100.0 * (ordinary.len() - refused) as f64 / ordinary.len() as f64;
    eprintln!(
        "{} of {} ordinary statements read without a syntax error: {share:.2} %",
        ordinary.len() - refused,
        ordinary.len()
    );
    assert!(share >= 99.5, "{share:.2} %");
}

#[test]
fn every_other_record_gets_a_reading_or_a_finding() {
    let Some(records) = records("corpus/statements.jsonl") else {
        return;
    };
    let odd = records.iter().filter(|r| !(r.observed.is_empty() || r.observed == ["comment"]));
    let mut lines: Vec<String> = odd
        .map(|record| {
            let (items, findings) = read(&record.text);
            let reading = items.first().map(|item| item.reading);
            if std::env::var_os("OCIPOL_SHOW_CORPUS").is_some() {
                let said: Vec<String> =
                    findings.iter().map(|f| format!("    {}: {}", f.code, f.message)).collect();
                eprintln!("{}\n{}", record.text, said.join("\n"));
            }
            assert!(reading == Some(syntax::Reading::Strict) || !findings.is_empty(), "{}", record.text);
            let codes: Vec<&str> = findings.iter().map(|f| f.code.as_str()).collect();
            format!(
                "{} {} {:?} {}",
                record.skeleton,
                record.observed.join("+"),
                reading.unwrap(),
                codes.join(" ")
            )
        })
        .collect();
    lines.sort();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn every_matching_rule_is_read_or_explained() {
    let Some(records) = records("corpus/matching-rules.jsonl") else {
        return;
    };
    let mut lines = Vec::new();
    for record in &records {
        let mut sources = Sources::new();
        let id = sources.add(Source::new("corpus", record.text.as_str()).unwrap());
        let mut findings = Vec::new();
        let (_, reading) = parse::matching_rule(&Passage::verbatim(id, &record.text, 0), &mut findings);
        let codes: Vec<&str> = findings.iter().map(|f| f.code.as_str()).collect();
        if std::env::var_os("OCIPOL_SHOW_CORPUS").is_some() && !findings.is_empty() {
            eprintln!("{}\n{findings:#?}", record.text);
        }
        if reading != syntax::Reading::Strict {
            lines.push(format!(
                "{} {} {reading:?} {}",
                record.skeleton,
                record.observed.join("+"),
                codes.join(" ")
            ));
        }
        assert!(reading == syntax::Reading::Strict || !findings.is_empty(), "{}", record.text);
    }
    lines.sort();
    insta::assert_snapshot!(lines.join("\n"));
}
