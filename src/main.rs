//! The program: arguments in, exit code out.

use std::io::{BufWriter, IsTerminal, Write};
use std::process::ExitCode;

use ocipol::cli::{self, Exit, Output, Pipe};

fn main() -> ExitCode {
    let (stdout, stderr) = (std::io::stdout(), std::io::stderr());
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let plain = set("NO_COLOR") || std::env::var_os("TERM").is_some_and(|kind| kind == "dumb");
    let (colour, notes_colour) = (stdout.is_terminal() && !plain, stderr.is_terminal() && !plain);
    let mut out = BufWriter::new(Pipe::new(stdout.lock()));
    let mut err = stderr.lock();
    let width = cli::width();
    let mut output = Output { out: &mut out, err: &mut err, colour, notes_colour, width };
    let exit = cli::run(std::env::args_os(), &mut output);
    let exit = match out.flush() {
        Ok(()) => exit,
        Err(error) => {
            // Nobody is left to tell when this cannot be written either.
            let _ = writeln!(err, "error: the output could not be written: {error}");
            Exit::Usage
        }
    };
    exit.into()
}
