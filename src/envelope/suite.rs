//! Wrap suites: how content key material is wrapped under a master key.

use super::asymmetric::Oaep;
use super::master_key::WrapError;
use super::oenv::Header;
use super::rejected::Rejected;
use super::secret::{Cek, Mek};
use super::{suite_01, suite_02, suite_03, suite_11};
use crate::random::Rng;

/// The most wraps a key version may make under [`Suite::Gcm`], whose nonces are random: 2³².
pub const WRAPS: u64 = 1 << 32;
/// From how many wraps on the version should be rotated soon: half of [`WRAPS`].
pub const WRAPS_WARNING: u64 = 1 << 31;

/// How content key material is wrapped. The number stands in the blob, so that suites can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suite {
    /// 01: AES-GCM under a key that HKDF-SHA-256 derives from an AES master key and a fresh salt.
    HkdfGcm,
    /// 02: AES-GCM directly under an AES master key, whose wraps are counted.
    Gcm,
    /// 03: AES key wrap with padding; deterministic.
    Kwp,
    /// 11: RSAES-OAEP with SHA-256.
    OaepSha256,
    /// 12: RSAES-OAEP with SHA-1. It is read, and never written.
    OaepSha1,
}

impl Suite {
    /// All suites, by number.
    pub const ALL: [Self; 5] = [Self::HkdfGcm, Self::Gcm, Self::Kwp, Self::OaepSha256, Self::OaepSha1];

    /// The number in the blob.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::HkdfGcm => 0x01,
            Self::Gcm => 0x02,
            Self::Kwp => 0x03,
            Self::OaepSha256 => 0x11,
            Self::OaepSha1 => 0x12,
        }
    }

    /// The suite with a number, where there is one.
    #[must_use]
    pub fn numbered(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.number() == number)
    }

    /// Whether a key version can wear out under it, so that its wraps are counted.
    #[must_use]
    pub const fn is_counted(self) -> bool {
        match self {
            Self::Gcm => true,
            Self::HkdfGcm | Self::Kwp | Self::OaepSha256 | Self::OaepSha1 => false,
        }
    }

    /// The length of wrapped material in bytes; of RSA with the longest modulus there is, 4,096 bits.
    #[must_use]
    pub const fn wrapped_length(self, cek: usize) -> usize {
        match self {
            Self::HkdfGcm => suite_01::OVERHEAD + cek,
            Self::Gcm => suite_02::OVERHEAD + cek,
            Self::Kwp => suite_03::wrapped_length(cek),
            Self::OaepSha256 | Self::OaepSha1 => 512,
        }
    }

    /// Wraps content key material under master key material and binds it to the header.
    ///
    /// # Errors
    /// [`WrapError::NoRandomness`] when salt or nonce cannot be drawn; [`WrapError::Unfit`] when the material is not of
    /// the suite, or the suite is not one that is written.
    pub fn wrap(self, mek: &Mek, header: &Header, cek: &Cek, rng: &dyn Rng) -> Result<Vec<u8>, WrapError> {
        match self {
            Self::HkdfGcm => suite_01::wrap(mek, header.as_bytes(), cek, rng),
            Self::Gcm => suite_02::wrap(mek, header.as_bytes(), cek, rng),
            Self::Kwp => suite_03::wrap(mek, header.as_bytes(), cek),
            Self::OaepSha256 => suite_11::wrap(mek, header.as_bytes(), cek),
            Self::OaepSha1 => Err(WrapError::Unfit),
        }
    }

    /// Unwraps what [`Suite::wrap`] wrapped under the same material and header.
    ///
    /// # Errors
    /// [`Rejected`] for anything else.
    pub fn unwrap(self, mek: &Mek, header: &[u8], wrapped: &[u8]) -> Result<Cek, Rejected> {
        match self {
            Self::HkdfGcm => suite_01::unwrap(mek, header, wrapped),
            Self::Gcm => suite_02::unwrap(mek, header, wrapped),
            Self::Kwp => suite_03::unwrap(mek, header, wrapped),
            Self::OaepSha256 => suite_11::unwrap(mek, Oaep::Sha256, header, wrapped),
            Self::OaepSha1 => suite_11::unwrap(mek, Oaep::Sha1, header, wrapped),
        }
    }
}
