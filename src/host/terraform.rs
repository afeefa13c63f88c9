//! Strings of Terraform: in quotes, and heredocs.
//!
//! Templates (`${…}`, `%{…}`) stay in the text as they are written, as do their escaped beginnings (`$${`, `%%{`): policy
//! text takes both for words to be filled in, and what is written back cannot be mistaken.
//!
//! # Source
//! HCL native syntax specification, "Template Expressions" and "Heredoc Template Expression"; Terraform language,
//! "Strings and Templates".

use super::small;
use crate::passage::Run;

/// The text of a string, and where each stretch of it stands.
#[derive(Debug, Default)]
pub(crate) struct Text {
    /// The text, templates as they are written.
    pub(crate) text: String,
    /// Where it stands.
    pub(crate) runs: Vec<Run>,
}

impl Text {
    /// Adds text that stands somewhere.
    fn push(&mut self, text: &str, place: usize) {
        let run = Run { text: small(self.text.len()), source: small(place) };
        let straight = self
            .runs
            .last()
            .is_some_and(|last| run.source.checked_sub(last.source) == Some(run.text - last.text));
        if !straight {
            self.runs.push(run);
        }
        self.text.push_str(text);
    }
}

/// What stands between quotes, its first byte at `offset`; `None` where it is no such thing.
pub(crate) fn quoted(body: &str, offset: usize) -> Option<Text> {
    let mut text = Text::default();
    let mut at = 0;
    while let Some(rest) = body.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some(length) = template(rest) {
            text.push(rest.get(..length?)?, offset + at);
            at += length?;
            continue;
        }
        let letter = rest.chars().next()?;
        let (letter, length) = match letter {
            '\\' => escape(rest)?,
            '"' | '\n' => return None,
            other => (other, other.len_utf8()),
        };
        text.push(letter.encode_utf8(&mut [0; 4]), offset + at);
        at += length;
    }
    text.push("", offset + at);
    Some(text)
}

/// A whole heredoc, its first byte at `offset`; `None` where it is none.
pub(crate) fn heredoc(raw: &str, offset: usize) -> Option<Text> {
    let (opening, body) = raw.split_once('\n')?;
    let indented = opening.starts_with("<<-");
    let first = offset + opening.len() + 1;
    // The last line is the closing mark.
    let body = body.get(..body.rfind('\n').map_or(0, |end| end + 1))?;
    let dropped = if indented { indentation(body) } else { 0 };
    let mut text = Text::default();
    let mut at = 0;
    let mut in_template = 0;
    for line in body.split_inclusive('\n') {
        let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
        // A line inside a template is no line of the text.
        let skip = if at < in_template { 0 } else { dropped.min(blanks) };
        let kept = line.get(skip..)?;
        text.push(kept, first + at + skip);
        for (place, _) in kept.match_indices(['$', '%']) {
            let start = at + skip + place;
            if start >= in_template
                && let Some(length) = body.get(start..).and_then(template)
            {
                in_template = start + length?;
            }
        }
        at += line.len();
    }
    text.push("", first + at);
    Some(text)
}

/// How many blanks every line of a `<<-` heredoc begins with.
fn indentation(body: &str) -> usize {
    let lines = body.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| line.len() - line.trim_start_matches([' ', '\t']).len()).min().unwrap_or(0)
}

/// How long the template is that a text begins with: `None` for no template, `Some(None)` for one without an end. The
/// escaped beginning of a template counts as one.
pub(crate) fn template(rest: &str) -> Option<Option<usize>> {
    if rest.starts_with("$${") || rest.starts_with("%%{") {
        return Some(Some(3));
    }
    if !(rest.starts_with("${") || rest.starts_with("%{")) {
        return None;
    }
    // Open brackets, innermost last: a brace, or the quote of a string inside the template.
    let mut open = vec!['{'];
    let mut letters = rest.char_indices().skip(2).peekable();
    while let Some((at, letter)) = letters.next() {
        match (open.last(), letter) {
            (Some('"'), '\\') => {
                letters.next();
            }
            (Some('"'), '$' | '%') if letters.next_if(|(_, next)| *next == '{').is_some() => open.push('{'),
            (Some('"'), '"') | (Some('{'), '}') => {
                open.pop();
            }
            (Some('{'), '"' | '{') => open.push(letter),
            _ => {}
        }
        if open.is_empty() {
            return Some(Some(at + 1));
        }
    }
    Some(None)
}

/// The letter an escape stands for, and the escape's length.
fn escape(rest: &str) -> Option<(char, usize)> {
    let hex = |digits: usize| {
        let code = u32::from_str_radix(rest.get(2..2 + digits)?, 16).ok()?;
        char::from_u32(code).map(|letter| (letter, 2 + digits))
    };
    match rest.chars().nth(1)? {
        'n' => Some(('\n', 2)),
        'r' => Some(('\r', 2)),
        't' => Some(('\t', 2)),
        '"' => Some(('"', 2)),
        '\\' => Some(('\\', 2)),
        'u' => hex(4),
        'U' => hex(8),
        _ => None,
    }
}

/// Text as it stands between quotes; templates are left as they are.
pub(super) fn escape_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some(Some(length)) = template(rest) {
            out.push_str(rest.get(..length).unwrap_or_default());
            at += length;
            continue;
        }
        let Some(letter) = rest.chars().next() else { break };
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other => out.push(other),
        }
        at += letter.len_utf8();
    }
    out
}
