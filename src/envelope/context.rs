//! What a blob is bound to: cluster, tenancies, provider, resource, path.
//!
//! ```text
//! digest = SHA-256("oenv/1 context" ‖ 00 ‖ TLV…)      TLV = tag(1) ‖ u16be(length) ‖ value, tags ascending
//! 01 cluster OCID   02 cluster tenancy OCID   03 key tenancy OCID   04 provider name
//! 05 resource       06 path                   (05 and 06 exactly when the blob's flags have PATH)
//! ```
//! The digest stands in the blob in clear, so a value that was moved is recognised without any key.
//!
//! # Source
//! Our own; SHA-256: FIPS 180-4.

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::oenv::Flags;
use crate::ocid::Ocid;

/// What a stored value is bound to.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The cluster that sealed it.
    pub cluster: &'a Ocid,
    /// The cluster's tenancy.
    pub cluster_tenancy: &'a Ocid,
    /// The tenancy of the master key.
    pub key_tenancy: &'a Ocid,
    /// The name of the KMS provider in the stored value's prefix.
    pub provider: &'a ProviderName,
    /// The Kubernetes resource, `secrets`.
    pub resource: &'a str,
    /// The whole etcd key.
    pub path: &'a str,
}

impl Context<'_> {
    /// The digest a blob with these flags carries.
    ///
    /// # Errors
    /// [`TooLong`] when a part has more than 65,535 bytes, which no cluster has.
    pub fn digest(&self, flags: Flags) -> Result<ContextDigest, TooLong> {
        let whole = [
            (1, self.cluster.as_str()),
            (2, self.cluster_tenancy.as_str()),
            (3, self.key_tenancy.as_str()),
            (4, self.provider.as_str()),
            (5, self.resource),
            (6, self.path),
        ];
        let last_tag = if flags.has_path() { 6 } else { 4 };
        let mut digest = Sha256::new_with_prefix(b"oenv/1 context\0");
        for (tag, value) in whole {
            if tag <= last_tag {
                let length = u16::try_from(value.len()).map_err(|_| TooLong)?;
                digest.update([tag]);
                digest.update(length.to_be_bytes());
                digest.update(value);
            }
        }
        Ok(ContextDigest(digest.finalize().into()))
    }
}

/// A part of a context is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a part of the context has more than 65,535 bytes")]
pub struct TooLong;

/// The digest of a [`Context`].
#[derive(Clone, Copy)]
pub struct ContextDigest([u8; Self::LENGTH]);

impl ContextDigest {
    /// The length in bytes.
    pub const LENGTH: usize = 32;

    /// The digest of the associated data of a service operation, which knows no cluster: names and values, by name.
    ///
    /// ```text
    /// SHA-256("oenv/1 associated" ‖ 00 ‖ (u16be(length) ‖ name ‖ u16be(length) ‖ value)…)
    /// ```
    ///
    /// # Errors
    /// [`TooLong`] when a name or value has more than 65,535 bytes.
    pub fn of_associated(data: &[(&str, &str)]) -> Result<Self, TooLong> {
        let mut sorted = data.to_vec();
        sorted.sort_unstable();
        let mut digest = Sha256::new_with_prefix(b"oenv/1 associated\0");
        for text in sorted.into_iter().flat_map(|(name, value)| [name, value]) {
            digest.update(u16::try_from(text.len()).map_err(|_| TooLong)?.to_be_bytes());
            digest.update(text);
        }
        Ok(Self(digest.finalize().into()))
    }

    /// The bytes as they stand in a blob.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// Whether a blob carries this digest, in constant time.
    #[must_use]
    pub fn matches(&self, carried: &[u8; Self::LENGTH]) -> bool {
        self.0.ct_eq(carried).into()
    }
}

impl fmt::Debug for ContextDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// The name of a KMS provider, as it stands in the prefix of a stored value: 1 to 255 bytes.
///
/// It may contain a colon; a reader takes the configured name and never searches for one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderName(Box<str>);

impl ProviderName {
    /// Takes a name.
    ///
    /// # Errors
    /// [`NoProviderName`] when it is empty, longer than 255 bytes, or has a control character.
    pub fn new(name: &str) -> Result<Self, NoProviderName> {
        let fits = (1..=255).contains(&name.len()) && !name.chars().any(char::is_control);
        if fits { Ok(Self(name.into())) } else { Err(NoProviderName) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that cannot name a KMS provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a provider name has 1 to 255 bytes and no control characters")]
pub struct NoProviderName;
