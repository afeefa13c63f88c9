//! A master key version that may be used, wherever its material is.

use super::oenv::Header;
use super::rejected::Rejected;
use super::secret::Cek;
use super::suite::Suite;
use crate::ocid::Ocid;
use crate::random::{NoRandomness, Rng};

/// Why nothing was wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrapError {
    /// The generator failed.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The version has wrapped as often as its suite allows: rotate the key.
    #[error("the key version has made all the wraps its suite allows: rotate the key")]
    WornOut,
    /// The count of wraps could not be made durable.
    #[error("the count of wraps cannot be kept")]
    Count,
    /// The material is not of the suite: our bug.
    #[error("the material does not fit the suite")]
    Unfit,
}

impl From<Rejected> for WrapError {
    fn from(_: Rejected) -> Self {
        Self::Unfit
    }
}

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
    /// [`WrapError`]: nothing was wrapped.
    fn wrap(&self, header: &Header, cek: &Cek, rng: &dyn Rng) -> Result<Vec<u8>, WrapError>;

    /// Unwraps content key material that is bound to the header.
    ///
    /// # Errors
    /// [`Rejected`] when this version did not wrap it with this header.
    fn unwrap(&self, suite: Suite, header: &[u8], wrapped: &[u8]) -> Result<Cek, Rejected>;
}
