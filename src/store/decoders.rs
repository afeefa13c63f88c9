//! What reads the bytes of the embedded store, without a file: for the fuzz targets, which make millions of them.

use super::record::{Logged, twice};
use super::{StoredValue, slots};
use crate::engine::Cluster;
use crate::vault::{Key, KeyVersion, Vault};

/// Whether bytes are a file of store keys.
#[must_use]
pub fn is_store_keys(bytes: &[u8]) -> bool {
    slots::read(bytes).is_ok()
}

/// Whether every record that bytes are the payload of is the same after it was written again.
#[must_use]
pub fn records_come_back(payload: &[u8]) -> bool {
    fn same<T: super::record::Stored + PartialEq>(payload: &[u8]) -> bool {
        twice::<T>(payload).is_none_or(|(first, second)| first == second)
    }
    let logged = twice::<Logged>(payload);
    same::<StoredValue>(payload)
        && same::<Vault>(payload)
        && same::<Key>(payload)
        && same::<KeyVersion>(payload)
        && same::<Cluster>(payload)
        && logged.is_none_or(|(first, second)| {
            first.entry == second.entry && first.hash.as_bytes() == second.hash.as_bytes()
        })
}
