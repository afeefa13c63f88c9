//! Annotations of GitHub Actions: one line a finding, which the runner shows beside the code.
//!
//! # Source
//! GitHub documentation, "Workflow commands for GitHub Actions".

use std::io::{self, Write};

use super::view::View;
use crate::diagnostic::Severity;

pub(super) fn write(out: &mut dyn Write, view: &View<'_>) -> io::Result<()> {
    for finding in &view.report.findings {
        let Some(region) = finding.place().and_then(|place| view.region(place)) else { continue };
        let level = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info | Severity::Style => "notice",
        };
        let help = finding.help.as_ref().map_or_else(String::new, |help| format!("\n{help}"));
        writeln!(
            out,
            "::{level} file={},line={},endLine={},col={},endColumn={},title={}::{}",
            property(region.file),
            region.start.line,
            region.end.line,
            region.start.column,
            region.end.column,
            property(finding.code.as_str()),
            escaped(&format!("{}{help}", finding.message)),
        )?;
    }
    Ok(())
}

fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}
