//! Keys managed by decision.

use std::sync::Arc;

use jiff::SignedDuration;
use ocipol::decider::{Operation, Principal};
use ocipol::engine::{Code, Failure, Session};
use ocipol::ocid::Ocid;
use ocipol::random::SystemRng;
use ocipol::vault::{Limits, NewVault, VaultKind};

use super::{World, aes, code, days, keys_compartment, keys_tenancy, new_key, user};
use crate::rig::{Table, ocid};

type Act = (Operation, Box<dyn Fn(&Session<'_>) -> Result<(), Failure>>);

/// Every operation on the key `ocid1.key.oc1.iad.v.<name>`, with the operation it must ask for.
fn acts(name: &str) -> Vec<Act> {
    fn act<T>(operation: Operation, act: impl Fn(&Session<'_>) -> Result<T, Failure> + 'static) -> Act {
        (operation, Box::new(move |session| act(session).map(drop)))
    }
    let key = ocid(&format!("ocid1.key.oc1.iad.v.{name}"));
    let named = || key.clone();
    let (k1, k2, k3, k4, k5, k6, k7) = (named(), named(), named(), named(), named(), named(), named());
    let (k8, k9, k10) = (named(), named(), named());
    let version = || ocid("ocid1.keyversion.oc1.iad.v.none");
    vec![
        act(Operation::GetKey, move |s| s.key(&k1)),
        act(Operation::UpdateKey, move |s| s.rename_key(&k2, "other")),
        act(Operation::ChangeKeyCompartment, move |s| s.move_key(&k3, &keys_compartment(), &keys_tenancy())),
        act(Operation::CreateKeyVersion, move |s| s.rotate_key(&k4, None)),
        act(Operation::DisableKey, move |s| s.disable_key(&k5)),
        act(Operation::EnableKey, move |s| s.enable_key(&k6)),
        act(Operation::ScheduleKeyVersionDeletion, move |s| {
            s.schedule_version_deletion(&k7, &version(), None)
        }),
        act(Operation::CancelKeyVersionDeletion, move |s| s.cancel_version_deletion(&k8, &version())),
        act(Operation::ScheduleKeyDeletion, move |s| s.schedule_key_deletion(&k9, None)),
        act(Operation::CancelKeyDeletion, move |s| s.cancel_key_deletion(&k10)),
    ]
}

#[test]
fn every_operation_on_a_key_is_allowed_by_its_own_name_and_by_no_other() {
    for (operation, act) in acts("mek") {
        let world = World::with(Table::empty(), Arc::new(SystemRng));
        let session = world.engine.session(user());
        world.table.allow("all the others", move |request| request.operation != operation);
        world.table.asked();
        assert_eq!(code(act(&session)), Some(Code::NotAuthorizedOrNotFound), "{operation}");
        let asked = world.table.asked();
        assert_eq!(asked.len(), 1, "{operation}");
        assert_eq!((asked[0].operation, &asked[0].target.key), (operation, &Some(world.key.id.clone())));
        world.table.allow("this one", move |request| request.operation == operation);
        let allowed = code(act(&session));
        let other_reasons = [None, Some(Code::KeyState), Some(Code::NotAuthorizedOrNotFound)];
        assert!(other_reasons.contains(&allowed), "{operation}: {allowed:?}");
    }
}

/// SR-21: who is not allowed gets the same bytes for a key in any state, and for no key at all; the policy is asked
/// each time.
#[test]
fn sr_21_unknown_and_forbidden_are_the_same_answer() {
    let world = World::with(Table::empty(), Arc::new(SystemRng));
    let session = world.engine.session(user());
    let mut answers = std::collections::BTreeSet::new();
    let mut asked = 0;
    for name in ["mek", "nowhere"] {
        for (operation, act) in acts(name) {
            let failure = act(&session).unwrap_err();
            answers.insert(format!("{failure} {:?}", failure.code().row()));
            asked += world.table.asked().len();
            assert_eq!(failure.code(), Code::NotAuthorizedOrNotFound, "{operation}");
        }
        // Ten calls: the next ones would be too many in one second.
        world.clock.advance(SignedDuration::from_secs(1));
    }
    assert_eq!((answers.len(), asked), (1, 20));
}

#[test]
fn a_denial_comes_before_the_state_of_the_key() {
    let world = World::open();
    let session = world.engine.session(user());
    session.schedule_key_deletion(&world.key.id, None).unwrap();
    assert_eq!(code(session.rotate_key(&world.key.id, None)), Some(Code::KeyState));
    world.table.remove("everything");
    assert_eq!(code(session.rotate_key(&world.key.id, None)), Some(Code::NotAuthorizedOrNotFound));
    world.clock.advance(days(30));
    assert_eq!(code(session.rotate_key(&world.key.id, None)), Some(Code::NotAuthorizedOrNotFound));
    world.table.allow("everything", |_| true);
    assert_eq!(code(session.rotate_key(&world.key.id, None)), Some(Code::KeyGone));
}

#[test]
fn vaults_and_keys_are_made_where_it_is_allowed() {
    let world = World::with(Table::empty(), Arc::new(SystemRng));
    let session = world.engine.session(user());
    let new_vault = || NewVault {
        id: Some(ocid("ocid1.vault.oc1.iad.w.vault")),
        region: String::new(),
        compartment: keys_compartment(),
        tenancy: keys_tenancy(),
        name: "second".into(),
        kind: VaultKind::VirtualPrivate,
    };
    assert_eq!(code(session.create_vault(new_vault())), Some(Code::NotAuthorizedOrNotFound));
    world.table.allow("vaults", |request| request.operation == Operation::CreateVault);
    let vault = session.create_vault(new_vault()).unwrap().value;
    assert_eq!(code(session.create_vault(new_vault())), Some(Code::InvalidParameter));

    let mut new = new_key("second", aes());
    new.vault = vault.id.clone();
    assert_eq!(code(session.create_key(new.clone())), Some(Code::NotAuthorizedOrNotFound));
    world.table.allow("keys", |request| request.operation == Operation::CreateKey);
    world.table.asked();
    let created = session.create_key(new.clone()).unwrap();
    assert_eq!(created.evidence[0].because, ["keys"]);
    let asked = world.table.asked();
    assert_eq!(asked[0].target.vault, Some(vault.id.clone()));
    assert_eq!(asked[0].target.compartment, keys_compartment());
    new.vault = ocid("ocid1.vault.oc1.iad.w.nowhere");
    assert_eq!(code(session.create_key(new)), Some(Code::NotAuthorizedOrNotFound));

    world.table.allow("deletion", |request| request.operation == Operation::ScheduleVaultDeletion);
    let late = session.schedule_vault_deletion(&vault.id, Some(jiff::Timestamp::MAX));
    assert_eq!(code(late), Some(Code::InvalidParameter));
    session.schedule_vault_deletion(&vault.id, None).unwrap();
    assert_eq!(code(session.cancel_vault_deletion(&vault.id)), Some(Code::NotAuthorizedOrNotFound));
    world.table.allow("cancel", |request| request.operation == Operation::CancelVaultDeletion);
    session.cancel_vault_deletion(&vault.id).unwrap();
}

/// A key goes where its mover may put keys, and never out of its tenancy.
#[test]
fn a_key_is_moved_only_where_both_places_allow_it() {
    let world = World::with(Table::empty(), Arc::new(SystemRng));
    let (here, there) = (keys_compartment(), ocid("ocid1.compartment.oc1..elsewhere"));
    let move_it = |tenancy: &Ocid| world.engine.session(user()).move_key(&world.key.id, &there, tenancy);
    for (name, place) in [("here", here), ("there", there.clone())] {
        assert_eq!(code(move_it(&keys_tenancy())), Some(Code::NotAuthorizedOrNotFound), "before {name}");
        world.table.allow(name, move |request| request.target.compartment == place);
    }
    assert_eq!(code(move_it(&super::apps_tenancy())), Some(Code::InvalidParameter));
    let moved = move_it(&keys_tenancy()).unwrap();
    assert_eq!(moved.value.compartment, there);
    let because: Vec<&String> = moved.evidence.iter().flat_map(|evidence| &evidence.because).collect();
    assert_eq!(because, ["here", "there"]);
}

/// 3.6: ten management calls a second and tenancy, refused ones included; the use of keys is none.
#[test]
fn an_eleventh_management_call_in_a_second_is_throttled() {
    let world = World::open();
    let cluster = world.cluster("one");
    let session = world.engine.session(user());
    let key = &world.key.id;
    for turn in 0..10 {
        let called = match turn % 3 {
            0 => session.key(key).map(drop),
            1 => session.list_keys(&world.key.vault).map(drop),
            _ => session.enable_key(&ocid("ocid1.key.oc1.iad.v.nowhere")).map(drop),
        };
        assert_ne!(code(called), Some(Code::Throttled), "{turn}");
    }
    assert_eq!(code(session.key(key)), Some(Code::Throttled));
    assert_eq!(code(session.rotate_key(key, None)), Some(Code::Throttled));
    assert_eq!(code(session.list_vaults()), Some(Code::Throttled));
    world.table.remove("everything");
    assert_eq!(code(session.key(key)), Some(Code::Throttled), "before anything is decided");
    world.table.allow("everything", |_| true);
    let other = world.cluster("two");
    let elsewhere = Principal { tenancy: keys_tenancy(), compartment: keys_tenancy(), ..user() };
    assert!(world.engine.session(elsewhere).key(key).is_ok(), "each tenancy has its own ten");
    for cluster in [&cluster, &other] {
        world.put(cluster, "a").unwrap();
        world.get(cluster, "a").unwrap();
    }
    session.encrypt(key, None, b"payload", &[]).unwrap();
    let throttled = world.engine.audit().records().unwrap();
    assert_eq!(throttled.iter().filter(|record| record.entry.outcome == "THROTTLED").count(), 3);

    world.clock.advance(SignedDuration::from_secs(1));
    session.rotate_key(key, None).unwrap();
    let any_number = Limits { management_calls_a_second: None, ..Limits::default() };
    let engine = World::open().engine.with_limits(any_number);
    for _ in 0..100 {
        engine.session(user()).key(key).unwrap();
    }
}
