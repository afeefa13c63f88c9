//! Policy text: statements in canonical form, everything else kept.

use super::same::{Layout, item, same};
use crate::parse;
use crate::source::{Source, SourceId, Span, Spanned};
use crate::syntax::{Item, Policy, Statement};

/// A text file in canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    /// The text.
    pub text: String,
    /// Statements that stay as they were written, because the parser could not read them or had to repair them; spans of
    /// the text that was read.
    pub left: Vec<Span>,
}

/// The formatted text would be read as something else: our bug. The text must stay as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("formatting would change what the text says")]
pub struct MeaningChanged;

/// Formats policy text: each statement from a line of its own, comments where they were, blank lines at most one in a row.
///
/// A comment line inside a statement moves in front of it. Line breaks become what the first one is.
///
/// # Errors
/// [`MeaningChanged`] where the result would be read as something else.
///
/// # Example
/// ```
/// use ocipol::source::{Source, Sources};
/// let text = "\n\nALLOW group Pilots to\n  read VCNs in tenancy // soon\n\n\n# done";
/// let mut sources = Sources::new();
/// let id = sources.add(Source::new("hangar.policy", text)?);
/// let formatted = ocipol::format::policy_text(sources.get(id).unwrap(), id)?;
/// assert_eq!(formatted.text, "Allow group Pilots to read vcns in tenancy // soon\n\n# done\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn policy_text(source: &Source, id: SourceId) -> Result<Formatted, MeaningChanged> {
    let (policies, _) = parse::policies(source, id);
    let mut out = Out { source, text: String::new(), done: 0, left: Vec::new(), broken: line_break(source) };
    let items: Vec<&Item> = policies.iter().flat_map(|policy| &policy.items).collect();
    let mut rest = items.as_slice();
    while let Some((group, others)) = next(rest) {
        out.group(&group);
        rest = others;
    }
    out.end();
    let Out { text, left, .. } = out;
    if !reads_the_same(&text, &policies, id) {
        return Err(MeaningChanged);
    }
    Ok(Formatted { text, left })
}

/// A statement and the comment lines inside it, or a comment line that stands by itself.
struct Group<'i> {
    comments: &'i [&'i Item],
    item: &'i Item,
}

/// Takes the first group off; the parser gives comment lines inside a statement in front of it.
fn next<'i>(items: &'i [&'i Item]) -> Option<(Group<'i>, &'i [&'i Item])> {
    let is_comment = |item: &&Item| matches!(item.statement, Statement::Comment(_));
    let statement = items.iter().position(|item| !is_comment(item));
    let first = items.first()?;
    if let Some(index) = statement {
        let (comments, rest) = items.split_at(index);
        let (item, rest) = rest.split_first()?;
        let inside = comments.first().is_some_and(|comment| comment.span.start >= item.span.start);
        if inside || comments.is_empty() {
            return Some((Group { comments, item }, rest));
        }
    }
    Some((Group { comments: &[], item: first }, items.get(1..)?))
}

struct Out<'s> {
    source: &'s Source,
    text: String,
    /// How far the source is dealt with.
    done: u32,
    left: Vec<Span>,
    broken: &'static str,
}

impl Out<'_> {
    fn group(&mut self, group: &Group<'_>) {
        let span = group.item.span;
        match self.canonical(group) {
            Some(text) => {
                self.gap(span.start, false);
                self.text.push_str(&text.replace('\n', self.broken));
            }
            None => {
                self.gap(span.start, true);
                self.text.push_str(self.source.slice(span));
                self.left.push(span);
            }
        }
        self.done = span.end;
    }

    /// The comment lines inside a statement and its canonical text; `None` where it must stay as it was written.
    fn canonical(&self, group: &Group<'_>) -> Option<String> {
        let span = group.item.span;
        if let Statement::Comment(text) = &group.item.statement {
            return Some(text.clone());
        }
        let mut text = String::new();
        for comment in group.comments {
            let Statement::Comment(line) = &comment.statement else { return None };
            // In front of the statement it would begin another policy.
            if !span.contains(comment.span) || parse::is_directive(line) {
                return None;
            }
            text.push_str(line);
            text.push('\n');
        }
        // A comment on a line of its own, but not at its start, would come to stand behind the statement.
        let own_line = |comment: &Spanned<String>| {
            let before = self.source.slice(Span::new(span.start, comment.span.start));
            before.trim_end_matches([' ', '\t']).ends_with('\n')
        };
        if group.item.comments.iter().any(own_line) {
            return None;
        }
        // Two statements of one line share the comment lines between them.
        let inside = self.source.slice(span).split('\n').skip(1).filter(|line| line.starts_with('#')).count();
        if inside != group.comments.len() {
            return None;
        }
        text.push_str(&item(group.item, Layout::Lines)?);
        Some(text)
    }

    /// What stands between two items: at most one blank line, and whatever the parser gave to neither of them.
    fn gap(&mut self, until: u32, keep_indent: bool) {
        let whole = self.source.slice(Span::new(self.done, until));
        let (unread, gap) = whole.split_at_checked(read_to(whole)).unwrap_or((whole, ""));
        self.text.push_str(unread);
        let breaks = gap.matches('\n').count();
        if breaks == 0 && self.done > 0 {
            self.text.push_str(gap);
            return;
        }
        if !self.text.is_empty() {
            self.text.push_str(&self.broken.repeat(breaks.min(2)));
        }
        if keep_indent {
            self.text.push_str(gap.rsplit('\n').next().unwrap_or_default());
        }
    }

    fn end(&mut self) {
        let rest = self.source.slice(Span::new(self.done, length(self.source)));
        self.text.push_str(rest.get(..read_to(rest)).unwrap_or(rest));
        if !self.text.is_empty() {
            self.text.push_str(self.broken);
        }
    }
}

/// Where the blanks at the end of a text begin. Letters that only look like blanks stay: they are slips of the statements
/// around them, and formatting repairs nothing.
fn read_to(text: &str) -> usize {
    text.trim_end_matches([' ', '\t', '\r', '\n']).len()
}

fn length(source: &Source) -> u32 {
    u32::try_from(source.text().len()).unwrap_or(u32::MAX)
}

/// The line break of a text: the first behind a word.
fn line_break(source: &Source) -> &'static str {
    let text = source.text().trim_start();
    let first = text.find('\n').and_then(|end| text.get(..end));
    if first.is_some_and(|line| line.ends_with('\r')) { "\r\n" } else { "\n" }
}

fn reads_the_same(text: &str, policies: &[Policy], id: SourceId) -> bool {
    let Ok(source) = Source::new("", text) else { return false };
    let (again, _) = parse::policies(&source, id);
    let same_items = |a: &Policy, b: &Policy| {
        a.items.len() == b.items.len() && a.items.iter().zip(&b.items).all(|(a, b)| same(a, b))
    };
    again.len() == policies.len()
        && again
            .iter()
            .zip(policies)
            .all(|(a, b)| (&a.name, &a.attachment) == (&b.name, &b.attachment) && same_items(a, b))
}
