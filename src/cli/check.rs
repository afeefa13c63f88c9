//! `ocipol check`: what the service would refuse, what can never match, what is dangerous.

mod explain;
mod fix;
mod github;
mod human;
pub(super) mod input;
mod json;
mod junit;
mod sarif;
mod view;

use std::io;
use std::path::PathBuf;

use clap::ValueEnum;

use super::{Exit, Output, project};
use crate::bundle::Bound;
use crate::diagnostic::Severity;
use crate::lint::{self, LINTS, Level, Lint, Options, Report};
use crate::read;
use crate::source::Sources;
use crate::suggest;
use input::Wanted;
use view::View;

/// Arguments of `ocipol check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ocipol check policies/
  ocipol check --tenancies fixtures/oke/documents/world.tenancy.yaml fixtures/oke/documents/bound.policy
  ocipol check --fix policies/
  ocipol check --explain redacted-ocid

In a folder these are read: *.policy; *.txt with statements; *.yaml, *.yml and *.json with policies, matching rules or tenancy
models, what the OCI CLI prints and Terraform plans among them; *.tf and *.tfvars. Ignore files are respected, and files of
other commands (*.policytest.yaml, *.scenario.yaml, *.intent.yaml) are left out.

A line `# lint-allow ID: REASON` in front of a statement accepts what is found there; `# lint-allow-file` in the whole file.

Exit code: 0 fine, 1 findings at or above the failing severity, 2 input that cannot be read.")]
pub(super) struct Arguments {
    /// Files and folders; `-` for standard input; those of the project file where nothing is named, or else the current
    /// folder
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// What the files hold, where their names do not say; for standard input policy text where this does not say either
    #[arg(long, value_enum, value_name = "KIND")]
    input: Option<Kind>,
    /// A tenancy model: statements are attached to its tenancies and checked against what is in them; that of the project
    /// file where none is named
    #[arg(long, value_name = "FILE")]
    tenancies: Option<PathBuf>,
    /// Repair what has one obvious repair, in the files themselves; `--fix=all` makes suggested repairs too, which may
    /// change who may do what: look at them before you commit
    #[arg(long, value_enum, value_name = "WHICH", num_args = 0..=1, require_equals = true, default_missing_value = "safe")]
    fix: Option<Fixes>,
    /// Fail on warnings too
    #[arg(long)]
    deny_warnings: bool,
    /// Run a lint that is off by default; may be given several times
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    enable: Vec<String>,
    #[command(flatten)]
    project: project::Selection,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Say what a kind of finding means, and check nothing
    #[arg(long, value_name = "ID", conflicts_with_all = ["paths", "tenancies", "input"])]
    explain: Option<String>,
}

impl Arguments {
    const fn failing(&self) -> Severity {
        if self.deny_warnings { Severity::Warning } else { Severity::Error }
    }

    /// Whether people read the answer.
    pub(super) fn answers_in_words(&self) -> bool {
        self.format == Format::Human
    }
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// Policy text
    Policy,
    /// YAML with policies, matching rules or tenancy models
    Yaml,
    /// The same in JSON, what the OCI CLI prints, a Terraform plan
    Json,
    /// Terraform source
    Terraform,
}

impl Kind {
    pub(super) const fn format(self) -> read::Format {
        match self {
            Self::Policy => read::Format::Policy,
            Self::Yaml => read::Format::Yaml,
            Self::Json => read::Format::Json,
            Self::Terraform => read::Format::Terraform,
        }
    }
}

/// Which repairs are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Fixes {
    /// Those whose text has exactly the meaning the author obviously wanted
    Safe,
    /// Suggested ones too
    All,
}

/// How to answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
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
    let Some(project) = arguments.project.read(output)? else { return Ok(Exit::Usage) };
    let mut levels = project.levels.clone();
    for id in &arguments.enable {
        match named(id) {
            Ok(lint) => levels.push((lint, Level::On)),
            Err(error) => return output.refuse(&error, &nearest(id)),
        }
    }
    let wanted = Wanted {
        paths: project.paths_or(&arguments.paths),
        input: arguments.input,
        tenancies: project.tenancies_or(arguments.tenancies.as_ref()),
    };
    let for_people = arguments.answers_in_words();
    let examine = Examine { wanted, levels, failing: arguments.failing(), for_people };
    let mut checked = examine.run(output)?;
    if let Some(fixes) = arguments.fix {
        checked = match fix::run(checked, &examine, fixes, output)? {
            Ok(checked) => checked,
            Err(exit) => return Ok(exit),
        };
    }
    if checked.files == 0 && for_people {
        return Ok(Exit::Usage);
    }
    let view = checked.view();
    match arguments.format {
        Format::Human => human::write(output, &view)?,
        Format::Json => json::write(output.out, &view)?,
        Format::Sarif => sarif::write(output.out, &view)?,
        Format::Github => github::write(output.out, &view)?,
        Format::Junit => junit::write(output.out, &view)?,
    }
    Ok(if checked.unreadable {
        Exit::Usage
    } else if view.fails() {
        Exit::Findings
    } else {
        Exit::Fine
    })
}

/// Everything that was read, and what was found in it.
struct Checked {
    sources: Sources,
    bound: Bound,
    report: Report,
    files: usize,
    unreadable: bool,
    failing: Severity,
}

impl Checked {
    fn view(&self) -> View<'_> {
        View::new(self)
    }
}

/// What is checked, and how.
struct Examine {
    wanted: Wanted,
    levels: Vec<(&'static Lint, Level)>,
    failing: Severity,
    /// Whether people read on standard error what could not be read.
    for_people: bool,
}

impl Examine {
    /// Reads the files and looks for everything.
    fn run(&self, output: &mut Output<'_>) -> io::Result<Checked> {
        let read = input::read(&self.wanted, output)?;
        let unreadable = read.is_unreadable();
        let bound = read.bundle.bind(&read.sources, read.given);
        let mut report = lint::lint(&read.sources, &bound, Options { levels: &self.levels });
        if !self.for_people {
            report.findings.extend(read.unread);
            report.findings.sort_by_key(|finding| finding.place().map(|place| place.source));
        }
        let (sources, files) = (read.sources, read.files);
        Ok(Checked { sources, bound, report, files, unreadable, failing: self.failing })
    }
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
