//! What only a store in files can get wrong: crashes, damage, other formats, bytes left behind.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use ocipol::audit::{Action, By, Entry, verify};
use ocipol::clock::ManualClock;
use ocipol::envelope::AesLength;
use ocipol::ocid::Ocid;
use ocipol::random::{NoRandomness, Rng};
use ocipol::store::{AuditLog, Embedded, Expected, StoreError, ValueKey, ValueStore};
use ocipol::vault::{KeyRegistry, Purpose, Record, Shape, State, Timing, VaultError, Vaults};

use super::{entry, vault, version};
use crate::rig::{Dice, Folder, ocid};
use crate::vault::{new_key, new_vault};

fn at<'a>(cluster: &'a Ocid, path: &'a str) -> ValueKey<'a> {
    ValueKey { cluster, path }
}

fn cluster() -> Ocid {
    ocid("ocid1.cluster.oc1.iad.one")
}

#[test]
fn everything_is_there_when_a_store_is_opened_again() {
    let folder = Folder::new();
    let path = folder.file("store");
    let cluster = cluster();
    let revision = {
        let store = Embedded::open(&path).unwrap();
        let opening = Entry { action: Action::Open, ..entry("opened") };
        let revision = store.put(at(&cluster, "/a"), Expected::Absent, b"1", &entry("put")).unwrap();
        store.commit(KeyRegistry::revision(&store).unwrap(), &[Record::Vault(vault())], &[]).unwrap();
        store.append(std::slice::from_ref(&opening)).unwrap();
        revision
    };
    let store = Embedded::open(&path).unwrap();
    let found = store.get(at(&cluster, "/a")).unwrap().unwrap();
    assert_eq!((found.bytes.as_slice(), found.revision), (&b"1"[..], revision));
    assert_eq!(store.vaults().unwrap(), [vault()]);
    let log = store.records().unwrap();
    assert_eq!(log.len(), 2, "an opening is on disk when the store was closed");
    verify(&log).unwrap();
    assert!(matches!(Embedded::open(&path), Err(StoreError::InUse)));
}

#[test]
fn a_store_of_another_format_or_none_at_all_is_refused() {
    let folder = Folder::new();
    let text = folder.file("text");
    std::fs::write(&text, "this is no store, but a text that is long enough to look like something").unwrap();
    assert!(Embedded::open(&text).is_err());

    let other = folder.file("other");
    drop(Embedded::open(&other).unwrap());
    {
        let meta = redb::TableDefinition::<&str, u64>::new("meta");
        let database = redb::Database::open(&other).unwrap();
        let write = database.begin_write().unwrap();
        write.open_table(meta).unwrap().insert("format", 2).unwrap();
        write.commit().unwrap();
    }
    assert!(matches!(Embedded::open(&other), Err(StoreError::Format(2))));

    let foreign = folder.file("foreign");
    {
        let table = redb::TableDefinition::<&str, u64>::new("something");
        let database = redb::Database::create(&foreign).unwrap();
        let write = database.begin_write().unwrap();
        write.open_table(table).unwrap().insert("else", 1).unwrap();
        write.commit().unwrap();
    }
    std::fs::copy(folder.file("other.keys"), folder.file("foreign.keys")).unwrap();
    assert!(matches!(Embedded::open(&foreign), Err(StoreError::Format(0))));
}

#[test]
fn a_store_without_its_store_keys_is_refused() {
    let folder = Folder::new();
    let path = folder.file("store");
    made(&path, &Dice::new(1));
    let keys = folder.file("store.keys");
    let bytes = std::fs::read(&keys).unwrap();
    std::fs::remove_file(&keys).unwrap();
    assert!(matches!(Embedded::open(&path), Err(StoreError::NoKeys(_))));
    for spoilt in [&bytes[..bytes.len() - 1], &bytes[..128], b"short"] {
        std::fs::write(&keys, spoilt).unwrap();
        assert!(matches!(Embedded::open(&path), Err(StoreError::Damaged(_))), "{} bytes", spoilt.len());
    }
    // Each byte of header and slots counts.
    for place in (0..18).chain(120..128).chain(128..128 + 96) {
        let mut spoilt = bytes.clone();
        spoilt[place] ^= 1;
        std::fs::write(&keys, &spoilt).unwrap();
        assert!(Embedded::open(&path).is_err(), "byte {place}");
        assert_eq!(std::fs::read(&keys).unwrap(), spoilt, "byte {place}: what is damaged is not destroyed");
    }
    std::fs::write(&keys, bytes).unwrap();
    assert!(Embedded::open(&path).is_ok());
}

/// What a crash leaves of a slot that was being added is cut off: no record names it.
#[test]
fn a_half_written_slot_at_the_end_is_forgotten() {
    let folder = Folder::new();
    let path = folder.file("store");
    made(&path, &Dice::new(1));
    let keys = folder.file("store.keys");
    let whole = std::fs::read(&keys).unwrap();
    for left in [1, 64, 127] {
        let torn = [&whole[..], &vec![7; left]].concat();
        std::fs::write(&keys, torn).unwrap();
        drop(Embedded::open(&path).unwrap());
        assert_eq!(std::fs::read(&keys).unwrap(), whole);
    }
    let torn = [&whole[..], &[7; 128]].concat();
    std::fs::write(&keys, torn).unwrap();
    drop(Embedded::open(&path).unwrap());
    assert_eq!(std::fs::read(&keys).unwrap(), whole);
}

/// A file whose newest commit reached the disk in part, sector by sector in any order, or was cut off, or damaged:
/// it opens as of that commit or the one before, or it does not open.
#[test]
fn sr_28_a_torn_or_damaged_store_opens_to_a_commit_or_not_at_all() {
    let folder = Folder::new();
    let path = folder.file("store");
    let cluster = cluster();
    let store = Embedded::open(&path).unwrap();
    let first = store.put(at(&cluster, "/a"), Expected::Absent, b"old", &entry("old")).unwrap();
    let before = std::fs::read(&path).unwrap();
    store.put(at(&cluster, "/a"), Expected::At(first), b"new", &entry("new")).unwrap();
    let after = std::fs::read(&path).unwrap();
    let keys = std::fs::read(folder.file("store.keys")).unwrap();
    drop(store);
    assert_eq!(before.len(), after.len());

    let victim = folder.file("victim");
    std::fs::write(folder.file("victim.keys"), keys).unwrap();
    let mut outcomes = [0; 3];
    let mut open = |bytes: &[u8], what: &str| {
        std::fs::write(&victim, bytes).unwrap();
        let outcome = match Embedded::open(&victim) {
            Err(_) => 0,
            Ok(store) => {
                let found = store.get(at(&cluster, "/a")).unwrap().unwrap();
                let log = store.records().unwrap();
                verify(&log).unwrap();
                match (found.bytes.as_slice(), log.len()) {
                    (b"old", 1) => 1,
                    (b"new", 2) => 2,
                    other => panic!("{what}: {other:?}"),
                }
            }
        };
        outcomes[outcome] += 1;
        outcome
    };
    assert_eq!(open(&before, "before"), 1);
    assert_eq!(open(&after, "after"), 2);

    let sectors: Vec<usize> = (0..after.len() / 512)
        .filter(|sector| before[sector * 512..][..512] != after[sector * 512..][..512])
        .collect();
    assert!(sectors.len() >= 4, "{sectors:?}");
    let dice = Dice::new(28);
    for round in 0..80 {
        let mut torn = before.clone();
        for sector in &sectors {
            if dice.below(2) == 0 {
                torn[sector * 512..][..512].copy_from_slice(&after[sector * 512..][..512]);
            }
        }
        open(&torn, &format!("torn {round}"));
    }
    let changed: Vec<usize> = (0..after.len()).filter(|place| before[*place] != after[*place]).collect();
    let damaged: BTreeSet<usize> = changed.iter().copied().step_by((changed.len() / 120).max(1)).collect();
    let anywhere = (0..60).map(|_| usize::try_from(dice.below(after.len() as u64)).unwrap());
    for place in damaged.into_iter().chain(anywhere.collect::<Vec<_>>()) {
        let mut spoilt = after.clone();
        spoilt[place] ^= 1 << dice.below(8);
        open(&spoilt, &format!("byte {place}"));
    }
    for _ in 0..30 {
        let length = usize::try_from(dice.below(after.len() as u64)).unwrap();
        open(&after[..length], &format!("cut to {length}"));
    }
    let [refused, old, new] = outcomes;
    assert!(old > 1 && new > 1 && refused > 1, "{outcomes:?}");
}

/// A store whose vault has one AES key of two versions.
fn made(path: &Path, rng: &Dice) -> (Ocid, Vec<Ocid>) {
    let (vaults, _) = vaults(path, rng);
    let vault = vaults.create_vault(new_vault(), &By::operator()).unwrap().id;
    let key = vaults.create_key(new_key(&vault, Shape::Aes(AesLength::Aes256)), &By::operator()).unwrap();
    let second = vaults.rotate(&key.id, None, &By::operator()).unwrap().id;
    (key.id, vec![key.current_version, second])
}

/// Remembers every draw.
struct Remembering(Dice, std::sync::Mutex<Vec<Vec<u8>>>);

impl Rng for Remembering {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        self.0.fill(bytes)?;
        self.1.lock().unwrap().push(bytes.to_vec());
        Ok(())
    }
}

fn vaults(path: &Path, seed: &Dice) -> (Vaults, (Arc<ManualClock>, Arc<Remembering>)) {
    let store = Arc::new(Embedded::open(path).unwrap());
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let rng = Arc::new(Remembering(Dice::new(seed.next()), std::sync::Mutex::default()));
    let vaults = Vaults::new(store, clock.clone(), rng.clone(), Timing::default());
    (vaults, (clock, rng))
}

/// SC-10: the material of a deleted key is nowhere on the disk, and neither is what unwraps it.
#[test]
fn sc_10_after_deletion_no_file_holds_the_material_or_its_store_key() {
    let folder = Folder::new();
    let path = folder.file("store");
    let (vaults, (clock, rng)) = vaults(&path, &Dice::new(10));
    let vault = vaults.create_vault(new_vault(), &By::operator()).unwrap().id;
    let key = vaults.create_key(new_key(&vault, Shape::Aes(AesLength::Aes256)), &By::operator()).unwrap().id;
    vaults.rotate(&key, None, &By::operator()).unwrap();
    // Of each version: master key and store key are the draws of 32 bytes.
    let secrets: Vec<Vec<u8>> =
        rng.1.lock().unwrap().iter().filter(|draw| draw.len() == 32).cloned().collect();
    assert_eq!(secrets.len(), 4);
    let found = || {
        let files = ["store", "store.keys"].map(|name| std::fs::read(folder.file(name)).unwrap());
        let is_in =
            |secret: &Vec<u8>| files.iter().any(|file| file.windows(32).any(|window| window == secret));
        secrets.iter().map(is_in).collect::<Vec<_>>()
    };
    assert_eq!(found(), [false, true, false, true], "master keys never, store keys while they live");

    vaults.schedule_key_deletion(&key, None, &By::operator()).unwrap();
    clock.advance(SignedDuration::from_hours(30 * 24));
    vaults.settle().unwrap();
    assert_eq!(found(), [false; 4]);
    assert_eq!(vaults.key(&key).unwrap().lifecycle.state, State::Deleted);
    drop(vaults);
    assert_eq!(found(), [false; 4]);
    let (vaults, _) = self::vaults(&path, &Dice::new(11));
    assert_eq!(vaults.key(&key).unwrap().lifecycle.state, State::Deleted);
}

/// SR-17: an older copy of the database, put back beside the store keys of today.
#[test]
fn sr_17_a_restored_database_does_not_bring_an_erased_version_back() {
    let folder = Folder::new();
    let path = folder.file("store");
    let (key, versions) = made(&path, &Dice::new(17));
    let backup = std::fs::read(&path).unwrap();
    {
        let (vaults, (clock, _)) = vaults(&path, &Dice::new(18));
        vaults.schedule_version_deletion(&key, &versions[0], None, &By::operator()).unwrap();
        clock.advance(SignedDuration::from_hours(30 * 24));
        vaults.settle().unwrap();
    }
    std::fs::write(&path, backup).unwrap();
    let (vaults, _) = vaults(&path, &Dice::new(19));
    let open = |version| vaults.usable(&key, Purpose::Open { version }).map(drop);
    assert!(matches!(open(&versions[0]), Err(VaultError::Gone { .. })));
    assert!(open(&versions[1]).is_ok());
}

#[cfg(unix)]
#[test]
fn store_keys_are_readable_by_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new();
    drop(Embedded::open(&folder.file("store")).unwrap());
    let mode = std::fs::metadata(folder.file("store.keys")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_record_moved_to_another_place_is_damage() {
    let folder = Folder::new();
    let path = folder.file("store");
    {
        let store = Embedded::open(&path).unwrap();
        let revision = KeyRegistry::revision(&store).unwrap();
        let key = super::key("a");
        let records = [Record::Version(version(&key, "1")), Record::Vault(vault()), Record::Key(key)];
        store.commit(revision, &records, &[]).unwrap();
    }
    let keys = redb::TableDefinition::<&str, &[u8]>::new("keys");
    {
        let database = redb::Database::open(&path).unwrap();
        let write = database.begin_write().unwrap();
        {
            let mut table = write.open_table(keys).unwrap();
            let record = table.remove("ocid1.key.oc1.iad.v.a").unwrap().unwrap().value().to_vec();
            table.insert("ocid1.key.oc1.iad.v.b", record.as_slice()).unwrap();
        }
        write.commit().unwrap();
    }
    assert!(matches!(Embedded::open(&path), Err(StoreError::Damaged("keys"))));
}
