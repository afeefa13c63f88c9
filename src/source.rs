//! Where text came from: sources, byte spans, lines and columns.
//!
//! Everything below the edges speaks in byte offsets into a [`Source`]. Lines and columns are made here, at the
//! moment somebody wants to read them.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

/// What editors on Windows write in front of a text to say that it is UTF-8.
const MARK: char = '\u{feff}';

/// One text with a name: a file, a string of the caller, standard input.
///
/// At most 4 GiB long, so that an offset fits a `u32`; [`Source::new`] refuses more.
pub struct Source {
    name: String,
    text: String,
    /// Whether a byte-order mark stood in front of the text.
    marked: bool,
    line_starts: OnceLock<Box<[u32]>>,
}

/// A text is longer than the 4 GiB a [`Span`] can address.
#[derive(Debug, thiserror::Error)]
#[error("`{name}` is longer than 4 GiB")]
pub struct TooLong {
    name: String,
}

impl Source {
    /// Names a text.
    ///
    /// The name is what a reader of a finding sees: a path as the user typed it, or `<stdin>`. A byte-order mark at the
    /// start is no part of the text: no place counts it, and [`written`](Self::written) puts it back.
    ///
    /// # Errors
    /// [`TooLong`] when the text has more than `u32::MAX` bytes.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Result<Self, TooLong> {
        let (name, mut text) = (name.into(), text.into());
        if u32::try_from(text.len()).is_err() {
            return Err(TooLong { name });
        }
        let marked = text.starts_with(MARK);
        if marked {
            text.drain(..MARK.len_utf8());
        }
        Ok(Self { name, text, marked, line_starts: OnceLock::new() })
    }

    /// The name given at construction.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A text as a file must have it that is to take the place of this one: behind a byte-order mark where this one was.
    #[must_use]
    pub fn written<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.marked { Cow::Owned(format!("{MARK}{text}")) } else { Cow::Borrowed(text) }
    }

    /// The text a span covers; empty where the span does not fit this source.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// Line and column of a byte offset; the end of the text for an offset behind it.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let line = self.line(offset);
        let start = self.line_starts().get(line).copied().unwrap_or_default();
        let before = self.text.get(start as usize..offset as usize).unwrap_or_default();
        Position { line: line + 1, column: before.chars().count() + 1 }
    }

    /// The number of the line an offset is in, from 0.
    #[must_use]
    pub fn line(&self, offset: u32) -> usize {
        self.line_starts().partition_point(|&start| start <= offset).saturating_sub(1)
    }

    /// Number of lines; a text that ends in a line break has no empty line behind it.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.line_starts().len() - usize::from(self.text.is_empty() || self.text.ends_with('\n'))
    }

    /// The span of one line without its line break; lines count from 0 here.
    #[must_use]
    pub fn line_span(&self, line: usize) -> Option<Span> {
        let starts = self.line_starts();
        let start = *starts.get(line)?;
        let end = starts.get(line + 1).copied().unwrap_or(self.len());
        let text = self.slice(Span::new(start, end));
        let kept = text.trim_end_matches(['\r', '\n']).len();
        Some(Span::at(start, kept))
    }

    fn len(&self) -> u32 {
        // Invariant: the constructor refused a longer text.
        u32::try_from(self.text.len()).unwrap_or(u32::MAX)
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let breaks = self.text.bytes().zip(1u32..).filter(|&(byte, _)| byte == b'\n');
            std::iter::once(0).chain(breaks.map(|(_, next)| next)).collect()
        })
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("name", &self.name).field("bytes", &self.text.len()).finish()
    }
}

/// Line and column as people count them, both from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Names one source of a [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

impl SourceId {
    /// No source at all: for text that is read and forgotten.
    pub(crate) const NOWHERE: Self = Self(u32::MAX);
}

/// All texts of one run. Findings and origins name their source by [`SourceId`].
#[derive(Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// No sources yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a source in and names it.
    pub fn add(&mut self, source: Source) -> SourceId {
        let id = SourceId(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        self.0.push(source);
        id
    }

    /// The source with this id; `None` for an id of another `Sources`.
    #[must_use]
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.0.get(id.0 as usize)
    }

    /// All sources in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        (0u32..).map(SourceId).zip(&self.0)
    }

    /// A place as `name:line:column`; the empty string for an id of another `Sources`.
    #[must_use]
    pub fn locate(&self, place: Place) -> String {
        self.get(place.source).map_or_else(String::new, |source| {
            format!("{}:{}", source.name(), source.position(place.span.start))
        })
    }
}

/// A run of bytes in one source: `start` included, `end` not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// From `start` to `end`; an empty span at `start` where `end` lies before it.
    #[must_use]
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end: if end < start { start } else { end } }
    }

    /// `length` bytes from `start` on.
    #[must_use]
    pub fn at(start: u32, length: usize) -> Self {
        Self { start, end: start.saturating_add(u32::try_from(length).unwrap_or(u32::MAX)) }
    }

    /// An empty span just behind this one.
    #[must_use]
    pub const fn after(self) -> Self {
        Self { start: self.end, end: self.end }
    }

    /// An empty span at the start of this one.
    #[must_use]
    pub const fn before(self) -> Self {
        Self { start: self.start, end: self.start }
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Number of bytes.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether no byte lies inside.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies wholly inside.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A span together with the source it lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The source.
    pub source: SourceId,
    /// The bytes.
    pub span: Span,
}

/// Something together with where it was written.
///
/// Two are equal when they *say* the same thing: the span takes no part in comparison,
/// so "formatting keeps the meaning" is one `assert_eq!`.
#[derive(Debug, Clone, Copy)]
pub struct Spanned<T> {
    /// What was written.
    pub node: T,
    /// Where.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Puts a thing and its place together.
    pub const fn new(node: T, span: Span) -> Self {
        Self { node, span }
    }

    /// Turns the thing into another at the same place.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { node: f(self.node), span: self.span }
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl<T: Eq> Eq for Spanned<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_counts_characters_and_starts_at_one() {
        let source = Source::new("greeting", "ab\nçé d\n").unwrap();
        for (offset, expected) in [(0, "1:1"), (2, "1:3"), (3, "2:1"), (5, "2:2"), (8, "2:4")] {
            assert_eq!(source.position(offset).to_string(), expected, "offset {offset}");
        }
        assert_eq!(source.line_count(), 2);
        assert_eq!(source.slice(source.line_span(1).unwrap()), "çé d");
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        let source = Source::new("marked", "\u{feff}ab\u{feff}c").unwrap();
        assert_eq!(source.text(), "ab\u{feff}c");
        assert_eq!(source.position(2).to_string(), "1:3");
        assert_eq!(source.written("x"), "\u{feff}x");
        assert_eq!(Source::new("plain", "ab").unwrap().written("x"), "x");
    }

    #[test]
    fn two_spanned_nodes_that_say_the_same_are_equal() {
        assert_eq!(Spanned::new("a", Span::new(0, 1)), Spanned::new("a", Span::new(7, 8)));
    }
}
