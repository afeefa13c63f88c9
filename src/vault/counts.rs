//! Counting wraps, for suites under which a key version wears out.
//!
//! ```text
//! store   reserved: 0 ── 65,536 ── 131,072 ── …      durable before a wrap of the block is made
//! memory            next ──▶ end of block             a crash loses the rest of a block, and never uses one twice
//! ```

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::registry::KeyRegistry;
use crate::envelope::{WRAPS, WrapError};
use crate::ocid::Ocid;

/// How many wraps are reserved at once.
pub const BLOCK: u64 = 1 << 16;

/// The blocks this process has reserved, by key and version.
#[derive(Clone)]
pub(super) struct Counts {
    registry: Arc<dyn KeyRegistry>,
    blocks: Arc<Mutex<HashMap<(String, String), Block>>>,
}

#[derive(Clone, Copy)]
struct Block {
    next: u64,
    end: u64,
}

impl Counts {
    pub(super) fn new(registry: Arc<dyn KeyRegistry>) -> Self {
        Self { registry, blocks: Arc::default() }
    }

    /// Takes one wrap of a version.
    pub(super) fn take(&self, key: &Ocid, version: &Ocid) -> Result<(), WrapError> {
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        let at = (key.as_str().to_ascii_lowercase(), version.as_str().to_ascii_lowercase());
        let block = blocks.entry(at).or_insert(Block { next: 0, end: 0 });
        if block.next == block.end {
            let reserved = self.registry.wraps(key, version).map_err(|_| WrapError::Count)?;
            if reserved >= WRAPS {
                return Err(WrapError::WornOut);
            }
            let start = self.registry.reserve_wraps(key, version, BLOCK).map_err(|_| WrapError::Count)?;
            // Another process may have taken the last block in between.
            if start >= WRAPS {
                return Err(WrapError::WornOut);
            }
            *block = Block { next: start, end: start.saturating_add(BLOCK).min(WRAPS) };
        }
        block.next += 1;
        Ok(())
    }
}
