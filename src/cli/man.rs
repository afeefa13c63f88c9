//! `ocipol man`: the manual pages.

use std::io;
use std::path::PathBuf;

use super::{Exit, Output};

/// Arguments of `ocipol man`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ocipol man | man -l -
  ocipol man ~/.local/share/man/man1")]
pub(super) struct Arguments {
    /// The folder that takes a page for every command; without it the page of the program itself goes to standard output
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

/// A folder that cannot take the pages.
#[derive(Debug, thiserror::Error)]
#[error("the pages cannot be written to `{}`", folder.display())]
struct Unwritable {
    folder: PathBuf,
    #[source]
    source: io::Error,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let Some(folder) = &arguments.folder else {
        clap_mangen::Man::new(super::command()).render(&mut &mut *output.out)?;
        return Ok(Exit::Fine);
    };
    let written =
        std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(super::command(), folder));
    match written {
        Ok(()) => Ok(Exit::Fine),
        Err(source) => {
            let error = Unwritable { folder: folder.clone(), source };
            output.refuse(&error, "name a folder, or one that can be made")
        }
    }
}
