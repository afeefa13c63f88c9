//! Suite 01: HKDF-SHA-256, then AES-GCM.
//!
//! ```text
//! K       = HKDF-SHA-256(salt, IKM = MEK, info = "oenv/1 wrap" ‖ 01 ‖ u16be(length of MEK)), as long as the MEK
//! wrapped = salt(32) ‖ nonce(12) ‖ AES-GCM(K, nonce, AAD = header, CEK) ‖ tag(16)
//! ```
//! A fresh key per wrap, because a fresh DEK per write would otherwise spend the nonces of the master key: with random
//! nonces directly under it, a version is worn out after 2³² wraps, 49.7 days at 1,000 writes a second.
//!
//! # Source
//! Our own composition of RFC 5869 and NIST SP 800-38D.

use zeroize::Zeroizing;

use super::master_key::WrapError;
use super::rejected::{Cause, Rejected};
use super::secret::{Cek, Mek};
use super::{aes_gcm, hkdf_sha256};
use crate::random::{self, Rng};

const SALT: usize = 32;
const LABEL: &[u8] = b"oenv/1 wrap\x01";

/// What wrapping adds to the length of the material.
pub(super) const OVERHEAD: usize = SALT + aes_gcm::NONCE + aes_gcm::TAG;

/// Wraps.
pub(super) fn wrap(mek: &Mek, header: &[u8], cek: &Cek, rng: &dyn Rng) -> Result<Vec<u8>, WrapError> {
    let drawn: [u8; SALT + aes_gcm::NONCE] = random::array(rng)?;
    let (Some(salt), Some(nonce)) = (drawn.first_chunk(), drawn.last_chunk()) else {
        return Err(WrapError::Unfit);
    };
    let mut body = Zeroizing::new(cek.as_bytes().to_vec());
    let tag = aes_gcm::encrypt(&wrapping_key(mek, salt)?, nonce, header, &mut body)?;
    Ok([&drawn[..], &body, &tag].concat())
}

/// Unwraps.
pub(super) fn unwrap(mek: &Mek, header: &[u8], wrapped: &[u8]) -> Result<Cek, Rejected> {
    let rejected = Rejected::at(Cause::Unwrap);
    let (salt, rest) = wrapped.split_first_chunk::<SALT>().ok_or(rejected)?;
    let (nonce, rest) = rest.split_first_chunk().ok_or(rejected)?;
    let (body, tag) = rest.split_last_chunk().ok_or(rejected)?;
    let mut body = Zeroizing::new(body.to_vec());
    aes_gcm::decrypt(&wrapping_key(mek, salt)?, nonce, header, &mut body, tag)?;
    Cek::from_bytes(&body).ok_or(rejected)
}

fn wrapping_key(mek: &Mek, salt: &[u8; SALT]) -> Result<Zeroizing<Vec<u8>>, Rejected> {
    let mek = mek.aes()?;
    let length = mek.len();
    let mut key = Zeroizing::new(vec![0; length]);
    // Invariant: 16, 24 or 32.
    let length = u16::try_from(length).unwrap_or_default().to_be_bytes();
    hkdf_sha256::derive(salt, mek, &[LABEL, &length], &mut key)?;
    Ok(key)
}
