//! The file of store keys with any bytes in it: it opens, or is refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ocipol::store::Embedded;

fuzz_target!(|bytes: &[u8]| {
    let folder = std::env::temp_dir().join(format!("ocipol-fuzz-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    if std::fs::create_dir_all(&folder).is_ok() && std::fs::write(folder.join("store.keys"), bytes).is_ok() {
        let _ = Embedded::open(&folder.join("store"));
    }
});
