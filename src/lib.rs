//! ocipol compiles Oracle Cloud Infrastructure IAM policy.

pub mod audit;
pub mod caseless;
pub mod catalog;
pub mod clock;
mod codec;
pub mod decider;
pub mod diagnostic;
pub mod engine;
pub mod envelope;
pub mod ocid;
pub mod random;
pub mod source;
pub mod store;
pub mod vault;
