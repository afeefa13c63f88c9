//! The OENV v1 format: byte for byte against vectors of an independent implementation, and every negative refused.

use std::collections::BTreeSet;

use ocipol::decider::Operation;
use ocipol::envelope::asymmetric::{self, KeyPair, Oaep};
use ocipol::envelope::{
    Blob, Cek, Context, Flags, Header, Mek, Opened, Profile, ProviderName, Reading, RecogniseError, Suite,
    WrapError, recognise, seal,
};
use ocipol::ocid::Ocid;
use ocipol::random::SystemRng;
use serde_json::Value;
use sha2::Digest;

use crate::rig::{Loose, Recorded, field, hex, list, ocid, permit_for, shared_vectors, text, vectors};

/// The context of a vector, owned.
struct Owned {
    cluster: Ocid,
    cluster_tenancy: Ocid,
    key_tenancy: Ocid,
    provider: ProviderName,
    resource: String,
    path: String,
}

impl Owned {
    fn of(test: &Value) -> Self {
        let context = &test["context"];
        Self {
            cluster: ocid(text(context, "cluster")),
            cluster_tenancy: ocid(text(context, "cluster_tenancy")),
            key_tenancy: ocid(text(context, "key_tenancy")),
            provider: ProviderName::new(text(context, "provider")).unwrap(),
            resource: text(context, "resource").to_owned(),
            path: text(context, "path").to_owned(),
        }
    }

    fn borrow(&self) -> Context<'_> {
        Context {
            cluster: &self.cluster,
            cluster_tenancy: &self.cluster_tenancy,
            key_tenancy: &self.key_tenancy,
            provider: &self.provider,
            resource: &self.resource,
            path: &self.path,
        }
    }
}

/// The whole way of opening. The master key bears whatever names the value has, so that only the bytes decide.
fn open(
    stored: &[u8],
    context: &Context<'_>,
    mek: &[u8],
    reading: Reading,
) -> Result<Opened, RecogniseError> {
    let recognised = recognise(stored, context, reading)?;
    let master = Loose::new(recognised.key(), recognised.version(), mek);
    let permit = permit_for(Operation::Decrypt, recognised.key());
    let authorised = recognised.authorise(permit).expect("the permit is for this key");
    Ok(authorised.unwrap(&master)?.open()?)
}

fn vector(id: &str) -> Value {
    let file = vectors("oenv_v1.json");
    let found = list(&file, "tests").iter().find(|test| text(test, "id") == id);
    found.unwrap_or_else(|| panic!("no vector {id}")).clone()
}

/// The material of a vector: AES in the file itself, RSA in a file of Wycheproof.
fn material(test: &Value) -> Option<Mek> {
    let text = text(test, "mek");
    if !text.starts_with("RSA") {
        return Mek::from_bytes(&hex(text));
    }
    let keys = shared_vectors("wycheproof_rsa_oaep_2048_sha256_mgf1sha256.json")?;
    Some(Mek::from_pkcs8(&field(&list(&keys, "keys")[0], "privateKeyPkcs8")))
}

/// c23 and c24 are of suite 11. Its padding is random, so they are opened and not made again.
const RSA: [&str; 2] = ["c23", "c24"];

#[test]
fn sc_01_and_every_other_value_is_made_byte_for_byte_and_opens() {
    let file = vectors("oenv_v1.json");
    let (mut sealed, mut compat, mut made_again, mut skipped) = (0, 0, 0, BTreeSet::new());
    for test in list(&file, "tests") {
        let id = text(test, "id");
        let owned = Owned::of(test);
        let context = owned.borrow();
        let stored = field(test, "stored_value");
        let suite = Suite::numbered(u8::try_from(test["suite"].as_u64().unwrap()).unwrap()).unwrap();
        let (key, version) = (ocid(text(test, "key")), ocid(text(test, "key_version")));
        let profile = match test["flags"].as_u64() {
            Some(3) => Profile::Sealed,
            Some(0) => Profile::Compat,
            other => panic!("flags {other:?}"),
        };
        let digest = context.digest(profile.flags()).unwrap();
        assert_eq!(digest.as_bytes()[..], field(test, "context_digest"), "{id}");
        let Some(mek) = material(test).filter(|_| suite != Suite::OaepSha256 || asymmetric::AVAILABLE) else {
            skipped.insert(id.to_owned());
            continue;
        };
        let master = Loose::of(&key, &version, suite, mek);
        if suite != Suite::OaepSha256 {
            let drawn = ["cek", "iv", "salt", "nonce"].into_iter().filter(|name| test[name].is_string());
            let randomness = Recorded::new(drawn.flat_map(|name| field(test, name)));
            let permit = permit_for(Operation::GenerateDataEncryptionKey, &key);
            let plaintext = field(test, "plaintext");
            let made = seal(permit, &master, &context, profile, &plaintext, &randomness).unwrap();
            assert!(made == stored, "{id} differs");
            assert!(randomness.is_used_up(), "{id} drew less");
            made_again += 1;
        }
        let recognised = recognise(&stored, &context, Reading::Lenient).unwrap();
        let permit = permit_for(Operation::Decrypt, recognised.key());
        let opened =
            recognised.authorise(permit).unwrap().unwrap(&master).and_then(|unwrapped| unwrapped.open());
        let opened = opened.unwrap_or_else(|error| panic!("{id}: {error}"));
        assert_eq!(opened.plaintext.as_bytes(), field(test, "plaintext"), "{id}");
        assert_eq!(Value::from(opened.authenticated), test["authenticated"], "{id}");
        match profile {
            Profile::Sealed => sealed += 1,
            Profile::Compat => compat += 1,
        }
    }
    if skipped.is_empty() {
        assert_eq!((sealed, compat, made_again), (12, 12, 22));
    } else {
        eprintln!(
            "skipped: {skipped:?}: the feature `asymmetric` is off, or Wycheproof is not beside the checkout"
        );
        assert_eq!(skipped, RSA.map(str::to_owned).into());
        assert_eq!((sealed, compat, made_again), (11, 11, 22));
    }
}

/// Suite 12 is read: its wraps come from others. Ours never makes one.
#[test]
fn suite_12_is_read_and_never_written() {
    if !asymmetric::AVAILABLE {
        eprintln!("skipped: the feature `asymmetric` is off");
        return;
    }
    let mek = asymmetric::generate(KeyPair::Rsa2048).unwrap();
    let test = vector("c1");
    let owned = Owned::of(&test);
    let digest = owned.borrow().digest(Flags::Plain).unwrap();
    let (key, version) = (ocid(text(&test, "key")), ocid(text(&test, "key_version")));
    let header = Header::new(Suite::OaepSha1, Flags::Plain, &key, &version, &digest).unwrap();
    let cek = [7; 32];
    let whole = [sha2::Sha256::digest(header.as_bytes()).as_slice(), &cek].concat();
    let wrapped = asymmetric::oaep_encrypt(&mek, Oaep::Sha1, &whole).unwrap();
    assert!(Suite::OaepSha1.unwrap(&mek, header.as_bytes(), &wrapped).is_ok());
    assert!(Suite::OaepSha256.unwrap(&mek, header.as_bytes(), &wrapped).is_err());
    let mut other = header.as_bytes().to_vec();
    other[10] ^= 1;
    assert!(Suite::OaepSha1.unwrap(&mek, &other, &wrapped).is_err(), "the header is bound");
    let refused = Suite::OaepSha1.wrap(&mek, &header, &Cek::from_bytes(&cek).unwrap(), &SystemRng);
    assert_eq!(refused.err(), Some(WrapError::Unfit));
}

/// SR-32: 158 bytes fit every suite, 2,048 bits of RSA included, and 159 none.
#[test]
fn sr_32_a_payload_of_158_bytes_fits_every_suite_and_159_none() {
    let test = vector("c1");
    let owned = Owned::of(&test);
    let (key, version) = (ocid(text(&test, "key")), ocid(text(&test, "key_version")));
    let digest = owned.borrow().digest(Flags::Plain).unwrap();
    assert!(Cek::from_bytes(&[7; 159]).is_none());
    let cek = Cek::from_bytes(&[7; 158]).unwrap();
    let mut fitted = 0;
    for suite in [Suite::HkdfGcm, Suite::Gcm, Suite::Kwp, Suite::OaepSha256] {
        let mek = match suite {
            Suite::OaepSha256 if !asymmetric::AVAILABLE => continue,
            Suite::OaepSha256 => asymmetric::generate(KeyPair::Rsa2048).unwrap(),
            Suite::HkdfGcm | Suite::Gcm | Suite::Kwp | Suite::OaepSha1 => Mek::from_bytes(&[9; 32]).unwrap(),
        };
        let header = Header::new(suite, Flags::Plain, &key, &version, &digest).unwrap();
        let bytes = header.as_bytes().to_vec();
        let wrapped = suite.wrap(&mek, &header, &cek, &SystemRng).unwrap();
        assert!(wrapped.len() <= suite.wrapped_length(158), "{suite:?}");
        assert!(suite.unwrap(&mek, &bytes, &wrapped).is_ok(), "{suite:?}");
        fitted += 1;
    }
    assert_eq!(fitted, if asymmetric::AVAILABLE { 4 } else { 3 });
}

/// SR-04: a wrap opens under its own key, suite and header and under no other.
#[test]
fn sr_04_a_wrap_of_one_suite_and_key_is_refused_by_every_other() {
    let test = vector("c1");
    let owned = Owned::of(&test);
    let (key, version) = (ocid(text(&test, "key")), ocid(text(&test, "key_version")));
    let digest = owned.borrow().digest(Flags::Plain).unwrap();
    let cek = Cek::from_bytes(&[7; 32]).unwrap();
    let mut keys: Vec<(Vec<Suite>, Mek)> = [16, 24, 32, 32]
        .into_iter()
        .zip(1_u8..)
        .map(|(length, byte)| {
            (vec![Suite::HkdfGcm, Suite::Gcm, Suite::Kwp], Mek::from_bytes(&vec![byte; length]).unwrap())
        })
        .collect();
    if asymmetric::AVAILABLE {
        for pair in [KeyPair::Rsa2048, KeyPair::Rsa2048] {
            keys.push((vec![Suite::OaepSha256], asymmetric::generate(pair).unwrap()));
        }
    }
    let (mut opened, mut refused) = (0, 0);
    for (place, (suites, mek)) in keys.iter().enumerate() {
        for suite in suites {
            let header = Header::new(*suite, Flags::Plain, &key, &version, &digest).unwrap();
            let bytes = header.as_bytes().to_vec();
            let wrapped = suite.wrap(mek, &header, &cek, &SystemRng).unwrap();
            for (other_place, (_, other)) in keys.iter().enumerate() {
                for other_suite in Suite::ALL {
                    let outcome = other_suite.unwrap(other, &bytes, &wrapped);
                    let same = place == other_place && *suite == other_suite;
                    assert_eq!(
                        outcome.is_ok(),
                        same,
                        "{suite:?} of {place} by {other_suite:?} of {other_place}"
                    );
                    if same { opened += 1 } else { refused += 1 }
                }
            }
        }
    }
    let expected = if asymmetric::AVAILABLE { (14, 14 * 30 - 14) } else { (12, 12 * 20 - 12) };
    assert_eq!((opened, refused), expected);
}

/// The vector "compatibility value read in strict mode" expects `CIPHERTEXT_REJECTED`; the format says that such a
/// value may be told apart, since it depends on public bytes only, and names `UNAUTHENTICATED_VALUE` for it.
#[test]
fn sr_05_07_08_09_every_negative_is_refused_with_one_answer() {
    let file = vectors("oenv_v1.json");
    let (mut rejected, mut unauthenticated) = (0, Vec::new());
    let mut answers = BTreeSet::new();
    for test in list(&file, "negative") {
        let name = text(test, "name");
        let owned = Owned::of(test);
        match open(&field(test, "stored_value"), &owned.borrow(), &field(test, "mek"), Reading::Strict) {
            Err(RecogniseError::Rejected(refusal)) => {
                answers.insert(format!("{refusal} {refusal:?}"));
                rejected += 1;
            }
            Err(RecogniseError::Unauthenticated) => unauthenticated.push(name.to_owned()),
            Ok(_) => panic!("opened: {name}"),
        }
    }
    assert_eq!(rejected, 40);
    assert_eq!(unauthenticated, ["compatibility value read in strict mode"]);
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[test]
fn sr_01_every_flipped_bit_of_c5_is_refused() {
    let test = vector("c5");
    let (owned, mek) = (Owned::of(&test), field(&test, "mek"));
    let mut stored = field(&test, "stored_value");
    let mut refused = 0;
    for at in 0..stored.len() {
        for bit in 0..8 {
            stored[at] ^= 1 << bit;
            let outcome = open(&stored, &owned.borrow(), &mek, Reading::Strict);
            assert!(matches!(outcome, Err(RecogniseError::Rejected(_))), "bit {bit} of byte {at}");
            stored[at] ^= 1 << bit;
            refused += 1;
        }
    }
    assert_eq!(refused, 3_768);
    assert!(open(&stored, &owned.borrow(), &mek, Reading::Strict).is_ok());
}

#[test]
fn sr_02_every_truncation_and_extension_of_every_value_is_refused() {
    let file = vectors("oenv_v1.json");
    let mut truncations_of_c5 = 0;
    for test in list(&file, "tests").iter().filter(|test| test["suite"] == 1 && test["flags"] == 3) {
        let (owned, mek) = (Owned::of(test), field(test, "mek"));
        let stored = field(test, "stored_value");
        let refused = |bytes: &[u8]| {
            matches!(open(bytes, &owned.borrow(), &mek, Reading::Strict), Err(RecogniseError::Rejected(_)))
        };
        for length in 0..stored.len() {
            assert!(refused(&stored[..length]), "{} cut to {length}", test["id"]);
            truncations_of_c5 += usize::from(test["id"] == "c5");
        }
        for extra in [1, 16, 64 << 10] {
            let mut longer = stored.clone();
            longer.resize(stored.len() + extra, 0);
            assert!(refused(&longer), "{} with {extra} bytes more", test["id"]);
        }
    }
    assert_eq!(truncations_of_c5, 471);
}

/// A compat value is not authenticated, but its blob is: no truncation of it opens as long as the blob is not whole.
#[test]
fn sr_02_no_prefix_of_a_compat_value_panics() {
    let file = vectors("oenv_v1.json");
    for test in list(&file, "tests").iter().filter(|test| test["suite"] == 1 && test["flags"] == 0) {
        let (owned, mek) = (Owned::of(test), field(test, "mek"));
        let stored = field(test, "stored_value");
        for length in 0..stored.len() {
            if let Ok(opened) = open(&stored[..length], &owned.borrow(), &mek, Reading::Lenient) {
                assert!(!opened.authenticated, "{} cut to {length}", test["id"]);
            }
        }
    }
}

#[test]
fn sr_32_a_blob_of_1023_bytes_is_read_and_one_of_1024_is_not() {
    let stored = field(&vector("c11"), "stored_value");
    let provider = ProviderName::new("oci-vault").unwrap();
    let value = ocipol::envelope::kms_v1::Value::parse(&stored, &provider).unwrap();
    let header = Blob::parse(value.blob).unwrap().header.to_vec();
    let sized = |size: usize| {
        let wrapped = size - header.len() - 2;
        let length = u16::try_from(wrapped).unwrap().to_be_bytes();
        [&header[..], &length, &vec![7; wrapped]].concat()
    };
    assert_eq!(sized(1023).len(), 1023);
    assert_eq!(Blob::parse(&sized(1023)).unwrap().flags, Flags::Plain);
    assert!(Blob::parse(&sized(1024)).is_err());
    assert!(Blob::parse(&[&header[..], &[0, 0]].concat()).is_err(), "nothing is wrapped");
}

/// Each single rule of the grammar, broken in a blob that is otherwise right.
#[test]
fn sr_03_a_blob_that_breaks_one_rule_is_refused() {
    let stored = field(&vector("c5"), "stored_value");
    let provider = ProviderName::new("oci-vault").unwrap();
    let blob = ocipol::envelope::kms_v1::Value::parse(&stored, &provider).unwrap().blob.to_vec();
    assert!(Blob::parse(&blob).is_ok());
    type Break = fn(&mut Vec<u8>);
    let table: [(&str, Break); 9] = [
        ("magic", |blob| blob[0] = b'o'),
        ("version", |blob| blob[4] = 2),
        ("suite", |blob| blob[5] = 0x7F),
        ("SEALED without PATH", |blob| blob[6] = 1),
        ("a reserved flag", |blob| blob[6] = 7),
        ("an empty key", |blob| {
            let length = usize::from(blob[7]);
            blob[7] = 0;
            blob.drain(8..8 + length);
        }),
        ("a space in the key", |blob| blob[10] = b' '),
        ("a byte 7F in the key", |blob| blob[10] = 0x7F),
        ("a byte more", |blob| blob.push(0)),
    ];
    for (rule, spoil) in table {
        let mut spoilt = blob.clone();
        spoil(&mut spoilt);
        assert!(Blob::parse(&spoilt).is_err(), "{rule}");
    }
}
