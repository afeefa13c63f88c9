//! Everything in one file, and the store keys in a second one beside it.
//!
//! The database is copy-on-write with a checksum on each page: after a crash it is as it was after the last commit. A
//! store is opened as a whole or not at all: each page is checked, each record of the key side is read, and each
//! version's store key must be there.

use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;

use redb::{
    Builder, Database, Durability, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition,
    TableError, WriteTransaction,
};

use super::locks::Locks;
use super::record::{self, Logged, Stored};
use super::slots::Slots;
use super::{
    AuditLog, Expected, FORMAT, Held, Listing, LockError, Revision, StoreError, StoredValue, ValueKey,
    ValueStore, WriteError,
};
use crate::audit::{Action, Entry, Hash, Record as AuditRecord};
use crate::engine::{Cluster, ClusterRegistry};
use crate::envelope::StoreKey;
use crate::ocid::Ocid;
use crate::vault::{Key, KeyRegistry, KeyVersion, Record, Vault};

/// Texts to numbers: the format version, the newest revisions.
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
const AUDIT: TableDefinition<'_, u64, &[u8]> = TableDefinition::new(Logged::TABLE);
/// How many wraps of a key version have been reserved.
const WRAPS: TableDefinition<'_, &str, u64> = TableDefinition::new("wraps");
/// Records of our own that lie beside the values.
const NOTES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("notes");
const FORMAT_ROW: &str = "format";
const VALUES_ROW: &str = "values";
const KEYS_ROW: &str = "keys";

/// How much of the file is kept in memory.
const CACHE: usize = 32 << 20;
/// How many records of openings may wait for the disk.
const WAITING: usize = 256;

type Table = TableDefinition<'static, &'static str, &'static [u8]>;

const fn table<T: Stored>() -> Table {
    TableDefinition::new(T::TABLE)
}

/// A store in one file, with its store keys in another one beside it: `<file>` and `<file>.keys`.
///
/// One process has it open at a time.
pub struct Embedded {
    database: Database,
    slots: Slots,
    waiting: Mutex<usize>,
    locks: Locks,
}

impl Embedded {
    /// Opens a store, or makes one where there is none.
    ///
    /// # Errors
    /// [`StoreError::InUse`], [`StoreError::Format`], [`StoreError::Damaged`]; [`StoreError::Io`] when the files cannot
    /// be opened. Nothing of a store that does not open as a whole can be used.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::with(builder().create(path).map_err(failed)?, path)
    }

    /// Opens a store that is there.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is none, and no file is made then; [`StoreError::Damaged`] for an empty file;
    /// else as [`Embedded::open`].
    pub fn open_existing(path: &Path) -> Result<Self, StoreError> {
        match std::fs::metadata(path) {
            Ok(found) if found.len() == 0 => return Err(StoreError::Damaged("the file is empty")),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(StoreError::Missing(path.to_owned()));
            }
            Ok(_) | Err(_) => {}
        }
        Self::with(builder().open(path).map_err(failed)?, path)
    }

    /// The database is locked before anything else: two programs that open one store must not both look after its keys.
    fn with(database: Database, path: &Path) -> Result<Self, StoreError> {
        let is_new = database.begin_read().map_err(failed)?.list_tables().map_err(failed)?.next().is_none();
        let mut beside = path.as_os_str().to_owned();
        beside.push(".keys");
        let slots = Slots::open(Path::new(&beside), is_new)?;
        if is_new {
            sync_folder(path)?;
        }
        let store = Self { database, slots, waiting: Mutex::new(0), locks: Locks::default() };
        store.prepare()?;
        store.check()?;
        store.slots.trim()?;
        Ok(store)
    }

    /// Makes the tables of a new store; refuses a store of another format.
    fn prepare(&self) -> Result<(), StoreError> {
        let write = self.database.begin_write().map_err(failed)?;
        let is_empty = write.list_tables().map_err(failed)?.next().is_none();
        {
            let mut meta = write.open_table(META).map_err(failed)?;
            if is_empty {
                meta.insert(FORMAT_ROW, FORMAT).map_err(failed)?;
                write.open_table(AUDIT).map_err(failed)?;
                write.open_table(WRAPS).map_err(failed)?;
                write.open_table(NOTES).map_err(failed)?;
                for table in [
                    table::<StoredValue>(),
                    table::<Vault>(),
                    table::<Key>(),
                    table::<KeyVersion>(),
                    table::<Cluster>(),
                ] {
                    write.open_table(table).map_err(failed)?;
                }
            }
            let format = meta.get(FORMAT_ROW).map_err(failed)?.map_or(0, |row| row.value());
            if format != FORMAT {
                return Err(StoreError::Format(format));
            }
        }
        write.commit().map_err(failed)
    }

    /// Reads each record of the key side, and looks for the store key of each version.
    fn check(&self) -> Result<(), StoreError> {
        let read = self.read()?;
        all::<Vault>(&read, "")?;
        all::<Key>(&read, "")?;
        all::<Cluster>(&read, "")?;
        for version in all::<KeyVersion>(&read, "")? {
            if version.material.is_some() && self.slots.has(&version.key, &version.id).is_none() {
                return Err(StoreError::Damaged("store keys"));
            }
        }
        Ok(())
    }

    fn read(&self) -> Result<ReadTransaction, StoreError> {
        self.database.begin_read().map_err(failed)
    }

    /// One write: all of it or nothing.
    fn write<T>(
        &self,
        durability: Durability,
        change: impl FnOnce(&WriteTransaction) -> Result<T, WriteError>,
    ) -> Result<T, WriteError> {
        let mut write = self.database.begin_write().map_err(failed)?;
        write.set_durability(durability).map_err(failed)?;
        // A transaction that is dropped leaves no trace.
        let value = change(&write)?;
        write.commit().map_err(failed)?;
        Ok(value)
    }

    /// Openings are recorded without waiting for the disk, until [`WAITING`] of them would be waiting.
    fn durability(&self, entries: &[Entry]) -> Durability {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let then = waiting.saturating_add(entries.len());
        if entries.iter().all(|entry| entry.action == Action::Open) && then <= WAITING {
            *waiting = then;
            Durability::None
        } else {
            *waiting = 0;
            Durability::Immediate
        }
    }
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE).set_check_integrity_on_open(true);
    builder
}

impl Drop for Embedded {
    fn drop(&mut self) {
        // Closing may fail as any write may; nobody is left to tell.
        let _ = self.write(Durability::Immediate, |_| Ok(()));
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "another package's list, which may grow: what is not named is a failure of the database"
)]
fn failed(error: impl Into<redb::Error>) -> StoreError {
    match error.into() {
        redb::Error::DatabaseAlreadyOpen => StoreError::InUse,
        redb::Error::Corrupted(_) => StoreError::Damaged("database"),
        redb::Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            StoreError::Damaged("database")
        }
        redb::Error::Io(error) => StoreError::Io(error),
        error => StoreError::Database(Box::new(error)),
    }
}

impl From<TableError> for StoreError {
    fn from(error: TableError) -> Self {
        failed(error)
    }
}

fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    // Only Unix can open a folder; elsewhere a new file needs no such help.
    if cfg!(unix) {
        std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

/// The record under a key.
fn one<T: Stored>(read: &ReadTransaction, key: &str) -> Result<Option<T>, StoreError> {
    let table = read.open_table(table::<T>())?;
    let found = table.get(key).map_err(failed)?;
    found.map(|found| record::open(key, found.value())).transpose()
}

/// The records whose key starts with a prefix, by key.
fn all<T: Stored>(read: &ReadTransaction, prefix: &str) -> Result<Vec<T>, StoreError> {
    let named = all_named(read, prefix)?;
    Ok(named.into_iter().map(|(_, record)| record).collect())
}

fn all_named<T: Stored>(read: &ReadTransaction, prefix: &str) -> Result<Vec<(String, T)>, StoreError> {
    let table = read.open_table(table::<T>())?;
    let mut records = Vec::new();
    for row in table.range(prefix..).map_err(failed)? {
        let (key, found) = row.map_err(failed)?;
        let key = key.value();
        if !key.starts_with(prefix) {
            break;
        }
        records.push((key.to_owned(), record::open(key, found.value())?));
    }
    Ok(records)
}

fn keep<T: Stored>(write: &WriteTransaction, key: &str, value: &T) -> Result<(), StoreError> {
    let mut table = write.open_table(table::<T>())?;
    table.insert(key, record::seal(key, value).as_slice()).map_err(failed)?;
    Ok(())
}

/// The next revision of a row, which it is from now on.
fn next(write: &WriteTransaction, row: &str) -> Result<Revision, StoreError> {
    let mut meta = write.open_table(META)?;
    let newest = meta.get(row).map_err(failed)?.map_or(0, |newest| newest.value());
    meta.insert(row, newest + 1).map_err(failed)?;
    Ok(Revision(newest + 1))
}

fn newest(read: &ReadTransaction, row: &str) -> Result<Revision, StoreError> {
    let meta = read.open_table(META)?;
    let newest = meta.get(row).map_err(failed)?;
    Ok(newest.map_or_else(Revision::default, |newest| Revision(newest.value())))
}

/// Adds entries to the audit log.
fn say(write: &WriteTransaction, entries: &[Entry]) -> Result<(), StoreError> {
    let mut log = write.open_table(AUDIT)?;
    let (mut number, mut hash) = match log.last().map_err(failed)? {
        None => (0, Hash::START),
        Some((number, last)) => {
            let number = number.value();
            let last: Logged = record::open(&number.to_string(), last.value())?;
            (number, last.hash)
        }
    };
    for entry in entries {
        let record = AuditRecord::following(number, &hash, entry.clone());
        (number, hash) = (record.number, record.hash);
        let logged = Logged { hash, entry: record.entry };
        let bytes = record::seal(&number.to_string(), &logged);
        log.insert(number, bytes.as_slice()).map_err(failed)?;
    }
    Ok(())
}

impl ValueStore for Embedded {
    fn get(&self, at: ValueKey<'_>) -> Result<Option<StoredValue>, StoreError> {
        one(&self.read()?, &record::pair(at.cluster, at.path))
    }

    fn list(&self, cluster: &Ocid, prefix: &str) -> Result<Listing, StoreError> {
        let read = self.read()?;
        let space = record::pair(cluster, "");
        let values = all_named(&read, &record::pair(cluster, prefix))?;
        let path = |key: String| key.strip_prefix(&space).map(str::to_owned).unwrap_or_default();
        Ok(Listing {
            revision: newest(&read, VALUES_ROW)?,
            values: values.into_iter().map(|(key, value)| (path(key), value)).collect(),
        })
    }

    fn put(
        &self,
        at: ValueKey<'_>,
        expected: Expected,
        bytes: &[u8],
        entry: &Entry,
    ) -> Result<Revision, WriteError> {
        let key = record::pair(at.cluster, at.path);
        self.write(Durability::Immediate, |write| {
            compare(write, &key, expected.revision())?;
            let revision = next(write, VALUES_ROW)?;
            let bytes = bytes.to_vec();
            keep(write, &key, &StoredValue { bytes, revision })?;
            say(write, std::slice::from_ref(entry))?;
            Ok(revision)
        })
    }

    fn delete(&self, at: ValueKey<'_>, expected: Revision, entry: &Entry) -> Result<Revision, WriteError> {
        let key = record::pair(at.cluster, at.path);
        self.write(Durability::Immediate, |write| {
            compare(write, &key, Some(expected))?;
            let mut values = write.open_table(table::<StoredValue>()).map_err(failed)?;
            values.remove(key.as_str()).map_err(failed)?;
            say(write, std::slice::from_ref(entry))?;
            Ok(next(write, VALUES_ROW)?)
        })
    }

    fn note(&self, cluster: &Ocid, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let table = self.read()?.open_table(NOTES)?;
        let found = table.get(record::pair(cluster, name).as_str()).map_err(failed)?;
        Ok(found.map(|found| found.value().to_vec()))
    }

    fn keep_note(&self, cluster: &Ocid, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let kept = self.write(Durability::Immediate, |write| {
            let mut table = write.open_table(NOTES).map_err(failed)?;
            table.insert(record::pair(cluster, name).as_str(), bytes).map_err(failed)?;
            Ok(())
        });
        kept.map_err(|error| uncompared(error, "notes"))
    }

    fn lock(&self, cluster: &Ocid, owner: &str) -> Result<Box<dyn Held>, LockError> {
        self.locks.take(cluster, owner)
    }

    fn clear(&self, cluster: &Ocid, entry: &Entry) -> Result<u64, WriteError> {
        let space = record::pair(cluster, "");
        // The byte that follows the zero byte between cluster and path.
        let end = format!("{}\u{1}", record::key(cluster));
        self.write(Durability::Immediate, |write| {
            let mut values = write.open_table(table::<StoredValue>()).map_err(failed)?;
            let mut gone = 0;
            values
                .retain_in(space.as_str()..end.as_str(), |_, _| {
                    gone += 1;
                    false
                })
                .map_err(failed)?;
            next(write, VALUES_ROW)?;
            say(write, std::slice::from_ref(entry))?;
            Ok(gone)
        })
    }
}

/// The record under a key, as of a write that is under way.
fn kept<T: Stored>(write: &WriteTransaction, key: &str) -> Result<Option<T>, StoreError> {
    let table = write.open_table(table::<T>())?;
    let found = table.get(key).map_err(failed)?;
    found.map(|found| record::open(key, found.value())).transpose()
}

/// The failure of a write that compares nothing. Invariant: it is no conflict.
fn uncompared(error: WriteError, table: &'static str) -> StoreError {
    match error {
        WriteError::Store(error) => error,
        WriteError::Conflict => StoreError::Damaged(table),
    }
}

/// Whether the value under a key is of the expected write.
fn compare(write: &WriteTransaction, key: &str, expected: Option<Revision>) -> Result<(), WriteError> {
    let found = kept::<StoredValue>(write, key)?;
    if found.map(|value| value.revision) == expected { Ok(()) } else { Err(WriteError::Conflict) }
}

impl AuditLog for Embedded {
    fn append(&self, entries: &[Entry]) -> Result<(), StoreError> {
        let appended = self.write(self.durability(entries), |write| Ok(say(write, entries)?));
        appended.map_err(|error| uncompared(error, Logged::TABLE))
    }

    fn records(&self) -> Result<Vec<AuditRecord>, StoreError> {
        let log = self.read()?.open_table(AUDIT)?;
        let mut records = Vec::new();
        for row in log.iter().map_err(failed)? {
            let (number, found) = row.map_err(failed)?;
            let number = number.value();
            let Logged { hash, entry } = record::open(&number.to_string(), found.value())?;
            records.push(AuditRecord { number, entry, hash });
        }
        Ok(records)
    }
}

impl KeyRegistry for Embedded {
    fn revision(&self) -> Result<Revision, StoreError> {
        newest(&self.read()?, KEYS_ROW)
    }

    fn vault(&self, id: &Ocid) -> Result<Option<Vault>, StoreError> {
        one(&self.read()?, &record::key(id))
    }

    fn key(&self, id: &Ocid) -> Result<Option<Key>, StoreError> {
        one(&self.read()?, &record::key(id))
    }

    fn version(&self, key: &Ocid, id: &Ocid) -> Result<Option<KeyVersion>, StoreError> {
        one(&self.read()?, &record::pair(key, &record::key(id)))
    }

    fn vaults(&self) -> Result<Vec<Vault>, StoreError> {
        all(&self.read()?, "")
    }

    fn keys(&self, vault: &Ocid) -> Result<Vec<Key>, StoreError> {
        let mut keys: Vec<Key> = all(&self.read()?, "")?;
        keys.retain(|key| key.vault == *vault);
        Ok(keys)
    }

    fn versions(&self, key: &Ocid) -> Result<Vec<KeyVersion>, StoreError> {
        all(&self.read()?, &record::pair(key, ""))
    }

    fn commit(
        &self,
        expected: Revision,
        records: &[Record],
        entries: &[Entry],
    ) -> Result<Revision, WriteError> {
        self.write(Durability::Immediate, |write| {
            let revision = next(write, KEYS_ROW)?;
            if revision.0 != expected.0 + 1 {
                return Err(WriteError::Conflict);
            }
            for record in records {
                match record {
                    Record::Vault(vault) => keep(write, &record::key(&vault.id), vault)?,
                    Record::Key(key) => keep(write, &record::key(&key.id), key)?,
                    Record::Version(version) => {
                        let at = record::pair(&version.key, &record::key(&version.id));
                        keep(write, &at, version)?;
                    }
                }
            }
            say(write, entries)?;
            Ok(revision)
        })
    }

    fn reserve_wraps(&self, key: &Ocid, version: &Ocid, wraps: u64) -> Result<u64, StoreError> {
        let at = record::pair(key, &record::key(version));
        let reserved = self.write(Durability::Immediate, |write| {
            let mut table = write.open_table(WRAPS).map_err(failed)?;
            let before = table.get(at.as_str()).map_err(failed)?.map_or(0, |row| row.value());
            table.insert(at.as_str(), before.saturating_add(wraps)).map_err(failed)?;
            Ok(before)
        });
        reserved.map_err(|error| uncompared(error, "wraps"))
    }

    fn wraps(&self, key: &Ocid, version: &Ocid) -> Result<u64, StoreError> {
        let at = record::pair(key, &record::key(version));
        let table = self.read()?.open_table(WRAPS)?;
        let found = table.get(at.as_str()).map_err(failed)?;
        Ok(found.map_or(0, |row| row.value()))
    }

    fn keep_store_key(&self, key: &Ocid, version: &Ocid, store_key: &StoreKey) -> Result<(), StoreError> {
        self.slots.keep(key, version, store_key)
    }

    fn store_key(&self, key: &Ocid, version: &Ocid) -> Result<Option<StoreKey>, StoreError> {
        self.slots.get(key, version)
    }

    fn erase(&self, key: &Ocid, version: &Ocid) -> Result<(), StoreError> {
        self.slots.erase(key, version)
    }
}

impl ClusterRegistry for Embedded {
    fn cluster(&self, id: &Ocid) -> Result<Option<Cluster>, StoreError> {
        one(&self.read()?, &record::key(id))
    }

    fn clusters(&self) -> Result<Vec<Cluster>, StoreError> {
        all(&self.read()?, "")
    }

    fn keep_cluster(
        &self,
        before: Option<&Cluster>,
        cluster: &Cluster,
        entry: &Entry,
    ) -> Result<(), WriteError> {
        let key = record::key(&cluster.id);
        self.write(Durability::Immediate, |write| {
            if kept::<Cluster>(write, &key)?.as_ref() != before {
                return Err(WriteError::Conflict);
            }
            keep(write, &key, cluster)?;
            Ok(say(write, std::slice::from_ref(entry))?)
        })
    }
}
