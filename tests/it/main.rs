//! The integration tests, one binary.

mod envelope;
mod rig;
