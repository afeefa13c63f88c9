//! Creating clusters: the checks, their order, and what is told to whom.

use std::sync::{Arc, Mutex};

use ocipol::audit::By;
use ocipol::decider::{Principal, PrincipalKind};
use ocipol::engine::{
    Client, Cluster, ClusterRegistry, ClusterUpdate, Code, Decided, Failure, KubernetesVersion, NewCluster,
    UpgradeError, Workflow, Write,
};
use ocipol::random::{NoRandomness, Rng, SystemRng};
use ocipol::store::Memory;
use ocipol::vault::{Curve, Shape, State};

use super::{OPEN, SEAL, World, code, keys_tenancy, new_cluster, new_key, user};
use crate::rig::{Table, ocid};

fn create(world: &World, new: NewCluster) -> Result<Decided<Cluster>, Failure> {
    world.engine.session(user()).create_cluster(new)
}

/// The request breaks every rule, and one after the other is put right: each step is refused by the next rule.
#[test]
fn the_checks_are_made_in_the_order_of_the_documentation() {
    let world = World::with(Table::empty(), Arc::new(SystemRng));
    world.table.allow("the creator", |request| request.principal.kind == PrincipalKind::User);
    let ecdsa =
        world.engine.vaults().create_key(new_key("ec", Shape::Ecdsa(Curve::P256)), &By::operator()).unwrap();
    let aes = world.key.id.clone();
    world.engine.vaults().disable_key(&aes, &By::operator()).unwrap();
    let old = KubernetesVersion::parse("1.12.9").unwrap();
    let mut new = NewCluster {
        workflow: Workflow::Quick,
        client: Client::Console,
        kubernetes: old,
        ..new_cluster("one", Some(&ecdsa.id))
    };
    let refused = |new: &NewCluster| {
        let failure = create(&world, new.clone()).unwrap_err();
        (failure.code(), failure.explain().to_owned())
    };
    let says = |(code, explanation): (Code, String), expected: Code, word: &str| {
        assert_eq!(code, expected, "{explanation}");
        assert!(explanation.contains(word), "{explanation}");
    };
    says(refused(&new), Code::InvalidParameter, "Quick Create");
    new.workflow = Workflow::Custom;
    says(refused(&new), Code::InvalidParameter, "Console");
    new.client = Client::Cli;
    says(refused(&new), Code::InvalidParameter, "1.13.0");
    new.kubernetes = KubernetesVersion::OLDEST_WITH_KEY;
    says(refused(&new), Code::KeyShapeCannotEncrypt, "ECDSA");
    new.key = Some(aes.clone());
    says(refused(&new), Code::KeyState, "DISABLED");
    world.engine.vaults().enable_key(&aes, &By::operator()).unwrap();
    says(refused(&new), Code::NotAuthorizedOrNotFound, "narrow it to the cluster afterwards");
    world.table.allow("the cluster", |request| request.principal.kind == PrincipalKind::Cluster);
    world.table.remove("the creator");
    let failure = create(&world, new.clone()).unwrap_err();
    assert_eq!(failure.code(), Code::NotAuthorizedOrNotFound);
    assert!(!failure.explain().contains("the new cluster"), "{}", failure.explain());
    world.table.allow("the creator", |request| request.principal.kind == PrincipalKind::User);
    let created = create(&world, new).unwrap();
    let because: Vec<&str> =
        created.evidence.iter().flat_map(|evidence| &evidence.because).map(String::as_str).collect();
    assert_eq!(because, ["the creator", "the creator", "the cluster", "the cluster"]);
}

/// To a creator without the right to use it, a key in any state, of any shape, in any tenancy, or none at all, is the
/// same answer.
#[test]
fn sr_21_a_creator_without_the_right_learns_nothing_about_the_key() {
    let world = World::with(Table::empty(), Arc::new(SystemRng));
    let vaults = world.engine.vaults();
    let ecdsa = vaults.create_key(new_key("ec", Shape::Ecdsa(Curve::P256)), &By::operator()).unwrap().id;
    let disabled = vaults.create_key(new_key("off", super::aes()), &By::operator()).unwrap().id;
    vaults.disable_key(&disabled, &By::operator()).unwrap();
    let nowhere = ocid("ocid1.key.oc1.iad.v.nowhere");
    let mut answers = std::collections::BTreeSet::new();
    for key in [&world.key.id, &ecdsa, &disabled, &nowhere] {
        for client in [Client::Console, Client::Cli] {
            let new = NewCluster { client, ..new_cluster("one", Some(key)) };
            let failure = create(&world, new).unwrap_err();
            answers.insert(format!("{} {failure} {:?}", failure.code(), failure.code().row().oci));
        }
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(world.table.asked().len(), 8, "the policy is asked for unknown keys too");
}

#[test]
fn the_new_cluster_is_decided_for_without_an_ocid_and_needs_both_operations() {
    let world = World::with(Table::empty(), Arc::new(SystemRng));
    world.table.allow("users", |request| request.principal.kind == PrincipalKind::User);
    let new = new_cluster("one", Some(&world.key.id));
    for (name, operation) in [("seal", SEAL), ("open", OPEN)] {
        world.table.allow(name, move |request| request.operation == operation);
        let outcome = create(&world, new.clone());
        assert_eq!(outcome.is_ok(), name == "open", "{name}");
    }
    let asked = world.table.asked();
    let future = asked.iter().rev().find(|request| request.principal.kind == PrincipalKind::Cluster).unwrap();
    let expected = Principal {
        kind: PrincipalKind::Cluster,
        ocid: None,
        tenancy: new.tenancy,
        compartment: new.compartment,
    };
    assert_eq!(future.principal, expected);
}

/// A statement pinned to the OCID of a cluster that does not exist yet cannot match.
#[test]
fn a_statement_pinned_to_the_new_cluster_does_not_let_it_be_created() {
    let world = World::with(Table::empty(), Arc::new(SystemRng));
    let pinned = ocid("ocid1.cluster.oc1.iad.one");
    world.table.allow("users", |request| request.principal.kind == PrincipalKind::User);
    world.table.allow("pinned", move |request| request.principal.ocid.as_ref() == Some(&pinned));
    let failure = create(&world, new_cluster("one", Some(&world.key.id))).unwrap_err();
    assert_eq!(failure.code(), Code::NotAuthorizedOrNotFound);
    assert!(failure.explain().contains("cannot match before the cluster exists"), "{}", failure.explain());
}

#[test]
fn a_cluster_is_named_once_by_its_own_kind_of_ocid() {
    let world = World::open();
    world.cluster("one");
    assert_eq!(code(create(&world, new_cluster("one", None))), Some(Code::InvalidParameter));
    let wrong = NewCluster { id: Some(ocid("ocid1.instance.oc1.iad.one")), ..new_cluster("two", None) };
    assert_eq!(code(create(&world, wrong)), Some(Code::InvalidParameter));
    let made = NewCluster { id: None, region: "phx".into(), ..new_cluster("three", None) };
    let made = create(&world, made).unwrap().value;
    assert_eq!((made.id.resource_kind(), made.id.region()), ("cluster", Some("phx")));
    world.engine.session(user()).delete_cluster(&made.id).unwrap();
    let again = NewCluster { id: Some(made.id), ..new_cluster("three", None) };
    assert_eq!(code(create(&world, again)), Some(Code::InvalidParameter), "not even after its deletion");
}

#[test]
fn sr_32_the_longest_key_ocid_still_fits_a_blob() {
    let world = World::open();
    // 255 bytes: the vault takes no longer one.
    let name = "k".repeat(255 - "ocid1.key.oc1.iad.v.".len());
    let key = world.engine.vaults().create_key(new_key(&name, super::aes()), &By::operator()).unwrap();
    let cluster = world.cluster_of(new_cluster("one", Some(&key.id)));
    world.put(&cluster, "a").unwrap();
    world.get(&cluster, "a").unwrap();
}

#[test]
fn an_upgrade_goes_forward_and_needs_every_secret() {
    let world = World::open();
    let cluster = world.cluster("one");
    let session = world.engine.session(user());
    let version = |text| KubernetesVersion::parse(text).unwrap();
    assert_eq!(session.upgrade_cluster(&cluster.id, version("1.35.0")), Ok(0));
    let back = session.upgrade_cluster(&cluster.id, version("1.34.2")).unwrap_err();
    assert_eq!(back.code(), Code::InvalidParameter);

    for name in ["a", "b", "c"] {
        world.put(&cluster, name).unwrap();
    }
    let mut bytes = world.stored(&cluster, "b").unwrap().bytes;
    *bytes.last_mut().unwrap() ^= 1;
    world.plant(&cluster, "b", &bytes);
    let refused = session.upgrade_cluster(&cluster.id, version("1.36.0")).unwrap_err();
    let UpgradeError::Unreadable(unreadable) = refused else { panic!("{refused}") };
    assert_eq!(unreadable.code, Code::CiphertextRejected);
    assert_eq!((unreadable.secrets, unreadable.unreadable), (3, 1));
    assert_eq!(unreadable.first, ["/registry/secrets/default/b"]);
    let now = world.engine.clusters().unwrap().into_iter().find(|found| found.id == cluster.id).unwrap();
    assert_eq!(now.kubernetes, version("1.35.0"), "nothing was upgraded");
}

#[test]
fn the_secrets_of_a_deleted_cluster_are_served_to_nobody_who_asked_before() {
    let world = World::open();
    let cluster = world.cluster("one");
    let session = world.engine.cluster_session(&cluster.id).unwrap();
    let secrets = session.secrets(&cluster.id).unwrap();
    secrets.put(&super::secret("a"), b"x", Write::Put).unwrap();
    assert_eq!(world.engine.session(user()).delete_cluster(&cluster.id), Ok(1));
    assert_eq!(code(secrets.get(&super::secret("a"))), Some(Code::NotAuthorizedOrNotFound));
    let again = secrets.put(&super::secret("a"), b"x", Write::Put);
    assert_eq!(code(again), Some(Code::NotAuthorizedOrNotFound));
    assert!(world.stored(&cluster, "a").is_none());
}

/// A cluster that somebody deletes while its secrets are tried for an upgrade stays deleted.
#[test]
fn an_upgrade_does_not_bring_a_deleted_cluster_back() {
    let world = World::open();
    let cluster = world.cluster("one");
    world.put(&cluster, "a").unwrap();
    let gone = Cluster { deleted: Some(jiff::Timestamp::UNIX_EPOCH), ..cluster.clone() };
    let (store, before, after) = (world.store.clone(), cluster.clone(), gone.clone());
    world.table.allow("nobody", move |_| {
        let _ = store.keep_cluster(Some(&before), &after, &crate::store::entry("deleted meanwhile"));
        false
    });
    let to = KubernetesVersion::parse("1.35.0").unwrap();
    let upgraded = world.engine.session(user()).upgrade_cluster(&cluster.id, to).unwrap_err();
    assert_eq!(upgraded.code(), Code::WriteConflict);
    assert_eq!(world.engine.clusters().unwrap(), [gone]);
}

/// Of two who make a cluster of one OCID at once one is told, and the key that was made for it goes again.
#[test]
fn a_cluster_that_somebody_else_makes_meanwhile_is_not_replaced() {
    struct Meanwhile {
        store: Mutex<Option<(Arc<Memory>, Cluster)>>,
    }
    impl Rng for Meanwhile {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
            if let Some((store, cluster)) = self.store.lock().unwrap().take() {
                store.keep_cluster(None, &cluster, &crate::store::entry("made meanwhile")).unwrap();
            }
            SystemRng.fill(bytes)
        }
    }
    let meanwhile = Arc::new(Meanwhile { store: Mutex::default() });
    let world = World::with(Table::open(), meanwhile.clone());
    let first = Cluster { id: ocid("ocid1.cluster.oc1.iad.taken"), ..world.cluster("one") };
    *meanwhile.store.lock().unwrap() = Some((world.store.clone(), first.clone()));
    let second = create(&world, new_cluster("taken", None));
    assert_eq!(code(second), Some(Code::InvalidParameter));
    let kept = world.engine.clusters().unwrap().into_iter().find(|cluster| cluster.id == first.id);
    assert_eq!(kept, Some(first));
    let provider = ocid("ocid1.vault.oc1.local.provider.managed");
    let keys = world.engine.vaults().keys(&provider).unwrap();
    let states: Vec<State> = keys.iter().map(|key| key.lifecycle.state).collect();
    assert_eq!(states, [State::PendingDeletion]);
}

/// A deletion that was killed after the provider's key was given up is finished by asking again.
#[test]
fn a_deletion_that_was_killed_in_the_middle_can_be_finished() {
    let world = World::open();
    let cluster = world.cluster_of(new_cluster("one", None));
    world.put(&cluster, "a").unwrap();
    world.engine.vaults().schedule_key_deletion(&cluster.key.id, None, &By::operator()).unwrap();
    assert_eq!(world.engine.session(user()).delete_cluster(&cluster.id), Ok(1));
    let cluster = world.cluster_of(new_cluster("two", None));
    world.engine.vaults().schedule_key_deletion(&cluster.key.id, None, &By::operator()).unwrap();
    world.clock.advance(super::days(31));
    world.engine.settle().unwrap();
    assert_eq!(world.engine.session(user()).delete_cluster(&cluster.id), Ok(0));
}

#[test]
fn nobody_of_another_tenancy_changes_upgrades_or_deletes_a_cluster() {
    let world = World::open();
    let cluster = world.cluster("one");
    world.put(&cluster, "a").unwrap();
    let stranger = Principal { tenancy: keys_tenancy(), compartment: keys_tenancy(), ..user() };
    let session = world.engine.session(stranger);
    let to = KubernetesVersion::parse("1.35.0").unwrap();
    let renamed = session.update_cluster(&cluster.id, ClusterUpdate::Name("mine".into()));
    assert_eq!(code(renamed), Some(Code::NotAuthorizedOrNotFound));
    let upgraded = session.upgrade_cluster(&cluster.id, to).unwrap_err();
    assert_eq!(upgraded.code(), Code::NotAuthorizedOrNotFound);
    assert_eq!(code(session.delete_cluster(&cluster.id)), Some(Code::NotAuthorizedOrNotFound));
    assert_eq!(world.engine.clusters().unwrap(), std::slice::from_ref(&cluster));
    world.get(&cluster, "a").unwrap();
}
