//! `ocipol generate`: policies from intents, written or compared with what is committed.

use std::io;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use similar::TextDiff;

use super::replace::{self, ReplaceError};
use super::{Exit, Output};
use crate::diagnostic::{Diagnostic, Severity};
use crate::files::{self, ReadError};
use crate::generate::{self, Generated};
use crate::source::Sources;

/// Arguments of `ocipol generate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
An intent file:
  tenancies: fjord.tenancy.yaml      # a tenancy model; or OCIDs below, in place of names
  intents:
    - name: etcd
      who: {type: cluster, compartment: clusters}
      may: [GetKey, GenerateDataEncryptionKey, Encrypt, Decrypt]
      on: etcd-key

Examples:
  ocipol generate fixtures/generate/etcd-by-type.intent.yaml
  ocipol generate fixtures/generate/etcd-by-type.intent.yaml --format terraform --output policies.tf
  ocipol generate intents/*.intent.yaml --output policies/ --check

The policies are proved before they are given away: they allow every intent, and nothing in them can be left out.
Notes and findings go to standard error.

Exit code: 0 done, 1 a committed file differs (--check), 2 intents that cannot be read or met.")]
pub(super) struct Arguments {
    /// Intent files; `-` for standard input
    #[arg(required = true, value_name = "INTENT")]
    intents: Vec<PathBuf>,
    /// How to write the policies
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Where to: a file, or a folder (one that exists, or a name with a slash at its end) for a file each
    #[arg(long, value_name = "FILE|DIR")]
    output: Option<PathBuf>,
    /// Write nothing; show how the files at --output differ
    #[arg(long, requires = "output")]
    check: bool,
}

/// How to write policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    /// Policy text
    #[default]
    Text,
    /// YAML with dynamic groups and policies
    Yaml,
    /// Terraform resources
    Terraform,
    /// JSON for the OCI CLI: one document, or in a folder the files that --from-json and --statements take
    Json,
}

/// Why policies cannot be written.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("several intent files make several files")]
    OneOutput,
    #[error("two intent files would write `{}`", .0.display())]
    SameFile(PathBuf),
    #[error(transparent)]
    Write(#[from] ReplaceError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Yaml(#[from] crate::yaml::WriteError),
    #[error("the policies cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}

impl Failure {
    fn help(&self) -> &'static str {
        match self {
            Self::OneOutput => "name a folder: `--output DIR/`",
            Self::SameFile(_) => "rename one of them",
            Self::Write(error) => error.help(),
            Self::Read(error) => error.help(),
            Self::Yaml(_) | Self::Json(_) => "please report this",
        }
    }
}

/// A file to write or to compare.
struct Wanted {
    path: PathBuf,
    text: String,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let mut generated = Vec::new();
    for path in &arguments.intents {
        generated.extend(read(path, output)?.map(|made| (path.as_path(), made)));
    }
    if generated.len() < arguments.intents.len() {
        return Ok(Exit::Usage);
    }
    let done = match &arguments.output {
        None => stdout(&generated, arguments.format, output),
        Some(path) => wanted(&generated, arguments.format, path).and_then(|files| {
            if arguments.check { Ok(compare(&files, output)) } else { write(&files, output) }
        }),
    };
    match done {
        Ok(exit) => exit,
        Err(failure) => output.refuse(&failure, failure.help()),
    }
}

/// Reads an intent file and generates its policies; `None` where something is wrong, which has been said.
fn read(path: &Path, output: &mut Output<'_>) -> io::Result<Option<Generated>> {
    let mut sources = Sources::new();
    let id = match files::open(&mut sources, path) {
        Ok(id) => id,
        Err(error) => {
            let help = match &error {
                ReadError::Folder { .. } => "name the intent files in it: `FOLDER/*.intent.yaml`",
                ReadError::Io { .. }
                | ReadError::NotText { .. }
                | ReadError::TooBig { .. }
                | ReadError::TooLong(_) => error.help(),
            };
            output.refuse(&error, help)?;
            return Ok(None);
        }
    };
    let (intents, findings) = generate::read(&mut sources, id, &mut files::beside(path));
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        output.notes(&sources, &findings)?;
        return Ok(None);
    }
    match generate::generate(&intents) {
        Ok(generated) => {
            for finding in findings.iter().chain(&generated.notes) {
                note(&sources, finding, output)?;
            }
            Ok(Some(generated))
        }
        Err(refused) => {
            output.notes(&sources, &refused)?;
            Ok(None)
        }
    }
}

/// A note in a line; a warning under the line it points at.
fn note(sources: &Sources, finding: &Diagnostic, output: &mut Output<'_>) -> io::Result<()> {
    match finding.severity {
        Severity::Error | Severity::Warning => output.notes(sources, std::slice::from_ref(finding)),
        Severity::Info | Severity::Style => {
            let place = finding.place().map(|place| sources.locate(place)).unwrap_or_default();
            writeln!(output.err, "note: {place}: {}", finding.message)
        }
    }
}

fn stdout(
    generated: &[(&Path, Generated)],
    format: Format,
    output: &mut Output<'_>,
) -> Result<io::Result<Exit>, Failure> {
    let [(_, only)] = generated else { return Err(Failure::OneOutput) };
    let text = whole(only, format)?;
    Ok(output.out.write_all(text.as_bytes()).map(|()| Exit::Fine))
}

fn whole(generated: &Generated, format: Format) -> Result<String, Failure> {
    Ok(match format {
        Format::Text => generate::text(generated),
        Format::Yaml => generate::yaml(generated)?,
        Format::Terraform => generate::terraform(generated),
        Format::Json => generate::json(generated)?,
    })
}

/// The files the policies go to, none of them twice.
fn wanted(generated: &[(&Path, Generated)], format: Format, output: &Path) -> Result<Vec<Wanted>, Failure> {
    let folder = output.is_dir() || output.to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]);
    let mut wanted: Vec<Wanted> = Vec::new();
    for (intent, generated) in generated {
        if !folder {
            if !wanted.is_empty() {
                return Err(Failure::OneOutput);
            }
            wanted.push(Wanted { path: output.to_owned(), text: whole(generated, format)? });
            continue;
        }
        let stem = stem(intent);
        let extension = match format {
            Format::Text => "policy",
            Format::Yaml => "yaml",
            Format::Terraform => "tf",
            Format::Json => {
                let documents = generate::documents(generated)?.into_iter();
                wanted.extend(documents.map(|document| Wanted {
                    path: output.join(format!("{stem}.{}", document.name)),
                    text: document.text,
                }));
                continue;
            }
        };
        let path = output.join(format!("{stem}.{extension}"));
        wanted.push(Wanted { path, text: whole(generated, format)? });
    }
    for (index, file) in wanted.iter().enumerate() {
        if wanted.iter().take(index).any(|other| other.path == file.path) {
            return Err(Failure::SameFile(file.path.clone()));
        }
    }
    Ok(wanted)
}

/// An intent file's name without what says that it is one.
fn stem(intent: &Path) -> String {
    let name = intent.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let bare = ["yaml", "yml", "json"].iter().find_map(|end| name.strip_suffix(&format!(".{end}")));
    let bare = bare.map_or(name.as_str(), |bare| bare.strip_suffix(".intent").unwrap_or(bare));
    if bare == "-" { "policies".to_owned() } else { bare.to_owned() }
}

/// Writes what differs from what is there.
fn write(files: &[Wanted], output: &mut Output<'_>) -> Result<io::Result<Exit>, Failure> {
    for Wanted { path, text } in files {
        if std::fs::read(path).is_ok_and(|there| there == text.as_bytes()) {
            continue;
        }
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|source| ReplaceError::Io { path: path.clone(), source })?;
        }
        replace::write(path, text.as_bytes())?;
        if let Err(error) = writeln!(output.err, "wrote {}", path.display()) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(Exit::Fine))
}

/// Shows how the committed files differ.
fn compare(files: &[Wanted], output: &mut Output<'_>) -> io::Result<Exit> {
    let mut exit = Exit::Fine;
    for Wanted { path, text } in files {
        let there = match std::fs::read(path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                writeln!(output.err, "{} does not exist", path.display())?;
                String::new()
            }
            Err(source) => {
                let failure = Failure::Read(ReadError::Io { path: path.clone(), source });
                return output.refuse(&failure, failure.help());
            }
        };
        if there == *text {
            continue;
        }
        exit = Exit::Findings;
        let diff = TextDiff::from_lines(&there, text);
        let name = path.display().to_string();
        write!(output.out, "{}", diff.unified_diff().header(&name, "generated"))?;
    }
    Ok(exit)
}
