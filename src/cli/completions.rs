//! `ocipol completions`: what a shell needs to complete commands and options.

use std::io;

use super::{Exit, Output};

/// Arguments of `ocipol completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ocipol completions bash > ~/.local/share/bash-completion/completions/ocipol
  ocipol completions fish > ~/.config/fish/completions/ocipol.fish
  ocipol completions zsh > _ocipol        # into a folder of $fpath")]
pub(super) struct Arguments {
    /// The shell
    shell: clap_complete::Shell,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut super::command(), "ocipol", &mut script);
    output.out.write_all(&script)?;
    Ok(Exit::Fine)
}
