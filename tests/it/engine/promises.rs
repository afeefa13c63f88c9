//! What the documents promise: the rows of the specification's first table that need no policy language.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use ocipol::audit::By;
use ocipol::decider::Operation;
use ocipol::engine::{
    Client, ClusterUpdate, Code, KubernetesVersion, NewCluster, UpgradeError, Workflow, Write,
};
use ocipol::envelope::asymmetric;
use ocipol::envelope::{Blob, ProviderName, aes_cbc, kms_v1};
use ocipol::random::{NoRandomness, Rng, SystemRng};
use ocipol::vault::{Curve, RsaLength, Shape, State};

use super::{SECRET, World, code, days, new_cluster, new_key, secret, user};
use crate::rig::Table;

/// The system's generator, and all it gave.
#[derive(Default)]
pub(super) struct Remembering(Mutex<Vec<Vec<u8>>>);

impl Rng for Remembering {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        SystemRng.fill(bytes)?;
        self.0.lock().unwrap().push(bytes.to_vec());
        Ok(())
    }
}

impl Remembering {
    pub(super) fn take(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

fn provider() -> ProviderName {
    ProviderName::new("oci-vault").unwrap()
}

#[test]
fn sc_01_the_body_of_a_stored_value_is_aes_cbc_with_pkcs7_under_the_drawn_dek_and_iv() {
    let rng = Arc::new(Remembering::default());
    let world = World::with(Table::open(), rng.clone());
    let cluster = world.cluster("one");
    rng.take();
    world.put(&cluster, "a").unwrap();
    let draws = rng.take();
    let [material, wrap] = draws.as_slice() else { panic!("{} draws", draws.len()) };
    assert_eq!([material.len(), wrap.len()], [64 + 16, 32 + 12], "CEK and IV; salt and nonce");
    let (cek, iv) = material.split_at(64);
    let stored = world.stored(&cluster, "a").unwrap().bytes;
    let value = kms_v1::Value::parse(&stored, &provider()).unwrap();
    assert_eq!(value.iv, iv);
    let expected = aes_cbc::encrypt(&cek[32..], value.iv, SECRET).unwrap();
    assert_eq!(value.ciphertext, expected);
}

#[test]
fn sc_02_every_encryption_has_a_new_dek_iv_and_blob() {
    const TIMES: usize = 10_000;
    let rng = Arc::new(Remembering::default());
    let world = World::with(Table::open(), rng.clone());
    let cluster = world.cluster("one");
    rng.take();
    let mut blobs = BTreeSet::new();
    for _ in 0..TIMES {
        world.put(&cluster, "a").unwrap();
        let stored = world.stored(&cluster, "a").unwrap().bytes;
        let value = kms_v1::Value::parse(&stored, &provider()).unwrap();
        blobs.insert(value.blob.to_vec());
    }
    let draws = rng.take();
    let distinct = |length: usize, part: fn(&[u8]) -> &[u8]| {
        let of_length = draws.iter().filter(|draw| draw.len() == length);
        of_length.map(|draw| part(draw)).collect::<BTreeSet<_>>().len()
    };
    assert_eq!(draws.len(), 2 * TIMES);
    assert_eq!(distinct(80, |material| &material[32..64]), TIMES, "DEKs");
    assert_eq!(distinct(80, |material| &material[..32]), TIMES, "MAC keys");
    assert_eq!(distinct(80, |material| &material[64..]), TIMES, "IVs");
    assert_eq!(distinct(44, |wrap| &wrap[..32]), TIMES, "salts");
    assert_eq!(blobs.len(), TIMES, "blobs");
}

#[test]
fn sc_03_what_is_stored_holds_no_key_and_names_the_version_that_unwraps() {
    let rng = Arc::new(Remembering::default());
    let world = World::with(Table::open(), rng.clone());
    let cluster = world.cluster("one");
    let version = world.put(&cluster, "a").unwrap();
    let stored = world.stored(&cluster, "a").unwrap().bytes;
    // Master key and store key; MAC key and DEK, before an IV.
    let keys: Vec<Vec<u8>> = rng.take().into_iter().filter(|draw| [32, 80].contains(&draw.len())).collect();
    assert_eq!(keys.len(), 3);
    for half in keys.iter().flat_map(|key| key.chunks_exact(32)) {
        assert!(!stored.windows(32).any(|window| window == half));
    }
    let value = kms_v1::Value::parse(&stored, &provider()).unwrap();
    let blob = Blob::parse(value.blob).unwrap();
    assert_eq!((blob.key, blob.version), (world.key.id.as_str(), version.as_str()));
}

#[test]
fn sc_07_a_key_is_chosen_in_custom_create_and_at_no_other_time() {
    let world = World::open();
    let create = |new| world.engine.session(user()).create_cluster(new);
    let quick = NewCluster { workflow: Workflow::Quick, ..new_cluster("quick", Some(&world.key.id)) };
    assert_eq!(code(create(quick.clone())), Some(Code::InvalidParameter));
    let without = create(NewCluster { key: None, ..quick }).unwrap().value;
    let with = world.cluster("custom");
    for cluster in [without, with] {
        let update = ClusterUpdate::Key(world.key.id.clone());
        let refused = world.engine.session(user()).update_cluster(&cluster.id, update);
        assert_eq!(code(refused), Some(Code::InvalidParameter));
        let renamed = world.engine.session(user());
        let renamed = renamed.update_cluster(&cluster.id, ClusterUpdate::Name("other".into())).unwrap();
        assert_eq!(renamed.key, cluster.key);
    }
}

#[test]
fn sc_08_a_scheduled_deletion_makes_secrets_inaccessible_at_once() {
    let world = World::open();
    let cluster = world.cluster("one");
    world.put(&cluster, "a").unwrap();
    world.get(&cluster, "a").unwrap();
    world.engine.session(user()).schedule_key_deletion(&world.key.id, None).unwrap();
    assert_eq!(code(world.get(&cluster, "a")), Some(Code::KeyState));
    assert_eq!(code(world.put(&cluster, "b")), Some(Code::KeyState));
    assert!(world.stored(&cluster, "b").is_none(), "nothing was written");
}

/// SR-15: readers and writers are at work when the key is scheduled. None that begins afterwards succeeds.
#[test]
fn sc_08_no_operation_that_begins_after_the_schedule_returned_succeeds() {
    let world = World::open();
    let cluster = world.cluster("one");
    for name in ["a", "b", "c", "d"] {
        world.put(&cluster, name).unwrap();
    }
    let (scheduled, done) = (AtomicBool::new(false), AtomicBool::new(false));
    let (before, after, refused) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for worker in 0..8 {
            let (world, cluster) = (&world, &cluster);
            let (scheduled, done, before, after, refused) = (&scheduled, &done, &before, &after, &refused);
            scope.spawn(move || {
                while !done.load(Ordering::SeqCst) {
                    let began_after = scheduled.load(Ordering::SeqCst);
                    let name = ["a", "b", "c", "d"][worker % 4];
                    let outcome =
                        if worker < 4 { world.get(cluster, name) } else { world.put(cluster, name) };
                    match outcome {
                        Ok(_) if began_after => after.fetch_add(1, Ordering::SeqCst),
                        Ok(_) => before.fetch_add(1, Ordering::SeqCst),
                        Err(failure) => {
                            assert_eq!(failure.code(), Code::KeyState);
                            refused.fetch_add(1, Ordering::SeqCst)
                        }
                    };
                }
            });
        }
        while before.load(Ordering::SeqCst) < 100 {
            std::thread::yield_now();
        }
        world.engine.session(user()).schedule_key_deletion(&world.key.id, None).unwrap();
        scheduled.store(true, Ordering::SeqCst);
        let so_far = refused.load(Ordering::SeqCst);
        while refused.load(Ordering::SeqCst) < so_far + 200 {
            std::thread::yield_now();
        }
        done.store(true, Ordering::SeqCst);
    });
    assert_eq!(after.load(Ordering::SeqCst), 0);
}

/// SR-16.
#[test]
fn sc_09_cancelling_the_deletion_restores_access_to_the_same_bytes() {
    let world = World::open();
    let cluster = world.cluster("one");
    let names: Vec<String> = (0..50).map(|number| format!("secret-{number}")).collect();
    for name in &names {
        world.put(&cluster, name).unwrap();
    }
    let stored = |name: &String| world.stored(&cluster, name).unwrap();
    let before: Vec<_> = names.iter().map(stored).collect();
    let user = world.engine.session(user());
    for disabled in [false, true] {
        if disabled {
            user.disable_key(&world.key.id).unwrap();
        }
        user.schedule_key_deletion(&world.key.id, None).unwrap();
        world.clock.advance(days(29));
        assert_eq!(code(world.get(&cluster, &names[0])), Some(Code::KeyState));
        let key = user.cancel_key_deletion(&world.key.id).unwrap().value;
        let expected = if disabled { State::Disabled } else { State::Enabled };
        assert_eq!(key.lifecycle.state, expected);
        if disabled {
            assert_eq!(code(world.get(&cluster, &names[0])), Some(Code::KeyState));
            user.enable_key(&world.key.id).unwrap();
        }
        for name in &names {
            world.get(&cluster, name).unwrap();
        }
        assert!(names.iter().map(stored).eq(before.iter().cloned()));
    }
}

#[test]
fn sc_10_a_deleted_key_is_lost_for_good_and_the_cluster_cannot_be_upgraded() {
    let world = World::open();
    let cluster = world.cluster("one");
    for name in ["a", "b", "c", "d", "e", "f", "g"] {
        world.put(&cluster, name).unwrap();
    }
    let next = KubernetesVersion::parse("1.35.0").unwrap();
    let user = world.engine.session(user());
    assert_eq!(user.upgrade_cluster(&cluster.id, next), Ok(7));

    user.schedule_key_deletion(&world.key.id, None).unwrap();
    world.clock.advance(days(30));
    world.engine.settle().unwrap();
    let lost = world.get(&cluster, "a").unwrap_err();
    assert_eq!(lost.code(), Code::KeyGone);
    assert!(lost.to_string().contains("delete the cluster and create it again"), "{lost}");
    assert_eq!(code(world.put(&cluster, "h")), Some(Code::KeyGone));
    assert_eq!(code(user.cancel_key_deletion(&world.key.id)), Some(Code::KeyGone));

    let refused = user.upgrade_cluster(&cluster.id, next).unwrap_err();
    let UpgradeError::Unreadable(unreadable) = &refused else { panic!("{refused}") };
    assert_eq!((unreadable.code, unreadable.secrets, unreadable.unreadable), (Code::KeyGone, 7, 7));
    assert_eq!(unreadable.first.len(), 5);
    let message = refused.to_string();
    assert!(message.starts_with("7 of 7 secrets cannot be read"), "{message}");
    assert!(message.contains("delete the cluster and create it again"), "{message}");
    assert!(message.contains("/registry/secrets/default/a"), "{message}");
    assert!(message.ends_with("and 2 more"), "{message}");

    assert_eq!(user.delete_cluster(&cluster.id), Ok(7));
    assert_eq!(code(world.get(&cluster, "a")), Some(Code::NotAuthorizedOrNotFound));
}

#[test]
fn sc_11_12_13_rotation_gives_new_secrets_the_new_version_and_leaves_old_ones_alone() {
    let world = World::open();
    let cluster = world.cluster("one");
    let user = world.engine.session(user());
    let mut versions = Vec::new();
    for round in 0..5 {
        let version = world.put(&cluster, &format!("secret-{round}")).unwrap();
        assert!(!versions.contains(&version));
        let key = user.key(&world.key.id).unwrap().value;
        assert_eq!((&key.id, &key.current_version), (&world.key.id, &version));
        versions.push(version);
        let rotated = user.rotate_key(&world.key.id, None).unwrap().value;
        assert_eq!(user.key(&world.key.id).unwrap().value.current_version, rotated.id);
        // Three management calls a round, and ten a second.
        world.clock.advance(SignedDuration::from_secs(1));
    }
    for (round, version) in versions.iter().enumerate() {
        assert_eq!(world.get(&cluster, &format!("secret-{round}")).as_ref(), Ok(version), "round {round}");
    }
    let again = world.put(&cluster, "secret-0").unwrap();
    assert!(!versions.contains(&again), "a rewrite moves to the current version");
    assert_eq!(world.get(&cluster, "secret-0"), Ok(again));
}

#[test]
fn sc_16_the_console_takes_no_key_of_another_tenancy() {
    let world = World::open();
    let console =
        |name: &str| NewCluster { client: Client::Console, ..new_cluster(name, Some(&world.key.id)) };
    let create = |new| world.engine.session(user()).create_cluster(new);
    assert_eq!(code(create(console("one"))), Some(Code::InvalidParameter));
    let at_home = NewCluster { tenancy: super::keys_tenancy(), ..console("one") };
    assert!(create(at_home).is_ok());
    assert!(create(new_cluster("two", Some(&world.key.id))).is_ok());
}

/// The software half; the AES lengths pass the same path.
#[test]
fn sc_17_software_keys_of_every_aes_length_seal_and_open() {
    let world = World::open();
    for bytes in [16, 24, 32] {
        let new = new_key(&format!("aes{bytes}"), Shape::named("AES", bytes).unwrap());
        let key = world.engine.vaults().create_key(new, &By::operator()).unwrap();
        let cluster = world.cluster_of(new_cluster(&format!("c{bytes}"), Some(&key.id)));
        world.put(&cluster, "a").unwrap();
        world.get(&cluster, "a").unwrap();
    }
}

#[test]
fn sc_18_an_ecdsa_key_is_refused_as_master_key_with_a_reason() {
    let world = World::open();
    for (name, curve) in [("p256", Curve::P256), ("p384", Curve::P384), ("p521", Curve::P521)] {
        let shape = Shape::Ecdsa(curve);
        let created = world.engine.session(user()).create_key(new_key(name, shape)).unwrap().value;
        let refused = world.engine.session(user()).create_cluster(new_cluster(name, Some(&created.id)));
        let refused = refused.unwrap_err();
        assert_eq!(refused.code(), Code::KeyShapeCannotEncrypt);
        assert!(refused.explain().contains(&shape.to_string()), "{}", refused.explain());
    }
}

/// E-2: an RSA key works; sealing under one is Encrypt, not GenerateDataEncryptionKey, which the service has for AES alone.
#[test]
fn a_cluster_seals_and_opens_under_an_rsa_key_by_the_operation_encrypt() {
    let world = World::open();
    let shape = Shape::Rsa(RsaLength::Rsa2048);
    let key = world.engine.session(user()).create_key(new_key("rsa", shape)).unwrap().value;
    let created = world.engine.session(user()).create_cluster(new_cluster("rsa", Some(&key.id)));
    if !asymmetric::AVAILABLE {
        eprintln!("skipped: the feature `asymmetric` is off");
        assert_eq!(code(created), Some(Code::BackendUnavailable));
        return;
    }
    let cluster = created.unwrap().value;
    world.table.asked();
    let first = world.put(&cluster, "a").unwrap();
    assert_eq!(world.get(&cluster, "a").unwrap(), first);
    let asked: Vec<Operation> = world.table.asked().into_iter().map(|request| request.operation).collect();
    assert_eq!(asked, [Operation::Encrypt, Operation::Decrypt]);
    let second = world.engine.session(user()).rotate_key(&key.id, None).unwrap().value.id;
    assert_eq!(world.put(&cluster, "b").unwrap(), second);
    assert_eq!(world.get(&cluster, "a").unwrap(), first);
}

#[test]
fn a_put_expects_what_its_writer_says() {
    let world = World::open();
    let cluster = world.cluster("one");
    let session = world.engine.cluster_session(&cluster.id).unwrap();
    let secrets = session.secrets(&cluster.id).unwrap();
    let put = |write| secrets.put(&secret("a"), SECRET, write);
    let first = put(Write::Create).unwrap().value.revision;
    assert_eq!(code(put(Write::Create)), Some(Code::WriteConflict));
    let second = put(Write::Replace(first)).unwrap().value.revision;
    assert_eq!(code(put(Write::Replace(first))), Some(Code::WriteConflict));
    let third = put(Write::Put).unwrap().value.revision;
    assert!(first < second && second < third);
    assert_eq!(code(secrets.delete(&secret("a"), second)), Some(Code::WriteConflict));
    secrets.delete(&secret("a"), third).unwrap();
    assert!(secrets.get(&secret("a")).unwrap().is_none());
}
