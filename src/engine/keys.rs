//! Vaults and keys, managed by decision.

use jiff::Timestamp;

use super::create::{provider_tenancy, provider_vault};
use super::failure::{Code, Failure};
use super::{Decided, Session, Trail};
use crate::audit::{Action, By};
use crate::decider::{Operation, Target};
use crate::ocid::Ocid;
#[cfg(doc)]
use crate::vault::Limits;
use crate::vault::{Key, KeyVersion, NewKey, NewVault, Vault, VaultError, Vaults};

/// The operations decide first, and answer [`Code::NotAuthorizedOrNotFound`] in every state of the key to whoever is
/// not allowed; [`Code::Throttled`] comes before that, to a tenancy that calls more often than [`Limits`] say. What else can go wrong is said where [`Vaults`] does the same thing.
impl Session<'_> {
    /// Makes a vault.
    ///
    /// # Errors
    /// As [`Vaults::create_vault`].
    pub fn create_vault(&self, new: NewVault) -> Result<Decided<Vault>, Failure> {
        let target = Target {
            key: None,
            vault: None,
            compartment: new.compartment.clone(),
            tenancy: new.tenancy.clone(),
        };
        self.managed(Operation::CreateVault, Action::Create, None, target, |vaults, by| {
            match new.id {
                // It need not be there yet to be taken.
                Some(id) if provider_vault().is_ok_and(|provider| provider == id) => {
                    Err(VaultError::Exists(id))
                }
                Some(_) | None => vaults.create_vault(new, by),
            }
        })
    }

    /// Schedules the deletion of a vault with all its keys.
    ///
    /// # Errors
    /// As [`Vaults::schedule_vault_deletion`].
    pub fn schedule_vault_deletion(
        &self,
        vault: &Ocid,
        time: Option<Timestamp>,
    ) -> Result<Decided<Vault>, Failure> {
        self.manage_vault(Operation::ScheduleVaultDeletion, vault, |vaults, by| {
            vaults.schedule_vault_deletion(vault, time, by)
        })
    }

    /// Cancels the deletion of a vault.
    ///
    /// # Errors
    /// As [`Vaults::cancel_vault_deletion`].
    pub fn cancel_vault_deletion(&self, vault: &Ocid) -> Result<Decided<Vault>, Failure> {
        self.manage_vault(Operation::CancelVaultDeletion, vault, |vaults, by| {
            vaults.cancel_vault_deletion(vault, by)
        })
    }

    /// Makes a key.
    ///
    /// # Errors
    /// As [`Vaults::create_key`].
    pub fn create_key(&self, new: NewKey) -> Result<Decided<Key>, Failure> {
        let found = self.find_vault(&new.vault)?;
        let target = Target {
            key: None,
            vault: Some(new.vault.clone()),
            compartment: new.compartment.clone(),
            tenancy: found.map_or_else(|| self.principal.tenancy.clone(), |vault| vault.tenancy),
        };
        self.managed(Operation::CreateKey, Action::Create, None, target, |vaults, by| {
            vaults.create_key(new, by)
        })
    }

    /// Looks at a key.
    ///
    /// # Errors
    /// As [`Vaults::key`].
    pub fn key(&self, key: &Ocid) -> Result<Decided<Key>, Failure> {
        self.manage_key(Operation::GetKey, key, |vaults, _| vaults.key(key))
    }

    /// All vaults this principal may list.
    ///
    /// # Errors
    /// [`Code::BackendUnavailable`] when the store does not answer.
    pub fn list_vaults(&self) -> Result<Vec<Vault>, Failure> {
        self.admit()?;
        let mut vaults = self.engine.vaults.vaults()?;
        vaults.retain(|vault| {
            let target = Target {
                key: None,
                vault: Some(vault.id.clone()),
                compartment: vault.compartment.clone(),
                tenancy: vault.tenancy.clone(),
            };
            !is_providers(&target) && self.permit(Operation::ListVaults, target).is_ok()
        });
        Ok(vaults)
    }

    /// All keys of a vault this principal may list.
    ///
    /// # Errors
    /// [`Code::BackendUnavailable`] when the store does not answer. A vault that is not there has no keys.
    pub fn list_keys(&self, vault: &Ocid) -> Result<Vec<Key>, Failure> {
        self.admit()?;
        let mut keys = match self.find_vault(vault)? {
            Some(_) => self.engine.vaults.keys(vault)?,
            None => Vec::new(),
        };
        keys.retain(|key| {
            let target = self.key_target(&key.id, Some(key));
            !is_providers(&target) && self.permit(Operation::ListKeys, target).is_ok()
        });
        Ok(keys)
    }

    /// The versions of a key, oldest first.
    ///
    /// # Errors
    /// As [`Vaults::versions`].
    pub fn list_versions(&self, key: &Ocid) -> Result<Decided<Vec<KeyVersion>>, Failure> {
        self.manage_key(Operation::ListKeyVersions, key, |vaults, _| vaults.versions(key))
    }

    /// Lets a key rotate by itself, or no longer.
    ///
    /// # Errors
    /// As [`Vaults::set_auto_rotation`].
    pub fn set_auto_rotation(&self, key: &Ocid, days: Option<u16>) -> Result<Decided<Key>, Failure> {
        self.manage_key(Operation::UpdateKey, key, |vaults, by| vaults.set_auto_rotation(key, days, by))
    }

    /// Rotates a key.
    ///
    /// # Errors
    /// As [`Vaults::rotate`].
    pub fn rotate_key(&self, key: &Ocid, version: Option<Ocid>) -> Result<Decided<KeyVersion>, Failure> {
        self.manage_key(Operation::CreateKeyVersion, key, |vaults, by| vaults.rotate(key, version, by))
    }

    /// Puts a key into use.
    ///
    /// # Errors
    /// As [`Vaults::enable_key`].
    pub fn enable_key(&self, key: &Ocid) -> Result<Decided<Key>, Failure> {
        self.manage_key(Operation::EnableKey, key, |vaults, by| vaults.enable_key(key, by))
    }

    /// Takes a key out of use.
    ///
    /// # Errors
    /// As [`Vaults::disable_key`].
    pub fn disable_key(&self, key: &Ocid) -> Result<Decided<Key>, Failure> {
        self.manage_key(Operation::DisableKey, key, |vaults, by| vaults.disable_key(key, by))
    }

    /// Gives a key another display name.
    ///
    /// # Errors
    /// As [`Vaults::rename_key`].
    pub fn rename_key(&self, key: &Ocid, name: &str) -> Result<Decided<Key>, Failure> {
        self.manage_key(Operation::UpdateKey, key, |vaults, by| vaults.rename_key(key, name, by))
    }

    /// Moves a key into another compartment of its tenancy. `tenancy` is that of the compartment.
    ///
    /// It is decided where the key is and where it goes: a key brings what its new compartment lets people do with it.
    ///
    /// # Errors
    /// As [`Vaults::move_key`].
    pub fn move_key(&self, key: &Ocid, compartment: &Ocid, tenancy: &Ocid) -> Result<Decided<Key>, Failure> {
        let operation = Operation::ChangeKeyCompartment;
        let found = self.engine.find_key(key)?;
        let here = self.key_target(key, found.as_ref());
        let there = Target { compartment: compartment.clone(), tenancy: tenancy.clone(), ..here.clone() };
        self.managed_at(operation, Action::Manage, Some(key), vec![here, there], |vaults, by| {
            vaults.move_key(key, compartment, tenancy, by)
        })
    }

    /// Schedules the deletion of a key.
    ///
    /// # Errors
    /// As [`Vaults::schedule_key_deletion`].
    pub fn schedule_key_deletion(
        &self,
        key: &Ocid,
        time: Option<Timestamp>,
    ) -> Result<Decided<Key>, Failure> {
        self.manage_key(Operation::ScheduleKeyDeletion, key, |vaults, by| {
            vaults.schedule_key_deletion(key, time, by)
        })
    }

    /// Cancels the deletion of a key.
    ///
    /// # Errors
    /// As [`Vaults::cancel_key_deletion`].
    pub fn cancel_key_deletion(&self, key: &Ocid) -> Result<Decided<Key>, Failure> {
        self.manage_key(Operation::CancelKeyDeletion, key, |vaults, by| vaults.cancel_key_deletion(key, by))
    }

    /// Schedules the deletion of a key version.
    ///
    /// # Errors
    /// As [`Vaults::schedule_version_deletion`].
    pub fn schedule_version_deletion(
        &self,
        key: &Ocid,
        version: &Ocid,
        time: Option<Timestamp>,
    ) -> Result<Decided<KeyVersion>, Failure> {
        self.manage_key(Operation::ScheduleKeyVersionDeletion, key, |vaults, by| {
            vaults.schedule_version_deletion(key, version, time, by)
        })
    }

    /// Cancels the deletion of a key version.
    ///
    /// # Errors
    /// As [`Vaults::cancel_version_deletion`].
    pub fn cancel_version_deletion(
        &self,
        key: &Ocid,
        version: &Ocid,
    ) -> Result<Decided<KeyVersion>, Failure> {
        self.manage_key(Operation::CancelKeyVersionDeletion, key, |vaults, by| {
            vaults.cancel_version_deletion(key, version, by)
        })
    }

    fn manage_key<T>(
        &self,
        operation: Operation,
        key: &Ocid,
        act: impl FnOnce(&Vaults, &By) -> Result<T, VaultError>,
    ) -> Result<Decided<T>, Failure> {
        self.act_on_key(operation, Action::Manage, key, act)
    }

    /// Decides, then acts on a key; a refusal is recorded as the same action as a success.
    pub(super) fn act_on_key<T>(
        &self,
        operation: Operation,
        action: Action,
        key: &Ocid,
        act: impl FnOnce(&Vaults, &By) -> Result<T, VaultError>,
    ) -> Result<Decided<T>, Failure> {
        let found = self.engine.find_key(key)?;
        let target = self.key_target(key, found.as_ref());
        self.managed(operation, action, Some(key), target, act)
    }

    fn manage_vault<T>(
        &self,
        operation: Operation,
        vault: &Ocid,
        act: impl FnOnce(&Vaults, &By) -> Result<T, VaultError>,
    ) -> Result<Decided<T>, Failure> {
        let (compartment, tenancy) = match self.find_vault(vault)? {
            Some(found) => (found.compartment, found.tenancy),
            None => (self.principal.tenancy.clone(), self.principal.tenancy.clone()),
        };
        let target = Target { key: None, vault: Some(vault.clone()), compartment, tenancy };
        self.managed(operation, Action::Manage, None, target, act)
    }

    fn managed<T>(
        &self,
        operation: Operation,
        action: Action,
        key: Option<&Ocid>,
        target: Target,
        act: impl FnOnce(&Vaults, &By) -> Result<T, VaultError>,
    ) -> Result<Decided<T>, Failure> {
        self.managed_at(operation, action, key, vec![target], act)
    }

    /// Decides for each place, then acts. Refusals are recorded here, successes by the vault together with the change,
    /// as resting on the first decision.
    fn managed_at<T>(
        &self,
        operation: Operation,
        action: Action,
        key: Option<&Ocid>,
        targets: Vec<Target>,
        act: impl FnOnce(&Vaults, &By) -> Result<T, VaultError>,
    ) -> Result<Decided<T>, Failure> {
        let try_it = || {
            if operation.is_management() {
                self.admit()?;
            }
            let mut evidence = Vec::new();
            for target in targets {
                let is_providers = is_providers(&target);
                let permit = self.permit(operation, target)?;
                if is_providers {
                    let explanation = "keys of the provider are the provider's to manage";
                    return Err(Failure::new(Code::NotAuthorizedOrNotFound, explanation));
                }
                evidence.push(permit.evidence().clone());
            }
            let value = act(&self.engine.vaults, &self.by(evidence.first().cloned()))?;
            Ok(Decided { value, evidence })
        };
        try_it().inspect_err(|failure| self.refused(action, &Trail::of_key(key), failure))
    }

    fn find_vault(&self, id: &Ocid) -> Result<Option<Vault>, Failure> {
        match self.engine.vaults.vault(id) {
            Ok(vault) => Ok(Some(vault)),
            Err(VaultError::NotFound(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether a target is one of the keys and vaults that the provider keeps.
fn is_providers(target: &Target) -> bool {
    provider_tenancy().is_ok_and(|provider| provider == target.tenancy)
}
