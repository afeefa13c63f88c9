//! JUnit's XML: a suite for each file with findings, a case for each finding; what is heavy enough to fail is a failure.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::view::View;
use crate::diagnostic::Diagnostic;

pub(super) fn write(out: &mut dyn Write, view: &View<'_>) -> io::Result<()> {
    let mut report = Report::new("ocipol check");
    let suites = view.by_source();
    if suites.is_empty() {
        let mut suite = TestSuite::new("ocipol check");
        let mut case = TestCase::new("no findings", TestCaseStatus::success());
        case.set_classname("ocipol");
        suite.add_test_case(case);
        report.add_test_suite(suite);
    }
    for (source, findings) in suites {
        let mut suite = TestSuite::new(source.name());
        suite.add_test_cases(findings.into_iter().map(|finding| case(view, finding)));
        report.add_test_suite(suite);
    }
    out.write_all(report.to_string().map_err(io::Error::other)?.as_bytes())
}

fn case(view: &View<'_>, finding: &Diagnostic) -> TestCase {
    let place = finding.place().map(|place| view.sources.locate(place)).unwrap_or_default();
    let name = format!("{} at {place}", finding.code);
    let text = finding.help.as_deref().unwrap_or_default();
    let (message, severity) = (finding.message.as_str(), finding.severity.as_str());
    let mut case = if view.is_failure(finding) {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(message).set_type(severity).set_description(text);
        TestCase::new(name, status)
    } else {
        let mut case = TestCase::new(name, TestCaseStatus::success());
        case.set_system_out(format!("{severity}: {message}; {text}"));
        case
    };
    case.set_classname(finding.code.area());
    case
}
