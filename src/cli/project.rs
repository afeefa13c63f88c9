//! Finding the project file: the nearest `ocipol.yaml`, upwards from the current folder.

use std::env;
use std::io;
use std::path::{Path, PathBuf};

use super::Output;
use crate::diagnostic::Severity;
use crate::files;
use crate::lint::{Level, Lint};
use crate::project::{self, NAME};
use crate::source::Sources;

/// Which project file is meant, for commands that read one.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Selection {
    /// The project file; the nearest `ocipol.yaml` upwards from the current folder when left out
    #[arg(long, value_name = "FILE")]
    project: Option<PathBuf>,
    /// Take no notice of a project file
    #[arg(long, conflicts_with = "project")]
    no_project: bool,
}

/// What the project file says, its paths as seen from the current folder; nothing where there is no such file.
#[derive(Debug, Default)]
pub(super) struct Project {
    pub(super) paths: Vec<PathBuf>,
    pub(super) tenancies: Option<PathBuf>,
    pub(super) levels: Vec<(&'static Lint, Level)>,
}

impl Project {
    /// The paths of the command line, or else those of the project.
    pub(super) fn paths_or(&self, named: &[PathBuf]) -> Vec<PathBuf> {
        if named.is_empty() { self.paths.clone() } else { named.to_vec() }
    }

    /// The tenancy model of the command line, or else that of the project.
    pub(super) fn tenancies_or(&self, named: Option<&PathBuf>) -> Option<PathBuf> {
        named.or(self.tenancies.as_ref()).cloned()
    }
}

impl Selection {
    /// Reads the project file; `None` where it cannot be read, which was told.
    pub(super) fn read(&self, output: &mut Output<'_>) -> io::Result<Option<Project>> {
        let path = match &self.project {
            _ if self.no_project => None,
            Some(path) => Some(path.clone()),
            None => nearest(),
        };
        let Some(path) = path else { return Ok(Some(Project::default())) };
        let mut sources = Sources::new();
        let id = match files::open(&mut sources, &path) {
            Ok(id) => id,
            Err(error) => {
                output.refuse(&error, error.help())?;
                return Ok(None);
            }
        };
        let (read, findings) = project::read(&sources, id);
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            output.notes(&sources, &findings)?;
            return Ok(None);
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        Ok(Some(Project {
            paths: read.paths.iter().map(|path| folder.join(path)).collect(),
            tenancies: read.tenancies.map(|path| folder.join(path)),
            levels: read.levels,
        }))
    }
}

/// The project file of the current folder or of one above it, by the shortest path.
fn nearest() -> Option<PathBuf> {
    let current = env::current_dir().ok()?;
    let depth = current.ancestors().position(|folder| folder.join(NAME).is_file())?;
    Some(std::iter::repeat_n("..", depth).collect::<PathBuf>().join(NAME))
}
