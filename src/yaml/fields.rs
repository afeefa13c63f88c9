//! Taking a mapping apart field by field, with a finding for every mistake.

use super::{Node, Value};
use crate::diagnostic::{Code, Diagnostic};
use crate::ocid::Ocid;
use crate::source::{Place, SourceId, Span, Spanned};
use crate::suggest;

/// A key the file's format does not know.
pub const UNKNOWN_KEY: Code = Code::new("file/unknown-key");
/// A key the format requires is not there.
pub const MISSING_KEY: Code = Code::new("file/missing-key");
/// A value is not what its key requires.
pub const WRONG_VALUE: Code = Code::new("file/wrong-value");

/// A mapping that is being taken apart. Each getter marks its key as known; [`Fields::finish`] reports the others.
pub struct Fields<'n, 'f> {
    source: SourceId,
    span: Span,
    what: &'static str,
    entries: &'n [(Spanned<String>, Node)],
    asked: Vec<&'static str>,
    findings: &'f mut Vec<Diagnostic>,
}

impl<'n, 'f> Fields<'n, 'f> {
    /// Takes a node as a mapping. Anything else is reported and gives `None`; `what` names the thing in messages.
    pub fn of(
        source: SourceId,
        node: &'n Node,
        what: &'static str,
        findings: &'f mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let Some(entries) = node.entries() else {
            let place = Place { source, span: node.span };
            findings.push(
                Diagnostic::error(WRONG_VALUE, place, format!("{what} is a mapping, found {}", node.kind()))
                    .with_help("write `key: value` lines"),
            );
            return None;
        };
        Some(Self { source, span: node.span, what, entries, asked: Vec::new(), findings })
    }

    /// The whole mapping's place.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.span
    }

    /// The findings so far, for what a getter cannot know.
    pub fn findings(&mut self) -> &mut Vec<Diagnostic> {
        self.findings
    }

    /// Reports something about a place in the same source.
    pub fn report(&mut self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let place = Place { source: self.source, span };
        self.findings.push(Diagnostic::error(code, place, message).with_help(help));
    }

    /// Reports a value that is not what its key requires.
    pub fn wrong(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.report(WRONG_VALUE, span, message, help);
    }

    /// The node behind a key; `None` where the key is not there or has nothing behind it.
    pub fn node(&mut self, key: &'static str) -> Option<&'n Node> {
        self.asked.push(key);
        let (_, node) = self.entries.iter().find(|(name, _)| name.node == key)?;
        (!matches!(node.value, Value::Null)).then_some(node)
    }

    /// The node behind a key that must be there.
    pub fn required(&mut self, key: &'static str) -> Option<&'n Node> {
        let node = self.node(key);
        if node.is_none() {
            let (span, what) = (self.head(), self.what);
            self.report(MISSING_KEY, span, format!("{what} needs `{key}`"), format!("add `{key}: …`"));
        }
        node
    }

    /// The text behind a key; anything but a text is reported.
    pub fn text(&mut self, key: &'static str) -> Option<Spanned<String>> {
        let node = self.node(key)?;
        self.text_of(node, key)
    }

    /// The text behind a key that must be there.
    pub fn required_text(&mut self, key: &'static str) -> Option<Spanned<String>> {
        let node = self.required(key)?;
        self.text_of(node, key)
    }

    /// The OCID behind a key; anything else is reported.
    pub fn ocid(&mut self, key: &'static str) -> Option<Spanned<Ocid>> {
        let text = self.text(key)?;
        self.ocid_of(&text)
    }

    /// The OCID behind a key that must be there.
    pub fn required_ocid(&mut self, key: &'static str) -> Option<Spanned<Ocid>> {
        let text = self.required_text(key)?;
        self.ocid_of(&text)
    }

    /// A text that must be an OCID.
    pub fn ocid_of(&mut self, text: &Spanned<String>) -> Option<Spanned<Ocid>> {
        match Ocid::parse(&text.node) {
            Ok(ocid) => Some(Spanned::new(ocid, text.span)),
            Err(error) => {
                self.wrong(text.span, format!("`{}` is no OCID", text.node), error.to_string());
                None
            }
        }
    }

    /// `true` or `false` behind a key; anything else is reported.
    pub fn flag(&mut self, key: &'static str) -> Option<bool> {
        let text = self.text(key)?;
        match text.node.as_str() {
            "true" => Some(true),
            "false" => Some(false),
            other => {
                self.wrong(
                    text.span,
                    format!("`{key}` is `true` or `false`, found `{other}`"),
                    "write `true` or `false`",
                );
                None
            }
        }
    }

    /// One of the words of a table behind a key; anything else is reported.
    pub fn choice<T: Copy>(&mut self, key: &'static str, table: &[(&'static str, T)]) -> Option<T> {
        let text = self.text(key)?;
        self.choice_of(key, &text, table)
    }

    /// A text that must be one of the words of a table.
    pub fn choice_of<T: Copy>(
        &mut self,
        key: &str,
        text: &Spanned<String>,
        table: &[(&'static str, T)],
    ) -> Option<T> {
        let found = table.iter().find(|(word, _)| word.eq_ignore_ascii_case(&text.node));
        if found.is_none() {
            let words: Vec<&str> = table.iter().map(|(word, _)| *word).collect();
            let help = suggest::did_you_mean(&text.node, words.iter().copied()).map_or_else(
                || format!("write one of: {}", words.join(", ")),
                |word| format!("did you mean `{word}`?"),
            );
            self.wrong(text.span, format!("`{key}` cannot be `{}`", text.node), help);
        }
        found.map(|(_, value)| *value)
    }

    /// A whole number behind a key; anything else is reported.
    pub fn number(&mut self, key: &'static str) -> Option<Spanned<u64>> {
        let text = self.text(key)?;
        match text.node.parse() {
            Ok(number) => Some(Spanned::new(number, text.span)),
            Err(_) => {
                self.wrong(
                    text.span,
                    format!("`{key}` is a whole number, found `{}`", text.node),
                    "write digits only",
                );
                None
            }
        }
    }

    /// The items behind a key; empty where it is not there; anything but a list is reported.
    pub fn list(&mut self, key: &'static str) -> &'n [Node] {
        let Some(node) = self.node(key) else { return &[] };
        match node.items() {
            Some(items) => items,
            None => {
                self.wrong(
                    node.span,
                    format!("`{key}` is a list, found {}", node.kind()),
                    "write `- item` lines",
                );
                &[]
            }
        }
    }

    /// The texts behind a key, which may also hold a single text.
    pub fn texts(&mut self, key: &'static str) -> Vec<Spanned<String>> {
        let Some(node) = self.node(key) else {
            return Vec::new();
        };
        let items = match &node.value {
            Value::List(items) => items.as_slice(),
            Value::Scalar { .. } | Value::Null | Value::Map(_) => std::slice::from_ref(node),
        };
        items.iter().filter_map(|item| self.text_of(item, key)).collect()
    }

    /// The entries of a mapping of texts behind a key; anything else is reported.
    pub fn text_map(&mut self, key: &'static str) -> Vec<(Spanned<String>, Spanned<String>)> {
        let Some(node) = self.node(key) else {
            return Vec::new();
        };
        let Some(entries) = node.entries() else {
            self.wrong(
                node.span,
                format!("`{key}` is a mapping, found {}", node.kind()),
                "write `name: value` lines",
            );
            return Vec::new();
        };
        entries.iter().filter_map(|(name, value)| Some((name.clone(), self.text_of(value, key)?))).collect()
    }

    /// A node that must be a text.
    pub fn text_of(&mut self, node: &Node, key: &str) -> Option<Spanned<String>> {
        match node.text() {
            Some(text) => Some(Spanned::new(text.to_owned(), node.span)),
            None => {
                self.wrong(
                    node.span,
                    format!("`{key}` is a text, found {}", node.kind()),
                    "write one text, in quotes if need be",
                );
                None
            }
        }
    }

    /// Reports the keys nobody asked for.
    pub fn finish(self) {
        for (key, _) in self.entries.iter().filter(|(key, _)| !self.asked.contains(&key.node.as_str())) {
            let place = Place { source: self.source, span: key.span };
            let help = suggest::did_you_mean(&key.node, self.asked.iter().copied()).map_or_else(
                || format!("{} has: {}", self.what, self.asked.join(", ")),
                |word| format!("did you mean `{word}`?"),
            );
            self.findings.push(
                Diagnostic::error(UNKNOWN_KEY, place, format!("{} has no key `{}`", self.what, key.node))
                    .with_help(help),
            );
        }
    }

    /// Where to point when a key is not there: the first key, or the mapping.
    fn head(&self) -> Span {
        self.entries.first().map_or(self.span, |(key, _)| key.span)
    }
}
