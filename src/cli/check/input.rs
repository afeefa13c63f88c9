//! Which files are read, and as what.

use std::io;
use std::path::{Path, PathBuf};

use super::Kind;
use super::walk::{self, Candidate};
use crate::bundle::Bundle;
use crate::cli::Output;
use crate::cli::parallel::parallel;
use crate::files::{self, ReadError};
use crate::read::{self, Contents, Format, Trust};
use crate::source::{Source, SourceId, Sources};
use crate::tenancy::Tenancies;

/// What is read.
pub(in crate::cli) struct Wanted {
    /// Files and folders; the current folder where there are none.
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// What the files hold, where their names do not say.
    pub(in crate::cli) input: Option<Kind>,
    /// The tenancy model the statements are attached to.
    pub(in crate::cli) tenancies: Option<PathBuf>,
}

/// Everything that was read.
pub(in crate::cli) struct Read {
    pub(in crate::cli) sources: Sources,
    pub(in crate::cli) bundle: Bundle,
    /// The model of `--tenancies`.
    pub(in crate::cli) given: Option<Tenancies>,
    /// How many files hold anything to check.
    pub(in crate::cli) files: usize,
    /// Whether something that was asked for could not be read.
    pub(in crate::cli) unreadable: bool,
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
pub(super) enum Refusal {
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
}

impl Refusal {
    const fn help(&self) -> &'static str {
        match self {
            Self::UnknownKind(_) => {
                "write `--input policy`, `--input yaml`, `--input json` or `--input terraform`"
            }
            Self::Empty(_) | Self::NoStatement(_) => {
                "write one statement after another: `Allow group NAME to VERB RESOURCE-TYPE in tenancy`"
            }
            Self::NothingOfOurs(_) => {
                "a policy is a mapping or resource with a `statements` list, a dynamic group one with a `matching-rule`, a tenancy model one with a `tenancies` list"
            }
            Self::EmptyFolder(_) => {
                "policies are read from *.policy, *.txt, *.yaml, *.yml, *.json, *.tf and *.tfvars"
            }
        }
    }
}

/// Reads what is wanted; what cannot be read is told on standard error.
pub(in crate::cli) fn read(wanted: &Wanted, output: &mut Output<'_>) -> io::Result<Read> {
    let mut read =
        Read { sources: Sources::new(), bundle: Bundle::new(), given: None, files: 0, unreadable: false };
    let mut opened = Vec::new();
    let paths = if wanted.paths.is_empty() { &[PathBuf::from(".")][..] } else { &wanted.paths };
    for path in paths {
        let (candidates, skipped) = match walk::candidates(path, wanted.input.map(Kind::format)) {
            Ok(candidates) => candidates,
            Err(refusal) => {
                output.refuse(&refusal, refusal.help())?;
                read.unreadable = true;
                continue;
            }
        };
        for error in skipped {
            writeln!(output.err, "note: {error}; left out")?;
        }
        let mut any = false;
        let loaded = parallel("reading", candidates, load);
        for (candidate, source) in loaded {
            match source {
                Ok(Some((source, canonical))) => {
                    any = true;
                    let source = read.sources.add(source);
                    opened.push(Opened { candidate, source, canonical, taken: false });
                }
                Ok(None) => {}
                // Something in a folder that is no text is none of ours.
                Err(error) if !candidate.named && candidate.format != Format::Policy => {
                    writeln!(output.err, "note: {error}; left out")?;
                }
                Err(error) => {
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
    if !given(&mut read, wanted, &mut opened, output)? {
        // Without the model somebody asked for, every answer would be to another question.
        read.files = 0;
        return Ok(read);
    }
    let parts = parts(&opened);
    let contents = parallel("checking", parts, |part| part.read(&read.sources));
    take(&mut read, &mut opened, contents, output)?;
    Ok(read)
}

/// A text, and its path without links and dots.
type Loaded = (Source, Option<PathBuf>);

/// Reads a file; `None` where it was found in a folder and holds nothing of ours.
fn load(candidate: &Candidate) -> Result<Option<Loaded>, ReadError> {
    let source = files::load(&candidate.path)?;
    let sure = candidate.named || candidate.path.extension().is_some_and(|extension| extension == "policy");
    // All files of a Terraform module say what its names are.
    let ours =
        sure || candidate.format == Format::Terraform || candidate.format.may_hold_policies(source.text());
    Ok(ours.then(|| (source, candidate.path.canonicalize().ok())))
}

/// Files that are read together: one, or those of a Terraform module.
struct Part {
    /// Their numbers among the opened.
    files: Vec<usize>,
    sources: Vec<SourceId>,
    format: Format,
    trust: Trust,
}

impl Part {
    fn read(&self, sources: &Sources) -> Contents {
        let texts: Vec<(SourceId, &Source)> =
            self.sources.iter().filter_map(|id| Some((*id, sources.get(*id)?))).collect();
        match (self.format, texts.first()) {
            (Format::Terraform, _) => read::terraform(&texts),
            (Format::Policy, Some((id, source))) => read::policy_text(source, *id),
            (Format::Yaml | Format::Json, Some((id, source))) => {
                read::document(source, *id, self.format, self.trust)
            }
            (Format::Policy | Format::Yaml | Format::Json, None) => Contents::default(),
        }
    }
}

fn parts(opened: &[Opened]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (index, file) in opened.iter().enumerate().filter(|(_, file)| !file.taken) {
        let format = file.candidate.format;
        let folder = |index: usize| opened.get(index).and_then(|file| file.candidate.path.parent());
        let module = parts.iter_mut().find(|part| {
            let first = part.files.first().copied();
            format == Format::Terraform && part.format == format && first.and_then(folder) == folder(index)
        });
        match module {
            Some(part) => {
                part.files.push(index);
                part.sources.push(file.source);
            }
            None => parts.push(Part {
                files: vec![index],
                sources: vec![file.source],
                format,
                trust: match file.candidate.named {
                    _ if is_model(&file.candidate.path) => Trust::Model,
                    true => Trust::Named,
                    false => Trust::Found,
                },
            }),
        }
    }
    parts
}

/// Reads the model of `--tenancies`; gives whether it could be read.
fn given(
    read: &mut Read,
    wanted: &Wanted,
    opened: &mut [Opened],
    output: &mut Output<'_>,
) -> io::Result<bool> {
    let Some(path) = &wanted.tenancies else { return Ok(true) };
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

/// Puts together what was found, policy text last: a model may have read it as its own.
fn take(
    read: &mut Read,
    opened: &mut [Opened],
    contents: Vec<(Part, Contents)>,
    output: &mut Output<'_>,
) -> io::Result<()> {
    let (texts, others): (Vec<_>, Vec<_>) =
        contents.into_iter().partition(|(part, _)| part.format == Format::Policy);
    for (part, contents) in others.into_iter().chain(texts) {
        let Some(file) = part.files.first().and_then(|index| opened.get(*index)) else { continue };
        let Candidate { path, named, format, .. } = file.candidate.clone();
        let source = file.source;
        if file.taken {
            read.files += 1;
        } else if !contents.is_empty() {
            read.files += part.sources.iter().filter(|source| holds(&contents, **source)).count().max(1);
            read.bundle.contents(&mut read.sources, source, contents, &mut beside(&path, opened));
        } else if format == Format::Policy {
            refuse(read, source, Refusal::NoStatement(path), output)?;
        } else if named {
            refuse(read, source, Refusal::NothingOfOurs(path), output)?;
        }
    }
    Ok(())
}

/// Whether something was found in a source.
fn holds(contents: &Contents, source: SourceId) -> bool {
    contents.policies.iter().any(|policy| policy.source == source)
        || contents.rules.iter().any(|rule| rule.source == source)
        || contents.findings.iter().any(|finding| finding.place().is_some_and(|place| place.source == source))
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
        | Refusal::EmptyFolder(_)) => other,
    };
    output.refuse(&refusal, refusal.help())?;
    read.unreadable = true;
    Ok(())
}

pub(in crate::cli) fn is_model(path: &Path) -> bool {
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
