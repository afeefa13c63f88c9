//! Making vaults, keys and versions.

use std::sync::{MutexGuard, PoisonError};

use jiff::Timestamp;

use super::VaultError;
use super::check::{check, check_key};
use super::lifecycle::{Lifecycle, Timing};
use super::ocids;
use super::record::{Coming, Key, KeyVersion, Vault};
use super::registry::Record;
use super::service::{About, Vaults};
use super::shape::{Origin, Protection, Shape, VaultKind};
use super::state::Act;
use crate::audit::{Action, By};
use crate::envelope::material::{self, Form};
use crate::envelope::{Mek, StoreKey, asymmetric};
use crate::failpoint::Point;
use crate::ocid::{NotAnOcid, Ocid};
use crate::random::NoRandomness;

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

impl Vaults {
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
            draft.say(Action::Create, by, About::Vault(&id), new.kind.as_str().to_owned());
            draft.records.push(Record::Vault(vault.clone()));
            Ok(vault)
        })
    }

    /// Makes a key with its first version, and the material of that version.
    ///
    /// Where the program was built without RSA and ECDSA, versions of such keys have no material, and no use fits them.
    ///
    /// There is no hardware here: a key protected by HSM is kept as a key in software is, but wraps as a token does
    /// ([`Suite::Gcm`](crate::envelope::Suite::Gcm), counted), and is never exported.
    ///
    /// # Errors
    /// [`VaultError::NoBackend`] for EXTERNAL; [`VaultError::State`] when the vault is not active;
    /// [`VaultError::Limit`] when it is full;
    /// [`VaultError::Name`] and [`VaultError::Exists`] for OCIDs that cannot be used.
    pub fn create_key(&self, new: NewKey, by: &By) -> Result<Key, VaultError> {
        match new.protection {
            Protection::Software | Protection::Hsm => {}
            Protection::External => return Err(VaultError::NoBackend(new.protection)),
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
        self.check_room(&vault)?;
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
                auto_rotation: None,
                coming: None,
                lifecycle,
            };
            draft.say(Action::Create, by, About::Version(&version), new.shape.to_string());
            draft.records.push(Record::Key(key.clone()));
            draft.records.push(Record::Version(version.clone()));
            Ok(key)
        })
    }

    /// Makes a new version of a key and makes it the current one: the key keeps its OCID and has a new value.
    ///
    /// The version is on disk, and the current one, when this returns; where [`Timing::rotating`] says that it takes
    /// time, it is the current one when that has passed.
    ///
    /// # Errors
    /// [`VaultError::Rotating`] while an earlier one is on its way; [`VaultError::State`] unless the key is ENABLED and its vault active; [`VaultError::Name`] and
    /// [`VaultError::Exists`] for a given OCID that cannot be used.
    pub fn rotate(&self, key: &Ocid, id: Option<Ocid>, by: &By) -> Result<KeyVersion, VaultError> {
        let (vault, found) = self.settled_key(key)?;
        check_key(&vault, &found, Act::NewVersion)?;
        check_settled(&found)?;
        let _creating = self.lock();
        self.check_room(&vault)?;
        self.failpoint.reach(Point::BeforeVersion);
        let version = self.new_version(&found.id, id, found.shape)?;
        self.failpoint.reach(Point::VersionDurable);
        let rotated = self.change(|draft| {
            let (vault, mut key) = self.find_key(key)?;
            check_key(&vault, &key, Act::NewVersion)?;
            check_settled(&key)?;
            if self.registry.version(&key.id, &version.id)?.is_some() {
                return Err(VaultError::Exists(version.id.clone()));
            }
            if let Some(rotation) = &mut key.auto_rotation {
                rotation.next = rotation.after(draft.now);
            }
            if self.timing.rotating.is_zero() {
                key.current_version = version.id.clone();
            } else {
                let at = draft.now.checked_add(self.timing.rotating).unwrap_or(Timestamp::MAX);
                key.coming = Some(Coming { version: version.id.clone(), at });
            }
            draft.say(Action::Create, by, About::Version(&version), key.shape.to_string());
            draft.records.push(Record::Key(key));
            draft.records.push(Record::Version(version.clone()));
            Ok(version.clone())
        });
        self.failpoint.reach(Point::VersionCurrent);
        rotated
    }

    /// Whether a vault may hold one more key version.
    fn check_room(&self, vault: &Vault) -> Result<(), VaultError> {
        let Some(most) = self.limits.versions_of_virtual_private_vault else { return Ok(()) };
        if vault.kind != VaultKind::VirtualPrivate {
            return Ok(());
        }
        let mut versions = 0;
        for key in self.registry.keys(&vault.id)? {
            versions += self.registry.versions(&key.id)?.len();
        }
        if versions < most { Ok(()) } else { Err(VaultError::Limit(most)) }
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
        let (mek, public_key) = self.fresh_material(&id, shape)?;
        let material = match mek {
            None => None,
            Some(mek) => {
                // One that is there without a record was kept by somebody who was killed before the record.
                let store_key = match self.registry.store_key(key, &id)? {
                    Some(left) => left,
                    None => {
                        let fresh = StoreKey::fresh(&*self.rng)?;
                        self.registry.keep_store_key(key, &id, &fresh)?;
                        fresh
                    }
                };
                Some(material::wrap(&store_key, &id, &mek, &*self.rng)?)
            }
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
            public_key,
        })
    }

    /// New material with its public half, as far as the shape has either and the program was built for it.
    fn fresh_material(&self, id: &Ocid, shape: Shape) -> Result<(Option<Mek>, Option<Vec<u8>>), VaultError> {
        match (shape.form(), shape.key_pair()) {
            (Form::Aes(length), _) => Ok((Some(Mek::fresh(length, &*self.rng)?), None)),
            (Form::Pkcs8, Some(pair)) if asymmetric::AVAILABLE => {
                let mek = asymmetric::generate(pair).map_err(|_| NoRandomness)?;
                let public = asymmetric::public_key(&mek).map_err(|_| VaultError::Material(id.clone()))?;
                Ok((Some(mek), Some(public)))
            }
            (Form::Pkcs8, _) => Ok((None, None)),
        }
    }
}

/// Whether no new version is on its way.
fn check_settled(key: &Key) -> Result<(), VaultError> {
    key.coming.clone().map_or(Ok(()), |coming| Err(VaultError::Rotating(coming)))
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
    given(id.map_err(|error| VaultError::Name(error.to_string(), kind))?, kind)
}
