//! A random walk through the life of keys and vaults, step by step beside a model that was written from the
//! specification and shares no code with the vault.

use jiff::{SignedDuration, Timestamp};
use ocipol::audit::By;
use ocipol::clock::Clock;
use ocipol::envelope::AesLength;
use ocipol::ocid::Ocid;
use ocipol::vault::{Purpose, Shape, Timing, VaultError};

use super::{HOUR, Rig, days, new_key, new_vault};
use crate::rig::Dice;

const STEPS: usize = 100_000;

/// A thing with a life, as the specification tells it.
#[derive(Clone, Debug)]
struct Life {
    state: &'static str,
    /// When an intermediate state ends, or the deletion is due.
    ends: Option<Timestamp>,
    before: &'static str,
    deletion: Option<Timestamp>,
}

/// How long intermediate states last, in hours.
struct Hours {
    enabling: i64,
    disabling: i64,
    scheduling: i64,
    cancelling: i64,
    deleting: i64,
}

const HOURS: Hours = Hours { enabling: 2, disabling: 3, scheduling: 1, cancelling: 4, deleting: 5 };

impl Life {
    fn new() -> Self {
        Self { state: "ENABLED", ends: None, before: "", deletion: None }
    }

    fn enter(&mut self, state: &'static str, at: Timestamp) {
        let after = |hours: i64| Some(at + SignedDuration::from_hours(hours));
        self.state = state;
        self.ends = match state {
            "ENABLING" => after(HOURS.enabling),
            "DISABLING" => after(HOURS.disabling),
            "SCHEDULING_DELETION" => after(HOURS.scheduling),
            "CANCELLING_DELETION" => after(HOURS.cancelling),
            "DELETING" => after(HOURS.deleting),
            "PENDING_DELETION" => self.deletion,
            _ => None,
        };
    }

    fn pass(&mut self, now: Timestamp) {
        while let Some(end) = self.ends {
            if end > now {
                break;
            }
            let next = match self.state {
                "ENABLING" => "ENABLED",
                "DISABLING" => "DISABLED",
                "SCHEDULING_DELETION" => "PENDING_DELETION",
                "PENDING_DELETION" => "DELETING",
                "DELETING" => "DELETED",
                "CANCELLING_DELETION" => self.before,
                other => panic!("{other} has no end"),
            };
            self.enter(next, end);
        }
    }

    fn schedule(&mut self, now: Timestamp, at: Timestamp) -> &'static str {
        match self.state {
            "ENABLED" | "DISABLED" => {
                let ahead = at.duration_since(now);
                if ahead < days(7) || ahead > days(30) {
                    return "400";
                }
                self.before = self.state;
                self.deletion = Some(at);
                self.enter("SCHEDULING_DELETION", now);
                "ok"
            }
            "DELETED" => "404",
            _ => "409",
        }
    }

    fn cancel(&mut self, now: Timestamp) -> &'static str {
        match self.state {
            "PENDING_DELETION" => {
                self.enter("CANCELLING_DELETION", now);
                "ok"
            }
            "DELETED" => "404",
            _ => "409",
        }
    }
}

struct ModelKey {
    id: Ocid,
    life: Life,
    versions: Vec<(Ocid, Life)>,
}

struct Model {
    vault: Ocid,
    life: Life,
    keys: Vec<ModelKey>,
}

impl Model {
    fn pass(&mut self, now: Timestamp) {
        self.life.pass(now);
        for key in &mut self.keys {
            key.life.pass(now);
            if self.life.state == "DELETED" {
                key.life.enter("DELETED", now);
            }
            for (_, version) in &mut key.versions {
                version.pass(now);
                if key.life.state == "DELETED" {
                    version.enter("DELETED", now);
                }
            }
        }
    }

    /// What the vault's state alone answers to an operation on a key; `None` where it lets the key answer.
    fn vault_answer(&self) -> Option<&'static str> {
        match self.life.state {
            "ENABLED" => None,
            "DELETED" => Some("404"),
            _ => Some("409"),
        }
    }

    /// The state that a key shows.
    fn shown(&self, key: &ModelKey) -> &'static str {
        match key.life.state {
            gone @ ("DELETING" | "DELETED") => gone,
            own => match self.life.state {
                "ENABLED" => own,
                vault => vault,
            },
        }
    }
}

fn answer<T>(result: Result<T, VaultError>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(VaultError::State { .. } | VaultError::CurrentVersion(_)) => "409",
        Err(VaultError::Gone { .. }) => "404",
        Err(VaultError::DeletionTime(_)) => "400",
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn the_vault_and_a_model_of_the_specification_agree_over_100_000_steps() {
    let hours = SignedDuration::from_hours;
    let rig = Rig::new(Timing {
        creating: SignedDuration::ZERO,
        enabling: hours(HOURS.enabling),
        disabling: hours(HOURS.disabling),
        scheduling: hours(HOURS.scheduling),
        cancelling: hours(HOURS.cancelling),
        deleting: hours(HOURS.deleting),
        rotating: SignedDuration::ZERO,
    });
    let (by, dice) = (By::operator(), Dice::new(20_261_122));
    let shape = Shape::Aes(AesLength::Aes128);
    let fresh_key = |vault: &Ocid| {
        let key = rig.vaults.create_key(new_key(vault, shape), &by).unwrap();
        ModelKey { versions: vec![(key.current_version, Life::new())], id: key.id, life: Life::new() }
    };
    let fresh_vault = || {
        let vault = rig.vaults.create_vault(new_vault(), &by).unwrap().id;
        Model { keys: vec![fresh_key(&vault), fresh_key(&vault)], vault, life: Life::new() }
    };
    let mut model = fresh_vault();
    let mut answers = std::collections::BTreeMap::<(u64, &str), usize>::new();
    for step in 0..STEPS {
        let now = rig.clock.now();
        model.pass(now);
        if model.life.state == "DELETED" {
            model = fresh_vault();
        }
        let at = usize::try_from(dice.below(2)).unwrap();
        if model.keys[at].life.state == "DELETED" && model.life.state == "ENABLED" && dice.below(4) == 0 {
            model.keys[at] = fresh_key(&model.vault);
        }
        let vault_answer = model.vault_answer();
        let (vault_id, vault_life) = (model.vault.clone(), &mut model.life);
        let key = &mut model.keys[at];
        let (id, life) = (key.id.clone(), &mut key.life);
        let usable = |life: &Life| match life.state {
            "ENABLED" => "ok",
            "DELETED" => "404",
            _ => "409",
        };
        let deletion = now + hours(24 * 5 + i64::try_from(dice.below(24 * 28)).unwrap());
        let what = dice.below(12);
        let (expected, found) = match what {
            0 => {
                let (_, version) = key.versions.last().unwrap();
                let own = if usable(life) == "ok" { usable(version) } else { usable(life) };
                (vault_answer.unwrap_or(own), answer(rig.vaults.usable(&id, Purpose::Seal)))
            }
            1 | 2 => {
                let which = usize::try_from(dice.below(key.versions.len() as u64)).unwrap();
                let (version, version_life) = &key.versions[which];
                let own = if usable(life) == "ok" { usable(version_life) } else { usable(life) };
                let found = rig.vaults.usable(&id, Purpose::Open { version });
                (vault_answer.unwrap_or(own), answer(found))
            }
            3 => {
                let expected = vault_answer.unwrap_or(usable(life));
                let made = rig.vaults.rotate(&id, None, &by);
                if let Ok(version) = &made {
                    key.versions.push((version.id.clone(), Life::new()));
                }
                (expected, answer(made))
            }
            4 => {
                let expected = vault_answer.unwrap_or_else(|| match life.state {
                    "ENABLED" => "ok",
                    "DISABLED" => {
                        life.enter("ENABLING", now);
                        "ok"
                    }
                    "DELETED" => "404",
                    _ => "409",
                });
                (expected, answer(rig.vaults.enable_key(&id, &by)))
            }
            5 => {
                let expected = vault_answer.unwrap_or_else(|| match life.state {
                    "DISABLED" => "ok",
                    "ENABLED" => {
                        life.enter("DISABLING", now);
                        "ok"
                    }
                    "DELETED" => "404",
                    _ => "409",
                });
                (expected, answer(rig.vaults.disable_key(&id, &by)))
            }
            6 => {
                let expected = vault_answer.unwrap_or_else(|| life.schedule(now, deletion));
                (expected, answer(rig.vaults.schedule_key_deletion(&id, Some(deletion), &by)))
            }
            7 => {
                let expected = vault_answer.unwrap_or_else(|| life.cancel(now));
                (expected, answer(rig.vaults.cancel_key_deletion(&id, &by)))
            }
            8 => {
                let which = usize::try_from(dice.below(key.versions.len() as u64)).unwrap();
                let is_current = which + 1 == key.versions.len();
                let (version, version_life) = &mut key.versions[which];
                let expected = vault_answer.unwrap_or_else(|| match life.state {
                    "DELETED" => "404",
                    "ENABLED" | "DISABLED" => match version_life.state {
                        "ENABLED" | "DISABLED" if is_current => "409",
                        _ => version_life.schedule(now, deletion),
                    },
                    _ => "409",
                });
                let found = rig.vaults.schedule_version_deletion(&id, version, Some(deletion), &by);
                (expected, answer(found))
            }
            9 => {
                let which = usize::try_from(dice.below(key.versions.len() as u64)).unwrap();
                let (version, version_life) = &mut key.versions[which];
                let expected = vault_answer.unwrap_or_else(|| match life.state {
                    "DELETED" => "404",
                    "ENABLED" | "DISABLED" => version_life.cancel(now),
                    _ => "409",
                });
                (expected, answer(rig.vaults.cancel_version_deletion(&id, version, &by)))
            }
            10 => {
                // Vaults are scheduled seldom and cancelled often, so that keys live long enough to be interesting.
                if vault_life.state == "ENABLED" && dice.below(20) != 0 {
                    continue;
                }
                let (expected, found) = if vault_life.state == "ENABLED" {
                    let expected = vault_life.schedule(now, deletion);
                    (expected, answer(rig.vaults.schedule_vault_deletion(&vault_id, Some(deletion), &by)))
                } else {
                    let expected = vault_life.cancel(now);
                    (expected, answer(rig.vaults.cancel_vault_deletion(&vault_id, &by)))
                };
                (expected, found)
            }
            _ => {
                let pause = [HOUR, hours(2), hours(30), days(6)][usize::try_from(dice.below(4)).unwrap()];
                rig.clock.advance(pause);
                continue;
            }
        };
        assert_eq!(found, expected, "step {step}, operation {what}");
        *answers.entry((what, found)).or_default() += 1;

        let now = rig.clock.now();
        model.pass(now);
        let key = &model.keys[at];
        let found = rig.vaults.key(&key.id).unwrap();
        assert_eq!(found.lifecycle.state.as_str(), model.shown(key), "step {step}, operation {what}");
        assert_eq!(found.current_version, key.versions.last().unwrap().0, "step {step}");
    }
    // The walk came everywhere: each operation was answered in each way it can be.
    for (what, ways) in [
        (0, vec!["ok", "409", "404"]),
        (1, vec!["ok", "409", "404"]),
        (3, vec!["ok", "409", "404"]),
        (4, vec!["ok", "409", "404"]),
        (5, vec!["ok", "409", "404"]),
        (6, vec!["ok", "409", "404", "400"]),
        (7, vec!["ok", "409", "404"]),
        (8, vec!["ok", "409", "404", "400"]),
        (9, vec!["ok", "409", "404"]),
        (10, vec!["ok", "409"]),
    ] {
        for way in ways {
            assert!(answers.get(&(what, way)).is_some_and(|count| *count > 10), "{what} {way}: {answers:?}");
        }
    }
}
