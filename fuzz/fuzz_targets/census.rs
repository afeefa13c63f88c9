//! What a census says of any bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    assert_eq!(ocipol::census::inspect(bytes).size, bytes.len());
    let whole = [b"k8s:enc:", bytes].concat();
    assert_eq!(ocipol::census::inspect(&whole).size, whole.len());
});
