//! A stream that keeps text from giving orders to the terminal it is shown on.

use std::borrow::Cow;
use std::io::{self, Write};

/// Output in which no file's text is a command: control characters, and the marks that turn the direction of text, are
/// shown as `U+FFFD`. Colours are let through where they are wanted.
///
/// What programs read (JSON, a formatted file in a pipe) must arrive as it is: [`exact`](Self::exact).
pub(super) struct Harmless<'w> {
    inner: &'w mut dyn Write,
    colour: bool,
    exact: bool,
    /// The first bytes of a character whose last ones are still to come.
    begun: Vec<u8>,
}

impl<'w> Harmless<'w> {
    pub(super) fn new(inner: &'w mut dyn Write, colour: bool) -> Self {
        Self { inner, colour, exact: false, begun: Vec::new() }
    }

    /// Lets everything through as it is.
    pub(super) fn exact(inner: &'w mut dyn Write) -> Self {
        Self { inner, colour: true, exact: true, begun: Vec::new() }
    }
}

impl Write for Harmless<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.exact {
            return self.inner.write(bytes);
        }
        let mut all = std::mem::take(&mut self.begun);
        all.extend_from_slice(bytes);
        let mut safe = String::with_capacity(all.len());
        let mut read = 0;
        for chunk in all.utf8_chunks() {
            safe.push_str(&harmless(chunk.valid(), self.colour));
            let broken = chunk.invalid();
            read += chunk.valid().len() + broken.len();
            if read == all.len() && is_begun(broken) {
                broken.clone_into(&mut self.begun);
            } else if !broken.is_empty() {
                safe.push(char::REPLACEMENT_CHARACTER);
            }
        }
        self.inner.write_all(safe.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Whether bytes are the beginning of a character.
fn is_begun(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
}

/// Text without what a terminal takes for a command; of colours only whole ones are left.
fn harmless(text: &str, colour: bool) -> Cow<'_, str> {
    if !text.contains(suspicious) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let paints = colour && c == '\u{1b}' && is_colour(rest.as_str());
        let ends_a_line = c == '\r' && rest.as_str().starts_with('\n');
        safe.push(if suspicious(c) && !paints && !ends_a_line { char::REPLACEMENT_CHARACTER } else { c });
    }
    Cow::Owned(safe)
}

fn suspicious(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether text goes on as a command that sets colours: `[1;31m`.
fn is_colour(text: &str) -> bool {
    let Some(codes) = text.strip_prefix('[') else { return false };
    codes.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').starts_with('m')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(colour: bool, pieces: &[&[u8]]) -> String {
        let mut out = Vec::new();
        let mut stream = Harmless::new(&mut out, colour);
        for piece in pieces {
            stream.write_all(piece).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn commands_and_turned_text_are_shown_and_not_obeyed() {
        for (colour, text, expected) in [
            (true, "p\u{1b}]0;PWNED\u{7}", "p\u{fffd}]0;PWNED\u{fffd}"),
            (true, "\u{1b}[1;31mred\u{1b}[0m\u{1b}[2J", "\u{1b}[1;31mred\u{1b}[0m\u{fffd}[2J"),
            (false, "\u{1b}[1mbold", "\u{fffd}[1mbold"),
            (true, "a\u{202e}b\u{2066}c\u{9b}m", "a\u{fffd}b\u{fffd}c\u{fffd}m"),
            (true, "one\r\ntwo\rthree\tfour\n", "one\r\ntwo\u{fffd}three\tfour\n"),
            (true, "plain Ä 漢", "plain Ä 漢"),
        ] {
            assert_eq!(shown(colour, &[text.as_bytes()]), expected);
        }
    }

    #[test]
    fn a_character_may_come_in_pieces() {
        assert_eq!(shown(true, &[b"\xE2\x80", b"\xAE!\xE6", b"\xBC\xA2\xFF."]), "\u{fffd}!漢\u{fffd}.");
    }

    #[test]
    fn what_programs_read_arrives_as_it_is() {
        let mut out = Vec::new();
        Harmless::exact(&mut out).write_all(b"\x1b\xFF\x7F").unwrap();
        assert_eq!(out, b"\x1b\xFF\x7F");
    }
}
