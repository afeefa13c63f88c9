//! AES-GCM with a 96-bit nonce and a 128-bit tag.
//!
//! ```text
//! H = AES(key, 0¹²⁸)     J₀ = nonce ‖ 0³¹1
//! C = P ⊕ AES(key, inc(J₀)), AES(key, inc²(J₀)), …
//! tag = GHASH(H, A, C) ⊕ AES(key, J₀)
//! ```
//! One nonce must never be used twice under one key.
//!
//! # Source
//! NIST SP 800-38D, sections 7.1 and 7.2.

use aes::cipher::consts::U12;
use aes::{Aes128, Aes192, Aes256};
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::{AeadInOut, AesGcm, KeyInit};

use super::rejected::{Cause, Rejected};
use super::secret::AesLength;

/// The length of a nonce in bytes.
pub const NONCE: usize = 12;
/// The length of a tag in bytes.
pub const TAG: usize = 16;

/// Encrypts `bytes` in place and returns the tag.
///
/// # Errors
/// [`Rejected`] when the key has not 16, 24 or 32 bytes.
pub fn encrypt(key: &[u8], nonce: &[u8; NONCE], aad: &[u8], bytes: &mut [u8]) -> Result<[u8; TAG], Rejected> {
    match length(key)? {
        AesLength::Aes128 => forward::<AesGcm<Aes128, U12>>(key, nonce, aad, bytes),
        AesLength::Aes192 => forward::<AesGcm<Aes192, U12>>(key, nonce, aad, bytes),
        AesLength::Aes256 => forward::<AesGcm<Aes256, U12>>(key, nonce, aad, bytes),
    }
}

/// Checks the tag in constant time, then decrypts `bytes` in place.
///
/// # Errors
/// [`Rejected`] when the key has no AES length or the tag is wrong; `bytes` are then unchanged.
pub fn decrypt(
    key: &[u8],
    nonce: &[u8; NONCE],
    aad: &[u8],
    bytes: &mut [u8],
    tag: &[u8; TAG],
) -> Result<(), Rejected> {
    match length(key)? {
        AesLength::Aes128 => backward::<AesGcm<Aes128, U12>>(key, nonce, aad, bytes, tag),
        AesLength::Aes192 => backward::<AesGcm<Aes192, U12>>(key, nonce, aad, bytes, tag),
        AesLength::Aes256 => backward::<AesGcm<Aes256, U12>>(key, nonce, aad, bytes, tag),
    }
}

const REJECTED: Rejected = Rejected::at(Cause::Unwrap);

fn length(key: &[u8]) -> Result<AesLength, Rejected> {
    AesLength::of(key.len()).ok_or(REJECTED)
}

fn forward<A>(key: &[u8], nonce: &[u8; NONCE], aad: &[u8], bytes: &mut [u8]) -> Result<[u8; TAG], Rejected>
where
    A: KeyInit + AeadInOut<NonceSize = U12, TagSize = aes::cipher::consts::U16>,
{
    let cipher = A::new_from_slice(key).map_err(|_| REJECTED)?;
    cipher
        .encrypt_inout_detached(&(*nonce).into(), aad, InOutBuf::from(bytes))
        .map(Into::into)
        .map_err(|_| REJECTED)
}

fn backward<A>(
    key: &[u8],
    nonce: &[u8; NONCE],
    aad: &[u8],
    bytes: &mut [u8],
    tag: &[u8; TAG],
) -> Result<(), Rejected>
where
    A: KeyInit + AeadInOut<NonceSize = U12, TagSize = aes::cipher::consts::U16>,
{
    let cipher = A::new_from_slice(key).map_err(|_| REJECTED)?;
    cipher
        .decrypt_inout_detached(&(*nonce).into(), aad, InOutBuf::from(bytes), &(*tag).into())
        .map_err(|_| REJECTED)
}
