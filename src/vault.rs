//! Vaults: master keys, their versions, and their lives.
//!
//! [`Vaults`] holds the whole key side: it makes keys, rotates, disables and deletes them by the table in
//! [`outcome`], lets time pass, and hands out a [`UsableVersion`] when the states of vault, key and version allow it.
//! It does not decide about access: whoever calls it has a decision, or is the operator.
//!
//! Material is generated here and stays here. It is stored wrapped, each version under a store key of its own, so that
//! deleting a version means overwriting 32 bytes.
//!
//! # Example
//! ```
//! use std::sync::Arc;
//! use jiff::{SignedDuration, Timestamp};
//! use ocipol::audit::By;
//! use ocipol::clock::ManualClock;
//! use ocipol::envelope::AesLength;
//! use ocipol::ocid::Ocid;
//! use ocipol::random::SystemRng;
//! use ocipol::store::Memory;
//! use ocipol::vault::{NewKey, NewVault, Protection, Purpose, Shape, State, Timing, VaultKind, Vaults};
//!
//! let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
//! let vaults = Vaults::new(Arc::new(Memory::new()), clock.clone(), Arc::new(SystemRng), Timing::default());
//! let tenancy = Ocid::parse("ocid1.tenancy.oc1..keys")?;
//! let vault = vaults.create_vault(
//!     NewVault {
//!         id: None,
//!         region: "iad".into(),
//!         compartment: tenancy.clone(),
//!         tenancy: tenancy.clone(),
//!         name: "main".into(),
//!         kind: VaultKind::Default,
//!     },
//!     &By::operator(),
//! )?;
//! let key = vaults.create_key(
//!     NewKey {
//!         id: None,
//!         version: None,
//!         vault: vault.id,
//!         compartment: tenancy,
//!         name: "etcd".into(),
//!         shape: Shape::Aes(AesLength::Aes256),
//!         protection: Protection::Software,
//!     },
//!     &By::operator(),
//! )?;
//! assert!(vaults.usable(&key.id, Purpose::Seal).is_ok());
//!
//! vaults.schedule_key_deletion(&key.id, None, &By::operator())?;
//! assert!(vaults.usable(&key.id, Purpose::Seal).is_err());
//! clock.advance(SignedDuration::from_hours(30 * 24));
//! assert_eq!(vaults.key(&key.id)?.lifecycle.state, State::Deleted);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod assumed;
mod check;
mod counts;
mod create;
mod lifecycle;
mod manage;
mod ocids;
mod record;
mod registry;
mod service;
mod settle;
mod shape;
mod state;
mod usable;

use jiff::Timestamp;

use crate::envelope::asymmetric::Signing;
use crate::ocid::Ocid;
use crate::random::NoRandomness;
use crate::store::{StoreError, WriteError};

pub use counts::BLOCK;
pub use create::{NewKey, NewVault};
pub use lifecycle::{Lifecycle, Step, Timing};
pub use manage::{DELETION_DAYS, DELETION_DEFAULT_DAYS};
pub use record::{AutoRotation, Coming, Key, KeyVersion, Vault};
pub use registry::{KeyRegistry, Record};
pub use service::{Limits, Vaults};
pub use shape::{Curve, Origin, Protection, RsaLength, Shape, VaultKind};
pub use state::{Act, Outcome, State, outcome};
pub use usable::{Exported, Purpose, UsableVersion};

/// Why a vault refuses.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// There is no such vault, key or version.
    #[error("there is no {0}")]
    NotFound(Ocid),
    /// There was, and only a tombstone is left.
    #[error("{id} has been DELETED since {since}")]
    Gone {
        /// What was deleted.
        id: Ocid,
        /// When.
        since: Timestamp,
    },
    /// Its state does not allow it now.
    #[error("{id} has been {state} since {since}")]
    State {
        /// The vault, key or version whose state forbids it.
        id: Ocid,
        /// That state.
        state: State,
        /// Since when.
        since: Timestamp,
    },
    /// The current version of a key is not deleted on its own.
    #[error("{0} is the current version of its key")]
    CurrentVersion(Ocid),
    /// A key of this shape does not wrap content keys.
    #[error("a key of the shape {0} cannot be a master key")]
    CannotEncrypt(Shape),
    /// A key of this shape does not sign in this way.
    #[error("a key of the shape {0} does not sign by {1}")]
    CannotSign(Shape, Signing),
    /// A key of this shape needs to be told the version.
    #[error("a key of the shape {0} needs to be told the key version")]
    VersionRequired(Shape),
    /// The version has made all the wraps it may.
    #[error("{0} has made all the wraps it may: rotate the key")]
    WornOut(Ocid),
    /// A new version of the key is not the current one yet.
    #[error("the new version {} becomes the current one at {}", .0.version, .0.at)]
    Rotating(Coming),
    /// New data is encrypted under the current version alone.
    #[error("{0} is not the current version of its key")]
    NotCurrent(Ocid),
    /// A key protected like this never leaves.
    #[error("a key protected by {} is never exported", .0.as_str())]
    NoExport(Protection),
    /// The key to export under is no RSA public key that is long enough.
    #[error("the wrapping key is no RSA public key of at least 2,048 bits")]
    WrappingKey,
    /// The program was built without RSA and ECDSA.
    #[error("this program was built without RSA and ECDSA: build it with the feature `asymmetric`")]
    NotBuiltIn,
    /// The vault is full.
    #[error("the vault holds {0} key versions, which is the limit")]
    Limit(usize),
    /// Only keys of virtual private vaults rotate by themselves, every 60 to 365 days.
    #[error("a key of a virtual private vault rotates by itself every 60 to 365 days, and no other key does")]
    AutoRotation,
    /// There is no backend that could hold such a key.
    #[error("there is no backend for keys protected by {}", .0.as_str())]
    NoBackend(Protection),
    /// The time of a deletion is not 7 to 30 days ahead.
    #[error("{0} is not 7 to 30 days ahead")]
    DeletionTime(Timestamp),
    /// A given OCID names another kind of thing, or is too long, or the region is none.
    #[error("`{0}` cannot name a new {1}")]
    Name(String, &'static str),
    /// A given OCID is taken.
    #[error("{0} exists")]
    Exists(Ocid),
    /// The compartment is one of another tenancy, and a key stays in its own.
    #[error("{0} is in another tenancy than the key")]
    OtherTenancy(Ocid),
    /// Stored material is not what was stored.
    #[error("the material of {0} cannot be read")]
    Material(Ocid),
    /// The generator failed; nothing was made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Others changed the same records again and again.
    #[error("the vault is busy")]
    Busy,
}

impl From<WriteError> for VaultError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Conflict => Self::Busy,
            WriteError::Store(error) => Self::Store(error),
        }
    }
}
