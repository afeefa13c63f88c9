//! Opening all secrets of a cluster at once: each one by itself, and none unrecorded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use ocipol::audit::{Action, PathDigest, verify};
use ocipol::engine::{Cluster, Code, Write};
use ocipol::random::SystemRng;

use super::{SECRET, World, secret};
use crate::rig::Table;

/// More than one write to the log holds.
const SECRETS: usize = 150;

fn filled(world: &World) -> Cluster {
    let cluster = world.cluster("one");
    let session = world.engine.cluster_session(&cluster.id).unwrap();
    let secrets = session.secrets(&cluster.id).unwrap();
    for number in 0..SECRETS {
        secrets.put(&secret(&format!("s{number}")), SECRET, Write::Create).unwrap();
    }
    cluster
}

/// What came of each secret: nothing, or why not.
fn open_all(world: &World, cluster: &Cluster, workers: usize) -> BTreeMap<String, Option<Code>> {
    let session = world.engine.cluster_session(&cluster.id).unwrap();
    let secrets = session.secrets(&cluster.id).unwrap();
    let told = Mutex::new(BTreeMap::new());
    let count = secrets.open_all(None, workers, &|name, opened| {
        let code = match opened {
            Ok(opened) => {
                assert_eq!(opened.value.plaintext.as_bytes(), SECRET);
                None
            }
            Err(failure) => Some(failure.code()),
        };
        assert_eq!(told.lock().unwrap().insert(name.path(), code), None, "{name}");
    });
    let told = told.into_inner().unwrap();
    assert_eq!(count.unwrap(), told.len());
    told
}

#[test]
fn sr_37_each_of_many_openings_has_one_record_and_one_that_fails_stops_no_other() {
    let world = World::open();
    let cluster = filled(&world);
    let mut spoilt = world.stored(&cluster, "s70").unwrap().bytes;
    *spoilt.last_mut().unwrap() ^= 1;
    world.plant(&cluster, "s70", &spoilt);
    for workers in [0, 1, 16] {
        let seen = world.engine.audit().records().unwrap().len();
        let told = open_all(&world, &cluster, workers);
        let failed: Vec<_> = told.iter().filter_map(|(path, code)| Some((path.as_str(), (*code)?))).collect();
        assert_eq!(failed, [("/registry/secrets/default/s70", Code::CiphertextRejected)]);
        let records = world.engine.audit().records().unwrap();
        verify(&records).unwrap();
        let new = &records[seen..];
        assert!(new.iter().all(|record| record.entry.action == Action::Open));
        assert_eq!(new.iter().filter(|record| record.entry.outcome == "ok").count(), SECRETS - 1);
        let paths: BTreeSet<_> = new.iter().map(|record| record.entry.path.unwrap()).collect();
        assert_eq!((new.len(), paths.len()), (SECRETS, SECRETS));
        assert!(told.keys().all(|path| paths.contains(&PathDigest::of(path))));
    }
}

#[test]
fn sr_19_each_of_many_openings_is_decided_by_itself() {
    let world = World::with(Table::empty(), Arc::new(SystemRng));
    world.table.allow("while they are made", |_| true);
    let cluster = filled(&world);
    world.table.remove("while they are made");
    let asked = AtomicUsize::new(0);
    world.table.allow("the first ten", move |_| asked.fetch_add(1, Ordering::Relaxed) < 10);
    let told = open_all(&world, &cluster, 1);
    assert_eq!(told.values().filter(|code| code.is_none()).count(), 10);
    assert_eq!(
        told.values().filter(|code| **code == Some(Code::NotAuthorizedOrNotFound)).count(),
        SECRETS - 10
    );
}
