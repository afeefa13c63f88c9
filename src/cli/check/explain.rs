//! `--explain`: the registry's entry of one kind of finding.

use std::io::{self, Write};

use serde::Serialize;

use super::Format;
use crate::cli::{Exit, Output};
use crate::lint::Lint;

/// The entry for programs.
#[derive(Serialize)]
struct Entry {
    version: u32,
    code: &'static str,
    severity: &'static str,
    risk: Option<&'static str>,
    rejects: &'static str,
    basis: &'static str,
    grounds: Vec<String>,
    off: Option<&'static str>,
    documentation: String,
}

pub(super) fn write(output: &mut Output<'_>, lint: &'static Lint, format: Format) -> io::Result<Exit> {
    match format {
        Format::Json => json(output.out, lint)?,
        Format::Human | Format::Sarif | Format::Github | Format::Junit => human(output.out, lint)?,
    }
    Ok(Exit::Fine)
}

fn human(out: &mut dyn Write, lint: &'static Lint) -> io::Result<()> {
    write!(out, "{}\n\n{}", lint.code, lint.page())
}

fn json(out: &mut dyn Write, lint: &Lint) -> io::Result<()> {
    let entry = Entry {
        version: 1,
        code: lint.code.as_str(),
        severity: lint.severity.as_str(),
        risk: lint.risk.map(crate::diagnostic::Risk::as_str),
        rejects: lint.rejects.as_str(),
        basis: lint.basis,
        grounds: lint.grounds(),
        off: lint.off,
        documentation: lint.docs().collect::<Vec<_>>().join("\n"),
    };
    serde_json::to_writer_pretty(&mut *out, &entry)?;
    writeln!(out)
}
