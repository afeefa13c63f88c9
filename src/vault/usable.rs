//! A key version whose states allow its use now.

use std::sync::atomic::Ordering;

use super::VaultError;
use super::check::{check, check_key};
use super::counts::Counts;
use super::record::{Key, KeyVersion};
use super::service::Vaults;
use super::shape::{Protection, Shape};
use super::state::Act;
use crate::envelope::asymmetric::{self, Export, Signing};
use crate::envelope::{Cek, Header, MasterKey, Mek, Rejected, Suite, WrapError, material};
use crate::ocid::Ocid;
use crate::random::Rng;

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
    counts: Counts,
}

impl Vaults {
    /// The version to seal or open with, if vault, key and version allow it now, and the shape can.
    ///
    /// # Errors
    /// In this order: [`VaultError::NotFound`], [`VaultError::Gone`] or [`VaultError::State`] of vault, key, version;
    /// [`VaultError::CannotEncrypt`]; [`VaultError::Material`] or [`VaultError::Store`] when the material is not there.
    pub fn usable(&self, key: &Ocid, purpose: Purpose<'_>) -> Result<UsableVersion, VaultError> {
        let (act, version) = match purpose {
            Purpose::Seal => (Act::Encrypt, None),
            Purpose::Open { version } => (Act::Decrypt, Some(version)),
        };
        let (key, version) = match version {
            Some(version) => self.allowing(key, Some(version), act)?,
            None => self.serving(key, act)?,
        };
        let suite = key.shape.suite(key.protection).ok_or(VaultError::CannotEncrypt(key.shape))?;
        let material = self.material(&key, &version)?;
        Ok(UsableVersion { key: key.id, version: version.id, suite, material, counts: self.counts.clone() })
    }

    /// Wraps material with a version that may be used.
    ///
    /// # Errors
    /// [`VaultError::WornOut`], [`VaultError::NoRandomness`], [`VaultError::Busy`] when the count cannot be kept.
    pub fn wrap_with(
        &self,
        master: &UsableVersion,
        header: &Header,
        cek: &Cek,
    ) -> Result<Vec<u8>, VaultError> {
        master.wrap(header, cek, &*self.rng).map_err(|error| match error {
            WrapError::NoRandomness(error) => error.into(),
            WrapError::WornOut => VaultError::WornOut(master.version.clone()),
            WrapError::Count => VaultError::Busy,
            WrapError::Unfit => VaultError::Material(master.version.clone()),
        })
    }

    /// Signs a message with a version of a key, the current one where none is named.
    ///
    /// # Errors
    /// As [`Vaults::usable`]; [`VaultError::CannotSign`] when the shape does not sign so.
    pub fn sign(
        &self,
        key: &Ocid,
        version: Option<&Ocid>,
        signing: Signing,
        message: &[u8],
    ) -> Result<(Ocid, Vec<u8>), VaultError> {
        let (key, version) = self.allowing(key, version, Act::Sign)?;
        let material = self.signing(&key, &version, signing)?;
        let signature = asymmetric::sign(&material, signing, message);
        Ok((version.id.clone(), signature.map_err(|_| VaultError::Material(version.id))?))
    }

    /// Whether a signature is that of a version of a key for a message.
    ///
    /// # Errors
    /// As [`Vaults::sign`].
    pub fn verify(
        &self,
        key: &Ocid,
        version: Option<&Ocid>,
        signing: Signing,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, VaultError> {
        let (key, version) = self.allowing(key, version, Act::Sign)?;
        let material = self.signing(&key, &version, signing)?;
        let verified = asymmetric::verify(&material, signing, message, signature);
        verified.map_err(|_| VaultError::Material(version.id))
    }

    /// Wraps the material of a version for whoever holds the private half of an RSA key: the current version where none
    /// is named.
    ///
    /// # Errors
    /// As [`Vaults::usable`]; [`VaultError::NoExport`] for a key that never leaves; [`VaultError::WrappingKey`] when the
    /// public key is none.
    pub fn export(
        &self,
        key: &Ocid,
        version: Option<&Ocid>,
        public_key: &[u8],
    ) -> Result<Exported, VaultError> {
        let (key, version) = self.allowing(key, version, Act::Encrypt)?;
        match key.protection {
            Protection::Software => {}
            Protection::Hsm | Protection::External => return Err(VaultError::NoExport(key.protection)),
        }
        if !asymmetric::AVAILABLE {
            return Err(VaultError::NotBuiltIn);
        }
        let way = match key.shape {
            Shape::Aes(_) => Export::Oaep,
            Shape::Rsa(_) | Shape::Ecdsa(_) => Export::OaepAes,
        };
        let material = self.material(&key, &version)?;
        let wrapped = asymmetric::export(&material, public_key, way, &*self.rng);
        Ok(Exported { version: version.id, way, wrapped: wrapped.map_err(|_| VaultError::WrappingKey)? })
    }

    /// How many wraps of a version have been reserved: its blocks, used up or not. Always 0 where nothing is counted.
    ///
    /// # Errors
    /// [`VaultError::Store`].
    pub fn wraps(&self, key: &Ocid, version: &Ocid) -> Result<u64, VaultError> {
        Ok(self.registry.wraps(key, version)?)
    }

    /// Key and version, if the states of both and of the vault allow an act. `None` is the current version.
    fn allowing(
        &self,
        key: &Ocid,
        version: Option<&Ocid>,
        act: Act,
    ) -> Result<(Key, KeyVersion), VaultError> {
        let (vault, key) = self.settled_key(key)?;
        check_key(&vault, &key, act)?;
        let version = self.settled_version(&vault, &key, version.unwrap_or(&key.current_version))?;
        check(&version.id, &version.lifecycle, act)?;
        Ok((key, version))
    }

    /// Key and version for new data: the current version, or in turn the one that is on its way.
    fn serving(&self, id: &Ocid, act: Act) -> Result<(Key, KeyVersion), VaultError> {
        let (key, current) = self.allowing(id, None, act)?;
        match &key.coming {
            Some(coming)
                if !key.shape.needs_version() && self.turns.fetch_add(1, Ordering::Relaxed) % 2 == 1 =>
            {
                self.allowing(id, Some(&coming.version), act)
            }
            Some(_) | None => Ok((key, current)),
        }
    }

    fn signing(&self, key: &Key, version: &KeyVersion, signing: Signing) -> Result<Mek, VaultError> {
        if !key.shape.signs_by(signing) {
            return Err(VaultError::CannotSign(key.shape, signing));
        }
        self.material(key, version)
    }

    fn material(&self, key: &Key, version: &KeyVersion) -> Result<Mek, VaultError> {
        if key.shape.key_pair().is_some() && !asymmetric::AVAILABLE {
            return Err(VaultError::NotBuiltIn);
        }
        let Some(store_key) = self.registry.store_key(&version.key, &version.id)? else {
            // The record says otherwise, but what was erased stays erased.
            return Err(VaultError::Gone { id: version.id.clone(), since: version.lifecycle.since });
        };
        let wrapped = version.material.as_ref();
        let material = wrapped
            .and_then(|wrapped| material::unwrap(&store_key, &version.id, key.shape.form(), wrapped).ok());
        material.ok_or_else(|| VaultError::Material(version.id.clone()))
    }
}

/// Material of a key version, wrapped for somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The version.
    pub version: Ocid,
    /// How it is wrapped.
    pub way: Export,
    /// The wrapped material.
    pub wrapped: Vec<u8>,
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

    fn wrap(&self, header: &Header, cek: &Cek, rng: &dyn Rng) -> Result<Vec<u8>, WrapError> {
        if self.suite.is_counted() {
            self.counts.take(&self.key, &self.version)?;
        }
        self.suite.wrap(&self.material, header, cek, rng)
    }

    fn unwrap(&self, suite: Suite, header: &[u8], wrapped: &[u8]) -> Result<Cek, Rejected> {
        suite.unwrap(&self.material, header, wrapped)
    }
}
