//! All vaults of a registry: looking things up, and changing them.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use super::VaultError;
use super::counts::Counts;
use super::lifecycle::{Step, Timing};
use super::record::{Key, KeyVersion, Vault};
use super::registry::{KeyRegistry, Record};
use crate::audit::{Action, By, Entry};
use crate::clock::Clock;
use crate::failpoint::{FailPoint, Off};
use crate::ocid::Ocid;
use crate::random::Rng;
use crate::store::{Revision, WriteError};

/// How often a change is tried again when somebody else was faster.
const ATTEMPTS: usize = 64;

/// How much there may be.
///
/// # Source
/// Oracle Vault documentation, "Service limits", read 2026-08.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many key versions a virtual private vault holds; `None` for any number.
    pub versions_of_virtual_private_vault: Option<usize>,
    /// How many management calls a tenancy may make in a second, refused ones included; `None` for any number. Encrypting
    /// and decrypting are no management. The principals of a tenancy share it, and a [`Session`](crate::engine::Session)
    /// counts: [`Vaults`] itself, which asks no policy either, does not.
    pub management_calls_a_second: Option<usize>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { versions_of_virtual_private_vault: Some(1_000), management_calls_a_second: Some(10) }
    }
}

/// All vaults of a registry.
///
/// Every operation first lets pass what time has passed since the last one, so that a key whose time has come is
/// deleted before anybody learns its state. [`Vaults::settle`] does the same for all of them at once.
#[derive(Clone)]
pub struct Vaults {
    pub(super) registry: Arc<dyn KeyRegistry>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) rng: Arc<dyn Rng>,
    pub(super) timing: Timing,
    pub(super) limits: Limits,
    pub(super) counts: Counts,
    pub(super) failpoint: Arc<dyn FailPoint>,
    /// Held from the look whether a version exists until its record is written: its store key is kept in between, and
    /// must not be another's.
    pub(super) creating: Arc<Mutex<()>>,
    /// Counts what is encrypted while a new version is on its way: the versions take turns.
    pub(super) turns: Arc<AtomicU64>,
}

impl Vaults {
    /// Works on a registry.
    #[must_use]
    pub fn new(
        registry: Arc<dyn KeyRegistry>,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
        timing: Timing,
    ) -> Self {
        let counts = Counts::new(registry.clone());
        Self {
            registry,
            clock,
            rng,
            timing,
            limits: Limits::default(),
            counts,
            failpoint: Arc::new(Off),
            creating: Arc::default(),
            turns: Arc::default(),
        }
    }

    /// Tells somebody when a rotation comes to one of its points.
    #[must_use]
    pub fn with_failpoint(mut self, failpoint: Arc<dyn FailPoint>) -> Self {
        self.failpoint = failpoint;
        self
    }

    /// Other limits than the service's.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// A vault; a deleted one as its tombstone.
    ///
    /// # Errors
    /// [`VaultError::NotFound`].
    pub fn vault(&self, id: &Ocid) -> Result<Vault, VaultError> {
        self.settled_vault(id)
    }

    /// A key, in the state its vault leaves it; a deleted one as its tombstone.
    ///
    /// # Errors
    /// [`VaultError::NotFound`].
    pub fn key(&self, id: &Ocid) -> Result<Key, VaultError> {
        let (vault, key) = self.settled_key(id)?;
        Ok(key.within(&vault.lifecycle))
    }

    /// A version of a key; a deleted one as its tombstone.
    ///
    /// # Errors
    /// [`VaultError::NotFound`].
    pub fn version(&self, key: &Ocid, id: &Ocid) -> Result<KeyVersion, VaultError> {
        let (vault, key) = self.settled_key(key)?;
        self.settled_version(&vault, &key, id)
    }

    /// All vaults, by OCID.
    ///
    /// # Errors
    /// [`VaultError::Store`].
    pub fn vaults(&self) -> Result<Vec<Vault>, VaultError> {
        self.settle()?;
        Ok(self.registry.vaults()?)
    }

    /// The keys of a vault, by OCID.
    ///
    /// # Errors
    /// [`VaultError::NotFound`] when there is no such vault.
    pub fn keys(&self, vault: &Ocid) -> Result<Vec<Key>, VaultError> {
        self.settle_vault(vault)?;
        let vault = self.find_vault(vault)?;
        let keys = self.registry.keys(&vault.id)?;
        Ok(keys.into_iter().map(|key| key.within(&vault.lifecycle)).collect())
    }

    /// The versions of a key, oldest first.
    ///
    /// # Errors
    /// [`VaultError::NotFound`] when there is no such key.
    pub fn versions(&self, key: &Ocid) -> Result<Vec<KeyVersion>, VaultError> {
        let (_, found) = self.find_key(key)?;
        self.settle_vault(&found.vault)?;
        let mut versions = self.registry.versions(&found.id)?;
        versions.sort_by_key(|version| version.created);
        Ok(versions)
    }

    /// The number of the newest change to any vault, key or version.
    ///
    /// # Errors
    /// [`VaultError::Store`].
    pub fn revision(&self) -> Result<Revision, VaultError> {
        self.settle()?;
        Ok(self.registry.revision()?)
    }

    pub(super) fn find_vault(&self, id: &Ocid) -> Result<Vault, VaultError> {
        self.registry.vault(id)?.ok_or_else(|| VaultError::NotFound(id.clone()))
    }

    pub(super) fn find_key(&self, id: &Ocid) -> Result<(Vault, Key), VaultError> {
        let key = self.registry.key(id)?.ok_or_else(|| VaultError::NotFound(id.clone()))?;
        Ok((self.find_vault(&key.vault)?, key))
    }

    pub(super) fn find_version(&self, key: &Key, id: &Ocid) -> Result<KeyVersion, VaultError> {
        let found = self.registry.version(&key.id, id)?;
        found.ok_or_else(|| VaultError::NotFound(id.clone()))
    }

    /// Reads, changes and commits, again where somebody else committed in between.
    pub(super) fn change<T>(
        &self,
        attempt: impl Fn(&mut Draft) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        for _ in 0..ATTEMPTS {
            let revision = self.registry.revision()?;
            let mut draft = Draft { now: self.clock.now(), records: Vec::new(), entries: Vec::new() };
            let value = attempt(&mut draft)?;
            if draft.records.is_empty() {
                return Ok(value);
            }
            match self.registry.commit(revision, &draft.records, &draft.entries) {
                Ok(_) => return Ok(value),
                Err(WriteError::Conflict) => {}
                Err(WriteError::Store(error)) => return Err(error.into()),
            }
        }
        Err(VaultError::Busy)
    }
}

/// What a commit will hold.
pub(super) struct Draft {
    pub(super) now: Timestamp,
    pub(super) records: Vec<Record>,
    entries: Vec<Entry>,
}

/// What an entry speaks of.
#[derive(Clone, Copy)]
pub(super) enum About<'a> {
    Vault(&'a Ocid),
    Key(&'a Key),
    Version(&'a KeyVersion),
}

impl Draft {
    pub(super) fn say(&mut self, action: Action, by: &By, about: About<'_>, note: String) {
        self.say_at(self.now, action, by, about, note);
    }

    pub(super) fn steps(&mut self, by: &By, about: About<'_>, steps: &[Step]) {
        for step in steps {
            let note = match about {
                About::Vault(_) => format!("{} to {}", step.from.of_vault(), step.to.of_vault()),
                About::Key(_) | About::Version(_) => format!("{} to {}", step.from, step.to),
            };
            self.say_at(step.at, Action::StateChange, by, about, note);
        }
    }

    /// Says something of the current version of a key.
    pub(super) fn say_of_version(&mut self, time: Timestamp, by: &By, key: &Key, note: &str) {
        let about = About::Key(key);
        self.say_at(time, Action::StateChange, by, about, format!("{} {note}", key.current_version));
    }

    fn say_at(&mut self, time: Timestamp, action: Action, by: &By, about: About<'_>, note: String) {
        let (key, version, note) = match about {
            About::Vault(vault) => (None, None, format!("{vault}: {note}")),
            About::Key(key) => (Some(key.id.clone()), None, note),
            About::Version(version) => (Some(version.key.clone()), Some(version.id.clone()), note),
        };
        self.entries.push(Entry {
            time,
            by: by.clone(),
            action,
            key,
            version,
            path: None,
            outcome: "ok".to_owned(),
            note,
        });
    }
}
