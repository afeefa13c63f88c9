//! Canonical text of statements and matching rules.
//!
//! The first word is capitalised, all other keywords, verbs and resource-types are lower case, permissions upper case,
//! one blank between tokens, a name is quoted only where it must be.
//!
//! [`statement`], [`matching_rule`] and [`condition`] write any tree. [`item`], [`rule`] and [`policy_text`] put text in
//! place of text: they read what they wrote again and give nothing where it says something else, so that formatting
//! changes no meaning and repairs nothing unasked.

mod same;
mod strings;
mod text;
mod writer;

pub use same::{Layout, item, rule};
pub use strings::strings;
pub use text::{Formatted, MeaningChanged, policy_text};

use crate::syntax::{Condition, MatchingRule, Name, Statement};
use writer::Writer;

/// The canonical text of a statement on one line, as the service and Terraform want it. A comment is given as written;
/// a statement the parser could not read has no text.
///
/// # Example
/// ```
/// use ocipol::passage::Passage;
/// use ocipol::source::{Source, Sources};
/// let text = "ALLOW GROUP 'Pilots',   'Net Ops' to Use KEYS IN tenancy where ALL{request.region='iad'}";
/// let mut sources = Sources::new();
/// let id = sources.add(Source::new("x", text)?);
/// let items = ocipol::parse::statements(&Passage::verbatim(id, text, 0), &mut Vec::new());
/// assert_eq!(
///     ocipol::format::statement(&items[0].statement),
///     "Allow group Pilots, 'Net Ops' to use keys in tenancy where all { request.region = 'iad' }",
/// );
/// # Ok::<(), ocipol::source::TooLong>(())
/// ```
#[must_use]
pub fn statement(statement: &Statement) -> String {
    let mut out = Writer::default();
    out.statement(statement);
    out.text
}

/// The same for a text file: a condition that makes the statement too wide is broken into lines.
#[must_use]
pub fn lines(statement: &Statement) -> String {
    let mut out = Writer::default();
    out.statement(statement);
    if let Some(condition) = statement.condition() {
        out.fold(&condition.node);
    }
    out.text
}

/// The canonical text of a matching rule on one line.
#[must_use]
pub fn matching_rule(rule: &MatchingRule) -> String {
    let mut out = Writer::default();
    out.rule(rule);
    out.text
}

/// The canonical text of a condition on one line.
#[must_use]
pub fn condition(condition: &Condition) -> String {
    let mut out = Writer::default();
    out.condition(condition);
    out.text
}

/// A text in single quotes.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A name as statements write it: bare where it can be, else in single quotes.
#[must_use]
pub fn name(name: &Name) -> String {
    match name {
        Name::Literal(text) if is_bare(text) => text.clone(),
        Name::Literal(text) => quoted(text),
        Name::Template(raw) | Name::Placeholder(raw) => raw.clone(),
    }
}

/// Whether a name needs no quotes: `[A-Za-z0-9][A-Za-z0-9._-]*`, and no word of the language.
fn is_bare(text: &str) -> bool {
    const WORDS: [&str; 12] = [
        "to",
        "in",
        "of",
        "id",
        "where",
        "with",
        "as",
        "any-user",
        "any-group",
        "group",
        "dynamic-group",
        "service",
    ];
    let mut letters = text.bytes();
    letters.next().is_some_and(|first| first.is_ascii_alphanumeric())
        && letters.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
        && !text.ends_with('.')
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}
