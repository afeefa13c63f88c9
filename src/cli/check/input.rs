//! Which files are read, and as what.

use std::io;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::{Arguments, Kind};
use crate::bundle::{Bundle, Trust, holds_statements};
use crate::cli::Output;
use crate::files::{self, ReadError};
use crate::source::{SourceId, Sources};
use crate::tenancy::Tenancies;

/// Everything that was read.
pub(super) struct Read {
    pub(super) sources: Sources,
    pub(super) bundle: Bundle,
    /// The model of `--tenancies`.
    pub(super) given: Option<Tenancies>,
    /// How many files hold anything to check.
    pub(super) files: usize,
    /// Whether something that was asked for could not be read.
    pub(super) unreadable: bool,
}

/// A file that may be one of ours.
struct Candidate {
    path: PathBuf,
    kind: Kind,
    /// Whether somebody named it, or it was found in a folder.
    named: bool,
}

/// A file that was opened.
struct Opened {
    candidate: Candidate,
    source: SourceId,
    /// Its path without links and dots; `None` for standard input.
    canonical: Option<PathBuf>,
    /// Whether a tenancy model has read it as its own.
    taken: bool,
}

/// Why something that was asked for is not checked.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("the name of `{}` does not say what it holds", .0.display())]
    UnknownKind(PathBuf),
    #[error("`{}` is empty", .0.display())]
    Empty(PathBuf),
    #[error("`{}` holds no statement", .0.display())]
    NoStatement(PathBuf),
    #[error("`{}` holds no policy, matching rule or tenancy model", .0.display())]
    NothingOfOurs(PathBuf),
    #[error("there is nothing to check in `{}`", .0.display())]
    EmptyFolder(PathBuf),
    #[error("the folder cannot be walked")]
    Walk(#[source] ignore::Error),
}

impl Refusal {
    const fn help(&self) -> &'static str {
        match self {
            Self::UnknownKind(_) => "write `--input policy`, `--input yaml` or `--input json`",
            Self::Empty(_) | Self::NoStatement(_) => {
                "write one statement after another: `Allow group NAME to VERB RESOURCE-TYPE in tenancy`"
            }
            Self::NothingOfOurs(_) => {
                "a policy is a mapping with a `statements` list, a dynamic group one with a `matching-rule`, a tenancy model one with a `tenancies` list"
            }
            Self::EmptyFolder(_) => "policies are read from *.policy, *.txt, *.yaml, *.yml and *.json",
            Self::Walk(_) => "check the path and its permissions",
        }
    }
}

/// Reads what the arguments name; what cannot be read is told on standard error.
pub(super) fn read(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<Read> {
    let mut read =
        Read { sources: Sources::new(), bundle: Bundle::new(), given: None, files: 0, unreadable: false };
    let mut opened = Vec::new();
    let paths = if arguments.paths.is_empty() { &[PathBuf::from(".")][..] } else { &arguments.paths };
    for path in paths {
        let candidates = match candidates(path, arguments.input) {
            Ok(candidates) => candidates,
            Err(refusal) => {
                output.refuse(&refusal, refusal.help())?;
                read.unreadable = true;
                continue;
            }
        };
        let mut any = false;
        for candidate in candidates {
            let named = candidate.named;
            match open(&mut read.sources, candidate) {
                Ok(Some(file)) => {
                    any = true;
                    opened.push(file);
                }
                Ok(None) => {}
                // Something in a folder that is no text is none of ours.
                Err((error, kind)) if !named && kind != Kind::Policy => {
                    writeln!(output.err, "note: {error}; left out")?;
                }
                Err((error, _)) => {
                    any = true;
                    output.refuse(&error, error.help())?;
                    read.unreadable = true;
                }
            }
        }
        if !any {
            let refusal = Refusal::EmptyFolder(path.clone());
            output.refuse(&refusal, refusal.help())?;
            read.unreadable = true;
        }
    }
    if !given(&mut read, arguments, &mut opened, output)? {
        // Without the model somebody asked for, every answer would be to another question.
        read.files = 0;
        return Ok(read);
    }
    documents(&mut read, &mut opened, output)?;
    texts(&mut read, &opened, output)?;
    Ok(read)
}

/// What a path the user named stands for.
fn candidates(path: &Path, input: Option<Kind>) -> Result<Vec<Candidate>, Refusal> {
    if path == Path::new("-") {
        let kind = input.unwrap_or(Kind::Policy);
        return Ok(vec![Candidate { path: path.to_owned(), kind, named: true }]);
    }
    if !path.is_dir() {
        let kind = input.or_else(|| kind_of(path));
        // A file that is not there is a better reason than a name that says nothing.
        let kind = kind.or_else(|| (!path.exists()).then_some(Kind::Policy));
        let kind = kind.ok_or_else(|| Refusal::UnknownKind(path.to_owned()))?;
        return Ok(vec![Candidate { path: path.to_owned(), kind, named: true }]);
    }
    let mut found = Vec::new();
    let walk = WalkBuilder::new(path).require_git(false).sort_by_file_name(Ord::cmp).build();
    for entry in walk {
        let entry = entry.map_err(Refusal::Walk)?;
        let path = entry.path();
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        if let Some(kind) = kind_of(path).filter(|_| is_file && !is_of_another_command(path)) {
            let path = path.strip_prefix(".").unwrap_or(path).to_owned();
            found.push(Candidate { path, kind, named: false });
        }
    }
    Ok(found)
}

/// What the name of a file says it holds.
fn kind_of(path: &Path) -> Option<Kind> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    match extension.as_str() {
        "policy" | "txt" => Some(Kind::Policy),
        "yaml" | "yml" => Some(Kind::Yaml),
        "json" => Some(Kind::Json),
        _ => None,
    }
}

/// Whether a file belongs to another command, whose statements may be wrong on purpose.
fn is_of_another_command(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    ["policytest", "scenario", "intent"].iter().any(|kind| {
        [".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(&format!(".{kind}{ending}")))
    })
}

/// Opens a file; `None` where it was found in a folder and holds nothing of ours.
fn open(sources: &mut Sources, candidate: Candidate) -> Result<Option<Opened>, (ReadError, Kind)> {
    let kind = candidate.kind;
    // Other people's YAML is not read into the sources, where it would only be in the way.
    if !candidate.named && !looks_like_ours(&candidate).map_err(|error| (error, kind))? {
        return Ok(None);
    }
    let source = files::open(sources, &candidate.path).map_err(|error| (error, kind))?;
    let canonical = candidate.path.canonicalize().ok();
    Ok(Some(Opened { candidate, source, canonical, taken: false }))
}

/// Whether a file that was found has a word that ours have.
fn looks_like_ours(candidate: &Candidate) -> Result<bool, ReadError> {
    let ends_with = |ending| candidate.path.extension().is_some_and(|extension| extension == ending);
    if ends_with("policy") {
        return Ok(true);
    }
    let mut sources = Sources::new();
    let id = files::open(&mut sources, &candidate.path)?;
    let text = sources.get(id).map_or("", |source| source.text());
    Ok(match candidate.kind {
        Kind::Policy => holds_statements(text),
        Kind::Yaml | Kind::Json => ["statements", "matching-rule", "matching_rule", "tenancies"]
            .iter()
            .any(|word| text.contains(word)),
    })
}

/// Reads the model of `--tenancies`; gives whether it could be read.
fn given(
    read: &mut Read,
    arguments: &Arguments,
    opened: &mut [Opened],
    output: &mut Output<'_>,
) -> io::Result<bool> {
    let Some(path) = &arguments.tenancies else { return Ok(true) };
    let canonical = path.canonicalize().ok();
    let known = opened.iter_mut().find(|file| canonical.is_some() && file.canonical == canonical);
    let source = match known {
        Some(file) => {
            file.taken = true;
            file.source
        }
        None => match files::open(&mut read.sources, path) {
            Ok(source) => source,
            Err(error) => {
                output.refuse(&error, error.help())?;
                return Ok(false);
            }
        },
    };
    let model = read.bundle.model(&mut read.sources, source, &mut beside(path, opened));
    read.given = Some(model);
    read.files += 1;
    Ok(true)
}

/// Reads YAML and JSON.
fn documents(read: &mut Read, opened: &mut [Opened], output: &mut Output<'_>) -> io::Result<()> {
    for index in 0..opened.len() {
        let Some(file) = opened.get(index) else { continue };
        let (path, source) = (file.candidate.path.clone(), file.source);
        let trust = match (file.candidate.kind, file.candidate.named) {
            (Kind::Policy, _) => continue,
            (Kind::Yaml | Kind::Json, _) if file.taken => continue,
            (Kind::Yaml | Kind::Json, _) if is_model(&path) => Trust::Model,
            (Kind::Yaml | Kind::Json, true) => Trust::Named,
            (Kind::Yaml | Kind::Json, false) => Trust::Found,
        };
        let named = file.candidate.named;
        let found = read.bundle.document(&mut read.sources, source, trust, &mut beside(&path, opened));
        if found > 0 {
            read.files += 1;
        } else if named {
            refuse(read, source, Refusal::NothingOfOurs(path), output)?;
        }
    }
    Ok(())
}

/// Reads policy text that no model has read.
fn texts(read: &mut Read, opened: &[Opened], output: &mut Output<'_>) -> io::Result<()> {
    for file in opened.iter().filter(|file| file.candidate.kind == Kind::Policy) {
        if file.taken || read.bundle.policy_text(&read.sources, file.source) > 0 {
            read.files += 1;
        } else {
            let path = file.candidate.path.clone();
            refuse(read, file.source, Refusal::NoStatement(path), output)?;
        }
    }
    Ok(())
}

/// Says that a file holds nothing, or is empty.
fn refuse(read: &mut Read, source: SourceId, refusal: Refusal, output: &mut Output<'_>) -> io::Result<()> {
    let empty = read.sources.get(source).is_some_and(|source| source.text().trim().is_empty());
    let refusal = match refusal {
        Refusal::NoStatement(path) | Refusal::NothingOfOurs(path) if empty => Refusal::Empty(path),
        other @ (Refusal::UnknownKind(_)
        | Refusal::Empty(_)
        | Refusal::NoStatement(_)
        | Refusal::NothingOfOurs(_)
        | Refusal::EmptyFolder(_)
        | Refusal::Walk(_)) => other,
    };
    output.refuse(&refusal, refusal.help())?;
    read.unreadable = true;
    Ok(())
}

fn is_model(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    [".tenancy.yaml", ".tenancy.yml", ".tenancy.json"].iter().any(|ending| name.ends_with(ending))
}

/// Opens files beside another; one that is open already is read once and belongs to who names it.
fn beside<'o>(
    base: &Path,
    opened: &'o mut [Opened],
) -> impl FnMut(&mut Sources, &str) -> Result<SourceId, String> + use<'o> {
    let folder = base.parent().map(Path::to_owned).unwrap_or_default();
    let mut open = files::beside(base);
    move |sources, name| {
        let canonical = folder.join(name).canonicalize().ok();
        let known = opened.iter_mut().find(|file| canonical.is_some() && file.canonical == canonical);
        match known {
            Some(file) => {
                file.taken = true;
                Ok(file.source)
            }
            None => open(sources, name),
        }
    }
}
