//! SR-25: no nonce twice, whatever happens to the process that counts the wraps.

use std::collections::HashSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use ocipol::clock::ManualClock;
use ocipol::envelope::{AesLength, Cek, ContextDigest, Flags, Header, MasterKey, Suite};
use ocipol::random::SystemRng;
use ocipol::store::{Embedded, Memory};
use ocipol::vault::{BLOCK, Key, KeyRegistry, NewKey, Protection, Purpose, Shape, Timing, Vaults};

use super::{new_key, new_vault, operator};
use crate::rig::Folder;

const CHILD: &str = "OCIPOL_WRAPPING_CHILD";
const NONCE: usize = 12;

fn over(registry: Arc<dyn KeyRegistry>) -> Vaults {
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    Vaults::new(registry, clock, Arc::new(SystemRng), Timing::default())
}

/// A key that wraps as a token does, counted.
fn counted(vaults: &Vaults) -> Key {
    let vault = vaults.create_vault(new_vault(), &operator()).unwrap().id;
    let new = NewKey { protection: Protection::Hsm, ..new_key(&vault, Shape::Aes(AesLength::Aes256)) };
    vaults.create_key(new, &operator()).unwrap()
}

/// Wraps once and says under which nonce.
fn nonce(vaults: &Vaults, key: &Key) -> [u8; NONCE] {
    let digest = ContextDigest::of_associated(&[]).unwrap();
    let master = vaults.usable(&key.id, Purpose::Seal).unwrap();
    let header = Header::new(Suite::Gcm, Flags::Plain, &key.id, &key.current_version, &digest).unwrap();
    let wrapped = master.wrap(&header, &Cek::from_bytes(&[7; 32]).unwrap(), &SystemRng).unwrap();
    *wrapped.first_chunk().unwrap()
}

/// The process that is killed: not a test of its own, and nothing at all unless a test starts it.
#[test]
fn child() {
    let Ok(folder) = std::env::var(CHILD) else { return };
    let folder = Path::new(&folder);
    let vaults = over(Arc::new(Embedded::open(&folder.join("store")).unwrap()));
    let vault = vaults.vaults().unwrap().remove(0);
    let key = vaults.keys(&vault.id).unwrap().remove(0);
    let mut file = std::fs::OpenOptions::new().append(true).create(true).open(folder.join("nonces")).unwrap();
    loop {
        file.write_all(&nonce(&vaults, &key)).unwrap();
    }
}

/// A crash loses the rest of a block and never uses one twice: each process that was killed cost one block, whatever it
/// had used of it, and reserved before it wrapped.
#[test]
fn sr_25_a_process_killed_in_the_middle_of_a_block_costs_the_block_and_no_nonce() {
    const KILLED: u64 = 3;
    let folder = Folder::new();
    let store = folder.file("store");
    let key = counted(&over(Arc::new(Embedded::open(&store).unwrap())));
    let file = folder.file("nonces");
    for round in 1..=KILLED {
        let before = std::fs::metadata(&file).map_or(0, |file| file.len());
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "vault::wear::child", "--nocapture"])
            .env(CHILD, folder.file(""))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        while std::fs::metadata(&file).map_or(0, |file| file.len()) < before + 100 * NONCE as u64 {
            assert!(begun.elapsed() < Duration::from_secs(60), "it wraps nothing");
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let vaults = over(Arc::new(Embedded::open(&store).unwrap()));
        assert_eq!(vaults.wraps(&key.id, &key.current_version).unwrap(), round * BLOCK);
    }
    let bytes = std::fs::read(&file).unwrap();
    let nonces: HashSet<&[u8]> = bytes.chunks_exact(NONCE).collect();
    assert_eq!(nonces.len(), bytes.len() / NONCE);
    assert!(nonces.len() as u64 >= 100 * KILLED && (nonces.len() as u64) < KILLED * BLOCK);
}

/// `OCIPOL_WRAPS=1000000` for the full count.
#[test]
fn sr_25_no_nonce_comes_twice() {
    let wraps = std::env::var("OCIPOL_WRAPS").ok().and_then(|text| text.parse().ok()).unwrap_or(4_000);
    let vaults = over(Arc::new(Memory::new()));
    let key = counted(&vaults);
    let nonces: HashSet<[u8; NONCE]> = (0..wraps).map(|_| nonce(&vaults, &key)).collect();
    assert_eq!(nonces.len(), wraps);
    eprintln!("SR-25: {wraps} wraps, no nonce twice");
}
