//! Which files of a folder a command is meant for.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

/// What is in a folder.
pub(super) struct Walk {
    /// The files that are wanted, in the order of their names, each of them once.
    pub(super) files: Vec<PathBuf>,
    /// What could not be looked into.
    pub(super) unread: Vec<WalkError>,
    /// Links to folders, which are not followed.
    pub(super) links: Vec<PathBuf>,
}

impl Walk {
    /// One file that somebody named, there or not.
    pub(super) fn of_file(path: &Path) -> Self {
        Self { files: vec![path.to_owned()], unread: Vec::new(), links: Vec::new() }
    }
}

/// A folder cannot be looked into, or a link leads nowhere.
#[derive(Debug, thiserror::Error)]
#[error("`{}` cannot be read", path.display())]
pub(super) struct WalkError {
    pub(super) path: PathBuf,
    #[source]
    source: io::Error,
}

impl WalkError {
    pub(super) const fn help(&self) -> &'static str {
        "check its permissions, or name it in an ignore file"
    }
}

/// The files below a folder whose path is wanted. What ignore files leave out is left out, and so is what is hidden.
///
/// A link to a file counts as that file, where the file itself is not found; one to a folder is told, not followed, for it may
/// lead anywhere, and around in a circle.
pub(super) fn walk(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Walk {
    let mut walk = Walk { files: Vec::new(), unread: Vec::new(), links: Vec::new() };
    let mut links = Vec::new();
    for entry in WalkBuilder::new(folder).require_git(false).sort_by_file_name(Ord::cmp).build() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = short(place(&error).unwrap_or(folder));
                let words = error.to_string();
                let source = error.into_io_error().unwrap_or_else(|| io::Error::other(words));
                walk.unread.push(WalkError { path, source });
                continue;
            }
        };
        let path = entry.path();
        match entry.file_type() {
            Some(kind) if kind.is_file() && wanted(path) => walk.files.push(short(path)),
            // Where the walk begins is followed, whatever it is.
            Some(kind) if kind.is_symlink() && entry.depth() > 0 => match std::fs::metadata(path) {
                Ok(target) if target.is_dir() => walk.links.push(short(path)),
                Ok(target) if target.is_file() && wanted(path) => links.push(short(path)),
                Err(error) if wanted(path) => {
                    walk.unread.push(WalkError { path: short(path), source: error });
                }
                Ok(_) | Err(_) => {}
            },
            Some(_) | None => {}
        }
    }
    if !links.is_empty() {
        add_links(&mut walk.files, links);
    }
    walk
}

/// Adds the links whose files are not there already.
fn add_links(files: &mut Vec<PathBuf>, links: Vec<PathBuf>) {
    let mut known: HashSet<PathBuf> = files.iter().filter_map(|path| path.canonicalize().ok()).collect();
    for link in links {
        if link.canonicalize().is_ok_and(|target| known.insert(target)) {
            files.push(link);
        }
    }
    files.sort();
}

/// A path as people write it.
fn short(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_owned()
}

/// Where something went wrong.
fn place(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithLineNumber { err, .. } | ignore::Error::WithDepth { err, .. } => place(err),
        ignore::Error::Partial(_)
        | ignore::Error::Loop { .. }
        | ignore::Error::Io(_)
        | ignore::Error::Glob { .. }
        | ignore::Error::UnrecognizedFileType(_)
        | ignore::Error::InvalidDefinition => None,
    }
}
