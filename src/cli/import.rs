//! `ocipol import`: a tenancy model from what the OCI CLI printed.

use std::io;
use std::path::{Path, PathBuf};

use super::replace;
use super::walk::{Walk, walk};
use super::{Exit, Output};
use crate::files;
use crate::import::{Import, Imported, NoModel};
use crate::source::Sources;

/// Arguments of `ocipol import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  ocipol import fixtures/import/full -o fjord.tenancy.yaml

Files are called as you like; what they hold is recognised. The model goes to standard output, the report to standard
error. Something to start with:
  oci iam tenancy get --tenancy-id TENANCY                                                       > tenancy.json
  oci iam compartment list --compartment-id TENANCY --compartment-id-in-subtree true --all       > compartments.json
  oci iam user list --compartment-id TENANCY --all                                               > users.json
  oci iam group list --compartment-id TENANCY --all                                              > groups.json
  oci iam dynamic-group list --compartment-id TENANCY --all                                      > dynamic-groups.json
  oci iam policy list --compartment-id TENANCY --all                                             > policies.json

Exit code: 0 a model was written, 2 some input cannot be read or names no tenancy.")]
pub(super) struct Arguments {
    /// Folders that are searched for *.json, or files; `-` for standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Where to write the model; standard output when left out
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Why something is not imported.
#[derive(Debug, thiserror::Error)]
#[error("there is no *.json in `{}`", .0.display())]
struct NoFile(PathBuf);

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let mut import = Import::new();
    let mut unreadable = false;
    for path in &arguments.paths {
        let walk = if path.is_dir() { walk(path, is_json) } else { Walk::of_file(path) };
        for error in &walk.unread {
            output.refuse(error, error.help())?;
        }
        if walk.files.is_empty() && walk.unread.is_empty() {
            let refusal = NoFile(path.clone());
            let help =
                "save what `oci … list` prints as files that end in .json; `ocipol import --help` says which";
            output.refuse(&refusal, help)?;
        }
        unreadable |= walk.files.is_empty() || !walk.unread.is_empty();
        for file in &walk.files {
            unreadable |= !add(&mut import, file, output)?;
        }
    }
    let imported = match import.finish() {
        Ok(imported) => imported,
        // What could not be read has been told, and is the better reason.
        Err(NoModel::NoTenancy) if unreadable => return Ok(Exit::Usage),
        Err(error @ NoModel::NoTenancy) => {
            let help = "add what `oci iam tenancy get` and `oci iam compartment list` print";
            return output.refuse(&error, help);
        }
        Err(error @ NoModel::Write(_)) => {
            return output.refuse(&error, "this is a mistake of ocipol; report it");
        }
    };
    match &arguments.output {
        None => output.out.write_all(imported.model.as_bytes())?,
        Some(path) => {
            if let Err(error) = replace::write(path, imported.model.as_bytes()) {
                return output.refuse(&error, error.help());
            }
        }
    }
    report(output, &imported)?;
    Ok(if unreadable { Exit::Usage } else { Exit::Fine })
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// Takes a file in; gives whether it could be read.
fn add(import: &mut Import, path: &Path, output: &mut Output<'_>) -> io::Result<bool> {
    let mut sources = Sources::new();
    let id = match files::open(&mut sources, path) {
        Ok(id) => id,
        Err(error) => {
            output.refuse(&error, error.help())?;
            return Ok(false);
        }
    };
    let Some(source) = sources.get(id) else { return Ok(false) };
    match import.add(source.name(), source.text()) {
        Ok(()) => Ok(true),
        Err(error) => {
            output.refuse(&error, "save what the OCI CLI prints with `--output json`, and nothing else")?;
            Ok(false)
        }
    }
}

fn report(output: &mut Output<'_>, imported: &Imported) -> io::Result<()> {
    writeln!(output.err, "Taken:")?;
    for took in &imported.took {
        writeln!(output.err, "  {}", took.words())?;
    }
    if !imported.notes.is_empty() {
        writeln!(output.err, "Notes:")?;
    }
    for note in &imported.notes {
        writeln!(output.err, "  {note}")?;
    }
    if !imported.missing.is_empty() {
        writeln!(output.err, "Not known, and what would say it:")?;
    }
    for missing in &imported.missing {
        writeln!(output.err, "  {}: {}\n    {}", missing.tenancy, missing.what, missing.command)?;
    }
    Ok(())
}
