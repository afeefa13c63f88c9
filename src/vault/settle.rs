//! Letting time pass: intermediate states end, deletions fall due, material is erased.

use super::VaultError;
use super::lifecycle::{Lifecycle, Step};
use super::record::{Coming, Key, KeyVersion, Vault};
use super::registry::Record;
use super::service::{About, Draft, Vaults};
use super::state::State;
use crate::audit::By;
use crate::ocid::Ocid;

impl Vaults {
    /// Lets pass in every vault what time has passed: ends intermediate states, deletes and erases what is due.
    ///
    /// # Errors
    /// [`VaultError::Store`] when the store does not answer; what was not done is done the next time.
    pub fn settle(&self) -> Result<(), VaultError> {
        for vault in self.registry.vaults()? {
            self.settle_vault(&vault.id)?;
            for key in self.registry.keys(&vault.id)? {
                self.rotate_if_due(&key)?;
            }
        }
        Ok(())
    }

    /// Makes the version of a key that rotates by itself and is due. A key that cannot be rotated now waits: the next
    /// look finds it due still.
    fn rotate_if_due(&self, key: &Key) -> Result<(), VaultError> {
        let is_due = key.auto_rotation.is_some_and(|rotation| rotation.next <= self.clock.now());
        if is_due && key.lifecycle.state == State::Enabled {
            match self.rotate(&key.id, None, &By::clock()) {
                Ok(_) | Err(VaultError::State { .. } | VaultError::Limit(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    pub(super) fn settle_vault(&self, id: &Ocid) -> Result<(), VaultError> {
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
        let came = key.coming.take_if(|coming| coming.at <= draft.now);
        if let Some(Coming { version, at }) = &came {
            key.current_version.clone_from(version);
            draft.say_of_version(*at, &By::clock(), &key, "is the current version");
        }
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
        if !steps.is_empty() || came.is_some() {
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

    pub(super) fn settled_vault(&self, id: &Ocid) -> Result<Vault, VaultError> {
        let vault = self.find_vault(id)?;
        if !vault.lifecycle.is_due(self.clock.now()) {
            return Ok(vault);
        }
        self.settle_vault(id)?;
        self.find_vault(id)
    }

    pub(super) fn settled_key(&self, id: &Ocid) -> Result<(Vault, Key), VaultError> {
        let (vault, key) = self.find_key(id)?;
        let now = self.clock.now();
        if !vault.lifecycle.is_due(now) && !key.is_due(now) {
            return Ok((vault, key));
        }
        self.settle_vault(&vault.id)?;
        self.find_key(id)
    }

    pub(super) fn settled_version(
        &self,
        vault: &Vault,
        key: &Key,
        id: &Ocid,
    ) -> Result<KeyVersion, VaultError> {
        let version = self.find_version(key, id)?;
        if !version.lifecycle.is_due(self.clock.now()) {
            return Ok(version);
        }
        self.settle_vault(&vault.id)?;
        self.find_version(key, id)
    }
}
