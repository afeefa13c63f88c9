//! `ocipol check`: what the service would refuse, what can never match, what is dangerous.

mod explain;
mod github;
mod human;
mod input;
mod json;
mod junit;
mod sarif;
mod view;

use std::io;
use std::path::PathBuf;

use clap::ValueEnum;

use super::{Exit, Output};
use crate::diagnostic::Severity;
use crate::lint::{self, LINTS, Lint, Options};
use crate::suggest;
use view::View;

/// Arguments of `ocipol check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ocipol check policies/
  ocipol check --tenancies fixtures/oke/documents/world.tenancy.yaml fixtures/oke/documents/bound.policy
  ocipol check --explain redacted-ocid

In a folder these are read: *.policy; *.txt with statements; *.yaml, *.yml and *.json with policies, matching rules or tenancy
models. Files of other commands (*.policytest.yaml, *.scenario.yaml, *.intent.yaml) are left out.

A line `# lint-allow ID: REASON` in front of a statement accepts what is found there; `# lint-allow-file` in the whole file.

Exit code: 0 fine, 1 findings at or above the failing severity, 2 input that cannot be read.")]
pub(super) struct Arguments {
    /// Files and folders; `-` for standard input; the current folder where nothing is named
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// What the files hold, where their names do not say; for standard input policy text where this does not say either
    #[arg(long, value_enum, value_name = "KIND")]
    input: Option<Kind>,
    /// A tenancy model: statements are attached to its tenancies and checked against what is in them
    #[arg(long, value_name = "FILE")]
    tenancies: Option<PathBuf>,
    /// Fail on warnings too
    #[arg(long)]
    deny_warnings: bool,
    /// Run a lint that is off by default; may be given several times
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    enable: Vec<String>,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Say what a kind of finding means, and check nothing
    #[arg(long, value_name = "ID", conflicts_with_all = ["paths", "tenancies", "input"])]
    explain: Option<String>,
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Policy text
    Policy,
    /// YAML with policies, matching rules or tenancy models
    Yaml,
    /// The same in JSON
    Json,
}

/// How to answer.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Human,
    /// For programs; the schema is `book/src/schema/check.v1.json`
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// JUnit's XML, for build servers
    Junit,
}

/// A lint somebody names that is not there.
#[derive(Debug, thiserror::Error)]
#[error("there is no lint `{0}`")]
struct NoSuchLint(String);

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<Exit> {
    if let Some(id) = &arguments.explain {
        return match named(id) {
            Ok(lint) => explain::write(output, lint, arguments.format),
            Err(error) => output.refuse(&error, &nearest(id)),
        };
    }
    let mut enabled = Vec::new();
    for id in &arguments.enable {
        match named(id) {
            Ok(lint) => enabled.push(lint),
            Err(error) => return output.refuse(&error, &nearest(id)),
        }
    }
    let read = input::read(arguments, output)?;
    if read.files == 0 {
        return Ok(Exit::Usage);
    }
    let bound = read.bundle.bind(&read.sources, read.given);
    let report = lint::lint(&read.sources, &bound, Options { enabled: &enabled });
    let failing = if arguments.deny_warnings { Severity::Warning } else { Severity::Error };
    let view = View::new(&read.sources, &bound, &report, read.files, failing);
    match arguments.format {
        Format::Human => human::write(output, &view)?,
        Format::Json => json::write(output.out, &view)?,
        Format::Sarif => sarif::write(output.out, &view)?,
        Format::Github => github::write(output.out, &view)?,
        Format::Junit => junit::write(output.out, &view)?,
    }
    Ok(if read.unreadable {
        Exit::Usage
    } else if view.fails() {
        Exit::Findings
    } else {
        Exit::Fine
    })
}

fn named(id: &str) -> Result<&'static Lint, NoSuchLint> {
    lint::find(id).ok_or_else(|| NoSuchLint(id.to_owned()))
}

fn nearest(id: &str) -> String {
    let known = LINTS.iter().map(|lint| lint.code.id());
    suggest::did_you_mean(id, known).map_or_else(
        || "the id stands in front of the message of a finding".to_owned(),
        |near| format!("did you mean `{near}`?"),
    )
}
