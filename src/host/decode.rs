//! One string of another format by itself: its text, and where each stretch of it stands.

use super::{Quoting, small, terraform};
use crate::passage::{self, Run};
use crate::yaml;

/// The text of a string; offsets in `runs` count from the string's first byte.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) runs: Vec<Run>,
}

impl Decoded {
    /// Where a byte of the text stands.
    pub(super) fn offset(&self, offset: usize) -> u32 {
        passage::offset(&self.runs, small(offset))
    }

    /// The byte of the text that stands somewhere; `None` for the middle of an escape and for what is left out.
    pub(super) fn find(&self, place: u32) -> Option<usize> {
        // The place is in the last run that begins in front of it, or where the next one begins.
        let next = self.runs.partition_point(|run| run.source < place);
        let until = self.runs.get(next).map_or(u32::MAX, |run| run.text);
        let inside = next
            .checked_sub(1)
            .and_then(|last| self.runs.get(last))
            .and_then(|run| run.text.checked_add(place - run.source).filter(|offset| *offset < until));
        let begins = self.runs.get(next).filter(|run| run.source == place).map(|run| run.text);
        let offset = inside.into_iter().chain(begins).map(|offset| offset as usize);
        offset.into_iter().find(|offset| self.text.is_char_boundary(*offset) && self.offset(*offset) == place)
    }
}

/// Reads a string. `before` is what stands in front of it in its file.
pub(super) fn decode(before: &str, raw: &str, quoting: Quoting) -> Option<Decoded> {
    let text = match quoting {
        Quoting::Terraform => {
            let body = raw.strip_prefix('"')?.strip_suffix('"')?;
            let decoded = terraform::quoted(body, 1)?;
            return Some(Decoded { text: decoded.text, runs: decoded.runs });
        }
        Quoting::Heredoc => {
            let decoded = terraform::heredoc(raw, 0)?;
            return Some(Decoded { text: decoded.text, runs: decoded.runs });
        }
        Quoting::PlainInFlow => yaml::scalar(&format!("[{raw}]"))?,
        Quoting::Plain | Quoting::Single | Quoting::Double => yaml::scalar(&format!("- {raw}\n"))?,
        Quoting::Block => {
            let (header, indentation) = block_header(before)?;
            yaml::scalar(&format!("- {header}\n{indentation}{raw}"))?
        }
    };
    let runs = passage::align(raw, &text, quoting.escapes())?;
    Some(Decoded { text, runs })
}

/// `|-` or its like, and the blanks in front of the first word, of a block whose first word is behind `before`.
fn block_header(before: &str) -> Option<(&str, &str)> {
    let line = before.trim_end().lines().next_back()?;
    let indentation = before.get(before.trim_end_matches(' ').len()..)?;
    let header = line.match_indices(['|', '>']).find_map(|(at, _)| {
        let rest = line.get(at..)?;
        let end = rest.find([' ', '\t']).unwrap_or(rest.len());
        let (header, behind) = (rest.get(..end)?, rest.get(end..)?.trim_start());
        let bare = header.len() <= 2 && header.get(1..)?.trim_matches(['-', '+']).is_empty();
        (bare && (behind.is_empty() || behind.starts_with('#'))).then_some(header)
    })?;
    Some((header, indentation))
}

/// Text inside a string of JSON, or of YAML in double quotes.
pub(super) fn escape_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned()
}
