//! Reading tenancy models for commands that need them.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Severity};
use crate::files::{self, ReadError};
use crate::program::{Mode, Scope, Tolerance};
use crate::source::Sources;
use crate::tenancy::{self, Tenancies};

/// How statements are read, for commands that decide.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Reading {
    /// Drop only bad statements, not whole policies
    #[arg(long)]
    lenient: bool,
    /// Evaluate repaired statements too
    #[arg(long)]
    tolerant: bool,
}

impl Reading {
    pub(super) const fn mode(self) -> Mode {
        Mode {
            scope: if self.lenient { Scope::Statement } else { Scope::Policy },
            reading: if self.tolerant { Tolerance::Repaired } else { Tolerance::Strict },
        }
    }
}

/// Reads a tenancy model from a file; the findings say what is wrong with it.
///
/// # Errors
/// [`ReadError`] when the file itself cannot be read.
pub(crate) fn read(sources: &mut Sources, path: &Path) -> Result<(Tenancies, Vec<Diagnostic>), ReadError> {
    let id = files::open(sources, path)?;
    let mut findings = Vec::new();
    let model = tenancy::read_file(sources, id, &mut files::beside(path), &mut findings);
    crate::diagnostic::sort(&mut findings);
    Ok((model, findings))
}

/// Whether a finding leaves nothing to work with. What is wrong with a statement is not fatal: its policy is not in
/// force then, and whoever asks is told so.
pub(super) fn is_fatal(finding: &Diagnostic) -> bool {
    finding.severity == Severity::Error && finding.code.area() != "syntax"
}
