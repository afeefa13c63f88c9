//! Random bytes, as an argument.
//!
//! Whatever draws randomness takes an [`Rng`]; nothing reaches for a generator on its own, so that a test can hand in
//! recorded bytes or a generator that fails.

use rand::TryRng;
use rand::rngs::SysRng;

/// A source of random bytes fit for keys.
pub trait Rng: Send + Sync {
    /// Fills all of `bytes`.
    ///
    /// # Errors
    /// [`NoRandomness`] when the source cannot give that many; `bytes` are then of no use.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness>;
}

/// A source of random bytes gave none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the random generator failed")]
pub struct NoRandomness;

/// The operating system's generator, asked for every byte.
///
/// There is no generator of our own in between: one that reseeds now and then would repeat itself after a virtual
/// machine is restored from a snapshot.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRng;

impl Rng for SystemRng {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        SysRng.try_fill_bytes(bytes).map_err(|_| NoRandomness)
    }
}

/// An array of fresh random bytes, for what is no secret: IVs, salts, nonces.
///
/// # Errors
/// [`NoRandomness`] when the source fails.
pub fn array<const N: usize>(rng: &dyn Rng) -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    rng.fill(&mut bytes)?;
    Ok(bytes)
}
