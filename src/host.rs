//! Strings of other formats: how policy text lies in them, and how it is written back.
//!
//! A statement may stand in a YAML scalar, a JSON string, a Terraform string or heredoc. [`Hosts`] knows every such string
//! of the files that were read. What is to be written is escaped for the string it goes into, and decoded again: a change
//! that would not read back as intended is refused, never made.

mod decode;
pub(crate) mod terraform;

use std::collections::BTreeMap;

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
        let (start, end) = open.range(place)?;
        let patch = Patch { span: place.span, text: open.host.escape(text) };
        open.check(std::slice::from_ref(&patch), &[(start, end, text)]).map(|()| patch)
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
        let (start, end) = open.range(place)?;
        let patches = open.patches((start, end), text);
        open.check(&patches, &[(start, end, text)]).map(|()| patches)
    }

    /// How many pieces of policy text are put in place of others, each as [`patch`](Self::patch) does it and none with
    /// another: the answers come in the order of the changes. A string that holds many of them is taken apart once.
    #[must_use]
    pub fn patch_all(&self, sources: &Sources, changes: &[(Place, &str)]) -> Vec<Result<Patch, Unwritable>> {
        let (mut answers, shared) = self.by_string(changes, |place, text| self.patch(sources, place, text));
        for own in shared.values() {
            for (index, answer) in self.patch_in_one(sources, changes, own) {
                if let Some(place) = answers.get_mut(index) {
                    *place =
                        answer.and_then(|patches| patches.into_iter().next().ok_or(Unwritable::Unreadable));
                }
            }
        }
        answers
    }

    /// How many pieces of policy text are changed at once, each as [`rewrite`](Self::rewrite) does it: the answers come in
    /// the order of the changes. A string that holds many of them is taken apart once, and checked with all its changes
    /// made; where it would read differently, those to blame are left out.
    #[must_use]
    pub fn rewrite_all(&self, sources: &Sources, changes: &[(Place, &str)]) -> Vec<Rewritten> {
        let (mut answers, shared) = self.by_string(changes, |place, text| self.rewrite(sources, place, text));
        for own in shared.values() {
            for (index, answer) in self.rewrite_in_one(sources, changes, own) {
                if let Some(place) = answers.get_mut(index) {
                    *place = answer;
                }
            }
        }
        answers
    }

    /// The changes by the string they are in, for strings with several; the others are answered one by one.
    fn by_string<T>(
        &self,
        changes: &[(Place, &str)],
        alone: impl Fn(Place, &str) -> Result<T, Unwritable>,
    ) -> (Vec<Result<T, Unwritable>>, Shared) {
        let mut answers = Vec::with_capacity(changes.len());
        let mut shared = Shared::new();
        for (index, (place, text)) in changes.iter().enumerate() {
            answers.push(match self.host_of(*place) {
                Ok(Some(host)) => {
                    shared.entry((host.source, host.span)).or_default().push(index);
                    Err(Unwritable::Unreadable)
                }
                Ok(None) => alone(*place, text),
                Err(error) => Err(error),
            });
        }
        shared.retain(|_, own| {
            let [only] = own.as_slice() else { return true };
            if let (Some(answer), Some((place, text))) = (answers.get_mut(*only), changes.get(*only)) {
                *answer = alone(*place, text);
            }
            false
        });
        (answers, shared)
    }

    /// Several changes of one string, each by itself: those that overlap are checked apart.
    fn patch_in_one(
        &self,
        sources: &Sources,
        changes: &[(Place, &str)],
        own: &[usize],
    ) -> Vec<(usize, Rewritten)> {
        let patch = |open: &Open<'_>, place: Place, _, text: &str| {
            vec![Patch { span: place.span, text: open.host.escape(text) }]
        };
        let Some(Apart { open, mut pieces, mut answers }) = self.pieces(sources, changes, own, patch) else {
            return Vec::new();
        };
        let mut checks = open.checks();
        while !pieces.is_empty() {
            let (apart, rest) = without_overlap(pieces);
            open.settle(apart, &mut checks, &mut answers);
            pieces = rest;
        }
        answers
    }

    /// Several changes of one string.
    fn rewrite_in_one(
        &self,
        sources: &Sources,
        changes: &[(Place, &str)],
        own: &[usize],
    ) -> Vec<(usize, Rewritten)> {
        let patches = |open: &Open<'_>, _, range, text: &str| open.patches(range, text);
        let Some(Apart { open, pieces, mut answers }) = self.pieces(sources, changes, own, patches) else {
            return Vec::new();
        };
        let (apart, rest) = without_overlap(pieces);
        answers.extend(rest.into_iter().map(|piece| (piece.index, Err(Unwritable::SeveralStrings))));
        let mut checks = open.checks();
        open.settle(apart, &mut checks, &mut answers);
        answers
    }

    /// A string taken apart, the changes of it in order, and those that cannot be made.
    fn pieces<'s, 't>(
        &self,
        sources: &'s Sources,
        changes: &[(Place, &'t str)],
        own: &[usize],
        patches: impl Fn(&Open<'s>, Place, (usize, usize), &str) -> Vec<Patch>,
    ) -> Option<Apart<'s, 't>> {
        let (place, _) = own.first().and_then(|index| changes.get(*index))?;
        let open = self.open(sources, *place).ok()??;
        let mut answers = Vec::with_capacity(own.len());
        let mut pieces: Vec<Piece<'_>> = Vec::with_capacity(own.len());
        for &index in own {
            let Some((place, text)) = changes.get(index) else { continue };
            match open.range(*place) {
                Ok((start, end)) => {
                    let patches = patches(&open, *place, (start, end), text);
                    pieces.push(Piece { index, start, end, text, patches });
                }
                Err(error) => answers.push((index, Err(error))),
            }
        }
        pieces.sort_by_key(|piece| (piece.start, piece.end));
        Some(Apart { open, pieces, answers })
    }

    /// The string a place lies in, taken apart; `None` where there is none.
    fn open<'s>(&self, sources: &'s Sources, place: Place) -> Result<Option<Open<'s>>, Unwritable> {
        let host = self.host_of(place)?;
        let source = sources.get(place.source).ok_or(Unwritable::Unreadable)?;
        let Some(host) = host else { return Ok(None) };
        let decoded = host.decode(source, &[]).ok_or(Unwritable::Unreadable)?;
        Ok(Some(Open { source, host, decoded }))
    }

    /// The string a place lies in; `None` where there is none.
    fn host_of(&self, place: Place) -> Result<Option<Host>, Unwritable> {
        let first = self.around(place.source, place.span.start);
        let last = self.around(place.source, place.span.end.saturating_sub(1).max(place.span.start));
        match (first, last) {
            (None, None) => Ok(None),
            (Some(first), Some(last)) if first.span == last.span => Ok(Some(*first)),
            _ => Err(Unwritable::SeveralStrings),
        }
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

/// What has to be written to change a piece of policy text.
pub type Rewritten = Result<Vec<Patch>, Unwritable>;

/// How often a string is read again to find the changes it cannot take, at the least; those not cleared by then are left
/// out. A short string is read more often, up to so many bytes.
const MAX_CHECKS: usize = 100;
const MAX_CHECKED_BYTES: usize = 32 << 20;

/// A change to a part of a string's text.
struct Piece<'t> {
    /// Its number among the changes asked for.
    index: usize,
    start: usize,
    end: usize,
    text: &'t str,
    patches: Vec<Patch>,
}

/// The changes of each string that has several, by their numbers.
type Shared = BTreeMap<(SourceId, Span), Vec<usize>>;

/// A string taken apart, the changes of it in order, and the answers to those that cannot be made.
struct Apart<'s, 't> {
    open: Open<'s>,
    pieces: Vec<Piece<'t>>,
    answers: Vec<(usize, Rewritten)>,
}

/// Pieces in order, and of those that overlap all but the first.
fn without_overlap(pieces: Vec<Piece<'_>>) -> (Vec<Piece<'_>>, Vec<Piece<'_>>) {
    let mut behind = 0;
    pieces.into_iter().partition(|piece| {
        let apart = piece.start >= behind;
        if apart {
            behind = piece.end;
        }
        apart
    })
}

/// A string taken apart.
struct Open<'s> {
    source: &'s Source,
    host: Host,
    decoded: Decoded,
}

impl Open<'_> {
    fn checks(&self) -> usize {
        MAX_CHECKS.max(MAX_CHECKED_BYTES / self.decoded.text.len().max(1))
    }

    fn span(&self, start: usize, end: usize) -> Span {
        let at = |offset| self.host.span.start + self.decoded.offset(offset);
        Span::new(at(start), at(end))
    }

    /// The part of the string's text that stands at a place.
    fn range(&self, place: Place) -> Result<(usize, usize), Unwritable> {
        let at = |offset: u32| self.decoded.find(offset.checked_sub(self.host.span.start)?);
        let start = at(place.span.start).ok_or(Unwritable::InsideEscape)?;
        let end = at(place.span.end).filter(|end| *end >= start).ok_or(Unwritable::InsideEscape)?;
        Ok((start, end))
    }

    /// The bytes to change so that a part of the text becomes another, word by word.
    fn patches(&self, (start, end): (usize, usize), text: &str) -> Vec<Patch> {
        let old = self.decoded.text.get(start..end).unwrap_or_default();
        let patch = |change: Change| Patch {
            span: self.span(start + change.start, start + change.end),
            text: self.host.escape(&change.text),
        };
        words(old, text).into_iter().map(patch).collect()
    }

    /// Whether the string reads as intended after the changes. Both are in order.
    fn check(&self, patches: &[Patch], parts: &[(usize, usize, &str)]) -> Result<(), Unwritable> {
        let old = &self.decoded.text;
        let mut expected = String::with_capacity(old.len());
        let mut behind = 0;
        for (start, end, text) in parts {
            expected.push_str(old.get(behind..*start).unwrap_or_default());
            expected.push_str(text);
            behind = *end;
        }
        expected.push_str(old.get(behind..).unwrap_or_default());
        let read = self.host.decode(self.source, patches).ok_or(Unwritable::ReadsDifferently)?;
        if read.text == expected { Ok(()) } else { Err(Unwritable::ReadsDifferently) }
    }

    /// Takes those pieces with which the string reads as intended: all at once, or else each half by itself.
    fn settle(&self, mut pieces: Vec<Piece<'_>>, checks: &mut usize, answers: &mut Vec<(usize, Rewritten)>) {
        let patches: Vec<Patch> = pieces.iter().flat_map(|piece| &piece.patches).cloned().collect();
        let parts: Vec<_> = pieces.iter().map(|piece| (piece.start, piece.end, piece.text)).collect();
        let left = checks.checked_sub(1);
        *checks = left.unwrap_or_default();
        let verdict = left.map_or(Err(Unwritable::ReadsDifferently), |_| self.check(&patches, &parts));
        match verdict {
            Ok(()) => answers.extend(pieces.into_iter().map(|piece| (piece.index, Ok(piece.patches)))),
            Err(_) if pieces.len() > 1 && *checks > 0 => {
                let rest = pieces.split_off(pieces.len() / 2);
                self.settle(pieces, checks, answers);
                self.settle(rest, checks, answers);
            }
            Err(error) => answers.extend(pieces.into_iter().map(|piece| (piece.index, Err(error)))),
        }
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
