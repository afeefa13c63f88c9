//! The envelope: formats and cryptography against vectors and mutations.

mod files;
mod interop;
mod kubernetes;
mod oenv;
mod primitives;
mod sources;
mod values;
