//! AES-CBC with PKCS#7 padding.
//!
//! ```text
//! C₀ = IV,  Cᵢ = AES(key, Pᵢ ⊕ Cᵢ₋₁)        P = PKCS7(plaintext)
//! ```
//! Unauthenticated on its own: whoever changes a bit of the IV or of a block changes the plaintext unseen. In the
//! profile `sealed` the tag of [`super::a256cbc_hs512`] is checked before anything here runs.
//!
//! # Source
//! NIST SP 800-38A, section 6.2; FIPS 197.

use aes::cipher::{Array, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use aes::{Aes128, Aes192, Aes256};
use zeroize::Zeroizing;

use super::pkcs7;
use super::rejected::{Cause, Rejected};
use super::secret::{AesLength, Plaintext};

/// The block length of AES in bytes; the IV has it too.
pub const BLOCK: usize = 16;

/// Pads and encrypts.
///
/// # Errors
/// [`Rejected`] when the key has not 16, 24 or 32 bytes.
pub fn encrypt(key: &[u8], iv: &[u8; BLOCK], plaintext: &[u8]) -> Result<Vec<u8>, Rejected> {
    // With room for the padding from the start: growing would leave a copy of the plaintext behind.
    let mut bytes = Vec::with_capacity(pkcs7::padded_length(plaintext.len()));
    bytes.extend_from_slice(plaintext);
    pkcs7::pad(&mut bytes);
    encrypt_blocks(key, iv, &mut bytes)?;
    Ok(bytes)
}

/// Decrypts and takes the padding off.
///
/// # Errors
/// [`Rejected`] when the key has no AES length, the ciphertext is empty or no whole number of blocks, or the padding
/// is wrong: one answer, and which bytes of the padding are wrong takes no part in the time it takes.
pub fn decrypt(key: &[u8], iv: &[u8; BLOCK], ciphertext: &[u8]) -> Result<Plaintext, Rejected> {
    let mut bytes = Zeroizing::new(ciphertext.to_vec());
    decrypt_blocks(key, iv, &mut bytes)?;
    let length = pkcs7::unpadded_length(&bytes)?;
    bytes.truncate(length);
    Ok(Plaintext::new(bytes))
}

/// Encrypts whole blocks in place, without padding.
///
/// # Errors
/// [`Rejected`] when the key has no AES length or the bytes are no whole number of blocks.
pub fn encrypt_blocks(key: &[u8], iv: &[u8; BLOCK], bytes: &mut [u8]) -> Result<(), Rejected> {
    match length(key)? {
        AesLength::Aes128 => forward::<cbc::Encryptor<Aes128>>(key, iv, bytes),
        AesLength::Aes192 => forward::<cbc::Encryptor<Aes192>>(key, iv, bytes),
        AesLength::Aes256 => forward::<cbc::Encryptor<Aes256>>(key, iv, bytes),
    }
}

/// Decrypts whole blocks in place and leaves the padding on.
///
/// # Errors
/// [`Rejected`] when the key has no AES length or the bytes are no whole number of blocks.
pub fn decrypt_blocks(key: &[u8], iv: &[u8; BLOCK], bytes: &mut [u8]) -> Result<(), Rejected> {
    match length(key)? {
        AesLength::Aes128 => backward::<cbc::Decryptor<Aes128>>(key, iv, bytes),
        AesLength::Aes192 => backward::<cbc::Decryptor<Aes192>>(key, iv, bytes),
        AesLength::Aes256 => backward::<cbc::Decryptor<Aes256>>(key, iv, bytes),
    }
}

const REJECTED: Rejected = Rejected::at(Cause::Blocks);

fn length(key: &[u8]) -> Result<AesLength, Rejected> {
    AesLength::of(key.len()).ok_or(REJECTED)
}

fn forward<M: KeyIvInit + BlockModeEncrypt>(key: &[u8], iv: &[u8], bytes: &mut [u8]) -> Result<(), Rejected> {
    let mut mode = M::new_from_slices(key, iv).map_err(|_| REJECTED)?;
    let (blocks, rest) = Array::slice_as_chunks_mut(bytes);
    if !rest.is_empty() {
        return Err(REJECTED);
    }
    mode.encrypt_blocks(blocks);
    Ok(())
}

fn backward<M: KeyIvInit + BlockModeDecrypt>(
    key: &[u8],
    iv: &[u8],
    bytes: &mut [u8],
) -> Result<(), Rejected> {
    let mut mode = M::new_from_slices(key, iv).map_err(|_| REJECTED)?;
    let (blocks, rest) = Array::slice_as_chunks_mut(bytes);
    if !rest.is_empty() {
        return Err(REJECTED);
    }
    mode.decrypt_blocks(blocks);
    Ok(())
}
