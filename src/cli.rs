//! The program: arguments in, text and an exit code out. Only this module prints.

mod account;
mod check;
mod completions;
mod encryption;
mod exit;
mod fmt;
mod generate;
mod harmless;
mod import;
mod man;
mod memory;
mod model;
mod output;
mod parallel;
mod parse;
mod pipe;
mod place;
mod project;
mod question;
mod replace;
mod run;
mod secret;
mod simulate;
mod stage;
mod test;
mod vault;
mod walk;
mod who_can;

pub use exit::Exit;
use harmless::Harmless;
use output::Format;
pub use output::{Output, width};
pub use pipe::Pipe;

use std::io::{IsTerminal, Write};

use clap::{CommandFactory, Parser, Subcommand};

/// Compiles Oracle Cloud Infrastructure IAM policy: checks it, decides with it, generates it, and exercises the keys it
/// guards. Everything runs offline.
#[derive(Debug, Parser)]
#[command(name = "ocipol", version, max_term_width = 110, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Checks policies: what the service would refuse, what can never match, what is dangerous
    Check(check::Arguments),
    /// Writes policies in the canonical form, comments and meaning kept
    Fmt(fmt::Arguments),
    /// Shows the syntax tree of a file
    Parse(parse::Arguments),
    /// Decides one request, or a file of them, and says why
    Simulate(Box<simulate::Arguments>),
    /// Finds everybody who may do something, and through which statements
    WhoCan(Box<who_can::Arguments>),
    /// Runs policy tests: requests with the decisions they must get
    Test(test::Arguments),
    /// Writes the least policies for an intent
    Generate(generate::Arguments),
    /// Makes a tenancy model of what the OCI CLI prints
    Import(import::Arguments),
    /// Runs a scenario end to end, through the envelope engine
    Run(run::Arguments),
    /// Keys by hand: create, rotate, disable, delete, export
    Vault(Box<vault::Arguments>),
    /// Secrets by hand: put, get, rotate, scan, verify
    Secret(Box<secret::Arguments>),
    /// Prints what a shell needs to complete commands and options
    Completions(completions::Arguments),
    /// Writes the manual pages
    Man(man::Arguments),
}

impl Command {
    /// Whether standard output is for people; otherwise a program reads it, or it is the text of a file.
    fn answers_in_words(&self) -> bool {
        match self {
            Self::Check(arguments) => arguments.answers_in_words(),
            Self::Parse(arguments) => arguments.format == Format::Human,
            Self::Simulate(arguments) => arguments.format == Format::Human,
            Self::WhoCan(arguments) => arguments.format == Format::Human,
            Self::Test(arguments) => arguments.answers_in_words(),
            Self::Run(arguments) => arguments.format == Format::Human,
            Self::Vault(arguments) => arguments.stage.format == Format::Human,
            Self::Secret(arguments) => arguments.answers_in_words(),
            Self::Fmt(_) | Self::Generate(_) | Self::Import(_) | Self::Completions(_) | Self::Man(_) => false,
        }
    }
}

/// Runs the program on its arguments, the program's own name first.
pub fn run(arguments: impl IntoIterator<Item = std::ffi::OsString>, output: &mut Output<'_>) -> Exit {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return output.usage(&error),
    };
    let exact = !std::io::stdout().is_terminal() && !arguments.command.answers_in_words();
    let Output { colour, notes_colour, width, .. } = *output;
    let out: &mut dyn Write = &mut *output.out;
    let mut out = if exact { Harmless::exact(out) } else { Harmless::new(out, colour) };
    let mut err = Harmless::new(&mut *output.err, notes_colour);
    let output = &mut Output { out: &mut out, err: &mut err, colour, notes_colour, width };
    let result = match arguments.command {
        Command::Check(arguments) => check::run(&arguments, output),
        Command::Fmt(arguments) => fmt::run(&arguments, output),
        Command::Parse(arguments) => parse::run(&arguments, output),
        Command::Simulate(arguments) => simulate::run(&arguments, output),
        Command::WhoCan(arguments) => who_can::run(&arguments, output),
        Command::Test(arguments) => test::run(&arguments, output),
        Command::Generate(arguments) => generate::run(&arguments, output),
        Command::Import(arguments) => import::run(&arguments, output),
        Command::Run(arguments) => run::run(&arguments, output),
        Command::Vault(arguments) => vault::run(&arguments, output),
        Command::Secret(arguments) => secret::run(&arguments, output),
        Command::Completions(arguments) => completions::run(&arguments, output),
        Command::Man(arguments) => man::run(&arguments, output),
    };
    result.unwrap_or_else(|error| {
        if error.kind() != std::io::ErrorKind::BrokenPipe {
            // Nobody is left to tell when this cannot be written either.
            let _ = writeln!(output.err, "error: the output could not be written: {error}");
        }
        Exit::Usage
    })
}

/// The command line as data, for completions and the book.
#[must_use]
pub fn command() -> clap::Command {
    Arguments::command()
}
