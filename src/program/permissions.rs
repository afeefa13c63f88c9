//! Permission sets of statements, each distinct set once.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::catalog::{Expansion, Permission, PermissionSet};
use crate::truth::Truth;

/// Names a permission set of a [`Sets`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetId(u32);

/// The distinct permission sets of a program.
///
/// A set is three-valued: the catalogue does not know what every verb on every type grants.
///
/// A whole set is over 600 bytes, of which nearly all are zero. Decisions look at the words that are not, kept once for all
/// sets that share them; a set is made whole again where somebody asks for it. That was half of the memory of a program
/// of 335 statements.
#[derive(Debug, Clone, Default)]
pub struct Sets {
    sets: Vec<Packed>,
    words: Vec<u64>,
    runs: FxHashMap<PermissionSet, Run>,
    ids: FxHashMap<(Run, Run), SetId>,
}

/// A set without the zeros around its bits.
#[derive(Debug, Clone)]
struct Packed {
    certain: Run,
    unknown: Run,
    whole: OnceLock<Box<Expansion>>,
}

/// The words of a permission set from the first to the last that is not zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Run {
    /// Where they stand among the words of all sets.
    start: u32,
    length: u16,
    /// The number of the first in its permission set.
    first: u16,
}

impl Sets {
    pub(crate) fn intern(&mut self, expansion: &Expansion) -> SetId {
        let (certain, unknown) = (self.run(&expansion.certain), self.run(&expansion.unknown));
        let id = SetId(u32::try_from(self.sets.len()).unwrap_or(u32::MAX));
        *self.ids.entry((certain, unknown)).or_insert_with(|| {
            self.sets.push(Packed { certain, unknown, whole: OnceLock::new() });
            id
        })
    }

    fn run(&mut self, set: &PermissionSet) -> Run {
        let words = &mut self.words;
        *self.runs.entry(*set).or_insert_with(|| {
            let start = u32::try_from(words.len()).unwrap_or(u32::MAX);
            let bits = set.words();
            let first = bits.iter().position(|word| *word != 0).unwrap_or_default();
            let end = bits.iter().rposition(|word| *word != 0).map_or(first, |last| last + 1);
            words.extend(bits.get(first..end).unwrap_or_default());
            let small = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
            Run { start, length: small(end - first), first: small(first) }
        })
    }

    /// The sets with nothing kept that only interning needs.
    pub(crate) fn settled(mut self) -> Self {
        self.sets.shrink_to_fit();
        self.words.shrink_to_fit();
        Self { ids: FxHashMap::default(), runs: FxHashMap::default(), ..self }
    }

    /// The set with this id; `None` for an id of another program.
    #[must_use]
    pub fn get(&self, id: SetId) -> Option<&Expansion> {
        let packed = self.sets.get(id.0 as usize)?;
        let whole = |run: Run| PermissionSet::from_words(usize::from(run.first), self.words(run));
        Some(packed.whole.get_or_init(|| {
            Box::new(Expansion { certain: whole(packed.certain), unknown: whole(packed.unknown) })
        }))
    }

    fn words(&self, run: Run) -> &[u64] {
        let start = run.start as usize;
        self.words.get(start..start + usize::from(run.length)).unwrap_or_default()
    }

    /// Whether a set holds a permission.
    #[must_use]
    pub fn holds(&self, id: SetId, permission: Permission) -> Truth {
        let Some(set) = self.sets.get(id.0 as usize) else { return Truth::False };
        let (word, bit) = (permission.index() / 64, 1u64 << (permission.index() % 64));
        let has = |run: Run| {
            // In front of the first word this is larger than any length.
            let at = word.wrapping_sub(usize::from(run.first));
            at < usize::from(run.length)
                && self.words.get(run.start as usize + at).is_some_and(|word| word & bit != 0)
        };
        if has(set.certain) {
            Truth::True
        } else if has(set.unknown) {
            Truth::Unknown
        } else {
            Truth::False
        }
    }

    /// Whether a set certainly holds one of these permissions.
    pub(crate) fn meets(&self, id: SetId, permissions: &PermissionSet) -> bool {
        self.sets.get(id.0 as usize).is_some_and(|set| {
            let others = permissions.words().iter().skip(usize::from(set.certain.first));
            self.words(set.certain).iter().zip(others).any(|(own, other)| own & other != 0)
        })
    }

    /// Whether it is the set of a type that the catalogue does not have.
    pub(crate) fn is_unknown_type(&self, id: SetId) -> bool {
        self.sets.get(id.0 as usize).is_some_and(|set| {
            // Few sets have nothing certain: only those are made whole to compare them.
            set.certain.length == 0 && self.get(id) == Some(&Expansion::unknown_type())
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{ResourceType, Verb};

    #[test]
    fn a_packed_set_is_the_set_it_was_made_of() {
        let (mut sets, mut made) = (Sets::default(), Vec::new());
        for (resource_type, verb) in ResourceType::all().flat_map(|one| Verb::ALL.map(|verb| (one, verb))) {
            for whole in [resource_type.granted(verb), resource_type.denied(verb)] {
                made.push((sets.intern(&whole), whole));
            }
        }
        made.push((sets.intern(&Expansion::unknown_type()), Expansion::unknown_type()));
        made.push((sets.intern(&Expansion::default()), Expansion::default()));
        let sets = sets.settled();
        let some: Vec<Permission> = Permission::all().step_by(7).chain(Permission::all().last()).collect();
        for (id, whole) in made {
            assert_eq!(sets.get(id), Some(&whole));
            assert_eq!(sets.is_unknown_type(id), whole == Expansion::unknown_type());
            for &permission in &some {
                let holds = whole.holds(permission).map_or(Truth::Unknown, Truth::from);
                assert_eq!(sets.holds(id, permission), holds);
                assert_eq!(sets.meets(id, &permission.into()), holds.is_true());
            }
        }
    }
}
