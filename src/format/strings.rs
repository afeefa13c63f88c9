//! Statements and matching rules in the strings of YAML and JSON: they alone change.

use super::same::{Layout, item, rule, same};
use super::text::{Formatted, MeaningChanged};
use crate::bundle::{Bound, Bundle, Trust};
use crate::diagnostic::Edit;
use crate::edit::Edits;
use crate::passage::Host;
use crate::source::{Place, Source, SourceId, Sources, Span};
use crate::syntax::{Item, Statement};

/// Formats the statements and matching rules in the strings of a YAML or JSON file, each on one line.
///
/// # Errors
/// [`MeaningChanged`] where the result would be read as something else.
///
/// # Example
/// ```
/// use ocipol::bundle::Trust;
/// use ocipol::source::Source;
/// let text = "statements: # ours\n  - \"allow group  Pilots to read VCNs in tenancy\"\n";
/// let formatted = ocipol::format::strings(&Source::new("crew.yaml", text)?, Trust::Found)?;
/// assert_eq!(formatted.text, "statements: # ours\n  - \"Allow group Pilots to read vcns in tenancy\"\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn strings(source: &Source, trust: Trust) -> Result<Formatted, MeaningChanged> {
    let (id, bound) = read(source.name(), source.text(), trust)?;
    let mut edits = Edits::default();
    let mut left = Vec::new();
    for item in items(&bound, id) {
        let canonical = self::item(item, Host::Plain, Layout::OneLine);
        if !put(source, id, &bound, item.span, canonical, &mut edits) {
            left.push(item.span);
        }
    }
    for found in bound.rules.iter().filter(|rule| rule.source == id) {
        let canonical = rule(&found.rule, found.reading, Host::Plain);
        if !put(source, id, &bound, found.rule.span, canonical, &mut edits) {
            left.push(found.rule.span);
        }
    }
    left.sort_unstable();
    let text = edits.apply(source.text());
    let (again, after) = read(source.name(), &text, trust)?;
    let (before, now) = (items(&bound, id), items(&after, again));
    let same_items = before.len() == now.len() && before.iter().zip(&now).all(|(a, b)| same(a, b));
    let rules = |bound: &Bound| -> Vec<_> {
        bound.rules.iter().map(|rule| (rule.rule.node.clone(), rule.reading)).collect()
    };
    if same_items && rules(&bound) == rules(&after) {
        Ok(Formatted { text, left })
    } else {
        Err(MeaningChanged)
    }
}

/// Puts canonical text in place of what is written; `false` where that stays as it is.
fn put(
    source: &Source,
    id: SourceId,
    bound: &Bound,
    span: Span,
    canonical: Option<String>,
    edits: &mut Edits,
) -> bool {
    let Some(text) = canonical.and_then(|text| bound.hosts.written(Place { source: id, span }, &text)) else {
        return false;
    };
    let written = source.slice(span);
    // An alias stands for a string that is written, and formatted, elsewhere.
    written == text || written.starts_with('*') || edits.take([Edit { span, text }])
}

/// Reads a file by itself: files it names are not needed to know what it says.
fn read(name: &str, text: &str, trust: Trust) -> Result<(SourceId, Bound), MeaningChanged> {
    let mut sources = Sources::new();
    let id = sources.add(Source::new(name, text).map_err(|_| MeaningChanged)?);
    let mut bundle = Bundle::new();
    bundle.document(&mut sources, id, trust, &mut |_, _| Err(String::new()));
    Ok((id, bundle.bind(&sources, None)))
}

/// The statements of a source in the order they were read.
fn items(bound: &Bound, id: SourceId) -> Vec<&Item> {
    let own = bound.policies().filter(|(_, policy)| policy.source == id);
    own.flat_map(|(_, policy)| &policy.items)
        .filter(|item| !matches!(item.statement, Statement::Comment(_)))
        .collect()
}
