//! SR-14: whatever the engine says while its trace is on, it says no plaintext and no key.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ocipol::engine::{Pace, Write};

use super::promises::Remembering;
use super::{World, aes, new_key, secret, user};
use crate::rig::Table;

const CANARY: &[u8] = b"canary-4f1d-in-the-coal-mine";

/// The ways in which bytes end up in a text.
fn spellings(bytes: &[u8]) -> Vec<String> {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let list = format!("{bytes:?}");
    vec![
        hex.to_uppercase(),
        hex,
        // Without its padding, and without the last digits, which depend on what follows.
        STANDARD.encode(bytes).trim_end_matches('=')[..bytes.len()].to_owned(),
        list.trim_matches(['[', ']']).to_owned(),
        String::from_utf8_lossy(bytes).into_owned(),
    ]
}

#[test]
fn sr_14_neither_plaintexts_nor_keys_are_in_anything_the_engine_says() {
    let rng = Arc::new(Remembering::default());
    let mut world = World::with(Table::open(), rng.clone());
    let said = Arc::new(Mutex::new(String::new()));
    let note = {
        let said = said.clone();
        move |text: String| said.lock().unwrap().push_str(&(text + "\n"))
    };
    let trace = note.clone();
    world.engine = world.engine.with_trace(Arc::new(move |cause| trace(format!("{cause:?}"))));
    let cluster = world.cluster("one");
    let session = world.engine.cluster_session(&cluster.id).unwrap();
    let secrets = session.secrets(&cluster.id).unwrap();
    let keeper = world.engine.session(user());
    note(format!("{session:?} {keeper:?} {cluster:?}"));
    let read = |name: &str| match secrets.get(&secret(name)) {
        Ok(found) => note(format!("{:?}", found.map(|found| (found.evidence, found.value.version)))),
        Err(failure) => {
            note(format!("{failure} {failure:?} {} {:?}", failure.explain(), failure.code().row()))
        }
    };
    for name in ["a", "b"] {
        note(format!("{:?}", secrets.put(&secret(name), CANARY, Write::Put).unwrap()));
        read(name);
    }
    note(format!("{:?}", secrets.put(&secret("a"), CANARY, Write::Create).unwrap_err()));
    // Refused at every step: frame, blob, context, unwrapping, tag.
    let good = world.stored(&cluster, "a").unwrap().bytes;
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        world.plant(&cluster, "a", &bytes);
        read("a");
    }
    world.plant(&cluster, "a", &good);
    world.plant(&cluster, "moved", &good);
    read("moved");
    let key = &world.key.id;
    let blob = keeper.encrypt(key, None, CANARY, &[("a", "b")]).unwrap();
    note(format!("{:?} {:?}", blob.evidence, keeper.decrypt(key, None, &blob.value, &[]).err()));
    note(format!("{:?}", keeper.rotate_key(key, None).unwrap()));
    let done = session.reencrypt(&cluster.id, Pace { page: 2, workers: 2, ..Pace::default() }, &|progress| {
        note(format!("{progress:?}"));
    });
    note(format!("{done:?}"));
    note(format!("{:?}", keeper.create_key(new_key("second", aes())).unwrap()));
    note(format!("{:?}", keeper.schedule_key_deletion(key, None).unwrap()));
    read("a");
    world.table.remove("everything");
    read("a");
    note(format!("{:?}", world.engine.census(&cluster.id).unwrap()));
    note(format!("{:?}", world.engine.audit().records().unwrap()));
    note(format!("{:?} {:?}", world.engine.vaults().vaults(), world.engine.vaults().versions(key)));

    let said = said.lock().unwrap();
    assert!(said.lines().count() > good.len(), "it was on");
    assert!(said.contains("CIPHERTEXT_REJECTED") && said.contains("Tag"), "refusals are told, and traced");
    for hidden in spellings(CANARY) {
        assert!(!said.contains(&hidden), "{hidden}");
    }
    // Content keys of 64 bytes before an IV and master keys of 32; IVs are public, and are found nowhere either:
    // nothing prints a stored value.
    let keys: Vec<Vec<u8>> = rng.take().into_iter().filter(|draw| [32, 80].contains(&draw.len())).collect();
    assert!(keys.len() > 8);
    for hidden in keys.iter().flat_map(|key| key.chunks(16)).flat_map(spellings) {
        assert!(!said.contains(&hidden), "{hidden}");
    }
}
