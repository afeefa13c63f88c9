//! `ocipol test`: policy tests, run and reported.

mod human;
mod json;
mod junit;
mod report;
mod watch;

use std::io;
use std::path::PathBuf;

use clap::ValueEnum;

use super::{Exit, Output, model};
use report::Report;

/// Arguments of `ocipol test`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ocipol test fixtures/test/readers.policytest.yaml
  ocipol test policies --coverage --min-coverage 90
  ocipol test --format junit > junit.xml

A file of policy tests:
  tenancies: archive.tenancy.yaml
  cases:
    - name: readers look and do not touch
      requests:
        - {principal: rita, operation: GetBucket, target: maps, expect: allow, because: [readers#1]}
        - {principal: rita, operation: DeleteBucket, target: maps, expect: deny}

Exit code: 0 every expectation held, 1 one did not or too few statements are covered, 2 input that cannot be read.")]
pub(super) struct Arguments {
    /// Files of policy tests, or folders that are searched for *.policytest.yaml; `-` for standard input; the folder
    /// one is in when left out
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Run only the cases whose name contains this text, in whatever case
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Say which statements no decision rested on
    #[arg(long)]
    coverage: bool,
    /// Fail when fewer than this many percent of the statements were exercised
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(0..=100))]
    min_coverage: Option<u32>,
    /// Run again whenever a file that was read changes, until Ctrl-C
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    reading: model::Reading,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How to report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Human,
    /// For programs
    Json,
    /// For build servers
    Junit,
}

impl Arguments {
    /// Whether people read the answer.
    pub(super) fn answers_in_words(&self) -> bool {
        self.format == Format::Human
    }
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<Exit> {
    if arguments.watch { watch::run(arguments, output) } else { Ok(once(arguments, output)?.1) }
}

/// Runs everything once and reports; gives what was run too.
fn once(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<(Report, Exit)> {
    let report = report::run(arguments, output)?;
    let exit = report.exit(arguments);
    match arguments.format {
        Format::Human => human::write(output, arguments, &report)?,
        Format::Json => output.json(&json::Answer::of(arguments, &report))?,
        Format::Junit => junit::write(output.out, arguments, &report)?,
    }
    output.out.flush()?;
    Ok((report, exit))
}
