//! An independent reader and writer, in another language on another library: each opens what the other sealed.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use ocipol::decider::Operation;
use ocipol::envelope::{Context, Profile, ProviderName, Reading, recognise, seal};
use ocipol::random::SystemRng;
use serde_json::{Value, json};

use crate::rig::{Dice, Loose, field, ocid, permit_for};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The script's answers; `None`, and a word about it, where Python or its package is missing.
fn ask(tasks: &[Value]) -> Option<Vec<Value>> {
    let has = Command::new("python3").args(["-c", "import cryptography"]).stderr(Stdio::null()).status();
    if !has.is_ok_and(|status| status.success()) {
        eprintln!("skipped: python3 with the package `cryptography` is not installed");
        return None;
    }
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/interop/oenv.py");
    let mut child = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 starts");
    let lines: String = tasks.iter().map(|task| format!("{task}\n")).collect();
    let mut input = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("it was written").expect("it was read");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("JSON is text");
    Some(text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect())
}

#[test]
fn sr_01_a_sealed_value_is_opened_by_an_independent_reader_and_the_other_way_round() {
    let (cluster, tenancy) = (ocid("ocid1.cluster.oc1.iad.c"), ocid("ocid1.tenancy.oc1..t"));
    let keys = ocid("ocid1.tenancy.oc1..keys");
    let (key, version) = (ocid("ocid1.key.oc1.iad.v.k"), ocid("ocid1.keyversion.oc1.iad.v.1"));
    let provider = ProviderName::new("a:name with a colon").unwrap();
    let dice = Dice::new(3);
    let context = |path| Context {
        cluster: &cluster,
        cluster_tenancy: &tenancy,
        key_tenancy: &keys,
        provider: &provider,
        resource: "secrets",
        path,
    };
    let told = |path: &str| {
        json!({
            "cluster": cluster.as_str(), "cluster_tenancy": tenancy.as_str(), "key_tenancy": keys.as_str(),
            "provider": provider.as_str(), "resource": "secrets", "path": path,
        })
    };
    let path = "/registry/secrets/default/größe";
    let (mut tasks, mut plaintexts, mut masters) = (Vec::new(), Vec::new(), Vec::new());
    for length in [0, 1, 15, 16, 17, 126, 4096] {
        for bytes in [16, 24, 32] {
            let (mek, plaintext) = (dice.bytes(bytes), dice.bytes(length));
            let master = Loose::new(&key, &version, &mek);
            let permit = permit_for(Operation::GenerateDataEncryptionKey, &key);
            let stored =
                seal(permit, &master, &context(path), Profile::Sealed, &plaintext, &SystemRng).unwrap();
            let mut flipped = stored.clone();
            let at = usize::try_from(dice.below(stored.len() as u64)).unwrap();
            flipped[at] ^= 1;
            let open = |stored: &[u8], path| json!({"do": "open", "context": told(path), "mek": hex(&mek), "stored": hex(stored)});
            tasks.push(open(&stored, path));
            tasks.push(open(&flipped, path));
            tasks.push(open(&stored, "/registry/secrets/default/other"));
            tasks.push(json!({
                "do": "seal", "context": told(path), "mek": hex(&mek), "key": key.as_str(),
                "version": version.as_str(), "plaintext": hex(&plaintext),
            }));
            plaintexts.push(plaintext);
            masters.push(master);
        }
    }
    let Some(answers) = ask(&tasks) else { return };
    assert_eq!(answers.len(), 4 * 21);
    for ((answers, plaintext), master) in answers.chunks(4).zip(&plaintexts).zip(&masters) {
        let [opened, flipped, moved, sealed] = answers else { panic!("four answers each") };
        assert_eq!(field(opened, "plaintext"), *plaintext);
        assert_eq!((flipped["refused"].as_bool(), moved["refused"].as_bool()), (Some(true), Some(true)));
        let stored = field(sealed, "stored");
        let recognised = recognise(&stored, &context(path), Reading::Strict).unwrap();
        let permit = permit_for(Operation::Decrypt, &key);
        let ours = recognised.authorise(permit).unwrap().unwrap(master).unwrap().open().unwrap();
        assert!(ours.authenticated);
        assert_eq!(ours.plaintext.as_bytes(), *plaintext);
    }
}
