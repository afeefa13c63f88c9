//! The integration tests: text in, text out. One binary; each area is a module.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed"
)]

mod book;
mod catalog;
mod check;
#[cfg(feature = "cli")]
mod commands;
mod corpus;
mod decide;
mod documents;
mod engine;
mod envelope;
mod generate;
mod keys_book;
mod lint;
mod rig;
mod rotation;
mod scenario;
mod security;
mod shared;
mod store;
mod syntax;
mod vault;
mod world;
