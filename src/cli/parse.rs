//! `ocipol parse`: the syntax tree, as it was read.

mod tree;

use std::io;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::check::{self, input::Wanted};
use super::output::Format;
use super::{Exit, Output};
use crate::bundle::Bound;
use crate::diagnostic::{Diagnostic, Severity};
use crate::format;
use crate::source::{Source, SourceId, Span};
use crate::syntax::{Item, Policy, Reading};
use tree::Node;

/// Arguments of `ocipol parse`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ocipol parse hangar.policy
  ocipol parse --format json - < hangar.policy

What is wrong with the text is told on standard error; the tree has what could be read all the same.

Exit code: 0 fine, 1 errors in the text, 2 input that cannot be read.")]
pub(super) struct Arguments {
    /// The file; `-` for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What the file holds, where its name does not say
    #[arg(long, value_enum, value_name = "KIND")]
    input: Option<check::Kind>,
    /// How to answer; the schema of the JSON is `book/src/schema/parse.v1.json`
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
}

/// The version of the JSON; a change that breaks a reader gets the next one.
const VERSION: u32 = 1;

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let wanted = Wanted { paths: vec![arguments.file.clone()], input: arguments.input, tenancies: None };
    let read = check::input::read(&wanted, output)?;
    if read.files == 0 {
        return Ok(Exit::Usage);
    }
    let unreadable = read.is_unreadable();
    let sources = read.sources;
    let bound = read.bundle.bind(&sources, None);
    // What a name means is another command's business.
    let is_text = |finding: &&Diagnostic| {
        matches!(finding.code.area(), "syntax" | "yaml" | "json" | "terraform" | "file" | "internal")
    };
    let findings: Vec<Diagnostic> = bound.findings.iter().filter(is_text).cloned().collect();
    output.notes(&sources, &findings)?;
    let mut files = Vec::new();
    for (id, source) in sources.iter() {
        match arguments.format {
            Format::Human => human(source, id, &bound, output)?,
            Format::Json => files.extend(json(source, id, &bound)),
        }
    }
    if arguments.format == Format::Json {
        output.json(&json!({ "version": VERSION, "files": files }))?;
    }
    let wrong = findings.iter().any(|finding| finding.severity == Severity::Error);
    Ok(match (unreadable, wrong) {
        (true, _) => Exit::Usage,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Fine,
    })
}

fn policies(bound: &Bound, id: SourceId) -> impl Iterator<Item = (&str, &Policy)> {
    bound.policies().filter(move |(_, policy)| policy.source == id)
}

fn human(source: &Source, id: SourceId, bound: &Bound, output: &mut Output<'_>) -> io::Result<()> {
    for (name, policy) in policies(bound, id) {
        writeln!(output.out, "policy {name}")?;
        for item in &policy.items {
            let at = source.position(item.span.start);
            writeln!(output.out, "  {at} {}", reading(item.reading))?;
            tree::statement(&item.statement, item.span).write(2, "", output.out)?;
        }
    }
    for rule in bound.rules.iter().filter(|rule| rule.source == id) {
        let at = source.position(rule.rule.span.start);
        writeln!(output.out, "matching rule {}", rule.name.as_deref().unwrap_or_default())?;
        writeln!(output.out, "  {at} {}", reading(rule.reading))?;
        tree::rule(&rule.rule).write(2, "", output.out)?;
    }
    Ok(())
}

/// A file with something of ours in it.
fn json(source: &Source, id: SourceId, bound: &Bound) -> Option<Value> {
    let policies: Vec<Value> = policies(bound, id)
        .map(|(name, policy)| {
            let items: Vec<Value> = policy.items.iter().map(|item| statement(source, item)).collect();
            json!({ "name": name, "items": items })
        })
        .collect();
    let rules: Vec<Value> = bound
        .rules
        .iter()
        .filter(|rule| rule.source == id)
        .map(|rule| {
            json!({
                "name": rule.name,
                "span": span(source, rule.rule.span),
                "reading": reading(rule.reading),
                "canonical": format::matching_rule(&rule.rule.node),
                "tree": tree::rule(&rule.rule).json(source),
            })
        })
        .collect();
    let empty = policies.is_empty() && rules.is_empty();
    (!empty).then(|| json!({ "file": source.name(), "policies": policies, "matching_rules": rules }))
}

fn statement(source: &Source, item: &Item) -> Value {
    let faults: Vec<Value> = item
        .faults
        .iter()
        .map(|fault| json!({ "code": fault.code.as_str(), "message": fault.message }))
        .collect();
    let comments: Vec<Value> = item.comments.iter().map(|comment| json!(comment.node)).collect();
    json!({
        "span": span(source, item.span),
        "reading": reading(item.reading),
        "faults": faults,
        "comments": comments,
        "canonical": format::statement(&item.statement),
        "tree": Node::json(&tree::statement(&item.statement, item.span), source),
    })
}

/// Byte offsets, and lines and columns as people count them.
fn span(source: &Source, span: Span) -> Value {
    let (start, end) = (source.position(span.start), source.position(span.end));
    json!({
        "start": span.start, "end": span.end,
        "line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column,
    })
}

const fn reading(reading: Reading) -> &'static str {
    match reading {
        Reading::Strict => "strict",
        Reading::Repaired => "repaired",
        Reading::Guessed => "guessed",
    }
}
