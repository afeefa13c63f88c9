//! Vaults, keys and key versions as they are kept.

use jiff::Timestamp;

use super::lifecycle::Lifecycle;
use super::shape::{Origin, Protection, Shape, VaultKind};
use super::state::State;
use crate::ocid::Ocid;

/// A vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vault {
    /// Its OCID.
    pub id: Ocid,
    /// Its compartment.
    pub compartment: Ocid,
    /// The tenancy of that compartment.
    pub tenancy: Ocid,
    /// Its display name.
    pub name: String,
    /// Its kind.
    pub kind: VaultKind,
    /// Its state.
    pub lifecycle: Lifecycle,
}

/// A key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its OCID; rotation keeps it.
    pub id: Ocid,
    /// The vault it is in, for ever.
    pub vault: Ocid,
    /// Its compartment, which may differ from the vault's. A policy's location test uses this one.
    pub compartment: Ocid,
    /// The tenancy of both compartments.
    pub tenancy: Ocid,
    /// Its display name.
    pub name: String,
    /// What it is made as.
    pub shape: Shape,
    /// Where its material lives.
    pub protection: Protection,
    /// The version that new data is encrypted with.
    pub current_version: Ocid,
    /// Its state.
    pub lifecycle: Lifecycle,
}

impl Key {
    /// The key as it is while its vault is in this state: a vault that is not active puts its keys in its own state,
    /// and gives each one back its own when it is active again.
    #[must_use]
    pub fn within(mut self, vault: &Lifecycle) -> Self {
        if !is_active(vault.state) && !is_going(self.lifecycle.state) {
            self.lifecycle = *vault;
        }
        self
    }
}

/// Whether a vault in this state leaves its keys in their own states.
pub(super) fn is_active(vault: State) -> bool {
    match vault {
        State::Enabled | State::Updating | State::BackupInProgress => true,
        State::Creating
        | State::Enabling
        | State::Disabling
        | State::Disabled
        | State::Restoring
        | State::SchedulingDeletion
        | State::PendingDeletion
        | State::CancellingDeletion
        | State::Deleting
        | State::Deleted => false,
    }
}

/// Whether nothing can bring a key in this state back.
fn is_going(key: State) -> bool {
    matches!(key, State::Deleting | State::Deleted)
}

/// A version of a key.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyVersion {
    /// Its OCID.
    pub id: Ocid,
    /// The key it is a version of.
    pub key: Ocid,
    /// Where its material came from.
    pub origin: Origin,
    /// When it was made.
    pub created: Timestamp,
    /// Its state.
    pub lifecycle: Lifecycle,
    /// Its material, wrapped under a store key of its own; `None` once it is deleted, and for shapes whose material
    /// is not made.
    pub material: Option<Vec<u8>>,
}

impl std::fmt::Debug for KeyVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Wrapped material is no secret, but nothing to read either.
        f.debug_struct("KeyVersion")
            .field("id", &self.id)
            .field("key", &self.key)
            .field("lifecycle", &self.lifecycle)
            .finish_non_exhaustive()
    }
}
