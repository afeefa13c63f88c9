//! An OENV blob: what is read is the bytes that were given, all of them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ocipol::envelope::{Blob, Mek, Suite};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(blob) = Blob::parse(bytes) {
        let tag = blob.tag.map_or(0, |tag| tag.len());
        assert_eq!(blob.untagged.len() + tag, bytes.len());
        assert_eq!(blob.header.len() + 2 + blob.wrapped.len(), blob.untagged.len());
        if let Some(mek) = Mek::from_bytes(&[7; 32]) {
            for suite in Suite::ALL {
                assert!(suite.unwrap(&mek, blob.header, blob.wrapped).is_err());
            }
        }
    }
});
