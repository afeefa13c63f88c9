//! The formatter: canonical text that says the same.

mod command;
mod corpus;
mod gallery;
