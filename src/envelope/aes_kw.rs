//! AES key wrap, with and without padding.
//!
//! ```text
//! KW   A = A6A6A6A6A6A6A6A6, R = the key in 64-bit halves        six rounds of AES over A ‖ Rᵢ
//! KWP  A = A65959A6 ‖ u32be(length), R = the key ‖ 00…           the same; one block where the key has 8 bytes or less
//! ```
//! Deterministic: no nonce, and one key wrapped twice gives the same bytes. The check value is compared without branches
//! by the crate; what fails gives one answer.
//!
//! # Source
//! NIST SP 800-38F, sections 6.2 and 6.3; RFC 3394; RFC 5649.

use aes::{Aes128, Aes192, Aes256};
use aes_kw::{AesKw, AesKwp, KeyInit};
use zeroize::Zeroizing;

use super::rejected::{Cause, Rejected};
use super::secret::AesLength;

const REJECTED: Rejected = Rejected::at(Cause::Unwrap);
/// The length of the check value in bytes, which is also what the key is counted in.
const HALF: usize = 8;

/// The length of what [`wrap_padded`] gives for a key of so many bytes.
#[must_use]
pub const fn padded_length(key: usize) -> usize {
    key.div_ceil(HALF) * HALF + HALF
}

/// KWP: wraps 1 byte or more.
///
/// # Errors
/// [`Rejected`] when the wrapping key has not 16, 24 or 32 bytes, or there is nothing to wrap.
pub fn wrap_padded(key: &[u8], bytes: &[u8]) -> Result<Vec<u8>, Rejected> {
    let mut wrapped = vec![0; padded_length(bytes.len())];
    let done = match length(key)? {
        AesLength::Aes128 => kwp::<Aes128>(key)?.wrap_key(bytes, &mut wrapped).map(<[u8]>::len),
        AesLength::Aes192 => kwp::<Aes192>(key)?.wrap_key(bytes, &mut wrapped).map(<[u8]>::len),
        AesLength::Aes256 => kwp::<Aes256>(key)?.wrap_key(bytes, &mut wrapped).map(<[u8]>::len),
    };
    let whole = done.is_ok_and(|length| length == wrapped.len()) && !bytes.is_empty();
    if whole { Ok(wrapped) } else { Err(REJECTED) }
}

/// KWP: unwraps.
///
/// # Errors
/// [`Rejected`] for anything that [`wrap_padded`] did not make under this key.
pub fn unwrap_padded(key: &[u8], wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, Rejected> {
    // One half alone would be an empty key under no encryption at all, which the crate takes.
    if wrapped.len() < 2 * HALF {
        return Err(REJECTED);
    }
    let mut bytes = Zeroizing::new(vec![0; wrapped.len()]);
    let done = match length(key)? {
        AesLength::Aes128 => kwp::<Aes128>(key)?.unwrap_key(wrapped, &mut bytes).map(<[u8]>::len),
        AesLength::Aes192 => kwp::<Aes192>(key)?.unwrap_key(wrapped, &mut bytes).map(<[u8]>::len),
        AesLength::Aes256 => kwp::<Aes256>(key)?.unwrap_key(wrapped, &mut bytes).map(<[u8]>::len),
    };
    cut(bytes, done)
}

/// KW: wraps a whole number of 64-bit halves, two or more.
///
/// # Errors
/// [`Rejected`] for other lengths of key or wrapping key.
pub fn wrap(key: &[u8], bytes: &[u8]) -> Result<Vec<u8>, Rejected> {
    if bytes.len() < 2 * HALF {
        return Err(REJECTED);
    }
    let mut wrapped = vec![0; bytes.len() + HALF];
    let done = match length(key)? {
        AesLength::Aes128 => kw::<Aes128>(key)?.wrap_key(bytes, &mut wrapped).map(<[u8]>::len),
        AesLength::Aes192 => kw::<Aes192>(key)?.wrap_key(bytes, &mut wrapped).map(<[u8]>::len),
        AesLength::Aes256 => kw::<Aes256>(key)?.wrap_key(bytes, &mut wrapped).map(<[u8]>::len),
    };
    if done.is_ok_and(|length| length == wrapped.len()) { Ok(wrapped) } else { Err(REJECTED) }
}

/// KW: unwraps.
///
/// # Errors
/// [`Rejected`] for anything that [`wrap`] did not make under this key.
pub fn unwrap(key: &[u8], wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, Rejected> {
    if wrapped.len() < 3 * HALF {
        return Err(REJECTED);
    }
    let mut bytes = Zeroizing::new(vec![0; wrapped.len()]);
    let done = match length(key)? {
        AesLength::Aes128 => kw::<Aes128>(key)?.unwrap_key(wrapped, &mut bytes).map(<[u8]>::len),
        AesLength::Aes192 => kw::<Aes192>(key)?.unwrap_key(wrapped, &mut bytes).map(<[u8]>::len),
        AesLength::Aes256 => kw::<Aes256>(key)?.unwrap_key(wrapped, &mut bytes).map(<[u8]>::len),
    };
    cut(bytes, done)
}

fn cut(
    mut bytes: Zeroizing<Vec<u8>>,
    done: Result<usize, aes_kw::Error>,
) -> Result<Zeroizing<Vec<u8>>, Rejected> {
    bytes.truncate(done.map_err(|_| REJECTED)?);
    Ok(bytes)
}

fn length(key: &[u8]) -> Result<AesLength, Rejected> {
    AesLength::of(key.len()).ok_or(REJECTED)
}

fn kw<C>(key: &[u8]) -> Result<AesKw<C>, Rejected>
where
    AesKw<C>: KeyInit,
{
    AesKw::new_from_slice(key).map_err(|_| REJECTED)
}

fn kwp<C>(key: &[u8]) -> Result<AesKwp<C>, Rejected>
where
    AesKwp<C>: KeyInit,
{
    AesKwp::new_from_slice(key).map_err(|_| REJECTED)
}
