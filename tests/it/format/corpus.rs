//! What people really wrote, formatted: it says the same, and formatting it again changes nothing.

use ocipol::format::{self, Layout};
use ocipol::parse;
use ocipol::passage::{Host, Passage};
use ocipol::source::{Source, Sources};
use ocipol::syntax::Reading;

use crate::shared;

fn texts(name: &str) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(shared::file(name)?).unwrap();
    let of = |line: &str| {
        let json: serde_json::Value = serde_json::from_str(line).unwrap();
        let both = [json.get("text"), json.get("rendered")];
        both.into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    Some(text.lines().flat_map(of).collect())
}

#[test]
fn every_statement_keeps_its_meaning_and_stays_what_it_is_the_second_time() {
    let Some(texts) = texts("corpus/statements.jsonl") else { return };
    let (mut formatted, mut left) = (0, Vec::new());
    for text in &texts {
        for host in [Host::Plain, Host::Template] {
            let mut sources = Sources::new();
            let id = sources.add(Source::new("corpus", text.as_str()).unwrap());
            let items = parse::statements(&Passage::verbatim(id, text, 0).hosted(host), &mut Vec::new());
            for item in items {
                let Some(once) = format::item(&item, Layout::OneLine) else {
                    if item.reading == Reading::Strict {
                        left.push(text.clone());
                    }
                    continue;
                };
                formatted += 1;
                let id = sources.add(Source::new("once", once.as_str()).unwrap());
                let again = parse::statements(&Passage::verbatim(id, &once, 0).hosted(host), &mut Vec::new());
                assert_eq!(again.len(), 1, "{once}");
                assert_eq!(format::item(&again[0], Layout::OneLine).as_ref(), Some(&once), "{text}");
            }
        }
    }
    eprintln!("{formatted} readings of {} texts formatted", texts.len());
    assert!(left.is_empty(), "strict, and left as written:\n{}", left.join("\n"));
}

#[test]
fn the_whole_corpus_as_one_file_keeps_its_meaning() {
    let Some(texts) = texts("corpus/statements.jsonl") else { return };
    let text: String = texts.iter().flat_map(|text| ["# next\n", text, "\n\n\n"]).collect();
    let mut sources = Sources::new();
    let id = sources.add(Source::new("corpus.policy", text).unwrap());
    let once = format::policy_text(sources.get(id).unwrap(), id).unwrap();
    let id = sources.add(Source::new("once.policy", once.text.as_str()).unwrap());
    let twice = format::policy_text(sources.get(id).unwrap(), id).unwrap();
    assert!(once.text == twice.text, "formatting twice is not formatting once");
    assert_eq!(once.left.len(), twice.left.len());
    assert!(!once.text.contains("\n\n\n"));
}

#[test]
fn every_matching_rule_keeps_its_meaning() {
    let Some(texts) = texts("corpus/matching-rules.jsonl") else { return };
    for text in &texts {
        let mut sources = Sources::new();
        let id = sources.add(Source::new("corpus", text.as_str()).unwrap());
        let (rule, reading) = parse::matching_rule(&Passage::verbatim(id, text, 0), &mut Vec::new());
        let Some(once) = format::rule(&rule, reading) else {
            assert_ne!(reading, Reading::Strict, "{text}");
            continue;
        };
        let id = sources.add(Source::new("once", once.as_str()).unwrap());
        let (again, reading) = parse::matching_rule(&Passage::verbatim(id, &once, 0), &mut Vec::new());
        assert_eq!(format::rule(&again, reading), Some(once));
    }
}
