//! Against real etcd: the same promises, processes killed at every point, leaders killed under load.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ocipol::census::Census;
use ocipol::engine::{Cluster, Code, RunState, Write};
use ocipol::failpoint::{FailPoint, Point};
use ocipol::store::{
    Embedded, Etcd, Expected, LockError, Revision, StoreError, ValueKey, ValueStore, WriteError,
};

use super::nodes::Nodes;
use super::{CLUSTER, check_all, engine, fill, holds, name, prepare, prepare_as, reencrypt, rotate_key};
use crate::rig::{Dice, Folder, ocid};

/// A number of an environment variable, for those who want more than fits an everyday run.
fn asked_for(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn sr_29_etcd_compares_lists_at_one_revision_and_leases_its_locks() {
    for count in [1, 3] {
        let Some(nodes) = Nodes::start(count) else { return };
        let folder = Folder::new();
        let etcd = Etcd::connect(&nodes.endpoints(), open(&folder.file(""))).unwrap();
        let cluster = ocid("ocid1.cluster.oc1.iad.c");
        let other = ocid("ocid1.cluster.oc1.iad.d");
        let at = |path| ValueKey { cluster: &cluster, path };
        let put = |path: &str, expected, bytes: &[u8]| {
            etcd.put(ValueKey { cluster: &cluster, path }, expected, bytes, &crate::store::entry("x"))
        };
        let first = put("/registry/secrets/a/1", Expected::Absent, b"one").unwrap();
        assert!(matches!(put("/registry/secrets/a/1", Expected::Absent, b"x"), Err(WriteError::Conflict)));
        let second = put("/registry/secrets/a/1", Expected::At(first), b"two").unwrap();
        assert!(matches!(put("/registry/secrets/a/1", Expected::At(first), b"x"), Err(WriteError::Conflict)));
        assert!(second > first);
        let stored = etcd.get(at("/registry/secrets/a/1")).unwrap().unwrap();
        assert_eq!((stored.bytes.as_slice(), stored.revision), (&b"two"[..], second));
        etcd.put(
            ValueKey { cluster: &other, path: "/registry/secrets/a/1" },
            Expected::Absent,
            b"d",
            &crate::store::entry("x"),
        )
        .unwrap();

        // More than one page.
        std::thread::scope(|scope| {
            for part in 0..8 {
                scope.spawn(move || {
                    for number in (part..520).step_by(8) {
                        put(&name(number).path(), Expected::Absent, b"v").unwrap();
                    }
                });
            }
        });
        let listing = etcd.list(&cluster, "/registry/secrets/default/").unwrap();
        assert_eq!(listing.values.len(), 520);
        assert!(listing.values.is_sorted_by(|(a, _), (b, _)| a < b));
        assert_eq!(listing.values[7].0, name(7).path());
        let since =
            etcd.written_since(&cluster, "/registry/secrets/", Revision(listing.revision.0 - 10)).unwrap();
        assert_eq!(since.len(), 10);

        let held = etcd.lock(&cluster, "first").unwrap();
        assert!(matches!(etcd.lock(&cluster, "second"), Err(LockError::Held(owner)) if owner == "first"));
        assert!(etcd.lock(&other, "second").is_ok());
        drop(held);
        assert!(etcd.lock(&cluster, "second").is_ok());

        etcd.keep_note(&cluster, "n", b"note").unwrap();
        assert_eq!(etcd.note(&cluster, "n").unwrap().as_deref(), Some(&b"note"[..]));
        let now = etcd.get(at("/registry/secrets/a/1")).unwrap().unwrap().revision;
        assert!(matches!(
            etcd.delete(at("/registry/secrets/a/1"), first, &crate::store::entry("x")),
            Err(WriteError::Conflict)
        ));
        etcd.delete(at("/registry/secrets/a/1"), now, &crate::store::entry("x")).unwrap();
        assert_eq!(etcd.clear(&cluster, &crate::store::entry("x")).unwrap(), 520);
        assert_eq!(etcd.list(&other, "/").unwrap().values.len(), 1);
        // Larger than etcd takes: said at once, and not as if nobody answered.
        let refused = put("/registry/secrets/a/2", Expected::Absent, &vec![0; 1_700_000]);
        assert!(matches!(refused, Err(WriteError::Store(StoreError::Refused(_)))), "{refused:?}");
        crate::store::check_that_longer_ocids_are_others(&etcd);
        assert_eq!(nodes.count(), count);
    }
}

/// SR-31: what cannot be stored is not stored elsewhere, and not in clear.
#[test]
fn sr_31_without_etcd_a_write_fails() {
    let Some(nodes) = Nodes::start(1) else { return };
    let folder = Folder::new();
    let store = open(&folder.file(""));
    let etcd = Etcd::connect(&nodes.endpoints(), store.clone()).unwrap();
    let etcd = Arc::new(etcd.with_patience(Duration::from_secs(2)));
    let engine = engine(store.clone(), Some(etcd));
    let cluster = prepare(&engine);
    fill(&engine, &cluster, 0..1);
    nodes.kill(0);
    let session = engine.cluster_session(&cluster.id).unwrap();
    let secrets = session.secrets(&cluster.id).unwrap();
    let failed = secrets.put(&name(1), b"canary", Write::Put).unwrap_err();
    assert_eq!(failed.code(), Code::BackendUnavailable);
    assert!(store.list(&cluster.id, "/").unwrap().values.is_empty(), "nothing in the embedded store");
    nodes.revive(0);
    assert_eq!(secrets.get(&name(0)).unwrap().unwrap().value.plaintext.as_bytes(), holds(0));
    assert!(secrets.get(&name(1)).unwrap().is_none());
}

/// Stops the process, for ever, at the n-th time a point is reached, and says so in a file.
struct Stop {
    point: Point,
    left: AtomicUsize,
    reached: PathBuf,
}

impl FailPoint for Stop {
    fn reach(&self, point: Point) {
        if point == self.point && self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            std::fs::write(&self.reached, b"reached").unwrap();
            loop {
                std::thread::sleep(Duration::from_secs(60));
            }
        }
    }
}

const CHILD: &str = "OCIPOL_ROTATION_CHILD";

/// The process that is killed: not a test of its own, and nothing at all unless a test starts it.
#[test]
fn child() {
    let Ok(order) = std::env::var(CHILD) else { return };
    let [folder, endpoints, point, times] = order.split('|').collect::<Vec<_>>().try_into().unwrap();
    let point: usize = point.parse().unwrap();
    let folder = Path::new(folder);
    let store = open(folder);
    let endpoints: Vec<String> = endpoints.split(',').map(str::to_owned).collect();
    let etcd = Arc::new(Etcd::connect(&endpoints, store.clone()).unwrap());
    let stop = Stop {
        point: Point::ALL[point],
        left: AtomicUsize::new(times.parse().unwrap()),
        reached: folder.join("reached"),
    };
    let engine = engine(store, Some(etcd)).with_failpoint(Arc::new(stop));
    let cluster = prepare(&engine);
    rotate_key(&engine);
    reencrypt(&engine, &cluster, 5, 1);
    std::fs::write(folder.join("ended"), b"ended").unwrap();
}

/// RR-2, SR-27: F1 to F9, killed with SIGKILL at a random one of the times each is reached; `OCIPOL_SEEDS` for more.
#[test]
fn rr_02_sr_27_a_process_killed_at_any_point_is_made_up_for_by_the_next() {
    let Some(nodes) = Nodes::start(3) else { return };
    let seeds = asked_for("OCIPOL_SEEDS", 1);
    let endpoints = nodes.endpoints();
    // Side by side, each with a store and a cluster of its own: most of the time a lease is running out.
    std::thread::scope(|scope| {
        for point in 0..Point::ALL.len() {
            let endpoints = &endpoints;
            scope.spawn(move || killed_at(point, seeds, endpoints));
        }
    });
    eprintln!("RR-2: {} processes killed at F1 to F9, each made up for by the next", 9 * seeds);
}

fn killed_at(point: usize, seeds: usize, endpoints: &[String]) {
    const SECRETS: usize = 23;
    let folder = Folder::new();
    let path = folder.file("");
    let id = format!("{CLUSTER}{point}");
    let opened = || {
        let store = open(&path);
        let etcd = Arc::new(Etcd::connect(endpoints, store.clone()).unwrap());
        (engine(store, Some(etcd.clone())), etcd)
    };
    {
        let (engine, _) = opened();
        let cluster = prepare_as(&engine, &id);
        fill(&engine, &cluster, 0..SECRETS);
    }
    let dice = Dice::new(7 + point as u64);
    for _ in 0..seeds {
        let most = match Point::ALL[point] {
            Point::ValueRead | Point::ValueSealed | Point::ValueWritten => SECRETS as u64,
            Point::PageDone => 4,
            Point::BeforeVersion
            | Point::VersionDurable
            | Point::VersionCurrent
            | Point::BeforeVerification
            | Point::Verified => 1,
        };
        let times = 1 + dice.below(most);
        let reached = path.join("reached");
        let _ = std::fs::remove_file(&reached);
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "rotation::killed::child", "--nocapture"])
            .env(CHILD, format!("{}|{}|{point}|{times}", path.display(), endpoints.join(",")))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        while !reached.exists() {
            assert!(begun.elapsed() < Duration::from_secs(120), "F{} is not reached", point + 1);
            assert!(child.try_wait().unwrap().is_none(), "F{}: it ended by itself", point + 1);
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();

        let (engine, etcd) = opened();
        let cluster = prepare_as(&engine, &id);
        // The lease of the killed process runs out by itself.
        let begun = Instant::now();
        while let Err(error) = etcd.lock(&cluster.id, "test") {
            assert!(begun.elapsed() < Duration::from_secs(60), "{error}");
            std::thread::sleep(Duration::from_millis(100));
        }
        let done = reencrypt(&engine, &cluster, 5, 2);
        assert_eq!(done.run.state, RunState::Complete, "F{}", point + 1);
        let current = engine.vaults().key(&cluster.key.id).unwrap().current_version;
        check_all(&engine, &cluster, SECRETS, &current);
        let before = census(&*etcd, &cluster);
        let again = reencrypt(&engine, &cluster, 5, 2);
        assert_eq!((again.rewritten, again.run.state), (0, RunState::Complete));
        assert_eq!(census(&*etcd, &cluster).digest(), before.digest(), "the second run writes nothing");
        let records = engine.audit().records().unwrap();
        ocipol::audit::verify(&records).expect("the chain of the audit log is whole");
    }
}

/// The acceptance of the whole: `OCIPOL_ROTATE=10000` for the full count.
#[test]
fn rr_05_nothing_is_lost_while_leaders_are_killed_and_others_write() {
    let secrets = asked_for("OCIPOL_ROTATE", 300);
    let Some(nodes) = Nodes::start(3) else { return };
    let folder = Folder::new();
    let store = open(&folder.file(""));
    let etcd = Arc::new(Etcd::connect(&nodes.endpoints(), store.clone()).unwrap());
    let engine = Arc::new(engine(store, Some(etcd.clone())));
    let cluster = prepare(&engine);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let (engine, cluster) = (&engine, &cluster);
        for part in 0..8 {
            scope.spawn(move || fill(engine, cluster, secrets * part / 8..secrets * (part + 1) / 8));
        }
    });
    let filled = begun.elapsed();
    let version = rotate_key(&engine);
    let (stop, kills) = (AtomicBool::new(false), AtomicUsize::new(0));
    let begun = Instant::now();
    let mut written: Vec<BTreeMap<usize, Option<Vec<u8>>>> = Vec::new();
    let (mut done, mut took) = (None, Duration::ZERO);
    std::thread::scope(|scope| {
        let (engine, cluster, nodes, stop, kills) = (&engine, &cluster, &nodes, &stop, &kills);
        scope.spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_secs(2));
                if let Some(leader) = nodes.leader() {
                    nodes.kill(leader);
                    kills.fetch_add(1, Ordering::Relaxed);
                    std::thread::sleep(Duration::from_millis(300));
                    nodes.revive(leader);
                }
            }
        });
        let writers: Vec<_> = (0..3)
            .map(|writer| scope.spawn(move || write_until(engine, cluster, writer, secrets, stop)))
            .collect();
        done = Some(reencrypt(engine, cluster, 500, 8));
        took = begun.elapsed();
        // A run that is over in less than that has met no dead leader.
        while kills.load(Ordering::Relaxed) < 2 {
            std::thread::sleep(Duration::from_millis(50));
        }
        stop.store(true, Ordering::Relaxed);
        written = writers.into_iter().map(|writer| writer.join().expect("a writer ends")).collect();
    });
    let done = done.unwrap();
    assert_eq!((done.run.state, &done.run.target), (RunState::Complete, &version));

    // Every write that returned is there, everything else is as it was, and nothing is under the old version.
    let session = engine.cluster_session(&cluster.id).unwrap();
    let of = session.secrets(&cluster.id).unwrap();
    let mut writes = 0;
    let last: BTreeMap<usize, Option<Vec<u8>>> = written.into_iter().flatten().collect();
    for number in 0..secrets {
        if !last.contains_key(&number) {
            assert_eq!(
                of.get(&name(number)).unwrap().expect("not lost").value.plaintext.as_bytes(),
                holds(number)
            );
        }
    }
    for (number, expected) in &last {
        let found = of.get(&name(*number)).unwrap();
        let found = found.as_ref().map(|found| found.value.plaintext.as_bytes());
        assert_eq!(found, expected.as_deref(), "{number}");
        writes += 1;
    }
    let again = reencrypt(&engine, &cluster, 500, 8);
    assert_eq!((again.run.state, again.rewritten), (RunState::Complete, 0), "a second run writes nothing");
    assert!(again.census.objects.iter().all(|object| object.version.as_deref() == Some(version.as_str())));
    assert_eq!(
        census(&*etcd, &cluster).digest(),
        again.census.digest(),
        "and its report is checked without a key"
    );
    eprintln!(
        "rotated {} of {secrets} secrets in {:.1} s ({} leaders killed, {writes} secrets of writers, filled in {:.1} s); second run {:.1} s, 0 writes",
        done.rewritten,
        took.as_secs_f64(),
        kills.load(Ordering::Relaxed),
        filled.as_secs_f64(),
        again.took.as_secs_f64(),
    );
}

/// Changes, creates and deletes secrets of its own until it is told to stop, and says what must be there then.
fn write_until(
    engine: &ocipol::engine::Engine,
    cluster: &ocipol::engine::Cluster,
    writer: usize,
    secrets: usize,
    stop: &AtomicBool,
) -> BTreeMap<usize, Option<Vec<u8>>> {
    let session = engine.cluster_session(&cluster.id).unwrap();
    let of = session.secrets(&cluster.id).unwrap();
    let dice = Dice::new(writer as u64 + 11);
    let mut last = BTreeMap::new();
    for turn in 0_usize.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        // Some of those that are there, and new ones; no two writers share one.
        let range = if turn.is_multiple_of(2) { 0..secrets / 10 } else { secrets..secrets + 60 };
        let spread = (range.end - range.start) as u64 / 3;
        let number = range.start + usize::try_from(dice.below(spread.max(1))).unwrap() * 3 + writer;
        let deletes = turn % 5 == 4;
        let value = format!("writer {writer} turn {turn}").into_bytes();
        // A write whose outcome nobody knows is repeated until it is known.
        loop {
            let outcome = if deletes {
                match of.get(&name(number)) {
                    Ok(None) => Ok(()),
                    Ok(Some(found)) => of.delete(&name(number), found.value.revision).map(drop),
                    Err(error) => Err(error),
                }
            } else {
                of.put(&name(number), &value, Write::Put).map(drop)
            };
            match outcome {
                Ok(()) => break,
                Err(failure) => {
                    let expected = [Code::WriteConflict, Code::BackendUnavailable];
                    assert!(expected.contains(&failure.code()), "{failure}: {}", failure.explain());
                    std::thread::sleep(Duration::from_millis(20));
                }
            }
        }
        last.insert(number, (!deletes).then_some(value));
        std::thread::sleep(Duration::from_millis(5));
    }
    last
}

/// A store whose folder outlives its process.
fn open(folder: &Path) -> Arc<Embedded> {
    Arc::new(Embedded::open(&folder.join("store")).unwrap())
}

fn census(values: &dyn ValueStore, cluster: &Cluster) -> Census {
    Census::of(&values.list(&cluster.id, "/registry/secrets/").unwrap())
}

/// The main job on a real etcd, from the command line.
#[cfg(feature = "cli")]
#[test]
fn a_scenario_runs_on_etcd() {
    let Some(nodes) = Nodes::start(1) else { return };
    let store = format!("etcd://{}", nodes.endpoints().join(","));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut output =
        ocipol::cli::Output { out: &mut out, err: &mut err, colour: false, notes_colour: false, width: 110 };
    let scenario = "fixtures/oke/cross-tenancy.scenario.yaml";
    let words = ["ocipol", "run", scenario, "--store", store.as_str()];
    let exit = ocipol::cli::run(words.map(Into::into), &mut output);
    assert_eq!(exit.code(), 0, "{}{}", String::from_utf8_lossy(&out), String::from_utf8_lossy(&err));
}
