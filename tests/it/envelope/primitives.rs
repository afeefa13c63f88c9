//! Each primitive against the vectors of its standard. The numbers of passed cases are asserted, so that a loader that
//! reads nothing fails.

use hmac::{Hmac, KeyInit, Mac};
use ocipol::envelope::asymmetric::{self, Oaep};
use ocipol::envelope::{Cek, Mek, a256cbc_hs512, aes_cbc, aes_gcm, aes_kw, hkdf_sha256};
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

/// Whole blocks, encrypted and decrypted again.
fn blocks_both_ways(test: &Value, _: bool) {
    let (key, iv) = (field(test, "key"), array(test, "iv"));
    let mut bytes = field(test, "msg");
    aes_cbc::Encryptor::new(&key).unwrap().encrypt_blocks(&iv, &mut bytes).unwrap();
    assert_eq!(bytes, field(test, "ct"), "{test}");
    let mut back = vec![0; bytes.len()];
    aes_cbc::Decryptor::new(&key).unwrap().decrypt_blocks(&iv, &bytes, &mut back).unwrap();
    assert_eq!(back, field(test, "msg"), "{test}");
}

#[test]
fn aes_cbc_agrees_with_sp800_38a() {
    let counts = count(&vectors("nist_sp800_38a_cbc.json"), blocks_both_ways);
    assert_eq!(counts, (3, 0));
}

#[test]
fn aes_cbc_agrees_with_cavp() {
    let Some(file) = shared_vectors("nist_cavp_aes_cbc.json") else {
        return;
    };
    let counts = count(&file, blocks_both_ways);
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

/// Wraps and unwraps by the algorithm of a test; `acceptable` may go either way, and is counted by itself.
fn key_wraps(file: &Value, algorithm: impl Fn(&Value) -> String) -> [usize; 4] {
    let [mut valid, mut invalid, mut taken, mut refused] = [0; 4];
    for test in list(file, "tests") {
        let (key, ct) = (field(test, "key"), field(test, "ct"));
        // What an invalid wrap of CAVP should hold is nothing.
        let msg = test["msg"].as_str().map(crate::rig::hex).unwrap_or_default();
        let (unwrapped, wrapped) = match algorithm(test).as_str() {
            "KW" => (aes_kw::unwrap(&key, &ct), aes_kw::wrap(&key, &msg)),
            "KWP" => (aes_kw::unwrap_padded(&key, &ct), aes_kw::wrap_padded(&key, &msg)),
            other => panic!("algorithm {other}"),
        };
        let is_right = unwrapped.as_ref().is_ok_and(|bytes| **bytes == msg);
        match text(test, "result") {
            "valid" => {
                assert!(is_right, "{test}");
                assert_eq!(wrapped.unwrap(), ct, "{test}");
                valid += 1;
            }
            "invalid" => {
                assert!(unwrapped.is_err(), "{test}");
                invalid += 1;
            }
            "acceptable" if unwrapped.is_ok() => {
                assert!(is_right, "{test}");
                taken += 1;
            }
            "acceptable" => refused += 1,
            other => panic!("result {other}"),
        }
    }
    [valid, invalid, taken, refused]
}

#[test]
fn key_wrap_agrees_with_the_rfcs() {
    let file = vectors("rfc3394_rfc5649_keywrap.json");
    assert_eq!(key_wraps(&file, |test| text(test, "alg").to_owned()), [8, 0, 0, 0]);
}

#[test]
fn key_wrap_agrees_with_cavp() {
    let Some(file) = shared_vectors("nist_cavp_kw_kwp.json") else { return };
    assert_eq!(key_wraps(&file, |test| text(test, "alg").to_owned()), [192, 72, 0, 0]);
}

/// Wycheproof calls wrapping 8 bytes by KW acceptable: we refuse it, as SP 800-38F does.
#[test]
fn key_wrap_agrees_with_wycheproof() {
    let Some(file) = shared_vectors("wycheproof_aes_wrap.json") else { return };
    assert_eq!(key_wraps(&file, |_| "KW".to_owned()), [36, 126, 0, 3]);
    let Some(file) = shared_vectors("wycheproof_aes_kwp.json") else { return };
    assert_eq!(key_wraps(&file, |_| "KWP".to_owned()), [77, 177, 0, 0]);
}

#[test]
fn sr_24_rsa_oaep_agrees_with_wycheproof_and_refuses_with_one_answer() {
    if !asymmetric::AVAILABLE {
        eprintln!("skipped: the feature `asymmetric` is off");
        return;
    }
    let files = [
        ("wycheproof_rsa_oaep_2048_sha1_mgf1sha1.json", Oaep::Sha1, 36, 7),
        ("wycheproof_rsa_oaep_2048_sha256_mgf1sha256.json", Oaep::Sha256, 37, 8),
        ("wycheproof_rsa_oaep_3072_sha256_mgf1sha256.json", Oaep::Sha256, 37, 8),
        ("wycheproof_rsa_oaep_4096_sha256_mgf1sha256.json", Oaep::Sha256, 37, 8),
    ];
    for (name, oaep, cases, with_label) in files {
        let Some(file) = shared_vectors(name) else { return };
        let mut answers = std::collections::BTreeSet::new();
        let mut labelled = 0;
        let (valid, invalid) = count(&file, |test, valid| {
            let key = usize::try_from(test["key"].as_u64().unwrap()).unwrap();
            let mek = Mek::from_pkcs8(&field(&list(&file, "keys")[key], "privateKeyPkcs8"));
            // Our formats have an empty label, so a value with another one is refused whatever Wycheproof says.
            let expected = valid && text(test, "label").is_empty();
            labelled += usize::from(valid && !expected);
            match asymmetric::oaep_decrypt(&mek, oaep, &field(test, "ct")) {
                Ok(bytes) => {
                    assert!(expected, "accepted: {test}");
                    assert_eq!(*bytes, field(test, "msg"), "{test}");
                }
                Err(refusal) => {
                    assert!(!expected, "refused: {test}");
                    answers.insert(format!("{refusal} {refusal:?}"));
                }
            }
        });
        assert_eq!(valid + invalid, cases, "{name}");
        assert_eq!(answers.len(), 1, "{name}: {answers:?}");
        assert_eq!(labelled, with_label, "{name}");
    }
}

/// The tag of a256cbc_hs512 is one of HMAC-SHA-512; HMAC-SHA-256 is inside HKDF.
#[test]
fn hmac_agrees_with_wycheproof() {
    fn check<M: Mac + KeyInit>(file: &Value) -> (usize, usize) {
        count(file, |test, valid| {
            let mut mac = <M as KeyInit>::new_from_slice(&field(test, "key")).unwrap();
            mac.update(&field(test, "msg"));
            assert_eq!(mac.verify_truncated_left(&field(test, "tag")).is_ok(), valid, "{test}");
        })
    }
    let Some(file) = shared_vectors("wycheproof_hmac_sha256.json") else { return };
    let (valid, invalid) = check::<Hmac<sha2::Sha256>>(&file);
    assert_eq!(valid + invalid, 174);
    let Some(file) = shared_vectors("wycheproof_hmac_sha512.json") else { return };
    let (valid, invalid) = check::<Hmac<sha2::Sha512>>(&file);
    assert_eq!(valid + invalid, 174);
}

/// A128CBC-HS256 is a composition no format of ours has: its tags are skipped, its ciphertexts are checked where valid.
#[test]
fn the_ciphertexts_of_a128cbc_hs256_agree_with_wycheproof() {
    let Some(file) = shared_vectors("wycheproof_a128cbc_hs256.json") else { return };
    let mut decrypted = 0;
    let (valid, invalid) = count(&file, |test, valid| {
        if valid {
            let key = field(test, "key");
            let (_, dek) = key.split_at(16);
            let opened = aes_cbc::decrypt(dek, &array(test, "iv"), &field(test, "ct")).unwrap();
            assert_eq!(opened.as_bytes(), field(test, "msg"), "{test}");
            decrypted += 1;
        }
    });
    assert_eq!((valid + invalid, decrypted), (94, valid));
}

#[test]
fn kubernetes_recorded_values_open() {
    let Some(file) = shared_vectors("kubernetes_recorded.json") else { return };
    let mut opened = 0;
    for test in list(&file, "tests") {
        let value = field(test, "value");
        let aad = field(test, "aad");
        let (key, body) = match test["seed"].as_str() {
            None => (field(test, "key"), value.clone()),
            Some(_) => {
                let mut key = vec![0; 32];
                let (info, body) = value.split_at(32);
                hkdf::Hkdf::<sha2::Sha256>::from_prk(&field(test, "seed"))
                    .unwrap()
                    .expand(info, &mut key)
                    .unwrap();
                (key, body.to_vec())
            }
        };
        let (nonce, rest) = body.split_at(12);
        let (ciphertext, tag) = rest.split_at(rest.len() - 16);
        let mut bytes = ciphertext.to_vec();
        aes_gcm::decrypt(&key, nonce.try_into().unwrap(), &aad, &mut bytes, tag.try_into().unwrap()).unwrap();
        assert_eq!(bytes, field(test, "plaintext"));
        opened += 1;
    }
    assert_eq!(opened, 2);
}
