//! Where vaults, keys and versions are kept.

use crate::audit::Entry;
use crate::envelope::StoreKey;
use crate::ocid::Ocid;
use crate::store::{Revision, StoreError, WriteError};
use crate::vault::{Key, KeyVersion, Vault};

/// Keeps vaults, keys, key versions, and the store keys that wrap the material of versions.
///
/// Reads see every commit that has returned. A commit happens as a whole, with its audit entries, or not at all, and
/// is on disk when it returns.
pub trait KeyRegistry: Send + Sync {
    /// The number of the newest commit.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read; so for every read below.
    fn revision(&self) -> Result<Revision, StoreError>;

    /// A vault, deleted ones included.
    ///
    /// # Errors
    /// [`StoreError`].
    fn vault(&self, id: &Ocid) -> Result<Option<Vault>, StoreError>;

    /// A key, deleted ones included.
    ///
    /// # Errors
    /// [`StoreError`].
    fn key(&self, id: &Ocid) -> Result<Option<Key>, StoreError>;

    /// A version of a key, deleted ones included.
    ///
    /// # Errors
    /// [`StoreError`].
    fn version(&self, key: &Ocid, id: &Ocid) -> Result<Option<KeyVersion>, StoreError>;

    /// All vaults, by OCID.
    ///
    /// # Errors
    /// [`StoreError`].
    fn vaults(&self) -> Result<Vec<Vault>, StoreError>;

    /// The keys of a vault, by OCID.
    ///
    /// # Errors
    /// [`StoreError`].
    fn keys(&self, vault: &Ocid) -> Result<Vec<Key>, StoreError>;

    /// The versions of a key, by OCID.
    ///
    /// # Errors
    /// [`StoreError`].
    fn versions(&self, key: &Ocid) -> Result<Vec<KeyVersion>, StoreError>;

    /// Writes records, new or changed, with the entries that say why.
    ///
    /// # Errors
    /// [`WriteError::Conflict`] when `expected` is not the newest commit: read again.
    fn commit(
        &self,
        expected: Revision,
        records: &[Record],
        entries: &[Entry],
    ) -> Result<Revision, WriteError>;

    /// Reserves wraps of a version, durably, and says how many had been reserved before.
    ///
    /// # Errors
    /// [`StoreError`] when that is not certain; nothing of the block may be used then.
    fn reserve_wraps(&self, key: &Ocid, version: &Ocid, wraps: u64) -> Result<u64, StoreError>;

    /// How many wraps of a version have been reserved.
    ///
    /// # Errors
    /// [`StoreError`].
    fn wraps(&self, key: &Ocid, version: &Ocid) -> Result<u64, StoreError>;

    /// Keeps the store key of a version, apart from the records. It is on disk when this returns.
    ///
    /// # Errors
    /// [`StoreError::Kept`] where there is one: it is never replaced, what it wraps would be lost.
    /// [`StoreError::Erased`] where there was one: that is for ever.
    fn keep_store_key(&self, key: &Ocid, version: &Ocid, store_key: &StoreKey) -> Result<(), StoreError>;

    /// The store key of a version; `None` when it was erased.
    ///
    /// # Errors
    /// [`StoreError`].
    fn store_key(&self, key: &Ocid, version: &Ocid) -> Result<Option<StoreKey>, StoreError>;

    /// Overwrites the store key of a version, and remembers that it did. It is off the disk when this returns.
    ///
    /// # Errors
    /// [`StoreError`] when that is not certain.
    fn erase(&self, key: &Ocid, version: &Ocid) -> Result<(), StoreError>;
}

/// One record of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A vault.
    Vault(Vault),
    /// A key.
    Key(Key),
    /// A version of a key.
    Version(KeyVersion),
}
