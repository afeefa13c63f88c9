//! SR-13: after sealing and opening, the memory of this very process holds no key.

use std::collections::BTreeSet;
use std::io::{BufRead, Cursor, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use ocipol::audit::By;
use ocipol::clock::ManualClock;
use ocipol::engine::{Engine, Write};
use ocipol::random::{NoRandomness, Rng, SystemRng};
use ocipol::store::Embedded;
use ocipol::vault::Timing;

use super::{SECRET, new_cluster, secret, user};
use crate::rig::{Folder, Table};
use crate::vault::{new_key, new_vault};

/// The system's generator. What it gave is remembered under a mask, so that the memory of it is no find.
#[derive(Default)]
struct Masked(Mutex<Vec<Vec<u8>>>);

const MASK: u8 = 0xA5;

impl Rng for Masked {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        SystemRng.fill(bytes)?;
        self.0.lock().unwrap().push(bytes.iter().map(|byte| byte ^ MASK).collect());
        Ok(())
    }
}

/// The masked secrets whose first 16 bytes stand somewhere in the writable memory of this process, and where.
fn found<'a>(secrets: &[(&'a str, &[u8])]) -> Vec<(&'a str, String)> {
    const CHUNK: usize = 1 << 16;
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut memory = std::fs::File::open("/proc/self/mem").unwrap();
    let mut found = Vec::new();
    let mut chunk = vec![0; CHUNK + 15];
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (range, _) = line.split_once(' ').unwrap();
        let (start, end) = range.split_once('-').unwrap();
        let [start, end] = [start, end].map(|number| u64::from_str_radix(number, 16).unwrap());
        for at in (start..end).step_by(CHUNK) {
            let length = usize::try_from((end - at).min(chunk.len() as u64)).unwrap();
            let part = &mut chunk[..length];
            let read = filled(&mut memory, at, part);
            for (name, masked) in secrets {
                let starts = occurrences(&part[..read], masked[0] ^ MASK);
                let hits = starts.filter(|start| {
                    let rest = part[*start..read].iter().zip(&masked[..16]);
                    rest.clone().count() == 16 && rest.clone().all(|(byte, masked)| byte ^ MASK == *masked)
                });
                found.extend(hits.map(|start| (*name, format!("{:x} in {line}", at + start as u64))));
            }
            // What was read must not be found again in this buffer.
            part.fill(0);
        }
    }
    found
}

/// Reads as far as there is something. Threads of other tests share heaps with this one and give their ends back, between
/// the look at the mappings and this one: what stands before such an end still counts.
fn filled(memory: &mut std::fs::File, at: u64, part: &mut [u8]) -> usize {
    let mut read = 0;
    if memory.seek(SeekFrom::Start(at)).is_ok() {
        while let Ok(more @ 1..) = memory.read(&mut part[read..]) {
            read += more;
        }
    }
    read
}

/// Where a byte stands. Megabytes are looked through: the standard library is quick at it even in a debug build.
fn occurrences(bytes: &[u8], byte: u8) -> impl Iterator<Item = usize> {
    let mut rest = Cursor::new(bytes);
    std::iter::from_fn(move || {
        let found = rest.skip_until(byte).ok()? > 0;
        let at = usize::try_from(rest.position()).ok()?.checked_sub(1)?;
        (found && bytes.get(at) == Some(&byte)).then_some(at)
    })
}

#[test]
fn sr_13_no_key_is_left_in_memory_after_sealing_and_opening() {
    let folder = Folder::new();
    let store = Arc::new(Embedded::open(&folder.file("store")).unwrap());
    let rng = Arc::new(Masked::default());
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let engine = Engine::new(store, Arc::new(Table::open()), clock, rng.clone(), Timing::default());
    let vault = engine.vaults().create_vault(new_vault(), &By::operator()).unwrap().id;
    let key = engine.vaults().create_key(new_key(&vault, super::aes()), &By::operator()).unwrap().id;
    let cluster = engine.session(user()).create_cluster(new_cluster("one", Some(&key))).unwrap().value;
    let session = engine.cluster_session(&cluster.id).unwrap();
    let secrets = session.secrets(&cluster.id).unwrap();
    secrets.put(&secret("a"), SECRET, Write::Put).unwrap();
    let opened = secrets.get(&secret("a")).unwrap().unwrap();
    assert_eq!(opened.value.plaintext.as_bytes(), SECRET);

    let draws = rng.0.lock().unwrap();
    let of_length = |length| draws.iter().filter(move |draw| draw.len() == length);
    let (mut of_32, cek) = (of_length(32), of_length(80).next().unwrap());
    let keys = [
        ("master key", of_32.next().unwrap().as_slice()),
        ("store key", of_32.next().unwrap()),
        ("MAC key", &cek[..32]),
        ("DEK", &cek[32..64]),
    ];
    assert_eq!(found(&keys), []);
    // The search does find what is there.
    let unmasked: Vec<u8> = cek.iter().map(|byte| byte ^ MASK).collect();
    // Mappings of other tests come and go: one that goes while it is read is passed over, so it is looked for again.
    let both = || {
        let names: BTreeSet<&str> = found(&keys).into_iter().map(|(name, _)| name).collect();
        names == BTreeSet::from(["MAC key", "DEK"])
    };
    assert!((0..10).any(|_| both()), "MAC key and DEK");
    std::hint::black_box(unmasked);
}
