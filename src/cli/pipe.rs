//! A reader that goes away in the middle.

use std::io::{self, ErrorKind, Write};

/// How much is thrown away before whoever writes is told that nobody reads: more than any answer to one question.
const PATIENCE: usize = 1 << 20;

/// Standard output whose reader may stop reading: `ocipol check | head`.
///
/// What is written after that is thrown away, so that the program comes to its end and to its exit code, which does not
/// depend on how much of the answer was read. A writer without end is told at last, by the error of a broken pipe.
#[derive(Debug)]
pub struct Pipe<W> {
    inner: W,
    /// How much nobody read; `None` while somebody reads.
    lost: Option<usize>,
}

impl<W: Write> Pipe<W> {
    /// Output to `inner`.
    pub const fn new(inner: W) -> Self {
        Self { inner, lost: None }
    }

    fn lose(&mut self, length: usize) -> io::Result<usize> {
        let lost = self.lost.unwrap_or(0).saturating_add(length);
        self.lost = Some(lost);
        if lost > PATIENCE { Err(ErrorKind::BrokenPipe.into()) } else { Ok(length) }
    }
}

impl<W: Write> Write for Pipe<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.lost.is_some() {
            return self.lose(bytes.len());
        }
        match self.inner.write(bytes) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => self.lose(bytes.len()),
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.inner.flush() {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            flushed => flushed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Gone;

    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(ErrorKind::BrokenPipe.into())
        }
    }

    #[test]
    fn an_answer_may_go_unread_and_a_stream_ends() {
        let mut pipe = Pipe::new(Gone);
        assert!(pipe.write_all(&[0; 1000]).is_ok());
        assert!(pipe.flush().is_ok());
        let endless =
            std::iter::repeat_with(|| pipe.write_all(&[0; 1000])).take(10_000).find_map(Result::err);
        assert_eq!(endless.map(|error| error.kind()), Some(ErrorKind::BrokenPipe));
    }
}
