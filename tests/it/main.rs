//! The integration tests: text in, text out. One binary; each area is a module.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed"
)]

mod catalog;
mod check;
mod corpus;
mod decide;
mod documents;
mod lint;
mod shared;
mod syntax;
mod world;
