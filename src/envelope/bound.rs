//! Binding a header where the wrap itself takes no associated data: its digest is wrapped with the material.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::rejected::{Cause, Rejected};
use super::secret::Cek;

/// The length of the digest in bytes.
pub(super) const DIGEST: usize = 32;

/// SHA-256(header) ‖ CEK.
pub(super) fn bind(header: &[u8], cek: &Cek) -> Zeroizing<Vec<u8>> {
    let mut whole = Zeroizing::new(Vec::with_capacity(DIGEST + cek.as_bytes().len()));
    whole.extend_from_slice(&Sha256::digest(header));
    whole.extend_from_slice(cek.as_bytes());
    whole
}

/// The material, if the digest before it is that of the header; compared in constant time.
pub(super) fn check(header: &[u8], whole: &[u8]) -> Result<Cek, Rejected> {
    let rejected = Rejected::at(Cause::Unwrap);
    let (found, cek) = whole.split_first_chunk::<DIGEST>().ok_or(rejected)?;
    if !bool::from(Sha256::digest(header).ct_eq(found)) {
        return Err(rejected);
    }
    Cek::from_bytes(cek).ok_or(rejected)
}
