//! The audit log: what was done with which key, by whom, and on the strength of which decision.
//!
//! ```text
//! hash₀ = 0³²      hashₙ = SHA-256("ocipol/1 audit" ‖ hashₙ₋₁ ‖ u64be(n) ‖ entryₙ)
//! ```
//! Each record carries the hash of the one before it, so a record that is changed, left out or put in breaks the chain.
//! No entry holds a plaintext, a key or a path; a path is there as its digest.
//!
//! The chain has no key. It shows damage, and a change by somebody who does not make all later hashes anew; whoever can
//! write the whole log can also write a whole chain, or cut off its newest records. Against them it helps to keep the
//! newest hash elsewhere: [`verify`] returns it, and a log that no longer leads to a hash that was once its newest was
//! written anew.

use std::fmt;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::codec::{Malformed, Reader, Writer, number_of, numbered};
use crate::decider::{DecisionId, Evidence};
use crate::ocid::Ocid;

/// One thing that was done or refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub time: Timestamp,
    /// By whom, and why they might.
    pub by: By,
    /// What.
    pub action: Action,
    /// With which key.
    pub key: Option<Ocid>,
    /// With which version of it.
    pub version: Option<Ocid>,
    /// The digest of the path of the value concerned.
    pub path: Option<PathDigest>,
    /// `ok`, or the code of the failure.
    pub outcome: String,
    /// What else there is to say: a change of state, the OCID of a cluster.
    pub note: String,
}

/// Who did something, and the decision that let them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// Who.
    pub actor: Actor,
    /// The decision, allowed or denied; `None` where none was taken. A denial names no statements.
    pub evidence: Option<Evidence>,
}

impl By {
    /// The passing of time.
    #[must_use]
    pub fn clock() -> Self {
        Self { actor: Actor::Clock, evidence: None }
    }

    /// Whoever has the store in their hands and asks no policy.
    #[must_use]
    pub fn operator() -> Self {
        Self { actor: Actor::Operator, evidence: None }
    }
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A principal, by its OCID; `None` for a cluster that is being created.
    Principal(Option<Ocid>),
    /// Whoever has the store in their hands.
    Operator,
    /// The passing of time.
    Clock,
}

/// What was done or tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// A value was sealed and written.
    Seal,
    /// A value was opened.
    Open,
    /// A value was deleted.
    DeleteValue,
    /// A vault, key or version came into being.
    Create,
    /// A vault, key or version was changed by request.
    Manage,
    /// A vault, key or version went from one state to another.
    StateChange,
    /// A cluster was created.
    CreateCluster,
    /// A cluster was changed.
    UpdateCluster,
    /// A cluster was upgraded.
    UpgradeCluster,
    /// A cluster was deleted, with its values.
    DeleteCluster,
    /// A key was used directly: to encrypt, decrypt, sign, verify, or it was exported.
    Use,
}

impl Action {
    const ALL: [Self; 11] = [
        Self::Seal,
        Self::Open,
        Self::DeleteValue,
        Self::Create,
        Self::Manage,
        Self::StateChange,
        Self::CreateCluster,
        Self::UpdateCluster,
        Self::UpgradeCluster,
        Self::DeleteCluster,
        Self::Use,
    ];

    /// The word people and JSON see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seal => "seal",
            Self::Open => "open",
            Self::DeleteValue => "delete-value",
            Self::Create => "create",
            Self::Manage => "manage",
            Self::StateChange => "state-change",
            Self::CreateCluster => "create-cluster",
            Self::UpdateCluster => "update-cluster",
            Self::UpgradeCluster => "upgrade-cluster",
            Self::DeleteCluster => "delete-cluster",
            Self::Use => "use",
        }
    }
}

/// The digest of the path of a value: SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathDigest([u8; 32]);

impl PathDigest {
    /// Digests a path.
    #[must_use]
    pub fn of(path: &str) -> Self {
        Self(Sha256::digest(path).into())
    }
}

impl fmt::Display for PathDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

impl fmt::Debug for PathDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

/// The hash of a record, and of all records before it.
#[derive(Clone, Copy)]
pub struct Hash([u8; Self::LENGTH]);

impl Hash {
    /// The length in bytes.
    pub const LENGTH: usize = 32;
    /// What stands before the first record.
    pub const START: Self = Self([0; Self::LENGTH]);

    pub(crate) fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

fn hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for byte in bytes {
        write!(f, "{byte:02x}")?;
    }
    Ok(())
}

/// An entry in its place in the chain.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its number; the first is 1, and none is left out.
    pub number: u64,
    /// What it says.
    pub entry: Entry,
    /// Its hash.
    pub hash: Hash,
}

impl Record {
    /// The record that follows the one with this number and hash.
    #[must_use]
    pub fn following(number: u64, hash: &Hash, entry: Entry) -> Self {
        let number = number.saturating_add(1);
        let hash = chained(hash, number, &entry);
        Self { number, entry, hash }
    }
}

fn chained(previous: &Hash, number: u64, entry: &Entry) -> Hash {
    let mut digest = Sha256::new_with_prefix(b"ocipol/1 audit");
    digest.update(previous.as_bytes());
    digest.update(number.to_be_bytes());
    digest.update(entry.encode());
    Hash(digest.finalize().into())
}

/// The first record that does not follow from the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the audit log is broken at record {0}")]
pub struct Broken(pub u64);

/// Checks a whole log, from its first record on, and returns its newest hash.
///
/// # Errors
/// [`Broken`] names the first record that was changed, or that follows one that was left out.
pub fn verify(records: &[Record]) -> Result<Hash, Broken> {
    let mut newest = Hash::START;
    for (number, record) in (1..).zip(records) {
        let expected = chained(&newest, number, &record.entry);
        if record.number != number || !expected.matches(&record.hash) {
            return Err(Broken(number));
        }
        newest = expected;
    }
    Ok(newest)
}

impl Entry {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut record = Writer::new();
        record.time(self.time);
        match &self.by.actor {
            Actor::Principal(ocid) => record.byte(0).option(ocid.as_ref(), |record, ocid| {
                record.ocid(ocid);
            }),
            Actor::Operator => record.byte(1),
            Actor::Clock => record.byte(2),
        };
        record.option(self.by.evidence.as_ref(), |record, evidence| {
            record.fixed(evidence.decision.as_bytes());
            record.list(&evidence.because, |record, name| {
                record.text(name);
            });
        });
        record.byte(number_of(&Action::ALL, &self.action));
        for ocid in [&self.key, &self.version] {
            record.option(ocid.as_ref(), |record, ocid| {
                record.ocid(ocid);
            });
        }
        record.option(self.path.as_ref(), |record, PathDigest(digest)| {
            record.fixed(digest);
        });
        record.text(&self.outcome).text(&self.note);
        record.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut record = Reader::new(bytes);
        let time = record.time()?;
        let actor = match record.byte()? {
            0 => Actor::Principal(record.option(Reader::ocid)?),
            1 => Actor::Operator,
            2 => Actor::Clock,
            _ => return Err(Malformed),
        };
        let evidence = record.option(|record| {
            Ok(Evidence {
                decision: DecisionId::from_bytes(*record.fixed()?),
                because: record.list(|record| record.text().map(str::to_owned))?,
            })
        })?;
        let entry = Self {
            time,
            by: By { actor, evidence },
            action: numbered(&Action::ALL, record.byte()?)?,
            key: record.option(Reader::ocid)?,
            version: record.option(Reader::ocid)?,
            path: record.option(|record| record.fixed().copied().map(PathDigest))?,
            outcome: record.text()?.to_owned(),
            note: record.text()?.to_owned(),
        };
        record.end()?;
        Ok(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(note: &str) -> Entry {
        Entry {
            time: Timestamp::UNIX_EPOCH,
            by: By {
                actor: Actor::Principal(Some(Ocid::parse("ocid1.cluster.oc1.iad.c").unwrap())),
                evidence: Some(Evidence {
                    decision: DecisionId::from_bytes([7; 16]),
                    because: vec!["keys#1".into()],
                }),
            },
            action: Action::Seal,
            key: Some(Ocid::parse("ocid1.key.oc1.iad.v.k").unwrap()),
            version: None,
            path: Some(PathDigest::of("/registry/secrets/default/a")),
            outcome: "ok".into(),
            note: note.into(),
        }
    }

    fn log() -> Vec<Record> {
        let mut log: Vec<Record> = Vec::new();
        for note in ["a", "b", "c"] {
            let (number, hash) = log.last().map_or((0, Hash::START), |last| (last.number, last.hash));
            log.push(Record::following(number, &hash, entry(note)));
        }
        log
    }

    #[test]
    fn an_entry_reads_back_as_it_was_written() {
        let bytes = entry("x").encode();
        assert_eq!(Entry::decode(&bytes), Ok(entry("x")));
        for length in 0..bytes.len() {
            assert_eq!(Entry::decode(&bytes[..length]), Err(Malformed));
        }
    }

    #[test]
    fn a_record_changed_left_out_or_put_in_breaks_the_chain() {
        let whole = log();
        assert!(verify(&whole).unwrap().matches(&whole[2].hash));
        let spoilt = |spoil: fn(&mut Vec<Record>)| {
            let mut log = log();
            spoil(&mut log);
            verify(&log).map(|_| ())
        };
        assert_eq!(spoilt(|log| log[1].entry.outcome = "KEY_STATE".into()), Err(Broken(2)));
        assert_eq!(spoilt(|log| drop(log.remove(0))), Err(Broken(1)));
        assert_eq!(spoilt(|log| log.swap(1, 2)), Err(Broken(2)));
        assert_eq!(spoilt(|log| log.insert(1, log[0].clone())), Err(Broken(2)));
    }
}
