//! Suite 02: AES-GCM directly under the master key.
//!
//! ```text
//! wrapped = nonce(12) ‖ AES-GCM(MEK, nonce, AAD = header, CEK) ‖ tag(16)
//! ```
//! For tokens that have GCM and nothing to derive keys with. The nonce is random, so a key version may wrap 2³² times
//! and no more ([`super::WRAPS`]): whoever holds the version counts, durably.
//!
//! # Source
//! NIST SP 800-38D, sections 8.2.2 and 8.3.

use zeroize::Zeroizing;

use super::aes_gcm;
use super::master_key::WrapError;
use super::rejected::{Cause, Rejected};
use super::secret::{Cek, Mek};
use crate::random::{self, Rng};

/// What wrapping adds to the length of the material.
pub(super) const OVERHEAD: usize = aes_gcm::NONCE + aes_gcm::TAG;

/// Wraps.
pub(super) fn wrap(mek: &Mek, header: &[u8], cek: &Cek, rng: &dyn Rng) -> Result<Vec<u8>, WrapError> {
    let nonce: [u8; aes_gcm::NONCE] = random::array(rng)?;
    let mut body = Zeroizing::new(cek.as_bytes().to_vec());
    let tag = aes_gcm::encrypt(mek.aes()?, &nonce, header, &mut body)?;
    Ok([&nonce[..], &body, &tag].concat())
}

/// Unwraps.
pub(super) fn unwrap(mek: &Mek, header: &[u8], wrapped: &[u8]) -> Result<Cek, Rejected> {
    let rejected = Rejected::at(Cause::Unwrap);
    let (nonce, rest) = wrapped.split_first_chunk().ok_or(rejected)?;
    let (body, tag) = rest.split_last_chunk().ok_or(rejected)?;
    let mut body = Zeroizing::new(body.to_vec());
    aes_gcm::decrypt(mek.aes()?, nonce, header, &mut body, tag)?;
    Cek::from_bytes(&body).ok_or(rejected)
}
