//! Vaults and keys, managed by decision.

use jiff::Timestamp;

use super::create::provider_tenancy;
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
            vaults.create_vault(new, by)
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

    /// Moves a key into another compartment of its tenancy.
    ///
    /// # Errors
    /// As [`Vaults::move_key`].
    pub fn move_key(&self, key: &Ocid, compartment: &Ocid) -> Result<Decided<Key>, Failure> {
        self.manage_key(Operation::ChangeKeyCompartment, key, |vaults, by| {
            vaults.move_key(key, compartment, by)
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

    pub(super) fn manage_key<T>(
        &self,
        operation: Operation,
        key: &Ocid,
        act: impl FnOnce(&Vaults, &By) -> Result<T, VaultError>,
    ) -> Result<Decided<T>, Failure> {
        let found = self.engine.find_key(key)?;
        let target = self.key_target(key, found.as_ref());
        self.managed(operation, Action::Manage, Some(key), target, act)
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

    /// Decides, then acts. Refusals are recorded here, successes by the vault together with the change.
    fn managed<T>(
        &self,
        operation: Operation,
        action: Action,
        key: Option<&Ocid>,
        target: Target,
        act: impl FnOnce(&Vaults, &By) -> Result<T, VaultError>,
    ) -> Result<Decided<T>, Failure> {
        let try_it = || {
            if operation.is_management() {
                self.admit()?;
            }
            let is_providers = is_providers(&target);
            let permit = self.permit(operation, target)?;
            if is_providers {
                let explanation = "keys of the provider are the provider's to manage";
                return Err(Failure::new(Code::NotAuthorizedOrNotFound, explanation));
            }
            let evidence = permit.evidence().clone();
            let value = act(&self.engine.vaults, &self.by(Some(evidence.clone())))?;
            Ok(Decided { value, evidence: vec![evidence] })
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
