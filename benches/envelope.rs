//! How fast values are sealed and opened, and whether the padding check takes the same time for all bytes.
//!
//! `cargo bench --bench envelope`. Each figure is the median and the 99th percentile of single calls. The last part is
//! the test of "dude, is my code constant time?": Welch's t over two classes of inputs; below 4.5 nothing was found.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench prints its figures and stops when it cannot measure"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use ocipol::audit::By;
use ocipol::clock::SystemClock;
use ocipol::decider::{Decider, Operation, Principal, PrincipalKind, Request, Target, Verdict, permit};
use ocipol::engine::{
    Client, ClusterRegistry, Engine, KubernetesVersion, NewCluster, SecretName, Session, Workflow, Write,
};
use ocipol::envelope::{
    AesLength, Cek, Context, Header, MasterKey, Mek, Profile, ProviderName, Reading, Rejected, Suite,
    WrapError, aes_cbc, recognise, seal,
};
use ocipol::ocid::Ocid;
use ocipol::random::{Rng, SystemRng, array};
use ocipol::store::{AuditLog, Embedded, Memory, ValueStore};
use ocipol::vault::{KeyRegistry, NewKey, NewVault, Protection, Shape, Timing, VaultKind};

fn main() {
    // Tests start benches too, without this argument, and want to know only that they build.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    for kib in [1, 4, 64] {
        values(kib << 10, &format!("{kib} KiB"));
    }
    engine(Arc::new(Memory::new()), "in memory", 20_000);
    let folder = std::env::temp_dir().join(format!("ocipol-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    engine(Arc::new(Embedded::open(&folder.join("store")).unwrap()), "in a file", 2_000);
    std::fs::remove_dir_all(&folder).unwrap();
    timing();
}

/// Runs something many times and prints the median and the 99th percentile of a call.
fn measure<T>(what: &str, times: usize, mut call: impl FnMut() -> T) {
    for _ in 0..times / 10 {
        black_box(call());
    }
    let mut took: Vec<u128> = (0..times)
        .map(|_| {
            let start = Instant::now();
            black_box(call());
            start.elapsed().as_nanos()
        })
        .collect();
    took.sort_unstable();
    let micros = |nanos: u128| format!("{}.{:02}", nanos / 1000, nanos % 1000 / 10);
    println!(
        "{what:<44} p50 {:>9} µs   p99 {:>9} µs",
        micros(took[times / 2]),
        micros(took[times / 100 * 99])
    );
}

/// Formats and cryptography alone, the decision and its permit included.
fn values(length: usize, size: &str) {
    let tenancy = ocid("ocid1.tenancy.oc1..t");
    let (cluster, provider) = (ocid("ocid1.cluster.oc1.iad.c"), ProviderName::new("oci-vault").unwrap());
    let master = Loose {
        key: ocid("ocid1.key.oc1.iad.examplevault.exampleaaaakeya"),
        version: ocid("ocid1.keyversion.oc1.iad.examplevault.exampleaaaaver1"),
        mek: Mek::fresh(AesLength::Aes256, &SystemRng).unwrap(),
    };
    let context = Context {
        cluster: &cluster,
        cluster_tenancy: &tenancy,
        key_tenancy: &tenancy,
        provider: &provider,
        resource: "secrets",
        path: "/registry/secrets/default/db-password",
    };
    let plaintext = vec![7; length];
    let seals = request(Operation::GenerateDataEncryptionKey, &master.key);
    let opens = request(Operation::Decrypt, &master.key);
    let sealed = || {
        let may = permit(&Yes, seals.clone()).unwrap();
        seal(may, &master, &context, Profile::Sealed, &plaintext, &SystemRng).unwrap()
    };
    let value = sealed();
    measure(&format!("seal {size}"), 20_000, sealed);
    measure(&format!("open {size}"), 20_000, || {
        let recognised = recognise(&value, &context, Reading::Strict).unwrap();
        let may = permit(&Yes, opens.clone()).unwrap();
        recognised.authorise(may).unwrap().unwrap(&master).unwrap().open().unwrap()
    });
}

/// The whole way: decision, states, store and audit record.
fn engine<S>(store: Arc<S>, place: &str, times: usize)
where
    S: ValueStore + AuditLog + KeyRegistry + ClusterRegistry + 'static,
{
    let engine =
        Engine::new(store, Arc::new(Yes), Arc::new(SystemClock), Arc::new(SystemRng), Timing::default());
    let tenancy = ocid("ocid1.tenancy.oc1..t");
    let vault = NewVault {
        id: None,
        region: "iad".into(),
        compartment: tenancy.clone(),
        tenancy: tenancy.clone(),
        name: "vault".into(),
        kind: VaultKind::Default,
    };
    let vault = engine.vaults().create_vault(vault, &By::operator()).unwrap();
    let key = NewKey {
        id: None,
        version: None,
        vault: vault.id,
        compartment: tenancy.clone(),
        name: "mek".into(),
        shape: Shape::Aes(AesLength::Aes256),
        protection: Protection::Software,
    };
    let key = engine.vaults().create_key(key, &By::operator()).unwrap();
    let session = engine.session(principal(None));
    let cluster = NewCluster {
        id: None,
        region: "iad".into(),
        name: "one".into(),
        tenancy: tenancy.clone(),
        compartment: tenancy,
        kubernetes: KubernetesVersion::parse("1.34.2").unwrap(),
        workflow: Workflow::Custom,
        client: Client::Cli,
        key: Some(key.id),
        provider: ProviderName::new("oci-vault").unwrap(),
        profile: Profile::Sealed,
    };
    let cluster = session.create_cluster(cluster).unwrap().value;
    let session: Session<'_> = engine.cluster_session(&cluster.id).unwrap();
    let secrets = session.secrets(&cluster.id).unwrap();
    let (name, plaintext) = (SecretName::new("default", "db-password").unwrap(), vec![7; 1024]);
    measure(&format!("put 1 KiB, {place}"), times, || secrets.put(&name, &plaintext, Write::Put).unwrap());
    measure(&format!("get 1 KiB, {place}"), times, || secrets.get(&name).unwrap());
}

/// A wrong padding byte near the end or far from it: the same time.
fn timing() {
    let (key, iv): ([u8; 32], [u8; 16]) = (array(&SystemRng).unwrap(), array(&SystemRng).unwrap());
    let block = |wrong: usize| {
        let mut block = [16_u8; 16];
        block[wrong] = 1;
        aes_cbc::encrypt_blocks(&key, &iv, &mut block).unwrap();
        block
    };
    let classes = [block(0), block(14)];
    // Count, mean and sum of squared differences of each class: Welford.
    let mut sums = [(0.0_f64, 0.0_f64, 0.0_f64); 2];
    let mut order = vec![0_u8; 1_000_000];
    SystemRng.fill(&mut order).unwrap();
    for choice in order {
        let class = usize::from(choice & 1);
        let start = Instant::now();
        let refused = black_box(aes_cbc::decrypt(&key, &iv, black_box(&classes[class]))).is_err();
        let took = start.elapsed().as_nanos();
        assert!(refused);
        // What took ten times as long was interrupted.
        if took < 5_000 {
            let took = f64::from(u32::try_from(took).unwrap());
            let (count, mean, squares) = &mut sums[class];
            *count += 1.0;
            let difference = took - *mean;
            *mean += difference / *count;
            *squares += difference * (took - *mean);
        }
    }
    let [a, b] = sums;
    let spread = |(count, _, squares): (f64, f64, f64)| squares / (count - 1.0) / count;
    let t = (a.1 - b.1) / (spread(a) + spread(b)).sqrt();
    println!("padding check, wrong first byte or last: |t| = {:.2} over {} calls", t.abs(), a.0 + b.0);
}

fn ocid(text: &str) -> Ocid {
    Ocid::parse(text).unwrap()
}

fn principal(cluster: Option<Ocid>) -> Principal {
    let tenancy = ocid("ocid1.tenancy.oc1..t");
    Principal { kind: PrincipalKind::Cluster, ocid: cluster, tenancy: tenancy.clone(), compartment: tenancy }
}

fn request(operation: Operation, key: &Ocid) -> Request {
    let principal = principal(Some(ocid("ocid1.cluster.oc1.iad.c")));
    Request {
        target: Target {
            key: Some(key.clone()),
            vault: None,
            compartment: principal.compartment.clone(),
            tenancy: principal.tenancy.clone(),
        },
        principal,
        operation,
        include_plaintext_key: None,
        time: Timestamp::UNIX_EPOCH,
    }
}

/// Allows everything.
struct Yes;

impl Decider for Yes {
    fn decide(&self, _: &Request) -> Verdict {
        Verdict::Allowed { because: vec!["keys#1".into()] }
    }

    fn revision(&self) -> u64 {
        1
    }
}

/// Material outside a vault.
struct Loose {
    key: Ocid,
    version: Ocid,
    mek: Mek,
}

impl MasterKey for Loose {
    fn key(&self) -> &Ocid {
        &self.key
    }

    fn version(&self) -> &Ocid {
        &self.version
    }

    fn suite(&self) -> Suite {
        Suite::HkdfGcm
    }

    fn wrap(&self, header: &Header, cek: &Cek, rng: &dyn Rng) -> Result<Vec<u8>, WrapError> {
        self.suite().wrap(&self.mek, header, cek, rng)
    }

    fn unwrap(&self, suite: Suite, header: &[u8], wrapped: &[u8]) -> Result<Cek, Rejected> {
        suite.unwrap(&self.mek, header, wrapped)
    }
}
