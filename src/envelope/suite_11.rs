//! Suites 11 and 12: RSAES-OAEP.
//!
//! ```text
//! wrapped = RSAES-OAEP(public key, SHA-256(header) ‖ CEK), empty label
//! 11: SHA-256 and MGF1-SHA-256        12: SHA-1 and MGF1-SHA-1, read only
//! ```
//! With 2,048 bits and SHA-256 it carries 190 bytes: the digest and 158 bytes of material.
//!
//! # Source
//! RFC 8017, section 7.1; our own binding.

use super::asymmetric::{self, Oaep};
use super::bound;
use super::master_key::WrapError;
use super::rejected::Rejected;
use super::secret::{Cek, Mek};

/// Wraps under suite 11. There is no way to wrap under suite 12.
pub(super) fn wrap(mek: &Mek, header: &[u8], cek: &Cek) -> Result<Vec<u8>, WrapError> {
    Ok(asymmetric::oaep_encrypt(mek, Oaep::Sha256, &bound::bind(header, cek))?)
}

/// Unwraps.
pub(super) fn unwrap(mek: &Mek, oaep: Oaep, header: &[u8], wrapped: &[u8]) -> Result<Cek, Rejected> {
    bound::check(header, &asymmetric::oaep_decrypt(mek, oaep, wrapped)?)
}
