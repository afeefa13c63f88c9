//! The integration tests: text in, text out. One binary; each area is a module.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed"
)]

mod catalog;
mod corpus;
mod decide;
mod generate;
mod shared;
mod syntax;
