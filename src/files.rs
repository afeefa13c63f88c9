//! Reading what the user names: files, and standard input as `-`.

use std::io::Read;
use std::path::{Component, Path, PathBuf};

use crate::source::{Source, SourceId, Sources};

/// The biggest file that is read, in bytes.
pub const MAX_SIZE: u64 = 256 << 20;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// There is no such file, or it may not be read.
    #[error("`{}` cannot be read", path.display())]
    Io {
        /// The path as given.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// A folder stands where a file is needed.
    #[error("`{}` is a folder, not a file", path.display())]
    Folder {
        /// The path as given.
        path: PathBuf,
    },
    /// The bytes are no text.
    #[error("`{}` is no text: byte {offset} is not UTF-8", path.display())]
    NotText {
        /// The path as given.
        path: PathBuf,
        /// Where the first byte that fits no letter stands, from 0.
        offset: usize,
    },
    /// The file is bigger than anything people write by hand or let tools print.
    #[error("`{}` is bigger than {} MiB", path.display(), MAX_SIZE >> 20)]
    TooBig {
        /// The path as given.
        path: PathBuf,
    },
    /// The text is too long.
    #[error(transparent)]
    TooLong(#[from] crate::source::TooLong),
}

impl ReadError {
    /// What to do now.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Io { .. } => "check the path and its permissions",
            Self::Folder { .. } => "name a file in it",
            Self::NotText { offset: 0, .. } => {
                "save the file as UTF-8; what PowerShell writes with `>` is UTF-16: use `Out-File -Encoding utf8`"
            }
            Self::NotText { .. } => "save the file as UTF-8",
            Self::TooBig { .. } | Self::TooLong(_) => "split the file",
        }
    }
}

/// Reads a file, or standard input for `-`, and adds it to the sources under the name the user typed.
///
/// # Errors
/// [`ReadError`] says what stands in the way.
pub fn open(sources: &mut Sources, path: &Path) -> Result<SourceId, ReadError> {
    load(path).map(|source| sources.add(source))
}

/// Reads a file, or standard input for `-`, under the name the user typed.
///
/// # Errors
/// [`ReadError`] says what stands in the way.
pub fn load(path: &Path) -> Result<Source, ReadError> {
    let io = |source| ReadError::Io { path: path.to_owned(), source };
    let (name, bytes) = if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().take(MAX_SIZE + 1).read_to_end(&mut bytes).map_err(io)?;
        ("<stdin>".to_owned(), bytes)
    } else if path.is_dir() {
        return Err(ReadError::Folder { path: path.to_owned() });
    } else {
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path).map_err(io)?;
        file.take(MAX_SIZE + 1).read_to_end(&mut bytes).map_err(io)?;
        (path.display().to_string(), bytes)
    };
    if u64::try_from(bytes.len()).is_ok_and(|size| size > MAX_SIZE) {
        return Err(ReadError::TooBig { path: path.to_owned() });
    }
    let text = String::from_utf8(bytes).map_err(|error| ReadError::NotText {
        path: path.to_owned(),
        offset: error.utf8_error().valid_up_to(),
    })?;
    Ok(Source::new(name, text)?)
}

/// Opens files relative to the folder another file is in.
pub fn beside(base: &Path) -> impl FnMut(&mut Sources, &str) -> Result<SourceId, String> + use<> {
    let folder = base.parent().map(Path::to_owned).unwrap_or_default();
    move |sources, name| {
        open(sources, &tidy(folder.join(name))).map_err(|error| match &error {
            ReadError::Io { source, .. } => source.to_string(),
            ReadError::Folder { .. }
            | ReadError::NotText { .. }
            | ReadError::TooBig { .. }
            | ReadError::TooLong(_) => error.to_string(),
        })
    }
}

/// A path without `folder/..`, as long as it is the same file: a link may lead elsewhere.
fn tidy(path: PathBuf) -> PathBuf {
    let mut short = PathBuf::new();
    for part in path.components() {
        let up = part == Component::ParentDir
            && matches!(short.components().next_back(), Some(Component::Normal(_)));
        if up {
            short.pop();
        } else {
            short.push(part);
        }
    }
    match (path.canonicalize(), short.canonicalize()) {
        (Ok(long), Ok(same)) if long == same => short,
        _ => path,
    }
}
