//! The report as programs read it: schema version 1, `book/src/schema/test.v1.json`.

use serde::Serialize;

use super::Arguments;
use super::report::{CaseReport, Report, SuiteReport};
use crate::cli::account;
use crate::policytest::{Covered, Failure};

#[derive(Serialize)]
pub(super) struct Answer {
    version: u32,
    suites: Vec<Suite>,
    summary: Summary,
    coverage: Option<CoverageAnswer>,
}

#[derive(Serialize)]
struct Suite {
    file: String,
    broken: Vec<Broken>,
    cases: Vec<Case>,
}

#[derive(Serialize)]
struct Broken {
    code: &'static str,
    message: String,
    at: String,
    help: Option<String>,
}

#[derive(Serialize)]
struct Case {
    name: String,
    line: usize,
    requests: usize,
    failures: Vec<FailureAnswer>,
}

#[derive(Serialize)]
struct FailureAnswer {
    file: String,
    line: usize,
    column: usize,
    expected: String,
    found: String,
    account: Option<account::Answer>,
}

#[derive(Serialize)]
struct Summary {
    cases: usize,
    failed_cases: usize,
    requests: usize,
    failures: usize,
    unreadable: bool,
}

#[derive(Serialize)]
struct CoverageAnswer {
    statements: usize,
    exercised: usize,
    percent: f64,
    required: Option<u32>,
    missed: Vec<Statement>,
    never_in_force: Vec<Statement>,
}

#[derive(Serialize)]
struct Statement {
    policy: String,
    number: u32,
    file: String,
    line: usize,
    column: usize,
    text: String,
}

impl Answer {
    pub(super) fn of(arguments: &Arguments, report: &Report) -> Self {
        let counts = report.counts();
        let wanted = arguments.coverage || arguments.min_coverage.is_some();
        Self {
            version: 1,
            suites: report.suites.iter().map(Suite::of).collect(),
            summary: Summary {
                cases: counts.cases,
                failed_cases: counts.failed_cases,
                requests: counts.requests,
                failures: counts.failures,
                unreadable: report.unreadable,
            },
            coverage: wanted.then(|| CoverageAnswer {
                statements: report.coverage.in_force(),
                exercised: report.coverage.exercised(),
                percent: f64::from(report.coverage.basis_points()) / 100.0,
                required: arguments.min_coverage,
                missed: report.coverage.missed().map(Statement::of).collect(),
                never_in_force: report.coverage.never_in_force().map(Statement::of).collect(),
            }),
        }
    }
}

impl Suite {
    fn of(suite: &SuiteReport) -> Self {
        let broken = suite.broken.iter().map(|finding| Broken {
            code: finding.code.as_str(),
            message: finding.message.clone(),
            at: finding.place().map(|place| suite.sources.locate(place)).unwrap_or_default(),
            help: finding.help.clone(),
        });
        Self {
            file: suite.path.display().to_string(),
            broken: broken.collect(),
            cases: suite.cases.iter().map(|case| Case::of(suite, case)).collect(),
        }
    }
}

impl Case {
    fn of(suite: &SuiteReport, case: &CaseReport) -> Self {
        let source = suite.sources.get(case.place.source);
        Self {
            name: case.name.clone(),
            line: source.map_or(0, |source| source.position(case.place.span.start).line),
            requests: case.requests,
            failures: case.failures.iter().map(|failure| FailureAnswer::of(suite, failure)).collect(),
        }
    }
}

impl FailureAnswer {
    fn of(suite: &SuiteReport, failure: &Failure) -> Self {
        let source = suite.sources.get(failure.place.source);
        let position = source.map(|source| source.position(failure.place.span.start));
        Self {
            file: source.map_or_else(String::new, |source| source.name().to_owned()),
            line: position.map_or(0, |position| position.line),
            column: position.map_or(0, |position| position.column),
            expected: failure.expected.clone(),
            found: failure.found.clone(),
            account: failure.account.as_ref().map(|account| account::Answer::of(&suite.sources, account)),
        }
    }
}

impl Statement {
    fn of(row: &Covered) -> Self {
        Self {
            policy: row.policy.clone(),
            number: row.number,
            file: row.file.clone(),
            line: row.position.line,
            column: row.position.column,
            text: row.text.clone(),
        }
    }
}
