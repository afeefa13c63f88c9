//! The file of store keys: fixed slots that are overwritten in place.
//!
//! ```text
//! header = "ocipol store keys" ‖ 00… ‖ u64be version                                    128 bytes
//! slot   = id(32) ‖ store key(32) ‖ mark(32) ‖ 00…                                      128 bytes
//! id     = SHA-256(key OCID ‖ 00 ‖ version OCID)        mark = SHA-256("kept" ‖ id ‖ store key)
//! erased: store key = 00…, mark = SHA-256("erased" ‖ id)
//! ```
//! The database writes every change to a new place and leaves the old bytes where they were, so nothing in it can be
//! erased. Here the old place is the new one. A slot never crosses a sector of 512 bytes. An erased slot stays as a
//! tombstone: an older copy of the database put back beside it does not bring the key back.
//!
//! What no program can promise: a disk that moves sectors around on its own may keep old ones.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::record::key as folded;
use super::{FORMAT, StoreError};
use crate::envelope::StoreKey;
use crate::ocid::Ocid;

const SLOT: usize = 128;
const MAGIC: &[u8] = b"ocipol store keys";
const DAMAGED: StoreError = StoreError::Damaged("store keys");

pub(super) type Id = [u8; 32];

/// The open file.
pub(super) struct Slots(Mutex<Opened>);

struct Opened {
    file: File,
    /// Where each slot is; it says nothing about the key in it.
    places: HashMap<Id, Place>,
    end: u64,
}

#[derive(Clone, Copy)]
pub(super) struct Place {
    offset: u64,
    erased: bool,
}

impl Slots {
    /// Opens the file, or makes it where `create` says that there is no store yet.
    ///
    /// A file that is there is never emptied: it may hold the keys of a store that is to be put back. Whoever opens it
    /// has the database open, and so has both alone.
    pub(super) fn open(path: &Path, create: bool) -> Result<Self, StoreError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(create).truncate(false);
        private(&mut options);
        let mut file = options.open(path).map_err(|error| {
            let missing = error.kind() == std::io::ErrorKind::NotFound && !create;
            if missing { StoreError::NoKeys(path.to_owned()) } else { StoreError::Io(error) }
        })?;
        let length = file.metadata()?.len();
        if length == 0 {
            file.write_all(&header())?;
            file.sync_all()?;
        }
        // All at once into memory that is wiped: growing would leave copies of keys behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(length).unwrap_or(0) + SLOT));
        file.seek(SeekFrom::Start(0))?;
        file.read_to_end(&mut bytes)?;
        let (places, end) = read(&bytes)?;
        Ok(Self(Mutex::new(Opened { file, places, end })))
    }

    /// Cuts off what a crash left of a slot that was being added. To be called once no record is known to name it:
    /// until then it may as well be a damaged slot, which is not ours to destroy.
    pub(super) fn trim(&self) -> Result<(), StoreError> {
        let opened = self.opened();
        if opened.file.metadata()?.len() != opened.end {
            opened.file.set_len(opened.end)?;
        }
        Ok(())
    }

    /// Keeps a store key: on disk when this returns.
    pub(super) fn keep(&self, key: &Ocid, version: &Ocid, store_key: &StoreKey) -> Result<(), StoreError> {
        let id = id(key, version);
        let mut opened = self.opened();
        let offset = match opened.places.get(&id) {
            Some(place) if place.erased => return Err(StoreError::Erased),
            Some(_) => return Err(StoreError::Kept),
            None => opened.end,
        };
        opened.write(offset, id, store_key.as_bytes(), &kept_mark(&id, store_key.as_bytes()))?;
        opened.end = opened.end.max(offset + SLOT as u64);
        opened.places.insert(id, Place { offset, erased: false });
        Ok(())
    }

    /// The store key of a version; `None` when it was erased or never kept.
    pub(super) fn get(&self, key: &Ocid, version: &Ocid) -> Result<Option<StoreKey>, StoreError> {
        let id = id(key, version);
        let mut opened = self.opened();
        let Some(place) = opened.places.get(&id).copied() else {
            return Ok(None);
        };
        if place.erased {
            return Ok(None);
        }
        let mut slot = Zeroizing::new([0; SLOT]);
        opened.file.seek(SeekFrom::Start(place.offset))?;
        opened.file.read_exact(&mut slot[..])?;
        match parse(&slot[..]) {
            Some((found, Content::Kept(key))) if found == id => Ok(Some(key)),
            Some(_) | None => Err(DAMAGED),
        }
    }

    /// Whether a version's store key is there, or was erased; `None` where neither.
    pub(super) fn has(&self, key: &Ocid, version: &Ocid) -> Option<bool> {
        self.opened().places.get(&id(key, version)).map(|place| !place.erased)
    }

    /// Overwrites a store key: off the disk when this returns.
    pub(super) fn erase(&self, key: &Ocid, version: &Ocid) -> Result<(), StoreError> {
        let id = id(key, version);
        let mut opened = self.opened();
        let place = opened.places.get(&id).copied();
        if place.is_some_and(|place| place.erased) {
            return Ok(());
        }
        let offset = place.map_or(opened.end, |place| place.offset);
        opened.write(offset, id, &[0; StoreKey::LENGTH], &erased_mark(&id))?;
        opened.end = opened.end.max(offset + SLOT as u64);
        opened.places.insert(id, Place { offset, erased: true });
        Ok(())
    }

    fn opened(&self) -> MutexGuard<'_, Opened> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Opened {
    fn write(&mut self, offset: u64, id: Id, key: &[u8], mark: &[u8; 32]) -> Result<(), StoreError> {
        let mut slot = Zeroizing::new(Vec::with_capacity(SLOT));
        for part in [&id[..], key, mark] {
            slot.extend_from_slice(part);
        }
        slot.resize(SLOT, 0);
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.write_all(&slot)?;
        self.file.sync_data()?;
        Ok(())
    }
}

fn header() -> Vec<u8> {
    let mut header = MAGIC.to_vec();
    header.resize(SLOT - 8, 0);
    header.extend_from_slice(&FORMAT.to_be_bytes());
    header
}

pub(super) fn read(bytes: &[u8]) -> Result<(HashMap<Id, Place>, u64), StoreError> {
    let (found, slots) = bytes.split_first_chunk::<SLOT>().ok_or(DAMAGED)?;
    let (front, version) = found.split_last_chunk().ok_or(DAMAGED)?;
    if !header().starts_with(front) {
        return Err(DAMAGED);
    }
    let version = u64::from_be_bytes(*version);
    if version != FORMAT {
        return Err(StoreError::Format(version));
    }
    let mut places = HashMap::new();
    let mut offset = SLOT as u64;
    let mut slots = slots.chunks_exact(SLOT).peekable();
    while let Some(slot) = slots.next() {
        match parse(slot) {
            Some((id, content)) => {
                let erased = matches!(content, Content::Erased);
                places.insert(id, Place { offset, erased });
            }
            // The last slot may be one that a crash left half written, whose version no record names.
            None if slots.peek().is_none() => break,
            None => return Err(DAMAGED),
        }
        offset += SLOT as u64;
    }
    Ok((places, offset))
}

enum Content {
    Kept(StoreKey),
    Erased,
}

fn parse(slot: &[u8]) -> Option<(Id, Content)> {
    let (id, rest) = slot.split_first_chunk()?;
    let (key, rest) = rest.split_first_chunk::<{ StoreKey::LENGTH }>()?;
    let mark = rest.first_chunk::<32>()?;
    if bool::from(kept_mark(id, key).ct_eq(mark)) {
        Some((*id, Content::Kept(StoreKey::from_bytes(key))))
    } else if bool::from(erased_mark(id).ct_eq(mark)) {
        Some((*id, Content::Erased))
    } else {
        None
    }
}

fn id(key: &Ocid, version: &Ocid) -> Id {
    let mut digest = Sha256::new();
    digest.update(folded(key));
    digest.update([0]);
    digest.update(folded(version));
    digest.finalize().into()
}

fn kept_mark(id: &Id, key: &[u8]) -> [u8; 32] {
    let mut digest = Sha256::new_with_prefix(b"kept");
    digest.update(id);
    digest.update(key);
    digest.finalize().into()
}

fn erased_mark(id: &Id) -> [u8; 32] {
    Sha256::new_with_prefix(b"erased").chain_update(id).finalize().into()
}

/// Readable by its owner alone, where the system has such a thing.
fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = options;
}
