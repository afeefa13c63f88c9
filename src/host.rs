//! Strings of other formats: how policy text lies in them, and how it is written back.
//!
//! A statement may stand in a YAML scalar, a JSON string, a Terraform string or heredoc. [`Hosts`] knows every such string
//! of the files that were read. What is to be written is escaped for the string it goes into, and decoded again: a change
//! that would not read back as intended is refused, never made.

mod decode;
pub(crate) mod terraform;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::passage::Escapes;
use crate::source::{Place, Source, SourceId, Sources, Span};
use crate::yaml::{Node, Value};
use decode::Decoded;

/// How a string of another format is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quoting {
    /// YAML without quotes, in a block list or mapping.
    Plain,
    /// YAML without quotes between `[`, `]`, `{` and `}`.
    PlainInFlow,
    /// YAML in single quotes: `''` is a quote.
    Single,
    /// JSON, and YAML in double quotes: a backslash begins an escape.
    Double,
    /// YAML behind `|` or `>`.
    Block,
    /// Terraform in double quotes; `${…}` and `%{…}` are templates.
    Terraform,
    /// Terraform between `<<EOT` or `<<-EOT` and `EOT`, these marks included.
    Heredoc,
}

impl Quoting {
    /// How letters that cannot stand plainly are written in YAML and JSON.
    #[must_use]
    pub const fn escapes(self) -> Escapes {
        match self {
            Self::Plain | Self::PlainInFlow | Self::Block | Self::Heredoc => Escapes::None,
            Self::Single => Escapes::DoubledQuote,
            Self::Double | Self::Terraform => Escapes::Backslash,
        }
    }
}

/// Bytes of a file to replace, and what to put there: nothing is left to escape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// What to replace; an empty span inserts.
    pub span: Span,
    /// The new bytes.
    pub text: String,
}

/// Why policy text cannot be written at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unwritable {
    /// The place begins in one string and ends in another, or outside.
    #[error("the text is put together from several strings")]
    SeveralStrings,
    /// The place begins or ends in the middle of an escape or a template.
    #[error("the place ends in the middle of an escape")]
    InsideEscape,
    /// The text would not come back as it is: an indicator of YAML, a line break, a fold.
    #[error("the string it stands in would read as something else: put it in double quotes")]
    ReadsDifferently,
    /// The string cannot be read by itself.
    #[error("the string it stands in cannot be taken apart")]
    Unreadable,
}

/// Every string of the YAML, JSON and Terraform files that were read. Policy text has none.
#[derive(Debug, Clone, Default)]
pub struct Hosts(Vec<Host>);

#[derive(Debug, Clone, Copy)]
struct Host {
    source: SourceId,
    span: Span,
    quoting: Quoting,
}

impl Hosts {
    /// Takes in the strings of a YAML or JSON document.
    pub fn add_document(&mut self, source: SourceId, document: &Node) {
        self.collect(source, document);
        self.sort();
    }

    /// Takes in strings by their spans, their quotes and marks included.
    pub fn add(&mut self, source: SourceId, strings: impl IntoIterator<Item = (Span, Quoting)>) {
        self.0.extend(strings.into_iter().map(|(span, quoting)| Host { source, span, quoting }));
        self.sort();
    }

    /// Takes in the strings of others.
    pub fn append(&mut self, others: Self) {
        self.0.extend(others.0);
        self.sort();
    }

    fn sort(&mut self) {
        self.0.sort_by_key(|host| (host.source, host.span));
    }

    fn collect(&mut self, source: SourceId, node: &Node) {
        match &node.value {
            Value::Scalar { quoting, .. } => {
                self.0.push(Host { source, span: node.span, quoting: *quoting });
            }
            Value::Null => {}
            Value::List(items) => items.iter().for_each(|item| self.collect(source, item)),
            Value::Map(entries) => entries.iter().for_each(|(_, value)| self.collect(source, value)),
        }
    }

    /// How policy text is put in place of other policy text.
    ///
    /// Where no string stands (policy text) the text is written as it is.
    ///
    /// # Errors
    /// [`Unwritable`] where the string cannot take the text.
    pub fn patch(&self, sources: &Sources, place: Place, text: &str) -> Result<Patch, Unwritable> {
        let Some(open) = self.open(sources, place)? else {
            return Ok(Patch { span: place.span, text: text.to_owned() });
        };
        let patch = Patch { span: place.span, text: open.host.escape(text) };
        open.check(std::slice::from_ref(&patch), text).map(|()| patch)
    }

    /// How policy text is changed into other policy text, word by word: what stays the same keeps its bytes, with its
    /// escapes and the breaks of its lines. Nothing for a text that stays as it is.
    ///
    /// # Errors
    /// [`Unwritable`] where the string cannot take the text.
    ///
    /// # Example
    /// ```
    /// use ocipol::host::Hosts;
    /// use ocipol::source::{Place, Source, Sources, Span};
    /// let mut sources = Sources::new();
    /// let id = sources.add(Source::new("a.json", r#"["allow  group \"A\" to read vcns"]"#)?);
    /// let (documents, _) = ocipol::yaml::read(sources.get(id).unwrap(), id);
    /// let mut hosts = Hosts::default();
    /// hosts.add_document(id, &documents[0]);
    /// let statement = Place { source: id, span: Span::new(2, 33) };
    /// let patches = hosts.rewrite(&sources, statement, "Allow group \"A\" to read vcns")?;
    /// let changed: Vec<&str> = patches.iter().map(|patch| sources.get(id).unwrap().slice(patch.span)).collect();
    /// assert_eq!(changed, ["allow  "]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rewrite(&self, sources: &Sources, place: Place, text: &str) -> Result<Vec<Patch>, Unwritable> {
        let source = sources.get(place.source).ok_or(Unwritable::Unreadable)?;
        let Some(open) = self.open(sources, place)? else {
            let old = source.slice(place.span);
            let patches = words(old, text).into_iter().map(|change| Patch {
                span: Span::new(place.span.start + small(change.start), place.span.start + small(change.end)),
                text: change.text,
            });
            return Ok(patches.collect());
        };
        let old = open.decoded.text.get(open.start..open.end).unwrap_or_default();
        let patches: Vec<Patch> = words(old, text)
            .into_iter()
            .map(|change| Patch {
                span: open.span(open.start + change.start, open.start + change.end),
                text: open.host.escape(&change.text),
            })
            .collect();
        open.check(&patches, text).map(|()| patches)
    }

    /// The string a place lies in, taken apart; `None` where there is none.
    fn open<'s>(&self, sources: &'s Sources, place: Place) -> Result<Option<Open<'s>>, Unwritable> {
        let first = self.around(place.source, place.span.start);
        let last = self.around(place.source, place.span.end.saturating_sub(1).max(place.span.start));
        let host = match (first, last) {
            (None, None) => return Ok(None),
            (Some(first), Some(last)) if first.span == last.span => *first,
            _ => return Err(Unwritable::SeveralStrings),
        };
        let source = sources.get(place.source).ok_or(Unwritable::Unreadable)?;
        let decoded = host.decode(source, &[]).ok_or(Unwritable::Unreadable)?;
        let at = |offset: u32| decoded.find(offset.wrapping_sub(host.span.start));
        let start = at(place.span.start).ok_or(Unwritable::InsideEscape)?;
        let end = at(place.span.end).filter(|end| *end >= start).ok_or(Unwritable::InsideEscape)?;
        Ok(Some(Open { source, host, decoded, start, end }))
    }

    /// Whether an offset lies in a string.
    #[must_use]
    pub(crate) fn is_inside(&self, source: SourceId, offset: u32) -> bool {
        self.around(source, offset).is_some()
    }

    /// Whether a source has strings at all: policy text has none.
    #[must_use]
    pub(crate) fn has(&self, source: SourceId) -> bool {
        self.0.binary_search_by_key(&source, |host| host.source).is_ok()
    }

    fn around(&self, source: SourceId, offset: u32) -> Option<&Host> {
        let behind = self.0.partition_point(|host| (host.source, host.span.start) <= (source, offset));
        let host = self.0.get(behind.checked_sub(1)?)?;
        (host.source == source && offset < host.span.end).then_some(host)
    }
}

impl Host {
    /// The string's text after some changes to its bytes; `None` where it is no string of its kind then.
    fn decode(&self, source: &Source, patches: &[Patch]) -> Option<Decoded> {
        let mut raw = String::new();
        let mut from = self.span.start;
        for patch in patches {
            raw.push_str(source.text().get(from as usize..patch.span.start as usize)?);
            raw.push_str(&patch.text);
            from = patch.span.end;
        }
        raw.push_str(source.text().get(from as usize..self.span.end as usize)?);
        let before = source.text().get(..self.span.start as usize)?;
        decode::decode(before, &raw, self.quoting)
    }

    fn escape(&self, text: &str) -> String {
        match self.quoting {
            Quoting::Single => text.replace('\'', "''"),
            Quoting::Double => decode::escape_json(text),
            Quoting::Terraform => terraform::escape_quoted(text),
            Quoting::Plain | Quoting::PlainInFlow | Quoting::Block | Quoting::Heredoc => text.to_owned(),
        }
    }
}

/// A string taken apart, and the part of its text that is to change.
struct Open<'s> {
    source: &'s Source,
    host: Host,
    decoded: Decoded,
    start: usize,
    end: usize,
}

impl Open<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        let at = |offset| self.host.span.start + self.decoded.offset(offset);
        Span::new(at(start), at(end))
    }

    /// Whether the string reads as intended after the changes.
    fn check(&self, patches: &[Patch], text: &str) -> Result<(), Unwritable> {
        let old = &self.decoded.text;
        let expected =
            [old.get(..self.start).unwrap_or_default(), text, old.get(self.end..).unwrap_or_default()];
        let read = self.host.decode(self.source, patches).ok_or(Unwritable::ReadsDifferently)?;
        if read.text == expected.concat() { Ok(()) } else { Err(Unwritable::ReadsDifferently) }
    }
}

/// A change to a text.
struct Change {
    start: usize,
    end: usize,
    text: String,
}

/// What has to change in a text to make it another, in runs of whole words and blanks.
fn words(old: &str, new: &str) -> Vec<Change> {
    let (left, right) = (cut(old), cut(new));
    let operations = capture_diff_slices(Algorithm::Myers, &left, &right);
    let same = operations.iter().filter_map(|operation| match *operation {
        DiffOp::Equal { old_index, new_index, len } => Some((old_index, new_index, len)),
        DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => None,
    });
    let (mut changes, mut from, mut to, mut start) = (Vec::new(), 0, 0, 0);
    for (old_index, new_index, length) in same.chain([(left.len(), right.len(), 0)]) {
        let gone = left.get(from..old_index).unwrap_or_default().concat();
        let text = right.get(to..new_index).unwrap_or_default().concat();
        let end = start + gone.len();
        (from, to) = (old_index + length, new_index + length);
        start = end + left.get(old_index..from).unwrap_or_default().concat().len();
        if gone != text {
            changes.push(Change { start: end - gone.len(), end, text });
        }
    }
    changes
}

/// Words, runs of blanks, and every other sign by itself.
fn cut(text: &str) -> Vec<&str> {
    #[derive(PartialEq)]
    enum Kind {
        Word,
        Blank,
        Sign,
    }
    let kind = |letter: char| match letter {
        _ if letter.is_whitespace() => Kind::Blank,
        _ if letter.is_alphanumeric() || "-_.".contains(letter) => Kind::Word,
        _ => Kind::Sign,
    };
    let mut parts = Vec::new();
    let mut start = 0;
    let mut before = Kind::Sign;
    for (offset, letter) in text.char_indices() {
        let now = kind(letter);
        if offset > start && (now != before || now == Kind::Sign) {
            parts.extend(text.get(start..offset));
            start = offset;
        }
        before = now;
    }
    parts.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    parts
}

fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
