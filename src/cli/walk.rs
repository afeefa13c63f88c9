//! Which files of a folder a command is meant for.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

/// A folder cannot be walked.
#[derive(Debug, thiserror::Error)]
#[error("the folder cannot be walked")]
pub(super) struct WalkError(#[source] ignore::Error);

/// The files below a folder whose path is wanted, in the order of their names. What `.gitignore` leaves out is left out.
///
/// # Errors
/// [`WalkError`] when a folder cannot be read.
pub(super) fn files(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>, WalkError> {
    let mut found = Vec::new();
    let walk = WalkBuilder::new(folder).require_git(false).sort_by_file_name(Ord::cmp).build();
    for entry in walk {
        let entry = entry.map_err(WalkError)?;
        if entry.file_type().is_some_and(|kind| kind.is_file()) && wanted(entry.path()) {
            found.push(entry.path().strip_prefix(".").unwrap_or_else(|_| entry.path()).to_owned());
        }
    }
    Ok(found)
}
