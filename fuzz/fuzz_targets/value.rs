//! A stored value of KMS v1, by every reader: no panic, and every part lies inside.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ocipol::envelope::transformers::{LocalKey, PlaintextWrites, Provider, Transformers};
use ocipol::envelope::{Cek, Mek, ProviderName, Reading, kms_v1};

fuzz_target!(|bytes: &[u8]| {
    let Ok(provider) = ProviderName::new("p") else { return };
    let whole = [b"k8s:enc:kms:v1:p:", bytes].concat();
    if let Ok(value) = kms_v1::Value::parse(&whole, &provider) {
        assert_eq!(value.head.len() + value.blob.len() + 16 + value.ciphertext.len(), whole.len());
    }
    if let (Ok(frame), Some(dek)) = (kms_v1::Frame::parse(&whole, &provider), Cek::from_bytes(&[7; 32])) {
        for reading in [Reading::Strict, Reading::Lenient] {
            let _ = frame.decrypt(&dek, "/registry/secrets/a/b", reading);
        }
    }
    let key = || Mek::from_bytes(&[7; 32]).map(|key| LocalKey { name: "k".into(), key });
    let (Some(first), Some(second)) = (key(), key()) else { return };
    let providers = vec![Provider::AesCbc(vec![first]), Provider::AesGcm(vec![second]), Provider::Identity];
    if let Ok(transformers) = Transformers::new(providers, PlaintextWrites::Refused) {
        let _ = transformers.read(bytes, "/registry/secrets/a/b", Reading::Lenient);
    }
});
