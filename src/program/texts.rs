//! Interned texts. Equality without regard to case becomes equality of numbers.

use rustc_hash::FxHashMap;

use crate::caseless;

/// Names an interned text; two texts that are equal but for case have the same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TextId(pub(super) u32);

impl TextId {
    pub(crate) const FIRST: Self = Self(0);
}

/// The texts of a program, each once, in the one case comparison uses.
#[derive(Debug, Clone, Default)]
pub(crate) struct Texts {
    texts: Vec<Box<str>>,
    /// How a text was spelled where it was first met, for those that folding changes.
    spelled: FxHashMap<u32, Box<str>>,
    ids: FxHashMap<Box<str>, u32>,
    /// Ids below this belong to the program these texts extend.
    base: u32,
}

impl Texts {
    /// The id of a text, made if need be.
    pub(crate) fn intern(&mut self, text: &str) -> TextId {
        let folded = caseless::fold(text);
        if let Some(&id) = self.ids.get(folded.as_str()) {
            return TextId(id);
        }
        let id = self.base + u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        if folded != text {
            self.spelled.insert(id, text.into());
        }
        self.texts.push(folded.clone().into());
        self.ids.insert(folded.into(), id);
        TextId(id)
    }

    /// The id of a spelling, under which [`spelled`](Self::spelled) gives exactly this text: that of the text where it was
    /// first met in this spelling. Only for showing; comparison takes [`intern`](Self::intern).
    pub(crate) fn spelling(&mut self, text: &str) -> TextId {
        let id = self.intern(text);
        if self.spelled(id) == Some(text) {
            return id;
        }
        // No folded text begins with this character, so a spelling never stands for a text.
        let key = format!("\0{text}");
        let id = self.intern(&key);
        self.spelled.insert(id.0, text.into());
        id
    }

    /// The id of a text that is already there.
    pub(crate) fn find(&self, text: &str) -> Option<TextId> {
        self.ids.get(caseless::fold(text).as_str()).copied().map(TextId)
    }

    /// The folded text; `None` for an id of other texts.
    pub(crate) fn get(&self, id: TextId) -> Option<&str> {
        self.texts.get(id.0.checked_sub(self.base)? as usize).map(|text| &**text)
    }

    /// The text as it was first spelled, for people; `None` for an id of other texts.
    pub(crate) fn spelled(&self, id: TextId) -> Option<&str> {
        self.spelled.get(&id.0).map(|text| &**text).or_else(|| self.get(id))
    }

    /// Texts of a request that the program does not have; their ids follow the program's.
    pub(crate) fn beyond(program: &Self) -> Self {
        let base = program.base + u32::try_from(program.texts.len()).unwrap_or(u32::MAX);
        Self { base, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_but_for_case_is_equal_by_number() {
        let mut texts = Texts::default();
        let (a, b) = (texts.intern("NetOps"), texts.intern("netops"));
        assert_eq!(a, b);
        let mut request = Texts::beyond(&texts);
        let foreign = request.intern("elsewhere");
        assert_ne!(a, foreign);
        assert_eq!(request.get(foreign), Some("elsewhere"));
        assert_eq!(texts.get(foreign), None);
        let (upper, lower) = (texts.spelling("NETOPS"), texts.spelling("netops"));
        assert_eq!((texts.spelled(upper), texts.spelled(lower)), (Some("NETOPS"), Some("netops")));
        assert_eq!((texts.spelling("NetOps"), texts.intern("netOPS")), (a, a));
    }
}
