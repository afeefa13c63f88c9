//! The table of slips: each is read, reported and repaired as `fixtures/syntax/deviations.yaml` says.

use std::collections::BTreeSet;

use ocipol::diagnostic::{Code, Safety};
use ocipol::lint::{Input, Options};
use ocipol::parse;
use ocipol::passage::{Host, Passage};
use ocipol::source::{Source, Sources};
use ocipol::syntax::Reading;
use serde_yaml::Value;

use crate::fix::{fixed, found};
use crate::world::fixture;

#[test]
fn every_slip_is_read_reported_and_repaired() {
    let table = std::fs::read_to_string(fixture("syntax/deviations.yaml")).unwrap();
    let rows: Vec<Value> = serde_yaml::from_str(&table).unwrap();
    assert!(rows.len() > 60);
    // Lints that have nothing to do with how something is written are not this table's business.
    let vocabulary: BTreeSet<&str> = rows
        .iter()
        .filter_map(|row| row["finds"].as_sequence())
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut wrong = Vec::new();
    for row in &rows {
        let of = |key: &str| {
            row.get(key).and_then(Value::as_str).map(|text| text.trim_end_matches('\n').to_owned())
        };
        let (slip, text) = (of("slip").unwrap(), of("text").unwrap());
        let mut expect = |what: &str, expected: &str, is: &str| {
            if expected != is {
                wrong.push(format!("{slip}: {what}\n  expected {expected}\n  is       {is}"));
            }
        };
        let mut sources = Sources::new();
        let id = sources.add(Source::new("text", text.as_str()).unwrap());
        let host = if of("in").is_some() { Host::Template } else { Host::Plain };
        let mut findings = Vec::new();
        let items = parse::statements(&Passage::verbatim(id, &text, 0).hosted(host), &mut findings);
        let reading = match items[0].reading {
            Reading::Strict => "strict",
            Reading::Repaired => "repaired",
            Reading::Guessed => "guessed",
        };
        expect("reading", &of("reading").unwrap(), reading);
        let codes: Vec<String> = row["finds"]
            .as_sequence()
            .unwrap()
            .iter()
            .map(|code| code.as_str().unwrap().to_owned())
            .collect();
        let is: Vec<&str> = match host {
            Host::Template => findings.iter().map(|finding| finding.code.id()).collect(),
            Host::Plain => {
                let report = found(&text, Input::Policy, Options::default());
                let slips = report.findings.iter().map(|finding| finding.code);
                let slips = slips.filter(|code| code.area() == "syntax" || vocabulary.contains(code.id()));
                slips.map(|code: Code| code.id()).collect()
            }
        };
        expect("finds", &codes.join(" "), &is.join(" "));
        let safe = of("fixed").unwrap_or_else(|| text.clone());
        expect("fixed", &safe, &fixed(&text, Input::Policy, Safety::Safe, Options::default()));
        let all = of("suggested").unwrap_or(safe);
        expect("suggested", &all, &fixed(&text, Input::Policy, Safety::Unsafe, Options::default()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
