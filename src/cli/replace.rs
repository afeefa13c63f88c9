//! Puts new text into a file, all of it or nothing.

use std::fs::Permissions;
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
    put_in_place(&target, new.as_bytes(), Some(permissions)).map_err(failed)
}

/// Writes a file that its owner alone may read, whatever was there and whoever could read that.
///
/// What is there must be a file: a link is not followed, and nothing else is replaced.
pub(super) fn private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    match path.symlink_metadata() {
        Ok(found) if !found.is_file() => {
            let why = if found.is_symlink() { "it is a link" } else { "it is no file" };
            Err(std::io::Error::other(why))
        }
        // A new one, or one whose place is taken. What cannot be looked at cannot be written either.
        Ok(_) | Err(_) => put_in_place(path, bytes, None),
    }
}

/// Writes beside a file and takes its place in one step. Without permissions its owner alone may read it.
fn put_in_place(target: &Path, bytes: &[u8], permissions: Option<Permissions>) -> std::io::Result<()> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut beside = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    beside.write_all(bytes)?;
    if let Some(permissions) = permissions {
        beside.as_file().set_permissions(permissions)?;
    }
    beside.as_file().sync_all()?;
    beside.persist(target).map_err(|error| error.error)?;
    Ok(())
}
