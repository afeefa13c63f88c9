//! Statements and matching rules in the strings of YAML, JSON and Terraform: they alone change.

use std::collections::HashSet;

use super::same::{Layout, item, rule};
use super::text::Formatted;
use crate::bundle::Bound;
use crate::diagnostic::Edit;
use crate::edit::Edits;
use crate::source::{Place, SourceId, Sources, Span};
use crate::syntax::Statement;

/// Formats the statements and matching rules in the strings of one file, word by word; what stays the same keeps its bytes.
///
/// Every statement is read again as it was written, and every string decoded again: one that would say something else stays
/// as it is, and so does one that is put together from several strings.
///
/// # Example
/// ```
/// use ocipol::bundle::{Bundle, Trust};
/// use ocipol::source::{Source, Sources};
/// let text = "statements: # ours\n  - \"allow group  Pilots to read VCNs in tenancy\"\n";
/// let mut sources = Sources::new();
/// let id = sources.add(Source::new("crew.yaml", text)?);
/// let mut bundle = Bundle::new();
/// bundle.document(&mut sources, id, Trust::Found, &mut |_, _| Err(String::new()));
/// let formatted = ocipol::format::strings(&sources, &bundle.bind(&sources, None), id);
/// assert_eq!(formatted.text, "statements: # ours\n  - \"Allow group Pilots to read vcns in tenancy\"\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn strings(sources: &Sources, bound: &Bound, id: SourceId) -> Formatted {
    let mut formatting = Formatting { id, seen: HashSet::new(), changes: Vec::new(), left: Vec::new() };
    for item in
        bound.policies().filter(|(_, policy)| policy.source == id).flat_map(|(_, policy)| &policy.items)
    {
        if !matches!(item.statement, Statement::Comment(_)) {
            formatting.put(item.span, || self::item(item, Layout::OneLine));
        }
    }
    for found in bound.rules.iter().filter(|rule| rule.source == id) {
        formatting.put(found.rule.span, || rule(&found.rule, found.reading));
    }
    let Formatting { changes, mut left, .. } = formatting;
    let mut edits = Edits::default();
    let changes: Vec<(Place, &str)> = changes.iter().map(|(place, text)| (*place, text.as_str())).collect();
    let rewritten = bound.hosts.rewrite_all(sources, &changes);
    for ((place, _), patches) in changes.iter().zip(rewritten) {
        let written = patches
            .map(|patches| patches.into_iter().map(|patch| Edit { span: patch.span, text: patch.text }));
        if !written.is_ok_and(|written| edits.take(written)) {
            left.push(place.span);
        }
    }
    left.sort_unstable();
    let text = sources.get(id).map_or("", |source| source.text());
    Formatted { text: edits.apply(text), left }
}

/// A file on its way to its canonical form.
struct Formatting {
    id: SourceId,
    /// A list of statements may be used, and so be read, in several places.
    seen: HashSet<Span>,
    /// Canonical text, and in place of what.
    changes: Vec<(Place, String)>,
    /// What stays as it is.
    left: Vec<Span>,
}

impl Formatting {
    fn put(&mut self, span: Span, canonical: impl FnOnce() -> Option<String>) {
        if !self.seen.insert(span) {
            return;
        }
        match canonical() {
            Some(text) => self.changes.push((Place { source: self.id, span }, text)),
            None => self.left.push(span),
        }
    }
}
