//! What needs a real etcd of three nodes on loopback: a write, a cold list, a rotation.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use ocipol::audit::{Action, By, Entry};
use ocipol::clock::{Clock, SystemClock};
use ocipol::engine::{Engine, Pace, SecretName, Secrets, Write};
use ocipol::random::SystemRng;
use ocipol::store::{Embedded, Etcd, Expected, Memory, ValueKey, ValueStore};
use ocipol::vault::Timing;

use super::{Table, Yes, furnish};

#[path = "../../tests/it/rotation/nodes.rs"]
#[allow(
    dead_code,
    clippy::print_stderr,
    reason = "made for the tests, which need more of it and say what they skip"
)]
mod nodes;

const SECRETS: usize = 10_000;

pub(super) fn all(table: &Table) {
    let Some(nodes) = nodes::Nodes::start(3) else {
        table.row("all that needs an etcd", "", "skipped: etcd is not installed".to_owned(), None);
        return;
    };
    write(&nodes.endpoints(), table);
    life(&nodes.endpoints(), table);
}

fn engine(store: Arc<Embedded>, values: Arc<Etcd>) -> Engine {
    let (clock, rng) = (Arc::new(SystemClock), Arc::new(SystemRng));
    Engine::new(store, Arc::new(Yes), clock, rng, Timing::default()).with_values(values)
}

/// A put through the engine, and the same transactions with the plaintext itself: in turn, so that both meet the same
/// load. The audit log is in memory for both: it is no part of the put.
fn write(endpoints: &[String], table: &Table) {
    let memory = Arc::new(Memory::new());
    let etcd = Arc::new(Etcd::connect(endpoints, memory.clone()).unwrap());
    let (clock, rng) = (Arc::new(SystemClock), Arc::new(SystemRng));
    let engine = Engine::new(memory, Arc::new(Yes), clock, rng, Timing::default()).with_values(etcd.clone());
    let (_, cluster) = furnish(&engine);
    let session = engine.cluster_session(&cluster.id).unwrap();
    let secrets = session.secrets(&cluster.id).unwrap();
    let (name, plaintext) = (name(0), vec![7; 1024]);
    let plain = ValueKey { cluster: &cluster.id, path: "/registry/plain/default/s" };
    let entry = Entry {
        time: SystemClock.now(),
        by: By::operator(),
        action: Action::Seal,
        key: None,
        version: None,
        path: None,
        outcome: "ok".into(),
        note: String::new(),
    };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..1_000 {
        let start = Instant::now();
        secrets.put(&name, &plaintext, Write::Put).unwrap();
        ours.push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        let expected =
            etcd.get(plain).unwrap().map_or(Expected::Absent, |found| Expected::At(found.revision));
        etcd.put(plain, expected, &plaintext, &entry).unwrap();
        theirs.push(start.elapsed().as_secs_f64());
    }
    ours.sort_by(f64::total_cmp);
    theirs.sort_by(f64::total_cmp);
    let (ours, theirs) = (ours[500], theirs[500]);
    let ratio = ours / theirs;
    let measured = format!("{ratio:.2} (p50 {:.2} ms to {:.2})", ours * 1e3, theirs * 1e3);
    println!("write through etcd, sealed to plain: {measured}");
    table.row("write through etcd, against the same put in clear", "≤ 1.10", measured, Some(ratio <= 1.1));
}

/// Fills a cluster, reads it cold, rotates it, and rotates it again.
fn life(endpoints: &[String], table: &Table) {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(Embedded::open(&folder.path().join("store")).unwrap());
    let etcd = Arc::new(Etcd::connect(endpoints, store.clone()).unwrap());
    let engine = engine(store, etcd);
    let (key, cluster) = furnish(&engine);
    let session = engine.cluster_session(&cluster.id).unwrap();
    let secrets = session.secrets(&cluster.id).unwrap();
    each(16, |number| drop(secrets.put(&name(number), &[7; 1024], Write::Create).unwrap()));

    let start = Instant::now();
    assert_eq!(read_all(&secrets), SECRETS);
    let took = start.elapsed().as_secs_f64();
    println!("cold list: {SECRETS} secrets in {took:.2} s");
    let what = "cold list of 10,000 secrets, 16 opens in parallel";
    table.row(what, "≤ 1.5 s", format!("{took:.2} s"), Some(took <= 1.5));

    engine.vaults().rotate(&key, None, &By::operator()).unwrap();
    for (what, bar, most) in
        [("rotate 10,000 secrets", "≤ 60 s", 60.0), ("rotate again", "≤ 3 s and 0 writes", 3.0)]
    {
        let start = Instant::now();
        let done = session.reencrypt(&cluster.id, Pace::default(), &|_| {}).unwrap();
        let took = start.elapsed().as_secs_f64();
        println!("{what}: {took:.2} s, {} written", done.rewritten);
        let holds = took <= most && (most > 3.0 || done.rewritten == 0);
        table.row(what, bar, format!("{took:.2} s, {} written", done.rewritten), Some(holds));
    }
}

fn read_all(secrets: &Secrets<'_>) -> usize {
    let opened = AtomicUsize::new(0);
    let listed = secrets.open_all(None, 16, &|_, secret| {
        black_box(secret.unwrap());
        opened.fetch_add(1, Ordering::Relaxed);
    });
    assert_eq!(listed.unwrap(), opened.load(Ordering::Relaxed));
    opened.into_inner()
}

/// Does something with each number, on some threads.
fn each(threads: usize, act: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= SECRETS {
                        return;
                    }
                    act(number);
                }
            });
        }
    });
}

fn name(number: usize) -> SecretName {
    SecretName::new("default", &format!("s{number}")).unwrap()
}
