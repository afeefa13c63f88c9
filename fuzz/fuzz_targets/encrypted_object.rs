//! A KMS v2 value: what is read is encoded to something that reads the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ocipol::envelope::kms_v2::EncryptedObject;
use ocipol::envelope::{Cek, ProviderName};

fuzz_target!(|bytes: &[u8]| {
    let Ok(provider) = ProviderName::new("p") else { return };
    let whole = [b"k8s:enc:kms:v2:p:", bytes].concat();
    if let Ok(object) = EncryptedObject::parse(&whole, &provider) {
        assert_eq!(EncryptedObject::parse(&object.encode(&provider), &provider).as_ref(), Ok(&object));
        if let Some(seed) = Cek::from_bytes(&[7; 32]) {
            assert!(object.decrypt(&seed, "/p").is_err());
        }
    }
});
