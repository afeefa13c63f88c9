//! Cuts policy text into statements and comment lines.
//!
//! A statement begins at a line whose first word is `allow`, `deny`, `define`, `endorse` or `admit` and runs to the
//! next such line, so that one broken statement never swallows its neighbours. A `#` at column 0 makes a comment
//! line. Blank lines mean nothing.

use super::slip::Slip;
use crate::diagnostic::Diagnostic;
use crate::passage::{Passage, Run};
use crate::source::{Place, Span, Spanned};
use crate::syntax::{Attachment, Policy, Statement};

/// One stretch of a text, as byte offsets.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A line that starts with `#`, without its line break.
    Comment { start: usize, end: usize },
    /// A statement without the blanks around it, and the comment lines inside it.
    Statement { start: usize, end: usize, comments: Vec<(usize, usize)> },
}

/// The words a statement begins with.
const STARTS: [&str; 5] = ["allow", "deny", "define", "endorse", "admit"];

/// Whether a line begins a statement, marks of a list or quotation in front of it left aside.
pub(crate) fn begins_statement(line: &str) -> bool {
    let bare = without_marks(line);
    starts_statement(bare) || labelled(bare).is_some_and(starts_statement)
}

/// Whether a line of some text is a statement rather than a sentence that begins like one: it goes on with a subject, or
/// has the words that every statement has.
pub(crate) fn resembles_statement(line: &str) -> bool {
    let bare = without_marks(line);
    let has = |word: &str| bare.split_whitespace().any(|own| own.eq_ignore_ascii_case(word));
    begins_statement(line)
        && (reads_like_a_statement(bare)
            || labelled(bare).is_some_and(reads_like_a_statement)
            || (has("to") && has("in")))
}

fn without_marks(line: &str) -> &str {
    let marks = ['*', '-', '•', '>', '`', '"', '\'', '.', ')', '(', '|'];
    line.trim_start_matches(|c: char| c.is_whitespace() || c.is_ascii_digit() || marks.contains(&c))
}

/// What stands behind a label such as `Statement 1:` or a list's `a)`.
fn labelled(line: &str) -> Option<&str> {
    let (label, rest) = line.split_once([':', '.', ')']).filter(|(label, _)| label.len() < 20)?;
    let word = label.trim_end_matches(|c: char| c.is_ascii_digit() || c == '#').trim_end();
    let known = ["statement", "statements", "policy", "example", "rule", "step"];
    let listed = word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let labels = listed || known.iter().any(|known| known.eq_ignore_ascii_case(word));
    labels.then(|| rest.trim_start())
}

/// Whether a text begins like a statement and goes on like one, so that it is one whatever stands around it.
pub(crate) fn reads_like_a_statement(text: &str) -> bool {
    let text = text.trim_start();
    let next = text.split_whitespace().nth(1).unwrap_or_default();
    let word = next.split(['/', ':', ',']).next().unwrap_or_default();
    starts_statement(text)
        && (SUBJECTS.iter().any(|subject| subject.eq_ignore_ascii_case(word))
            || next.starts_with(['$', '%', '<', '{', '\'']))
}

/// The words behind the first of a statement.
const SUBJECTS: [&str; 15] = [
    "group",
    "groups",
    "dynamic-group",
    "dynamicgroup",
    "dynamic",
    "any-user",
    "any-group",
    "service",
    "resource",
    "user",
    "tenancy",
    "compartment",
    "admit",
    "endorse",
    "users",
];

/// Whether a text begins with a word that begins statements.
pub(super) fn starts_statement(text: &str) -> bool {
    let end = text.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(text.len());
    let boundary =
        text.get(end..).is_none_or(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
    boundary
        && text.get(..end).is_some_and(|word| STARTS.iter().any(|start| start.eq_ignore_ascii_case(word)))
}

pub(super) fn split(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    let mut inside: Vec<(usize, usize)> = Vec::new();
    let mut waiting: Vec<(usize, usize)> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.trim_end().len();
        let first = start + (line.len() - line.trim_start().len());
        if line.starts_with('#') {
            waiting.push((start, end));
        } else if !line.trim().is_empty() {
            let begins = begins_statement(line);
            match &mut open {
                Some((_, last)) if !begins => {
                    inside.append(&mut waiting);
                    *last = end;
                }
                _ => {
                    close(&mut pieces, open.take(), &mut inside, &mut waiting);
                    open = Some((first, end));
                }
            }
        }
        start += line.len();
    }
    close(&mut pieces, open, &mut inside, &mut waiting);
    pieces
}

/// Ends the open statement; comment lines that wait behind it follow it.
fn close(
    pieces: &mut Vec<Piece>,
    open: Option<(usize, usize)>,
    inside: &mut Vec<(usize, usize)>,
    waiting: &mut Vec<(usize, usize)>,
) {
    if let Some((start, end)) = open {
        pieces.push(Piece::Statement { start, end, comments: std::mem::take(inside) });
    }
    pieces.extend(waiting.drain(..).map(|(start, end)| Piece::Comment { start, end }));
}

/// The statement between two offsets with the comment lines inside it left out.
pub(super) fn without(
    whole: &Passage<'_>,
    start: usize,
    end: usize,
    comments: &[(usize, usize)],
) -> Passage<'static> {
    let mut text = String::new();
    let mut runs = Vec::new();
    let mut from = start;
    for &(hole_start, hole_end) in comments.iter().chain(&[(end, end)]) {
        let run = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        runs.push(Run { text: run(text.len()), source: run(from) });
        text.push_str(whole.text.get(from..hole_start).unwrap_or_default());
        from = hole_end;
    }
    whole.rewritten(text, &runs)
}

/// A comment line that says something to ocipol.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Directive<'t> {
    /// `# policy: NAME`
    Policy(&'t str),
    /// `# attach: TENANCY[/path:to:compartment]`
    Attach(&'t str),
}

/// Whether a comment line says something to ocipol about the policy it stands in.
pub(crate) fn is_directive(line: &str) -> bool {
    directive(line).is_some()
}

pub(super) fn directive(line: &str) -> Option<Directive<'_>> {
    let text = line.strip_prefix('#')?.trim();
    let (key, value) = text.split_once(':')?;
    match key.trim() {
        "policy" => Some(Directive::Policy(value.trim())),
        "attach" => Some(Directive::Attach(value.trim())),
        _ => None,
    }
}

/// Writes a directive into the policy it speaks of, or reports why it cannot.
pub(super) fn place(
    policy: &mut Policy,
    directive: Directive<'_>,
    span: Span,
    findings: &mut Vec<Diagnostic>,
) {
    let at = Place { source: policy.source, span };
    let mut refuse = |message: &str, help: &str| {
        findings.push(Diagnostic::error(Slip::Directive.code(), at, message).with_help(help));
    };
    let has_statements = policy.items.iter().any(|item| !matches!(item.statement, Statement::Comment(_)));
    match directive {
        Directive::Policy("") => refuse("`# policy:` gives no name", "write `# policy: NAME`"),
        Directive::Policy(name) => policy.name = Some(Spanned::new(name.to_owned(), span)),
        Directive::Attach(_) if has_statements => refuse(
            "`# attach:` stands behind statements of the policy it places",
            "put it in front of them, or start another policy with `# policy: NAME`",
        ),
        Directive::Attach(_) if policy.attachment.is_some() => {
            refuse("the policy is already attached", "start another policy with `# policy: NAME`");
        }
        Directive::Attach(target) => match attachment(target) {
            Some(attachment) => policy.attachment = Some(Spanned::new(attachment, span)),
            None => refuse(
                &format!("`{target}` names no place a policy can be attached to"),
                "write `# attach: TENANCY` for the root, or `# attach: TENANCY/path:to:compartment`",
            ),
        },
    }
}

/// Reads `TENANCY[/path:to:compartment]`.
pub(crate) fn attachment(target: &str) -> Option<Attachment> {
    let (tenancy, path) = target.split_once('/').unwrap_or((target, ""));
    let compartments: Vec<String> =
        path.split(':').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let whole = path.is_empty() || compartments.len() == path.split(':').count();
    (!tenancy.trim().is_empty() && whole && (path.is_empty() != target.contains('/')))
        .then(|| Attachment { tenancy: tenancy.trim().to_owned(), compartments })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let cut = |start: usize, end: usize| text.get(start..end).unwrap().replace('\n', "⏎");
        split(text)
            .into_iter()
            .map(|piece| match piece {
                Piece::Comment { start, end } => format!("# {}", cut(start, end)),
                Piece::Statement { start, end, comments } => {
                    format!("S {} {}", cut(start, end), comments.len())
                }
            })
            .collect()
    }

    #[test]
    fn a_statement_runs_to_the_next_line_that_starts_one() {
        let text = "# top\nAllow group A\n  to read vcns\n\n in tenancy\nallowance is no start word\nDENY x\n# end\n";
        assert_eq!(
            shown(text),
            [
                "# # top",
                "S Allow group A⏎  to read vcns⏎⏎ in tenancy⏎allowance is no start word 0",
                "S DENY x 0",
                "# # end"
            ]
        );
    }

    #[test]
    fn a_comment_line_inside_a_statement_does_not_end_it() {
        assert_eq!(
            shown("allow a\n# why\nto b\n# next\ndeny c\n"),
            ["S allow a⏎# why⏎to b 1", "# # next", "S deny c 0"]
        );
    }

    #[test]
    fn an_attachment_is_a_tenancy_and_a_path() {
        let read = |target: &str| attachment(target).map(|a| (a.tenancy, a.compartments.join(":")));
        let table = [
            ("Fjord", Some(("Fjord", ""))),
            ("Fjord/apps:web", Some(("Fjord", "apps:web"))),
            ("Fjord/", None),
            ("Fjord/a::b", None),
            ("/apps", None),
            ("", None),
        ];
        for (target, expected) in table {
            let expected = expected.map(|(t, c): (&str, &str)| (t.to_owned(), c.to_owned()));
            assert_eq!(read(target), expected, "{target}");
        }
    }
}
