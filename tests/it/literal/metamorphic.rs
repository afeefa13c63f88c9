//! Changes of a world whose effect on every decision is known beforehand.

use proptest::prelude::*;

use ocipol::catalog::ResourceType;
use ocipol::decide::{Verdict, decide};

use super::ask;
use super::worlds::{self, Dice, PolicyText, WorldText};
use crate::world::World;

/// Questions each pair of worlds is asked.
const EACH: usize = 25;

/// The verdicts of a world's questions before and after a change that keeps all things in their places.
fn verdicts(seed: u64, change: impl Fn(&mut WorldText, &mut Dice)) -> Vec<(Verdict, Verdict)> {
    let mut dice = Dice::new(seed);
    let before = worlds::world(&mut dice);
    let mut after = before.clone();
    change(&mut after, &mut dice);
    let worlds = [before, after].map(|text| World::new(&text.yaml()));
    let programs = worlds.each_ref().map(World::program);
    (0..EACH)
        .map(|_| {
            let mut question = worlds::question(&mut dice, &worlds[0].model);
            // What a question itself says of OCIDs is not renamed with the world.
            question.given.clear();
            let [before, after] = [0, 1].map(|number| {
                let request = ask(&worlds[number].model, &question).prepare(&programs[number]).unwrap();
                decide(&programs[number], &request).verdict
            });
            (before, after)
        })
        .collect()
}

fn added(effect: &str, dice: &mut Dice, text: &mut WorldText) {
    let tenancy = dice.below(text.tenancies.len());
    let who = ["any-user", "any-group", "group Ops", "dynamic-group Bots"][dice.below(4)];
    let what = ["inspect all-resources", "read object-family", "use keys", "manage buckets"][dice.below(4)];
    let when = ["", " where request.region = 'iad'", " where request.user.name != 'u00'"][dice.below(3)];
    let statements = vec![format!("{effect} {who} to {what} in tenancy{when}")];
    text.policies.push(PolicyText { tenancy, attached: Vec::new(), statements });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn statements_and_policies_have_no_order(seed in any::<u64>()) {
        for (before, after) in verdicts(seed, |text, _| {
            text.policies.reverse();
            text.policies.iter_mut().for_each(|policy| policy.statements.reverse());
        }) {
            prop_assert_eq!(before, after);
        }
    }

    #[test]
    fn another_allow_never_takes_access_away(seed in any::<u64>()) {
        for (before, after) in verdicts(seed, |text, dice| added("Allow", dice, text)) {
            prop_assert!(after >= before, "{:?} became {:?}", before, after);
        }
    }

    #[test]
    fn another_deny_never_gives_access(seed in any::<u64>()) {
        for (before, after) in verdicts(seed, |text, dice| added("Deny", dice, text)) {
            prop_assert!(after <= before, "{:?} became {:?}", before, after);
        }
    }

    #[test]
    fn new_ocids_everywhere_change_nothing(seed in any::<u64>()) {
        let renamed = |text: &mut String| {
            for (old, new) in [
                ("ocid1.tenancy.oc1..t", "ocid1.tenancy.oc1..zz"),
                ("ocid1.compartment.oc1..t", "ocid1.compartment.oc1..yy"),
                ("ocid1.group.oc1..g", "ocid1.group.oc1..xx"),
                ("ocid1.dynamicgroup.oc1..d", "ocid1.dynamicgroup.oc1..ww"),
                ("ocid1.user.oc1..u", "ocid1.user.oc1..vv"),
                ("ocid1.user.oc1..U", "ocid1.user.oc1..VV"),
            ] {
                *text = text.replace(old, new);
            }
        };
        for (before, after) in verdicts(seed, |text, _| {
            text.tenancies.iter_mut().for_each(renamed);
            text.policies.iter_mut().flat_map(|policy| &mut policy.statements).for_each(renamed);
        }) {
            prop_assert_eq!(before, after);
        }
    }

    #[test]
    fn a_family_is_the_sum_of_its_types(seed in any::<u64>()) {
        let family = ResourceType::find("object-family").unwrap().resource_type;
        for (before, after) in verdicts(seed, |text, _| {
            for policy in &mut text.policies {
                let split = |statement: &String| {
                    let types = if statement.contains(" object-family ") { family.members() } else { &[] };
                    let one = |member: &ResourceType| statement.replace("object-family", member.name());
                    if types.is_empty() { vec![statement.clone()] } else { types.iter().map(one).collect() }
                };
                policy.statements = policy.statements.iter().flat_map(split).collect();
            }
        }) {
            prop_assert_eq!(before, after);
        }
    }
}
