//! Promises about all stored values: `open(seal(x)) == x`, and nothing else opens.

use ocipol::decider::Operation;
use ocipol::envelope::{
    Cek, Context, Flags, Header, Opened, PLAINTEXT_LENGTH, Profile, ProviderName, Reading, RecogniseError,
    SealError, Suite, recognise, seal, worst_length,
};
use ocipol::random::SystemRng;
use proptest::prelude::*;

use crate::rig::{Broken, Dice, Loose, ocid, permit_for};

const PARTS: [&str; 6] = [
    "ocid1.cluster.oc1.iad.one",
    "ocid1.tenancy.oc1..cluster",
    "ocid1.tenancy.oc1..keys",
    "oci-vault",
    "secrets",
    "/registry/secrets/default/a",
];

fn with_context<T>(parts: [&str; 6], use_it: impl FnOnce(&Context<'_>) -> T) -> T {
    let [cluster, cluster_tenancy, key_tenancy, provider, resource, path] = parts;
    use_it(&Context {
        cluster: &ocid(cluster),
        cluster_tenancy: &ocid(cluster_tenancy),
        key_tenancy: &ocid(key_tenancy),
        provider: &ProviderName::new(provider).unwrap(),
        resource,
        path,
    })
}

fn master(mek: &[u8]) -> Loose {
    Loose::new(&ocid("ocid1.key.oc1.iad.v.k"), &ocid("ocid1.keyversion.oc1.iad.v.1"), mek)
}

fn sealed(
    master: &Loose,
    parts: [&str; 6],
    profile: Profile,
    plaintext: &[u8],
) -> Result<Vec<u8>, SealError> {
    let permit = permit_for(Operation::GenerateDataEncryptionKey, &master.key);
    with_context(parts, |context| seal(permit, master, context, profile, plaintext, &SystemRng))
}

fn opened(
    master: &Loose,
    parts: [&str; 6],
    reading: Reading,
    stored: &[u8],
) -> Result<Opened, RecogniseError> {
    with_context(parts, |context| {
        let recognised = recognise(stored, context, reading)?;
        let permit = permit_for(Operation::Decrypt, recognised.key());
        let authorised = recognised.authorise(permit).expect("the permit is for the value's key");
        Ok(authorised.unwrap(master)?.open()?)
    })
}

proptest! {
    #[test]
    fn what_was_sealed_opens_again(
        plaintext in proptest::collection::vec(any::<u8>(), 0..3000),
        length in proptest::sample::select(vec![16, 24, 32]),
        profile in proptest::sample::select(Profile::ALL.to_vec()),
    ) {
        let master = master(&vec![9; length]);
        let stored = sealed(&master, PARTS, profile, &plaintext).unwrap();
        let opened = opened(&master, PARTS, Reading::Lenient, &stored).ok().unwrap();
        prop_assert_eq!(opened.plaintext.as_bytes(), &plaintext);
        prop_assert_eq!(opened.authenticated, profile == Profile::Sealed);
    }

    /// SR-05: the same value under any context that differs in any part.
    #[test]
    fn sr_05_a_sealed_value_opens_in_its_own_context_only(which in 0_usize..6, suffix in "[a-z0-9]{1,20}") {
        let master = master(&[9; 32]);
        let stored = sealed(&master, PARTS, Profile::Sealed, b"x").unwrap();
        let changed = format!("{}{suffix}", PARTS[which]);
        let mut parts = PARTS;
        parts[which] = &changed;
        prop_assert!(matches!(
            opened(&master, parts, Reading::Strict, &stored),
            Err(RecogniseError::Rejected(_))
        ));
    }

    /// SR-03: whatever stands behind the prefix, there is an answer.
    #[test]
    fn sr_03_no_bytes_make_the_reader_panic(tail in proptest::collection::vec(any::<u8>(), 0..700)) {
        let master = master(&[9; 32]);
        let stored = [b"k8s:enc:kms:v1:oci-vault:", &tail[..]].concat();
        prop_assert!(opened(&master, PARTS, Reading::Lenient, &stored).is_err());
        prop_assert!(opened(&master, PARTS, Reading::Lenient, &tail).is_err());
    }
}

/// One bit of each byte; every bit of one value is flipped where the vectors are.
#[test]
fn sr_01_a_flipped_bit_in_any_byte_of_50_random_values_is_refused() {
    let dice = Dice::new(1);
    let mut flips = 0;
    for _ in 0..50 {
        let mek = dice.bytes([16, 24, 32][usize::try_from(dice.below(3)).unwrap()]);
        let plaintext = dice.bytes(usize::try_from(dice.below(200)).unwrap());
        let mut stored = sealed(&master(&mek), PARTS, Profile::Sealed, &plaintext).unwrap();
        for at in 0..stored.len() {
            let bit = 1 << dice.below(8);
            stored[at] ^= bit;
            let outcome = with_context(PARTS, |context| {
                let recognised = recognise(&stored, context, Reading::Strict)?;
                // The right material under whatever names the flipped value has.
                let named = Loose::new(recognised.key(), recognised.version(), &mek);
                let permit = permit_for(Operation::Decrypt, recognised.key());
                let authorised = recognised.authorise(permit).expect("the permit is for the value's key");
                Ok::<_, RecogniseError>(authorised.unwrap(&named)?.open()?)
            });
            assert!(matches!(outcome, Err(RecogniseError::Rejected(_))), "bit {bit:#x} of byte {at}");
            stored[at] ^= bit;
            flips += 1;
        }
    }
    assert!(flips > 50 * 300, "{flips}");
}

#[test]
fn sc_03_a_stored_value_holds_no_key_and_opens_with_one_unwrap() {
    let dice = Dice::new(3);
    let cek = dice.bytes(64);
    let randomness = crate::rig::Recorded::new([cek.clone(), dice.bytes(16 + 32 + 12)].concat());
    let master = master(&[9; 32]);
    let permit = permit_for(Operation::GenerateDataEncryptionKey, &master.key);
    let stored = with_context(PARTS, |context| {
        seal(permit, &master, context, Profile::Sealed, b"hunter2", &randomness).unwrap()
    });
    for secret in [&cek[..32], &cek[32..], &[9; 32], b"hunter2"] {
        assert!(!stored.windows(secret.len()).any(|window| window == secret));
    }
    assert!(opened(&master, PARTS, Reading::Strict, &stored).is_ok());
    assert_eq!(*master.unwraps.lock().unwrap(), 1);
}

#[test]
fn no_master_key_is_asked_before_frame_blob_and_context_are_right() {
    let master = master(&[9; 32]);
    let stored = sealed(&master, PARTS, Profile::Sealed, b"x").unwrap();
    let mut elsewhere = PARTS;
    elsewhere[5] = "/registry/secrets/default/b";
    assert!(opened(&master, elsewhere, Reading::Strict, &stored).is_err());
    assert!(opened(&master, PARTS, Reading::Strict, &stored[..40]).is_err());
    assert_eq!(*master.unwraps.lock().unwrap(), 0);
}

/// SR-04: six keys, six values; each key opens its own value and no other.
#[test]
fn sr_04_a_value_opens_under_its_own_key_and_version_only() {
    let dice = Dice::new(4);
    let keys: Vec<Loose> =
        [16, 16, 24, 24, 32, 32].into_iter().map(|length| master(&dice.bytes(length))).collect();
    let mut passed = 0;
    for (at, sealer) in keys.iter().enumerate() {
        let stored = sealed(sealer, PARTS, Profile::Sealed, b"x").unwrap();
        for (other, opener) in keys.iter().enumerate() {
            assert_eq!(
                opened(opener, PARTS, Reading::Strict, &stored).is_ok(),
                at == other,
                "{at} by {other}"
            );
            passed += 1;
        }
        let mut newer = master(&[0; 16]);
        newer.version = ocid("ocid1.keyversion.oc1.iad.v.2");
        assert!(opened(&newer, PARTS, Reading::Strict, &stored).is_err(), "another version");
    }
    assert_eq!(passed, 36);
}

#[test]
fn sr_07_a_compat_value_is_told_apart_in_strict_mode() {
    let master = master(&[9; 32]);
    let stored = sealed(&master, PARTS, Profile::Compat, b"x").unwrap();
    let refused = opened(&master, PARTS, Reading::Strict, &stored).err();
    assert_eq!(refused, Some(RecogniseError::Unauthenticated));
    let opened = opened(&master, PARTS, Reading::Lenient, &stored).ok().unwrap();
    assert!(!opened.authenticated);
}

#[test]
fn sr_12_without_randomness_nothing_is_sealed() {
    let master = master(&[9; 32]);
    // Fails in each part of both draws.
    for given in [0, 64, 64 + 16, 64 + 16 + 32] {
        let permit = permit_for(Operation::GenerateDataEncryptionKey, &master.key);
        let randomness = crate::rig::Recorded::new(vec![1; given]);
        let outcome =
            with_context(PARTS, |context| seal(permit, &master, context, Profile::Sealed, b"x", &randomness));
        assert!(matches!(outcome, Err(SealError::NoRandomness(_))), "{given} bytes");
    }
    let permit = permit_for(Operation::GenerateDataEncryptionKey, &master.key);
    let outcome =
        with_context(PARTS, |context| seal(permit, &master, context, Profile::Compat, b"x", &Broken));
    assert!(matches!(outcome, Err(SealError::NoRandomness(_))));
}

#[test]
fn sr_32_a_plaintext_of_1_mib_is_sealed_and_a_byte_more_is_not() {
    let master = master(&[9; 32]);
    let most = vec![1; PLAINTEXT_LENGTH];
    let stored = sealed(&master, PARTS, Profile::Sealed, &most).unwrap();
    let back = opened(&master, PARTS, Reading::Strict, &stored).ok().unwrap();
    assert!(back.plaintext.as_bytes() == most);
    let more = vec![1; PLAINTEXT_LENGTH + 1];
    assert_eq!(
        sealed(&master, PARTS, Profile::Sealed, &more),
        Err(SealError::TooLarge(PLAINTEXT_LENGTH + 1, PLAINTEXT_LENGTH))
    );
}

/// The payload of a plugin: 1 to 158 bytes, whatever the suite.
#[test]
fn sr_32_payloads_of_1_to_158_bytes_are_wrapped_and_come_back() {
    let mek = ocipol::envelope::Mek::from_bytes(&[9; 32]).unwrap();
    let (key, version) = (ocid("ocid1.key.oc1.iad.v.k"), ocid("ocid1.keyversion.oc1.iad.v.1"));
    for length in 1..=158 {
        let digest = with_context(PARTS, |context| context.digest(Flags::Plain).unwrap());
        let header = Header::new(Suite::HkdfGcm, Flags::Plain, &key, &version, &digest).unwrap();
        let payload = Cek::from_bytes(&vec![5; length]).unwrap();
        let wrapped = Suite::HkdfGcm.wrap(&mek, &header, &payload, &SystemRng).unwrap();
        assert_eq!(wrapped.len(), Suite::HkdfGcm.wrapped_length(length));
        assert!(Suite::HkdfGcm.unwrap(&mek, header.as_bytes(), &wrapped).is_ok());
    }
    assert!(Cek::from_bytes(&[]).is_none());
    assert!(Cek::from_bytes(&[5; 159]).is_none());
}

#[test]
fn the_worst_blob_of_suite_01_fits_whatever_the_ocids() {
    let long = |length: usize| ocid(&format!("ocid1.key.oc1.iad.v.{}", "k".repeat(length - 20)));
    assert_eq!(long(255).as_str().len(), 255);
    assert_eq!(worst_length(Suite::HkdfGcm, Flags::Sealed, &long(255), 64), Ok(709));
    assert!(worst_length(Suite::HkdfGcm, Flags::Sealed, &long(256), 64).is_err());
    assert_eq!(worst_length(Suite::HkdfGcm, Flags::Plain, &long(255), 158), Ok(771));
}

#[test]
fn a_permit_for_something_else_seals_and_opens_nothing() {
    let master = master(&[9; 32]);
    let other = ocid("ocid1.key.oc1.iad.v.other");
    for permit in [
        permit_for(Operation::GenerateDataEncryptionKey, &other),
        permit_for(Operation::Decrypt, &master.key),
    ] {
        let outcome =
            with_context(PARTS, |context| seal(permit, &master, context, Profile::Sealed, b"x", &SystemRng));
        assert_eq!(outcome, Err(SealError::Internal));
    }
    let stored = sealed(&master, PARTS, Profile::Sealed, b"x").unwrap();
    for permit in [
        permit_for(Operation::Decrypt, &other),
        permit_for(Operation::GenerateDataEncryptionKey, &master.key),
    ] {
        with_context(PARTS, |context| {
            let recognised = recognise(&stored, context, Reading::Strict).unwrap();
            assert!(recognised.authorise(permit).is_err());
        });
    }
}
