//! How fast values are sealed, opened, rotated and scanned, and whether what must take the same time does.
//!
//! `cargo bench --bench envelope --features asymmetric,etcd` ends with a table of every bar of the specification that
//! needs no plugin, what was measured, and whether it holds. Without the feature `etcd`, or without an etcd on the
//! machine, its rows say that they were skipped. Each figure is the median and the 99th percentile of single calls. The
//! timing tests are those of "dude, is my code constant time?": Welch's t over two classes of inputs; below 4.5 nothing
//! was found.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench prints its figures and stops when it cannot measure"
)]

use std::hint::black_box;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use jiff::Timestamp;
use ocipol::audit::By;
use ocipol::authority::Authority;
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
use ocipol::source::{Source, Sources};
use ocipol::store::{AuditLog, Embedded, Memory, ValueStore};
use ocipol::tenancy;
use ocipol::vault::{KeyRegistry, Limits, NewKey, NewVault, Protection, Shape, Timing, VaultKind};

fn main() {
    // Tests start benches too, without this argument, and want to know only that they build.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let table = Table::default();
    for kib in [1, 4, 64] {
        values(kib << 10, &format!("{kib} KiB"), &table);
    }
    decisions(1_000, &table);
    engine(Arc::new(Memory::new()), "in memory", 20_000);
    let folder = std::env::temp_dir().join(format!("ocipol-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    engine(Arc::new(Embedded::open(&folder.join("store")).unwrap()), "in a file", 2_000);
    std::fs::remove_dir_all(&folder).unwrap();
    many(10_000, &table);
    cluster::all(&table);
    for length in [1 << 10, 64 << 10] {
        beside_openssl(length, &table);
    }
    padding(&table);
    tags(&table);
    unknown_keys(&table);
    table.print();
}

#[cfg(feature = "etcd")]
#[path = "envelope/cluster.rs"]
mod cluster;
#[cfg(not(feature = "etcd"))]
mod cluster {
    pub(super) fn all(table: &super::Table) {
        table.row("all that needs an etcd", "", "skipped: build with `--features etcd`".to_owned(), None);
    }
}

/// The bars and what was measured.
#[derive(Default)]
struct Table(Mutex<Vec<Bar>>);

/// What, what is asked for, what was measured, and whether it holds.
type Bar = (String, &'static str, String, Option<bool>);

impl Table {
    /// One bar, what it asks for, what was measured, and whether that holds; `None` where nothing was.
    fn row(&self, what: &str, bar: &'static str, measured: String, holds: Option<bool>) {
        self.0.lock().unwrap().push((what.to_owned(), bar, measured, holds));
    }

    fn print(&self) {
        println!("\n| what | bar | measured | holds |\n|---|---|---|---|");
        for (what, bar, measured, holds) in self.0.lock().unwrap().iter() {
            let holds = holds.map_or("", |holds| if holds { "yes" } else { "NO" });
            println!("| {what} | {bar} | {measured} | {holds} |");
        }
    }
}

/// What the decision adds to an operation, over this many statements, each for a cluster and key of its own.
fn decisions(statements: usize, table: &Table) {
    let lines: String = (0..statements)
        .map(|number| {
            format!(
                "          - Allow any-user to use keys in compartment keys where ALL {{request.principal.type = \
                 'cluster', request.principal.id = 'ocid1.cluster.oc1.iad.c{number}', target.key.id = \
                 'ocid1.key.oc1.iad.v.k{number}'}}\n"
            )
        })
        .collect();
    let model = format!(
        "tenancies:\n  - name: Meadow\n    id: ocid1.tenancy.oc1..t\n    home-region: iad\n    regions: [iad]\n    \
         compartments: [{{name: keys, id: ocid1.compartment.oc1..keys}}]\n    policies:\n      - name: keys\n        \
         statements:\n{lines}"
    );
    let mut sources = Sources::new();
    let file = sources.add(Source::new("meadow.tenancy.yaml", &model).unwrap());
    let mut findings = Vec::new();
    let model = tenancy::read_file(&mut sources, file, &mut |_, _| Ok(file), &mut findings);
    assert!(findings.is_empty(), "{findings:?}");
    let authority = Authority::new(&model);
    let middle = statements / 2;
    let mut asked = request(Operation::Decrypt, &ocid(&format!("ocid1.key.oc1.iad.v.k{middle}")));
    asked.principal.ocid = Some(ocid(&format!("ocid1.cluster.oc1.iad.c{middle}")));
    asked.target.compartment = ocid("ocid1.compartment.oc1..keys");
    let (_, p99) = measure(&format!("decision over {statements} statements"), 20_000, || {
        permit(&authority, asked.clone()).unwrap()
    });
    let what = format!("policy decision inside the path, {statements} statements");
    table.row(&what, "p99 ≤ 50 µs", format!("p99 {p99:.1} µs"), Some(p99 <= 50.0));
}

/// Every secret of a cluster sealed again under a new version, again with nothing to do, and a scan without keys.
fn many(count: usize, table: &Table) {
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
    let took = start.elapsed().as_secs_f64();
    println!("scan without keys: {scanned} values in {took:.3} s");
    table.row("scan of 100,000 values without keys", "≤ 2 s", format!("{took:.2} s"), Some(took <= 2.0));
}

/// AES-256-CBC here, and by OpenSSL in the same minute on the same machine: the best second of three each, in turn.
///
/// The same work on both sides: `openssl speed` makes its round keys once, so they are made once here; and it counts the
/// time its process was at work, not the time that others took the processor away.
fn beside_openssl(length: usize, table: &Table) {
    let (key, iv): ([u8; 32], [u8; 16]) = (array(&SystemRng).unwrap(), array(&SystemRng).unwrap());
    let (encryptor, decryptor) =
        (aes_cbc::Encryptor::new(&key).unwrap(), aes_cbc::Decryptor::new(&key).unwrap());
    let (mut bytes, mut plain) = (vec![7; length], vec![0; length]);
    let rate = |work: &mut dyn FnMut()| {
        let (start, mut done) = (worked(), 0_u32);
        while worked() - start < 1.0 {
            for _ in 0..(4 << 20) / length {
                work();
                done += 1;
            }
        }
        f64::from(done) * length as f64 / (worked() - start) / 1e6
    };
    for (way, options) in [("encrypt", &[][..]), ("decrypt", &["-decrypt"])] {
        let (mut ours, mut theirs) = (0_f64, None);
        for _ in 0..3 {
            ours = ours.max(if options.is_empty() {
                rate(&mut || encryptor.encrypt_blocks(&iv, black_box(&mut bytes)).unwrap())
            } else {
                rate(&mut || decryptor.decrypt_blocks(&iv, &bytes, black_box(&mut plain)).unwrap())
            });
            theirs = openssl_speed(length, options).map(|rate| theirs.map_or(rate, |best| rate.max(best)));
        }
        match theirs {
            Some(theirs) => {
                let ratio = ours / theirs;
                let measured = format!("{ratio:.2} ({ours:.0} MB/s to {theirs:.0})");
                println!("CBC {way} {length} bytes against OpenSSL: {measured}");
                let what = format!("CBC {way}, {length} bytes, against OpenSSL");
                table.row(&what, "≥ 0.8", measured, Some(ratio >= 0.8));
            }
            None => println!("CBC {way} {length} bytes: {ours:.0} MB/s (skipped: openssl is not installed)"),
        }
    }
}

/// How long this process has been at work, in seconds; all the time there was where the system does not say.
fn worked() -> f64 {
    // The fields behind the name, which may contain anything: the 12th of them, in hundredths of a second.
    let ticks = std::fs::read_to_string("/proc/self/stat")
        .ok()
        .and_then(|stat| stat.rsplit_once(')')?.1.split_whitespace().nth(11)?.parse::<u32>().ok());
    let whole = || std::time::UNIX_EPOCH.elapsed().map_or(0.0, |elapsed| elapsed.as_secs_f64());
    ticks.map_or_else(whole, |ticks| f64::from(ticks) / 100.0)
}

/// What OpenSSL does in a second, in MB; `None` where there is none.
fn openssl_speed(length: usize, options: &[&str]) -> Option<f64> {
    let output = std::process::Command::new("openssl")
        .args(["speed", "-seconds", "1", "-bytes", &length.to_string(), "-evp", "aes-256-cbc"])
        .args(options)
        .output()
        .ok()?;
    // The last word of the last line, in thousands of bytes a second: `AES-256-CBC  123456.78k`.
    let text = String::from_utf8(output.stdout).ok()?;
    let last = text.lines().last()?.split_whitespace().last()?.strip_suffix('k')?.parse::<f64>().ok()?;
    Some(last / 1e3)
}

/// Runs something many times, and prints and gives the median and the 99th percentile of a call, in µs.
fn measure<T>(what: &str, times: usize, mut call: impl FnMut() -> T) -> (f64, f64) {
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
    let micros = |nanos: u128| u32::try_from(nanos).map_or(f64::MAX, f64::from) / 1e3;
    let (p50, p99) = (micros(took[times / 2]), micros(took[times / 100 * 99]));
    println!("{what:<44} p50 {p50:>9.2} µs   p99 {p99:>9.2} µs");
    (p50, p99)
}

/// Formats and cryptography alone, the decision and its permit included.
fn values(length: usize, size: &str, table: &Table) {
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
    let (seal, _) = measure(&format!("seal {size}"), 20_000, sealed);
    let (open, _) = measure(&format!("open {size}"), 20_000, || {
        let recognised = recognise(&value, &context, Reading::Strict).unwrap();
        let may = permit(&Yes, opens.clone()).unwrap();
        recognised.authorise(may).unwrap().unwrap(&master).unwrap().open().unwrap()
    });
    if length == 1 << 10 {
        table.row("seal 1 KiB, suite 01", "p50 ≤ 12 µs", format!("p50 {seal:.1} µs"), Some(seal <= 12.0));
        let rate = 1e6 / seal;
        table.row("seals a second and core", "≥ 80,000", format!("{rate:.0}"), Some(rate >= 80_000.0));
        table.row("open 1 KiB", "p50 ≤ 10 µs", format!("p50 {open:.1} µs"), Some(open <= 10.0));
    }
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

/// A vault and a key in it.
fn vault_and_key(engine: &Engine) -> Ocid {
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
    engine.vaults().create_key(key, &By::operator()).unwrap().id
}

/// A vault, a key and a cluster.
fn furnish(engine: &Engine) -> (Ocid, Cluster) {
    let (tenancy, key) = (ocid("ocid1.tenancy.oc1..t"), vault_and_key(engine));
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
        key: Some(key.clone()),
        provider: ProviderName::new("oci-vault").unwrap(),
        profile: Profile::Sealed,
    };
    (key, session.create_cluster(cluster).unwrap().value)
}

/// A wrong padding byte near the end or far from it: the same time.
fn padding(table: &Table) {
    let (key, iv): ([u8; 32], [u8; 16]) = (array(&SystemRng).unwrap(), array(&SystemRng).unwrap());
    let block = |wrong: usize| {
        let mut block = [16_u8; 16];
        block[wrong] = 1;
        aes_cbc::Encryptor::new(&key).unwrap().encrypt_blocks(&iv, &mut block).unwrap();
        block
    };
    let classes = [block(0), block(14)];
    welch("padding check, wrong first byte or last", 1_000_000, 20_000, table, |class| {
        aes_cbc::decrypt(&key, &iv, black_box(&classes[class])).is_err()
    });
}

/// A wrong first byte of a tag or a wrong last one: the same time.
fn tags(table: &Table) {
    let (cek, iv) = (Cek::from_bytes(&[7; 64]).unwrap(), [3; 16]);
    let (ciphertext, tag) = a256cbc_hs512::encrypt(&cek, &iv, &[b"a"], b"secret").unwrap();
    let wrong = |at: usize| {
        let mut wrong = tag;
        wrong[at] ^= 1;
        wrong
    };
    let classes = [wrong(0), wrong(31)];
    welch("tag check, wrong first byte or last", 1_000_000, 20_000, table, |class| {
        a256cbc_hs512::decrypt(&cek, &iv, &[b"a"], &ciphertext, black_box(&classes[class])).is_err()
    });
}

/// SR-21: a key that is forbidden and one that is not there are refused in the same time, as far as a caller can tell.
fn unknown_keys(table: &Table) {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(Embedded::open(&folder.path().join("store")).unwrap());
    let (decider, clock, rng) = (Arc::new(No), Arc::new(SystemClock), Arc::new(SystemRng));
    let limits = Limits { management_calls_a_second: None, ..Limits::default() };
    let engine = Engine::new(store, decider, clock, rng, Timing::default()).with_limits(limits);
    let key = vault_and_key(&engine);
    let keys = [key, ocid("ocid1.key.oc1.iad.examplevault.nowhere")];
    let session = engine.session(principal(Some(ocid("ocid1.cluster.oc1.iad.c"))));
    welch("key forbidden or not there", 10_000, 100_000_000, table, |class| {
        session.key(&keys[class]).is_err()
    });
}

/// Times two classes of refused inputs in random order, and prints Welch's t. What took longer than `longest`, in ns, was
/// interrupted.
fn welch(what: &str, calls: usize, longest: u128, table: &Table, refuse: impl Fn(usize) -> bool) {
    // Count, mean and sum of squared differences of each class: Welford.
    let mut sums = [(0.0_f64, 0.0_f64, 0.0_f64); 2];
    let mut order = vec![0_u8; calls];
    SystemRng.fill(&mut order).unwrap();
    for choice in order {
        let class = usize::from(choice & 1);
        let start = Instant::now();
        let refused = black_box(refuse(class));
        let took = start.elapsed().as_nanos();
        assert!(refused);
        if took < longest {
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
    let measured = format!("{:.2} over {} calls", t.abs(), a.0 + b.0);
    println!("{what}: |t| = {measured}");
    table.row(what, "|t| < 4.5", measured, Some(t.abs() < 4.5));
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

/// Allows nothing.
struct No;

impl Decider for No {
    fn decide(&self, _: &Request) -> Verdict {
        Verdict::Denied { explanation: "no statement allows it".into() }
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
