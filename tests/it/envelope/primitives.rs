//! Each primitive against the vectors of its standard. The numbers of passed cases are asserted, so that a loader that
//! reads nothing fails.

use ocipol::envelope::{Cek, a256cbc_hs512, aes_cbc, aes_gcm, hkdf_sha256};
use serde_json::Value;

use crate::rig::{field, list, shared_vectors, text, vectors};

fn array<const N: usize>(test: &Value, name: &str) -> [u8; N] {
    field(test, name).try_into().unwrap_or_else(|_| panic!("`{name}` has not {N} bytes in {test}"))
}

/// Counts (valid, invalid) cases after `check` has looked at each.
fn count(file: &Value, mut check: impl FnMut(&Value, bool)) -> (usize, usize) {
    let mut counts = (0, 0);
    for test in list(file, "tests") {
        match text(test, "result") {
            "valid" => {
                check(test, true);
                counts.0 += 1;
            }
            "invalid" => {
                check(test, false);
                counts.1 += 1;
            }
            other => panic!("unexpected result `{other}`"),
        }
    }
    counts
}

#[test]
fn aes_cbc_agrees_with_sp800_38a() {
    let counts = count(&vectors("nist_sp800_38a_cbc.json"), |test, _| {
        let (key, iv) = (field(test, "key"), array(test, "iv"));
        let mut bytes = field(test, "msg");
        aes_cbc::encrypt_blocks(&key, &iv, &mut bytes).unwrap();
        assert_eq!(bytes, field(test, "ct"), "{test}");
        aes_cbc::decrypt_blocks(&key, &iv, &mut bytes).unwrap();
        assert_eq!(bytes, field(test, "msg"), "{test}");
    });
    assert_eq!(counts, (3, 0));
}

#[test]
fn aes_cbc_agrees_with_cavp() {
    let Some(file) = shared_vectors("nist_cavp_aes_cbc.json") else {
        return;
    };
    let counts = count(&file, |test, _| {
        let (key, iv) = (field(test, "key"), array(test, "iv"));
        let mut bytes = field(test, "msg");
        aes_cbc::encrypt_blocks(&key, &iv, &mut bytes).unwrap();
        assert_eq!(bytes, field(test, "ct"), "{test}");
        aes_cbc::decrypt_blocks(&key, &iv, &mut bytes).unwrap();
        assert_eq!(bytes, field(test, "msg"), "{test}");
    });
    assert_eq!(counts, (199, 0));
}

#[test]
fn sr_11_every_bad_padding_of_wycheproof_is_one_refusal() {
    let Some(file) = shared_vectors("wycheproof_aes_cbc_pkcs5.json") else {
        return;
    };
    let mut texts = std::collections::BTreeSet::new();
    let counts = count(&file, |test, valid| {
        let (key, iv) = (field(test, "key"), array(test, "iv"));
        match aes_cbc::decrypt(&key, &iv, &field(test, "ct")) {
            Ok(opened) => {
                assert!(valid, "accepted: {test}");
                assert_eq!(opened.as_bytes(), field(test, "msg"), "{test}");
                assert_eq!(
                    aes_cbc::encrypt(&key, &iv, &field(test, "msg")).unwrap(),
                    field(test, "ct"),
                    "{test}"
                );
            }
            Err(refusal) => {
                assert!(!valid, "refused: {test}");
                texts.insert(format!("{refusal} {refusal:?}"));
            }
        }
    });
    assert_eq!(counts, (72, 144));
    assert_eq!(texts.len(), 1, "{texts:?}");
}

/// B.1 and B.2 use HMAC-SHA-256 and HMAC-SHA-384, which no format of ours has: of these two the ciphertext is checked
/// and the tag is skipped.
#[test]
fn cbc_with_hmac_agrees_with_rfc_7518() {
    let mut tags = 0;
    let counts = count(&vectors("rfc7518_appendix_b.json"), |test, _| {
        let (key, iv) = (field(test, "key"), array(test, "iv"));
        let (_, encryption_key) = key.split_at(key.len() / 2);
        let ciphertext = aes_cbc::encrypt(encryption_key, &iv, &field(test, "msg")).unwrap();
        assert_eq!(ciphertext, field(test, "ct"), "{test}");
        if text(test, "alg") == "A256CBC-HS512" {
            let cek = Cek::from_bytes(&key).unwrap();
            let aad = field(test, "aad");
            let (ciphertext, tag) = a256cbc_hs512::encrypt(&cek, &iv, &[&aad], &field(test, "msg")).unwrap();
            assert_eq!((ciphertext, tag.to_vec()), (field(test, "ct"), field(test, "tag")), "{test}");
            tags += 1;
        }
    });
    assert_eq!((counts, tags), ((3, 0), 1));
}

#[test]
fn a256cbc_hs512_agrees_with_wycheproof() {
    let Some(file) = shared_vectors("wycheproof_a256cbc_hs512.json") else {
        return;
    };
    let mut lengths_refused = 0;
    let counts = count(&file, |test, valid| {
        let cek = Cek::from_bytes(&field(test, "key"));
        let parts = (<[u8; 16]>::try_from(field(test, "iv")), <[u8; 32]>::try_from(field(test, "tag")));
        let (Some(cek), (Ok(iv), Ok(tag))) = (cek, parts) else {
            assert!(!valid, "the types refuse it: {test}");
            lengths_refused += 1;
            return;
        };
        let aad = field(test, "aad");
        let opened = a256cbc_hs512::decrypt(&cek, &iv, &[&aad], &field(test, "ct"), &tag);
        assert_eq!(opened.is_ok(), valid, "{test}");
        if let Ok(opened) = opened {
            assert_eq!(opened.as_bytes(), field(test, "msg"), "{test}");
            // How A is cut into parts makes no difference.
            let (first, second) = aad.split_at(aad.len() / 2);
            let sealed = a256cbc_hs512::encrypt(&cek, &iv, &[first, second], &field(test, "msg")).unwrap();
            assert_eq!(sealed, (field(test, "ct"), tag), "{test}");
        }
    });
    assert_eq!((counts, lengths_refused), ((67, 27), 0));
}

#[test]
fn hkdf_sha256_agrees_with_wycheproof() {
    let Some(file) = shared_vectors("wycheproof_hkdf_sha256.json") else {
        return;
    };
    let counts = count(&file, |test, valid| {
        let size = usize::try_from(test["size"].as_u64().expect("size")).unwrap();
        let mut okm = vec![0; size];
        let info = field(test, "info");
        let derived = hkdf_sha256::derive(&field(test, "salt"), &field(test, "ikm"), &[&info], &mut okm);
        assert_eq!(derived.is_ok(), valid, "{test}");
        if valid {
            assert_eq!(okm, field(test, "okm"), "{test}");
        }
    });
    assert_eq!(counts, (83, 3));
}

#[test]
fn aes_gcm_agrees_with_wycheproof() {
    let Some(file) = shared_vectors("wycheproof_aes_gcm.json") else {
        return;
    };
    let counts = count(&file, |test, valid| {
        let (key, nonce, tag) = (field(test, "key"), array(test, "iv"), array(test, "tag"));
        let aad = field(test, "aad");
        let mut bytes = field(test, "ct");
        let opened = aes_gcm::decrypt(&key, &nonce, &aad, &mut bytes, &tag);
        assert_eq!(opened.is_ok(), valid, "{test}");
        if valid {
            assert_eq!(bytes, field(test, "msg"), "{test}");
            assert_eq!(aes_gcm::encrypt(&key, &nonce, &aad, &mut bytes).unwrap(), tag, "{test}");
        }
        assert_eq!(bytes, field(test, "ct"), "a refusal leaves the bytes as they were: {test}");
    });
    assert_eq!(counts, (116, 81));
}
