//! A run of policy text inside a source, with the way back from its bytes to the source's.
//!
//! A statement in a Terraform string, a YAML scalar or a JSON array is read from its *decoded* text; every span the
//! reader makes is already a span of the file the user wrote.

use std::borrow::Cow;

use crate::source::{Place, SourceId, Span};

/// What kind of text a passage was taken from: it decides what a template in it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// Plain policy text, or a string no tool will touch any more.
    Plain,
    /// Text that another tool fills in first, so that `${…}` is expected.
    Template,
}

/// Policy text with its place.
#[derive(Debug, Clone)]
pub struct Passage<'a> {
    /// The source the text lies in.
    pub source: SourceId,
    /// The text as the service would get it.
    pub text: Cow<'a, str>,
    /// What it was taken from.
    pub host: Host,
    origin: Origin,
}

/// How the bytes of a passage lie in the source.
#[derive(Debug, Clone)]
enum Origin {
    /// One after another from this offset on.
    Verbatim(u32),
    /// In runs, in order. Between two runs the text skips or rewrites bytes of the source.
    Runs(Box<[Run]>),
    /// Nobody knows how: everything points at the whole.
    Whole(Span),
}

/// From `text` on, up to the next run, the bytes stand in the source from `source` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Offset in the passage.
    pub text: u32,
    /// Offset in the source.
    pub source: u32,
}

impl<'a> Passage<'a> {
    /// Text that stands in the source byte for byte, from `offset` on.
    #[must_use]
    pub fn verbatim(source: SourceId, text: &'a str, offset: u32) -> Self {
        Self { source, text: Cow::Borrowed(text), host: Host::Plain, origin: Origin::Verbatim(offset) }
    }

    /// Text that was decoded; `runs` say where each stretch of it came from, in order, the first at text offset 0.
    #[must_use]
    pub fn decoded(source: SourceId, text: impl Into<Cow<'a, str>>, runs: Vec<Run>) -> Self {
        Self { source, text: text.into(), host: Host::Plain, origin: Origin::Runs(runs.into_boxed_slice()) }
    }

    /// Text that another format holds in `raw`, which begins at `offset` of the source: finds where each stretch of the
    /// text stands. Where the two do not fit together, everything points at the whole of `raw`.
    #[must_use]
    pub fn aligned(
        source: SourceId,
        raw: &str,
        offset: u32,
        text: impl Into<Cow<'a, str>>,
        escapes: Escapes,
    ) -> Self {
        let text = text.into();
        match align(raw, &text, escapes) {
            Some(runs) if runs.len() == 1 => {
                let start = runs.first().map_or(0, |run| run.source);
                let origin = Origin::Verbatim(offset.saturating_add(start));
                Self { source, text, host: Host::Plain, origin }
            }
            Some(runs) => {
                let moved = runs.into_iter().map(|run| Run { text: run.text, source: run.source + offset });
                Self::decoded(source, text, moved.collect())
            }
            None => {
                let end = offset.saturating_add(small(raw.len()));
                let origin = Origin::Whole(Span::new(offset, end));
                Self { source, text, host: Host::Plain, origin }
            }
        }
    }

    /// Says what kind of text it was taken from.
    #[must_use]
    pub const fn hosted(mut self, host: Host) -> Self {
        self.host = host;
        self
    }

    /// The span in the source of a range of this text.
    #[must_use]
    pub fn span(&self, start: usize, end: usize) -> Span {
        if let Origin::Whole(span) = self.origin {
            return span;
        }
        let (from, to) = (self.offset(start), self.offset(end));
        if to >= from || end <= start {
            return Span::new(from, to);
        }
        // What follows stands somewhere else: the text was put together. The last letter says where this part ends.
        let last = self.text.get(..end).and_then(|text| text.chars().next_back()).map_or(1, char::len_utf8);
        Span::new(from, self.offset(end - last).saturating_add(small(last)))
    }

    /// The span of the whole text.
    #[must_use]
    pub fn whole(&self) -> Span {
        self.span(0, self.text.len())
    }

    /// The place of a range of this text.
    #[must_use]
    pub fn place(&self, start: usize, end: usize) -> Place {
        Place { source: self.source, span: self.span(start, end) }
    }

    /// A part of this passage. An empty one where the range is no part of the text.
    #[must_use]
    pub fn part(&self, start: usize, end: usize) -> Passage<'_> {
        let text = self.text.get(start..end).unwrap_or_default();
        let origin = match &self.origin {
            Origin::Verbatim(offset) => Origin::Verbatim(offset.saturating_add(small(start))),
            Origin::Whole(span) => Origin::Whole(*span),
            Origin::Runs(runs) => {
                let (first, last) = (small(start), small(end));
                let moved = between(runs, first, last.saturating_add(1))
                    .iter()
                    .map(|run| Run { text: run.text - first, source: run.source });
                let head = Run { text: 0, source: self.offset(start) };
                Origin::Runs(std::iter::once(head).chain(moved).collect())
            }
        };
        Passage { source: self.source, text: Cow::Borrowed(text), host: self.host, origin }
    }

    /// The same place with other text: `runs` say where each stretch of it stands in *this* passage.
    #[must_use]
    pub(crate) fn rewritten(&self, text: String, runs: &[Run]) -> Passage<'static> {
        let (source, host) = (self.source, self.host);
        if let Origin::Whole(_) = self.origin {
            return Passage { source, text: Cow::Owned(text), host, origin: self.origin.clone() };
        }
        let mut joined: Vec<Run> = Vec::with_capacity(runs.len());
        for (index, run) in runs.iter().enumerate() {
            let until =
                runs.get(index + 1).map_or(u32::MAX, |next| run.source.saturating_add(next.text - run.text));
            joined.push(Run { text: run.text, source: self.offset(run.source as usize) });
            if let Origin::Runs(own) = &self.origin {
                joined.extend(
                    between(own, run.source, until)
                        .iter()
                        .map(|own| Run { text: run.text + (own.text - run.source), source: own.source }),
                );
            }
        }
        Passage { source, text: Cow::Owned(text), host, origin: Origin::Runs(joined.into_boxed_slice()) }
    }

    fn offset(&self, offset: usize) -> u32 {
        let offset = small(offset);
        match &self.origin {
            Origin::Verbatim(start) => start.saturating_add(offset),
            Origin::Runs(runs) => self::offset(runs, offset),
            Origin::Whole(span) => span.start,
        }
    }
}

/// The runs that begin behind one offset of the text and in front of another.
fn between(runs: &[Run], first: u32, last: u32) -> &[Run] {
    let start = runs.partition_point(|run| run.text <= first);
    let end = runs.partition_point(|run| run.text < last);
    runs.get(start..end).unwrap_or_default()
}

/// Where a byte of a text stands.
pub(crate) fn offset(runs: &[Run], offset: u32) -> u32 {
    let index = runs.partition_point(|run| run.text <= offset).saturating_sub(1);
    runs.get(index).map_or(0, |run| run.source.saturating_add(offset.saturating_sub(run.text)))
}

/// How a format writes what it cannot write plainly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Escapes {
    /// Not at all.
    None,
    /// `''` is a quote (YAML in single quotes).
    DoubledQuote,
    /// A backslash begins an escape (JSON, YAML in double quotes, Terraform).
    Backslash,
}

/// Finds where each stretch of a decoded text stands in what it was decoded from.
///
/// Line breaks and the blanks around them may have been folded, indentation may have been left out.
pub(crate) fn align(raw: &str, text: &str, escapes: Escapes) -> Option<Vec<Run>> {
    let mut runs = Vec::new();
    let quotes = match escapes {
        Escapes::None => 0,
        Escapes::DoubledQuote | Escapes::Backslash => 1,
    };
    // Nearly every text stands there as it is: no letter of it need be looked at by itself.
    let plain = match escapes {
        Escapes::None => true,
        Escapes::DoubledQuote => !text.contains('\''),
        Escapes::Backslash => !text.contains('\\'),
    };
    if plain && raw.get(quotes..).is_some_and(|rest| rest.starts_with(text)) {
        return Some(vec![Run { text: 0, source: small(quotes) }]);
    }
    let mut at = quotes;
    let mut done = 0;
    for letter in text.chars() {
        let start = loop {
            let rest = raw.get(at..)?;
            let next = rest.chars().next()?;
            let length = match (escapes, next) {
                (Escapes::DoubledQuote, '\'') if rest.starts_with("''") && letter == '\'' => 2,
                (Escapes::Backslash, '\\') => match escape(rest) {
                    // A backslash at the end of a line joins it to the next one.
                    None => {
                        at += 1;
                        continue;
                    }
                    Some((escaped, length)) => {
                        if escaped != letter {
                            return None;
                        }
                        length
                    }
                },
                _ if next == letter => next.len_utf8(),
                // A block may begin with empty lines, which stand in front of its first word.
                (Escapes::None, _) if letter == '\n' && at == 0 => 0,
                // A folded line break is one blank, or one break, for a run of blanks and breaks.
                _ if letter.is_whitespace() && next.is_whitespace() => rest.len() - rest.trim_start().len(),
                _ if next.is_whitespace() => {
                    at += next.len_utf8();
                    continue;
                }
                _ => return None,
            };
            at += length;
            break at - length;
        };
        let run = Run { text: small(done), source: small(start) };
        let straight = runs
            .last()
            .is_some_and(|last: &Run| run.text - last.text == run.source.wrapping_sub(last.source));
        if !straight {
            runs.push(run);
        }
        done += letter.len_utf8();
    }
    let end = Run { text: small(done), source: small(at) };
    let straight = |last: &Run| end.text - last.text == end.source.wrapping_sub(last.source);
    if runs.last().is_none_or(|last| !straight(last)) {
        runs.push(end);
    }
    Some(runs)
}

/// The letter an escape stands for, and the escape's length; `None` for a backslash at the end of a line.
fn escape(rest: &str) -> Option<(char, usize)> {
    let kind = rest.chars().nth(1)?;
    let hex = |digits: usize| {
        let code = rest.get(2..2 + digits).and_then(|digits| u32::from_str_radix(digits, 16).ok())?;
        char::from_u32(code).map(|letter| (letter, 2 + digits))
    };
    match kind {
        '\n' | '\r' => None,
        'n' => Some(('\n', 2)),
        't' | '\t' => Some(('\t', 2)),
        'r' => Some(('\r', 2)),
        'b' => Some(('\u{8}', 2)),
        'f' => Some(('\u{c}', 2)),
        'x' => hex(2),
        'u' => hex(4).or_else(|| surrogates(rest)),
        'U' => hex(8),
        other => Some((other, 1 + other.len_utf8())),
    }
}

/// A pair of escapes that stands for one letter, as JSON writes letters beyond the first plane.
fn surrogates(rest: &str) -> Option<(char, usize)> {
    let unit = |from: usize| rest.get(from..from + 4).and_then(|digits| u16::from_str_radix(digits, 16).ok());
    let pair = [unit(2)?, unit(8)?];
    char::decode_utf16(pair).next()?.ok().map(|letter| (letter, 12))
}

fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Source, Sources};

    #[test]
    fn spans_of_decoded_text_point_into_the_source() {
        // The source holds `"a\"b"` with a backslash; the passage is `a"b`.
        let mut sources = Sources::new();
        let id = sources.add(Source::new("t", r#""a\"b""#).unwrap());
        let runs = vec![Run { text: 0, source: 1 }, Run { text: 1, source: 2 }, Run { text: 2, source: 4 }];
        let passage = Passage::decoded(id, "a\"b", runs);
        let source = sources.get(id).unwrap();
        for (start, end, expected) in [(0, 1, "a"), (1, 2, r#"\""#), (2, 3, "b"), (0, 3, r#"a\"b"#)] {
            assert_eq!(source.slice(passage.span(start, end)), expected);
        }
        let part = passage.part(1, 3);
        assert_eq!((&*part.text, source.slice(part.whole())), ("\"b", r#"\"b"#));
    }

    #[test]
    fn rewritten_text_keeps_the_way_back_through_both_mappings() {
        let mut sources = Sources::new();
        let id = sources.add(Source::new("t", "xx‘a’yy").unwrap());
        let passage = Passage::verbatim(id, "‘a’", 2);
        let runs = [(0, 0), (1, 3), (2, 4), (3, 7)].map(|(text, source)| Run { text, source });
        let plain = passage.rewritten("'a'".to_owned(), &runs);
        let source = sources.get(id).unwrap();
        assert_eq!(source.slice(plain.span(0, 3)), "‘a’");
        assert_eq!(source.slice(plain.span(1, 2)), "a");
        assert_eq!(source.slice(plain.span(2, 3)), "’");
    }
}
