//! YAML (and JSON, which is YAML) as a tree in which every node knows where it stands.
//!
//! The one module that meets YAML packages, so that they can be replaced in one place: `granit-parser` reads with byte
//! positions. Typed files are taken apart with [`Fields`], which reports every mistake at its place instead of
//! stopping at the first.

mod fields;

pub use fields::{Fields, MISSING_KEY, UNKNOWN_KEY, WRONG_VALUE};

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};

use crate::diagnostic::{Code, Diagnostic};
use crate::host::Quoting;
use crate::passage::Passage;
use crate::source::{Place, Source, SourceId, Sources, Span, Spanned};

/// The text is no YAML.
pub const SYNTAX: Code = Code::new("yaml/syntax");
/// A key stands twice in one mapping.
pub const DUPLICATE_KEY: Code = Code::new("yaml/duplicate-key");

/// The most collections that may stand inside each other; deeper text is reported, not read.
pub const MAX_DEPTH: usize = 128;

/// The most bytes that aliases may add, each node counted with what it takes beside its text; a file that asks for more
/// is refused.
const MAX_ALIASED: usize = 16 << 20;

/// From how many keys on a mapping is searched by hash: most have a few, where looking at all of them is faster.
const MANY_KEYS: usize = 16;

/// A value with its place.
#[derive(Debug, Clone)]
pub struct Node {
    /// From its first to its last byte.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// A scalar, a list or a mapping.
#[derive(Debug, Clone)]
pub enum Value {
    /// A text; without quotes it may also be meant as a number or a truth value.
    Scalar {
        /// The text, escapes resolved.
        text: String,
        /// How it was written.
        quoting: Quoting,
    },
    /// Nothing: `~`, `null`, or no text at all.
    Null,
    /// `- a`, `[a]`
    List(Vec<Node>),
    /// `key: value`, `{key: value}`, in the order of the text
    Map(Vec<(Spanned<String>, Node)>),
}

impl Node {
    /// The text of a scalar; `None` for anything else.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The items of a list; `None` for anything else.
    #[must_use]
    pub fn items(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            Value::Scalar { .. } | Value::Null | Value::Map(_) => None,
        }
    }

    /// The entries of a mapping; `None` for anything else.
    #[must_use]
    pub fn entries(&self) -> Option<&[(Spanned<String>, Node)]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            Value::Scalar { .. } | Value::Null | Value::List(_) => None,
        }
    }

    /// The value of a key; `None` where there is none or the node is no mapping.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()?.iter().find(|(name, _)| name.node == key).map(|(_, value)| value)
    }

    /// What the node is, in words for a message.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.value {
            Value::Scalar { .. } => "a text",
            Value::Null => "nothing",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// The scalar as policy text whose spans point into the source; `None` for anything else.
    #[must_use]
    pub fn passage<'a>(&'a self, source: &Source, id: SourceId) -> Option<Passage<'a>> {
        let Value::Scalar { text, quoting } = &self.value else {
            return None;
        };
        Some(Passage::aligned(id, source.slice(self.span), self.span.start, text, quoting.escapes()))
    }
}

/// The document of a file that is one document: `what`, such as "a scenario".
///
/// `None` where there is none, which is reported with `help`, what to write; a second document is reported too.
pub fn only(
    sources: &Sources,
    id: SourceId,
    what: &str,
    help: &str,
    findings: &mut Vec<Diagnostic>,
) -> Option<Node> {
    let (documents, mistakes) = read(sources.get(id)?, id);
    let sound = mistakes.is_empty();
    findings.extend(mistakes);
    let mut documents = documents.into_iter();
    let first = documents.next();
    if first.is_none() && sound {
        let place = Place { source: id, span: Span::default() };
        findings.push(Diagnostic::error(MISSING_KEY, place, "the file is empty").with_help(help));
    }
    if let Some(next) = documents.next() {
        let place = Place { source: id, span: next.span.before() };
        findings.push(
            Diagnostic::error(WRONG_VALUE, place, format!("{what} is one document"))
                .with_help("put the second document into a file of its own"),
        );
    }
    first
}

/// Reads every document of a text. What stands behind a syntax error is not read.
#[must_use]
pub fn read(source: &Source, id: SourceId) -> (Vec<Node>, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let mut documents = Vec::new();
    let mut builder =
        Builder { id, anchors: HashMap::new(), aliased: 0, open: Vec::new(), findings: &mut findings };
    for event in Parser::new_from_str(source.text()) {
        let (event, span) = match event {
            Ok((event, span)) => {
                (event, span.byte_range().map_or_else(Span::default, |r| bytes(r.start, r.end)))
            }
            Err(error) => {
                let offset = error.marker().byte_offset().unwrap_or_default();
                let place = Place { source: id, span: bytes(offset, offset) };
                let message = error.info().to_string();
                findings.push(
                    Diagnostic::error(SYNTAX, place, format!("this is no YAML: {message}"))
                        .with_help("check indentation, quotes and brackets just before this place"),
                );
                break;
            }
        };
        match builder.take(event, span) {
            Ok(Some(document)) => documents.push(document),
            Ok(None) => {}
            Err(refused) => {
                findings.push(*refused);
                break;
            }
        }
    }
    (documents, findings)
}

/// The text of the one scalar in a list of one; `None` for anything else.
pub(crate) fn scalar(list: &str) -> Option<String> {
    let mut found = None;
    let mut lists = 0;
    for event in Parser::new_from_str(list) {
        let event = event.ok()?.0;
        let is_frame = matches!(
            event,
            Event::StreamStart
                | Event::StreamEnd
                | Event::DocumentStart(..)
                | Event::DocumentEnd
                | Event::SequenceEnd
        );
        if let Event::SequenceStart(..) = event {
            lists += 1;
        } else if !is_frame {
            // An anchor, a tag or a second node makes it something else than a text.
            let Event::Scalar(text, _, 0, None) = event else { return None };
            if lists != 1 || found.replace(text.into_owned()).is_some() {
                return None;
            }
        }
    }
    found.filter(|_| lists == 1)
}

/// Writes a value as YAML.
///
/// # Errors
/// The message of the writer, for values YAML cannot hold (none of ours).
pub fn write(value: &impl serde::Serialize) -> Result<String, WriteError> {
    serde_yaml::to_string(value).map_err(WriteError)
}

/// A value cannot be written as YAML.
#[derive(Debug, thiserror::Error)]
#[error("the value cannot be written as YAML")]
pub struct WriteError(#[source] serde_yaml::Error);

fn bytes(start: usize, end: usize) -> Span {
    Span::new(u32::try_from(start).unwrap_or(u32::MAX), u32::try_from(end).unwrap_or(u32::MAX))
}

struct Builder<'f> {
    id: SourceId,
    /// Nodes with an anchor, and the bytes a copy of each takes.
    anchors: HashMap<usize, (Node, usize)>,
    /// How many bytes aliases have added.
    aliased: usize,
    open: Vec<Open>,
    findings: &'f mut Vec<Diagnostic>,
}

/// A collection whose end has not come yet.
struct Open {
    node: Node,
    anchor: usize,
    key: Option<Spanned<String>>,
    /// The keys of a mapping of many so far, and where each stands.
    keys: HashMap<String, Span>,
    /// Whether it is written with brackets.
    flow: bool,
}

impl Builder<'_> {
    /// Takes one event in; gives a document when it ends.
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<Option<Node>, Box<Diagnostic>> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                let value = if plain && matches!(&*text, "~" | "null" | "Null" | "NULL" | "") {
                    Value::Null
                } else {
                    let flow = self.open.last().is_some_and(|open| open.flow);
                    Value::Scalar { text: text.into_owned(), quoting: quoting(style, flow) }
                };
                self.place(Node { span, value }, anchor)
            }
            Event::SequenceStart(style, anchor, _) => {
                self.open(Value::List(Vec::new()), span, anchor, style == StructureStyle::Flow)
            }
            Event::MappingStart(style, anchor, _) => {
                self.open(Value::Map(Vec::new()), span, anchor, style == StructureStyle::Flow)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { mut node, anchor, .. }) = self.open.pop() else {
                    return Ok(None);
                };
                let last = match &node.value {
                    Value::List(items) => items.last().map(|item| item.span),
                    Value::Map(entries) => entries.last().map(|(key, value)| key.span.to(value.span)),
                    Value::Scalar { .. } | Value::Null => None,
                };
                // A block collection has no closing sign: it ends with its last entry.
                node.span = if span.is_empty() {
                    last.map_or(node.span, |last| node.span.to(last))
                } else {
                    node.span.to(span)
                };
                self.place(node, anchor)
            }
            Event::Alias(anchor) => {
                let Some((target, size)) = self.anchors.get(&anchor) else {
                    return Ok(None);
                };
                self.aliased = self.aliased.saturating_add(*size);
                if self.aliased > MAX_ALIASED {
                    return Err(self.refuse(span, "the aliases of this file unfold into too much text"));
                }
                let value = target.value.clone();
                self.place(Node { span, value }, 0)
            }
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(..)
            | Event::DocumentEnd
            | Event::Anchor(..)
            | Event::UnresolvedAlias(_)
            | Event::Comment(..) => Ok(None),
            _ => Ok(None),
        }
    }

    fn open(
        &mut self,
        value: Value,
        span: Span,
        anchor: usize,
        flow: bool,
    ) -> Result<Option<Node>, Box<Diagnostic>> {
        if self.open.len() >= MAX_DEPTH {
            return Err(self.refuse(
                span,
                &format!("lists and mappings stand more than {MAX_DEPTH} deep in each other"),
            ));
        }
        self.open.push(Open { node: Node { span, value }, anchor, key: None, keys: HashMap::new(), flow });
        Ok(None)
    }

    fn refuse(&self, span: Span, message: &str) -> Box<Diagnostic> {
        let place = Place { source: self.id, span };
        Box::new(Diagnostic::error(SYNTAX, place, message).with_help("this looks like no file of ours"))
    }

    /// Puts a finished node into the collection that is open; gives it back where none is.
    fn place(&mut self, node: Node, anchor: usize) -> Result<Option<Node>, Box<Diagnostic>> {
        if anchor != 0 {
            // An anchored node is kept a second time, and one inside another a third: that is text nobody wrote, too.
            let size = size(&node);
            self.aliased = self.aliased.saturating_add(size);
            if self.aliased > MAX_ALIASED {
                return Err(self.refuse(node.span, "the anchors of this file stand for too much text"));
            }
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let Some(parent) = self.open.last_mut() else {
            return Ok(Some(node));
        };
        match &mut parent.node.value {
            Value::List(items) => items.push(node),
            Value::Map(entries) => match parent.key.take() {
                None => {
                    let text = node.text().unwrap_or_default().to_owned();
                    parent.key = Some(Spanned::new(text, node.span));
                }
                Some(key) => {
                    if let Some(first) = before(entries, &mut parent.keys, &key) {
                        let place = |span| Place { source: self.id, span };
                        self.findings.push(
                            Diagnostic::error(
                                DUPLICATE_KEY,
                                place(key.span),
                                format!("`{}` stands here a second time", key.node),
                            )
                            .with_label(place(first), "first here")
                            .with_help("keep one of the two"),
                        );
                    } else {
                        entries.push((key, node));
                    }
                }
            },
            Value::Scalar { .. } | Value::Null => {}
        }
        Ok(None)
    }
}

fn quoting(style: ScalarStyle, flow: bool) -> Quoting {
    match style {
        ScalarStyle::Plain if flow => Quoting::PlainInFlow,
        ScalarStyle::Plain => Quoting::Plain,
        ScalarStyle::SingleQuoted => Quoting::Single,
        ScalarStyle::DoubleQuoted => Quoting::Double,
        ScalarStyle::Literal | ScalarStyle::Folded => Quoting::Block,
    }
}

/// Where a key of a mapping stands already; `keys` are those so far, filled once there are many.
fn before(
    entries: &[(Spanned<String>, Node)],
    keys: &mut HashMap<String, Span>,
    key: &Spanned<String>,
) -> Option<Span> {
    if entries.len() < MANY_KEYS {
        return entries.iter().find(|(name, _)| name.node == key.node).map(|(name, _)| name.span);
    }
    if keys.is_empty() {
        keys.extend(entries.iter().map(|(name, _)| (name.node.clone(), name.span)));
    }
    match keys.entry(key.node.clone()) {
        Entry::Vacant(free) => {
            free.insert(key.span);
            None
        }
        Entry::Occupied(taken) => Some(*taken.get()),
    }
}

/// How many bytes a copy of a node takes.
fn size(node: &Node) -> usize {
    size_of::<Node>()
        + match &node.value {
            Value::Scalar { text, .. } => text.len(),
            Value::Null => 0,
            Value::List(items) => items.iter().map(size).sum(),
            Value::Map(entries) => {
                let key = |key: &Spanned<String>| size_of::<Spanned<String>>() + key.node.len();
                entries.iter().map(|(name, value)| key(name) + size(value)).sum()
            }
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn tree(text: &str) -> (Sources, SourceId, Vec<Node>, Vec<Diagnostic>) {
        let mut sources = Sources::new();
        let id = sources.add(Source::new("t.yaml", text).unwrap());
        let (documents, findings) = read(sources.get(id).unwrap(), id);
        (sources, id, documents, findings)
    }

    #[test]
    fn every_way_to_write_a_scalar_keeps_the_place_of_its_words() {
        let text = "- 'it''s one'\n- \"x\\n\\u00e9 one\"\n- |\n    line\n    one\n- >-\n  folded\n  one\n- plain\n  one\n- {k: one}\n";
        let (sources, id, documents, findings) = tree(text);
        assert!(findings.is_empty(), "{findings:?}");
        let source = sources.get(id).unwrap();
        let items = documents[0].items().unwrap();
        for item in &items[..5] {
            let passage = item.passage(source, id).unwrap();
            let at = passage.text.find("one").unwrap();
            assert_eq!(source.slice(passage.span(at, at + 3)), "one", "{:?}", passage.text);
        }
        assert_eq!(source.slice(items[5].get("k").unwrap().span), "one");
    }

    #[test]
    fn a_key_that_stands_twice_is_reported_at_its_second_place() {
        let (_, _, _, findings) = tree("a: 1\nb: 2\na: 3\n");
        assert_eq!(findings[0].code, DUPLICATE_KEY);
        assert_eq!(findings[0].labels[0].place.span, Span::new(10, 11));
    }

    #[test]
    fn among_many_keys_too_each_is_reported_that_stands_twice() {
        let text: String = (0..MANY_KEYS * 4).map(|i| format!("k{}: {i}\n", i % (MANY_KEYS * 2))).collect();
        let (_, _, documents, findings) = tree(&text);
        assert_eq!(documents[0].entries().unwrap().len(), MANY_KEYS * 2);
        let twice: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
        let expected: Vec<String> =
            (0..MANY_KEYS * 2).map(|i| format!("`k{i}` stands here a second time")).collect();
        assert_eq!(twice, expected);
        assert_eq!(findings[1].labels[1].place.span, Span::new(6, 8));
    }

    #[test]
    fn depth_and_aliases_have_limits() {
        let (_, _, _, findings) = tree(&"[".repeat(MAX_DEPTH + 1));
        assert_eq!(findings[0].code, SYNTAX);
        let bomb: String = (0..20)
            .map(|i| format!("k{i}: &a{i} [{}]\n", format!("*a{},", i - 1).repeat(if i > 0 { 9 } else { 0 })))
            .collect();
        let (_, _, _, findings) = tree(&bomb.replace("*a-1,", ""));
        assert!(findings.iter().any(|f| f.message.contains("aliases")), "{findings:?}");
    }

    #[test]
    fn aliases_count_by_the_text_they_repeat() {
        let text =
            |aliases: usize| format!("t: &t \"{}\"\nall: [{}]\n", "x".repeat(1 << 20), "*t,".repeat(aliases));
        for (aliases, refused) in [(10, false), (3_000, true)] {
            let (_, _, documents, findings) = tree(&text(aliases));
            assert_eq!(findings.iter().any(|f| f.message.contains("aliases")), refused, "{aliases}");
            assert_eq!(documents.is_empty(), refused, "{aliases}");
        }
    }
}
