//! The list of security and rotation requirements with their tests. `cargo test --test it security -- --nocapture`
//! prints it; a row without a test, or with one that is not there, fails.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ocipol::engine::{Code, Write};
use ocipol::random::SystemRng;
use ocipol::store::Memory;

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
    ("SR-14", "a canary through every command, report and finding", &["sr_14_"]),
    ("SR-15", "readers and writers at work while a deletion is scheduled", &["sc_08_"]),
    ("SR-16", "cancelling restores the same bytes", &["sc_09_"]),
    ("SR-17", "a deleted key stays deleted when old files and records come back", &["sr_17_", "sc_10_"]),
    ("SR-18", "130 cells of the state table against a copy made by hand, and by operations", &["sr_18_"]),
    ("SR-19", "a statement removed under load", &["sr_19_"]),
    ("SR-20", "a policy that does not compile", &["sr_20_"]),
    ("SR-21", "byte-equal answers for unknown and forbidden keys", &["sr_21_"]),
    ("SR-22", "every letter of Endorse, Admit and Define taken away", &["sc_15_"]),
    ("SR-23", "nine shapes as master keys; RSA without a version", &["sc_18_sr_23_", "sr_23_"]),
    ("SR-24", "147 cases of Wycheproof RSA-OAEP, one answer", &["sr_24_"]),
    ("SR-25", "65,536 wraps to the end of the count, two processes, a crash in between", &["sr_25_"]),
    ("SR-26", "16 threads seal, open, rotate, schedule and cancel", &["sr_26_"]),
    ("SR-27", "SIGKILL at F1 to F9 against three etcd nodes", &["rr_02_sr_27_"]),
    ("SR-28", "every torn and damaged store opens to a commit or not at all", &["sr_28_"]),
    ("SR-29", "two writers of one object, over every store", &["sr_29_"]),
    ("SR-30", "an older value put back is shown by comparing with a report", &["sr_30_"]),
    ("SR-31", "no write without a backend, no list that writes plaintexts", &["sr_31_"]),
    ("SR-32", "1 MiB, 1023, 158, 32 KiB and 1024: one at the limit and one above", &["sr_32_"]),
    ("SR-37", "one record each, by decision; the chain is whole after every kill", &["sr_37_"]),
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
    ("RR-9", "a version is retired only when nothing names it", &["rr_09_"]),
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

/// Whatever the others do, an operation ends in one of the ways its key's state allows, and what was written opens.
#[test]
fn sr_26_many_threads_at_once_come_to_states_that_one_could_have_come_to() {
    const THREADS: usize = 16;
    let engine = engine(Arc::new(Memory::new()), None);
    let cluster = prepare(&engine);
    let key = cluster.key.id.clone();
    let done: [AtomicUsize; 3] = Default::default();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (engine, cluster, key, done) = (&engine, &cluster, &key, &done);
            scope.spawn(move || {
                let session = engine.cluster_session(&cluster.id).unwrap();
                let secrets = session.secrets(&cluster.id).unwrap();
                let keeper = engine.session(admin());
                for turn in 0..60 {
                    let outcome = match (thread, turn % 20) {
                        (0, 5) => keeper.schedule_key_deletion(key, None).map(drop),
                        (0, 7) => keeper.cancel_key_deletion(key).map(drop),
                        (1, 11) => keeper.disable_key(key).map(drop),
                        (1, 13) => keeper.enable_key(key).map(drop),
                        (2, 3) => keeper.rotate_key(key, None).map(drop),
                        (3..9, _) => secrets.put(&name(thread), &holds(turn), Write::Put).map(drop),
                        _ => secrets.get(&name(3 + turn % 6)).map(|found| {
                            let Some(found) = found else { return };
                            let bytes = found.value.plaintext.as_bytes();
                            assert!((0..60).any(|turn| holds(turn) == bytes), "whole, or not at all");
                        }),
                    };
                    let way = match outcome.map_err(|failure| failure.code()) {
                        Ok(()) => 0,
                        Err(Code::KeyState) => 1,
                        Err(Code::WriteConflict) => 2,
                        Err(code) => panic!("{code}"),
                    };
                    done[way].fetch_add(1, Ordering::Relaxed);
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
    let total: usize = done.iter().map(|way| way.load(Ordering::Relaxed)).sum();
    assert_eq!(total, THREADS * 60);
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
