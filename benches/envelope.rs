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
use ocipol::census::inspect;
use ocipol::clock::SystemClock;
use ocipol::decider::{Decider, Operation, Principal, PrincipalKind, Request, Target, Verdict, permit};
use ocipol::engine::{
    Client, Cluster, ClusterRegistry, Engine, KubernetesVersion, NewCluster, Pace, SecretName, Session,
    Workflow, Write,
};
use ocipol::envelope::{
    AesLength, Cek, Context, Header, MasterKey, Mek, Profile, ProviderName, Reading, Rejected, Suite,
    WrapError, a256cbc_hs512, aes_cbc, recognise, seal,
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
    many(10_000);
    for length in [1 << 10, 64 << 10] {
        beside_openssl(length);
    }
    padding();
    tags();
}

/// Every secret of a cluster sealed again under a new version, again with nothing to do, and a scan without keys.
fn many(count: usize) {
    let store = Arc::new(Memory::new());
    let (clock, rng) = (Arc::new(SystemClock), Arc::new(SystemRng));
    let engine = Engine::new(store.clone(), Arc::new(Yes), clock, rng, Timing::default());
    let (key, cluster) = furnish(&engine);
    let session = engine.cluster_session(&cluster.id).unwrap();
    let secrets = session.secrets(&cluster.id).unwrap();
    for number in 0..count {
        let name = SecretName::new("default", &format!("s{number}")).unwrap();
        secrets.put(&name, &[7; 1024], Write::Create).unwrap();
    }
    engine.vaults().rotate(&key, None, &By::operator()).unwrap();
    for what in ["rotate", "rotate again, nothing to do"] {
        let start = Instant::now();
        let done = session.reencrypt(&cluster.id, Pace::default(), &|_| {}).unwrap();
        println!("{what}: {count} secrets in {:.2?}, {} written", start.elapsed(), done.rewritten);
    }
    let values = store.list(&cluster.id, "/registry/secrets/").unwrap().values;
    let start = Instant::now();
    let scanned = 100_000;
    for (_, stored) in values.iter().cycle().take(scanned) {
        black_box(inspect(&stored.bytes));
    }
    println!("scan without keys: {scanned} values in {:.2?}", start.elapsed());
}

/// AES-256-CBC here, and by OpenSSL in the same minute on the same machine.
fn beside_openssl(length: usize) {
    let (key, iv): ([u8; 32], [u8; 16]) = (array(&SystemRng).unwrap(), array(&SystemRng).unwrap());
    let mut bytes = vec![7; length];
    let mut rate = |work: &mut dyn FnMut(&mut [u8])| {
        let (start, mut done) = (Instant::now(), 0_u32);
        while start.elapsed().as_millis() < 1_000 {
            for _ in 0..16 {
                work(black_box(&mut bytes));
            }
            done += 16;
        }
        f64::from(done) * length as f64 / start.elapsed().as_secs_f64() / 1e6
    };
    let ours = [
        rate(&mut |bytes| aes_cbc::encrypt_blocks(&key, &iv, bytes).unwrap()),
        rate(&mut |bytes| aes_cbc::decrypt_blocks(&key, &iv, bytes).unwrap()),
    ];
    for (way, ours, options) in [("encrypt", ours[0], &[][..]), ("decrypt", ours[1], &["-decrypt"])] {
        let speed = std::process::Command::new("openssl")
            .args(["speed", "-seconds", "1", "-bytes", &length.to_string(), "-evp", "aes-256-cbc"])
            .args(options)
            .output();
        // The last word of the last line, in thousands of bytes a second: `AES-256-CBC  123456.78k`.
        let theirs = speed.ok().and_then(|output| {
            let text = String::from_utf8(output.stdout).ok()?;
            let last =
                text.lines().last()?.split_whitespace().last()?.strip_suffix('k')?.parse::<f64>().ok()?;
            Some(last / 1e3)
        });
        match theirs {
            Some(theirs) => println!(
                "CBC {way} {length} bytes: {ours:.0} MB/s, OpenSSL {theirs:.0} MB/s, ratio {:.2}",
                ours / theirs
            ),
            None => println!("CBC {way} {length} bytes: {ours:.0} MB/s (skipped: openssl is not installed)"),
        }
    }
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
    let (_, cluster) = furnish(&engine);
    let session: Session<'_> = engine.cluster_session(&cluster.id).unwrap();
    let secrets = session.secrets(&cluster.id).unwrap();
    let (name, plaintext) = (SecretName::new("default", "db-password").unwrap(), vec![7; 1024]);
    measure(&format!("put 1 KiB, {place}"), times, || secrets.put(&name, &plaintext, Write::Put).unwrap());
    measure(&format!("get 1 KiB, {place}"), times, || secrets.get(&name).unwrap());
}

/// A vault, a key and a cluster.
fn furnish(engine: &Engine) -> (Ocid, Cluster) {
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
        key: Some(key.id.clone()),
        provider: ProviderName::new("oci-vault").unwrap(),
        profile: Profile::Sealed,
    };
    (key.id, session.create_cluster(cluster).unwrap().value)
}

/// A wrong padding byte near the end or far from it: the same time.
fn padding() {
    let (key, iv): ([u8; 32], [u8; 16]) = (array(&SystemRng).unwrap(), array(&SystemRng).unwrap());
    let block = |wrong: usize| {
        let mut block = [16_u8; 16];
        block[wrong] = 1;
        aes_cbc::encrypt_blocks(&key, &iv, &mut block).unwrap();
        block
    };
    let classes = [block(0), block(14)];
    welch("padding check, wrong first byte or last", |class| {
        aes_cbc::decrypt(&key, &iv, black_box(&classes[class])).is_err()
    });
}

/// A wrong first byte of a tag or a wrong last one: the same time.
fn tags() {
    let (cek, iv) = (Cek::from_bytes(&[7; 64]).unwrap(), [3; 16]);
    let (ciphertext, tag) = a256cbc_hs512::encrypt(&cek, &iv, &[b"a"], b"secret").unwrap();
    let wrong = |at: usize| {
        let mut wrong = tag;
        wrong[at] ^= 1;
        wrong
    };
    let classes = [wrong(0), wrong(31)];
    welch("tag check, wrong first byte or last", |class| {
        a256cbc_hs512::decrypt(&cek, &iv, &[b"a"], &ciphertext, black_box(&classes[class])).is_err()
    });
}

/// Times two classes of refused inputs in random order, and prints Welch's t.
fn welch(what: &str, refuse: impl Fn(usize) -> bool) {
    // Count, mean and sum of squared differences of each class: Welford.
    let mut sums = [(0.0_f64, 0.0_f64, 0.0_f64); 2];
    let mut order = vec![0_u8; 1_000_000];
    SystemRng.fill(&mut order).unwrap();
    for choice in order {
        let class = usize::from(choice & 1);
        let start = Instant::now();
        let refused = black_box(refuse(class));
        let took = start.elapsed().as_nanos();
        assert!(refused);
        // What took ten times as long was interrupted.
        if took < 20_000 {
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
    println!("{what}: |t| = {:.2} over {} calls", t.abs(), a.0 + b.0);
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
