//! Text → syntax tree and findings.
//!
//! Wrong input is a normal case: a statement that cannot be read becomes [`Statement::Broken`] with a finding, and its
//! neighbours are read all the same. The surface language is described in `grammar/` and nowhere else; this module
//! cuts a text into statements, lets the grammar read each, and turns the grammar's pairs into the tree.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the rules are generated from the grammar; what a reader does not name is drift or somebody else's node"
)]

mod action;
mod broken;
mod condition;
mod grammar;
mod hint;
mod letters;
mod location;
mod matching_rule;
mod name;
mod reader;
mod shape;
mod slip;
mod split;
mod statement;
mod subject;

pub use slip::CODES;
pub(crate) use split::{
    attachment, begins_statement, is_directive, reads_like_a_statement, resembles_statement,
};

use crate::diagnostic::{self, Diagnostic};
use crate::passage::Passage;
use crate::source::{Source, SourceId, Span, Spanned};
use crate::syntax::{Item, MatchingRule, Policy, Statement};

/// The most brackets that may stand inside each other in one statement; deeper text is reported, not read.
pub const MAX_NESTING: usize = 64;

/// The longest statement that is read, in bytes; longer text is reported, not read.
///
/// # Source
/// The service documents no limit for a statement and 100,000 characters for a matching rule ("Service Limits").
pub const MAX_LENGTH: usize = 100_000;

/// Reads a file of policy text: statements one after another, comments and directives between them.
///
/// `# policy: NAME` starts a policy, `# attach: TENANCY[/path:to:compartment]` places it. Text before the first
/// `# policy:` belongs to a policy without a name; a text without any statement or directive gives no policy.
/// The findings are sorted by position.
///
/// # Example
/// ```
/// use ocipol::source::{Source, Sources};
/// let text = "Allow group Pilots to read vcns in tenancy\nAllow group Pilots manage buckets\n";
/// let mut sources = Sources::new();
/// let id = sources.add(Source::new("hangar.policy", text)?);
/// let (policies, findings) = ocipol::parse::policies(sources.get(id).unwrap(), id);
/// assert_eq!(policies[0].items.len(), 2);
/// assert_eq!(findings[0].code.as_str(), "syntax/missing-to");
/// # Ok::<(), ocipol::source::TooLong>(())
/// ```
#[must_use]
pub fn policies(source: &Source, id: SourceId) -> (Vec<Policy>, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let mut policies: Vec<Policy> = Vec::new();
    let whole = Passage::verbatim(id, source.text(), 0);
    for piece in split::split(source.text()) {
        match piece {
            split::Piece::Comment { start, end } => {
                let span = whole.span(start, end);
                let text = source.slice(span);
                letters::turned(&whole.part(start, end), &mut findings);
                let directive = split::directive(text);
                if matches!(directive, Some(split::Directive::Policy(_))) || policies.is_empty() {
                    policies.push(Policy { source: id, name: None, attachment: None, items: Vec::new() });
                }
                if let (Some(directive), Some(policy)) = (directive, policies.last_mut()) {
                    split::place(policy, directive, span, &mut findings);
                }
                push(&mut policies, id, comment(text, span));
            }
            split::Piece::Statement { start, end, comments } => {
                for &(start, end) in &comments {
                    let span = whole.span(start, end);
                    letters::turned(&whole.part(start, end), &mut findings);
                    push(&mut policies, id, comment(source.slice(span), span));
                }
                let passage = if comments.is_empty() {
                    whole.part(start, end)
                } else {
                    split::without(&whole, start, end, &comments)
                };
                for item in statements(&passage, &mut findings) {
                    push(&mut policies, id, item);
                }
            }
        }
    }
    diagnostic::sort(&mut findings);
    (policies, findings)
}

/// Reads the text of one string that holds one statement.
///
/// More than one item comes back where the string holds several statements, which is reported; none for a blank
/// string. The findings are appended in no particular order.
#[must_use]
pub fn statements(passage: &Passage<'_>, findings: &mut Vec<Diagnostic>) -> Vec<Item> {
    let letters = letters::plain(passage, findings);
    let passage = letters.as_ref().map_or(passage, |letters| &letters.passage);
    let mut items = Vec::new();
    let mut rest = 0;
    while rest < passage.text.len() {
        let part = passage.part(rest, passage.text.len());
        let Some(read) = statement::read(&part, findings) else {
            break;
        };
        let mut item = read.item;
        if let Some(letters) = &letters {
            item.reading = item.reading.max(letters.reading);
            item.faults.extend(letters.faults.iter().cloned());
        }
        items.push(item);
        match read.rest {
            Some(offset) => rest += offset,
            None => break,
        }
    }
    items
}

/// Reads the text of one string that may hold several statements, each from the beginning of a line.
///
/// The findings are appended in no particular order.
#[must_use]
pub fn statements_of_text(passage: &Passage<'_>, findings: &mut Vec<Diagnostic>) -> Vec<Item> {
    if !passage.text.contains('\n') {
        return statements(passage, findings);
    }
    let mut items = Vec::new();
    for piece in split::split(&passage.text) {
        if let split::Piece::Statement { start, end, comments } = piece {
            let part = if comments.is_empty() {
                passage.part(start, end)
            } else {
                split::without(passage, start, end, &comments)
            };
            items.extend(statements(&part, findings));
        }
    }
    items
}

/// Reads the matching rule of a dynamic group.
///
/// What cannot be read is reported and becomes [`MatchingRule::Opaque`]; the findings are appended in no particular
/// order. The reading says how faithfully the text was read.
#[must_use]
pub fn matching_rule(
    passage: &Passage<'_>,
    findings: &mut Vec<Diagnostic>,
) -> (Spanned<MatchingRule>, crate::syntax::Reading) {
    let letters = letters::plain(passage, findings);
    let plain = letters.as_ref().map_or(passage, |letters| &letters.passage);
    let (rule, reading) = matching_rule::read(plain, findings);
    (rule, letters.map_or(reading, |letters| reading.max(letters.reading)))
}

/// Among what was reported of one matching rule, the first thing that its reading is not strict for; `None` for a strict
/// one.
pub(crate) fn fault(reading: crate::syntax::Reading, findings: &[Diagnostic]) -> Option<Diagnostic> {
    let worst = findings.iter().map(|finding| finding.severity).min()?;
    let first = findings.iter().find(|finding| finding.severity == worst);
    first.filter(|_| reading > crate::syntax::Reading::Strict).cloned()
}

/// Reads a condition that stands alone, without `where`.
///
/// What cannot be read is reported and gives `None`; the findings are appended in no particular order. The reading says
/// how faithfully the text was read.
///
/// # Example
/// ```
/// use ocipol::passage::Passage;
/// use ocipol::source::{Source, Sources};
/// let text = "all {request.region = 'iad', target.bucket.name = /logs-*/}";
/// let mut sources = Sources::new();
/// let id = sources.add(Source::new("x", text)?);
/// let (condition, _) = ocipol::parse::condition(&Passage::verbatim(id, text, 0), &mut Vec::new());
/// assert_eq!(condition.map(|condition| condition.tests().len()), Some(2));
/// # Ok::<(), ocipol::source::TooLong>(())
/// ```
#[must_use]
pub fn condition(
    passage: &Passage<'_>,
    findings: &mut Vec<Diagnostic>,
) -> (Option<Spanned<crate::syntax::Condition>>, crate::syntax::Reading) {
    let letters = letters::plain(passage, findings);
    let plain = letters.as_ref().map_or(passage, |letters| &letters.passage);
    let (condition, reading) = condition::read(plain, findings);
    (condition, letters.map_or(reading, |letters| reading.max(letters.reading)))
}

fn comment(text: &str, span: Span) -> Item {
    Item {
        statement: Statement::Comment(text.to_owned()),
        span,
        reading: crate::syntax::Reading::Strict,
        faults: Vec::new(),
        comments: Vec::new(),
    }
}

fn push(policies: &mut Vec<Policy>, source: SourceId, item: Item) {
    match policies.last_mut() {
        Some(policy) => policy.items.push(item),
        None => policies.push(Policy { source, name: None, attachment: None, items: vec![item] }),
    }
}
