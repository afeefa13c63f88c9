//! The list of security and rotation requirements with their tests. `cargo test --test it security -- --nocapture`
//! prints it; a row without a test, or with one that is not there, fails.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ocipol::engine::{Code, Write};
use ocipol::random::SystemRng;
use ocipol::store::{Memory, Revision};
use ocipol::vault::{Limits, State};

use crate::rotation::{admin, engine, holds, name, prepare};

/// Number, what the tests do, and how their names begin.
const ROWS: &[(&str, &str, &[&str])] = &[
    (
        "SR-01",
        "flips all 3,768 bits of c5 and a bit in every byte of 50 random values, also of stored ones; a second implementation agrees",
        &["sr_01_"],
    ),
    ("SR-02", "cuts every vector at every length and adds 1, 16 and 65,536 bytes", &["sr_02_"]),
    (
        "SR-03",
        "breaks each rule of the blob's grammar, feeds random bytes to every reader; fuzz targets in `fuzz/`",
        &["sr_03_"],
    ),
    ("SR-04", "every wrap by every other key and suite; every value by other keys and versions", &["sr_04_"]),
    ("SR-05", "negatives of oenv_v1 and random pairs of contexts", &["sr_05_"]),
    ("SR-06", "two clusters in one store, with and without policy", &["sr_06_"]),
    ("SR-07", "weaker values planted in a sealing cluster", &["sr_07_", "sr_05_07_08_09_"]),
    ("SR-08", "blob of one value before the body of another", &["sr_08_", "sr_05_07_08_09_"]),
    ("SR-09", "all refusals compared byte by byte; only the trace knows why", &["sr_09_", "sr_05_07_08_09_"]),
    ("SR-10", "a valid tag over bad padding; causes by step; timing in the bench `envelope`", &["sr_10_"]),
    ("SR-11", "144 bad paddings of Wycheproof, one answer; timing in the bench `envelope`", &["sr_11_"]),
    (
        "SR-12",
        "a generator that fails; 10,000 encryptions without a repeated key or IV",
        &["sr_12_", "sc_02_"],
    ),
    (
        "SR-13",
        "scans the process's memory for DEK and MAC key; compile-fail tests of secret types",
        &["sr_13_"],
    ),
    (
        "SR-14",
        "canary plaintexts and every drawn key, in five spellings, against all that commands, reports, refusals, the \
         trace and the audit log say; no core file of a process with keys",
        &["sr_14_"],
    ),
    ("SR-15", "readers and writers at work while a deletion is scheduled", &["sc_08_"]),
    ("SR-16", "cancelling restores the same bytes", &["sc_09_"]),
    ("SR-17", "a deleted key stays deleted when old files and records come back", &["sr_17_", "sc_10_"]),
    ("SR-18", "130 cells of the state table against a copy made by hand, and by operations", &["sr_18_"]),
    ("SR-19", "a statement removed under load", &["sr_19_"]),
    ("SR-20", "a policy that does not compile", &["sr_20_"]),
    (
        "SR-21",
        "byte-equal answers for unknown and forbidden keys, the policy asked for both; timing in the bench `envelope`",
        &["sr_21_"],
    ),
    ("SR-22", "every letter of Endorse, Admit and Define taken away", &["sc_15_"]),
    ("SR-23", "nine shapes as master keys; RSA without a version", &["sc_18_sr_23_", "sr_23_"]),
    ("SR-24", "147 cases of Wycheproof RSA-OAEP, one answer", &["sr_24_"]),
    (
        "SR-25",
        "the end of the count; three processes killed in a block; no nonce twice in 4,000 wraps (`OCIPOL_WRAPS`)",
        &["sr_25_"],
    ),
    (
        "SR-26",
        "32 threads seal, open, rotate, disable, schedule and cancel; each use fits one history of the key",
        &["sr_26_"],
    ),
    ("SR-27", "SIGKILL at F1 to F9 against three etcd nodes", &["rr_02_sr_27_"]),
    ("SR-28", "every torn and damaged store opens to a commit or not at all", &["sr_28_"]),
    ("SR-29", "two writers of one object, over every store", &["sr_29_"]),
    ("SR-30", "an older value put back is shown by comparing with a report", &["sr_30_"]),
    ("SR-31", "no write without a backend, no list that writes plaintexts", &["sr_31_"]),
    ("SR-32", "1 MiB, 1023, 158, 32 KiB and 1024: one at the limit and one above", &["sr_32_"]),
    (
        "SR-37",
        "one record with its decision for each seal, open, denial, management and direct use; no plaintext or path in \
         any; the chain is whole after every kill",
        &["sr_37_", "sr_23_", "rr_02_sr_27_"],
    ),
    ("SR-38", "the lock file has no `rsa`, no advisory is excused", &["sr_38_"]),
    ("SR-39", "no unsafe in any source file", &["sr_39_"]),
    ("SR-40", "no operator compares a tag, digest or token", &["sr_40_"]),
    (
        "RR-1",
        "each value is the old or the new one; what does not open stops nothing",
        &["rr_01_", "rr_02_sr_27_"],
    ),
    ("RR-2", "killed anywhere, the next run completes; a second run writes nothing", &["rr_02_"]),
    ("RR-3", "a lost record of progress costs time only", &["rr_03_"]),
    (
        "RR-4",
        "a second run is refused while the first has the lock; leases run out",
        &["rr_04_", "sr_29_etcd_"],
    ),
    ("RR-5", "writers change, create and delete during a run, leaders are killed", &["rr_05_"]),
    ("RR-6", "a rotation in the middle redirects the run", &["rr_06_"]),
    ("RR-7", "a stale value written after the verifying list is found", &["rr_07_"]),
    ("RR-8", "the report is checked again without any key", &["rr_08_"]),
    (
        "RR-9",
        "a version is retired only when no value, backup or unfinished run names it, or by force on record",
        &["rr_09_"],
    ),
];

fn sources(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_requirement_has_a_test_that_bears_its_number() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    sources(&root.join("tests"), &mut text);
    sources(&root.join("src"), &mut text);
    let tests: Vec<&str> = text
        .match_indices("#[test]\n")
        .filter_map(|(at, _)| text[at..].split_once("fn ")?.1.split(['(', '<']).next())
        .collect();
    for (number, does, names) in ROWS {
        let found: Vec<&&str> =
            tests.iter().filter(|test| names.iter().any(|name| test.starts_with(name))).collect();
        assert!(!found.is_empty(), "{number} has no test");
        for name in *names {
            assert!(found.iter().any(|test| test.starts_with(name)), "{number}: no test begins with {name}");
        }
        eprintln!("{number:<6} {does}");
        for test in found {
            eprintln!("       {test}");
        }
    }
    let numbers: Vec<String> = (1..=32).chain(37..=40).map(|number| format!("SR-{number:02}")).collect();
    let listed: Vec<String> =
        ROWS.iter().filter(|row| row.0.starts_with("SR")).map(|row| row.0.to_owned()).collect();
    assert_eq!(listed, numbers);
}

#[test]
fn sr_38_no_private_key_operation_uses_the_crate_rsa_and_no_advisory_is_excused() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).unwrap();
    assert!(lock.contains("name = \"aws-lc-rs\""));
    assert!(!lock.contains("name = \"rsa\""));
    let deny = std::fs::read_to_string(root.join("deny.toml")).unwrap();
    assert!(deny.contains("ignore = []"));
}

/// Each state the key was in, and the number of the change that brought it.
type History = Mutex<Vec<(Revision, State)>>;

/// Whatever the others do, each use of the key ends as it would have at some instant between its beginning and its end:
/// the states the key was in are one history, and an operation that succeeds saw ENABLED in it, one that is refused saw
/// something else. `OCIPOL_TURNS` for longer runs.
#[test]
fn sr_26_many_threads_at_once_see_one_history_of_the_key() {
    const THREADS: usize = 32;
    let turns = std::env::var("OCIPOL_TURNS").ok().and_then(|text| text.parse().ok()).unwrap_or(40);
    let limits = Limits { management_calls_a_second: None, ..Limits::default() };
    let engine = engine(Arc::new(Memory::new()), None).with_limits(limits);
    let cluster = prepare(&engine);
    let key = cluster.key.id.clone();
    let history: History = Mutex::new(vec![(engine.vaults().revision().unwrap(), State::Enabled)]);
    let (used, refused, conflicts) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (engine, cluster, key, history) = (&engine, &cluster, &key, &history);
            let (used, refused, conflicts) = (&used, &refused, &conflicts);
            scope.spawn(move || {
                let session = engine.cluster_session(&cluster.id).unwrap();
                let secrets = session.secrets(&cluster.id).unwrap();
                let keeper = engine.session(admin());
                for turn in 0..turns {
                    if thread < 3 {
                        // One change at a time, so that its number and the state it brought are one entry.
                        let mut history = history.lock().unwrap();
                        let _ = match (thread, turn % 4) {
                            (0, 0) => keeper.schedule_key_deletion(key, None).map(drop),
                            (0, _) => keeper.cancel_key_deletion(key).map(drop),
                            (1, 0) => keeper.disable_key(key).map(drop),
                            (1, _) => keeper.enable_key(key).map(drop),
                            _ => keeper.rotate_key(key, None).map(drop),
                        };
                        let state = engine.vaults().key(key).unwrap().lifecycle.state;
                        history.push((engine.vaults().revision().unwrap(), state));
                        drop(history);
                        std::thread::sleep(Duration::from_micros(200));
                        continue;
                    }
                    let begun = engine.vaults().revision().unwrap();
                    let outcome = match thread {
                        3..12 => secrets.put(&name(thread), &holds(turn), Write::Put).map(|_| true),
                        _ => secrets.get(&name(3 + turn % 9)).map(|found| {
                            let Some(found) = found else { return false };
                            let bytes = found.value.plaintext.as_bytes();
                            assert!((0..turns).any(|turn| holds(turn) == bytes), "whole, or not at all");
                            true
                        }),
                    };
                    let ended = engine.vaults().revision().unwrap();
                    // The change that is under way while this ends is entered a moment later.
                    let seen = states(history, begun, ended);
                    match outcome.map_err(|failure| failure.code()) {
                        Ok(true) => {
                            assert!(seen.contains(&State::Enabled), "used while it was {seen:?}");
                            used.fetch_add(1, Ordering::Relaxed);
                        }
                        Err(Code::KeyState) => {
                            assert!(seen.iter().any(|state| *state != State::Enabled), "refused in {seen:?}");
                            refused.fetch_add(1, Ordering::Relaxed);
                        }
                        Ok(false) => {}
                        Err(Code::WriteConflict) => drop(conflicts.fetch_add(1, Ordering::Relaxed)),
                        Err(code) => panic!("{code}"),
                    }
                }
            });
        }
    });
    let _ = engine.session(admin()).cancel_key_deletion(&key);
    let _ = engine.session(admin()).enable_key(&key);
    let session = engine.cluster_session(&cluster.id).unwrap();
    let secrets = session.secrets(&cluster.id).unwrap();
    for (name, _) in secrets.list(None).unwrap() {
        assert!(secrets.get(&name).unwrap().is_some());
    }
    ocipol::audit::verify(&engine.audit().records().unwrap()).expect("the chain is whole");
    let count = |of: &AtomicUsize| of.load(Ordering::Relaxed);
    assert!(count(&used) > 0);
    eprintln!(
        "SR-26: {} uses, {} refusals, {} conflicts, {} changes of the key",
        count(&used),
        count(&refused),
        count(&conflicts),
        history.lock().unwrap().len()
    );
}

/// The states a key was in between two changes: that of the first, and each one since.
fn states(history: &History, begun: Revision, ended: Revision) -> BTreeSet<State> {
    let history = history.lock().unwrap();
    let first = history.partition_point(|(revision, _)| *revision <= begun).saturating_sub(1);
    // Changes that were refused have the number of the one before, hence the state of it too.
    history[first..].iter().take_while(|(revision, _)| *revision <= ended).map(|(_, state)| *state).collect()
}

/// SR-23 by the service's own operations: a version must be named for RSA, and no algorithm encrypts by ECDSA.
#[test]
fn sr_23_rsa_wants_a_version_on_both_ways_and_ecdsa_has_neither() {
    use ocipol::envelope::AesLength;
    use ocipol::envelope::asymmetric;
    use ocipol::random::Rng;
    use ocipol::vault::{Curve, NewKey, Protection, RsaLength, Shape};
    let engine = engine(Arc::new(Memory::new()), None);
    prepare(&engine);
    let session = engine.session(admin());
    let mut random = [0; 4];
    SystemRng.fill(&mut random).unwrap();
    let made = |shape| {
        let vault = engine.vaults().vaults().unwrap()[0].clone();
        let new = NewKey {
            id: None,
            version: None,
            vault: vault.id,
            compartment: vault.compartment,
            name: "k".into(),
            shape,
            protection: Protection::Software,
        };
        session.create_key(new).unwrap().value
    };
    let aes = made(Shape::Aes(AesLength::Aes256));
    let blob = session.encrypt(&aes.id, None, &random, &[("a", "b")]).unwrap().value;
    assert_eq!(session.decrypt(&aes.id, None, &blob, &[("a", "b")]).unwrap().value.as_bytes(), random);
    let code = |outcome: Result<_, ocipol::engine::Failure>| outcome.err().map(|failure| failure.code());
    let reads =
        |data: &[(&str, &str)], blob: &[u8]| code(session.decrypt(&aes.id, None, blob, data).map(drop));
    assert_eq!(reads(&[("a", "c")], &blob), Some(Code::CiphertextRejected));
    assert_eq!(reads(&[("a", "b")], &blob[1..]), Some(Code::CiphertextRejected));
    assert_eq!(code(session.encrypt(&aes.id, None, &[0; 159], &[]).map(drop)), Some(Code::TooLarge));
    let long = "x".repeat(4_096);
    assert_eq!(
        code(session.encrypt(&aes.id, None, &random, &[("a", &long)]).map(drop)),
        Some(Code::TooLarge)
    );

    let ecdsa = made(Shape::Ecdsa(Curve::P256));
    assert_eq!(
        code(session.encrypt(&ecdsa.id, None, &random, &[]).map(drop)),
        Some(Code::KeyShapeCannotEncrypt)
    );
    assert_eq!(
        code(session.decrypt(&ecdsa.id, None, &blob, &[]).map(drop)),
        Some(Code::KeyShapeCannotEncrypt)
    );

    let rsa = made(Shape::Rsa(RsaLength::Rsa2048));
    let first = rsa.current_version.clone();
    assert_eq!(code(session.encrypt(&rsa.id, None, &random, &[]).map(drop)), Some(Code::KeyVersionRequired));
    assert_eq!(code(session.decrypt(&rsa.id, None, &blob, &[]).map(drop)), Some(Code::KeyVersionRequired));
    if !asymmetric::AVAILABLE {
        eprintln!("skipped in part: the feature `asymmetric` is off");
        return;
    }
    let blob = session.encrypt(&rsa.id, Some(&first), &random, &[]).unwrap().value;
    let second = session.rotate_key(&rsa.id, None).unwrap().value.id;
    assert_eq!(session.decrypt(&rsa.id, Some(&first), &blob, &[]).unwrap().value.as_bytes(), random);
    assert_eq!(
        code(session.decrypt(&rsa.id, Some(&second), &blob, &[]).map(drop)),
        Some(Code::CiphertextRejected)
    );
    let old = code(session.encrypt(&rsa.id, Some(&first), &random, &[]).map(drop));
    assert_eq!(old, Some(Code::InvalidParameter), "nothing new under an old version");
    let used = engine.audit().records().unwrap();
    let used = used.iter().filter(|record| {
        (record.entry.action, record.entry.outcome.as_str()) == (ocipol::audit::Action::Use, "ok")
    });
    assert_eq!(used.count(), 4, "each use has its record");
}
