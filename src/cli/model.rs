//! Reading tenancy models for commands that need them.

use std::io;
use std::path::{Path, PathBuf};

use super::{Output, project};
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
    /// Evaluate repaired statements and matching rules too
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

/// Which tenancy model is meant, for commands that decide.
#[derive(Debug, clap::Args)]
pub(super) struct World {
    /// The tenancy model; `-` for standard input; that of the project file when left out
    #[arg(long, value_name = "FILE")]
    tenancies: Option<PathBuf>,
    #[command(flatten)]
    project: project::Selection,
}

/// Nobody said in which world to decide.
#[derive(Debug, thiserror::Error)]
#[error("no tenancy model is named")]
struct NoModel;

impl World {
    /// Whether the model is read from standard input.
    pub(super) fn is_standard_input(&self) -> bool {
        self.tenancies.as_deref() == Some(Path::new("-"))
    }

    /// Reads the model; `None` where it cannot be used, which was told.
    pub(super) fn read(
        &self,
        sources: &mut Sources,
        output: &mut Output<'_>,
    ) -> io::Result<Option<Tenancies>> {
        let Some(project) = self.project.read(output)? else { return Ok(None) };
        let Some(path) = project.tenancies_or(self.tenancies.as_ref()) else {
            let help = "write `--tenancies FILE`, or `tenancies: FILE` into a project file `ocipol.yaml`";
            output.refuse(&NoModel, help)?;
            return Ok(None);
        };
        let (tenancies, mut findings) = match read(sources, &path) {
            Ok(read) => read,
            Err(error) => {
                output.refuse(&error, error.help())?;
                return Ok(None);
            }
        };
        findings.retain(is_fatal);
        if findings.is_empty() {
            return Ok(Some(tenancies));
        }
        output.findings(sources, &findings)?;
        Ok(None)
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
