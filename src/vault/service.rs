//! What can be done with vaults, keys and versions.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::VaultError;
use super::assumed;
use super::lifecycle::{Lifecycle, Step, Timing};
use super::ocids;
use super::record::{Key, KeyVersion, Vault, is_active};
use super::registry::{KeyRegistry, Record};
use super::shape::{Origin, Protection, Shape, VaultKind};
use super::state::{Act, Outcome, State, outcome};
use super::usable::UsableVersion;
use crate::audit::{Action, By, Entry};
use crate::clock::Clock;
use crate::envelope::{Mek, StoreKey, material};
use crate::ocid::{NotAnOcid, Ocid};
use crate::random::Rng;
use crate::store::WriteError;

/// How far ahead a deletion may be scheduled, in days of 24 hours: at least and at most.
pub const DELETION_DAYS: (i64, i64) = (7, 30);
/// How far ahead a deletion is scheduled where nobody says, in days.
pub const DELETION_DEFAULT_DAYS: i64 = 30;

/// How often a change is tried again when somebody else was faster.
const ATTEMPTS: usize = 64;

/// A vault to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVault {
    /// Its OCID; `None` to have one made.
    pub id: Option<Ocid>,
    /// The region key of an OCID that is made, such as `iad`.
    pub region: String,
    /// Its compartment.
    pub compartment: Ocid,
    /// The tenancy of that compartment.
    pub tenancy: Ocid,
    /// Its display name.
    pub name: String,
    /// Its kind.
    pub kind: VaultKind,
}

/// A key to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// Its OCID; `None` to have one made.
    pub id: Option<Ocid>,
    /// The OCID of its first version; `None` to have one made.
    pub version: Option<Ocid>,
    /// The vault it goes into.
    pub vault: Ocid,
    /// Its compartment, in the vault's tenancy.
    pub compartment: Ocid,
    /// Its display name.
    pub name: String,
    /// What it is made as.
    pub shape: Shape,
    /// Where its material lives.
    pub protection: Protection,
}

/// What a key version is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose<'a> {
    /// To seal new data, under the current version.
    Seal,
    /// To open data that names this version.
    Open {
        /// The version.
        version: &'a Ocid,
    },
}

/// All vaults of a registry.
///
/// Every operation first lets pass what time has passed since the last one, so that a key whose time has come is
/// deleted before anybody learns its state. [`Vaults::settle`] does the same for all of them at once.
#[derive(Clone)]
pub struct Vaults {
    registry: Arc<dyn KeyRegistry>,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    timing: Timing,
    /// Held from the look whether a version exists until its record is written: its store key is kept in between, and
    /// must not be another's.
    creating: Arc<Mutex<()>>,
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
        Self {
            registry,
            clock,
            rng,
            timing,
            creating: Arc::default(),
        }
    }

    /// Makes a vault.
    ///
    /// # Errors
    /// [`VaultError::Name`] for an OCID that is no vault's, or a region that is none; [`VaultError::Exists`].
    pub fn create_vault(&self, new: NewVault, by: &By) -> Result<Vault, VaultError> {
        let id = match new.id {
            Some(id) => given(id, "vault")?,
            None => made("vault", ocids::vault(&new.region, &*self.rng)?)
                .ok()
                .filter(|id| id.region() == Some(&new.region))
                .ok_or(VaultError::Name(new.region, "vault"))?,
        };
        self.change(|draft| {
            if self.registry.vault(&id)?.is_some() {
                return Err(VaultError::Exists(id.clone()));
            }
            let mut lifecycle = Lifecycle::beginning(draft.now, &self.timing);
            lifecycle.pass(draft.now, &self.timing);
            let vault = Vault {
                id: id.clone(),
                compartment: new.compartment.clone(),
                tenancy: new.tenancy.clone(),
                name: new.name.clone(),
                kind: new.kind,
                lifecycle,
            };
            draft.say(
                Action::Create,
                by,
                About::Vault(&id),
                new.kind.as_str().to_owned(),
            );
            draft.records.push(Record::Vault(vault.clone()));
            Ok(vault)
        })
    }

    /// Makes a key with its first version, and the material of that version where the shape is AES.
    ///
    /// # Errors
    /// [`VaultError::NoBackend`] for any protection but SOFTWARE; [`VaultError::State`] when the vault is not active;
    /// [`VaultError::Name`] and [`VaultError::Exists`] for OCIDs that cannot be used.
    pub fn create_key(&self, new: NewKey, by: &By) -> Result<Key, VaultError> {
        match new.protection {
            Protection::Software => {}
            Protection::Hsm | Protection::External => return Err(VaultError::NoBackend(new.protection)),
        }
        let vault = self.settled_vault(&new.vault)?;
        check(&vault.id, &vault.lifecycle, Act::NewVersion)?;
        let _creating = self.lock();
        let id = match new.id {
            Some(id) => given(id, "key")?,
            None => made("key", ocids::in_vault("key", &vault.id, &*self.rng)?)?,
        };
        if self.registry.key(&id)?.is_some() {
            return Err(VaultError::Exists(id));
        }
        let version = self.new_version(&id, new.version, new.shape)?;
        self.change(|draft| {
            let vault = self.find_vault(&new.vault)?;
            check(&vault.id, &vault.lifecycle, Act::NewVersion)?;
            if self.registry.key(&id)?.is_some() {
                return Err(VaultError::Exists(id.clone()));
            }
            let mut lifecycle = Lifecycle::beginning(draft.now, &self.timing);
            lifecycle.pass(draft.now, &self.timing);
            let key = Key {
                id: id.clone(),
                vault: vault.id,
                compartment: new.compartment.clone(),
                tenancy: vault.tenancy,
                name: new.name.clone(),
                shape: new.shape,
                protection: new.protection,
                current_version: version.id.clone(),
                lifecycle,
            };
            draft.say(
                Action::Create,
                by,
                About::Version(&version),
                new.shape.to_string(),
            );
            draft.records.push(Record::Key(key.clone()));
            draft.records.push(Record::Version(version.clone()));
            Ok(key)
        })
    }

    /// Makes a new version of a key and makes it the current one: the key keeps its OCID and has a new value.
    ///
    /// The version is on disk, and the current one, when this returns.
    ///
    /// # Errors
    /// [`VaultError::State`] unless the key is ENABLED and its vault active; [`VaultError::Name`] and
    /// [`VaultError::Exists`] for a given OCID that cannot be used.
    pub fn rotate(&self, key: &Ocid, id: Option<Ocid>, by: &By) -> Result<KeyVersion, VaultError> {
        let (vault, found) = self.settled_key(key)?;
        check_key(&vault, &found, Act::NewVersion)?;
        let _creating = self.lock();
        let version = self.new_version(&found.id, id, found.shape)?;
        self.change(|draft| {
            let (vault, mut key) = self.find_key(key)?;
            check_key(&vault, &key, Act::NewVersion)?;
            key.current_version = version.id.clone();
            draft.say(
                Action::Create,
                by,
                About::Version(&version),
                key.shape.to_string(),
            );
            draft.records.push(Record::Key(key));
            draft.records.push(Record::Version(version.clone()));
            Ok(version.clone())
        })
    }

    /// Puts a key into use.
    ///
    /// # Errors
    /// [`VaultError::State`] where the state table says 409, [`VaultError::Gone`] where it says 404; the same for the
    /// next ones.
    pub fn enable_key(&self, key: &Ocid, by: &By) -> Result<Key, VaultError> {
        self.act_on_key(key, Act::Enable, None, by)
    }

    /// Takes a key out of use.
    ///
    /// # Errors
    /// As [`Vaults::enable_key`].
    pub fn disable_key(&self, key: &Ocid, by: &By) -> Result<Key, VaultError> {
        self.act_on_key(key, Act::Disable, None, by)
    }

    /// Schedules the deletion of a key and all its versions; from now on it is unusable. `None` means 30 days ahead.
    ///
    /// # Errors
    /// As [`Vaults::enable_key`]; [`VaultError::DeletionTime`] when the time is not 7 to 30 days ahead.
    pub fn schedule_key_deletion(
        &self,
        key: &Ocid,
        time: Option<Timestamp>,
        by: &By,
    ) -> Result<Key, VaultError> {
        self.act_on_key(key, Act::ScheduleDeletion, time, by)
    }

    /// Cancels the deletion of a key: it goes back to the state it had.
    ///
    /// # Errors
    /// As [`Vaults::enable_key`].
    pub fn cancel_key_deletion(&self, key: &Ocid, by: &By) -> Result<Key, VaultError> {
        self.act_on_key(key, Act::CancelDeletion, None, by)
    }

    /// Gives a key another display name.
    ///
    /// # Errors
    /// As [`Vaults::enable_key`].
    pub fn rename_key(&self, key: &Ocid, name: &str, by: &By) -> Result<Key, VaultError> {
        self.update_key(key, by, |key| name.clone_into(&mut key.name))
    }

    /// Moves a key into another compartment of its tenancy.
    ///
    /// # Errors
    /// As [`Vaults::enable_key`].
    pub fn move_key(&self, key: &Ocid, compartment: &Ocid, by: &By) -> Result<Key, VaultError> {
        self.update_key(key, by, |key| key.compartment.clone_from(compartment))
    }

    /// Schedules the deletion of one version. Only what it encrypted becomes unreadable.
    ///
    /// # Errors
    /// As [`Vaults::schedule_key_deletion`]; [`VaultError::CurrentVersion`] for the current version.
    pub fn schedule_version_deletion(
        &self,
        key: &Ocid,
        version: &Ocid,
        time: Option<Timestamp>,
        by: &By,
    ) -> Result<KeyVersion, VaultError> {
        self.act_on_version(key, version, Act::ScheduleDeletion, time, by)
    }

    /// Cancels the deletion of one version.
    ///
    /// # Errors
    /// As [`Vaults::enable_key`].
    pub fn cancel_version_deletion(
        &self,
        key: &Ocid,
        version: &Ocid,
        by: &By,
    ) -> Result<KeyVersion, VaultError> {
        self.act_on_version(key, version, Act::CancelDeletion, None, by)
    }

    /// Schedules the deletion of a vault; its keys are pending deletion with it.
    ///
    /// # Errors
    /// As [`Vaults::schedule_key_deletion`].
    pub fn schedule_vault_deletion(
        &self,
        vault: &Ocid,
        time: Option<Timestamp>,
        by: &By,
    ) -> Result<Vault, VaultError> {
        self.act_on_vault(vault, Act::ScheduleDeletion, time, by)
    }

    /// Cancels the deletion of a vault; each of its keys has its own earlier state again.
    ///
    /// # Errors
    /// As [`Vaults::enable_key`].
    pub fn cancel_vault_deletion(&self, vault: &Ocid, by: &By) -> Result<Vault, VaultError> {
        self.act_on_vault(vault, Act::CancelDeletion, None, by)
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

    /// The version to seal or open with, if vault, key and version allow it now, and the shape can.
    ///
    /// # Errors
    /// In this order: [`VaultError::NotFound`], [`VaultError::Gone`] or [`VaultError::State`] of vault, key, version;
    /// [`VaultError::CannotEncrypt`]; [`VaultError::Material`] or [`VaultError::Store`] when the material is not there.
    pub fn usable(&self, key: &Ocid, purpose: Purpose<'_>) -> Result<UsableVersion, VaultError> {
        let (vault, key) = self.settled_key(key)?;
        let (act, version) = match purpose {
            Purpose::Seal => (Act::Encrypt, &key.current_version),
            Purpose::Open { version } => (Act::Decrypt, version),
        };
        check_key(&vault, &key, act)?;
        let version = self.settled_version(&vault, &key, version)?;
        check(&version.id, &version.lifecycle, act)?;
        let suite = key.shape.suite().ok_or(VaultError::CannotEncrypt(key.shape))?;
        let Some(store_key) = self.registry.store_key(&version.key, &version.id)? else {
            // The record says otherwise, but what was erased stays erased.
            return Err(VaultError::Gone {
                id: version.id,
                since: version.lifecycle.since,
            });
        };
        let material = version
            .material
            .and_then(|wrapped| material::unwrap(&store_key, &version.id, &wrapped).ok());
        Ok(UsableVersion {
            key: key.id,
            suite,
            material: material.ok_or_else(|| VaultError::Material(version.id.clone()))?,
            version: version.id,
        })
    }

    /// The number of the newest change to any vault, key or version.
    ///
    /// # Errors
    /// [`VaultError::Store`].
    pub fn revision(&self) -> Result<crate::store::Revision, VaultError> {
        self.settle()?;
        Ok(self.registry.revision()?)
    }

    /// Lets pass in every vault what time has passed: ends intermediate states, deletes and erases what is due.
    ///
    /// # Errors
    /// [`VaultError::Store`] when the store does not answer; what was not done is done the next time.
    pub fn settle(&self) -> Result<(), VaultError> {
        for vault in self.registry.vaults()? {
            self.settle_vault(&vault.id)?;
        }
        Ok(())
    }

    fn settle_vault(&self, id: &Ocid) -> Result<(), VaultError> {
        self.change(|draft| {
            let mut vault = self.find_vault(id)?;
            let steps = vault.lifecycle.pass(draft.now, &self.timing);
            draft.steps(&By::clock(), About::Vault(&vault.id), &steps);
            if !steps.is_empty() {
                draft.records.push(Record::Vault(vault.clone()));
            }
            for key in self.registry.keys(&vault.id)? {
                self.settle_in(draft, &vault, key)?;
            }
            Ok(())
        })
    }

    fn settle_in(&self, draft: &mut Draft, vault: &Vault, mut key: Key) -> Result<(), VaultError> {
        let mut steps = key.lifecycle.pass(draft.now, &self.timing);
        steps.extend(self.deleted_with(&mut key.lifecycle, &vault.lifecycle));
        for mut version in self.registry.versions(&key.id)? {
            let mut steps = version.lifecycle.pass(draft.now, &self.timing);
            steps.extend(self.deleted_with(&mut version.lifecycle, &key.lifecycle));
            if version.material.is_some() {
                if version.lifecycle.state == State::Deleted {
                    // Erased before the state is written, hence before anybody is told.
                    self.registry.erase(&version.key, &version.id)?;
                } else if self.registry.store_key(&version.key, &version.id)?.is_none() {
                    // The records are older than the erasure: somebody put an old copy back. The tombstone wins.
                    steps.push(version.lifecycle.delete_with(draft.now, &self.timing));
                }
            }
            if !steps.is_empty() {
                if version.lifecycle.state == State::Deleted {
                    version.material = None;
                }
                draft.steps(&By::clock(), About::Version(&version), &steps);
                draft.records.push(Record::Version(version));
            }
        }
        if !steps.is_empty() {
            draft.steps(&By::clock(), About::Key(&key), &steps);
            draft.records.push(Record::Key(key));
        }
        Ok(())
    }

    /// What belongs to something deleted is deleted with it.
    fn deleted_with(&self, own: &mut Lifecycle, outer: &Lifecycle) -> Option<Step> {
        let goes = outer.state == State::Deleted && own.state != State::Deleted;
        goes.then(|| own.delete_with(outer.since, &self.timing))
    }

    fn act_on_vault(
        &self,
        id: &Ocid,
        act: Act,
        time: Option<Timestamp>,
        by: &By,
    ) -> Result<Vault, VaultError> {
        self.settled_vault(id)?;
        self.change(|draft| {
            let mut vault = self.find_vault(id)?;
            let steps = self.act(draft, &vault.id, &mut vault.lifecycle, act, time)?;
            draft.steps(by, About::Vault(&vault.id), &steps);
            draft.records.push(Record::Vault(vault.clone()));
            Ok(vault)
        })
    }

    fn act_on_key(&self, id: &Ocid, act: Act, time: Option<Timestamp>, by: &By) -> Result<Key, VaultError> {
        self.settled_key(id)?;
        self.change(|draft| {
            let (vault, mut key) = self.find_key(id)?;
            check_key(&vault, &key, act)?;
            let steps = self.act(draft, &key.id, &mut key.lifecycle, act, time)?;
            if !steps.is_empty() {
                draft.steps(by, About::Key(&key), &steps);
                draft.records.push(Record::Key(key.clone()));
            }
            Ok(key)
        })
    }

    fn act_on_version(
        &self,
        key: &Ocid,
        id: &Ocid,
        act: Act,
        time: Option<Timestamp>,
        by: &By,
    ) -> Result<KeyVersion, VaultError> {
        let (vault, found) = self.settled_key(key)?;
        self.settled_version(&vault, &found, id)?;
        self.change(|draft| {
            let (vault, key) = self.find_key(key)?;
            // The key must be one whose versions can be managed: in use, or out of use for a while.
            check_key(&vault, &key, Act::ScheduleDeletion)?;
            let mut version = self.find_version(&key, id)?;
            check(&version.id, &version.lifecycle, act)?;
            let is_current = version.id == key.current_version;
            if is_current
                && act == Act::ScheduleDeletion
                && assumed::CURRENT_VERSION_DELETION != Outcome::Done
            {
                return Err(VaultError::CurrentVersion(version.id));
            }
            let steps = self.act(draft, &version.id, &mut version.lifecycle, act, time)?;
            draft.steps(by, About::Version(&version), &steps);
            draft.records.push(Record::Version(version.clone()));
            Ok(version)
        })
    }

    fn update_key(&self, id: &Ocid, by: &By, update: impl Fn(&mut Key)) -> Result<Key, VaultError> {
        self.settled_key(id)?;
        self.change(|draft| {
            let (vault, mut key) = self.find_key(id)?;
            check_key(&vault, &key, Act::Update)?;
            update(&mut key);
            draft.say(Action::Manage, by, About::Key(&key), "updated".to_owned());
            draft.records.push(Record::Key(key.clone()));
            Ok(key)
        })
    }

    /// Acts on a lifecycle, and follows the states that last no time.
    fn act(
        &self,
        draft: &Draft,
        id: &Ocid,
        lifecycle: &mut Lifecycle,
        act: Act,
        time: Option<Timestamp>,
    ) -> Result<Vec<Step>, VaultError> {
        check(id, lifecycle, act)?;
        let time_of_deletion = deletion_time(draft.now, time)?;
        let from = lifecycle.state;
        lifecycle.act(act, draft.now, time_of_deletion, &self.timing);
        let mut steps = Vec::new();
        if lifecycle.state != from {
            let to = lifecycle.state;
            steps.push(Step {
                from,
                to,
                at: draft.now,
            });
        }
        steps.extend(lifecycle.pass(draft.now, &self.timing));
        Ok(steps)
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        self.creating.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new version with its material, whose store key is kept already.
    fn new_version(&self, key: &Ocid, id: Option<Ocid>, shape: Shape) -> Result<KeyVersion, VaultError> {
        let id = match id {
            Some(id) => given(id, "keyversion")?,
            None => made("keyversion", ocids::in_vault("keyversion", key, &*self.rng)?)?,
        };
        if self.registry.version(key, &id)?.is_some() {
            return Err(VaultError::Exists(id));
        }
        let material = match shape {
            Shape::Aes(length) => {
                let mek = Mek::fresh(length, &*self.rng)?;
                let store_key = StoreKey::fresh(&*self.rng)?;
                let wrapped = material::wrap(&store_key, &id, &mek, &*self.rng)?;
                self.registry.keep_store_key(key, &id, &store_key)?;
                Some(wrapped)
            }
            Shape::Rsa(_) | Shape::Ecdsa(_) => None,
        };
        let now = self.clock.now();
        // A version is there as a whole or not at all: its CREATING lasts no time.
        let mut lifecycle = Lifecycle::beginning(now, &Timing::default());
        lifecycle.pass(now, &Timing::default());
        Ok(KeyVersion {
            id,
            key: key.clone(),
            origin: Origin::Internal,
            created: now,
            lifecycle,
            material,
        })
    }

    fn find_vault(&self, id: &Ocid) -> Result<Vault, VaultError> {
        self.registry
            .vault(id)?
            .ok_or_else(|| VaultError::NotFound(id.clone()))
    }

    fn find_key(&self, id: &Ocid) -> Result<(Vault, Key), VaultError> {
        let key = self
            .registry
            .key(id)?
            .ok_or_else(|| VaultError::NotFound(id.clone()))?;
        Ok((self.find_vault(&key.vault)?, key))
    }

    fn find_version(&self, key: &Key, id: &Ocid) -> Result<KeyVersion, VaultError> {
        let found = self.registry.version(&key.id, id)?;
        found.ok_or_else(|| VaultError::NotFound(id.clone()))
    }

    fn settled_vault(&self, id: &Ocid) -> Result<Vault, VaultError> {
        let vault = self.find_vault(id)?;
        if !vault.lifecycle.is_due(self.clock.now()) {
            return Ok(vault);
        }
        self.settle_vault(id)?;
        self.find_vault(id)
    }

    fn settled_key(&self, id: &Ocid) -> Result<(Vault, Key), VaultError> {
        let (vault, key) = self.find_key(id)?;
        let now = self.clock.now();
        if !vault.lifecycle.is_due(now) && !key.lifecycle.is_due(now) {
            return Ok((vault, key));
        }
        self.settle_vault(&vault.id)?;
        self.find_key(id)
    }

    fn settled_version(&self, vault: &Vault, key: &Key, id: &Ocid) -> Result<KeyVersion, VaultError> {
        let version = self.find_version(key, id)?;
        if !version.lifecycle.is_due(self.clock.now()) {
            return Ok(version);
        }
        self.settle_vault(&vault.id)?;
        self.find_version(key, id)
    }

    /// Reads, changes and commits, again where somebody else committed in between.
    fn change<T>(&self, attempt: impl Fn(&mut Draft) -> Result<T, VaultError>) -> Result<T, VaultError> {
        for _ in 0..ATTEMPTS {
            let revision = self.registry.revision()?;
            let mut draft = Draft {
                now: self.clock.now(),
                records: Vec::new(),
                entries: Vec::new(),
            };
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
struct Draft {
    now: Timestamp,
    records: Vec<Record>,
    entries: Vec<Entry>,
}

/// What an entry speaks of.
#[derive(Clone, Copy)]
enum About<'a> {
    Vault(&'a Ocid),
    Key(&'a Key),
    Version(&'a KeyVersion),
}

impl Draft {
    fn say(&mut self, action: Action, by: &By, about: About<'_>, note: String) {
        self.say_at(self.now, action, by, about, note);
    }

    fn steps(&mut self, by: &By, about: About<'_>, steps: &[Step]) {
        for step in steps {
            let note = match about {
                About::Vault(_) => format!("{} to {}", step.from.of_vault(), step.to.of_vault()),
                About::Key(_) | About::Version(_) => format!("{} to {}", step.from, step.to),
            };
            self.say_at(step.at, Action::StateChange, by, about, note);
        }
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

/// Whether vault and key allow an act on the key.
fn check_key(vault: &Vault, key: &Key, act: Act) -> Result<(), VaultError> {
    if outcome(vault.lifecycle.state, act) == Outcome::Missing {
        check(&vault.id, &vault.lifecycle, act)?;
    }
    if !is_active(vault.lifecycle.state) {
        return Err(incorrect_state(&vault.id, &vault.lifecycle));
    }
    check(&key.id, &key.lifecycle, act)
}

fn check(id: &Ocid, lifecycle: &Lifecycle, act: Act) -> Result<(), VaultError> {
    match outcome(lifecycle.state, act) {
        Outcome::Done | Outcome::Goes(_) => Ok(()),
        Outcome::Refused => Err(incorrect_state(id, lifecycle)),
        Outcome::Missing => Err(VaultError::Gone {
            id: id.clone(),
            since: lifecycle.since,
        }),
    }
}

fn incorrect_state(id: &Ocid, lifecycle: &Lifecycle) -> VaultError {
    VaultError::State {
        id: id.clone(),
        state: lifecycle.state,
        since: lifecycle.since,
    }
}

/// The time a deletion is set for: as asked, or 30 days ahead.
fn deletion_time(now: Timestamp, asked: Option<Timestamp>) -> Result<Timestamp, VaultError> {
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    let Some(time) = asked else {
        let default = now.checked_add(days(DELETION_DEFAULT_DAYS));
        return default.map_err(|_| VaultError::DeletionTime(now));
    };
    let (least, most) = (days(DELETION_DAYS.0), days(DELETION_DAYS.1));
    let ahead = time.duration_since(now);
    let fits = if assumed::WINDOW_INCLUDES_ITS_ENDS {
        least <= ahead && ahead <= most
    } else {
        least < ahead && ahead < most
    };
    if fits {
        Ok(time)
    } else {
        Err(VaultError::DeletionTime(time))
    }
}

/// An OCID that was given for something new.
fn given(id: Ocid, kind: &'static str) -> Result<Ocid, VaultError> {
    // A blob has one byte for the length of an OCID.
    if id.resource_kind().eq_ignore_ascii_case(kind) && id.as_str().len() <= 255 {
        Ok(id)
    } else {
        Err(VaultError::Name(id.as_str().to_owned(), kind))
    }
}

/// An OCID that was made, if it is one: the region came from outside.
fn made(kind: &'static str, id: Result<Ocid, NotAnOcid>) -> Result<Ocid, VaultError> {
    given(
        id.map_err(|error| VaultError::Name(error.to_string(), kind))?,
        kind,
    )
}
