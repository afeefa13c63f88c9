//! Puts new text into a file, all of it or nothing.

use std::io::Write;
use std::path::{Path, PathBuf};

/// Why a file keeps its old text.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReplaceError {
    /// The file has other text than what was read.
    #[error("`{}` was changed by somebody else in the meantime", .0.display())]
    Changed(PathBuf),
    /// The system refuses.
    #[error("`{}` cannot be written", path.display())]
    Io {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
}

impl ReplaceError {
    pub(super) const fn help(&self) -> &'static str {
        match self {
            Self::Changed(_) => "run the command again",
            Self::Io { .. } => "check the permissions of the file and its folder",
        }
    }
}

/// Replaces the text of a file that was read as `old`.
///
/// The new text is written beside the file and takes its place in one step, so that nobody ever sees half of it. The file
/// keeps its permissions; a link stays a link.
pub(super) fn replace(path: &Path, old: &str, new: &str) -> Result<(), ReplaceError> {
    let failed = |source| ReplaceError::Io { path: path.to_owned(), source };
    let target = path.canonicalize().map_err(failed)?;
    if std::fs::read(&target).map_err(failed)? != old.as_bytes() {
        return Err(ReplaceError::Changed(path.to_owned()));
    }
    let permissions = std::fs::metadata(&target).map_err(failed)?.permissions();
    if permissions.readonly() {
        return Err(failed(std::io::ErrorKind::PermissionDenied.into()));
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut beside = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    beside.write_all(new.as_bytes()).map_err(failed)?;
    beside.as_file().set_permissions(permissions).map_err(failed)?;
    beside.as_file().sync_all().map_err(failed)?;
    beside.persist(&target).map_err(|error| failed(error.error))?;
    Ok(())
}
