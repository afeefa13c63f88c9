//! Wiping the stack behind work with keys.

use std::hint::black_box;

/// How much is wiped, in bytes: several times what the deepest primitive was seen to use. Without optimisation every step
/// of a primitive keeps a frame of its own, and the whole is deeper.
const DEPTH: usize = if cfg!(debug_assertions) { 128 << 10 } else { 16 << 10 };

/// Does some work in frames of its own and overwrites them.
///
/// A primitive wipes its key schedule when it is dropped, but the schedule was moved to where it lies, and the places it
/// came from are wiped by nobody. So the stack below is, once the work is done.
pub(super) fn wiped<T>(work: impl FnOnce() -> T) -> T {
    let value = apart(work);
    wipe();
    value
}

/// Never inlined, so that everything the work leaves lies below the caller's frame.
#[inline(never)]
fn apart<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// Fills a frame with zeros that somebody might look at, so that they are written.
#[inline(never)]
fn wipe() {
    black_box(&mut [0_u8; DEPTH]);
}
