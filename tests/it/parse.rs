//! `ocipol parse`: the tree, for people and for programs.

use ocipol::cli::{self, Exit, Output};
use serde_json::Value;

use crate::schema::validate;

fn parse(arguments: &[&str]) -> (Exit, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut output = Output { out: &mut out, err: &mut err, colour: false, width: 110 };
    let all = ["ocipol", "parse"].iter().chain(arguments).map(Into::into);
    let exit = cli::run(all, &mut output);
    (exit, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

#[test]
fn people_see_a_tree() {
    let (exit, out, err) = parse(&["fixtures/check/crew.yaml"]);
    insta::assert_snapshot!(format!("{exit:?}\n{out}---\n{err}"));
}

#[test]
fn programs_get_what_the_schema_says() {
    let text = std::fs::read_to_string("book/src/schema/parse.v1.json").unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let files = [
        "fixtures/syntax/strict.policy",
        "fixtures/syntax/slips.policy",
        "fixtures/format/everything.policy",
        "fixtures/format/strings.yaml",
        "fixtures/check/crew.yaml",
        "fixtures/oke/documents/bound.policy",
        "fixtures/oke/cross-tenancy.tenancy.yaml",
    ];
    for file in files {
        let (_, out, _) = parse(&[file, "--format", "json"]);
        let answer: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(answer["files"][0]["file"], file);
        validate(&schema, &schema, &answer, "$");
        let source = std::fs::read_to_string(file).unwrap();
        inside(&answer["files"], &source);
    }
}

/// Every span lies in the file, on the boundaries of letters.
fn inside(value: &Value, text: &str) {
    if let Some(span) = value.get("span") {
        let at = |key: &str| usize::try_from(span[key].as_u64().unwrap()).unwrap();
        assert!(text.get(at("start")..at("end")).is_some(), "{value}");
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| inside(item, text)),
        Value::Object(entries) => entries.values().for_each(|item| inside(item, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_exit_code_says_whether_the_text_reads() {
    assert_eq!(parse(&["fixtures/syntax/strict.policy"]).0, Exit::Fine);
    let (exit, out, err) = parse(&["fixtures/syntax/slips.policy"]);
    assert_eq!(exit, Exit::Findings);
    assert!(out.contains("grant") && err.contains("syntax/missing-to"));
    assert_eq!(parse(&["nowhere.policy"]).0, Exit::Usage);
}
