//! In what the letters of a statement differ from the canonical ones. Used by the lints about style.

use crate::format;
use crate::source::Span;
use crate::syntax::{Item, Reading};

/// How a statement differs from its canonical text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// The canonical text.
    pub(super) canonical: String,
    /// Letters in another case, as offsets into the text and what belongs there; empty where only the case is right.
    pub(super) case: Vec<(std::ops::Range<usize>, String)>,
    /// Whether blanks, quotes or brackets differ.
    pub(super) shape: bool,
}

/// Compares a statement with its canonical text; `None` where they are equal, or where the statement has comment lines
/// inside or needed a repair, so that there is no text to compare with.
pub(super) fn difference(item: &Item, text: &str) -> Option<Difference> {
    let commented = text.lines().any(|line| line.starts_with('#'));
    let canonical = format::statement(&item.statement);
    if item.reading != Reading::Strict || commented || canonical == text || text.contains("//") {
        return None;
    }
    let shape = !canonical.eq_ignore_ascii_case(text);
    let mut case: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    let written = letters(text);
    let meant = letters(&canonical);
    let same = |a: &(usize, char), b: &(usize, char)| a.1.eq_ignore_ascii_case(&b.1);
    // Where the signs differ too, which letter belongs to which cannot be told.
    if written.len() == meant.len() && written.iter().zip(&meant).all(|(a, b)| same(a, b)) {
        for ((offset, written), (_, meant)) in written.into_iter().zip(meant) {
            if written == meant {
                continue;
            }
            match case.last_mut() {
                Some((range, letters)) if range.end == offset => {
                    range.end += written.len_utf8();
                    letters.push(meant);
                }
                _ => case.push((offset..offset + written.len_utf8(), meant.to_string())),
            }
        }
    }
    Some(Difference { canonical, case, shape })
}

/// The letters of a text that are no blanks.
fn letters(text: &str) -> Vec<(usize, char)> {
    text.char_indices().filter(|(_, letter)| !letter.is_whitespace()).collect()
}

/// The span of a range of a statement's text.
pub(super) fn span(item: &Item, range: &std::ops::Range<usize>) -> Span {
    let start = item.span.start.saturating_add(u32::try_from(range.start).unwrap_or(u32::MAX));
    Span::at(start, range.len())
}
