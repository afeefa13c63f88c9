//! Statements and matching rules in the strings of YAML, JSON and Terraform: they alone change.

use super::same::{Layout, item, rule, same};
use super::text::{Formatted, MeaningChanged};
use crate::bundle::{Bound, Bundle};
use crate::diagnostic::Edit;
use crate::edit::Edits;
use crate::read::{self, Format, Trust};
use crate::source::{Place, Source, SourceId, Sources, Span};
use crate::syntax::{Item, Statement};

/// Formats the statements and matching rules in the strings of a file that is no policy text, each on one line.
///
/// # Errors
/// [`MeaningChanged`] where the result would be read as something else.
///
/// # Example
/// ```
/// use ocipol::read::{Format, Trust};
/// use ocipol::source::Source;
/// let text = "statements: # ours\n  - \"allow group  Pilots to read VCNs in tenancy\"\n";
/// let source = Source::new("crew.yaml", text)?;
/// let formatted = ocipol::format::strings(&source, Format::Yaml, Trust::Found)?;
/// assert_eq!(formatted.text, "statements: # ours\n  - \"Allow group Pilots to read vcns in tenancy\"\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn strings(source: &Source, format: Format, trust: Trust) -> Result<Formatted, MeaningChanged> {
    let (sources, id, bound) = read(source.name(), source.text(), format, trust)?;
    let mut formatting =
        Formatting { sources: &sources, id, bound: &bound, edits: Edits::default(), left: Vec::new() };
    for item in items(&bound, id) {
        formatting.put(item.span, self::item(item, Layout::OneLine));
    }
    for found in bound.rules.iter().filter(|rule| rule.source == id) {
        formatting.put(found.rule.span, rule(&found.rule, found.reading));
    }
    let Formatting { edits, mut left, .. } = formatting;
    left.sort_unstable();
    let text = edits.apply(source.text());
    let (_, again, after) = read(source.name(), &text, format, trust)?;
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

/// A file on its way to its canonical form.
struct Formatting<'f> {
    sources: &'f Sources,
    id: SourceId,
    bound: &'f Bound,
    edits: Edits,
    left: Vec<Span>,
}

impl Formatting<'_> {
    /// Puts canonical text in place of what is written, word by word; notes what stays as it is.
    fn put(&mut self, span: Span, canonical: Option<String>) {
        let place = Place { source: self.id, span };
        let patches = canonical.and_then(|text| self.bound.hosts.rewrite(self.sources, place, &text).ok());
        let edits = patches
            .map(|patches| patches.into_iter().map(|patch| Edit { span: patch.span, text: patch.text }));
        if !edits.is_some_and(|edits| self.edits.take(edits)) {
            self.left.push(span);
        }
    }
}

/// Reads a file by itself: files it names are not needed to know what it says.
fn read(
    name: &str,
    text: &str,
    format: Format,
    trust: Trust,
) -> Result<(Sources, SourceId, Bound), MeaningChanged> {
    let mut sources = Sources::new();
    let id = sources.add(Source::new(name, text).map_err(|_| MeaningChanged)?);
    let mut bundle = Bundle::new();
    let source = sources.get(id).ok_or(MeaningChanged)?;
    let contents = match format {
        Format::Policy => read::policy_text(source, id),
        Format::Yaml | Format::Json => read::document(source, id, trust),
        Format::Terraform => read::terraform(&[(id, source)]),
    };
    bundle.contents(&mut sources, id, contents, &mut |_, _| Err(String::new()));
    let bound = bundle.bind(&sources, None);
    Ok((sources, id, bound))
}

/// The statements of a source in the order they were read.
fn items(bound: &Bound, id: SourceId) -> Vec<&Item> {
    let own = bound.policies().filter(|(_, policy)| policy.source == id);
    own.flat_map(|(_, policy)| &policy.items)
        .filter(|item| !matches!(item.statement, Statement::Comment(_)))
        .collect()
}
