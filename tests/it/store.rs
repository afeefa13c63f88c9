//! The stores: one suite of promises over both, and what only a file can get wrong.

use jiff::Timestamp;
use ocipol::audit::{Action, By, Entry, PathDigest, verify};
use ocipol::engine::{Backup, Cluster, ClusterKey, ClusterRegistry, KeyOwner, KubernetesVersion};
use ocipol::envelope::{AesLength, Profile, ProviderName, StoreKey};
use ocipol::ocid::Ocid;
use ocipol::random::SystemRng;
use ocipol::store::{
    AuditLog, Embedded, Expected, Memory, Revision, StoreError, ValueKey, ValueStore, WriteError,
};
use ocipol::vault::{
    Key, KeyRegistry, KeyVersion, Lifecycle, Origin, Protection, Record, Shape, State, Vault, VaultKind,
};

use crate::rig::{Folder, ocid};

mod files;

/// A store in all its roles.
pub(crate) trait Store: ValueStore + AuditLog + KeyRegistry + ClusterRegistry {}

impl<S: ValueStore + AuditLog + KeyRegistry + ClusterRegistry> Store for S {}

/// Runs a check over both stores, each one empty.
fn over_both(check: impl Fn(&dyn Store)) {
    check(&Memory::new());
    let folder = Folder::new();
    check(&Embedded::open(&folder.file("store")).unwrap());
}

pub(crate) fn entry(note: &str) -> Entry {
    Entry {
        time: Timestamp::UNIX_EPOCH,
        by: By::operator(),
        action: Action::Seal,
        key: None,
        version: None,
        path: Some(PathDigest::of("/registry/secrets/default/a")),
        outcome: "ok".into(),
        note: note.into(),
    }
}

fn cluster_id(name: &str) -> Ocid {
    ocid(&format!("ocid1.cluster.oc1.iad.{name}"))
}

fn notes(store: &dyn Store) -> Vec<String> {
    let records = store.records().unwrap();
    verify(&records).unwrap();
    records.into_iter().map(|record| record.entry.note).collect()
}

#[test]
fn a_value_is_read_as_it_was_last_written() {
    over_both(|store| {
        let cluster = cluster_id("one");
        let at = |path| ValueKey { cluster: &cluster, path };
        assert_eq!(store.get(at("/a")).unwrap(), None);
        let first = store.put(at("/a"), Expected::Absent, b"1", &entry("1")).unwrap();
        let second = store.put(at("/a"), Expected::At(first), b"2", &entry("2")).unwrap();
        assert!(second > first);
        let found = store.get(at("/a")).unwrap().unwrap();
        assert_eq!((found.bytes.as_slice(), found.revision), (&b"2"[..], second));
        let gone = store.delete(at("/a"), second, &entry("3")).unwrap();
        assert!(gone > second);
        assert_eq!(store.get(at("/a")).unwrap(), None);
        let again = store.put(at("/a"), Expected::Absent, b"", &entry("4")).unwrap();
        assert!(again > gone);
        assert_eq!(store.get(at("/a")).unwrap().unwrap().bytes, b"");
        assert_eq!(notes(store), ["1", "2", "3", "4"]);
    });
}

#[test]
fn sr_29_a_write_that_expects_something_else_changes_nothing() {
    over_both(|store| {
        let cluster = cluster_id("one");
        let at = ValueKey { cluster: &cluster, path: "/a" };
        let conflict = |outcome: Result<Revision, WriteError>| matches!(outcome, Err(WriteError::Conflict));
        assert!(conflict(store.put(at, Expected::At(Revision(0)), b"x", &entry("no"))));
        assert!(conflict(store.delete(at, Revision(0), &entry("no"))));
        let first = store.put(at, Expected::Absent, b"1", &entry("1")).unwrap();
        assert!(conflict(store.put(at, Expected::Absent, b"x", &entry("no"))));
        let second = store.put(at, Expected::At(first), b"2", &entry("2")).unwrap();
        assert!(conflict(store.put(at, Expected::At(first), b"x", &entry("no"))));
        assert!(conflict(store.delete(at, first, &entry("no"))));
        let found = store.get(at).unwrap().unwrap();
        assert_eq!((found.bytes.as_slice(), found.revision), (&b"2"[..], second));
        assert_eq!(notes(store), ["1", "2"], "a write that did not happen has no record");
    });
}

#[test]
fn sr_29_of_many_writers_of_one_value_one_wins_each_round() {
    over_both(|store| {
        let cluster = cluster_id("one");
        let at = ValueKey { cluster: &cluster, path: "/a" };
        let mut revision = store.put(at, Expected::Absent, b"0", &entry("")).unwrap();
        for round in 0..10_u8 {
            let won: Vec<Revision> = std::thread::scope(|scope| {
                let writers: Vec<_> = (0..8_u8)
                    .map(|writer| {
                        scope.spawn(move || {
                            let bytes = [round, writer];
                            store.put(at, Expected::At(revision), &bytes, &entry("")).ok()
                        })
                    })
                    .collect();
                writers.into_iter().filter_map(|writer| writer.join().unwrap()).collect()
            });
            assert_eq!(won.len(), 1, "round {round}");
            revision = won[0];
            let found = store.get(at).unwrap().unwrap();
            assert_eq!((found.revision, found.bytes[0]), (revision, round));
        }
    });
}

#[test]
fn a_list_has_what_is_under_the_prefix_in_order_and_each_cluster_its_own() {
    over_both(|store| {
        let (one, two) = (cluster_id("one"), cluster_id("two"));
        for (cluster, path) in [
            (&one, "/registry/secrets/b/2"),
            (&one, "/registry/secrets/a/1"),
            (&one, "/registry/secretsx"),
            (&one, "/registry/pods/a/1"),
            (&two, "/registry/secrets/a/other"),
        ] {
            let at = ValueKey { cluster, path };
            store.put(at, Expected::Absent, path.as_bytes(), &entry("")).unwrap();
        }
        let paths = |cluster, prefix| {
            let listing = store.list(cluster, prefix).unwrap();
            assert_eq!(listing.revision, Revision(5));
            let values = listing.values.into_iter();
            values
                .map(|(path, value)| {
                    assert_eq!(value.bytes, path.as_bytes());
                    path
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(paths(&one, "/registry/secrets/"), ["/registry/secrets/a/1", "/registry/secrets/b/2"]);
        assert_eq!(paths(&one, "/registry/secrets/b/"), ["/registry/secrets/b/2"]);
        assert_eq!(paths(&two, ""), ["/registry/secrets/a/other"]);
        assert_eq!(paths(&one, "/nothing").len(), 0);

        assert_eq!(store.clear(&one, &entry("clear")).unwrap(), 4);
        assert_eq!(store.list(&one, "").unwrap().values.len(), 0);
        assert_eq!(store.list(&two, "").unwrap().values.len(), 1);
        assert_eq!(store.clear(&one, &entry("clear")).unwrap(), 0);
    });
}

/// Where the OCID of one cluster begins as the whole OCID of another does, each still has its own values.
pub(crate) fn check_that_longer_ocids_are_others(store: &dyn ValueStore) {
    let (short, long) = (cluster_id("abc"), cluster_id("abcd"));
    for cluster in [&short, &long] {
        let at = ValueKey { cluster, path: "/registry/secrets/default/a" };
        store.put(at, Expected::Absent, b"v", &entry("")).unwrap();
    }
    for prefix in ["", "/", "/registry/secrets/"] {
        assert_eq!(store.list(&short, prefix).unwrap().values.len(), 1, "`{prefix}`");
    }
    assert_eq!(store.clear(&short, &entry("clear")).unwrap(), 1);
    assert_eq!(store.list(&short, "").unwrap().values.len(), 0);
    assert_eq!(store.list(&long, "").unwrap().values.len(), 1);
}

#[test]
fn clearing_a_cluster_leaves_one_alone_whose_ocid_is_longer() {
    over_both(|store| check_that_longer_ocids_are_others(store));
}

#[test]
fn the_audit_log_is_a_chain_in_the_order_of_the_writes() {
    over_both(|store| {
        assert_eq!(notes(store).len(), 0);
        let opening = Entry { action: Action::Open, ..entry("open") };
        for _ in 0..300 {
            store.append(std::slice::from_ref(&opening)).unwrap();
        }
        store.append(&[entry("last"), entry("of two")]).unwrap();
        let records = store.records().unwrap();
        assert_eq!(records.len(), 302);
        assert_eq!((records[301].number, records[301].entry.note.as_str()), (302, "of two"));
        assert_eq!(records[0].entry, opening);
        verify(&records).unwrap();
        let mut spoilt = records;
        spoilt[100].entry.outcome = "KEY_STATE".into();
        assert_eq!(verify(&spoilt).map(drop), Err(ocipol::audit::Broken(101)));
    });
}

fn lifecycle(state: State) -> Lifecycle {
    Lifecycle {
        state,
        since: Timestamp::UNIX_EPOCH,
        until: Some(Timestamp::MAX),
        before: Some(State::Disabled),
        time_of_deletion: Some(Timestamp::MIN),
    }
}

pub(crate) fn vault() -> Vault {
    Vault {
        id: ocid("ocid1.vault.oc1.iad.v.v"),
        compartment: ocid("ocid1.compartment.oc1..c"),
        tenancy: ocid("ocid1.tenancy.oc1..t"),
        name: "vault ä".into(),
        kind: VaultKind::VirtualPrivate,
        lifecycle: lifecycle(State::Updating),
    }
}

pub(crate) fn key(unique: &str) -> Key {
    Key {
        id: ocid(&format!("ocid1.key.oc1.iad.v.{unique}")),
        vault: vault().id,
        compartment: ocid("ocid1.compartment.oc1..c"),
        tenancy: ocid("ocid1.tenancy.oc1..t"),
        name: String::new(),
        shape: Shape::Aes(AesLength::Aes192),
        protection: Protection::External,
        auto_rotation: None,
        coming: None,
        current_version: ocid("ocid1.keyversion.oc1.iad.v.1"),
        lifecycle: lifecycle(State::PendingDeletion),
    }
}

pub(crate) fn version(key: &Key, unique: &str) -> KeyVersion {
    KeyVersion {
        id: ocid(&format!("ocid1.keyversion.oc1.iad.v.{unique}")),
        key: key.id.clone(),
        origin: Origin::External,
        created: Timestamp::UNIX_EPOCH,
        lifecycle: lifecycle(State::CancellingDeletion),
        public_key: None,
        material: None,
    }
}

#[test]
fn records_come_back_as_they_were_committed_and_by_any_spelling_of_their_ocid() {
    over_both(|store| {
        let registry: &dyn KeyRegistry = store;
        let (vault, keys) = (vault(), [key("a"), key("b")]);
        let versions = [version(&keys[0], "1"), version(&keys[0], "2"), version(&keys[1], "1")];
        let wrapped = KeyVersion { material: Some(vec![1, 2, 3]), ..versions[0].clone() };
        let mut records = vec![Record::Vault(vault.clone()), Record::Version(wrapped.clone())];
        records.extend(keys.iter().cloned().map(Record::Key));
        records.extend(versions[1..].iter().cloned().map(Record::Version));
        let empty = registry.revision().unwrap();
        let revision = registry.commit(empty, &records, &[entry("a"), entry("b")]).unwrap();
        assert!(revision > empty);
        assert_eq!(registry.revision().unwrap(), revision);

        assert_eq!(registry.vaults().unwrap(), std::slice::from_ref(&vault));
        assert_eq!(registry.keys(&vault.id).unwrap(), keys);
        assert_eq!(registry.keys(&ocid("ocid1.vault.oc1.iad.v.other")).unwrap(), []);
        assert_eq!(registry.versions(&keys[0].id).unwrap(), [wrapped.clone(), versions[1].clone()]);
        let shouted = ocid(&keys[0].id.as_str().to_uppercase());
        assert_eq!(registry.key(&shouted).unwrap().as_ref(), Some(&keys[0]));
        assert_eq!(registry.version(&shouted, &wrapped.id).unwrap(), Some(wrapped));
        assert_eq!(registry.version(&keys[1].id, &versions[1].id).unwrap(), None);
        assert_eq!(registry.vault(&shouted).unwrap(), None);
        assert_eq!(notes(store), ["a", "b"]);
    });
}

#[test]
fn a_commit_that_comes_too_late_changes_nothing() {
    over_both(|store| {
        let registry: &dyn KeyRegistry = store;
        let empty = registry.revision().unwrap();
        registry.commit(empty, &[Record::Vault(vault())], &[entry("first")]).unwrap();
        let late = registry.commit(empty, &[Record::Key(key("a"))], &[entry("late")]);
        assert!(matches!(late, Err(WriteError::Conflict)));
        assert_eq!(registry.key(&key("a").id).unwrap(), None);
        assert_eq!(notes(store), ["first"]);
    });
}

#[test]
fn an_erased_store_key_is_gone_for_ever() {
    over_both(|store| {
        let (key, version) = (ocid("ocid1.key.oc1.iad.v.k"), ocid("ocid1.keyversion.oc1.iad.v.1"));
        let other = ocid("ocid1.key.oc1.iad.v.other");
        assert!(store.store_key(&key, &version).unwrap().is_none());
        let fresh = || StoreKey::fresh(&SystemRng).unwrap();
        store.keep_store_key(&key, &version, &fresh()).unwrap();
        let again = store.keep_store_key(&key, &version, &fresh());
        assert!(matches!(again, Err(StoreError::Kept)), "what it wraps would be lost");
        store.keep_store_key(&other, &version, &fresh()).unwrap();
        assert!(store.store_key(&key, &version).unwrap().is_some());
        store.erase(&key, &version).unwrap();
        store.erase(&key, &version).unwrap();
        assert!(store.store_key(&key, &version).unwrap().is_none());
        let again = store.keep_store_key(&key, &version, &fresh());
        assert!(matches!(again, Err(StoreError::Erased)));
        assert!(store.store_key(&other, &version).unwrap().is_some());
    });
}

#[test]
fn clusters_come_back_as_they_were_kept() {
    over_both(|store| {
        let cluster = Cluster {
            id: cluster_id("one"),
            name: "prod".into(),
            tenancy: ocid("ocid1.tenancy.oc1..t"),
            compartment: ocid("ocid1.compartment.oc1..c"),
            kubernetes: KubernetesVersion::OLDEST_WITH_KEY,
            provider: ProviderName::new("a:b").unwrap(),
            profile: Profile::Compat,
            key: ClusterKey {
                id: ocid("ocid1.key.oc1.iad.v.k"),
                tenancy: ocid("ocid1.tenancy.oc1..t"),
                owner: KeyOwner::Provider,
            },
            deleted: Some(Timestamp::MAX),
            backups: Vec::new(),
        };
        assert_eq!(store.cluster(&cluster.id).unwrap(), None);
        store.keep_cluster(None, &cluster, &entry("made")).unwrap();
        assert_eq!(store.cluster(&cluster.id).unwrap(), Some(cluster.clone()));
        let backup = |name: &str| Backup {
            name: name.into(),
            taken: Timestamp::UNIX_EPOCH,
            revision: Revision(7),
            versions: vec![ocid("ocid1.keyversion.oc1.iad.v.1"), ocid("ocid1.keyversion.oc1.iad.v.2")],
        };
        let backups = vec![backup("monday"), Backup { versions: Vec::new(), ..backup("tuesday") }];
        let living = Cluster { deleted: None, backups, ..cluster.clone() };
        store.keep_cluster(Some(&cluster), &living, &entry("changed")).unwrap();
        assert_eq!(store.clusters().unwrap(), std::slice::from_ref(&living));
        for (before, what) in [(None, "it is there"), (Some(&cluster), "it was changed since")] {
            let late = Cluster { name: "late".into(), ..cluster.clone() };
            let kept = store.keep_cluster(before, &late, &entry("late"));
            assert!(matches!(kept, Err(WriteError::Conflict)), "{what}");
        }
        let other = Cluster { id: cluster_id("two"), ..cluster.clone() };
        assert!(matches!(
            store.keep_cluster(Some(&other), &other, &entry("late")),
            Err(WriteError::Conflict)
        ));
        assert_eq!(store.clusters().unwrap(), [living]);
        assert_eq!(notes(store), ["made", "changed"]);
    });
}
