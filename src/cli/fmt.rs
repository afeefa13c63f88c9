//! `ocipol fmt`: canonical text in place of what was written, where the two say the same.

use std::io;
use std::path::PathBuf;

use serde::Serialize;
use similar::TextDiff;

use super::check::{self, input::Wanted};
use super::output::Format;
use super::replace::replace;
use super::{Exit, Output, project};
use crate::bundle::Bound;
use crate::diagnostic::Diagnostic;
use crate::format::{self, Formatted, MeaningChanged};
use crate::source::{Source, SourceId, Sources};
use crate::{read, yaml};

/// Arguments of `ocipol fmt`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ocipol fmt policies/
  ocipol fmt --check --diff policies/
  ocipol fmt - < hangar.policy

Statements and matching rules are written in the canonical form: the first word capitalised, other keywords small, permissions
in capitals, one blank between words, quotes only where a name needs them. In policy text comments and single blank lines
stay, and a condition wider than 100 columns is broken into lines; in YAML, JSON and Terraform only the statements change, not a byte
around them. What does not read strictly stays as it is: formatting repairs nothing, `ocipol check --fix` does.

Exit code: 0 fine, 1 a file would change (`--check`, `--diff`), 2 input that cannot be read.")]
pub(super) struct Arguments {
    /// Files and folders; `-` for standard input, which is formatted to standard output; those of the project
    /// file where nothing is named, or else the current folder
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// What the files hold, where their names do not say
    #[arg(long, value_enum, value_name = "KIND")]
    input: Option<check::Kind>,
    /// Write nothing; name the files that would change, and fail where there are any
    #[arg(long)]
    check: bool,
    /// Write nothing; show what would change, and fail where something would
    #[arg(long)]
    diff: bool,
    #[command(flatten)]
    project: project::Selection,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Why a file keeps its text.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("`{name}` is left as it is")]
    Changes {
        name: String,
        #[source]
        source: MeaningChanged,
    },
    #[error("`{0}` cannot be read to its end, and is left as it is")]
    Unreadable(String),
}

impl Refusal {
    const fn help(&self) -> &'static str {
        match self {
            Self::Changes { .. } => "please report this, with the file",
            Self::Unreadable(_) => "`ocipol check` says where it cannot be read",
        }
    }
}

/// What came of one file.
#[derive(Serialize)]
struct Outcome<'a> {
    file: &'a str,
    /// Whether its text is not canonical.
    changed: bool,
    /// Statements that stay as they were written.
    left: Vec<Left>,
}

#[derive(Serialize)]
struct Left {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Answer<'a> {
    version: u32,
    files: &'a [Outcome<'a>],
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let Some(project) = arguments.project.read(output)? else { return Ok(Exit::Usage) };
    let paths = project.paths_or(&arguments.paths);
    let wanted = Wanted { paths, input: arguments.input, tenancies: None };
    let read = check::input::read(&wanted, output)?;
    if read.files == 0 {
        return Ok(Exit::Usage);
    }
    let unreadable = read.is_unreadable();
    let sources = read.sources;
    let bound = read.bundle.bind(&sources, None);
    let mut exit = if unreadable { Exit::Usage } else { Exit::Fine };
    let mut outcomes = Vec::new();
    for (id, source) in sources.iter() {
        let formatted = match formatted(&sources, source, id, &bound) {
            Ok(Some(formatted)) => formatted,
            Ok(None) => continue,
            Err(refusal) => {
                exit = output.refuse(&refusal, refusal.help())?;
                continue;
            }
        };
        let changed = formatted.text != source.text();
        let told = arguments.deliver(source, &formatted.text, output)?;
        exit = match (told, exit) {
            (Exit::Usage, _) | (_, Exit::Usage) => Exit::Usage,
            (Exit::Findings, _) => Exit::Findings,
            (_, exit) => exit,
        };
        let left = formatted.left.iter().map(|span| source.position(span.start));
        let left = left.map(|at| Left { line: at.line, column: at.column }).collect();
        outcomes.push(Outcome { file: source.name(), changed, left });
    }
    match arguments.format {
        Format::Human => notes(&outcomes, output)?,
        Format::Json => output.json(&Answer { version: 1, files: &outcomes })?,
    }
    Ok(exit)
}

impl Arguments {
    /// Writes, prints or compares one text, as asked for.
    fn deliver(&self, source: &Source, text: &str, output: &mut Output<'_>) -> io::Result<Exit> {
        let (changed, stdin) = (text != source.text(), source.name() == "<stdin>");
        let told = self.format == Format::Human;
        if self.check || self.diff {
            if changed && self.diff && told {
                let diff = TextDiff::from_lines(source.text(), text);
                write!(output.out, "{}", diff.unified_diff().header(source.name(), "canonical"))?;
            } else if changed && told {
                writeln!(output.out, "{}", source.name())?;
            }
            return Ok(if changed { Exit::Findings } else { Exit::Fine });
        }
        if stdin {
            if told {
                output.out.write_all(source.written(text).as_bytes())?;
            }
        } else if changed {
            if let Err(error) = replace(source, text) {
                return output.refuse(&error, error.help());
            }
            writeln!(output.err, "formatted {}", source.name())?;
        }
        Ok(Exit::Fine)
    }
}

/// Says what stays as it was written.
fn notes(outcomes: &[Outcome<'_>], output: &mut Output<'_>) -> io::Result<()> {
    for outcome in outcomes {
        for left in &outcome.left {
            let Left { line, column } = left;
            writeln!(
                output.err,
                "note: {}:{line}:{column} stays as written; `ocipol check` says why",
                outcome.file
            )?;
        }
    }
    Ok(())
}

/// A source in canonical form; `None` where it holds nothing to format.
fn formatted(
    sources: &Sources,
    source: &Source,
    id: SourceId,
    bound: &Bound,
) -> Result<Option<Formatted>, Refusal> {
    let unreadable = |finding: &&Diagnostic| {
        let syntax = [yaml::SYNTAX, read::JSON_SYNTAX, read::TERRAFORM_SYNTAX].contains(&finding.code);
        syntax && finding.place().is_some_and(|place| place.source == id)
    };
    if bound.findings.iter().any(|finding| unreadable(&finding)) {
        return Err(Refusal::Unreadable(source.name().to_owned()));
    }
    if bound.hosts.has(id) {
        return Ok(Some(format::strings(sources, bound, id)));
    }
    if !bound.policies().any(|(_, policy)| policy.source == id) {
        return Ok(None);
    }
    let name = || source.name().to_owned();
    format::policy_text(source, id)
        .map(Some)
        .map_err(|reason| Refusal::Changes { name: name(), source: reason })
}
