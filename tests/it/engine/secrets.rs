//! Who may seal and open, and what is refused to whom.

use std::sync::Arc;

use ocipol::audit::By;
use ocipol::decider::{Decider, Operation, Principal, PrincipalKind};
use ocipol::engine::{Code, NewCluster, SecretName, Write};
use ocipol::envelope::{Blob, Context, PLAINTEXT_LENGTH, Profile, ProviderName, kms_v1, seal};
use ocipol::random::{NoRandomness, Rng, SystemRng};
use ocipol::vault::{NewVault, Purpose, VaultKind};

use super::{
    OPEN, SEAL, SECRET, World, code, keys_compartment, keys_tenancy, new_cluster, new_key, secret, user,
};
use crate::rig::{Table, ocid, permit_for};

#[test]
fn each_operation_is_decided_by_its_own_name_for_the_cluster_and_the_key_it_uses() {
    let world = World::open();
    let cluster = world.cluster("one");
    world.table.asked();
    world.put(&cluster, "a").unwrap();
    world.get(&cluster, "a").unwrap();
    let asked = world.table.asked();
    let [seal, open] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!((seal.operation, seal.include_plaintext_key), (SEAL, Some(true)));
    assert_eq!((open.operation, open.include_plaintext_key), (OPEN, None));
    for request in [seal, open] {
        assert_eq!(request.principal, cluster.principal());
        assert_eq!(request.target.key.as_ref(), Some(&world.key.id));
        assert_eq!(request.target.vault.as_ref(), Some(&world.key.vault));
        assert_eq!(request.target.compartment, world.key.compartment);
        assert_eq!(request.target.tenancy, world.key.tenancy);
    }
}

#[test]
fn the_statements_of_a_decision_come_back_with_what_it_allowed() {
    let world = World::with(Table::empty(), Arc::new(SystemRng));
    let cluster = world.cluster("one");
    world.table.allow("keys#1", |request| request.principal.kind == PrincipalKind::Cluster);
    let session = world.engine.cluster_session(&cluster.id).unwrap();
    let secrets = session.secrets(&cluster.id).unwrap();
    let written = secrets.put(&secret("a"), SECRET, Write::Put).unwrap();
    let opened = secrets.get(&secret("a")).unwrap().unwrap();
    for evidence in [written.evidence, opened.evidence] {
        assert_eq!(evidence.len(), 1);
        assert_eq!(evidence[0].because, ["keys#1"]);
    }
}

/// Nothing allows: both operations are refused; each statement gives back what it allows, and only that.
#[test]
fn sealing_and_opening_are_allowed_one_by_one() {
    let world = World::with(Table::empty(), Arc::new(SystemRng));
    let cluster = world.cluster("one");
    assert_eq!(code(world.put(&cluster, "a")), Some(Code::NotAuthorizedOrNotFound));
    assert!(world.stored(&cluster, "a").is_none());
    world.table.allow("seal", |request| request.operation == SEAL);
    world.put(&cluster, "a").unwrap();
    assert_eq!(code(world.get(&cluster, "a")), Some(Code::NotAuthorizedOrNotFound));
    world.table.allow("open", |request| request.operation == OPEN);
    world.get(&cluster, "a").unwrap();
    world.table.remove("seal");
    assert_eq!(code(world.put(&cluster, "b")), Some(Code::NotAuthorizedOrNotFound));
    world.get(&cluster, "a").unwrap();
}

/// A policy that denies `includePlainTextKey` is not got round by another operation.
#[test]
fn sealing_never_falls_back_to_encrypt() {
    let world = World::with(Table::empty(), Arc::new(SystemRng));
    let cluster = world.cluster("one");
    world.table.allow("no plaintext keys", |request| request.include_plaintext_key != Some(true));
    world.table.asked();
    assert_eq!(code(world.put(&cluster, "a")), Some(Code::NotAuthorizedOrNotFound));
    let asked: Vec<Operation> = world.table.asked().iter().map(|request| request.operation).collect();
    assert_eq!(asked, [SEAL]);
}

#[test]
fn sr_06_a_value_of_one_cluster_is_refused_to_another_even_with_policy_for_both() {
    let world = World::open();
    let (one, two) = (world.cluster("one"), world.cluster("two"));
    for (from, to) in [(&one, &two), (&two, &one)] {
        world.put(from, "a").unwrap();
        let bytes = world.stored(from, "a").unwrap().bytes;
        world.plant(to, "a", &bytes);
        assert_eq!(code(world.get(to, "a")), Some(Code::CiphertextRejected));
    }
}

#[test]
fn sr_06_a_cluster_is_refused_its_own_values_without_policy_and_the_other_is_not() {
    let world = World::with(Table::empty(), Arc::new(SystemRng));
    let (one, two) = (world.cluster("one"), world.cluster("two"));
    world.table.allow("all clusters", |request| request.principal.kind == PrincipalKind::Cluster);
    for cluster in [&one, &two] {
        world.put(cluster, "a").unwrap();
        world.get(cluster, "a").unwrap();
    }
    world.table.remove("all clusters");
    let pinned = one.id.clone();
    world.table.allow("one cluster", move |request| request.principal.ocid.as_ref() == Some(&pinned));
    world.get(&one, "a").unwrap();
    assert_eq!(code(world.get(&two, "a")), Some(Code::NotAuthorizedOrNotFound));
    assert_eq!(code(world.put(&two, "a")), Some(Code::NotAuthorizedOrNotFound));
}

#[test]
fn nobody_but_the_cluster_is_served_whatever_the_policy_says() {
    let world = World::open();
    let (cluster, other) = (world.cluster("one"), world.cluster("two"));
    world.put(&cluster, "a").unwrap();
    let instance =
        Principal { kind: PrincipalKind::Instance, ocid: Some(ocid("ocid1.instance.oc1.iad.i")), ..user() };
    for principal in [user(), instance, other.principal()] {
        let session = world.engine.session(principal);
        let secrets = session.secrets(&cluster.id).unwrap();
        let name = secret("a");
        let revision = world.stored(&cluster, "a").unwrap().revision;
        for outcome in [
            code(secrets.get(&name)),
            code(secrets.get(&secret("none"))),
            code(secrets.put(&name, b"x", Write::Put)),
            code(secrets.delete(&name, revision)),
        ] {
            assert_eq!(outcome, Some(Code::NotAuthorizedOrNotFound));
        }
    }
    world.get(&cluster, "a").unwrap();
}

#[test]
fn a_provider_managed_key_needs_no_policy_and_serves_its_own_cluster_only() {
    let world = World::with(Table::empty(), Arc::new(SystemRng));
    let create = |name| world.engine.session(user()).create_cluster(new_cluster(name, None)).unwrap().value;
    let (one, two) = (create("one"), create("two"));
    assert_ne!(one.key.id, two.key.id);
    for cluster in [&one, &two] {
        world.put(cluster, "a").unwrap();
        world.get(cluster, "a").unwrap();
    }
    assert_eq!(world.table.asked().len(), 0);
    let bytes = world.stored(&one, "a").unwrap().bytes;
    world.plant(&two, "b", &bytes);
    assert_eq!(code(world.get(&two, "b")), Some(Code::CiphertextRejected));

    // Not even a policy that allows everything reaches it.
    world.table.allow("everything", |_| true);
    let user = world.engine.session(user());
    assert_eq!(code(user.disable_key(&one.key.id)), Some(Code::NotAuthorizedOrNotFound));
    assert_eq!(code(user.schedule_key_deletion(&one.key.id, None)), Some(Code::NotAuthorizedOrNotFound));
    let secrets = user.secrets(&one.id).unwrap();
    assert_eq!(code(secrets.get(&secret("a"))), Some(Code::NotAuthorizedOrNotFound));

    assert_eq!(user.delete_cluster(&one.id), Ok(1));
    world.get(&two, "a").unwrap();
}

/// The vault of the provider's keys has an OCID that everybody can read in this source.
#[test]
fn nobody_takes_the_vault_of_the_provider_first() {
    let world = World::open();
    for id in ["ocid1.vault.oc1.local.provider.managed", "OCID1.vault.oc1.local.Provider.Managed"] {
        let vault = NewVault {
            id: Some(ocid(id)),
            region: String::new(),
            compartment: keys_compartment(),
            tenancy: keys_tenancy(),
            name: "mine".into(),
            kind: VaultKind::Default,
        };
        let refused = world.engine.session(user()).create_vault(vault.clone());
        assert_eq!(code(refused), Some(Code::InvalidParameter));
        // Somebody who has the store in their hands can; then no cluster gets a key in it.
        let taken = World::open();
        taken.engine.vaults().create_vault(vault, &By::operator()).unwrap();
        let cluster = taken.engine.session(user()).create_cluster(new_cluster("one", None));
        assert_eq!(code(cluster), Some(Code::Internal));
    }
    world.cluster_of(new_cluster("one", None));
}

#[test]
fn sr_07_values_of_weaker_kinds_planted_in_a_sealing_cluster_are_refused() {
    let world = World::open();
    let sealing = world.cluster("one");
    world.put(&sealing, "a").unwrap();
    let good = world.stored(&sealing, "a").unwrap().bytes;

    // The same cluster, as if it had been made with the weaker profile.
    let weak = World::open();
    let compat =
        weak.cluster_of(NewCluster { profile: Profile::Compat, ..new_cluster("one", Some(&weak.key.id)) });
    weak.put(&compat, "a").unwrap();
    let session = weak.engine.cluster_session(&compat.id).unwrap();
    let opened = session.secrets(&compat.id).unwrap().get(&secret("a")).unwrap().unwrap();
    assert!(!opened.value.authenticated);
    world.plant(&sealing, "a", &weak.stored(&compat, "a").unwrap().bytes);
    assert_eq!(code(world.get(&sealing, "a")), Some(Code::UnauthenticatedValue));

    world.plant(&sealing, "a", SECRET);
    assert_eq!(code(world.get(&sealing, "a")), Some(Code::NoTransformer));
    world.plant(&sealing, "a", &[b"k8s:enc:kms:v1:other:", &good[25..]].concat());
    assert_eq!(code(world.get(&sealing, "a")), Some(Code::NoTransformer));
    world.plant(&sealing, "a", &good);
    world.get(&sealing, "a").unwrap();
}

/// Somebody who writes etcd and holds another key, which the cluster may use too, seals a value of their own.
#[test]
fn sr_04_a_value_under_another_key_than_the_clusters_is_refused_before_any_decision() {
    let world = World::open();
    let cluster = world.cluster("one");
    let other = world.engine.vaults().create_key(new_key("other", super::aes()), &By::operator()).unwrap();
    let master = world.engine.vaults().usable(&other.id, Purpose::Seal).unwrap();
    let path = secret("a").path();
    let context = Context {
        cluster: &cluster.id,
        cluster_tenancy: &cluster.tenancy,
        key_tenancy: &other.tenancy,
        provider: &cluster.provider,
        resource: "secrets",
        path: &path,
    };
    let permit = permit_for(SEAL, &other.id);
    let planted = seal(permit, &master, &context, Profile::Sealed, SECRET, &SystemRng).unwrap();
    world.plant(&cluster, "a", &planted);
    world.table.asked();
    assert_eq!(code(world.get(&cluster, "a")), Some(Code::CiphertextRejected));
    assert!(world.table.asked().is_empty());
}

#[test]
fn sr_08_the_blob_of_one_value_with_the_body_of_another_is_refused() {
    let world = World::open();
    let cluster = world.cluster("one");
    world.put(&cluster, "a").unwrap();
    let first = world.stored(&cluster, "a").unwrap().bytes;
    world.put(&cluster, "a").unwrap();
    let second = world.stored(&cluster, "a").unwrap().bytes;
    assert_eq!(first.len(), second.len());
    let body = first.len() - (16 + 32);
    world.plant(&cluster, "a", &[&first[..body], &second[body..]].concat());
    assert_eq!(code(world.get(&cluster, "a")), Some(Code::CiphertextRejected));
}

/// SR-09: one answer, to the byte, for every cryptographic cause.
#[test]
fn sr_09_refusals_of_ciphertexts_are_the_same_bytes_and_only_the_trace_knows_why() {
    use std::collections::BTreeSet;
    use std::sync::Mutex;

    let mut world = World::open();
    let causes = Arc::new(Mutex::new(Vec::new()));
    let trace = {
        let causes = causes.clone();
        Arc::new(move |cause| causes.lock().unwrap().push(format!("{cause:?}")))
    };
    world.engine = world.engine.with_trace(trace);
    let cluster = world.cluster("one");
    world.put(&cluster, "a").unwrap();
    let good = world.stored(&cluster, "a").unwrap().bytes;
    let provider = ProviderName::new("oci-vault").unwrap();
    let value = kms_v1::Value::parse(&good, &provider).unwrap();
    let blob = value.head.len();
    let digest = blob + Blob::parse(value.blob).unwrap().header.len() - 1;
    let flipped = |place: usize| {
        let mut bytes = good.clone();
        bytes[place] ^= 1;
        bytes
    };
    let values = [
        good[..blob].to_vec(),                // the blob is missing
        flipped(blob),                        // magic
        flipped(blob + 5),                    // suite
        flipped(blob + 6),                    // flags
        flipped(digest),                      // context
        flipped(digest + 3),                  // salt
        flipped(good.len() - 1),              // last block
        good[..good.len() - 16].to_vec(),     // last block cut off, padding with it
        [good.clone(), vec![0; 16]].concat(), // a block more
    ];
    let mut answers = BTreeSet::new();
    for value in &values {
        world.plant(&cluster, "a", value);
        let failure = world.get(&cluster, "a").unwrap_err();
        assert_eq!(failure.code(), Code::CiphertextRejected);
        answers.insert(format!("{failure} {failure:?} {}", failure.explain()));
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    let causes = causes.lock().unwrap();
    assert_eq!(causes.len(), values.len());
    assert_eq!(*causes, ["Frame", "Blob", "Blob", "Blob", "Context", "Unwrap", "Tag", "Tag", "Tag"]);
}

/// SR-01 from end to end: a flipped bit in the names of provider or version asks for another provider or version, which
/// is not there; anywhere else it is a rejected ciphertext. Nothing opens.
#[test]
fn sr_01_a_flipped_bit_in_any_byte_of_a_stored_value_is_refused() {
    let world = World::open();
    let cluster = world.cluster("one");
    world.put(&cluster, "a").unwrap();
    let good = world.stored(&cluster, "a").unwrap().bytes;
    let provider = ProviderName::new("oci-vault").unwrap();
    let value = kms_v1::Value::parse(&good, &provider).unwrap();
    let blob = Blob::parse(value.blob).unwrap();
    let prefix = value.head.len() - 2;
    let key = prefix + 2 + 8..prefix + 2 + 8 + blob.key.len();
    let version = key.end + 1..key.end + 1 + blob.version.len();
    let mut bytes = good.clone();
    for place in 0..good.len() {
        for bit in [0x01, 0x20, 0x80] {
            bytes[place] ^= bit;
            world.plant(&cluster, "a", &bytes);
            let found = code(world.get(&cluster, "a")).expect("nothing opens");
            let expected = if place < prefix {
                [Code::NoTransformer; 2]
            } else if version.contains(&place) {
                [Code::NotAuthorizedOrNotFound, Code::CiphertextRejected]
            } else {
                [Code::CiphertextRejected; 2]
            };
            assert!(expected.contains(&found), "bit {bit:#x} of byte {place}: {found}");
            bytes[place] ^= bit;
        }
    }
    world.plant(&cluster, "a", &good);
    world.get(&cluster, "a").unwrap();
}

#[test]
fn sr_12_a_generator_that_fails_writes_nothing() {
    /// The system's generator, until it is told to fail.
    struct Failing(std::sync::atomic::AtomicBool);

    impl Rng for Failing {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
            if self.0.load(std::sync::atomic::Ordering::SeqCst) {
                return Err(NoRandomness);
            }
            SystemRng.fill(bytes)
        }
    }

    let rng = Arc::new(Failing(false.into()));
    let world = World::with(Table::open(), rng.clone());
    let cluster = world.cluster("one");
    world.put(&cluster, "a").unwrap();
    let before = world.stored(&cluster, "a");
    rng.0.store(true, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(code(world.put(&cluster, "a")), Some(Code::Internal));
    assert_eq!(code(world.put(&cluster, "b")), Some(Code::Internal));
    assert_eq!(world.stored(&cluster, "a"), before);
    assert!(world.stored(&cluster, "b").is_none());
    let user = world.engine.session(user());
    let versions = world.engine.vaults().versions(&world.key.id).unwrap().len();
    assert_eq!(code(user.rotate_key(&world.key.id, None)), Some(Code::Internal));
    assert_eq!(world.engine.vaults().versions(&world.key.id).unwrap().len(), versions);
    world.get(&cluster, "a").unwrap();
}

#[test]
fn sr_18_a_disabled_key_neither_seals_nor_opens() {
    let world = World::open();
    let cluster = world.cluster("one");
    world.put(&cluster, "a").unwrap();
    world.engine.session(user()).disable_key(&world.key.id).unwrap();
    for outcome in [world.get(&cluster, "a"), world.put(&cluster, "a")] {
        let failure = outcome.unwrap_err();
        assert_eq!(failure.code(), Code::KeyState);
        assert!(failure.explain().contains("DISABLED since"), "{}", failure.explain());
    }
    world.engine.session(user()).enable_key(&world.key.id).unwrap();
    world.get(&cluster, "a").unwrap();
}

#[test]
fn sr_19_a_statement_that_is_gone_allows_nothing_from_then_on() {
    let world = World::with(Table::empty(), Arc::new(SystemRng));
    let cluster = world.cluster("one");
    world.table.allow("use keys", |_| true);
    world.put(&cluster, "a").unwrap();
    world.get(&cluster, "a").unwrap();
    let revision = Decider::revision(&world.table);
    world.table.remove("use keys");
    assert_ne!(Decider::revision(&world.table), revision);
    assert_eq!(code(world.get(&cluster, "a")), Some(Code::NotAuthorizedOrNotFound));
    assert_eq!(code(world.put(&cluster, "a")), Some(Code::NotAuthorizedOrNotFound));
}

#[test]
fn sr_20_a_policy_that_cannot_be_used_allows_nothing() {
    let world = World::open();
    let cluster = world.cluster("one");
    world.put(&cluster, "a").unwrap();
    world.table.spoil(true);
    for outcome in [world.get(&cluster, "a"), world.put(&cluster, "a")] {
        let failure = outcome.unwrap_err();
        assert_eq!(failure.code(), Code::PolicyUnusable);
        assert_eq!(failure.explain(), "statement 1 does not parse");
        assert_eq!(failure.code().row().oci, Code::NotAuthorizedOrNotFound.row().oci);
    }
    world.table.spoil(false);
    world.get(&cluster, "a").unwrap();
}

#[test]
fn sr_29_of_two_writers_who_read_the_same_secret_one_is_told() {
    let world = World::open();
    let cluster = world.cluster("one");
    world.put(&cluster, "a").unwrap();
    let seen = world.stored(&cluster, "a").unwrap().revision;
    let outcomes: Vec<Option<Code>> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let session = world.engine.cluster_session(&cluster.id).unwrap();
                    let secrets = session.secrets(&cluster.id).unwrap();
                    code(secrets.put(&secret("a"), SECRET, Write::Replace(seen)))
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_none()).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Some(Code::WriteConflict)).count(), 7);
    world.get(&cluster, "a").unwrap();
}

#[test]
fn sr_32_a_secret_over_1_mib_is_too_large() {
    let world = World::open();
    let cluster = world.cluster("one");
    let session = world.engine.cluster_session(&cluster.id).unwrap();
    let secrets = session.secrets(&cluster.id).unwrap();
    let more = vec![0; PLAINTEXT_LENGTH + 1];
    assert_eq!(code(secrets.put(&secret("a"), &more, Write::Put)), Some(Code::TooLarge));
    assert!(world.stored(&cluster, "a").is_none());
    secrets.put(&secret("a"), &more[1..], Write::Put).unwrap();
}

#[test]
fn secrets_are_listed_by_namespace_and_those_of_other_clusters_are_not() {
    let world = World::open();
    let (one, two) = (world.cluster("one"), world.cluster("two"));
    let session = world.engine.cluster_session(&one.id).unwrap();
    let secrets = session.secrets(&one.id).unwrap();
    for (namespace, name) in [("default", "b"), ("default", "a"), ("default-2", "c"), ("kube-system", "d")] {
        secrets.put(&SecretName::new(namespace, name).unwrap(), SECRET, Write::Create).unwrap();
    }
    world.put(&two, "z").unwrap();
    let names = |namespace| {
        let listed = secrets.list(namespace).unwrap();
        listed.iter().map(|(name, _)| name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(None), ["default-2/c", "default/a", "default/b", "kube-system/d"]);
    assert_eq!(names(Some("default")), ["default/a", "default/b"]);
    assert_eq!(names(Some("none")).len(), 0);
}

#[test]
fn a_secret_moved_to_another_name_or_namespace_is_refused() {
    let world = World::open();
    let cluster = world.cluster("one");
    world.put(&cluster, "a").unwrap();
    let bytes = world.stored(&cluster, "a").unwrap().bytes;
    world.plant(&cluster, "b", &bytes);
    assert_eq!(code(world.get(&cluster, "b")), Some(Code::CiphertextRejected));
    world.get(&cluster, "a").unwrap();
}
