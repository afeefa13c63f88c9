//! Edits of a text: which of them go together, and the text after them.

use crate::diagnostic::Edit;
use crate::source::Span;

/// Edits that can be made at once, none touching another.
///
/// What belongs together is taken or refused together, first come, first served: a refused repair is found again in the
/// text that the others leave.
///
/// # Example
/// ```
/// use ocipol::diagnostic::Edit;
/// use ocipol::edit::Edits;
/// use ocipol::source::Span;
/// let edit = |start, end, text: &str| Edit { span: Span::new(start, end), text: text.to_owned() };
/// let mut edits = Edits::default();
/// assert!(edits.take([edit(0, 5, "Allow"), edit(6, 6, "group ")]));
/// assert!(!edits.take([edit(3, 8, "?")]));
/// assert_eq!(edits.apply("ALLOW Pilots"), "Allow group Pilots");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Edits {
    /// By position.
    taken: Vec<Edit>,
}

impl Edits {
    /// Takes all of some edits, or none: `false` where one of them touches another, or one taken before.
    pub fn take(&mut self, edits: impl IntoIterator<Item = Edit>) -> bool {
        let edits: Vec<Edit> = edits.into_iter().collect();
        let free = |(index, edit): (usize, &Edit)| {
            let at = self.place_of(edit.span);
            let before = at.checked_sub(1).and_then(|before| self.taken.get(before));
            let neighbours = before
                .into_iter()
                .chain(self.taken.get(at))
                .chain(edits.get(index + 1..).into_iter().flatten());
            !neighbours.into_iter().any(|other| touch(other.span, edit.span))
        };
        let all_free = edits.iter().enumerate().all(free);
        if all_free {
            for edit in edits {
                let at = self.place_of(edit.span);
                self.taken.insert(at, edit);
            }
        }
        all_free
    }

    /// Where an edit belongs among those taken.
    fn place_of(&self, span: Span) -> usize {
        self.taken.partition_point(|taken| taken.span.start < span.start)
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.taken.is_empty()
    }

    /// The text after the edits. An edit that does not fit the text is left out.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for edit in &self.taken {
            let (start, end) = (edit.span.start as usize, edit.span.end as usize);
            let (Some(kept), true) = (text.get(done..start), text.is_char_boundary(end)) else { continue };
            out.push_str(kept);
            out.push_str(&edit.text);
            done = end;
        }
        out.push_str(text.get(done..).unwrap_or_default());
        out
    }
}

/// Whether two edits of these spans hinder each other: they share a byte, or begin at the same place, where nothing says
/// whose text comes first.
fn touch(one: Span, other: Span) -> bool {
    one.start == other.start || (one.start < other.end && other.start < one.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit { span: Span::new(start, end), text: text.to_owned() }
    }

    #[test]
    fn what_belongs_together_is_taken_or_refused_together() {
        let mut edits = Edits::default();
        assert!(edits.take([edit(4, 6, "b")]));
        assert!(!edits.take([edit(0, 1, "a"), edit(5, 7, "c")]));
        assert!(!edits.take([edit(4, 4, "d")]));
        assert!(edits.take([edit(6, 6, "e"), edit(2, 4, "f")]));
        assert_eq!(edits.apply("01234567"), "01fbe67");
    }

    #[test]
    fn an_edit_outside_the_text_is_left_out() {
        let mut edits = Edits::default();
        assert!(edits.take([edit(0, 1, "a"), edit(5, 9, "b")]));
        assert_eq!(edits.apply("xyz"), "ayz");
        let mut inside = Edits::default();
        assert!(inside.take([edit(1, 2, "b")]));
        assert_eq!(inside.apply("ä"), "ä");
    }
}
