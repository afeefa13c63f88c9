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

mod arbitrary;
mod book;
mod catalog;
mod check;
mod cli;
#[cfg(feature = "cli")]
mod commands;
mod corpus;
mod decide;
mod deviations;
mod documents;
mod engine;
mod envelope;
mod fix;
mod format;
mod generate;
mod hints;
mod host;
mod import;
mod keys_book;
mod language;
mod lint;
mod literal;
mod mend;
mod models;
mod parse;
mod policytest;
mod project;
mod promises;
mod read;
mod reference;
mod rig;
mod rotation;
mod sarif;
mod scenario;
mod schema;
mod security;
mod shared;
mod simulate;
mod store;
mod syntax;
mod vault;
mod who_can;
mod world;
