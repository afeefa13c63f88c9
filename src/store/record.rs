//! How records are kept in the embedded store: our one encoding, with a checksum.
//!
//! ```text
//! record = payload ‖ first 8 bytes of SHA-256(table ‖ 00 ‖ key ‖ 00 ‖ payload)
//! ```
//! The checksum tells a record that was damaged, or moved from another place. It is no protection from people.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Revision, StoreError, StoredValue};
use crate::audit::{Entry, Hash};
use crate::caseless;
use crate::codec::{Malformed, Reader, Writer, number_of, numbered};
use crate::engine::{Backup, Cluster, ClusterKey, KeyOwner, KubernetesVersion};
use crate::envelope::{Profile, ProviderName};
use crate::ocid::Ocid;
use crate::vault::{
    AutoRotation, Coming, Key, KeyVersion, Lifecycle, Origin, Protection, Shape, State, Vault, VaultKind,
};

const CHECKSUM: usize = 8;

/// What can be kept as a record.
pub(super) trait Stored: Sized {
    /// The table it is kept in.
    const TABLE: &'static str;

    fn write(&self, record: &mut Writer);

    fn read(record: &mut Reader<'_>) -> Result<Self, Malformed>;
}

/// The key of a record under an OCID: OCIDs compare without case.
pub(super) fn key(ocid: &Ocid) -> String {
    caseless::fold(ocid.as_str())
}

/// The key of a record under two names; neither contains a zero byte.
pub(super) fn pair(first: &Ocid, second: &str) -> String {
    format!("{}\0{second}", key(first))
}

/// The record of a value.
pub(super) fn seal<T: Stored>(key: &str, value: &T) -> Vec<u8> {
    let mut record = Writer::new();
    value.write(&mut record);
    let mut record = record.finish();
    let checksum = checksum::<T>(key, &record);
    record.extend_from_slice(&checksum);
    record
}

/// A payload read, written and read again: `None` unless it is one of a record.
#[cfg(fuzzing)]
pub(super) fn twice<T: Stored>(payload: &[u8]) -> Option<(T, T)> {
    let read = |payload: &[u8]| {
        let mut reader = Reader::new(payload);
        T::read(&mut reader).and_then(|value| reader.end().map(|()| value)).ok()
    };
    let first = read(payload)?;
    let mut writer = Writer::new();
    first.write(&mut writer);
    Some((first, read(&writer.finish())?))
}

/// The value of a record.
pub(super) fn open<T: Stored>(key: &str, record: &[u8]) -> Result<T, StoreError> {
    let damaged = StoreError::Damaged(T::TABLE);
    let Some((payload, found)) = record.split_last_chunk::<CHECKSUM>() else {
        return Err(damaged);
    };
    if !bool::from(checksum::<T>(key, payload).ct_eq(found)) {
        return Err(damaged);
    }
    let mut reader = Reader::new(payload);
    let value = T::read(&mut reader);
    value.and_then(|value| reader.end().map(|()| value)).map_err(|Malformed| damaged)
}

fn checksum<T: Stored>(key: &str, payload: &[u8]) -> [u8; CHECKSUM] {
    let mut digest = Sha256::new();
    for part in [T::TABLE.as_bytes(), b"\0", key.as_bytes(), b"\0", payload] {
        digest.update(part);
    }
    let digest: [u8; 32] = digest.finalize().into();
    digest.first_chunk().copied().unwrap_or_default()
}

impl Stored for StoredValue {
    const TABLE: &'static str = "values";

    fn write(&self, record: &mut Writer) {
        record.number(self.revision.0).fixed(&self.bytes);
    }

    fn read(record: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self { revision: Revision(record.number()?), bytes: record.rest().to_vec() })
    }
}

/// An entry of the audit log with its hash; its number is its key.
pub(super) struct Logged {
    pub(super) hash: Hash,
    pub(super) entry: Entry,
}

impl Stored for Logged {
    const TABLE: &'static str = "audit";

    fn write(&self, record: &mut Writer) {
        record.fixed(self.hash.as_bytes()).fixed(&self.entry.encode());
    }

    fn read(record: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self { hash: Hash::from_bytes(*record.fixed()?), entry: Entry::decode(record.rest())? })
    }
}

impl Stored for Vault {
    const TABLE: &'static str = "vaults";

    fn write(&self, record: &mut Writer) {
        record.ocid(&self.id).ocid(&self.compartment).ocid(&self.tenancy);
        record.text(&self.name).byte(number_of(&VaultKind::ALL, &self.kind));
        write_lifecycle(&self.lifecycle, record);
    }

    fn read(record: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            id: record.ocid()?,
            compartment: record.ocid()?,
            tenancy: record.ocid()?,
            name: record.text()?.to_owned(),
            kind: numbered(&VaultKind::ALL, record.byte()?)?,
            lifecycle: read_lifecycle(record)?,
        })
    }
}

impl Stored for Key {
    const TABLE: &'static str = "keys";

    fn write(&self, record: &mut Writer) {
        for ocid in [&self.id, &self.vault, &self.compartment, &self.tenancy, &self.current_version] {
            record.ocid(ocid);
        }
        record.text(&self.name);
        record.byte(number_of(&Shape::ALL, &self.shape));
        record.byte(number_of(&Protection::ALL, &self.protection));
        write_lifecycle(&self.lifecycle, record);
        record.option(self.auto_rotation, |record, rotation| {
            record.number(rotation.days.into()).time(rotation.next);
        });
        // Left out where there is none, as in stores that were made before there could be one.
        if let Some(coming) = &self.coming {
            record.ocid(&coming.version).time(coming.at);
        }
    }

    fn read(record: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            id: record.ocid()?,
            vault: record.ocid()?,
            compartment: record.ocid()?,
            tenancy: record.ocid()?,
            current_version: record.ocid()?,
            name: record.text()?.to_owned(),
            shape: numbered(&Shape::ALL, record.byte()?)?,
            protection: numbered(&Protection::ALL, record.byte()?)?,
            lifecycle: read_lifecycle(record)?,
            auto_rotation: record.option(|record| {
                let days = u16::try_from(record.number()?).map_err(|_| Malformed)?;
                Ok(AutoRotation { days, next: record.time()? })
            })?,
            coming: match record.is_at_end() {
                true => None,
                false => Some(Coming { version: record.ocid()?, at: record.time()? }),
            },
        })
    }
}

impl Stored for KeyVersion {
    const TABLE: &'static str = "versions";

    fn write(&self, record: &mut Writer) {
        record.ocid(&self.id).ocid(&self.key);
        record.byte(number_of(&Origin::ALL, &self.origin)).time(self.created);
        write_lifecycle(&self.lifecycle, record);
        for bytes in [&self.material, &self.public_key] {
            record.option(bytes.as_ref(), |record, bytes| {
                record.bytes(bytes);
            });
        }
    }

    fn read(record: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            id: record.ocid()?,
            key: record.ocid()?,
            origin: numbered(&Origin::ALL, record.byte()?)?,
            created: record.time()?,
            lifecycle: read_lifecycle(record)?,
            material: record.option(|record| record.bytes().map(<[u8]>::to_vec))?,
            public_key: record.option(|record| record.bytes().map(<[u8]>::to_vec))?,
        })
    }
}

impl Stored for Cluster {
    const TABLE: &'static str = "clusters";

    fn write(&self, record: &mut Writer) {
        record.ocid(&self.id).text(&self.name);
        record.ocid(&self.tenancy).ocid(&self.compartment);
        let KubernetesVersion { major, minor, patch } = self.kubernetes;
        for number in [major, minor, patch] {
            record.number(number.into());
        }
        record.text(self.provider.as_str());
        record.byte(number_of(&Profile::ALL, &self.profile));
        record.ocid(&self.key.id).ocid(&self.key.tenancy);
        record.byte(number_of(&KeyOwner::ALL, &self.key.owner));
        record.option(self.deleted, |record, time| {
            record.time(time);
        });
        // Left out where there are none, as in stores that were made before there could be any.
        if !self.backups.is_empty() {
            record.list(&self.backups, |record, backup| {
                record.text(&backup.name).time(backup.taken).number(backup.revision.0);
                record.list(&backup.versions, |record, version| {
                    record.ocid(version);
                });
            });
        }
    }

    fn read(record: &mut Reader<'_>) -> Result<Self, Malformed> {
        let small = |record: &mut Reader<'_>| u32::try_from(record.number()?).map_err(|_| Malformed);
        Ok(Self {
            id: record.ocid()?,
            name: record.text()?.to_owned(),
            tenancy: record.ocid()?,
            compartment: record.ocid()?,
            kubernetes: KubernetesVersion {
                major: small(record)?,
                minor: small(record)?,
                patch: small(record)?,
            },
            provider: ProviderName::new(record.text()?).map_err(|_| Malformed)?,
            profile: numbered(&Profile::ALL, record.byte()?)?,
            key: ClusterKey {
                id: record.ocid()?,
                tenancy: record.ocid()?,
                owner: numbered(&KeyOwner::ALL, record.byte()?)?,
            },
            deleted: record.option(Reader::time)?,
            backups: match record.is_at_end() {
                true => Vec::new(),
                false => record.list(|record| {
                    Ok(Backup {
                        name: record.text()?.to_owned(),
                        taken: record.time()?,
                        revision: Revision(record.number()?),
                        versions: record.list(Reader::ocid)?,
                    })
                })?,
            },
        })
    }
}

fn write_lifecycle(lifecycle: &Lifecycle, record: &mut Writer) {
    record.byte(number_of(&State::ALL, &lifecycle.state)).time(lifecycle.since);
    for time in [lifecycle.until, lifecycle.time_of_deletion] {
        record.option(time, |record, time| {
            record.time(time);
        });
    }
    record.option(lifecycle.before, |record, state| {
        record.byte(number_of(&State::ALL, &state));
    });
}

fn read_lifecycle(record: &mut Reader<'_>) -> Result<Lifecycle, Malformed> {
    let state = |record: &mut Reader<'_>| numbered(&State::ALL, record.byte()?);
    Ok(Lifecycle {
        state: state(record)?,
        since: record.time()?,
        until: record.option(Reader::time)?,
        time_of_deletion: record.option(Reader::time)?,
        before: record.option(state)?,
    })
}
