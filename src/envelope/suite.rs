//! Wrap suites: how content key material is wrapped under a master key.

use super::oenv::Header;
use super::rejected::Rejected;
use super::secret::{Cek, Mek};
use super::suite_01;
use crate::random::{NoRandomness, Rng};

/// How content key material is wrapped. The number stands in the blob, so that suites can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suite {
    /// 01: AES-GCM under a key that HKDF-SHA-256 derives from an AES master key and a fresh salt.
    HkdfGcm,
}

impl Suite {
    /// All suites, by number.
    pub const ALL: [Self; 1] = [Self::HkdfGcm];

    /// The number in the blob.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::HkdfGcm => 0x01,
        }
    }

    /// The suite with a number, where there is one.
    #[must_use]
    pub fn numbered(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.number() == number)
    }

    /// The length of wrapped material in bytes.
    #[must_use]
    pub const fn wrapped_length(self, cek: usize) -> usize {
        match self {
            Self::HkdfGcm => suite_01::OVERHEAD + cek,
        }
    }

    /// Wraps content key material under master key material and binds it to the header.
    ///
    /// # Errors
    /// [`NoRandomness`] when salt or nonce cannot be drawn.
    pub fn wrap(self, mek: &Mek, header: &Header, cek: &Cek, rng: &dyn Rng) -> Result<Vec<u8>, NoRandomness> {
        match self {
            Self::HkdfGcm => suite_01::wrap(mek, header.as_bytes(), cek, rng),
        }
    }

    /// Unwraps what [`Suite::wrap`] wrapped under the same material and header.
    ///
    /// # Errors
    /// [`Rejected`] for anything else.
    pub fn unwrap(self, mek: &Mek, header: &[u8], wrapped: &[u8]) -> Result<Cek, Rejected> {
        match self {
            Self::HkdfGcm => suite_01::unwrap(mek, header, wrapped),
        }
    }
}
