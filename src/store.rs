//! Where things are kept: stored values, vault records, clusters, the audit log.
//!
//! [`ValueStore`] and [`AuditLog`] are here; [`KeyRegistry`](crate::vault::KeyRegistry) is with the vault and
//! [`ClusterRegistry`](crate::engine::ClusterRegistry) with the engine. [`Embedded`] keeps all of it in one file and
//! [`Memory`] in none; the same tests run over both.

#[cfg(fuzzing)]
pub mod decoders;
mod embedded;
#[cfg(feature = "etcd")]
mod etcd;
mod locks;
mod memory;
mod record;
mod slots;

use std::fmt;

use crate::audit::{Entry, Record};
use crate::ocid::Ocid;

pub use embedded::Embedded;
#[cfg(feature = "etcd")]
pub use etcd::Etcd;
pub use memory::Memory;

/// The number of a write. Each write that happens has a higher one than all writes before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Where a value is: each cluster has an etcd of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueKey<'a> {
    /// The cluster.
    pub cluster: &'a Ocid,
    /// The etcd key, `/registry/secrets/<namespace>/<name>`.
    pub path: &'a str,
}

/// A value as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredValue {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The write that made it.
    pub revision: Revision,
}

/// The values under a prefix, all as of one revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The newest write when the list was made.
    pub revision: Revision,
    /// Paths and values, by path.
    pub values: Vec<(String, StoredValue)>,
}

/// What must be there for a write to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Expected {
    /// No value.
    Absent,
    /// The value of this write.
    At(Revision),
}

impl Expected {
    /// The write whose value must be there; `None` where there must be none.
    #[must_use]
    pub const fn revision(self) -> Option<Revision> {
        match self {
            Self::Absent => None,
            Self::At(revision) => Some(revision),
        }
    }
}

/// Keeps the values of clusters: get, list, compare and put.
///
/// Reads see every write that has returned. A write happens together with its audit entry or not at all, and only when
/// what is there is what the writer expected: of two writers who read the same value, one is told.
pub trait ValueStore: Send + Sync {
    /// A value.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn get(&self, at: ValueKey<'_>) -> Result<Option<StoredValue>, StoreError>;

    /// All values of a cluster whose path starts with a prefix.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn list(&self, cluster: &Ocid, prefix: &str) -> Result<Listing, StoreError>;

    /// The values whose path starts with a prefix and whose newest write is after a revision.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn written_since(
        &self,
        cluster: &Ocid,
        prefix: &str,
        revision: Revision,
    ) -> Result<Vec<(String, StoredValue)>, StoreError> {
        let mut values = self.list(cluster, prefix)?.values;
        values.retain(|(_, value)| value.revision > revision);
        Ok(values)
    }

    /// A record of our own that lies beside the values of a cluster, and is none of them.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn note(&self, cluster: &Ocid, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Keeps such a record in place of the one before. Losing it must cost time and nothing else.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be written.
    fn keep_note(&self, cluster: &Ocid, name: &str, bytes: &[u8]) -> Result<(), StoreError>;

    /// Takes the lock of a cluster for an owner. It is given back when the guard is dropped, and by itself when its
    /// owner is gone: nobody may rely on holding it, every write still compares.
    ///
    /// # Errors
    /// [`LockError::Held`] while somebody else has it.
    fn lock(&self, cluster: &Ocid, owner: &str) -> Result<Box<dyn Held>, LockError>;

    /// Writes a value where `expected` holds.
    ///
    /// # Errors
    /// [`WriteError::Conflict`] where it does not; nothing is written then, the entry neither.
    fn put(
        &self,
        at: ValueKey<'_>,
        expected: Expected,
        bytes: &[u8],
        entry: &Entry,
    ) -> Result<Revision, WriteError>;

    /// Deletes the value of one write.
    ///
    /// # Errors
    /// [`WriteError::Conflict`] when there is another value, or none.
    fn delete(&self, at: ValueKey<'_>, expected: Revision, entry: &Entry) -> Result<Revision, WriteError>;

    /// Deletes all values of a cluster and says how many there were.
    ///
    /// # Errors
    /// [`WriteError`] when the store cannot be written.
    fn clear(&self, cluster: &Ocid, entry: &Entry) -> Result<u64, WriteError>;
}

/// A lock that is held until this is dropped, or its lease runs out.
pub trait Held: Send + Sync {}

/// Why there is no lock.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Somebody else has it.
    #[error(
        "another re-encryption of this cluster is at work ({0}); one that was killed gives way by itself in a few seconds"
    )]
    Held(String),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps the audit log.
pub trait AuditLog: Send + Sync {
    /// Adds entries, in their order: all of them or none.
    ///
    /// The record of an opening need not be on disk when this returns; it is with the next write, and any write waits
    /// for the records before it.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be added.
    fn append(&self, entries: &[Entry]) -> Result<(), StoreError>;

    /// All records, oldest first; [`crate::audit::verify`] checks them.
    ///
    /// # Errors
    /// [`StoreError`] when the log cannot be read.
    fn records(&self) -> Result<Vec<Record>, StoreError>;
}

/// Why a store did not answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file system failed.
    #[error("the store cannot be read or written")]
    Io(#[from] std::io::Error),
    /// The database failed.
    #[error("the store cannot be read or written")]
    Database(#[source] Box<redb::Error>),
    /// A server did not answer, or not in time.
    #[error("the store does not answer: {0}")]
    Unavailable(String),
    /// A server answered, and refused: it wants somebody else, or another question.
    #[error("the store refuses: {0}")]
    Refused(String),
    /// Somebody else has it open.
    #[error("the store is open elsewhere")]
    InUse,
    /// There is none, and nobody asked for a new one.
    #[error("there is no store `{}`", .0.display())]
    Missing(std::path::PathBuf),
    /// Its bytes are not what was written.
    #[error("the store is damaged: {0}")]
    Damaged(&'static str),
    /// It is of another format version, or no store.
    #[error("the store has format version {0}, this program reads {FORMAT}")]
    Format(u64),
    /// The file with its store keys is not beside it.
    #[error("the store's keys are not beside it: there is no `{}`", .0.display())]
    NoKeys(std::path::PathBuf),
    /// There is a store key of the version already.
    #[error("the key version has a store key already")]
    Kept,
    /// The store key of a version was erased, and cannot be kept again.
    #[error("the key version was erased")]
    Erased,
}

impl StoreError {
    /// What to do now.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Io(_) | Self::Database(_) => "name a file that can be read and written",
            Self::Unavailable(_) => "check the addresses, and that most of the nodes run",
            Self::Refused(_) => "check what the server allows: its users and roles, the size of its database",
            Self::InUse => "end the program that has it open, or name another file",
            Self::Missing(_) => {
                "name the file with `--store FILE`; `ocipol vault create-vault` makes a new one"
            }
            Self::Damaged(_) => {
                "put back a copy of both files, the store and `.keys`; nothing in them was changed"
            }
            Self::Format(_) => {
                "name a store that this version of ocipol made, or a file that does not exist yet"
            }
            Self::NoKeys(_) => {
                "put the file back that was made with the store; without it nothing can be opened"
            }
            Self::Kept => "make a new key version of another OCID",
            Self::Erased => "make a new key version: an erased one cannot come back",
        }
    }
}

/// The format version of the embedded store.
pub const FORMAT: u64 = 1;

/// Why a write did not happen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// What is there is not what the writer expected.
    #[error("the stored value has changed")]
    Conflict,
    /// The store did not answer. Whether the write happened is not known.
    #[error(transparent)]
    Store(#[from] StoreError),
}
