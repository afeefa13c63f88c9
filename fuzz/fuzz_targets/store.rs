//! The bytes of the embedded store: a file of store keys, and the records in its database. Whole files, the database
//! around them included, are torn and damaged by the test `sr_28_`, which has the time for it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ocipol::store::decoders::{is_store_keys, records_come_back};

fuzz_target!(|bytes: &[u8]| {
    let _ = is_store_keys(bytes);
    assert!(records_come_back(bytes));
});
