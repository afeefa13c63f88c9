//! For programs: one JSON object. Its schema is `book/src/schema/check.v1.json`.

use std::io::{self, Write};

use serde::Serialize;

use super::view::{Region, View};
use crate::diagnostic::{Diagnostic, Safety, Severity};
use crate::format;
use crate::lint;

/// The version of the shape below; a change that breaks a reader gets the next one.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Answer<'a> {
    version: u32,
    tool: Tool,
    findings: Vec<Finding<'a>>,
    suppressed: Vec<Suppressed<'a>>,
    skipped: Vec<Skipped>,
    summary: Summary,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'static str,
    severity: &'static str,
    risk: Option<&'static str>,
    rejects: Option<&'static str>,
    #[serde(flatten)]
    place: Option<At<'a>>,
    statement: Option<Statement<'a>>,
    message: &'a str,
    why: Option<String>,
    help: Option<&'a str>,
    basis: Option<&'static str>,
    fix: Option<Fix<'a>>,
    related: Vec<Related<'a>>,
}

#[derive(Serialize)]
struct At<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Statement<'a> {
    policy: &'a str,
    number: usize,
    text: String,
}

#[derive(Serialize)]
struct Fix<'a> {
    safety: &'static str,
    title: &'a str,
    edits: Vec<Edit<'a>>,
}

#[derive(Serialize)]
struct Edit<'a> {
    #[serde(flatten)]
    place: At<'a>,
    text: String,
}

#[derive(Serialize)]
struct Related<'a> {
    #[serde(flatten)]
    place: At<'a>,
    message: &'a str,
}

#[derive(Serialize)]
struct Suppressed<'a> {
    finding: Finding<'a>,
    reason: &'a str,
    #[serde(flatten)]
    place: Option<At<'a>>,
}

#[derive(Serialize)]
struct Skipped {
    code: &'static str,
    missing: &'static str,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
    styles: usize,
    fails: bool,
}

impl<'a> From<Region<'a>> for At<'a> {
    fn from(region: Region<'a>) -> Self {
        Self {
            file: region.file,
            line: region.start.line,
            column: region.start.column,
            end_line: region.end.line,
            end_column: region.end.column,
        }
    }
}

pub(super) fn write(out: &mut dyn Write, view: &View<'_>) -> io::Result<()> {
    let report = view.report;
    let answer = Answer {
        version: VERSION,
        tool: Tool { name: "ocipol", version: env!("CARGO_PKG_VERSION") },
        findings: report.findings.iter().map(|finding| of(view, finding)).collect(),
        suppressed: report
            .suppressed
            .iter()
            .map(|suppressed| Suppressed {
                finding: of(view, &suppressed.finding),
                reason: &suppressed.reason,
                place: view.region(suppressed.place).map(At::from),
            })
            .collect(),
        skipped: report
            .skipped
            .iter()
            .map(|skipped| Skipped { code: skipped.lint.code.as_str(), missing: skipped.missing.missing() })
            .collect(),
        summary: Summary {
            files: view.files,
            errors: view.count(Severity::Error),
            warnings: view.count(Severity::Warning),
            infos: view.count(Severity::Info),
            styles: view.count(Severity::Style),
            fails: view.fails(),
        },
    };
    serde_json::to_writer_pretty(&mut *out, &answer)?;
    writeln!(out)
}

fn of<'a>(view: &View<'a>, finding: &'a Diagnostic) -> Finding<'a> {
    let lint = lint::find(finding.code.as_str());
    let statement = view.statement(finding).map(|statement| Statement {
        policy: statement.policy,
        number: statement.number,
        text: format::statement(&statement.item.statement),
    });
    let fix = finding.fix.as_ref().and_then(|fix| {
        let edits = view.replacements(finding, fix)?.into_iter();
        Some(Fix {
            safety: match fix.safety {
                Safety::Safe => "safe",
                Safety::Unsafe => "suggested",
            },
            title: &fix.title,
            edits: edits.map(|edit| Edit { place: edit.region.into(), text: edit.text }).collect(),
        })
    });
    let related =
        finding.labels.iter().skip(1).filter_map(|label| {
            Some(Related { place: view.region(label.place)?.into(), message: &label.text })
        });
    Finding {
        code: finding.code.as_str(),
        severity: finding.severity.as_str(),
        risk: finding.risk.map(crate::diagnostic::Risk::as_str),
        rejects: lint.map(|lint| lint.rejects.as_str()),
        place: finding.place().and_then(|place| view.region(place)).map(At::from),
        statement,
        message: &finding.message,
        why: lint.map(|lint| lint.why()),
        help: finding.help.as_deref(),
        basis: lint.map(|lint| lint.basis),
        fix,
        related: related.collect(),
    }
}
