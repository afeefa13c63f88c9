//! A key version whose states allow its use now.

use super::VaultError;
use super::check::{check, check_key};
use super::service::Vaults;
use super::state::Act;
use crate::envelope::{Cek, Header, MasterKey, Mek, Rejected, Suite, material};
use crate::ocid::Ocid;
use crate::random::{NoRandomness, Rng};

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

/// A key version that may be used now, with its material.
///
/// Only a vault yields one, after it has looked at the states of vault, key and version. It is for one use: keeping it
/// would be using a key whose state may have changed. The material is wiped when it is dropped, and does not come out.
pub struct UsableVersion {
    key: Ocid,
    version: Ocid,
    suite: Suite,
    material: Mek,
}

impl Vaults {
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
            return Err(VaultError::Gone { id: version.id, since: version.lifecycle.since });
        };
        let material =
            version.material.and_then(|wrapped| material::unwrap(&store_key, &version.id, &wrapped).ok());
        Ok(UsableVersion {
            key: key.id,
            suite,
            material: material.ok_or_else(|| VaultError::Material(version.id.clone()))?,
            version: version.id,
        })
    }
}

impl MasterKey for UsableVersion {
    fn key(&self) -> &Ocid {
        &self.key
    }

    fn version(&self) -> &Ocid {
        &self.version
    }

    fn suite(&self) -> Suite {
        self.suite
    }

    fn wrap(&self, header: &Header, cek: &Cek, rng: &dyn Rng) -> Result<Vec<u8>, NoRandomness> {
        self.suite.wrap(&self.material, header, cek, rng)
    }

    fn unwrap(&self, suite: Suite, header: &[u8], wrapped: &[u8]) -> Result<Cek, Rejected> {
        suite.unwrap(&self.material, header, wrapped)
    }
}
