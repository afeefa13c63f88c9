//! The list of vector files with the tests that run them. `cargo test --test it vector_file -- --nocapture` prints it; a
//! file without a row, a row without a test, and a count that is not the file's fail.

use std::path::{Path, PathBuf};

use crate::rig::{list, shared_vectors, vectors};

/// A vector file: its name, its tests and negatives, the test that runs it, and what of it is skipped, with the reason.
type Row = (&'static str, usize, usize, &'static str, &'static str);

const ALL: &str = "nothing";
const LABEL: &str =
    "the plaintexts of valid cases with a label: our formats have an empty one, so they must be refused";

const ROWS: &[Row] = &[
    ("kubernetes_kms_v1_cbc_1_23.json", 22, 27, "every_value_of_kubernetes_opens_and_is_made_again", ALL),
    ("kubernetes_kms_v1_gcm_1_26.json", 22, 27, "every_gcm_value_of_kubernetes_opens_and_is_made_again", ALL),
    ("kubernetes_kms_v2.json", 10, 12, "every_v2_value_opens_and_is_encoded_again", ALL),
    ("kubernetes_recorded.json", 2, 0, "kubernetes_recorded_values_open", ALL),
    ("nist_cavp_aes_cbc.json", 199, 0, "aes_cbc_agrees_with_cavp", ALL),
    ("nist_cavp_kw_kwp.json", 264, 0, "key_wrap_agrees_with_cavp", ALL),
    ("nist_sp800_38a_cbc.json", 3, 0, "aes_cbc_agrees_with_sp800_38a", ALL),
    (
        "oenv_v1.json",
        24,
        41,
        "sc_01_and_every_other_value_is_made_byte_for_byte_and_opens",
        "making the 2 RSA values again byte for byte: OAEP draws its own randomness; they are opened",
    ),
    ("rfc3394_rfc5649_keywrap.json", 8, 0, "key_wrap_agrees_with_the_rfcs", ALL),
    (
        "rfc7518_appendix_b.json",
        3,
        0,
        "cbc_with_hmac_agrees_with_rfc_7518",
        "the tags of B.1 and B.2: no format of ours has HMAC-SHA-256 or HMAC-SHA-384 tags; their ciphertexts are run",
    ),
    (
        "wycheproof_a128cbc_hs256.json",
        94,
        0,
        "the_ciphertexts_of_a128cbc_hs256_agree_with_wycheproof",
        "all tags: no format of ours has HMAC-SHA-256 tags; the ciphertexts of valid cases are run",
    ),
    ("wycheproof_a256cbc_hs512.json", 94, 0, "a256cbc_hs512_agrees_with_wycheproof", ALL),
    ("wycheproof_aes_cbc_pkcs5.json", 216, 0, "sr_11_every_bad_padding_of_wycheproof_is_one_refusal", ALL),
    ("wycheproof_aes_gcm.json", 197, 0, "aes_gcm_agrees_with_wycheproof", ALL),
    ("wycheproof_aes_kwp.json", 254, 0, "key_wrap_agrees_with_wycheproof", ALL),
    ("wycheproof_aes_wrap.json", 165, 0, "key_wrap_agrees_with_wycheproof", ALL),
    ("wycheproof_hkdf_sha256.json", 86, 0, "hkdf_sha256_agrees_with_wycheproof", ALL),
    ("wycheproof_hmac_sha256.json", 174, 0, "hmac_agrees_with_wycheproof", ALL),
    ("wycheproof_hmac_sha512.json", 174, 0, "hmac_agrees_with_wycheproof", ALL),
    ("wycheproof_rsa_oaep_2048_sha1_mgf1sha1.json", 36, 0, "sr_24_rsa_oaep_agrees_with_wycheproof", LABEL),
    (
        "wycheproof_rsa_oaep_2048_sha256_mgf1sha256.json",
        37,
        0,
        "sr_24_rsa_oaep_agrees_with_wycheproof",
        LABEL,
    ),
    (
        "wycheproof_rsa_oaep_3072_sha256_mgf1sha256.json",
        37,
        0,
        "sr_24_rsa_oaep_agrees_with_wycheproof",
        LABEL,
    ),
    (
        "wycheproof_rsa_oaep_4096_sha256_mgf1sha256.json",
        37,
        0,
        "sr_24_rsa_oaep_agrees_with_wycheproof",
        LABEL,
    ),
];

#[test]
fn every_vector_file_has_a_test_and_says_what_it_skips() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/envelope");
    let sources: String = ["primitives.rs", "kubernetes.rs", "oenv.rs"]
        .map(|name| std::fs::read_to_string(folder.join(name)).unwrap())
        .concat();
    for (name, tests, negatives, test, skipped) in ROWS {
        let (_, body) = sources.split_once(&format!("fn {test}")).unwrap_or_else(|| panic!("no test {test}"));
        let body = body.split("#[test]").next().unwrap_or_default();
        assert!(body.contains(name), "{test} does not read {name}");
        eprintln!("{name:<50} {tests:>3} + {negatives:>2}  {test}\n    skipped: {skipped}");
        let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/vectors").join(name).exists();
        let Some(file) = (if ours { Some(vectors(name)) } else { shared_vectors(name) }) else { continue };
        assert_eq!(
            (list(&file, "tests").len(), list(&file, "negative").len()),
            (*tests, *negatives),
            "{name}"
        );
    }
    let Some(readme) = crate::shared::file("vectors/README.md") else { return };
    let mut there: Vec<String> = std::fs::read_dir(readme.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .collect();
    there.sort();
    assert_eq!(there, ROWS.iter().map(|row| row.0).collect::<Vec<_>>());
}
