//! Suite 03: AES key wrap with padding.
//!
//! ```text
//! wrapped = AES-KWP(MEK, SHA-256(header) ‖ CEK)
//! ```
//! Deterministic, for tokens without GCM. Key wrap authenticates what it wraps and nothing else, so the digest of the
//! header is wrapped with the material and compared afterwards.
//!
//! # Source
//! RFC 5649; our own binding.

use super::aes_kw;
use super::bound;
use super::master_key::WrapError;
use super::rejected::Rejected;
use super::secret::{Cek, Mek};

/// The length of wrapped material in bytes.
pub(super) const fn wrapped_length(cek: usize) -> usize {
    aes_kw::padded_length(bound::DIGEST + cek)
}

/// Wraps.
pub(super) fn wrap(mek: &Mek, header: &[u8], cek: &Cek) -> Result<Vec<u8>, WrapError> {
    Ok(aes_kw::wrap_padded(mek.aes()?, &bound::bind(header, cek))?)
}

/// Unwraps.
pub(super) fn unwrap(mek: &Mek, header: &[u8], wrapped: &[u8]) -> Result<Cek, Rejected> {
    bound::check(header, &aes_kw::unwrap_padded(mek.aes()?, wrapped)?)
}
