//! The report as JUnit's XML: a suite for each file, a case for each case.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::Arguments;
use super::human::too_little;
use super::report::{CaseReport, Report, SuiteReport};
use crate::cli::account;
use crate::policytest::Covered;

pub(super) fn write(out: &mut dyn Write, arguments: &Arguments, report: &Report) -> io::Result<()> {
    let mut xml = quick_junit::Report::new("ocipol test");
    for suite in &report.suites {
        let name = suite.path.display().to_string();
        let mut tests = TestSuite::new(name.as_str());
        tests.add_test_cases(suite.broken.iter().map(|finding| {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(finding.message.as_str()).set_type(finding.code.as_str());
            status.set_description(finding.help.as_deref().unwrap_or_default());
            let place = finding.place().map(|place| suite.sources.locate(place)).unwrap_or_default();
            TestCase::new(place, status)
        }));
        tests.add_test_cases(suite.cases.iter().map(|case| {
            let mut test = TestCase::new(case.name.as_str(), status(suite, case));
            test.set_classname(name.as_str()).set_assertions(case.requests);
            test
        }));
        xml.add_test_suite(tests);
    }
    if let Some(percent) = arguments.min_coverage {
        let mut tests = TestSuite::new("coverage");
        let status = if report.too_little_covered(arguments) {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(too_little(report, percent)).set_type("coverage");
            let row = |row: &Covered| {
                format!("{}:{} {}#{}: {}\n", row.file, row.position, row.policy, row.number, row.text)
            };
            status.set_description(report.coverage.missed().map(row).collect::<String>());
            status
        } else {
            TestCaseStatus::success()
        };
        tests.add_test_case(TestCase::new(format!("at least {percent} % of the statements"), status));
        xml.add_test_suite(tests);
    }
    out.write_all(xml.to_string().map_err(io::Error::other)?.as_bytes())
}

fn status(suite: &SuiteReport, case: &CaseReport) -> TestCaseStatus {
    let Some(first) = case.failures.first() else { return TestCaseStatus::success() };
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let place = suite.sources.locate(first.place);
    let more = match case.failures.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    status.set_message(format!("{place}: {}{more}", first.message)).set_type("policytest");
    let mut text = String::new();
    for failure in &case.failures {
        let place = suite.sources.locate(failure.place);
        text += &format!("{place}\n- {}\n+ {}\n", failure.expected, failure.found);
        for line in failure.account.iter().flat_map(|account| account::lines(&suite.sources, account)) {
            text += &format!("{line}\n");
        }
    }
    status.set_description(text);
    status
}
