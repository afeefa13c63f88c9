//! Vaults, keys and key versions as they are kept.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};

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
    /// How it is rotated by itself; `None` where it is not.
    pub auto_rotation: Option<AutoRotation>,
    /// The version that is on its way to be the current one; `None` but for a while after a rotation, and only where
    /// [`Timing::rotating`](super::Timing::rotating) says that this takes time.
    pub coming: Option<Coming>,
    /// Its state.
    pub lifecycle: Lifecycle,
}

/// A version that will be the current one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coming {
    /// The version.
    pub version: Ocid,
    /// When.
    pub at: Timestamp,
}

/// Rotation without anybody asking, for keys of virtual private vaults.
///
/// # Source
/// Oracle Vault documentation, "Automatic key rotation", read 2026-08: every 60 to 365 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AutoRotation {
    /// How many days lie between two versions.
    pub days: u16,
    /// When the next version is made.
    pub next: Timestamp,
}

impl AutoRotation {
    /// The fewest and the most days between two versions.
    pub const DAYS: (u16, u16) = (60, 365);

    /// When the next version is due after one that is made now.
    pub(super) fn after(&self, now: Timestamp) -> Timestamp {
        now.checked_add(SignedDuration::from_hours(24 * i64::from(self.days))).unwrap_or(Timestamp::MAX)
    }
}

impl Vault {
    /// Where keys of this vault are managed, as the service names it.
    #[must_use]
    pub fn management_endpoint(&self) -> String {
        self.endpoint("management")
    }

    /// Where keys of this vault encrypt and decrypt, as the service names it.
    #[must_use]
    pub fn crypto_endpoint(&self) -> String {
        self.endpoint("crypto")
    }

    fn endpoint(&self, what: &str) -> String {
        let part = self.id.as_str().split('.').nth(4).unwrap_or_default();
        format!("https://{part}-{what}.kms.{}.oraclecloud.com", self.id.region().unwrap_or_default())
    }
}

impl Key {
    /// Whether its state, or its current version, has changed by itself by now.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.lifecycle.is_due(now) || self.coming.as_ref().is_some_and(|coming| coming.at <= now)
    }

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
    /// Its material, wrapped under a store key of its own; `None` once it is deleted, and where the
    /// program that made it was built without RSA and ECDSA.
    pub material: Option<Vec<u8>>,
    /// The public half, as an X.509 SubjectPublicKeyInfo in DER; `None` where there is none.
    pub public_key: Option<Vec<u8>>,
}

impl KeyVersion {
    /// The public half as PEM; `None` for AES.
    #[must_use]
    pub fn public_key_pem(&self) -> Option<String> {
        let text = STANDARD.encode(self.public_key.as_ref()?);
        let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, behind) = rest.split_at_checked(64).unwrap_or((rest, ""));
            pem.push_str(line);
            pem.push('\n');
            rest = behind;
        }
        pem.push_str("-----END PUBLIC KEY-----\n");
        Some(pem)
    }
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
