//! Everything in memory: for tests, for scenarios that leave nothing behind, and as the model of the embedded store.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::locks::Locks;
use super::record::key as folded;
use super::{
    AuditLog, Expected, Held, Listing, LockError, Revision, StoreError, StoredValue, ValueKey, ValueStore,
    WriteError,
};
use crate::audit::{Entry, Hash, Record as AuditRecord};
use crate::engine::{Cluster, ClusterRegistry};
use crate::envelope::StoreKey;
use crate::ocid::Ocid;
use crate::vault::{Key, KeyRegistry, KeyVersion, Record, Vault};

/// A store that is gone when it is dropped.
#[derive(Default)]
pub struct Memory(Mutex<Contents>, Locks);

/// An OCID in the one case that comparison uses: comparing OCIDs letter by letter at each step down a tree is slow.
type Folded = String;

#[derive(Default)]
struct Contents {
    values: BTreeMap<(Folded, String), StoredValue>,
    value_revision: Revision,
    notes: BTreeMap<(Folded, String), Vec<u8>>,
    vaults: BTreeMap<Folded, Vault>,
    keys: BTreeMap<Folded, Key>,
    /// By key, then by version.
    versions: BTreeMap<Folded, BTreeMap<Folded, KeyVersion>>,
    key_revision: Revision,
    /// `None` for a version that was erased.
    store_keys: BTreeMap<(Folded, Folded), Option<StoreKey>>,
    wraps: BTreeMap<(Folded, Folded), u64>,
    clusters: BTreeMap<Folded, Cluster>,
    log: Vec<AuditRecord>,
}

impl Memory {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        // A panic in the middle of a change would have to come from a collection of std.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Contents {
    fn say(&mut self, entry: &Entry) {
        let (number, hash) = self.log.last().map_or((0, Hash::START), |last| (last.number, last.hash));
        self.log.push(AuditRecord::following(number, &hash, entry.clone()));
    }

    fn next_value_revision(&mut self) -> Revision {
        self.value_revision.0 += 1;
        self.value_revision
    }
}

impl ValueStore for Memory {
    fn get(&self, at: ValueKey<'_>) -> Result<Option<StoredValue>, StoreError> {
        Ok(self.contents().values.get(&owned(at)).cloned())
    }

    fn list(&self, cluster: &Ocid, prefix: &str) -> Result<Listing, StoreError> {
        let contents = self.contents();
        let space = folded(cluster);
        let from = contents.values.range((space.clone(), prefix.to_owned())..);
        let under = from.take_while(|((of, path), _)| *of == space && path.starts_with(prefix));
        Ok(Listing {
            revision: contents.value_revision,
            values: under.map(|((_, path), value)| (path.clone(), value.clone())).collect(),
        })
    }

    fn put(
        &self,
        at: ValueKey<'_>,
        expected: Expected,
        bytes: &[u8],
        entry: &Entry,
    ) -> Result<Revision, WriteError> {
        let mut contents = self.contents();
        let found = contents.values.get(&owned(at)).map(|value| value.revision);
        if found != expected.revision() {
            return Err(WriteError::Conflict);
        }
        let revision = contents.next_value_revision();
        let bytes = bytes.to_vec();
        contents.values.insert(owned(at), StoredValue { bytes, revision });
        contents.say(entry);
        Ok(revision)
    }

    fn delete(&self, at: ValueKey<'_>, expected: Revision, entry: &Entry) -> Result<Revision, WriteError> {
        let mut contents = self.contents();
        let found = contents.values.get(&owned(at)).map(|value| value.revision);
        if found != Some(expected) {
            return Err(WriteError::Conflict);
        }
        contents.values.remove(&owned(at));
        contents.say(entry);
        Ok(contents.next_value_revision())
    }

    fn note(&self, cluster: &Ocid, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.contents().notes.get(&(folded(cluster), name.to_owned())).cloned())
    }

    fn keep_note(&self, cluster: &Ocid, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.contents().notes.insert((folded(cluster), name.to_owned()), bytes.to_vec());
        Ok(())
    }

    fn lock(&self, cluster: &Ocid, owner: &str) -> Result<Box<dyn Held>, LockError> {
        self.1.take(cluster, owner)
    }

    fn clear(&self, cluster: &Ocid, entry: &Entry) -> Result<u64, WriteError> {
        let mut contents = self.contents();
        let (space, before) = (folded(cluster), contents.values.len());
        contents.values.retain(|(of, _), _| *of != space);
        let gone = before - contents.values.len();
        contents.next_value_revision();
        contents.say(entry);
        Ok(gone as u64)
    }
}

fn owned(at: ValueKey<'_>) -> (Folded, String) {
    (folded(at.cluster), at.path.to_owned())
}

impl AuditLog for Memory {
    fn append(&self, entries: &[Entry]) -> Result<(), StoreError> {
        let mut contents = self.contents();
        entries.iter().for_each(|entry| contents.say(entry));
        Ok(())
    }

    fn records(&self) -> Result<Vec<AuditRecord>, StoreError> {
        Ok(self.contents().log.clone())
    }
}

impl KeyRegistry for Memory {
    fn revision(&self) -> Result<Revision, StoreError> {
        Ok(self.contents().key_revision)
    }

    fn vault(&self, id: &Ocid) -> Result<Option<Vault>, StoreError> {
        Ok(self.contents().vaults.get(&folded(id)).cloned())
    }

    fn key(&self, id: &Ocid) -> Result<Option<Key>, StoreError> {
        Ok(self.contents().keys.get(&folded(id)).cloned())
    }

    fn version(&self, key: &Ocid, id: &Ocid) -> Result<Option<KeyVersion>, StoreError> {
        Ok(self.contents().versions.get(&folded(key)).and_then(|of_key| of_key.get(&folded(id))).cloned())
    }

    fn vaults(&self) -> Result<Vec<Vault>, StoreError> {
        Ok(self.contents().vaults.values().cloned().collect())
    }

    fn keys(&self, vault: &Ocid) -> Result<Vec<Key>, StoreError> {
        let contents = self.contents();
        let of_vault = contents.keys.values().filter(|key| key.vault == *vault);
        Ok(of_vault.cloned().collect())
    }

    fn versions(&self, key: &Ocid) -> Result<Vec<KeyVersion>, StoreError> {
        let contents = self.contents();
        let of_key = contents.versions.get(&folded(key));
        Ok(of_key.map(|versions| versions.values().cloned().collect()).unwrap_or_default())
    }

    fn commit(
        &self,
        expected: Revision,
        records: &[Record],
        entries: &[Entry],
    ) -> Result<Revision, WriteError> {
        let mut contents = self.contents();
        if contents.key_revision != expected {
            return Err(WriteError::Conflict);
        }
        for record in records.iter().cloned() {
            match record {
                Record::Vault(vault) => drop(contents.vaults.insert(folded(&vault.id), vault)),
                Record::Key(key) => drop(contents.keys.insert(folded(&key.id), key)),
                Record::Version(version) => {
                    let of_key = contents.versions.entry(folded(&version.key)).or_default();
                    of_key.insert(folded(&version.id), version);
                }
            }
        }
        for entry in entries {
            contents.say(entry);
        }
        contents.key_revision.0 += 1;
        Ok(contents.key_revision)
    }

    fn reserve_wraps(&self, key: &Ocid, version: &Ocid, wraps: u64) -> Result<u64, StoreError> {
        let mut contents = self.contents();
        let reserved = contents.wraps.entry((folded(key), folded(version))).or_default();
        let before = *reserved;
        *reserved = before.saturating_add(wraps);
        Ok(before)
    }

    fn wraps(&self, key: &Ocid, version: &Ocid) -> Result<u64, StoreError> {
        let at = (folded(key), folded(version));
        Ok(self.contents().wraps.get(&at).copied().unwrap_or_default())
    }

    fn keep_store_key(&self, key: &Ocid, version: &Ocid, store_key: &StoreKey) -> Result<(), StoreError> {
        let at = (folded(key), folded(version));
        let mut contents = self.contents();
        match contents.store_keys.get(&at) {
            None => {}
            Some(None) => return Err(StoreError::Erased),
            Some(Some(_)) => return Err(StoreError::Kept),
        }
        contents.store_keys.insert(at, Some(store_key.duplicate()));
        Ok(())
    }

    fn store_key(&self, key: &Ocid, version: &Ocid) -> Result<Option<StoreKey>, StoreError> {
        let contents = self.contents();
        let kept = contents.store_keys.get(&(folded(key), folded(version)));
        Ok(kept.and_then(Option::as_ref).map(StoreKey::duplicate))
    }

    fn erase(&self, key: &Ocid, version: &Ocid) -> Result<(), StoreError> {
        self.contents().store_keys.insert((folded(key), folded(version)), None);
        Ok(())
    }
}

impl ClusterRegistry for Memory {
    fn cluster(&self, id: &Ocid) -> Result<Option<Cluster>, StoreError> {
        Ok(self.contents().clusters.get(&folded(id)).cloned())
    }

    fn clusters(&self) -> Result<Vec<Cluster>, StoreError> {
        Ok(self.contents().clusters.values().cloned().collect())
    }

    fn keep_cluster(
        &self,
        before: Option<&Cluster>,
        cluster: &Cluster,
        entry: &Entry,
    ) -> Result<(), WriteError> {
        let mut contents = self.contents();
        if contents.clusters.get(&folded(&cluster.id)) != before {
            return Err(WriteError::Conflict);
        }
        contents.clusters.insert(folded(&cluster.id), cluster.clone());
        contents.say(entry);
        Ok(())
    }
}
