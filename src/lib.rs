//! ocipol compiles Oracle Cloud Infrastructure IAM policy.

pub mod caseless;
pub mod catalog;
#[cfg(feature = "cli")]
pub mod cli;
pub mod decide;
pub mod diagnostic;
pub mod envelope;
pub mod explain;
pub mod files;
pub mod format;
pub mod generate;
pub mod instant;
pub mod ocid;
pub mod parse;
pub mod passage;
pub mod program;
pub mod request;
pub mod resolve;
pub mod source;
pub mod suggest;
pub mod syntax;
pub mod tenancy;
pub mod truth;
pub mod yaml;
