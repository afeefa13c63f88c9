//! For people: each finding under the line it points at, then what it comes to.

use std::io;

use super::view::View;
use crate::cli::Output;
use crate::diagnostic::Severity;

/// The findings and what they come to are the answer; that there are none, and what was not looked at, are notes.
pub(super) fn write(output: &mut Output<'_>, view: &View<'_>) -> io::Result<()> {
    let files = several(view.files, "file", "files");
    if view.report.findings.is_empty() {
        writeln!(output.err, "no findings in {files}")?;
    } else {
        output.findings(view.sources, &view.report.findings)?;
        writeln!(output.out)?;
        writeln!(output.out, "{} in {files}", counts(view))?;
        // Notes come behind the findings where both go to one terminal.
        output.out.flush()?;
    }
    let suppressed = view.report.suppressed.len();
    if suppressed > 0 {
        writeln!(output.err, "{} accepted by `# lint-allow`", several(suppressed, "finding", "findings"))?;
    }
    for (missing, lints) in view.skipped() {
        writeln!(output.err, "{} skipped: {missing}", several(lints.len(), "rule", "rules"))?;
    }
    Ok(())
}

/// `3 errors, 2 warnings`, and remarks where there are any.
fn counts(view: &View<'_>) -> String {
    let words = [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Info, "remark", "remarks"),
        (Severity::Style, "matter of style", "matters of style"),
    ];
    let counted: Vec<String> = words
        .into_iter()
        .map(|(severity, one, many)| (severity, view.count(severity), one, many))
        .filter(|(severity, count, ..)| *count > 0 || *severity <= Severity::Warning)
        .map(|(_, count, one, many)| several(count, one, many))
        .collect();
    counted.join(", ")
}

pub(super) fn several(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}
