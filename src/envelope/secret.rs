//! Secrets: master keys, content keys, store keys, opened plaintexts.
//!
//! None of these types can be printed, copied, compared or serialised, and each one is wiped when it is dropped. The
//! bytes live on the heap and never move, so that moving a secret leaves no copy behind. Only the primitives of this
//! module's parent see key bytes; a plaintext can be borrowed by whoever opened it.
//!
//! ```
//! # use ocipol::envelope::{Cek, Mek, Plaintext, StoreKey};
//! fn takes<T>() {}
//! takes::<Mek>();
//! takes::<Cek>();
//! takes::<StoreKey>();
//! takes::<Plaintext>();
//! ```
//! A secret is not printed:
//! ```compile_fail
//! # use ocipol::envelope::Mek;
//! fn takes<T: std::fmt::Debug>() {}
//! takes::<Mek>();
//! ```
//! ```compile_fail
//! # use ocipol::envelope::Cek;
//! fn takes<T: std::fmt::Debug>() {}
//! takes::<Cek>();
//! ```
//! ```compile_fail
//! # use ocipol::envelope::StoreKey;
//! fn takes<T: std::fmt::Debug>() {}
//! takes::<StoreKey>();
//! ```
//! ```compile_fail
//! # use ocipol::envelope::Plaintext;
//! fn takes<T: std::fmt::Debug>() {}
//! takes::<Plaintext>();
//! ```
//! Nor copied:
//! ```compile_fail
//! # use ocipol::envelope::Mek;
//! fn takes<T: Clone>() {}
//! takes::<Mek>();
//! ```
//! ```compile_fail
//! # use ocipol::envelope::Cek;
//! fn takes<T: Clone>() {}
//! takes::<Cek>();
//! ```
//! ```compile_fail
//! # use ocipol::envelope::StoreKey;
//! fn takes<T: Clone>() {}
//! takes::<StoreKey>();
//! ```
//! ```compile_fail
//! # use ocipol::envelope::Plaintext;
//! fn takes<T: Clone>() {}
//! takes::<Plaintext>();
//! ```
//! Nor compared, which would take a time that depends on the bytes:
//! ```compile_fail
//! # use ocipol::envelope::Mek;
//! fn takes<T: PartialEq>() {}
//! takes::<Mek>();
//! ```
//! ```compile_fail
//! # use ocipol::envelope::Cek;
//! fn takes<T: PartialEq>() {}
//! takes::<Cek>();
//! ```
//! ```compile_fail
//! # use ocipol::envelope::StoreKey;
//! fn takes<T: PartialEq>() {}
//! takes::<StoreKey>();
//! ```
//! ```compile_fail
//! # use ocipol::envelope::Plaintext;
//! fn takes<T: PartialEq>() {}
//! takes::<Plaintext>();
//! ```
//! Nor serialised:
//! ```compile_fail
//! # use ocipol::envelope::Mek;
//! fn takes<T: serde::Serialize>() {}
//! takes::<Mek>();
//! ```
//! ```compile_fail
//! # use ocipol::envelope::Cek;
//! fn takes<T: serde::Serialize>() {}
//! takes::<Cek>();
//! ```
//! ```compile_fail
//! # use ocipol::envelope::StoreKey;
//! fn takes<T: serde::Serialize>() {}
//! takes::<StoreKey>();
//! ```
//! ```compile_fail
//! # use ocipol::envelope::Plaintext;
//! fn takes<T: serde::Serialize>() {}
//! takes::<Plaintext>();
//! ```
//! And the bytes of a key do not leave the engine:
//! ```compile_fail
//! # use ocipol::envelope::Mek;
//! fn leak(mek: &Mek) -> &[u8] {
//!     mek.as_bytes()
//! }
//! ```

use zeroize::Zeroizing;

use super::aes_cbc::BLOCK;
use super::rejected::{Cause, Rejected};
use crate::random::{NoRandomness, Rng};

/// The length of a data encryption key and of a MAC key in bytes.
pub const DEK_LENGTH: usize = 32;
/// The longest payload a blob without a path may carry, in bytes: what RSA-OAEP with 2048 bits leaves room for.
pub const PAYLOAD_LENGTH: usize = 158;

/// The length of an AES key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AesLength {
    /// 16 bytes.
    Aes128,
    /// 24 bytes.
    Aes192,
    /// 32 bytes.
    Aes256,
}

impl AesLength {
    /// All lengths, shortest first.
    pub const ALL: [Self; 3] = [Self::Aes128, Self::Aes192, Self::Aes256];

    /// The length in bytes.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::Aes128 => 16,
            Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }

    /// The length of `bytes` bytes, where AES has it.
    #[must_use]
    pub fn of(bytes: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|length| length.bytes() == bytes)
    }
}

/// The bytes all secrets are made of: on the heap, of a fixed length, wiped on drop.
struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    fn from_bytes(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// Of fresh random bytes.
    fn fresh(length: usize, rng: &dyn Rng) -> Result<Self, NoRandomness> {
        let mut bytes = Zeroizing::new(vec![0; length]);
        rng.fill(&mut bytes)?;
        Ok(Self(bytes))
    }
}

/// The material of one version of a master key: an AES key of 16, 24 or 32 bytes, or a private key.
pub struct Mek {
    bytes: Secret,
    kind: MekKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum MekKind {
    Aes,
    /// RSA or ECDSA, as PKCS#8 in DER.
    Pkcs8,
}

impl Mek {
    /// Takes an AES key that already exists; `None` unless AES has keys of that length.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        AesLength::of(bytes.len()).map(|_| Self { bytes: Secret::from_bytes(bytes), kind: MekKind::Aes })
    }

    /// Takes a private key that already exists, as PKCS#8 in DER. Whether it is one shows when it is used.
    #[must_use]
    pub fn from_pkcs8(der: &[u8]) -> Self {
        Self { bytes: Secret::from_bytes(der), kind: MekKind::Pkcs8 }
    }

    /// Draws a new AES key.
    ///
    /// # Errors
    /// [`NoRandomness`] when the source fails.
    pub fn fresh(length: AesLength, rng: &dyn Rng) -> Result<Self, NoRandomness> {
        Ok(Self { bytes: Secret::fresh(length.bytes(), rng)?, kind: MekKind::Aes })
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes.0
    }

    /// The key, of an AES key.
    pub(super) fn aes(&self) -> Result<&[u8], Rejected> {
        if self.kind == MekKind::Aes { Ok(self.as_bytes()) } else { Err(UNFIT) }
    }

    /// The PKCS#8 document, of a private key.
    pub(super) fn pkcs8(&self) -> Result<&[u8], Rejected> {
        if self.kind == MekKind::Pkcs8 { Ok(self.as_bytes()) } else { Err(UNFIT) }
    }
}

const UNFIT: Rejected = Rejected::at(Cause::Unwrap);

/// The key that wraps one master key version in the store. Erasing it erases the version.
pub struct StoreKey(Secret);

impl StoreKey {
    /// The length in bytes.
    pub const LENGTH: usize = 32;

    /// Draws a new key.
    ///
    /// # Errors
    /// [`NoRandomness`] when the source fails.
    pub fn fresh(rng: &dyn Rng) -> Result<Self, NoRandomness> {
        Secret::fresh(Self::LENGTH, rng).map(Self)
    }

    pub(crate) fn from_bytes(bytes: &[u8; Self::LENGTH]) -> Self {
        Self(Secret::from_bytes(bytes))
    }

    /// A second one: a store that keeps keys in memory hands them out.
    pub(crate) fn duplicate(&self) -> Self {
        Self(Secret::from_bytes(self.as_bytes()))
    }

    /// For the store, which keeps it apart from what it wraps.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0.0
    }
}

/// The content key material one blob carries.
///
/// 64 bytes when sealed (MAC key, then DEK: the key layout of A256CBC-HS512), else the DEK alone, or a payload of 1 to
/// [`PAYLOAD_LENGTH`] bytes that somebody else brought.
pub struct Cek(Secret);

impl Cek {
    /// The length of sealed content key material: MAC key and DEK.
    pub const SEALED: usize = 2 * DEK_LENGTH;

    /// Takes material that already exists; `None` when it is empty or longer than [`PAYLOAD_LENGTH`].
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        (1..=PAYLOAD_LENGTH).contains(&bytes.len()).then(|| Self(Secret::from_bytes(bytes)))
    }

    /// Draws material of this length, and an IV behind it: in one draw, because a call of the system costs more than
    /// the bytes it gives.
    pub(super) fn fresh(length: usize, rng: &dyn Rng) -> Result<(Self, [u8; BLOCK]), NoRandomness> {
        let Secret(mut bytes) = Secret::fresh(length + BLOCK, rng)?;
        let iv = bytes.last_chunk().copied().ok_or(NoRandomness)?;
        bytes.truncate(length);
        Ok((Self(Secret(bytes)), iv))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0.0
    }

    /// A payload that somebody else brought, given back to them.
    pub(crate) fn into_plaintext(self) -> Plaintext {
        Plaintext(self.0.0)
    }

    /// MAC key and DEK of sealed material.
    pub(super) fn sealed_parts(&self) -> Result<(&[u8; DEK_LENGTH], &[u8; DEK_LENGTH]), Rejected> {
        let (mac, rest) = self.as_bytes().split_first_chunk().ok_or(LENGTH)?;
        Ok((mac, rest.try_into().map_err(|_| LENGTH)?))
    }

    /// The DEK of material that is a DEK and nothing else.
    pub(super) fn dek(&self) -> Result<&[u8; DEK_LENGTH], Rejected> {
        self.as_bytes().try_into().map_err(|_| LENGTH)
    }
}

const LENGTH: Rejected = Rejected::at(Cause::Length);

/// What was opened. Borrow it, use it, drop it.
pub struct Plaintext(Zeroizing<Vec<u8>>);

impl Plaintext {
    pub(super) fn new(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn master_keys_have_the_three_lengths_of_aes() {
        for length in 0..=64 {
            let mek = Mek::from_bytes(&vec![1; length]);
            assert_eq!(mek.is_some(), [16, 24, 32].contains(&length), "{length} bytes");
        }
    }

    #[test]
    fn content_keys_carry_1_to_158_bytes() {
        for (length, fits) in [(0, false), (1, true), (32, true), (64, true), (158, true), (159, false)] {
            assert_eq!(Cek::from_bytes(&vec![1; length]).is_some(), fits, "{length} bytes");
        }
    }
}
