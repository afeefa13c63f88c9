//! Values that Kubernetes itself stored: KMS v1 with AES-CBC, made by its 1.23 storage code.

use ocipol::envelope::{Cek, Plaintext, ProviderName, Rejected, aes_cbc, kms_v1};
use serde_json::Value;

use crate::rig::{field, list, text, vectors};

/// What a reader does whose KMS knows exactly one encrypted data key.
fn open(test: &Value, stored: &[u8]) -> Result<Plaintext, Option<Rejected>> {
    let provider = ProviderName::new(text(test, "provider")).unwrap();
    let value = kms_v1::Value::parse(stored, &provider)?;
    if value.blob != field(test, "encrypted_dek") {
        return Err(None);
    }
    Ok(value.decrypt_unauthenticated(&Cek::from_bytes(&field(test, "dek")).unwrap())?)
}

#[test]
fn every_value_of_kubernetes_opens_and_is_made_again() {
    let file = vectors("kubernetes_kms_v1_cbc_1_23.json");
    let mut passed = 0;
    for test in list(&file, "tests") {
        let stored = field(test, "etcd_value");
        let opened = open(test, &stored).ok().unwrap_or_else(|| panic!("refused: {}", text(test, "note")));
        assert_eq!(opened.as_bytes(), field(test, "plaintext"));

        let provider = ProviderName::new(text(test, "provider")).unwrap();
        let (blob, iv) = (field(test, "encrypted_dek"), field(test, "iv").try_into().unwrap());
        let ciphertext = aes_cbc::encrypt(&field(test, "dek"), &iv, &field(test, "plaintext")).unwrap();
        let head = kms_v1::head(&provider, u16::try_from(blob.len()).unwrap());
        assert_eq!([&head, &blob, &iv[..], &ciphertext].concat(), stored, "{}", text(test, "note"));
        passed += 1;
    }
    assert_eq!(passed, 22);
}

/// Where Kubernetes accepts a mutated value, CBC alone cannot tell either: such a value comes out garbled in the same
/// way, and a caller is told that it is unauthenticated. Where Kubernetes panics we refuse.
#[test]
fn every_mutated_value_is_refused_or_garbled_as_in_kubernetes() {
    let file = vectors("kubernetes_kms_v1_cbc_1_23.json");
    let (mut opened, mut refused, mut panics_of_kubernetes) = (0, 0, 0);
    for test in list(&file, "negative") {
        let mutation = text(test, "mutation");
        let outcome = text(test, "kubernetes_outcome");
        match open(test, &field(test, "etcd_value")) {
            Ok(plaintext) => {
                assert_eq!(outcome, "ok", "{mutation}");
                assert_eq!(plaintext.as_bytes(), field(test, "kubernetes_plaintext"), "{mutation}");
                opened += 1;
            }
            Err(_) => {
                assert_ne!(outcome, "ok", "{mutation}");
                panics_of_kubernetes += usize::from(outcome.starts_with("panic"));
                refused += 1;
            }
        }
    }
    assert_eq!((opened, refused, panics_of_kubernetes), (4, 23, 1));
}

#[test]
fn sr_02_every_prefix_and_extension_of_a_kubernetes_value_ends_in_an_answer() {
    let file = vectors("kubernetes_kms_v1_cbc_1_23.json");
    let test = &list(&file, "negative")[0];
    let whole = field(test, "etcd_value");
    for length in 0..whole.len() {
        let outcome = open(test, &whole[..length]);
        // A cut at a block may leave a sound padding by chance; in this value it does not.
        assert!(outcome.is_err(), "cut to {length} of {}", whole.len());
    }
    for extra in [1, 16, 64 << 10] {
        let mut longer = whole.clone();
        longer.resize(whole.len() + extra, 0);
        assert!(open(test, &longer).is_err(), "{extra} bytes more");
    }
}
