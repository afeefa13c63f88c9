//! What Terraform takes and the parser we use does not: line breaks inside brackets, keys that stand twice in an object.

use crate::host::terraform::template;

/// The text with the line breaks and comments inside `(…)`, `[…]` and `{for …}` blanked out, byte for byte.
///
/// # Source
/// HCL native syntax specification, "Whitespace", "Structural Elements": newline sequences are significant only outside
/// of brackets; those of an object separate its items.
pub(super) fn joined(text: &str) -> String {
    let mut out = text.as_bytes().to_vec();
    // Whether line breaks inside each open bracket are blanks.
    let mut open: Vec<bool> = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let inside = open.last().copied().unwrap_or(false);
        let first = rest.as_bytes().first().copied().unwrap_or_default();
        let length = match first {
            b'"' => quoted(rest),
            b'<' if rest.starts_with("<<") => heredoc(rest),
            b'#' => comment(rest, "\n"),
            b'/' if rest.starts_with("//") => comment(rest, "\n"),
            b'/' if rest.starts_with("/*") => comment(rest, "*/"),
            b'(' | b'[' => {
                open.push(true);
                1
            }
            b'{' => {
                let body = rest.get(1..).unwrap_or_default().trim_start();
                let loops =
                    body.strip_prefix("for").is_some_and(|next| next.starts_with(char::is_whitespace));
                open.push(loops);
                1
            }
            b')' | b']' | b'}' => {
                open.pop();
                1
            }
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        let blank = match first {
            b'\n' | b'\r' => true,
            b'#' => true,
            b'/' => length > 1,
            _ => false,
        };
        if inside && blank {
            out.iter_mut().skip(at).take(length).for_each(|byte| *byte = b' ');
        }
        at += length;
    }
    // Whole letters were replaced by blanks alone.
    String::from_utf8(out).unwrap_or_default()
}

/// The text with other first letters in the earlier of two keys that are the same, others in each round; `None` where the
/// error is about something else. The later one counts in Terraform (1.11, tried), and keeps its name.
pub(super) fn told_apart(text: &str, error: &hcl_edit::parser::Error, round: u8) -> Option<String> {
    if !error.message().contains("redefined object key") {
        return None;
    }
    let line = error.location().line().checked_sub(1)?;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let before: usize =
        text.get(start..)?.chars().take(error.location().column().checked_sub(1)?).map(char::len_utf8).sum();
    let rest = text.get(start + before..)?;
    let key = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split(|letter: char| !is_key_letter(letter)).next(),
    };
    let key = key.filter(|key| !key.is_empty())?;
    let earlier = same_key(text.get(..start + before)?, key)?;
    let mut out = text.as_bytes().to_vec();
    // A key may stand there many times, so that each round needs letters of its own.
    let other = [b'A' + round % 26, b'A' + round / 26 % 26];
    for (letter, other) in out.get_mut(earlier..earlier + key.len())?.iter_mut().zip(other) {
        *letter = other;
    }
    String::from_utf8(out).ok()
}

const fn is_key_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-')
}

/// Where a key stands in the object that is open at the end of a text; the last place, if there are several.
fn same_key(text: &str, key: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices().rev() {
        match letter {
            '}' | ']' | ')' => depth += 1,
            '{' | '[' | '(' => depth = depth.checked_sub(1)?,
            _ if depth == 0 => {
                let Some(behind) = text.get(at..).and_then(|rest| rest.strip_prefix(key)) else { continue };
                let begins = !text.get(..at).is_some_and(|before| before.ends_with(is_key_letter));
                let sign = behind.trim_start_matches('"').trim_start();
                if begins && !behind.starts_with(is_key_letter) && sign.starts_with(['=', ':']) {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// The length of a string.
fn quoted(rest: &str) -> usize {
    let mut at = 1;
    while let Some(inner) = rest.get(at..).filter(|inner| !inner.is_empty()) {
        at += match template(inner) {
            Some(Some(length)) => length,
            Some(None) => return rest.len(),
            None if inner.starts_with('"') => return at + 1,
            None if inner.starts_with('\\') => 1 + inner.chars().nth(1).map_or(0, char::len_utf8),
            None => inner.chars().next().map_or(1, char::len_utf8),
        };
    }
    rest.len()
}

/// The length of a heredoc with the line break that ends it; of two signs where it is none.
fn heredoc(rest: &str) -> usize {
    let opening = rest.lines().next().unwrap_or_default();
    let closing = opening.trim_start_matches('<').trim_start_matches('-').trim();
    if closing.is_empty() || !closing.chars().all(|letter| letter.is_alphanumeric() || "_-".contains(letter))
    {
        return 2;
    }
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if at > 0 && line.trim() == closing {
            return at + line.len();
        }
        at += line.len();
    }
    rest.len()
}

/// The length of a comment up to its end; a line break is not part of it.
fn comment(rest: &str, end: &str) -> usize {
    let found = rest.find(end).unwrap_or(rest.len());
    if end == "\n" { found } else { rest.len().min(found + end.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_breaks_that_mean_nothing_become_blanks() {
        let table = [
            ("a = [\n1, # b\n2]\n", "a = [ 1,     2]\n"),
            ("a = {\nb = 1 # c\n}\n", "a = {\nb = 1 # c\n}\n"),
            ("a = { for b in c : b => d ?\n e : f }\n", "a = { for b in c : b => d ?  e : f }\n"),
            ("a = f(\"(\n${\"\n\"}\",\n1)", "a = f(\"(\n${\"\n\"}\", 1)"),
            ("a = [<<E\n[\nE\n,\n1]", "a = [<<E\n[\nE\n, 1]"),
        ];
        for (text, expected) in table {
            assert_eq!(joined(text), expected);
        }
    }
}
