//! Rotation and re-encryption: RR-1 to RR-9, over every store, against real etcd processes, killed with SIGKILL.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use ocipol::audit::By;
use ocipol::clock::{ManualClock, SystemClock};
use ocipol::decider::{Principal, PrincipalKind};
use ocipol::engine::{
    Client, Cluster, ClusterRegistry, Code, Engine, KubernetesVersion, NewCluster, Pace, Reencrypted,
    RunState, SecretName, Workflow, Write,
};
use ocipol::envelope::{AesLength, Profile, ProviderName};
use ocipol::failpoint::{FailPoint, Point};
use ocipol::ocid::Ocid;
use ocipol::random::SystemRng;
use ocipol::store::{AuditLog, Embedded, Expected, Memory, ValueKey, ValueStore};
use ocipol::vault::{KeyRegistry, NewKey, NewVault, Protection, Shape, Timing, VaultKind};

use crate::rig::{Folder, Table, ocid};

#[cfg(feature = "etcd")]
mod killed;
#[cfg(feature = "etcd")]
mod nodes;

const CLUSTER: &str = "ocid1.cluster.oc1.iad.rotated";
const KEY: &str = "ocid1.key.oc1.iad.v.rotated";

pub(crate) fn engine<S>(store: Arc<S>, values: Option<Arc<dyn ValueStore>>) -> Engine
where
    S: ValueStore + AuditLog + KeyRegistry + ClusterRegistry + 'static,
{
    let table = Arc::new(Table::open());
    let engine = Engine::new(store, table, Arc::new(SystemClock), Arc::new(SystemRng), Timing::default());
    match values {
        Some(values) => engine.with_values(values),
        None => engine,
    }
}

pub(crate) fn admin() -> Principal {
    let tenancy = ocid("ocid1.tenancy.oc1..t");
    let compartment = tenancy.clone();
    Principal { kind: PrincipalKind::User, ocid: Some(ocid("ocid1.user.oc1..admin")), tenancy, compartment }
}

/// A vault, a key and a cluster, unless they are there already.
pub(crate) fn prepare(engine: &Engine) -> Cluster {
    prepare_as(engine, CLUSTER)
}

/// The same with a cluster of this OCID: of those that share an etcd each has its own.
pub(crate) fn prepare_as(engine: &Engine, id: &str) -> Cluster {
    if let Some(found) = engine.clusters().unwrap().into_iter().next() {
        return found;
    }
    let tenancy = ocid("ocid1.tenancy.oc1..t");
    let vault = NewVault {
        id: Some(ocid("ocid1.vault.oc1.iad.v.rotated")),
        region: String::new(),
        compartment: tenancy.clone(),
        tenancy: tenancy.clone(),
        name: "vault".into(),
        kind: VaultKind::Default,
    };
    let vault = engine.vaults().create_vault(vault, &By::operator()).unwrap();
    let key = NewKey {
        id: Some(ocid(KEY)),
        version: None,
        vault: vault.id,
        compartment: tenancy.clone(),
        name: "key".into(),
        shape: Shape::Aes(AesLength::Aes256),
        protection: Protection::Software,
    };
    let key = engine.vaults().create_key(key, &By::operator()).unwrap();
    let new = NewCluster {
        id: Some(ocid(id)),
        region: String::new(),
        name: "rotated".into(),
        tenancy: tenancy.clone(),
        compartment: tenancy,
        kubernetes: KubernetesVersion::parse("1.34.2").unwrap(),
        workflow: Workflow::Custom,
        client: Client::Cli,
        key: Some(key.id),
        provider: ProviderName::new("oci-vault").unwrap(),
        profile: Profile::Sealed,
    };
    engine.session(admin()).create_cluster(new).unwrap().value
}

pub(crate) fn name(number: usize) -> SecretName {
    SecretName::new("default", &format!("s{number:06}")).unwrap()
}

pub(crate) fn holds(number: usize) -> Vec<u8> {
    format!("{{\"secret\":{number}}}").into_bytes()
}

pub(crate) fn fill(engine: &Engine, cluster: &Cluster, secrets: std::ops::Range<usize>) {
    let session = engine.cluster_session(&cluster.id).unwrap();
    let of = session.secrets(&cluster.id).unwrap();
    for number in secrets {
        of.put(&name(number), &holds(number), Write::Put).unwrap();
    }
}

pub(crate) fn rotate_key(engine: &Engine) -> Ocid {
    engine.session(admin()).rotate_key(&ocid(KEY), None).unwrap().value.id
}

pub(crate) fn reencrypt(engine: &Engine, cluster: &Cluster, page: usize, workers: usize) -> Reencrypted {
    let session = engine.cluster_session(&cluster.id).unwrap();
    session.reencrypt(&cluster.id, Pace { page, workers, ..Pace::default() }, &|_| {}).unwrap()
}

/// Every secret opens and holds what was put into it, under this version.
pub(crate) fn check_all(engine: &Engine, cluster: &Cluster, secrets: usize, version: &Ocid) {
    let session = engine.cluster_session(&cluster.id).unwrap();
    let of = session.secrets(&cluster.id).unwrap();
    assert_eq!(of.list(None).unwrap().len(), secrets);
    for number in 0..secrets {
        let opened = of.get(&name(number)).unwrap().expect("no secret is lost").value;
        assert_eq!(opened.plaintext.as_bytes(), holds(number), "{number}");
        assert_eq!(opened.version, *version, "{number}");
    }
}

/// Each test of a store without a server runs over both.
fn over_both(test: impl Fn(&Engine, &dyn ValueStore)) {
    let memory = Arc::new(Memory::new());
    test(&engine(memory.clone(), None), &*memory);
    let folder = Folder::new();
    let embedded = Arc::new(Embedded::open(&folder.file("store")).unwrap());
    test(&engine(embedded.clone(), None), &*embedded);
}

#[test]
fn rr_02_a_rotation_ends_complete_and_a_second_run_writes_nothing() {
    over_both(|engine, values| {
        let cluster = prepare(engine);
        fill(engine, &cluster, 0..60);
        let version = rotate_key(engine);
        let first = reencrypt(engine, &cluster, 7, 3);
        assert_eq!((first.run.state, first.rewritten), (RunState::Complete, 60));
        check_all(engine, &cluster, 60, &version);

        let before = values.list(&cluster.id, "/").unwrap();
        let note = values.note(&cluster.id, "reencryption").unwrap();
        let second = reencrypt(engine, &cluster, 7, 3);
        assert_eq!((second.run.state, second.rewritten), (RunState::Complete, 0));
        assert_eq!(values.list(&cluster.id, "/").unwrap(), before, "not one write");
        assert_eq!(values.note(&cluster.id, "reencryption").unwrap(), note);
        // RR-8: the same input gives the same report.
        assert_eq!(second.census, first.census);
        assert_eq!(second.census.digest(), first.census.digest());
    });
}

#[test]
fn rr_01_a_value_that_does_not_open_is_listed_and_stops_nothing() {
    over_both(|engine, values| {
        let cluster = prepare(engine);
        fill(engine, &cluster, 0..10);
        let path = name(4).path();
        let at = ValueKey { cluster: &cluster.id, path: &path };
        let stored = values.get(at).unwrap().unwrap();
        let mut spoilt = stored.bytes.clone();
        *spoilt.last_mut().unwrap() ^= 1;
        values.put(at, Expected::At(stored.revision), &spoilt, &crate::store::entry("spoilt")).unwrap();
        rotate_key(engine);
        let done = reencrypt(engine, &cluster, 3, 2);
        assert_eq!((done.run.state, done.rewritten), (RunState::Incomplete, 9));
        assert_eq!(done.unreadable, [(path.clone(), Code::CiphertextRejected)]);
        assert_eq!(values.get(at).unwrap().unwrap().bytes, spoilt, "it is left as it was");
        // The next run finds the same, and comes to the same end.
        let again = reencrypt(engine, &cluster, 3, 2);
        assert_eq!((again.run.state, again.rewritten), (RunState::Incomplete, 0));
        assert_eq!(again.unreadable, done.unreadable);
    });
}

#[test]
fn rr_03_losing_the_record_of_progress_costs_time_only() {
    over_both(|engine, values| {
        let cluster = prepare(engine);
        fill(engine, &cluster, 0..20);
        let version = rotate_key(engine);
        for garbage in [&b""[..], b"\x01\x02\x03", b"\xFF"] {
            values.keep_note(&cluster.id, "reencryption", garbage).unwrap();
            let done = reencrypt(engine, &cluster, 5, 2);
            assert_eq!(done.run.state, RunState::Complete);
        }
        check_all(engine, &cluster, 20, &version);
    });
}

#[test]
fn rr_04_a_second_run_is_refused_while_the_first_has_the_lock() {
    over_both(|engine, values| {
        let cluster = prepare(engine);
        fill(engine, &cluster, 0..3);
        let held = values.lock(&cluster.id, "first").unwrap();
        let session = engine.cluster_session(&cluster.id).unwrap();
        let refused = session.reencrypt(&cluster.id, Pace::default(), &|_| {}).unwrap_err();
        assert_eq!(refused.code(), Code::WriteConflict);
        assert!(refused.explain().contains("is at work (first)"), "{}", refused.explain());
        drop(held);
        assert_eq!(reencrypt(engine, &cluster, 5, 2).run.state, RunState::Complete);
    });
}

/// Does something each time a point is reached.
struct At<F> {
    point: Point,
    act: F,
    times: AtomicUsize,
}

impl<F: Fn(usize) + Send + Sync + 'static> At<F> {
    fn reached(point: Point, act: F) -> Arc<dyn FailPoint> {
        Arc::new(Self { point, act, times: AtomicUsize::new(0) })
    }
}

impl<F: Fn(usize) + Send + Sync> FailPoint for At<F> {
    fn reach(&self, point: Point) {
        if point == self.point {
            (self.act)(self.times.fetch_add(1, Ordering::Relaxed));
        }
    }
}

/// RR-5: between reading a value and writing it again, others change it, delete it, and create new ones.
#[test]
fn rr_05_writes_of_others_in_the_middle_are_neither_lost_nor_resurrected() {
    let store = Arc::new(Memory::new());
    let plain = Arc::new(engine(store.clone(), None));
    let cluster = prepare(&plain);
    fill(&plain, &cluster, 0..30);
    rotate_key(&plain);
    let (writer, of) = (plain.clone(), cluster.clone());
    let meddle = move |times: usize| {
        let session = writer.cluster_session(&of.id).unwrap();
        let secrets = session.secrets(&of.id).unwrap();
        let (name_of, read) = (name(times), |name: &SecretName| secrets.get(name).unwrap());
        match times {
            0..10 => drop(secrets.put(&name_of, b"changed", Write::Put).unwrap()),
            10..20 => {
                if let Some(found) = read(&name_of) {
                    secrets.delete(&name_of, found.value.revision).unwrap();
                }
            }
            20..25 => drop(secrets.put(&name(100 + times), b"new", Write::Create).unwrap()),
            _ => {}
        }
    };
    let failpoint = At::reached(Point::ValueRead, meddle);
    let meddled = engine(store.clone(), None).with_failpoint(failpoint);
    let done = reencrypt(&meddled, &cluster, 4, 1);
    assert_eq!(done.run.state, RunState::Complete);
    let session = plain.cluster_session(&cluster.id).unwrap();
    let secrets = session.secrets(&cluster.id).unwrap();
    let mut found = BTreeMap::new();
    for (name, _) in secrets.list(None).unwrap() {
        let plaintext = secrets.get(&name).unwrap().unwrap().value.plaintext.as_bytes().to_vec();
        found.insert(name.name().to_owned(), plaintext);
    }
    let of = |number: usize| found.get(name(number).name()).map(Vec::as_slice);
    for number in 0..10 {
        assert_eq!(of(number), Some(&b"changed"[..]), "{number}");
    }
    for number in 10..20 {
        assert_eq!(of(number), None, "{number} is deleted");
    }
    for number in 20..25 {
        assert_eq!(of(100 + number), Some(&b"new"[..]), "{number}");
        assert_eq!(of(number), Some(&holds(number)[..]), "{number}");
    }
}

#[test]
fn rr_06_a_rotation_in_the_middle_redirects_the_run() {
    let store = Arc::new(Memory::new());
    let plain = Arc::new(engine(store.clone(), None));
    let cluster = prepare(&plain);
    fill(&plain, &cluster, 0..20);
    rotate_key(&plain);
    let newest = Arc::new(Mutex::new(None));
    let (rotator, told) = (plain.clone(), newest.clone());
    let rotate = move |times: usize| {
        if times == 2 {
            *told.lock().unwrap() = Some(rotate_key(&rotator));
        }
    };
    let failpoint = At::reached(Point::PageDone, rotate);
    let done = reencrypt(&engine(store, None).with_failpoint(failpoint), &cluster, 5, 2);
    let newest = newest.lock().unwrap().clone().unwrap();
    assert_eq!((done.run.state, &done.run.target), (RunState::Complete, &newest));
    check_all(&plain, &cluster, 20, &newest);
}

/// RR-7: a stale value that is written after the verifying list, and before the report, is found.
#[test]
fn rr_07_complete_is_said_only_of_what_is_fresh_at_the_end() {
    let store = Arc::new(Memory::new());
    let plain = engine(store.clone(), None);
    let cluster = prepare(&plain);
    fill(&plain, &cluster, 0..10);
    let path = name(3).path();
    let at = ValueKey { cluster: &cluster.id, path: &path };
    let old = store.get(at).unwrap().unwrap().bytes;
    let version = rotate_key(&plain);
    let (values, of, old_path) = (store.clone(), cluster.clone(), path.clone());
    let put_back = move |times: usize| {
        if times < 3 {
            let at = ValueKey { cluster: &of.id, path: &old_path };
            let now = values.get(at).unwrap().unwrap();
            values.put(at, Expected::At(now.revision), &old, &crate::store::entry("old")).unwrap();
        }
    };
    let failpoint = At::reached(Point::BeforeVerification, put_back);
    let done = reencrypt(&engine(store, None).with_failpoint(failpoint), &cluster, 5, 1);
    assert_eq!((done.run.state, done.rewritten), (RunState::Complete, 10 + 3));
    check_all(&plain, &cluster, 10, &version);
}

/// SR-30: an older value of the same path opens, which the format cannot know; comparing with a report shows it.
#[test]
fn sr_30_an_older_value_put_back_is_shown_by_comparing_with_a_report() {
    let store = Arc::new(Memory::new());
    let engine = engine(store.clone(), None);
    let cluster = prepare(&engine);
    fill(&engine, &cluster, 0..5);
    let path = name(2).path();
    let at = ValueKey { cluster: &cluster.id, path: &path };
    let old = store.get(at).unwrap().unwrap().bytes;
    rotate_key(&engine);
    let report = reencrypt(&engine, &cluster, 5, 1).census;
    assert!(engine.census(&cluster.id).unwrap().changed_since(&report).is_empty());
    let now = store.get(at).unwrap().unwrap();
    store.put(at, Expected::At(now.revision), &old, &crate::store::entry("replay")).unwrap();
    let session = engine.cluster_session(&cluster.id).unwrap();
    assert!(session.secrets(&cluster.id).unwrap().get(&name(2)).is_ok(), "by itself it is sound");
    let changes = engine.census(&cluster.id).unwrap().changed_since(&report);
    assert_eq!(changes.len(), 1);
    assert_eq!(
        (changes[0].path.as_str(), changes[0].what.as_str()),
        (path.as_str(), "names another version")
    );
}

#[test]
fn rr_09_a_version_is_retired_only_when_nothing_names_it() {
    over_both(|engine, values| {
        let cluster = prepare(engine);
        fill(engine, &cluster, 0..5);
        let key = ocid(KEY);
        let old = engine.vaults().key(&key).unwrap().current_version;
        rotate_key(engine);
        let session = engine.session(admin());
        let refused = session.retire_version(&key, &old, None, None).unwrap_err();
        assert_eq!(refused.code(), Code::KeyState);
        assert!(refused.explain().contains("5 values of cluster rotated"), "{}", refused.explain());
        let shouted = ocid(&old.as_str().to_uppercase());
        let refused = session.retire_version(&key, &shouted, None, None).unwrap_err();
        assert!(refused.explain().contains("5 values of cluster rotated"), "{}", refused.explain());
        let wrong = ocid("ocid1.keyversion.oc1.iad.v.other");
        assert!(
            session.retire_version(&key, &old, None, Some(&wrong)).is_err(),
            "another OCID forces nothing"
        );
        reencrypt(engine, &cluster, 5, usize::MAX);

        // An unfinished run names it too.
        let done = values.note(&cluster.id, "reencryption").unwrap().unwrap();
        let mut running = done.clone();
        *running.last_mut().unwrap() = 0;
        values.keep_note(&cluster.id, "reencryption", &running).unwrap();
        assert_eq!(session.retire_version(&key, &old, None, None).unwrap_err().code(), Code::KeyState);
        values.keep_note(&cluster.id, "reencryption", &done).unwrap();
        session.retire_version(&key, &old, None, None).unwrap();

        fill(engine, &cluster, 0..5);
        let second = engine.vaults().key(&key).unwrap().current_version;
        rotate_key(engine);
        session.retire_version(&key, &second, None, Some(&second)).unwrap();
        let records = engine.audit().records().unwrap();
        assert!(
            records.iter().any(|record| record.entry.version.as_ref() == Some(&second)),
            "it is on record"
        );
    });
}

/// RR-9: what a backup needs stays until the backup is forgotten; force goes ahead, and says what stood against it.
#[test]
fn rr_09_a_version_that_a_recorded_backup_names_is_kept() {
    over_both(|engine, _| {
        let cluster = prepare(engine);
        fill(engine, &cluster, 0..3);
        let key = ocid(KEY);
        let old = engine.vaults().key(&key).unwrap().current_version;
        let session = engine.session(admin());
        let backup = session.record_backup(&cluster.id, "monday").unwrap();
        assert_eq!(backup.versions, std::slice::from_ref(&old));
        for taken in ["monday", "", &"x".repeat(256)] {
            let refused = session.record_backup(&cluster.id, taken).unwrap_err();
            assert_eq!(refused.code(), Code::InvalidParameter, "{taken}");
        }
        rotate_key(engine);
        reencrypt(engine, &cluster, 5, 1);
        session.record_backup(&cluster.id, "tuesday").unwrap();
        let refused = session.retire_version(&key, &old, None, None).unwrap_err();
        assert_eq!(refused.code(), Code::KeyState);
        assert!(refused.explain().starts_with("backup monday of cluster rotated names"), "{refused:?}");

        session.forget_backup(&cluster.id, "monday").unwrap();
        assert_eq!(
            session.forget_backup(&cluster.id, "monday").unwrap_err().code(),
            Code::NotAuthorizedOrNotFound
        );
        session.retire_version(&key, &old, None, None).unwrap();

        let second = engine.vaults().key(&key).unwrap().current_version;
        rotate_key(engine);
        reencrypt(engine, &cluster, 5, 1);
        assert!(session.retire_version(&key, &second, None, None).is_err(), "tuesday names it");
        session.retire_version(&key, &second, None, Some(&second)).unwrap();
        let notes: Vec<String> =
            engine.audit().records().unwrap().into_iter().map(|record| record.entry.note).collect();
        for said in ["backup monday recorded", "backup monday forgotten", "forced although backup tuesday"] {
            assert!(notes.iter().any(|note| note.contains(said)), "{said}");
        }
    });
}

/// While a new version is on its way nothing would be fresh for long: a run waits for the change.
#[test]
fn rr_06_a_run_begins_when_the_new_version_is_the_current_one() {
    let store = Arc::new(Memory::new());
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let timing = Timing { rotating: SignedDuration::from_mins(1), ..Timing::default() };
    let table = Arc::new(Table::open());
    let engine = Engine::new(store, table, clock.clone(), Arc::new(SystemRng), timing);
    let cluster = prepare(&engine);
    fill(&engine, &cluster, 0..4);
    let version = rotate_key(&engine);
    fill(&engine, &cluster, 4..8);
    let session = engine.cluster_session(&cluster.id).unwrap();
    let refused = session.reencrypt(&cluster.id, Pace::default(), &|_| {}).unwrap_err();
    assert_eq!(refused.code(), Code::KeyState);
    assert!(refused.explain().contains("becomes the current one at 1970-01-01T00:01:00Z"), "{refused:?}");
    clock.advance(SignedDuration::from_mins(1));
    let done = reencrypt(&engine, &cluster, 5, 1);
    assert_eq!((done.run.state, done.rewritten), (RunState::Complete, 4 + 2), "two went under the new one");
    check_all(&engine, &cluster, 8, &version);
}

#[test]
fn a_principal_without_the_right_is_told_so_once_and_nothing_is_touched() {
    let store = Arc::new(Memory::new());
    let allowed = engine(store.clone(), None);
    let cluster = prepare(&allowed);
    fill(&allowed, &cluster, 0..5);
    rotate_key(&allowed);
    let before = store.list(&cluster.id, "/").unwrap();
    let table = Arc::new(Table::empty());
    let denied =
        Engine::new(store.clone(), table, Arc::new(SystemClock), Arc::new(SystemRng), Timing::default());
    let session = denied.cluster_session(&cluster.id).unwrap();
    let refused = session.reencrypt(&cluster.id, Pace::default(), &|_| {}).unwrap_err();
    assert_eq!(refused.code(), Code::NotAuthorizedOrNotFound);
    assert_eq!(store.list(&cluster.id, "/").unwrap(), before);
}

/// What a census says of each stored form.
#[test]
fn a_census_tells_every_form_apart_without_a_key() {
    use ocipol::census::{Form, inspect};
    let cases: [(&[u8], Form, Option<&str>); 8] = [
        (b"plain", Form::Plain, None),
        (b"k8s:enc:aescbc:v1:key1:rest", Form::AesCbc, Some("key1")),
        (b"k8s:enc:aesgcm:v1:key1:rest", Form::AesGcm, Some("key1")),
        (b"k8s:enc:secretbox:v1:key1:rest", Form::Secretbox, Some("key1")),
        (b"k8s:enc:kms:v1:name:\0\x01Xrest", Form::KmsV1, Some("name")),
        (b"k8s:enc:kms:v2:name:rest", Form::KmsV2, Some("name")),
        (b"k8s:enc:new:v1:name:rest", Form::Unknown, None),
        (b"k8s:enc:", Form::Unknown, None),
    ];
    for (bytes, form, provider) in cases {
        let found = inspect(bytes);
        assert_eq!((found.form, found.provider.as_deref()), (form, provider), "{bytes:?}");
        assert_eq!(found.size, bytes.len());
    }
    let file = crate::rig::vectors("oenv_v1.json");
    let mut seen = 0;
    for test in crate::rig::list(&file, "tests") {
        let found = inspect(&crate::rig::field(test, "stored_value"));
        let sealed = test["flags"] == 3;
        assert_eq!(found.form, if sealed { Form::Sealed } else { Form::Compat });
        assert_eq!(found.version.as_deref(), test["key_version"].as_str());
        assert_eq!(found.key.as_deref(), test["key"].as_str());
        assert_eq!(found.context.as_deref(), test["context_digest"].as_str());
        assert_eq!(found.provider.as_deref(), test["context"]["provider"].as_str());
        seen += 1;
    }
    assert_eq!(seen, 24);
}
