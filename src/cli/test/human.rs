//! The report as people read it: what went wrong in full, what went right in a line.

use std::io;

use super::Arguments;
use super::report::{CaseReport, Report, SuiteReport};
use crate::cli::output::Tone;
use crate::cli::{Output, account};
use crate::policytest::{Covered, Failure};

pub(super) fn write(output: &mut Output<'_>, arguments: &Arguments, report: &Report) -> io::Result<()> {
    for suite in &report.suites {
        self::suite(output, suite)?;
    }
    summary(output, report)?;
    if arguments.coverage || arguments.min_coverage.is_some() {
        coverage(output, arguments, report)?;
    }
    Ok(())
}

fn suite(output: &mut Output<'_>, suite: &SuiteReport) -> io::Result<()> {
    let name = suite.path.display();
    if !suite.broken.is_empty() {
        return output.findings(&suite.sources, &suite.broken);
    }
    if suite.noted {
        writeln!(output.err, "note: `ocipol check` has something to say about the policies of {name}")?;
    }
    let failed: Vec<&CaseReport> = suite.cases.iter().filter(|case| !case.failures.is_empty()).collect();
    let requests: usize = suite.cases.iter().map(|case| case.requests).sum();
    let word =
        if failed.is_empty() { output.paint(Tone::Good, "ok  ") } else { output.paint(Tone::Bad, "FAIL") };
    let (cases, requests) = (count(suite.cases.len(), "case"), count(requests, "request"));
    writeln!(output.out, "{word}  {name}: {cases}, {requests}")?;
    for case in failed {
        writeln!(output.out, "\n  {}", output.paint(Tone::Bad, &case.name))?;
        for failure in &case.failures {
            self::failure(output, suite, failure)?;
        }
    }
    if suite.cases.iter().any(|case| !case.failures.is_empty()) {
        writeln!(output.out)?;
    }
    Ok(())
}

fn failure(output: &mut Output<'_>, suite: &SuiteReport, failure: &Failure) -> io::Result<()> {
    let source = suite.sources.get(failure.place.source);
    let request = source.map(|source| source.slice(failure.place.span)).unwrap_or_default();
    writeln!(output.out, "\n    {}", suite.sources.locate(failure.place))?;
    for line in request.lines() {
        writeln!(output.out, "      {}", output.paint(Tone::Faint, line.trim()))?;
    }
    let expected = output.paint(Tone::Good, &format!("- {}", failure.expected));
    let found = output.paint(Tone::Bad, &format!("+ {}", failure.found));
    writeln!(output.out, "    {expected}\n    {found}")?;
    let Some(account) = &failure.account else { return Ok(()) };
    writeln!(output.out)?;
    for line in account::lines(&suite.sources, account) {
        let indent = if line.is_empty() { "" } else { "    " };
        writeln!(output.out, "{indent}{line}")?;
    }
    Ok(())
}

fn summary(output: &mut Output<'_>, report: &Report) -> io::Result<()> {
    let counts = report.counts();
    if counts.cases == 0 {
        return writeln!(output.out, "No case was run.");
    }
    let cases = count(counts.cases, "case");
    if counts.failures == 0 {
        let requests = count(counts.requests, "request");
        return writeln!(
            output.out,
            "{} in {cases}: {requests} as expected.",
            output.paint(Tone::Good, "All well")
        );
    }
    let (failed, failures) = (counts.failed_cases, counts.failures);
    let requests = count(counts.requests, "request");
    let words = format!("{failures} of {requests} not as expected");
    writeln!(output.out, "{}, in {failed} of {cases}.", output.paint(Tone::Bad, &words))
}

fn coverage(output: &mut Output<'_>, arguments: &Arguments, report: &Report) -> io::Result<()> {
    let coverage = &report.coverage;
    let (all, exercised) = (coverage.in_force(), coverage.exercised());
    let percent = percent(coverage.basis_points());
    writeln!(output.out, "\nCoverage: {exercised} of {} exercised, {percent}", count(all, "statement"))?;
    list(output, "no decision rested on", coverage.missed())?;
    list(output, "in force in no case", coverage.never_in_force())?;
    if let Some(least) = arguments.min_coverage
        && report.too_little_covered(arguments)
    {
        let words = format!("less than the {least} % that `--min-coverage` asks for");
        writeln!(output.out, "  {}", output.paint(Tone::Bad, &words))?;
    }
    Ok(())
}

fn list<'c>(
    output: &mut Output<'_>,
    title: &str,
    statements: impl Iterator<Item = &'c Covered>,
) -> io::Result<()> {
    let mut first = true;
    for row in statements {
        if first {
            writeln!(output.out, "  {title}:")?;
            first = false;
        }
        writeln!(
            output.out,
            "    {}:{}  {} #{}: {}",
            row.file, row.position, row.policy, row.number, row.text
        )?;
    }
    Ok(())
}

/// How much is covered, and how much was asked for.
pub(super) fn too_little(report: &Report, least: u32) -> String {
    let coverage = &report.coverage;
    let (all, exercised) = (count(coverage.in_force(), "statement"), coverage.exercised());
    format!("{exercised} of {all} exercised, {}: less than {least} %", percent(coverage.basis_points()))
}

/// Basis points as people read them.
fn percent(points: u32) -> String {
    let (whole, rest) = (points / 100, points % 100 / 10);
    if rest == 0 { format!("{whole} %") } else { format!("{whole}.{rest} %") }
}

/// A number with its noun.
fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
