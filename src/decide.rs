//! A request against a program.

pub(crate) mod membership;
