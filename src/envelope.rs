//! The envelope engine.
