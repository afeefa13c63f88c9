//! What the tests of the envelope engine stand on: vectors, hex, recorded randomness, a table that decides.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use ocipol::decider::{
    Decider, Operation, Permit, Principal, PrincipalKind, Request, Target, Verdict, permit,
};
use ocipol::envelope::{Cek, Header, MasterKey, Mek, Rejected, Suite, WrapError};
use ocipol::ocid::Ocid;
use ocipol::random::{NoRandomness, Rng};
use serde_json::Value;

/// The bytes of a hex text.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2), "odd hex: {text}");
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex")).collect()
}

/// The bytes of a hex field.
pub(crate) fn field(test: &Value, name: &str) -> Vec<u8> {
    hex(text(test, name))
}

/// A text field.
pub(crate) fn text<'a>(test: &'a Value, name: &str) -> &'a str {
    test[name].as_str().unwrap_or_else(|| panic!("no text `{name}` in {test}"))
}

/// A vector file of ours.
pub(crate) fn vectors(name: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/vectors").join(name);
    read(&path).unwrap_or_else(|| panic!("{} is part of the repository", path.display()))
}

/// A vector file of a third party; `None`, and a word about it, where it is not beside the checkout.
pub(crate) fn shared_vectors(name: &str) -> Option<Value> {
    read(&crate::shared::file(&format!("vectors/{name}"))?)
}

fn read(path: &std::path::Path) -> Option<Value> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(serde_json::from_str(&text).expect("vectors are JSON"))
}

/// The entries of a list in a vector file.
pub(crate) fn list<'a>(file: &'a Value, name: &str) -> &'a [Value] {
    file[name].as_array().map_or(&[], Vec::as_slice)
}

/// An OCID.
pub(crate) fn ocid(text: &str) -> Ocid {
    Ocid::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Gives recorded bytes, and fails when they run out.
pub(crate) struct Recorded(Mutex<VecDeque<u8>>);

impl Recorded {
    pub(crate) fn new(bytes: impl IntoIterator<Item = u8>) -> Self {
        Self(Mutex::new(bytes.into_iter().collect()))
    }

    pub(crate) fn is_used_up(&self) -> bool {
        self.0.lock().unwrap().is_empty()
    }
}

impl Rng for Recorded {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        let mut left = self.0.lock().unwrap();
        for byte in bytes {
            *byte = left.pop_front().ok_or(NoRandomness)?;
        }
        Ok(())
    }
}

/// A generator that never gives anything.
pub(crate) struct Broken;

impl Rng for Broken {
    fn fill(&self, _: &mut [u8]) -> Result<(), NoRandomness> {
        Err(NoRandomness)
    }
}

/// Repeatable bytes for tests that need many: xorshift, fit for nothing else.
pub(crate) struct Dice(Mutex<u64>);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(seed | 1))
    }

    pub(crate) fn next(&self) -> u64 {
        let mut state = self.0.lock().unwrap();
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state
    }

    pub(crate) fn below(&self, bound: u64) -> u64 {
        (self.next() >> 11) % bound
    }

    pub(crate) fn bytes(&self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_be_bytes()[3]).collect()
    }
}

impl Rng for Dice {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        bytes.copy_from_slice(&self.bytes(bytes.len()));
        Ok(())
    }
}

/// One row of a table decider: a rule and the name of its statement.
type Row = (String, Box<dyn Fn(&Request) -> bool + Send + Sync>);

/// Decides by a table: the rows that match allow, and name themselves.
#[derive(Clone, Default)]
pub(crate) struct Table(Arc<Mutex<TableState>>);

#[derive(Default)]
struct TableState {
    rows: Vec<Row>,
    unusable: bool,
    revision: u64,
    asked: Vec<Request>,
}

impl Table {
    /// A table that allows nothing.
    pub(crate) fn empty() -> Self {
        Self::default()
    }

    /// A table that allows everything.
    pub(crate) fn open() -> Self {
        let table = Self::empty();
        table.allow("everything", |_| true);
        table
    }

    pub(crate) fn allow(&self, name: &str, rule: impl Fn(&Request) -> bool + Send + Sync + 'static) {
        let mut state = self.0.lock().unwrap();
        state.rows.push((name.to_owned(), Box::new(rule)));
        state.revision += 1;
    }

    /// Takes a statement away.
    pub(crate) fn remove(&self, name: &str) {
        let mut state = self.0.lock().unwrap();
        let before = state.rows.len();
        state.rows.retain(|(other, _)| other != name);
        assert_ne!(before, state.rows.len(), "there is no statement `{name}`");
        state.revision += 1;
    }

    pub(crate) fn allows_nothing(&self) -> bool {
        self.0.lock().unwrap().rows.is_empty()
    }

    /// The policy no longer compiles, or does again.
    pub(crate) fn spoil(&self, unusable: bool) {
        let mut state = self.0.lock().unwrap();
        state.unusable = unusable;
        state.revision += 1;
    }

    /// What was asked since the last look.
    pub(crate) fn asked(&self) -> Vec<Request> {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }
}

impl Decider for Table {
    fn decide(&self, request: &Request) -> Verdict {
        let mut state = self.0.lock().unwrap();
        state.asked.push(request.clone());
        if state.unusable {
            return Verdict::Unusable { explanation: "statement 1 does not parse".into() };
        }
        let matching = state.rows.iter().filter(|(_, rule)| rule(request));
        let because: Vec<String> = matching.map(|(name, _)| name.clone()).collect();
        if because.is_empty() {
            Verdict::Denied { explanation: "no statement allows it".into() }
        } else {
            Verdict::Allowed { because }
        }
    }

    fn revision(&self) -> u64 {
        self.0.lock().unwrap().revision
    }
}

/// A permit of a cluster for one operation on one key, by a table that allows everything.
pub(crate) fn permit_for(operation: Operation, key: &Ocid) -> Permit {
    let tenancy = ocid("ocid1.tenancy.oc1..t");
    permit(
        &Table::open(),
        Request {
            principal: Principal {
                kind: PrincipalKind::Cluster,
                ocid: Some(ocid("ocid1.cluster.oc1.iad.c")),
                tenancy: tenancy.clone(),
                compartment: tenancy.clone(),
            },
            operation,
            target: Target { key: Some(key.clone()), vault: None, compartment: tenancy.clone(), tenancy },
            include_plaintext_key: None,
            time: Timestamp::UNIX_EPOCH,
        },
    )
    .expect("the table allows everything")
}

/// Master key material outside a vault, for vectors. Counts its unwraps.
pub(crate) struct Loose {
    pub(crate) key: Ocid,
    pub(crate) version: Ocid,
    pub(crate) mek: Mek,
    pub(crate) suite: Suite,
    pub(crate) unwraps: Mutex<usize>,
}

impl Loose {
    pub(crate) fn new(key: &Ocid, version: &Ocid, mek: &[u8]) -> Self {
        Self::of(key, version, Suite::HkdfGcm, Mek::from_bytes(mek).expect("a length of AES"))
    }

    pub(crate) fn of(key: &Ocid, version: &Ocid, suite: Suite, mek: Mek) -> Self {
        Self { key: key.clone(), version: version.clone(), mek, suite, unwraps: Mutex::new(0) }
    }
}

impl MasterKey for Loose {
    fn key(&self) -> &Ocid {
        &self.key
    }

    fn version(&self) -> &Ocid {
        &self.version
    }

    fn suite(&self) -> Suite {
        self.suite
    }

    fn wrap(&self, header: &Header, cek: &Cek, rng: &dyn Rng) -> Result<Vec<u8>, WrapError> {
        self.suite().wrap(&self.mek, header, cek, rng)
    }

    fn unwrap(&self, suite: Suite, header: &[u8], wrapped: &[u8]) -> Result<Cek, Rejected> {
        *self.unwraps.lock().unwrap() += 1;
        suite.unwrap(&self.mek, header, wrapped)
    }
}

/// A folder of its own for one test, gone when it is dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = format!("ocipol-it-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
