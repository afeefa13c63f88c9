//! SR-37: each sealing, opening, denial and change of state has one record.

use std::sync::Arc;

use ocipol::audit::{Action, Actor, Entry, PathDigest, verify};
use ocipol::engine::Write;
use ocipol::envelope::asymmetric::Signing;
use ocipol::random::SystemRng;

use super::{SECRET, World, secret, user};
use crate::rig::{Table, ocid};

/// The entries since the last look, after the chain was checked.
fn new_entries(world: &World, seen: &mut usize) -> Vec<Entry> {
    let records = world.engine.audit().records().unwrap();
    verify(&records).unwrap();
    let new = records[*seen..].iter().map(|record| record.entry.clone()).collect();
    *seen = records.len();
    new
}

#[test]
fn sr_37_each_use_of_a_key_has_one_record_with_its_decision() {
    let world = World::with(Table::empty(), Arc::new(SystemRng));
    let cluster = world.cluster("one");
    world.table.allow("keys#1", |_| true);
    let mut seen = 0;
    new_entries(&world, &mut seen);

    let session = world.engine.cluster_session(&cluster.id).unwrap();
    let secrets = session.secrets(&cluster.id).unwrap();
    let written = secrets.put(&secret("a"), SECRET, Write::Put).unwrap();
    let opened = secrets.get(&secret("a")).unwrap().unwrap();
    let entries = new_entries(&world, &mut seen);
    let path = PathDigest::of(&secret("a").path());
    let expected = [(Action::Seal, &written.evidence), (Action::Open, &opened.evidence)];
    assert_eq!(entries.len(), expected.len());
    for (entry, (action, evidence)) in entries.iter().zip(expected) {
        assert_eq!(entry.action, action);
        assert_eq!(entry.by.actor, Actor::Principal(Some(cluster.id.clone())));
        assert_eq!(entry.by.evidence.as_ref(), evidence.first());
        assert_eq!(entry.key.as_ref(), Some(&world.key.id));
        assert_eq!(entry.version.as_ref(), Some(&written.value.version));
        assert_eq!((entry.path, entry.outcome.as_str()), (Some(path), "ok"));
    }

    world.table.remove("keys#1");
    world.get(&cluster, "a").unwrap_err();
    world.put(&cluster, "b").unwrap_err();
    let entries = new_entries(&world, &mut seen);
    assert_eq!(entries.len(), 2);
    for (entry, action) in entries.iter().zip([Action::Open, Action::Seal]) {
        assert_eq!((entry.action, entry.outcome.as_str()), (action, "NOT_AUTHORIZED_OR_NOT_FOUND"));
        let evidence = entry.by.evidence.as_ref().unwrap();
        assert!(evidence.because.is_empty(), "no statement allowed it");
        assert_eq!(entry.key.as_ref(), Some(&world.key.id));
    }
    assert_eq!(entries[0].version, Some(written.value.version), "a denied opening names the version");
}

#[test]
fn sr_37_no_record_holds_a_plaintext_or_a_path() {
    let world = World::open();
    let cluster = world.cluster("one");
    world.put(&cluster, "a-very-telling-name").unwrap();
    world.get(&cluster, "a-very-telling-name").unwrap();
    let log = format!("{:?}", world.engine.audit().records().unwrap());
    for hidden in ["hunter2", "a-very-telling-name", "/registry"] {
        assert!(!log.contains(hidden), "{hidden}");
    }
}

#[test]
fn a_write_that_lost_is_recorded_as_a_conflict() {
    let world = World::open();
    let cluster = world.cluster("one");
    world.put(&cluster, "a").unwrap();
    let mut seen = 0;
    new_entries(&world, &mut seen);
    let session = world.engine.cluster_session(&cluster.id).unwrap();
    let secrets = session.secrets(&cluster.id).unwrap();
    secrets.put(&secret("a"), SECRET, Write::Create).unwrap_err();
    let entries = new_entries(&world, &mut seen);
    assert_eq!(entries.len(), 1);
    assert_eq!((entries[0].action, entries[0].outcome.as_str()), (Action::Seal, "WRITE_CONFLICT"));
}

/// Whoever looks for the uses of a key finds those that were refused among them.
#[test]
fn sr_37_a_refused_use_of_a_key_is_recorded_as_a_use() {
    let world = World::open();
    let session = world.engine.session(user());
    let sealed = session.encrypt(&world.key.id, None, b"x", &[]).unwrap().value;
    let mut seen = 0;
    new_entries(&world, &mut seen);
    world.table.remove("everything");
    session.encrypt(&world.key.id, None, b"x", &[]).unwrap_err();
    assert!(session.decrypt(&world.key.id, None, &sealed, &[]).is_err());
    session.sign(&world.key.id, None, Signing::RsaPkcs1Sha256, b"x").unwrap_err();
    session.export_key(&world.key.id, None, b"x").unwrap_err();
    let entries = new_entries(&world, &mut seen);
    let actions: Vec<Action> = entries.iter().map(|entry| entry.action).collect();
    assert_eq!(actions, [Action::Use; 4]);
    assert!(entries.iter().all(|entry| entry.by.evidence.is_some()), "a denial is a decision too");
}

#[test]
fn management_is_recorded_with_who_did_it_and_why_they_might() {
    let world = World::open();
    let mut seen = 0;
    new_entries(&world, &mut seen);
    let session = world.engine.session(user());
    let disabled = session.disable_key(&world.key.id).unwrap();
    let entries = new_entries(&world, &mut seen);
    let notes: Vec<&str> = entries.iter().map(|entry| entry.note.as_str()).collect();
    assert_eq!(notes, ["ENABLED to DISABLING", "DISABLING to DISABLED"]);
    for entry in &entries {
        assert_eq!(entry.by.actor, Actor::Principal(Some(ocid("ocid1.user.oc1..ada"))));
        assert_eq!(entry.by.evidence.as_ref(), disabled.evidence.first());
    }
    session.rotate_key(&world.key.id, None).unwrap_err();
    let entries = new_entries(&world, &mut seen);
    assert_eq!(entries.len(), 1);
    assert_eq!((entries[0].action, entries[0].outcome.as_str()), (Action::Manage, "KEY_STATE"));
}
