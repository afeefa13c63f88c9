//! Permission sets of statements, each distinct set once.

use rustc_hash::FxHashMap;

use crate::catalog::{Expansion, Permission};
use crate::truth::Truth;

/// Names a permission set of a [`Sets`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetId(u32);

/// The distinct permission sets of a program.
///
/// A set is three-valued: the catalogue does not know what every verb on every type grants.
#[derive(Debug, Clone, Default)]
pub struct Sets {
    sets: Vec<Expansion>,
    ids: FxHashMap<Expansion, SetId>,
}

impl Sets {
    pub(crate) fn intern(&mut self, expansion: Expansion) -> SetId {
        if let Some(&id) = self.ids.get(&expansion) {
            return id;
        }
        let id = SetId(u32::try_from(self.sets.len()).unwrap_or(u32::MAX));
        self.sets.push(expansion);
        self.ids.insert(expansion, id);
        id
    }

    /// The sets with nothing kept that only interning needs.
    pub(crate) fn settled(mut self) -> Self {
        self.sets.shrink_to_fit();
        Self { ids: FxHashMap::default(), ..self }
    }

    /// The set with this id; `None` for an id of another program.
    #[must_use]
    pub fn get(&self, id: SetId) -> Option<&Expansion> {
        self.sets.get(id.0 as usize)
    }

    /// Whether a set holds a permission.
    #[must_use]
    pub fn holds(&self, id: SetId, permission: Permission) -> Truth {
        let Some(set) = self.get(id) else { return Truth::False };
        if set.certain.contains(permission) {
            Truth::True
        } else if set.unknown.contains(permission) {
            Truth::Unknown
        } else {
            Truth::False
        }
    }

    /// How many distinct sets there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sets.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }
}
