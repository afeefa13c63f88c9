//! Puts new text into a file, all of it or nothing.

use std::fs::Permissions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::source::Source;

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
            Self::Io { .. } => "name a file in a folder that exists and that you may write to",
        }
    }
}

/// Replaces the text of the file that a source was read from.
///
/// The file keeps its permissions, and the byte-order mark it may have; a link stays a link.
pub(super) fn replace(source: &Source, new: &str) -> Result<(), ReplaceError> {
    let path = Path::new(source.name());
    let failed = |source| ReplaceError::Io { path: path.to_owned(), source };
    if std::fs::read(path).map_err(failed)? != source.written(source.text()).as_bytes() {
        return Err(ReplaceError::Changed(path.to_owned()));
    }
    write(path, source.written(new).as_bytes())
}

/// Writes a file: the one that is there is replaced in one step, so that nobody ever sees half of it.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), ReplaceError> {
    let failed = |source| ReplaceError::Io { path: path.to_owned(), source };
    let (target, permissions) = match path.canonicalize() {
        Ok(target) => {
            let found = std::fs::metadata(&target).map_err(failed)?;
            // A device or a pipe is written to, not replaced.
            if !found.is_file() {
                return std::fs::write(&target, bytes).map_err(failed);
            }
            (target, Some(found.permissions()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => (path.to_owned(), None),
        Err(error) => return Err(failed(error)),
    };
    if permissions.as_ref().is_some_and(std::fs::Permissions::readonly) {
        return Err(failed(io::ErrorKind::PermissionDenied.into()));
    }
    let Some(permissions) = permissions else {
        return std::fs::write(&target, bytes).map_err(failed);
    };
    put_in_place(&target, bytes, Some(permissions)).map_err(failed)
}

/// Writes a file that its owner alone may read, whatever was there and whoever could read that.
///
/// What is there must be a file: a link is not followed, and nothing else is replaced.
pub(super) fn private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match path.symlink_metadata() {
        Ok(found) if !found.is_file() => {
            let why = if found.is_symlink() { "it is a link" } else { "it is no file" };
            Err(io::Error::other(why))
        }
        // A new one, or one whose place is taken. What cannot be looked at cannot be written either.
        Ok(_) | Err(_) => put_in_place(path, bytes, None),
    }
}

/// Writes beside a file and takes its place in one step. Without permissions its owner alone may read it.
fn put_in_place(target: &Path, bytes: &[u8], permissions: Option<Permissions>) -> io::Result<()> {
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
