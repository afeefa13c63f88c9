//! Strings of other formats: how to write policy text into them.

use crate::passage::Escapes;
use crate::source::{Place, SourceId, Span};
use crate::yaml::{Node, Style, Value};

/// Every string of the YAML and JSON files of a bundle.
#[derive(Debug, Default)]
pub struct Hosts(Vec<Host>);

#[derive(Debug)]
struct Host {
    source: SourceId,
    span: Span,
    style: Style,
}

impl Hosts {
    /// Takes in the strings of a document.
    pub(super) fn add(&mut self, source: SourceId, document: &Node) {
        self.collect(source, document);
        self.0.sort_by_key(|host| (host.source, host.span));
    }

    fn collect(&mut self, source: SourceId, node: &Node) {
        match &node.value {
            Value::Scalar { style, .. } => self.0.push(Host { source, span: node.span, style: *style }),
            Value::Null => {}
            Value::List(items) => items.iter().for_each(|item| self.collect(source, item)),
            Value::Map(entries) => entries.iter().for_each(|(_, value)| self.collect(source, value)),
        }
    }

    /// Policy text as it must be written at a place: escaped where a string stands there, as it is where none does.
    /// `None` where the string cannot take it without a new look at its format.
    #[must_use]
    pub fn written(&self, place: Place, text: &str) -> Option<String> {
        let Some(host) = self.around(place.source, place.span.start) else {
            return Some(text.to_owned());
        };
        // A line break means something else in every format.
        if text.contains('\n') {
            return None;
        }
        match host.style {
            Style::Quoted(Escapes::DoubledQuote) => Some(text.replace('\'', "''")),
            Style::Quoted(Escapes::Backslash) => Some(text.replace('\\', "\\\\").replace('"', "\\\"")),
            Style::Quoted(Escapes::None) => Some(text.to_owned()),
            // These end a string that has no quotes.
            Style::Plain if text.contains(": ") || text.contains(" #") => None,
            Style::Plain => Some(text.to_owned()),
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
