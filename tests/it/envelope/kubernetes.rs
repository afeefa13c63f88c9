//! Values that Kubernetes itself stored, lists of providers, and the file that names them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ocipol::encryption_configuration;
use ocipol::envelope::kms_v2::{EncryptedObject, Wrapped};
use ocipol::envelope::transformers::{
    Kms, KmsRefused, LocalKey, NoTransformers, PlaintextWrites, Provider, ReadError, Transformers,
};
use ocipol::envelope::{Cek, Mek, Opened, Plaintext, ProviderName, Reading, Rejected, aes_cbc, kms_v1};
use ocipol::random::{Rng, SystemRng};
use ocipol::source::{Source, Sources};
use serde_json::Value;

use crate::rig::{Recorded, field, list, text, vectors};

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

/// What a reader of 1.26 does, whose KMS knows exactly one encrypted data key.
fn open_gcm(test: &Value, stored: &[u8]) -> Result<Opened, Option<Rejected>> {
    let provider = ProviderName::new(text(test, "provider")).unwrap();
    let frame = kms_v1::Frame::parse(stored, &provider)?;
    if frame.blob != field(test, "encrypted_dek") {
        return Err(None);
    }
    Ok(frame.decrypt(
        &Cek::from_bytes(&field(test, "dek")).unwrap(),
        text(test, "etcd_key"),
        Reading::Lenient,
    )?)
}

#[test]
fn every_gcm_value_of_kubernetes_opens_and_is_made_again() {
    let file = vectors("kubernetes_kms_v1_gcm_1_26.json");
    let mut passed = 0;
    for test in list(&file, "tests") {
        let note = text(test, "note");
        let opened = open_gcm(test, &field(test, "etcd_value")).unwrap_or_else(|_| panic!("refused: {note}"));
        assert_eq!(opened.plaintext.as_bytes(), field(test, "plaintext"), "{note}");
        assert!(opened.authenticated, "{note}");
        let made = kms_v1::seal_with(
            &ProviderName::new(text(test, "provider")).unwrap(),
            &field(test, "encrypted_dek"),
            &Cek::from_bytes(&field(test, "dek")).unwrap(),
            text(test, "etcd_key"),
            &field(test, "plaintext"),
            &Recorded::new(field(test, "nonce")),
        );
        assert_eq!(made.unwrap(), field(test, "etcd_value"), "{note}");
        passed += 1;
    }
    assert_eq!(passed, 22);
}

#[test]
fn every_mutated_gcm_value_is_refused() {
    let file = vectors("kubernetes_kms_v1_gcm_1_26.json");
    let (mut opened, mut refused) = (Vec::new(), 0);
    for test in list(&file, "negative") {
        match open_gcm(test, &field(test, "etcd_value")) {
            Ok(_) => opened.push(text(test, "mutation").to_owned()),
            Err(_) => refused += 1,
        }
    }
    assert_eq!((opened, refused), (vec!["none (control)".to_owned()], 26));
}

/// A CBC value read by a server that writes GCM opens, and says that nothing proved it.
#[test]
fn a_cbc_value_is_read_where_gcm_is_written_and_marked_unauthenticated() {
    let file = vectors("kubernetes_kms_v1_cbc_1_23.json");
    for test in list(&file, "tests") {
        let opened = open_gcm(test, &field(test, "etcd_value")).ok().unwrap();
        assert_eq!(opened.plaintext.as_bytes(), field(test, "plaintext"));
        assert!(!opened.authenticated);
    }
}

#[test]
fn every_v2_value_opens_and_is_encoded_again() {
    let file = vectors("kubernetes_kms_v2.json");
    let (mut passed, mut sources) = (0, BTreeSet::new());
    let provider = ProviderName::new("oci-vault").unwrap();
    for test in list(&file, "tests") {
        let stored = field(test, "etcd_value");
        let object = EncryptedObject::parse(&stored, &provider).unwrap();
        assert_eq!(object.data, field(test, "encrypted_data"));
        assert_eq!(object.key_id, text(test, "key_id"));
        assert_eq!(object.source, field(test, "encrypted_dek_source"));
        let source = Cek::from_bytes(&field(test, "seed_or_dek")).unwrap();
        let opened = object.decrypt(&source, text(test, "etcd_key")).unwrap();
        assert_eq!(opened.as_bytes(), field(test, "plaintext"));
        assert!(object.decrypt(&source, "/registry/secrets/default/other").is_err(), "the path is bound");
        assert_eq!(object.encode(&provider), stored, "{test}");
        sources.insert(object.source_type);
        passed += 1;

        for length in 0..stored.len() {
            // A message cut between two fields may be a shorter message; none of ours is then complete.
            let cut = EncryptedObject::parse(&stored[..length], &provider);
            let still_sound = cut.is_ok_and(|cut| cut.decrypt(&source, text(test, "etcd_key")).is_ok());
            let lost = stored.len() - length;
            assert!(!still_sound || !object.annotations.is_empty() || lost == 2, "cut to {length}");
        }
    }
    assert_eq!((passed, sources.len()), (10, 2));
}

#[test]
fn every_v2_negative_is_refused_before_a_key_is_asked_for() {
    let file = vectors("kubernetes_kms_v2.json");
    let provider = ProviderName::new("oci-vault").unwrap();
    let mut refused = 0;
    for test in list(&file, "negative") {
        assert!(EncryptedObject::parse(&field(test, "etcd_value"), &provider).is_err(), "{test}");
        refused += 1;
    }
    assert_eq!(refused, 12);
}

fn v2_with(wrapped: Wrapped) -> Result<EncryptedObject, Rejected> {
    EncryptedObject::encrypt(&Cek::from_bytes(&[7; 32]).unwrap(), wrapped, "/p", b"x", &SystemRng)
}

#[test]
fn sr_32_limits_of_v2_hold_at_one_below_and_one_above() {
    let wrapped = |id: usize, source: usize, value: usize| Wrapped {
        key_id: "i".repeat(id),
        source: vec![1; source],
        annotations: [("a.b".to_owned(), vec![2; value])].into(),
    };
    for (id, source, value, fits) in [
        (1, 1, 0, true),
        (0, 1, 0, false),
        (1, 0, 0, false),
        (1024, 1024, (32 << 10) - 3, true),
        (1025, 1024, 0, false),
        (1024, 1025, 0, false),
        (1, 1, (32 << 10) - 2, false),
    ] {
        assert_eq!(v2_with(wrapped(id, source, value)).is_ok(), fits, "{id} {source} {value}");
    }
}

#[test]
fn fields_in_any_order_and_unknown_ones_are_read() {
    let provider = ProviderName::new("p").unwrap();
    let wrapped =
        Wrapped { key_id: "id".into(), source: vec![1], annotations: [("a.b".to_owned(), vec![2])].into() };
    let object = v2_with(wrapped).unwrap();
    let whole = object.encode(&provider);
    let head = b"k8s:enc:kms:v2:p:";
    let message = &whole[head.len()..];
    // The first field, encryptedData, goes to the end; fields 6 of each wire type stand in front.
    let first = 2 + usize::from(message[1]);
    let unknown = [0x30, 5, 0x31, 1, 2, 3, 4, 5, 6, 7, 8, 0x32, 1, 9, 0x35, 1, 2, 3, 4];
    let mixed = [&head[..], &unknown, &message[first..], &message[..first]].concat();
    assert_eq!(EncryptedObject::parse(&mixed, &provider), Ok(object));
    for broken in [&[0x33][..], &[0x37], &[0x00, 0], &[0x08, 1], &[0x32, 200]] {
        let bytes = [&head[..], broken, message].concat();
        assert!(EncryptedObject::parse(&bytes, &provider).is_err(), "{broken:02x?}");
    }
}

/// A KMS that knows one key.
struct Stub {
    seed: [u8; 32],
    asked: Arc<AtomicUsize>,
}

impl Kms for Stub {
    fn unwrap(&self, wrapped: &[u8], _: Option<&str>) -> Result<Cek, KmsRefused> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if wrapped == b"wrapped" { Cek::from_bytes(&self.seed).ok_or(KmsRefused) } else { Err(KmsRefused) }
    }

    fn fresh(&self, _: &dyn Rng) -> Result<(Cek, Wrapped), KmsRefused> {
        let wrapped =
            Wrapped { key_id: "id".into(), source: b"wrapped".to_vec(), annotations: BTreeMap::default() };
        Ok((Cek::from_bytes(&self.seed).ok_or(KmsRefused)?, wrapped))
    }
}

fn provider(kind: &str) -> Provider {
    let key = |name: &str, byte| LocalKey { name: name.into(), key: Mek::from_bytes(&[byte; 32]).unwrap() };
    let stub = || Box::new(Stub { seed: [9; 32], asked: Arc::default() });
    let name = ProviderName::new("oci-vault").unwrap();
    match kind {
        "identity" => Provider::Identity,
        "aescbc" => Provider::AesCbc(vec![key("one", 1), key("two", 2)]),
        "aescbc turned" => Provider::AesCbc(vec![key("two", 2), key("one", 1)]),
        "aesgcm" => Provider::AesGcm(vec![key("one", 1)]),
        "kms v1" => Provider::KmsV1(name, stub()),
        "kms v2" => Provider::KmsV2(name, stub()),
        other => panic!("{other}"),
    }
}

#[test]
fn every_provider_reads_what_it_writes_and_the_others_say_that_it_is_not_theirs() {
    let kinds = ["identity", "aescbc", "aesgcm", "kms v1", "kms v2"];
    let alone = |kind| Transformers::new(vec![provider(kind)], PlaintextWrites::Allowed).unwrap();
    for kind in kinds {
        let stored = alone(kind).write(b"secret", "/registry/secrets/a/b", &SystemRng).unwrap();
        for reader in kinds {
            let read = alone(reader).read(&stored, "/registry/secrets/a/b", Reading::Lenient);
            match read {
                Ok(read) => {
                    assert_eq!(kind, reader);
                    assert_eq!(read.opened.plaintext.as_bytes(), b"secret");
                    assert_eq!(read.opened.authenticated, !["identity", "aescbc"].contains(&kind));
                    assert!(!read.stale);
                }
                Err(error) if reader == "identity" => assert_eq!(error, ReadError::Rejected(blocked())),
                Err(error) => assert_eq!(error, ReadError::NoTransformer, "{kind} by {reader}"),
            }
        }
        let elsewhere = alone(kind).read(&stored, "/registry/secrets/a/c", Reading::Lenient).is_ok();
        assert_eq!(
            elsewhere,
            ["identity", "aescbc"].contains(&kind),
            "{kind} is bound to its path or says it is not"
        );
    }
}

fn blocked() -> Rejected {
    kms_v1::Frame::parse(b"", &ProviderName::new("x").unwrap()).unwrap_err()
}

/// A strict reader takes what a tag proves, and looks at nothing else: a CBC body under KMS v1 is no way around it.
#[test]
fn sr_07_a_strict_reader_falls_back_to_nothing_unauthenticated() {
    let path = "/registry/secrets/a/b";
    let alone = |kind| Transformers::new(vec![provider(kind)], PlaintextWrites::Allowed).unwrap();
    for (kind, opens) in
        [("identity", false), ("aescbc", false), ("aesgcm", true), ("kms v1", true), ("kms v2", true)]
    {
        let stored = alone(kind).write(b"secret", path, &SystemRng).unwrap();
        let read = alone(kind).read(&stored, path, Reading::Strict);
        assert_eq!(read.as_ref().err(), (!opens).then_some(&ReadError::Unauthenticated), "{kind}");
    }
    // What a server up to 1.24 stored: CBC under the same DEK.
    let name = ProviderName::new("oci-vault").unwrap();
    let body = aes_cbc::encrypt(&[9; 32], &[1; 16], b"secret").unwrap();
    let stored = [&kms_v1::head(&name, 7)[..], b"wrapped", &[1; 16], &body].concat();
    let lenient = alone("kms v1").read(&stored, path, Reading::Lenient).unwrap();
    assert!(!lenient.opened.authenticated);
    let strict = alone("kms v1").read(&stored, path, Reading::Strict);
    assert_eq!(strict.err(), Some(ReadError::Rejected(blocked())));
}

#[test]
fn a_value_of_a_later_provider_or_key_is_stale() {
    let stored = Transformers::new(vec![provider("aescbc")], PlaintextWrites::Refused)
        .unwrap()
        .write(b"secret", "/p", &SystemRng)
        .unwrap();
    for (list, stale) in
        [(&["aescbc", "kms v2"][..], false), (&["aescbc turned"], true), (&["kms v2", "aescbc"], true)]
    {
        let providers = list.iter().map(|kind| provider(kind)).collect();
        let transformers = Transformers::new(providers, PlaintextWrites::Refused).unwrap();
        let read = transformers.read(&stored, "/p", Reading::Lenient).unwrap();
        assert_eq!(read.stale, stale, "{list:?}");
    }
}

#[test]
fn sr_31_a_list_that_would_write_plaintexts_is_refused_unless_asked_for() {
    let list = || vec![provider("identity"), provider("aesgcm")];
    assert_eq!(Transformers::new(list(), PlaintextWrites::Refused).err(), Some(NoTransformers::Plaintext));
    assert!(Transformers::new(list(), PlaintextWrites::Allowed).is_ok());
    assert_eq!(Transformers::new(Vec::new(), PlaintextWrites::Allowed).err(), Some(NoTransformers::Empty));
    let keyless = vec![Provider::AesCbc(Vec::new())];
    assert_eq!(Transformers::new(keyless, PlaintextWrites::Refused).err(), Some(NoTransformers::NoKey));
}

/// The file with all mistakes and its findings, and the file without any.
#[test]
fn an_encryption_configuration_is_read_or_its_mistakes_are_shown_where_they_are() {
    insta::glob!("../../../fixtures", "encryption/*.yaml", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let mut sources = Sources::new();
        let id = sources.add(Source::new("encryption.yaml", text.as_str()).unwrap());
        let (configuration, findings) = encryption_configuration::read(sources.get(id).unwrap(), id);
        assert_eq!(configuration.is_some(), findings.is_empty());
        let mut story = text;
        story.push_str("---\n");
        for finding in &findings {
            let place = finding.place().unwrap();
            story.push_str(&format!(
                "{}: {} {}\n",
                sources.locate(place),
                finding.code.id(),
                finding.message
            ));
        }
        for rule in configuration.iter().flat_map(|configuration| &configuration.rules) {
            story.push_str(&format!("{:?}: {} providers\n", rule.resources, rule.providers.len()));
        }
        insta::assert_snapshot!(story);
    });
}

/// No key is shown by a finding.
#[test]
fn sr_14_a_secret_that_is_wrong_is_not_repeated() {
    let text = "kind: EncryptionConfiguration\napiVersion: apiserver.config.k8s.io/v1\nresources:\n- resources: [secrets]\n  providers:\n  - aescbc:\n      keys:\n      - {name: a, secret: Y2FuYXJ5LWtleQ==}\n      - {name: b, secret: canary!!}\n";
    let mut sources = Sources::new();
    let id = sources.add(Source::new("e.yaml", text).unwrap());
    let (_, findings) = encryption_configuration::read(sources.get(id).unwrap(), id);
    assert_eq!(findings.len(), 2);
    for finding in findings {
        let said = format!("{finding:?}");
        assert!(!said.contains("canary") && !said.contains("Y2FuYXJ5"), "{said}");
    }
}
