//! Runs of the program in this process: arguments in, what it wrote and how it ended out.

use std::path::Path;

use ocipol::cli::{self, Exit, Output, Pipe};

/// What a run wrote, and how it ended.
pub(crate) struct Run {
    pub(crate) exit: Exit,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// Everything a person at a terminal sees.
    pub(crate) fn told(&self) -> String {
        let (out, err, exit) = (&self.out, &self.err, self.exit);
        format!("{out}--- standard error\n{err}--- {exit:?} ({})\n", exit.code())
    }
}

/// Runs the program on arguments, its own name left out.
pub(crate) fn ocipol<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Run {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut output = Output { out: &mut out, err: &mut err, colour: false, notes_colour: false, width: 110 };
    let own = std::iter::once("ocipol".into());
    let exit = cli::run(own.chain(arguments.iter().map(|word| word.as_ref().to_owned())), &mut output);
    Run { exit, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

/// Runs the program into a reader that goes away after some bytes.
pub(crate) fn into_closed_pipe(arguments: &[&str]) -> Exit {
    struct Closed;
    impl std::io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
    }
    let (mut out, mut err) = (Pipe::new(Closed), Vec::new());
    let mut output = Output { out: &mut out, err: &mut err, colour: false, notes_colour: false, width: 110 };
    cli::run(std::iter::once("ocipol").chain(arguments.iter().copied()).map(Into::into), &mut output)
}

/// Writes a file below a folder; gives its path.
pub(crate) fn file(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}
