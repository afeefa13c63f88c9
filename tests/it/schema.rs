//! The schemas of what programs read: ours, and the one of SARIF.

use std::path::Path;

use boon::{Compiler, Draft, SchemaIndex, Schemas};
use serde_json::Value;

/// Checks an answer against a schema of the book.
#[track_caller]
pub(crate) fn holds(file: &str, answer: &Value) {
    validate(&Path::new("book/src/schema").join(file), answer);
}

/// Checks a text against the schema that OASIS publishes for SARIF 2.1.0.
#[track_caller]
pub(crate) fn holds_as_sarif(text: &str) -> Value {
    let log = serde_json::from_str(text).unwrap();
    validate(Path::new("fixtures/sarif/sarif-schema-2.1.0.json"), &log);
    log
}

#[track_caller]
fn validate(file: &Path, answer: &Value) {
    let (schemas, index) = compiled(file);
    if let Err(error) = schemas.validate(answer, index) {
        panic!("{error}");
    }
}

fn compiled(file: &Path) -> (Schemas, SchemaIndex) {
    let mut schemas = Schemas::new();
    let mut compiler = Compiler::new();
    compiler.set_default_draft(Draft::V2020_12);
    compiler.enable_format_assertions();
    let index =
        compiler.compile(file.to_str().unwrap(), &mut schemas).unwrap_or_else(|error| panic!("{error:#}"));
    (schemas, index)
}

#[test]
fn every_schema_of_the_book_is_one() {
    let files: Vec<_> =
        std::fs::read_dir("book/src/schema").unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 6);
    for file in files {
        compiled(&file);
    }
}

#[test]
#[should_panic(expected = "missing properties 'version'")]
fn what_a_schema_does_not_say_is_found() {
    holds("check.v1.json", &serde_json::json!({ "findings": [] }));
}
