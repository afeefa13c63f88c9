//! The vault: states, times, versions, erasure.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use ocipol::audit::By;
use ocipol::clock::{Clock, ManualClock};
use ocipol::envelope::asymmetric::{self, Export, KeyPair, Oaep, Signing};
use ocipol::envelope::{
    AesLength, Cek, ContextDigest, Flags, Header, MasterKey, Mek, Suite, WRAPS, WrapError, aes_kw,
};
use ocipol::ocid::Ocid;
use ocipol::random::SystemRng;
use ocipol::store::{Memory, Revision};
use ocipol::vault::{
    Act, BLOCK, Key, KeyRegistry, Lifecycle, Limits, NewKey, NewVault, Outcome, Protection, Purpose, Record,
    RsaLength, Shape, State, Timing, Vault, VaultError, VaultKind, Vaults, outcome,
};

use crate::rig::{Dice, ocid};

mod walk;
mod wear;

/// A vault service with its clock and store, and one vault.
pub(crate) struct Rig {
    pub(crate) store: Arc<Memory>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) vaults: Vaults,
    pub(crate) vault: Vault,
}

pub(crate) const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// An hour in each state that ends by itself.
const HOURS: Timing = Timing {
    creating: HOUR,
    enabling: HOUR,
    disabling: HOUR,
    scheduling: HOUR,
    cancelling: HOUR,
    deleting: HOUR,
    rotating: SignedDuration::ZERO,
};

pub(crate) fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

fn operator() -> By {
    By::operator()
}

impl Rig {
    pub(crate) fn new(timing: Timing) -> Self {
        let (store, clock) = (Arc::new(Memory::new()), Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH)));
        let vaults = Vaults::new(store.clone(), clock.clone(), Arc::new(SystemRng), timing);
        let vault = vaults.create_vault(new_vault(), &operator()).unwrap();
        clock.advance(timing.creating);
        Self { store, clock, vaults, vault }
    }

    pub(crate) fn key(&self, shape: Shape) -> Key {
        self.vaults.create_key(new_key(&self.vault.id, shape), &operator()).unwrap()
    }

    fn aes(&self) -> Key {
        self.key(Shape::Aes(AesLength::Aes256))
    }

    fn state(&self, key: &Ocid) -> State {
        self.vaults.key(key).unwrap().lifecycle.state
    }
}

pub(crate) fn new_vault() -> NewVault {
    NewVault {
        id: None,
        region: "iad".into(),
        compartment: ocid("ocid1.compartment.oc1..keys"),
        tenancy: ocid("ocid1.tenancy.oc1..keys"),
        name: "main".into(),
        kind: VaultKind::Default,
    }
}

pub(crate) fn new_key(vault: &Ocid, shape: Shape) -> NewKey {
    NewKey {
        id: None,
        version: None,
        vault: vault.clone(),
        compartment: ocid("ocid1.compartment.oc1..keys"),
        name: "etcd".into(),
        shape,
        protection: Protection::Software,
    }
}

/// The table of the specification, copied by hand: one line a state, one word a column.
const TABLE: &str = "
    state                Encrypt Decrypt Sign NewVersion Enable   Disable   Update ScheduleDeletion    CancelDeletion      Get
    CREATING             409     409     409  409        409      409       ok     409                 409                 ok
    ENABLING             409     409     409  409        409      409       409    409                 409                 ok
    ENABLED              ok      ok      ok   ok         ok       DISABLING ok     SCHEDULING_DELETION 409                 ok
    DISABLING            409     409     409  409        409      409       409    409                 409                 ok
    DISABLED             409     409     409  409        ENABLING ok        409    SCHEDULING_DELETION 409                 ok
    UPDATING             ok      ok      ok   409        409      409       409    409                 409                 ok
    BACKUP_IN_PROGRESS   ok      ok      ok   409        409      409       409    409                 409                 ok
    RESTORING            409     409     409  409        409      409       409    409                 409                 ok
    SCHEDULING_DELETION  409     409     409  409        409      409       409    409                 409                 ok
    PENDING_DELETION     409     409     409  409        409      409       409    409                 CANCELLING_DELETION ok
    CANCELLING_DELETION  409     409     409  409        409      409       409    409                 409                 ok
    DELETING             409     409     409  409        409      409       409    409                 409                 ok
    DELETED              404     404     404  404        404      404       404    404                 404                 ok
";

/// State, act and expected word, for all 130 cells.
fn cells() -> Vec<(State, Act, &'static str)> {
    let mut lines =
        TABLE.lines().map(str::split_whitespace).filter_map(|mut words| Some((words.next()?, words)));
    let (_, columns) = lines.next().expect("a heading");
    let columns: Vec<Act> = columns
        .map(|name| Act::ALL.into_iter().find(|act| format!("{act:?}") == name).expect("an act"))
        .collect();
    lines
        .flat_map(|(state, words)| {
            let state = State::ALL.into_iter().find(|known| known.as_str() == state).expect("a state");
            columns.iter().zip(words).map(move |(act, word)| (state, *act, word)).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn sr_18_the_state_table_says_what_the_specification_says() {
    let cells = cells();
    assert_eq!(cells.len(), 13 * 10);
    for (state, act, word) in cells {
        let found = match outcome(state, act) {
            Outcome::Done => "ok",
            Outcome::Refused => "409",
            Outcome::Missing => "404",
            Outcome::Goes(next) => next.as_str(),
        };
        assert_eq!(found, word, "{state} {act:?}");
    }
}

/// The same table through the operations of the vault, each with its answer and the state that follows.
#[test]
fn sr_18_every_operation_in_every_state_does_what_the_table_says() {
    let mut tried = 0;
    for (state, act, word) in cells() {
        let rig = Rig::new(HOURS);
        let key = rig.aes();
        rig.clock.advance(HOUR);
        force(&rig.store, &key.id, state, rig.clock.now());
        let by = operator();
        let answer = match act {
            Act::Encrypt => rig.vaults.usable(&key.id, Purpose::Seal).map(drop),
            Act::Decrypt => {
                let version = &key.current_version;
                rig.vaults.usable(&key.id, Purpose::Open { version }).map(drop)
            }
            // Nothing of this engine signs.
            Act::Sign => continue,
            Act::NewVersion => rig.vaults.rotate(&key.id, None, &by).map(drop),
            Act::Enable => rig.vaults.enable_key(&key.id, &by).map(drop),
            Act::Disable => rig.vaults.disable_key(&key.id, &by).map(drop),
            Act::Update => rig.vaults.rename_key(&key.id, "other", &by).map(drop),
            Act::ScheduleDeletion => rig.vaults.schedule_key_deletion(&key.id, None, &by).map(drop),
            Act::CancelDeletion => rig.vaults.cancel_key_deletion(&key.id, &by).map(drop),
            Act::Get => rig.vaults.key(&key.id).map(drop),
        };
        let (answered, next) = match answer {
            Ok(()) => ("ok", rig.state(&key.id)),
            Err(VaultError::State { .. }) => ("409", rig.state(&key.id)),
            Err(VaultError::Gone { .. }) => ("404", rig.state(&key.id)),
            Err(error) => panic!("{state} {act:?}: {error}"),
        };
        match word {
            "ok" | "409" | "404" => assert_eq!((answered, next), (word, state), "{state} {act:?}"),
            goes => assert_eq!((answered, next.as_str()), ("ok", goes), "{state} {act:?}"),
        }
        tried += 1;
    }
    assert_eq!(tried, 13 * 9);
}

/// Puts a key into a state that lasts.
fn force(store: &Memory, id: &Ocid, state: State, now: Timestamp) {
    let mut key = KeyRegistry::key(store, id).unwrap().unwrap();
    let is_going = matches!(state, State::PendingDeletion | State::CancellingDeletion | State::Deleting);
    key.lifecycle = Lifecycle {
        state,
        since: now,
        until: None,
        before: is_going.then_some(State::Enabled),
        time_of_deletion: is_going.then_some(now + days(30)),
    };
    let revision = KeyRegistry::revision(store).unwrap();
    store.commit(revision, &[Record::Key(key)], &[]).unwrap();
}

#[test]
fn a_key_passes_through_its_states_one_after_the_other() {
    let rig = Rig::new(HOURS);
    let key = rig.aes().id;
    let then = |expected: State| {
        rig.clock.advance(HOUR);
        assert_eq!(rig.state(&key), expected);
    };
    assert_eq!(rig.state(&key), State::Creating);
    then(State::Enabled);
    rig.vaults.disable_key(&key, &operator()).unwrap();
    assert_eq!(rig.state(&key), State::Disabling);
    then(State::Disabled);
    let scheduled = rig.vaults.schedule_key_deletion(&key, None, &operator()).unwrap();
    assert_eq!(scheduled.lifecycle.state, State::SchedulingDeletion);
    then(State::PendingDeletion);
    rig.vaults.cancel_key_deletion(&key, &operator()).unwrap();
    assert_eq!(rig.state(&key), State::CancellingDeletion);
    then(State::Disabled);
    rig.vaults.enable_key(&key, &operator()).unwrap();
    assert_eq!(rig.state(&key), State::Enabling);
    then(State::Enabled);
    rig.vaults.schedule_key_deletion(&key, None, &operator()).unwrap();
    rig.clock.advance(days(30));
    assert_eq!(rig.state(&key), State::Deleting);
    then(State::Deleted);
    rig.clock.advance(days(10_000));
    assert_eq!(rig.state(&key), State::Deleted);
}

#[test]
fn a_cancelled_deletion_goes_back_to_the_state_before() {
    let rig = Rig::new(Timing::default());
    for disabled in [false, true] {
        let key = rig.aes().id;
        if disabled {
            rig.vaults.disable_key(&key, &operator()).unwrap();
        }
        let before = rig.vaults.key(&key).unwrap();
        let pending = rig.vaults.schedule_key_deletion(&key, None, &operator()).unwrap();
        assert_eq!(pending.lifecycle.state, State::PendingDeletion);
        assert_eq!(pending.lifecycle.time_of_deletion, Some(rig.clock.now() + days(30)));
        rig.clock.advance(days(29));
        let after = rig.vaults.cancel_key_deletion(&key, &operator()).unwrap();
        assert_eq!(after.lifecycle.state, before.lifecycle.state);
        assert_eq!(after.lifecycle.time_of_deletion, None);
        rig.clock.advance(days(60));
        assert_eq!(rig.state(&key), before.lifecycle.state, "the old time means nothing any more");
    }
}

#[test]
fn a_deletion_is_7_to_30_days_ahead_both_included() {
    let second = SignedDuration::from_secs(1);
    let table = [
        (days(7), true),
        (days(7) - second, false),
        (days(30), true),
        (days(30) + second, false),
        (days(15), true),
        (-days(15), false),
        (SignedDuration::ZERO, false),
    ];
    for (ahead, accepted) in table {
        let rig = Rig::new(Timing::default());
        let key = rig.aes().id;
        let time = rig.clock.now() + ahead;
        match rig.vaults.schedule_key_deletion(&key, Some(time), &operator()) {
            Ok(key) => {
                assert!(accepted, "{ahead}");
                assert_eq!(key.lifecycle.time_of_deletion, Some(time));
                rig.clock.advance(ahead - second);
                assert_eq!(rig.state(&key.id), State::PendingDeletion);
                rig.clock.advance(second);
                assert_eq!(rig.state(&key.id), State::Deleted);
            }
            Err(VaultError::DeletionTime(refused)) => {
                assert!(!accepted, "{ahead}");
                assert_eq!(refused, time);
                assert_eq!(rig.state(&key), State::Enabled, "a refusal changes nothing");
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// SC-11, SC-12 and SC-13 on the side of the vault.
#[test]
fn sc_11_rotation_keeps_the_key_and_changes_the_current_version() {
    let rig = Rig::new(Timing::default());
    let key = rig.aes();
    let mut seen = vec![key.current_version.clone()];
    for _ in 0..5 {
        let version = rig.vaults.rotate(&key.id, None, &operator()).unwrap();
        let now = rig.vaults.key(&key.id).unwrap();
        assert_eq!((&now.id, &now.current_version), (&key.id, &version.id));
        assert!(!seen.contains(&version.id));
        seen.push(version.id);
    }
    assert_eq!(rig.vaults.versions(&key.id).unwrap().len(), 6);
    for version in &seen {
        assert!(rig.vaults.usable(&key.id, Purpose::Open { version }).is_ok(), "{version}");
    }
}

#[test]
fn a_deleted_version_takes_only_itself_along() {
    let rig = Rig::new(Timing::default());
    let key = rig.aes();
    let old = key.current_version;
    let new = rig.vaults.rotate(&key.id, None, &operator()).unwrap().id;
    let refused = rig.vaults.schedule_version_deletion(&key.id, &new, None, &operator());
    assert!(matches!(refused, Err(VaultError::CurrentVersion(_))));

    rig.vaults.schedule_version_deletion(&key.id, &old, None, &operator()).unwrap();
    let open = |version| rig.vaults.usable(&key.id, Purpose::Open { version });
    assert!(matches!(open(&old), Err(VaultError::State { state: State::PendingDeletion, .. })));
    rig.vaults.cancel_version_deletion(&key.id, &old, &operator()).unwrap();
    assert!(open(&old).is_ok());

    rig.vaults.schedule_version_deletion(&key.id, &old, None, &operator()).unwrap();
    rig.clock.advance(days(30));
    assert!(matches!(open(&old), Err(VaultError::Gone { .. })));
    assert!(open(&new).is_ok());
    assert!(rig.vaults.usable(&key.id, Purpose::Seal).is_ok());
    let tombstone = rig.vaults.version(&key.id, &old).unwrap();
    assert_eq!((tombstone.lifecycle.state, tombstone.material), (State::Deleted, None));
}

#[test]
fn a_vault_takes_its_keys_along_and_brings_each_back_to_its_own_state() {
    let rig = Rig::new(Timing::default());
    let [enabled, disabled, pending, gone] = [(); 4].map(|()| rig.aes().id);
    rig.vaults.disable_key(&disabled, &operator()).unwrap();
    rig.vaults.schedule_key_deletion(&gone, Some(rig.clock.now() + days(7)), &operator()).unwrap();
    rig.clock.advance(days(7));
    let own_time = rig.clock.now() + days(25);
    rig.vaults.schedule_key_deletion(&pending, Some(own_time), &operator()).unwrap();

    let vault = rig.vault.id.clone();
    rig.vaults.schedule_vault_deletion(&vault, Some(rig.clock.now() + days(20)), &operator()).unwrap();
    for key in [&enabled, &disabled, &pending] {
        assert_eq!(rig.state(key), State::PendingDeletion);
        assert!(matches!(rig.vaults.usable(key, Purpose::Seal), Err(VaultError::State { .. })));
        assert!(
            matches!(rig.vaults.cancel_key_deletion(key, &operator()), Err(VaultError::State { .. })),
            "only the vault can be cancelled"
        );
    }
    assert_eq!(rig.state(&gone), State::Deleted);
    assert!(matches!(
        rig.vaults.create_key(new_key(&vault, Shape::Aes(AesLength::Aes256)), &operator()),
        Err(VaultError::State { .. })
    ));

    rig.clock.advance(days(10));
    rig.vaults.cancel_vault_deletion(&vault, &operator()).unwrap();
    assert_eq!(rig.state(&enabled), State::Enabled);
    assert_eq!(rig.state(&disabled), State::Disabled);
    let back = rig.vaults.key(&pending).unwrap().lifecycle;
    assert_eq!((back.state, back.time_of_deletion), (State::PendingDeletion, Some(own_time)));
    assert_eq!(rig.state(&gone), State::Deleted);

    rig.vaults.schedule_vault_deletion(&vault, None, &operator()).unwrap();
    rig.clock.advance(days(30));
    rig.vaults.settle().unwrap();
    for key in [&enabled, &disabled, &pending, &gone] {
        assert_eq!(rig.state(key), State::Deleted);
        for version in rig.vaults.versions(key).unwrap() {
            assert_eq!((version.lifecycle.state, version.material), (State::Deleted, None));
            assert!(rig.store.store_key(key, &version.id).unwrap().is_none());
        }
    }
}

#[test]
fn sc_10_a_deleted_key_leaves_a_tombstone_and_no_material() {
    let rig = Rig::new(Timing::default());
    let key = rig.aes();
    rig.vaults.rotate(&key.id, None, &operator()).unwrap();
    rig.vaults.schedule_key_deletion(&key.id, Some(rig.clock.now() + days(7)), &operator()).unwrap();
    rig.clock.advance(days(7));
    rig.vaults.settle().unwrap();
    let versions = KeyRegistry::versions(&*rig.store, &key.id).unwrap();
    assert_eq!(versions.len(), 2);
    for version in versions {
        assert_eq!(version.material, None);
        assert!(rig.store.store_key(&key.id, &version.id).unwrap().is_none());
    }
    assert!(matches!(rig.vaults.usable(&key.id, Purpose::Seal), Err(VaultError::Gone { .. })));
    let again = NewKey { id: Some(key.id.clone()), ..new_key(&rig.vault.id, Shape::Aes(AesLength::Aes256)) };
    assert!(matches!(rig.vaults.create_key(again, &operator()), Err(VaultError::Exists(_))));
}

/// SR-17: whoever puts an old copy of the records back does not get the key back.
#[test]
fn sr_17_an_erased_version_stays_erased_when_old_records_come_back() {
    let rig = Rig::new(Timing::default());
    let key = rig.aes();
    let records = [
        Record::Key(KeyRegistry::key(&*rig.store, &key.id).unwrap().unwrap()),
        Record::Version(KeyRegistry::version(&*rig.store, &key.id, &key.current_version).unwrap().unwrap()),
    ];
    rig.vaults.schedule_key_deletion(&key.id, None, &operator()).unwrap();
    rig.clock.advance(days(30));
    rig.vaults.settle().unwrap();

    let revision = KeyRegistry::revision(&*rig.store).unwrap();
    rig.store.commit(revision, &records, &[]).unwrap();
    assert_eq!(rig.state(&key.id), State::Enabled, "so say the old records");
    assert!(matches!(rig.vaults.usable(&key.id, Purpose::Seal), Err(VaultError::Gone { .. })));
    rig.vaults.settle().unwrap();
    let version = rig.vaults.version(&key.id, &key.current_version).unwrap();
    assert_eq!((version.lifecycle.state, version.material), (State::Deleted, None));
}

#[test]
fn sc_18_sr_23_every_shape_can_be_created_and_ecdsa_is_no_master_key() {
    let rig = Rig::new(Timing::default());
    let mut made = 0;
    for shape in Shape::ALL {
        let key = rig.key(shape);
        assert_eq!((key.shape, key.lifecycle.state), (shape, State::Enabled));
        match (shape, rig.vaults.usable(&key.id, Purpose::Seal)) {
            (Shape::Aes(_), usable) => assert!(usable.is_ok()),
            (Shape::Rsa(_), usable) if asymmetric::AVAILABLE => assert!(usable.is_ok()),
            (Shape::Rsa(_), usable) => assert!(matches!(usable, Err(VaultError::NotBuiltIn))),
            (Shape::Ecdsa(_), usable) => {
                assert!(matches!(usable, Err(VaultError::CannotEncrypt(refused)) if refused == shape));
            }
        }
        // Longer RSA keys take seconds to make, and rotate as the shortest does.
        if shape.key_pair().is_none() || shape == Shape::Rsa(RsaLength::Rsa2048) {
            rig.vaults.rotate(&key.id, None, &operator()).unwrap();
        }
        made += 1;
    }
    assert_eq!(made, 9);
}

/// SC-17, as far as there is no hardware: a key protected by HSM is made, wraps as a token does, and never leaves.
#[test]
fn sc_17_keys_of_software_and_hsm_are_made_and_external_ones_refused() {
    let rig = Rig::new(Timing::default());
    let of = |protection| NewKey { protection, ..new_key(&rig.vault.id, Shape::Aes(AesLength::Aes256)) };
    let suite = |protection| {
        let key = rig.vaults.create_key(of(protection), &operator()).unwrap();
        MasterKey::suite(&rig.vaults.usable(&key.id, Purpose::Seal).unwrap())
    };
    assert_eq!(suite(Protection::Software), Suite::HkdfGcm);
    assert_eq!(suite(Protection::Hsm), Suite::Gcm);
    let refused = rig.vaults.create_key(of(Protection::External), &operator());
    assert!(matches!(refused, Err(VaultError::NoBackend(Protection::External))));
}

/// RFC 8017 and FIPS 186-5 by the table of shapes: nine algorithms against nine shapes.
#[test]
fn keys_sign_by_the_algorithms_of_their_shape_and_by_no_other() {
    if !asymmetric::AVAILABLE {
        eprintln!("skipped: the feature `asymmetric` is off");
        return;
    }
    let rig = Rig::new(Timing::default());
    let (mut signed, mut refused) = (0, 0);
    for shape in Shape::ALL {
        let key = rig.key(shape);
        for signing in Signing::ALL {
            let Ok((version, signature)) = rig.vaults.sign(&key.id, None, signing, b"message") else {
                refused += 1;
                continue;
            };
            let verify = |message: &[u8], signature: &[u8]| {
                rig.vaults.verify(&key.id, Some(&version), signing, message, signature).unwrap()
            };
            assert!(verify(b"message", &signature), "{shape} {signing}");
            assert!(!verify(b"massage", &signature), "{shape} {signing}");
            let mut spoilt = signature.clone();
            spoilt[10] ^= 1;
            assert!(!verify(b"message", &spoilt), "{shape} {signing}");
            signed += 1;
        }
        let public = rig.vaults.version(&key.id, &key.current_version).unwrap().public_key_pem();
        assert_eq!(public.is_some(), shape.key_pair().is_some(), "{shape}");
        rig.vaults.disable_key(&key.id, &operator()).unwrap();
        let disabled = rig.vaults.sign(&key.id, None, Signing::EcdsaSha256, b"message");
        assert!(matches!(disabled, Err(VaultError::State { .. })), "{shape}");
    }
    assert_eq!((signed, refused), (3 * 6 + 3, 81 - 21));
}

/// 3.6: exported material comes out under the caller's key alone, for SOFTWARE keys alone.
#[test]
fn software_keys_are_exported_under_an_rsa_key_and_others_never() {
    if !asymmetric::AVAILABLE {
        eprintln!("skipped: the feature `asymmetric` is off");
        return;
    }
    let rig = Rig::new(Timing::default());
    let mine = asymmetric::generate(KeyPair::Rsa2048).unwrap();
    let public = asymmetric::public_key(&mine).unwrap();
    let aes = rig.aes();
    let exported = rig.vaults.export(&aes.id, None, &public).unwrap();
    assert_eq!((exported.way, exported.version), (Export::Oaep, aes.current_version.clone()));
    let bytes = asymmetric::oaep_decrypt(&mine, Oaep::Sha256, &exported.wrapped).unwrap();
    assert_eq!(bytes.len(), 32);

    let rsa = rig.key(Shape::Rsa(RsaLength::Rsa2048));
    let exported = rig.vaults.export(&rsa.id, None, &public).unwrap();
    assert_eq!(exported.way, Export::OaepAes);
    let (oaep, kwp) = exported.wrapped.split_at(256);
    let key = asymmetric::oaep_decrypt(&mine, Oaep::Sha256, oaep).unwrap();
    let pkcs8 = aes_kw::unwrap_padded(&key, kwp).unwrap();
    let theirs = asymmetric::public_key(&Mek::from_pkcs8(&pkcs8)).unwrap();
    assert_eq!(Some(theirs), rig.vaults.version(&rsa.id, &rsa.current_version).unwrap().public_key);

    let hsm = NewKey { protection: Protection::Hsm, ..new_key(&rig.vault.id, Shape::Aes(AesLength::Aes256)) };
    let hsm = rig.vaults.create_key(hsm, &operator()).unwrap();
    let refused = rig.vaults.export(&hsm.id, None, &public);
    assert!(matches!(refused, Err(VaultError::NoExport(Protection::Hsm))));
    let refused = rig.vaults.export(&aes.id, None, b"no key");
    assert!(matches!(refused, Err(VaultError::WrappingKey)));
}

/// SR-25: blocks are durable before they are used, two processes never share one, and the end is the end.
#[test]
fn sr_25_wraps_of_suite_02_are_counted_in_blocks_and_end_at_their_number() {
    let rig = Rig::new(Timing::default());
    let hsm = NewKey { protection: Protection::Hsm, ..new_key(&rig.vault.id, Shape::Aes(AesLength::Aes256)) };
    let key = rig.vaults.create_key(hsm, &operator()).unwrap();
    let version = &key.current_version;
    let digest = ContextDigest::of_associated(&[]).unwrap();
    let wrap = |vaults: &Vaults| {
        let master = vaults.usable(&key.id, Purpose::Seal).unwrap();
        let header = Header::new(Suite::Gcm, Flags::Plain, &key.id, version, &digest).unwrap();
        master.wrap(&header, &Cek::from_bytes(&[7; 32]).unwrap(), &SystemRng)
    };
    let mut nonces = std::collections::HashSet::new();
    for _ in 0..1_000 {
        let wrapped = wrap(&rig.vaults).unwrap();
        assert!(nonces.insert(wrapped[..12].to_vec()));
    }
    assert_eq!(rig.vaults.wraps(&key.id, version).unwrap(), BLOCK, "one block is enough");
    // A second process, and the first one after a crash, begin with blocks of their own.
    let other = || Vaults::new(rig.store.clone(), rig.clock.clone(), Arc::new(SystemRng), Timing::default());
    wrap(&other()).unwrap();
    wrap(&other()).unwrap();
    assert_eq!(rig.vaults.wraps(&key.id, version).unwrap(), 3 * BLOCK);

    const LAST: u64 = 1_000;
    let left = WRAPS - 3 * BLOCK - LAST;
    rig.store.reserve_wraps(&key.id, version, left).unwrap();
    let last = other();
    let master = last.usable(&key.id, Purpose::Seal).unwrap();
    for _ in 0..LAST {
        let header = Header::new(Suite::Gcm, Flags::Plain, &key.id, version, &digest).unwrap();
        master.wrap(&header, &Cek::from_bytes(&[7; 32]).unwrap(), &SystemRng).unwrap();
    }
    assert_eq!(wrap(&last), Err(WrapError::WornOut));
    assert_eq!(wrap(&other()), Err(WrapError::WornOut));
    rig.vaults.rotate(&key.id, None, &operator()).unwrap();
    let rotated = rig.vaults.usable(&key.id, Purpose::Seal).unwrap();
    assert_ne!(MasterKey::version(&rotated), version);
    assert!(
        rotated
            .wrap(
                &Header::new(Suite::Gcm, Flags::Plain, &key.id, MasterKey::version(&rotated), &digest)
                    .unwrap(),
                &Cek::from_bytes(&[7; 32]).unwrap(),
                &SystemRng
            )
            .is_ok()
    );
}

/// 3.4: until a new version is the current one, what is encrypted names the two in turn; then the new one alone.
#[test]
fn a_rotation_that_takes_time_alternates_between_the_versions_until_it_has_passed() {
    let rig = Rig::new(Timing { rotating: HOUR, ..Timing::default() });
    let key = rig.aes();
    let old = key.current_version.clone();
    let new = rig.vaults.rotate(&key.id, None, &operator()).unwrap().id;
    let sealing = || MasterKey::version(&rig.vaults.usable(&key.id, Purpose::Seal).unwrap()).clone();
    let six: Vec<Ocid> = (0..6).map(|_| sealing()).collect();
    assert_eq!(six.iter().filter(|version| **version == old).count(), 3);
    assert_eq!(six.iter().filter(|version| **version == new).count(), 3);
    for version in [&old, &new] {
        assert!(rig.vaults.usable(&key.id, Purpose::Open { version }).is_ok());
        let deleted = rig.vaults.schedule_version_deletion(&key.id, version, None, &operator());
        assert!(matches!(deleted, Err(VaultError::CurrentVersion(_))), "each is in use");
    }
    let again = rig.vaults.rotate(&key.id, None, &operator());
    assert!(matches!(again, Err(VaultError::Rotating(coming)) if coming.version == new));
    let current = || rig.vaults.key(&key.id).unwrap().current_version;
    assert_eq!(current(), old, "currentKeyVersion changes when the new one is guaranteed");

    rig.clock.advance(HOUR);
    assert_eq!(current(), new);
    assert!((0..6).all(|_| sealing() == new), "SC-12");
    assert!(rig.vaults.usable(&key.id, Purpose::Open { version: &old }).is_ok(), "SC-13");
    rig.vaults.rotate(&key.id, None, &operator()).unwrap();

    if asymmetric::AVAILABLE {
        let key = rig.key(Shape::Rsa(RsaLength::Rsa2048));
        rig.vaults.rotate(&key.id, None, &operator()).unwrap();
        for _ in 0..4 {
            let usable = rig.vaults.usable(&key.id, Purpose::Seal).unwrap();
            assert_eq!(MasterKey::version(&usable), &key.current_version, "the caller names it");
        }
    }
}

/// 3.6: keys of virtual private vaults alone, 60 to 365 days; what is due is made when somebody looks.
#[test]
fn automatic_rotation_is_for_virtual_private_vaults_every_60_to_365_days() {
    let rig = Rig::new(Timing::default());
    let shared = rig.aes();
    let refused = rig.vaults.set_auto_rotation(&shared.id, Some(60), &operator());
    assert!(matches!(refused, Err(VaultError::AutoRotation)));
    let private = NewVault { kind: VaultKind::VirtualPrivate, ..new_vault() };
    let private = rig.vaults.create_vault(private, &operator()).unwrap();
    let key =
        rig.vaults.create_key(new_key(&private.id, Shape::Aes(AesLength::Aes256)), &operator()).unwrap();
    for (days, fits) in [(59, false), (60, true), (365, true), (366, false)] {
        assert_eq!(rig.vaults.set_auto_rotation(&key.id, Some(days), &operator()).is_ok(), fits, "{days}");
    }
    rig.vaults.set_auto_rotation(&key.id, Some(60), &operator()).unwrap();
    let versions = || rig.vaults.versions(&key.id).unwrap().len();
    for (days_later, expected) in [(59, 1), (1, 2), (59, 2), (1, 3)] {
        rig.clock.advance(days(days_later));
        rig.vaults.settle().unwrap();
        assert_eq!(versions(), expected);
    }
    rig.vaults.set_auto_rotation(&key.id, None, &operator()).unwrap();
    rig.clock.advance(days(400));
    rig.vaults.settle().unwrap();
    assert_eq!(versions(), 3);
}

#[test]
fn a_virtual_private_vault_holds_as_many_versions_as_its_limit() {
    let rig = Rig::new(Timing::default());
    let vaults = rig
        .vaults
        .clone()
        .with_limits(Limits { versions_of_virtual_private_vault: Some(3), ..Limits::default() });
    let private = NewVault { kind: VaultKind::VirtualPrivate, ..new_vault() };
    let private = vaults.create_vault(private, &operator()).unwrap();
    let new = || new_key(&private.id, Shape::Aes(AesLength::Aes256));
    let key = vaults.create_key(new(), &operator()).unwrap();
    vaults.rotate(&key.id, None, &operator()).unwrap();
    vaults.create_key(new(), &operator()).unwrap();
    assert!(matches!(vaults.create_key(new(), &operator()), Err(VaultError::Limit(3))));
    assert!(matches!(vaults.rotate(&key.id, None, &operator()), Err(VaultError::Limit(3))));
    assert!(rig.vaults.rotate(&key.id, None, &operator()).is_ok(), "the default is a thousand");
}

#[test]
fn given_ocids_are_taken_when_they_are_of_the_right_kind_and_free() {
    let rig = Rig::new(Timing::default());
    let new = NewKey {
        id: Some(ocid("ocid1.key.oc1.iad.v.mine")),
        version: Some(ocid("ocid1.keyversion.oc1.iad.v.first")),
        ..new_key(&rig.vault.id, Shape::Aes(AesLength::Aes128))
    };
    let key = rig.vaults.create_key(new.clone(), &operator()).unwrap();
    assert_eq!(key.id, ocid("ocid1.key.oc1.iad.v.mine"));
    assert_eq!(key.current_version, ocid("ocid1.keyversion.oc1.iad.v.first"));
    assert!(matches!(rig.vaults.create_key(new.clone(), &operator()), Err(VaultError::Exists(_))));
    assert!(matches!(
        rig.vaults.rotate(&key.id, Some(key.current_version.clone()), &operator()),
        Err(VaultError::Exists(_))
    ));
    assert!(rig.vaults.usable(&key.id, Purpose::Seal).is_ok(), "a refused version takes nothing along");
    let long = format!("ocid1.key.oc1.iad.v.{}", "k".repeat(240));
    for wrong in ["ocid1.vault.oc1.iad.v.mine", long.as_str()] {
        let new = NewKey { id: Some(ocid(wrong)), ..new.clone() };
        assert!(matches!(rig.vaults.create_key(new, &operator()), Err(VaultError::Name(_, _))), "{wrong}");
    }
    let nowhere = NewVault { region: "..".into(), ..new_vault() };
    assert!(matches!(rig.vaults.create_vault(nowhere, &operator()), Err(VaultError::Name(_, _))));
}

#[test]
fn nothing_is_found_where_nothing_is() {
    let rig = Rig::new(Timing::default());
    let key = ocid("ocid1.key.oc1.iad.v.nowhere");
    let version = ocid("ocid1.keyversion.oc1.iad.v.nowhere");
    let vault = ocid("ocid1.vault.oc1.iad.v.nowhere");
    assert!(matches!(rig.vaults.key(&key), Err(VaultError::NotFound(_))));
    assert!(matches!(rig.vaults.keys(&vault), Err(VaultError::NotFound(_))));
    assert!(matches!(rig.vaults.usable(&key, Purpose::Seal), Err(VaultError::NotFound(_))));
    assert!(matches!(rig.vaults.rotate(&key, None, &operator()), Err(VaultError::NotFound(_))));
    let there = rig.aes().id;
    let open = rig.vaults.usable(&there, Purpose::Open { version: &version });
    assert!(matches!(open, Err(VaultError::NotFound(_))));
}

#[test]
fn every_change_has_an_entry_and_a_revision() {
    use ocipol::audit::{Action, verify};
    use ocipol::store::AuditLog;

    let rig = Rig::new(Timing::default());
    let key = rig.aes().id;
    let before = rig.vaults.revision().unwrap();
    rig.vaults.disable_key(&key, &operator()).unwrap();
    assert_eq!(rig.vaults.revision().unwrap(), Revision(before.0 + 1));
    rig.vaults.disable_key(&key, &operator()).unwrap();
    assert_eq!(rig.vaults.revision().unwrap(), Revision(before.0 + 1), "no change, no commit");
    rig.vaults.schedule_key_deletion(&key, None, &operator()).unwrap();
    rig.clock.advance(days(30));
    rig.vaults.settle().unwrap();

    let log = rig.store.records().unwrap();
    verify(&log).unwrap();
    let of_key = log.iter().filter(|record| record.entry.key.as_ref() == Some(&key));
    let steps: Vec<&str> = of_key
        .filter(|record| record.entry.action == Action::StateChange && record.entry.version.is_none())
        .map(|record| record.entry.note.as_str())
        .collect();
    assert_eq!(
        steps,
        [
            "ENABLED to DISABLING",
            "DISABLING to DISABLED",
            "DISABLED to SCHEDULING_DELETION",
            "SCHEDULING_DELETION to PENDING_DELETION",
            "PENDING_DELETION to DELETING",
            "DELETING to DELETED",
        ]
    );
}

/// 16 threads make keys and rotate them: nothing is lost, no version is there twice.
#[test]
fn concurrent_changes_are_all_there_in_the_end() {
    let rig = Rig::new(Timing::default());
    let shared = rig.aes().id;
    std::thread::scope(|scope| {
        for thread in 0..16 {
            let (rig, shared) = (&rig, &shared);
            scope.spawn(move || {
                let dice = Dice::new(thread);
                for _ in 0..10 {
                    if dice.below(2) == 0 {
                        rig.aes();
                    }
                    rig.vaults.rotate(shared, None, &operator()).unwrap();
                }
            });
        }
    });
    let versions = rig.vaults.versions(&shared).unwrap();
    assert_eq!(versions.len(), 161);
    for version in &versions {
        let purpose = Purpose::Open { version: &version.id };
        assert!(rig.vaults.usable(&shared, purpose).is_ok());
    }
}
