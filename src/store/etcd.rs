//! Values in a real etcd.
//!
//! ```text
//! /ocipol/values/<cluster OCID>/registry/secrets/<namespace>/<name>      a stored value
//! /ocipol/notes/<cluster OCID>/<name>                                    a record of our own
//! /ocipol/locks/<cluster OCID>                                           the owner, under a lease
//! ```
//! The part before `/registry` is a prefix in the sense of etcd's `namespace` proxy: several clusters may share one etcd.
//! Reads are linearizable. Every write is a transaction that compares the mod revision. A write whose answer was lost is
//! looked for before it is tried again: its bytes are fresh, so finding them says that it happened.
//!
//! Keys, clusters and the audit log are not here: whoever can write a cluster's etcd must not be able to say which key
//! it uses. The record of a write is therefore added to the audit log just before it; where the write then fails, its
//! failure is recorded after it.
//!
//! # Source
//! etcd documentation, "API" and "API guarantees", 3.4 line, read 2026-08.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use etcd_client::{
    Client, Compare, CompareOp, ConnectOptions, DeleteOptions, GetOptions, KeyValue, KvClient, LeaseClient,
    PutOptions, Txn, TxnOp,
};
use tokio::runtime::Runtime;

use super::{
    AuditLog, Expected, Held, Listing, LockError, Revision, StoreError, StoredValue, ValueKey, ValueStore,
    WriteError,
};
use crate::audit::Entry;
use crate::ocid::Ocid;

/// How many values are read at once.
const PAGE: i64 = 500;
/// How long one answer may take.
const TIMEOUT: Duration = Duration::from_secs(3);
/// How long a failing operation is tried again: longer than an election takes.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long the first question waits: whoever named a wrong address wants to know, and an election is over by then.
const FIRST: Duration = Duration::from_secs(5);
/// How long a lock outlives its owner, in seconds.
const LEASE: i64 = 5;
/// The longest answer that is read, in bytes: a page of the longest values.
const ANSWER: usize = 1 << 30;

/// Values in an etcd of one node or more.
pub struct Etcd {
    runtime: Arc<Runtime>,
    kv: KvClient,
    lease: LeaseClient,
    audit: Arc<dyn AuditLog>,
    patience: Duration,
}

impl Etcd {
    /// Connects to the nodes of one etcd: `host:port` or `http://host:port`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when an address is none, or nobody answers.
    pub fn connect(endpoints: &[String], audit: Arc<dyn AuditLog>) -> Result<Self, StoreError> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let options = ConnectOptions::new()
            .with_connect_timeout(TIMEOUT)
            .with_timeout(TIMEOUT)
            .with_keep_alive(Duration::from_secs(2), Duration::from_secs(2));
        let client = runtime.block_on(Client::connect(endpoints, Some(options))).map_err(failed)?;
        let kv = client.kv_client().max_decoding_message_size(ANSWER).max_encoding_message_size(ANSWER);
        let store =
            Self { lease: client.lease_client(), kv, runtime: Arc::new(runtime), audit, patience: FIRST };
        store.range(b"/ocipol/".to_vec(), GetOptions::new().with_limit(1))?;
        Ok(store.with_patience(PATIENCE))
    }

    /// Tries a failing operation again for another time than 20 s. An election takes one to three.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Reads, again and again while a leader is being elected.
    fn range(
        &self,
        key: Vec<u8>,
        options: GetOptions,
    ) -> Result<(Revision, Vec<KeyValue>, bool), StoreError> {
        let begun = Instant::now();
        loop {
            let mut kv = self.kv.clone();
            match self.runtime.block_on(kv.get(key.clone(), Some(options.clone()))) {
                Ok(mut answer) => {
                    let revision = answer.header().map_or(0, etcd_client::ResponseHeader::revision);
                    let more = answer.more();
                    return Ok((revised(revision), answer.take_kvs(), more));
                }
                Err(error) if is_final(&error) || begun.elapsed() > self.patience => {
                    return Err(failed(error));
                }
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    /// One transaction: `None` where its comparison does not hold.
    fn transact(&self, compare: Compare, operation: TxnOp) -> Result<Option<Revision>, etcd_client::Error> {
        let txn = Txn::new().when([compare]).and_then([operation]);
        let answer = self.runtime.block_on(self.kv.clone().txn(txn))?;
        let revision = answer.header().map_or(0, etcd_client::ResponseHeader::revision);
        Ok(answer.succeeded().then_some(revised(revision)))
    }

    /// Writes or deletes where a comparison holds, and finds out whether a write happened whose answer was lost.
    fn write(&self, key: &[u8], expected: Expected, bytes: Option<&[u8]>) -> Result<Revision, WriteError> {
        let begun = Instant::now();
        let mut uncertain = false;
        loop {
            let compare = match expected {
                Expected::Absent => Compare::create_revision(key, CompareOp::Equal, 0),
                Expected::At(revision) => {
                    let revision = i64::try_from(revision.0).unwrap_or(i64::MAX);
                    Compare::mod_revision(key, CompareOp::Equal, revision)
                }
            };
            let operation = match bytes {
                Some(bytes) => TxnOp::put(key, bytes, None),
                None => TxnOp::delete(key, None),
            };
            match self.transact(compare, operation) {
                Ok(Some(revision)) => return Ok(revision),
                Ok(None) if !uncertain => return Err(WriteError::Conflict),
                // The comparison may have failed because an earlier attempt of ours did happen.
                Ok(None) => return self.happened(key, bytes)?.ok_or(WriteError::Conflict),
                Err(error) if is_final(&error) || begun.elapsed() > self.patience => {
                    return Err(failed(error).into());
                }
                Err(_) => {
                    uncertain = true;
                    std::thread::sleep(Duration::from_millis(50));
                    if let Some(revision) = self.happened(key, bytes)?.filter(|_| bytes.is_some()) {
                        return Ok(revision);
                    }
                }
            }
        }
    }

    /// The revision of a write of ours, if what is there is what it wrote.
    fn happened(&self, key: &[u8], bytes: Option<&[u8]>) -> Result<Option<Revision>, StoreError> {
        let (now, found, _) = self.range(key.to_vec(), GetOptions::new())?;
        Ok(match (found.first(), bytes) {
            (Some(found), Some(bytes)) if found.value() == bytes => Some(revised(found.mod_revision())),
            (None, None) => Some(now),
            (Some(_) | None, _) => None,
        })
    }

    fn values(&self, cluster: &Ocid, prefix: &str, since: Option<Revision>) -> Result<Listing, StoreError> {
        let space = space(cluster);
        // Every path starts with a slash; without one the OCID of another cluster may begin with this one's.
        let prefix = if prefix.is_empty() { "/" } else { prefix };
        let first = [space.as_bytes(), prefix.as_bytes()].concat();
        let end = after(&first);
        let mut values = Vec::new();
        let (mut start, mut at) = (first, None);
        loop {
            let mut options = GetOptions::new().with_range(end.clone()).with_limit(PAGE);
            if let Some(Revision(revision)) = at {
                options = options.with_revision(i64::try_from(revision).unwrap_or(i64::MAX));
            }
            if let Some(Revision(since)) = since {
                options =
                    options.with_min_mod_revision(i64::try_from(since).unwrap_or(i64::MAX).saturating_add(1));
            }
            let (revision, found, more) = self.range(start, options)?;
            // All pages are read as of the first one's revision.
            let revision = *at.get_or_insert(revision);
            let last = found.last().map(|found| [found.key(), &[0]].concat());
            for value in found {
                let path = value.key().strip_prefix(space.as_bytes()).unwrap_or_default();
                let path = String::from_utf8_lossy(path).into_owned();
                let revision = revised(value.mod_revision());
                values.push((path, StoredValue { bytes: value.value().to_vec(), revision }));
            }
            match last {
                Some(last) if more => start = last,
                Some(_) | None => return Ok(Listing { revision, values }),
            }
        }
    }
}

impl ValueStore for Etcd {
    fn get(&self, at: ValueKey<'_>) -> Result<Option<StoredValue>, StoreError> {
        let (_, found, _) = self.range(key(at), GetOptions::new())?;
        Ok(found.first().map(|found| StoredValue {
            bytes: found.value().to_vec(),
            revision: revised(found.mod_revision()),
        }))
    }

    fn list(&self, cluster: &Ocid, prefix: &str) -> Result<Listing, StoreError> {
        self.values(cluster, prefix, None)
    }

    fn written_since(
        &self,
        cluster: &Ocid,
        prefix: &str,
        revision: Revision,
    ) -> Result<Vec<(String, StoredValue)>, StoreError> {
        Ok(self.values(cluster, prefix, Some(revision))?.values)
    }

    fn put(
        &self,
        at: ValueKey<'_>,
        expected: Expected,
        bytes: &[u8],
        entry: &Entry,
    ) -> Result<Revision, WriteError> {
        self.audit.append(std::slice::from_ref(entry))?;
        self.write(&key(at), expected, Some(bytes))
    }

    fn delete(&self, at: ValueKey<'_>, expected: Revision, entry: &Entry) -> Result<Revision, WriteError> {
        self.audit.append(std::slice::from_ref(entry))?;
        self.write(&key(at), Expected::At(expected), None)
    }

    fn clear(&self, cluster: &Ocid, entry: &Entry) -> Result<u64, WriteError> {
        self.audit.append(std::slice::from_ref(entry))?;
        let begun = Instant::now();
        loop {
            // Ends where the paths of this cluster do: the OCID of another one may begin with this one's.
            let first = format!("{}/", space(cluster)).into_bytes();
            let options = DeleteOptions::new().with_range(after(&first));
            match self.runtime.block_on(self.kv.clone().delete(first, Some(options))) {
                Ok(answer) => return Ok(u64::try_from(answer.deleted()).unwrap_or_default()),
                Err(error) if is_final(&error) || begun.elapsed() > self.patience => {
                    return Err(failed(error).into());
                }
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    fn note(&self, cluster: &Ocid, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let (_, found, _) = self.range(note(cluster, name), GetOptions::new())?;
        Ok(found.first().map(|found| found.value().to_vec()))
    }

    fn keep_note(&self, cluster: &Ocid, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let begun = Instant::now();
        loop {
            match self.runtime.block_on(self.kv.clone().put(note(cluster, name), bytes, None)) {
                Ok(_) => return Ok(()),
                Err(error) if is_final(&error) || begun.elapsed() > self.patience => {
                    return Err(failed(error));
                }
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    fn lock(&self, cluster: &Ocid, owner: &str) -> Result<Box<dyn Held>, LockError> {
        let key = format!("/ocipol/locks/{}", folded(cluster)).into_bytes();
        let begun = Instant::now();
        loop {
            let taken = self.try_lock(&key, owner);
            match taken {
                Ok(Some(lease)) => return Ok(Box::new(Leased::keep(self, lease))),
                Ok(None) => {
                    let (_, found, _) = self.range(key.clone(), GetOptions::new())?;
                    // It may have run out in between: then the next attempt gets it.
                    if let Some(found) = found.first() {
                        return Err(LockError::Held(String::from_utf8_lossy(found.value()).into_owned()));
                    }
                }
                Err(error) if is_final(&error) || begun.elapsed() > self.patience => {
                    return Err(failed(error).into());
                }
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}

impl Etcd {
    fn try_lock(&self, key: &[u8], owner: &str) -> Result<Option<i64>, etcd_client::Error> {
        let lease = self.runtime.block_on(self.lease.clone().grant(LEASE, None))?.id();
        let put = TxnOp::put(key, owner, Some(PutOptions::new().with_lease(lease)));
        let taken = self.transact(Compare::create_revision(key, CompareOp::Equal, 0), put)?;
        if taken.is_none() {
            // Best effort: a lease nobody uses runs out by itself.
            let _ = self.runtime.block_on(self.lease.clone().revoke(lease));
        }
        Ok(taken.map(|_| lease))
    }
}

/// A lease that is kept alive until this is dropped.
struct Leased {
    runtime: Arc<Runtime>,
    client: LeaseClient,
    lease: i64,
    ended: Arc<AtomicBool>,
}

impl Held for Leased {}

impl Leased {
    fn keep(store: &Etcd, lease: i64) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let (mut client, stop) = (store.lease.clone(), ended.clone());
        store.runtime.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                if let Ok((mut keeper, mut answers)) = client.keep_alive(lease).await
                    && keeper.keep_alive().await.is_ok()
                {
                    let _ = answers.message().await;
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        Self { runtime: store.runtime.clone(), client: store.lease.clone(), lease, ended }
    }
}

impl Drop for Leased {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // Where this fails the lease runs out by itself.
        let _ = self.runtime.block_on(self.client.clone().revoke(self.lease));
    }
}

fn folded(cluster: &Ocid) -> String {
    super::record::key(cluster)
}

fn space(cluster: &Ocid) -> String {
    format!("/ocipol/values/{}", folded(cluster))
}

fn key(at: ValueKey<'_>) -> Vec<u8> {
    [space(at.cluster).as_bytes(), at.path.as_bytes()].concat()
}

fn note(cluster: &Ocid, name: &str) -> Vec<u8> {
    format!("/ocipol/notes/{}/{name}", folded(cluster)).into_bytes()
}

/// The first key behind all keys that start with a prefix.
fn after(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            break;
        }
    }
    end
}

fn revised(revision: i64) -> Revision {
    Revision(u64::try_from(revision).unwrap_or_default())
}

/// Whether trying again cannot help: the question itself is wrong, or the server has answered and said no.
///
/// All else may be an election, a node that goes, a lease that ran out.
///
/// # Source
/// gRPC, "Status codes and their use in gRPC"; etcd 3.4, `etcdserver/api/v3rpc/rpctypes/error.go`, read 2026-08.
fn is_final(error: &etcd_client::Error) -> bool {
    use etcd_client::Error;
    const RESOURCE_EXHAUSTED: i32 = 8;
    /// INVALID_ARGUMENT, PERMISSION_DENIED, OUT_OF_RANGE (compacted), UNIMPLEMENTED, UNAUTHENTICATED
    const FINAL: [i32; 5] = [3, 7, 11, 12, 16];
    match error {
        Error::GRpcStatus(status) => match i32::from(status.code()) {
            // Too many requests pass by; a full database and a message that is too long do not.
            RESOURCE_EXHAUSTED => !status.message().contains("too many requests"),
            code => FINAL.contains(&code),
        },
        Error::InvalidArgs(_) | Error::InvalidUri(_) | Error::InvalidMetadataValue(_) => true,
        Error::IoError(_)
        | Error::TransportError(_)
        | Error::WatchError(_)
        | Error::Utf8Error(_)
        | Error::LeaseKeepAliveError(_)
        | Error::ElectError(_)
        | Error::EndpointError(_)
        | Error::EndpointsNotManaged
        | Error::Internal(_) => false,
    }
}

fn failed(error: etcd_client::Error) -> StoreError {
    // The rest of a status is what the libraries below say to each other.
    let why = if let etcd_client::Error::GRpcStatus(status) = &error {
        status.message().to_owned()
    } else {
        error.to_string()
    };
    if is_final(&error) { StoreError::Refused(why) } else { StoreError::Unavailable(why) }
}
