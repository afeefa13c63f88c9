//! Sets of permissions, one bit each.

use std::fmt;

use super::permission::Permission;
use super::tables::{self, PERMISSION_COUNT};

const WORDS: usize = PERMISSION_COUNT.div_ceil(64);

/// A set of permissions of the catalogue: some 300 bytes, no allocation.
///
/// # Example
/// ```
/// use ocipol::catalog::{Permission, PermissionSet};
/// let [read, encrypt]: [PermissionSet; 2] =
///     ["KEY_READ", "KEY_ENCRYPT"].map(|name| Permission::find(name).into_iter().collect());
/// let both = read | encrypt;
/// assert!(read.is_subset(&both) && !both.is_subset(&read));
/// assert_eq!((both - read).iter().map(Permission::name).collect::<Vec<_>>(), ["KEY_ENCRYPT"]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PermissionSet(pub(super) [u64; WORDS]);

impl PermissionSet {
    /// No permission.
    pub const EMPTY: Self = Self([0; WORDS]);

    /// Every permission of the catalogue.
    #[must_use]
    pub const fn all() -> Self {
        tables::ALL
    }

    /// Whether the permission is in the set.
    #[must_use]
    pub fn contains(&self, permission: Permission) -> bool {
        let (word, bit) = place(permission);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Puts a permission in.
    pub fn insert(&mut self, permission: Permission) {
        let (word, bit) = place(permission);
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    /// Takes a permission out.
    pub fn remove(&mut self, permission: Permission) {
        let (word, bit) = place(permission);
        if let Some(word) = self.0.get_mut(word) {
            *word &= !bit;
        }
    }

    /// Whether it has no permission.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::EMPTY
    }

    /// How many permissions it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether every permission of it is in the other.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(own, other)| own & !other == 0)
    }

    /// Whether no permission is in both.
    #[must_use]
    pub fn is_disjoint(&self, other: &Self) -> bool {
        // All words without a branch, some at a time: nearly all pairs that are asked about are disjoint.
        self.0.iter().zip(&other.0).fold(0, |common, (own, other)| common | (own & other)) == 0
    }

    /// Permissions in one or the other; also written `a | b`.
    #[must_use]
    pub fn union(mut self, other: &Self) -> Self {
        self.each_word(other, |own, other| own | other);
        self
    }

    /// Permissions in both; also written `a & b`.
    #[must_use]
    pub fn intersection(mut self, other: &Self) -> Self {
        self.each_word(other, |own, other| own & other);
        self
    }

    /// Permissions that the other lacks; also written `a - b`.
    #[must_use]
    pub fn difference(mut self, other: &Self) -> Self {
        self.each_word(other, |own, other| own & !other);
        self
    }

    /// The permissions by name.
    pub fn iter(&self) -> impl Iterator<Item = Permission> + use<> {
        let words = self.0.into_iter().zip((0u16..).step_by(64));
        words.flat_map(|(word, first)| Bits(word).map(move |bit| Permission(first + bit)))
    }

    /// Its bits, each permission at its [`index`](Permission::index).
    pub(crate) fn words(&self) -> &[u64] {
        &self.0
    }

    /// The set of which these are the bits from a word on; all others are missing.
    pub(crate) fn from_words(first: usize, words: &[u64]) -> Self {
        let mut set = Self::EMPTY;
        for (own, word) in set.0.iter_mut().skip(first).zip(words) {
            *own = *word;
        }
        set
    }

    fn each_word(&mut self, other: &Self, join: impl Fn(u64, u64) -> u64) {
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            *own = join(*own, *other);
        }
    }
}

fn place(permission: Permission) -> (usize, u64) {
    (permission.index() / 64, 1 << (permission.index() % 64))
}

/// The numbers of the bits of a word that are set, the lowest first.
struct Bits(u64);

impl Iterator for Bits {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        let bit = u16::try_from(self.0.trailing_zeros()).ok()?;
        let rest = self.0.checked_sub(1)?;
        self.0 &= rest;
        Some(bit)
    }
}

impl Default for PermissionSet {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        let mut set = Self::EMPTY;
        set.extend(permissions);
        set
    }
}

impl Extend<Permission> for PermissionSet {
    fn extend<I: IntoIterator<Item = Permission>>(&mut self, permissions: I) {
        for permission in permissions {
            self.insert(permission);
        }
    }
}

impl From<Permission> for PermissionSet {
    fn from(permission: Permission) -> Self {
        Self::from_iter([permission])
    }
}

impl std::ops::BitOr for PermissionSet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(&other)
    }
}

impl std::ops::BitAnd for PermissionSet {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.intersection(&other)
    }
}

impl std::ops::Sub for PermissionSet {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self.difference(&other)
    }
}

impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_was_put_in() {
        let all: Vec<Permission> = Permission::all().collect();
        assert_eq!(PermissionSet::all().iter().collect::<Vec<_>>(), all);
        assert_eq!(PermissionSet::all().len(), all.len());
        assert_eq!(all.iter().copied().collect::<PermissionSet>(), PermissionSet::all());
        for permission in all {
            let mut set = PermissionSet::from(permission);
            assert_eq!(set.iter().collect::<Vec<_>>(), [permission]);
            assert!(set.contains(permission) && set.is_subset(&PermissionSet::all()));
            assert!(!(PermissionSet::all() - set).contains(permission));
            assert!((PermissionSet::all() - set).is_disjoint(&set));
            set.remove(permission);
            assert!(set.is_empty());
        }
    }
}
