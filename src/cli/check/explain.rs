//! `--explain`: the registry's entry of one kind of finding.

use std::io::{self, Write};

use serde::Serialize;

use super::Format;
use crate::cli::{Exit, Output};
use crate::lint::{Lint, Rejects};

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

pub(super) fn write(output: &mut Output<'_>, lint: &Lint, format: Format) -> io::Result<Exit> {
    match format {
        Format::Json => json(output.out, lint)?,
        Format::Human | Format::Sarif | Format::Github | Format::Junit => human(output.out, lint)?,
    }
    Ok(Exit::Fine)
}

fn human(out: &mut dyn Write, lint: &Lint) -> io::Result<()> {
    let risk = lint.risk.map_or_else(String::new, |risk| format!(", risk {}", risk.as_str()));
    writeln!(out, "{} ({}{risk})", lint.code, lint.severity.as_str())?;
    writeln!(out)?;
    for line in lint.docs() {
        writeln!(out, "{line}")?;
    }
    writeln!(out)?;
    writeln!(out, "# Basis")?;
    for ground in lint.grounds() {
        writeln!(out, "- {ground}")?;
    }
    let rejects = match lint.rejects {
        Rejects::Yes => "the service refuses a policy because of it",
        Rejects::No => "the service does not refuse a policy because of it",
        Rejects::Sometimes => "whether the service refuses a policy because of it depends on the form",
    };
    writeln!(out, "- {rejects}")?;
    if let Some(off) = lint.off {
        writeln!(out, "- off by default, because {off}; `--enable {}` runs it", lint.code.id())?;
    }
    let needs: Vec<&str> = lint.needs.iter().map(|need| need.missing()).collect();
    if !needs.is_empty() {
        writeln!(out, "- does not run where there is {}", needs.join(" or "))?;
    }
    Ok(())
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
