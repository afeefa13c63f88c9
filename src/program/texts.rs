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

    /// The id of a name of the model, shown as the model spells it.
    pub(crate) fn name(&mut self, text: &str) -> TextId {
        let id = self.intern(text);
        self.respell(id, text);
        id
    }

    /// From now on a text is shown in this spelling; it may be a text of the program these texts extend.
    pub(crate) fn respell(&mut self, id: TextId, text: &str) {
        if self.get(id) == Some(text) {
            self.spelled.remove(&id.0);
        } else {
            self.spelled.insert(id.0, text.into());
        }
    }

    /// The id of a text exactly as a statement writes it, for [`written`](Self::written) only: texts that are equal but
    /// for case have different ones.
    pub(crate) fn spelling(&mut self, text: &str) -> TextId {
        if caseless::fold(text) == text {
            return self.intern(text);
        }
        // No folded text begins with this character, so a spelling never stands for a text.
        let key = format!("\0{text}");
        if let Some(&id) = self.ids.get(key.as_str()) {
            return TextId(id);
        }
        let id = self.base + u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(key.clone().into());
        self.ids.insert(key.into(), id);
        TextId(id)
    }

    /// The text of a spelling.
    pub(crate) fn written(&self, id: TextId) -> Option<&str> {
        self.get(id).map(|text| text.strip_prefix('\0').unwrap_or(text))
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
        assert_eq!((texts.written(upper), texts.written(lower)), (Some("NETOPS"), Some("netops")));
        assert_eq!((texts.name("NETops"), texts.spelled(a)), (a, Some("NETops")));
        request.respell(a, "nETops");
        assert_eq!(request.spelled(a), Some("nETops"));
    }
}
