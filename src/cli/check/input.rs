//! Which files are read, and as what.

use std::collections::HashSet;
use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use super::Kind;
use crate::bundle::Bundle;
use crate::cli::Output;
use crate::cli::parallel::parallel;
use crate::cli::walk::walk;
use crate::diagnostic::{Diagnostic, Severity};
use crate::files::{self, ReadError};
use crate::read::{self, Contents, Format, Trust};
use crate::source::{Place, Source, SourceId, Sources, Span};
use crate::tenancy::{self, Tenancies};

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
    /// What was not read: errors for what was asked for, remarks for what is probably none of ours. Standard error has been
    /// told; a place is the start of an empty source with the name of the file.
    pub(in crate::cli) unread: Vec<Diagnostic>,
}

impl Read {
    /// Whether something that was asked for could not be read.
    pub(in crate::cli) fn is_unreadable(&self) -> bool {
        self.unread.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Tells that something that was asked for cannot be read.
    fn refuse(
        &mut self,
        path: &Path,
        error: &dyn Error,
        help: &str,
        output: &mut Output<'_>,
    ) -> io::Result<()> {
        self.note(path, Severity::Error, error, help);
        output.refuse(error, help).map(drop)
    }

    /// Tells that something found in a folder is left out.
    fn leave_out(&mut self, path: &Path, error: &dyn Error, output: &mut Output<'_>) -> io::Result<()> {
        self.note(path, Severity::Info, error, "nothing in it is checked");
        writeln!(output.err, "note: {error}; left out")
    }

    fn note(&mut self, path: &Path, severity: Severity, error: &dyn Error, help: &str) {
        let name = if path == Path::new("-") { "<stdin>".into() } else { path.to_string_lossy() };
        let Ok(source) = Source::new(name, "") else { return };
        let place = Place { source: self.sources.add(source), span: Span::new(0, 0) };
        let causes = std::iter::successors(error.source(), |&cause| cause.source());
        let message = causes.fold(error.to_string(), |message, cause| format!("{message}: {cause}"));
        self.unread.push(Diagnostic::new(tenancy::UNREADABLE, severity, place, message).with_help(help));
    }
}

/// A file that may be one of ours.
#[derive(Debug, Clone)]
struct Candidate {
    path: PathBuf,
    format: Format,
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
            Self::Empty(_) => "write policies or matching rules into it, or leave it out",
            Self::NoStatement(_) => {
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
        Read { sources: Sources::new(), bundle: Bundle::new(), given: None, files: 0, unread: Vec::new() };
    let (mut opened, mut known) = (Vec::new(), HashSet::new());
    let paths = if wanted.paths.is_empty() { &[PathBuf::from(".")][..] } else { &wanted.paths };
    for path in paths {
        let before = read.unread.len();
        let candidates = candidates(path, wanted.input.map(Kind::format), &mut read, output)?;
        let mut any = read.unread.len() > before;
        for (candidate, source) in parallel("reading", candidates, load) {
            match source {
                Ok(Some((source, canonical))) => {
                    any = true;
                    // A file that is named twice, or lies in a folder that is named too, is read once.
                    if canonical.as_ref().is_none_or(|path| known.insert(path.clone())) {
                        let source = read.sources.add(source);
                        opened.push(Opened { candidate, source, canonical, taken: false });
                    }
                }
                Ok(None) => {}
                Err(error) if candidate.may_be_anothers(&error) => {
                    read.leave_out(&candidate.path, &error, output)?;
                }
                Err(error) => {
                    any = true;
                    read.refuse(&candidate.path, &error, error.help(), output)?;
                }
            }
        }
        if !any {
            let refusal = Refusal::EmptyFolder(path.clone());
            read.refuse(path, &refusal, refusal.help(), output)?;
        }
    }
    if !given(&mut read, wanted, &mut opened, output)? {
        // Without the model somebody asked for, every answer would be to another question.
        read.bundle = Bundle::new();
        read.files = 0;
        return Ok(read);
    }
    let parts = parts(&opened);
    let contents = parallel("checking", parts, |part| part.read(&read.sources));
    take(&mut read, &mut opened, contents, output)?;
    Ok(read)
}

/// The files a path stands for that somebody named.
fn candidates(
    path: &Path,
    input: Option<Format>,
    read: &mut Read,
    output: &mut Output<'_>,
) -> io::Result<Vec<Candidate>> {
    if path == Path::new("-") {
        let format = input.unwrap_or(Format::Policy);
        return Ok(vec![Candidate { path: path.to_owned(), format, named: true }]);
    }
    if !path.is_dir() {
        let format = input.or_else(|| Format::of(path));
        // A file that is not there is a better reason than a name that says nothing.
        let format = format.or_else(|| (!path.exists()).then_some(Format::Policy));
        let Some(format) = format else {
            let refusal = Refusal::UnknownKind(path.to_owned());
            read.refuse(path, &refusal, refusal.help(), output)?;
            return Ok(Vec::new());
        };
        return Ok(vec![Candidate { path: path.to_owned(), format, named: true }]);
    }
    let walk = walk(path, |path| Format::of(path).is_some() && !is_of_another_command(path));
    for error in walk.unread {
        read.refuse(&error.path, &error, error.help(), output)?;
    }
    for link in walk.links {
        writeln!(output.err, "note: `{}` is a link to a folder; name it to have it checked", link.display())?;
    }
    let found = walk.files.into_iter().filter_map(|path| {
        let format = Format::of(&path)?;
        Some(Candidate { path, format, named: false })
    });
    Ok(found.collect())
}

/// Whether a file belongs to another command, whose statements may be wrong on purpose.
fn is_of_another_command(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    ["policytest", "scenario", "intent"].iter().any(|kind| {
        [".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(&format!(".{kind}{ending}")))
    })
}

impl Candidate {
    /// Whether a file that cannot be read is probably none of ours: many tools write YAML and JSON.
    fn may_be_anothers(&self, error: &ReadError) -> bool {
        let common = matches!(self.format, Format::Yaml | Format::Json);
        let strange =
            matches!(error, ReadError::NotText { .. } | ReadError::TooBig { .. } | ReadError::TooLong(_));
        common && strange && !self.named && !is_model(&self.path)
    }
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
                read.refuse(path, &error, error.help(), output)?;
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
    let path = read.sources.get(source).map_or_else(PathBuf::new, |source| PathBuf::from(source.name()));
    read.refuse(&path, &refusal, refusal.help(), output)
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
