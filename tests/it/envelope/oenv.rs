//! The OENV v1 format: byte for byte against vectors of an independent implementation, and every negative refused.

use std::collections::BTreeSet;

use ocipol::decider::Operation;
use ocipol::envelope::{
    Blob, Cause, Context, Flags, Opened, Profile, ProviderName, Reading, RecogniseError, Rejected, recognise,
    seal,
};
use ocipol::ocid::Ocid;
use serde_json::Value;

use crate::rig::{Loose, Recorded, field, list, ocid, permit_for, text, vectors};

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

/// c17 to c24 are of suites 02, 03 and 11, which this engine neither makes nor reads yet: they are refused.
const OTHER_SUITES: [&str; 8] = ["c17", "c18", "c19", "c20", "c21", "c22", "c23", "c24"];

#[test]
fn sc_01_and_every_other_value_of_suite_01_is_made_byte_for_byte_and_opens() {
    let file = vectors("oenv_v1.json");
    let (mut sealed, mut compat, mut skipped) = (0, 0, BTreeSet::new());
    for test in list(&file, "tests") {
        let id = text(test, "id");
        let owned = Owned::of(test);
        let context = owned.borrow();
        let stored = field(test, "stored_value");
        if test["suite"] != 1 {
            let refused = recognise(&stored, &context, Reading::Lenient);
            assert!(matches!(refused, Err(RecogniseError::Rejected(_))), "{id}");
            skipped.insert(id.to_owned());
            continue;
        }
        let (key, version) = (ocid(text(test, "key")), ocid(text(test, "key_version")));
        let mek = field(test, "mek");
        let master = Loose::new(&key, &version, &mek);
        let profile = match test["flags"].as_u64() {
            Some(3) => Profile::Sealed,
            Some(0) => Profile::Compat,
            other => panic!("flags {other:?}"),
        };
        let digest = context.digest(profile.flags()).unwrap();
        assert_eq!(digest.as_bytes()[..], field(test, "context_digest"), "{id}");

        let randomness = Recorded::new(["cek", "iv", "salt", "nonce"].map(|name| field(test, name)).concat());
        let permit = permit_for(Operation::GenerateDataEncryptionKey, &key);
        let made = seal(permit, &master, &context, profile, &field(test, "plaintext"), &randomness).unwrap();
        assert!(made == stored, "{id} differs");
        assert!(randomness.is_used_up(), "{id} drew less");

        let opened =
            open(&stored, &context, &mek, Reading::Lenient).unwrap_or_else(|error| panic!("{id}: {error}"));
        assert_eq!(opened.plaintext.as_bytes(), field(test, "plaintext"), "{id}");
        assert_eq!(Value::from(opened.authenticated), test["authenticated"], "{id}");
        match profile {
            Profile::Sealed => sealed += 1,
            Profile::Compat => compat += 1,
        }
    }
    assert_eq!((sealed, compat), (8, 8));
    assert_eq!(skipped, OTHER_SUITES.map(str::to_owned).into());
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
fn sr_10_a_valid_tag_over_bad_padding_is_refused_at_the_padding_and_a_wrong_tag_before_it() {
    let file = vectors("oenv_v1.json");
    let causes = |prefix: &str| {
        let negatives = list(&file, "negative").iter();
        let named = negatives.filter(|test| text(test, "name").starts_with(prefix));
        let cause = named.map(|test| {
            let owned = Owned::of(test);
            match open(&field(test, "stored_value"), &owned.borrow(), &field(test, "mek"), Reading::Strict) {
                Err(RecogniseError::Rejected(refusal)) => refusal.cause(),
                _ => panic!("{}", text(test, "name")),
            }
        });
        cause.collect::<Vec<_>>()
    };
    assert_eq!(causes("valid tag over bad padding"), [Cause::Padding; 4]);
    // Of these some have a wrong padding too; the tag refuses all of them, because it is looked at first.
    assert_eq!(causes("last block missing"), [Cause::Tag]);
    assert_eq!(causes("sixteen bytes appended"), [Cause::Tag]);
    assert_eq!(causes("IV bit flipped"), [Cause::Tag]);
    assert_eq!(causes("blob of one value with the body of another"), [Cause::Tag]);
    assert_eq!(causes("another path"), [Cause::Context]);
    assert_eq!(causes("wrong MEK"), [Cause::Unwrap]);
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
    assert_eq!(Blob::parse(&sized(1024)).err().map(|refusal| refusal.cause()), Some(Cause::Blob));
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
        assert_eq!(
            Blob::parse(&spoilt).err().map(|refusal: Rejected| refusal.cause()),
            Some(Cause::Blob),
            "{rule}"
        );
    }
}
