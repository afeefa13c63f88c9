//! What a run of policy tests found, before anybody writes it down.

use std::io;
use std::path::{Path, PathBuf};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::Arguments;
use crate::caseless;
use crate::cli::walk::{Walk, walk};
use crate::cli::{Exit, Output, model};
use crate::diagnostic::Diagnostic;
use crate::files::{self, ReadError};
use crate::policytest::{self, Coverage, Failure};
use crate::program::Mode;
use crate::source::{Place, Source, Sources};

/// Every suite with what came of it.
pub(super) struct Report {
    pub(super) suites: Vec<SuiteReport>,
    /// Which statements were exercised; worked out always, shown on demand.
    pub(super) coverage: Coverage,
    /// Whether something that was asked for could not be read.
    pub(super) unreadable: bool,
}

/// A file of policy tests.
pub(super) struct SuiteReport {
    /// Its path as the user knows it.
    pub(super) path: PathBuf,
    /// Its text and that of every file it names.
    pub(super) sources: Sources,
    /// What is wrong with it; nothing of it was run then.
    pub(super) broken: Vec<Diagnostic>,
    /// Whether `ocipol check` would find something in its policies.
    pub(super) noted: bool,
    pub(super) cases: Vec<CaseReport>,
    coverage: Coverage,
}

/// A case.
pub(super) struct CaseReport {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) requests: usize,
    pub(super) failures: Vec<Failure>,
}

/// Why nothing can be run.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("there is no policy test in `{}`", .0.display())]
    NoTest(PathBuf),
    #[error("no case has `{0}` in its name")]
    NoCase(String),
    #[error("`{}` has no case", .0.display())]
    Nothing(PathBuf),
}

impl Refusal {
    const fn help(&self) -> &'static str {
        match self {
            Self::NoTest(_) => {
                "policy tests are files called *.policytest.yaml; `ocipol test --help` shows one"
            }
            Self::Nothing(_) => "add a case with requests; a test that asks nothing shows nothing",
            Self::NoCase(_) => "give a part of a case's name, or leave `--filter` out",
        }
    }
}

/// Finds, reads and runs the suites, on all cores. What cannot be read is told on standard error.
pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<Report> {
    let mut report = Report { suites: Vec::new(), coverage: Coverage::default(), unreadable: false };
    let here = [PathBuf::from(".")];
    let paths = if arguments.paths.is_empty() { &here[..] } else { &arguments.paths };
    let mut found: Vec<PathBuf> = Vec::new();
    for path in paths {
        let walk = if path.is_dir() { walk(path, is_suite) } else { Walk::of_file(path) };
        for error in &walk.unread {
            output.refuse(error, error.help())?;
        }
        if walk.files.is_empty() && walk.unread.is_empty() {
            let refusal = Refusal::NoTest(path.clone());
            output.refuse(&refusal, refusal.help())?;
        }
        report.unreadable |= walk.files.is_empty() || !walk.unread.is_empty();
        found.extend(walk.files);
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|path| seen.insert(path.clone()));
    let mode = arguments.reading.mode();
    let filter = arguments.filter.as_deref().map(caseless::fold);
    let run: Vec<Result<SuiteReport, ReadError>> =
        found.par_iter().map(|path| suite(path, filter.as_deref(), mode)).collect();
    for suite in run {
        match suite {
            Ok(mut suite) => {
                report.coverage.merge(std::mem::take(&mut suite.coverage));
                report.unreadable |= !suite.broken.is_empty();
                report.suites.push(suite);
            }
            Err(error) => {
                output.refuse(&error, error.help())?;
                report.unreadable = true;
            }
        }
    }
    if arguments.filter.is_none() {
        for suite in report.suites.iter().filter(|suite| suite.cases.is_empty() && suite.broken.is_empty()) {
            let refusal = Refusal::Nothing(suite.path.clone());
            output.refuse(&refusal, refusal.help())?;
            report.unreadable = true;
        }
    }
    if let Some(filter) = &arguments.filter {
        report.suites.retain(|suite| !suite.cases.is_empty() || !suite.broken.is_empty());
        if report.suites.is_empty() && !report.unreadable {
            let refusal = Refusal::NoCase(filter.clone());
            output.refuse(&refusal, refusal.help())?;
            report.unreadable = true;
        }
    }
    Ok(report)
}

/// Whether the name of a file says that it holds policy tests.
pub(super) fn is_suite(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    [".policytest.yaml", ".policytest.yml", ".policytest.json"].iter().any(|ending| name.ends_with(ending))
}

fn suite(path: &Path, filter: Option<&str>, mode: Mode) -> Result<SuiteReport, ReadError> {
    let mut sources = Sources::new();
    let id = files::open(&mut sources, path)?;
    let (suite, findings) = policytest::read(&mut sources, id, &mut files::beside(path));
    let (broken, others): (Vec<_>, Vec<_>) = findings.into_iter().partition(model::is_fatal);
    let noted = !others.is_empty();
    let mut report = SuiteReport {
        path: path.to_owned(),
        sources,
        broken,
        noted,
        cases: Vec::new(),
        coverage: Coverage::default(),
    };
    if !report.broken.is_empty() {
        return Ok(report);
    }
    let wanted = |name: &str| filter.is_none_or(|part| caseless::fold(name).contains(part));
    for case in suite.cases.iter().filter(|case| wanted(&case.name.node)) {
        let outcome = policytest::run(case, mode);
        report.coverage.add(&report.sources, &outcome, identity);
        report.cases.push(CaseReport {
            name: case.name.node.clone(),
            place: Place { source: id, span: case.name.span },
            requests: outcome.requests,
            failures: outcome.failures,
        });
    }
    Ok(report)
}

/// Names a file the same way, whatever path led to it.
fn identity(source: &Source) -> String {
    let name = source.name();
    Path::new(name).canonicalize().map_or_else(|_| name.to_owned(), |path| path.display().to_string())
}

impl Report {
    /// Cases, cases with an expectation that did not hold, requests, and expectations that did not hold.
    pub(super) fn counts(&self) -> Counts {
        let cases = || self.suites.iter().flat_map(|suite| &suite.cases);
        Counts {
            cases: cases().count(),
            failed_cases: cases().filter(|case| !case.failures.is_empty()).count(),
            requests: cases().map(|case| case.requests).sum(),
            failures: cases().map(|case| case.failures.len()).sum(),
        }
    }

    /// Whether fewer statements were exercised than was asked for.
    pub(super) fn too_little_covered(&self, arguments: &Arguments) -> bool {
        arguments.min_coverage.is_some_and(|percent| self.coverage.basis_points() < percent * 100)
    }

    pub(super) fn exit(&self, arguments: &Arguments) -> Exit {
        if self.unreadable {
            Exit::Usage
        } else if self.counts().failures > 0 || self.too_little_covered(arguments) {
            Exit::Findings
        } else {
            Exit::Fine
        }
    }
}

/// How much was run, and how much of it went wrong.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts {
    pub(super) cases: usize,
    pub(super) failed_cases: usize,
    pub(super) requests: usize,
    pub(super) failures: usize,
}
