//! HKDF with SHA-256.
//!
//! ```text
//! PRK = HMAC-SHA-256(salt, IKM)
//! T₀ = "",  Tᵢ = HMAC-SHA-256(PRK, Tᵢ₋₁ ‖ info ‖ i)      OKM = first bytes of T₁ ‖ T₂ ‖ …
//! ```
//!
//! # Source
//! RFC 5869, sections 2.2 and 2.3.

use hkdf::Hkdf;
use sha2::Sha256;

use super::rejected::{Cause, Rejected};

/// Fills `okm` with key material derived from `ikm`.
///
/// # Errors
/// [`Rejected`] when more than 255 · 32 bytes are asked for.
pub fn derive(salt: &[u8], ikm: &[u8], info: &[&[u8]], okm: &mut [u8]) -> Result<(), Rejected> {
    Hkdf::<Sha256>::new(Some(salt), ikm).expand_multi_info(info, okm).map_err(|_| Rejected::at(Cause::Unwrap))
}
