//! A master key version that may be used, wherever its material is.

use super::oenv::Header;
use super::rejected::Rejected;
use super::secret::Cek;
use super::suite::Suite;
use crate::ocid::Ocid;
use crate::random::{NoRandomness, Rng};

/// One version of a master key, ready to wrap and unwrap.
///
/// The material stays with whoever implements this: a vault whose states have been checked, a token, a test.
pub trait MasterKey {
    /// The key.
    fn key(&self) -> &Ocid;

    /// The version.
    fn version(&self) -> &Ocid;

    /// The suite it wraps with.
    fn suite(&self) -> Suite;

    /// Wraps content key material and binds it to the header.
    ///
    /// # Errors
    /// [`NoRandomness`] when the wrap cannot be made fresh.
    fn wrap(&self, header: &Header, cek: &Cek, rng: &dyn Rng) -> Result<Vec<u8>, NoRandomness>;

    /// Unwraps content key material that is bound to the header.
    ///
    /// # Errors
    /// [`Rejected`] when this version did not wrap it with this header.
    fn unwrap(&self, suite: Suite, header: &[u8], wrapped: &[u8]) -> Result<Cek, Rejected>;
}
