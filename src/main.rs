//! The program: arguments in, exit code out.

use std::io::{BufWriter, IsTerminal, Write};
use std::process::ExitCode;

use ocipol::cli::{self, Output};

fn main() -> ExitCode {
    let (stdout, stderr) = (std::io::stdout(), std::io::stderr());
    let colour = stdout.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let mut out = BufWriter::new(stdout.lock());
    let mut err = stderr.lock();
    let mut output = Output { out: &mut out, err: &mut err, colour, width: 110 };
    let exit = cli::run(std::env::args_os(), &mut output);
    // A reader that went away is no failure of ours.
    let _ = out.flush();
    exit.into()
}
