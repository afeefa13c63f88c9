//! Which files are looked at: those named, and those of folders that ignore files do not leave out.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::input::Refusal;
use crate::read::Format;

/// A file that may be one of ours.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) path: PathBuf,
    pub(super) format: Format,
    /// Whether somebody named it, or it was found in a folder.
    pub(super) named: bool,
}

/// What a path the user named stands for, and what of it cannot be walked.
pub(super) fn candidates(
    path: &Path,
    input: Option<Format>,
) -> Result<(Vec<Candidate>, Vec<ignore::Error>), Refusal> {
    if path == Path::new("-") {
        let format = input.unwrap_or(Format::Policy);
        return Ok((vec![Candidate { path: path.to_owned(), format, named: true }], Vec::new()));
    }
    if !path.is_dir() {
        let format = input.or_else(|| Format::of(path));
        // A file that is not there is a better reason than a name that says nothing.
        let format = format.or_else(|| (!path.exists()).then_some(Format::Policy));
        let format = format.ok_or_else(|| Refusal::UnknownKind(path.to_owned()))?;
        return Ok((vec![Candidate { path: path.to_owned(), format, named: true }], Vec::new()));
    }
    let (mut found, mut skipped) = (Vec::new(), Vec::new());
    // Links are not followed: what they lead to has a place of its own, or is somebody else's.
    for entry in WalkBuilder::new(path).require_git(false).sort_by_file_name(Ord::cmp).build() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                skipped.push(error);
                continue;
            }
        };
        let path = entry.path();
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        if let Some(format) = Format::of(path).filter(|_| is_file && !is_of_another_command(path)) {
            let path = path.strip_prefix(".").unwrap_or(path).to_owned();
            found.push(Candidate { path, format, named: false });
        }
    }
    Ok((found, skipped))
}

/// Whether a file belongs to another command, whose statements may be wrong on purpose.
fn is_of_another_command(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    ["policytest", "scenario", "intent"].iter().any(|kind| {
        [".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(&format!(".{kind}{ending}")))
    })
}
