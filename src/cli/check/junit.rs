//! JUnit's XML: a suite for each file with findings, a case for each finding; what is heavy enough to fail is a failure.

use std::io::{self, Write};

use super::view::View;
use crate::diagnostic::Diagnostic;

pub(super) fn write(out: &mut dyn Write, view: &View<'_>) -> io::Result<()> {
    let suites = view.by_source();
    let failures =
        |findings: &[&Diagnostic]| findings.iter().filter(|finding| view.is_failure(finding)).count();
    let all: Vec<&Diagnostic> = view.report.findings.iter().collect();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(
        out,
        r#"<testsuites name="ocipol check" tests="{}" failures="{}">"#,
        all.len().max(1),
        failures(&all)
    )?;
    if suites.is_empty() {
        writeln!(out, r#"  <testsuite name="ocipol check" tests="1" failures="0">"#)?;
        writeln!(out, r#"    <testcase name="no findings" classname="ocipol"/>"#)?;
        writeln!(out, "  </testsuite>")?;
    }
    for (source, findings) in suites {
        writeln!(
            out,
            r#"  <testsuite name="{}" tests="{}" failures="{}">"#,
            escaped(source.name()),
            findings.len(),
            failures(&findings)
        )?;
        for finding in findings {
            case(out, view, finding)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn case(out: &mut dyn Write, view: &View<'_>, finding: &Diagnostic) -> io::Result<()> {
    let place = finding.place().map(|place| view.sources.locate(place)).unwrap_or_default();
    let name = escaped(&format!("{} at {place}", finding.code));
    let text = finding.help.as_deref().unwrap_or_default();
    writeln!(out, r#"    <testcase name="{name}" classname="{}">"#, escaped(finding.code.area()))?;
    let (message, severity) = (escaped(&finding.message), finding.severity.as_str());
    if view.is_failure(finding) {
        writeln!(out, r#"      <failure message="{message}" type="{severity}">{}</failure>"#, escaped(text))?;
    } else {
        writeln!(out, "      <system-out>{severity}: {message}; {}</system-out>", escaped(text))?;
    }
    writeln!(out, "    </testcase>")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // XML has no way to write most control characters.
            letter if letter.is_control() && !matches!(letter, '\n' | '\t') => out.push('\u{FFFD}'),
            letter => out.push(letter),
        }
    }
    out
}
