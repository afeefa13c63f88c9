//! Running a scenario: every step through the engine, every decision through the policies in force.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{Act, Actor, Change, CreateCluster, Event, Expected, KeyAct, Named, Scenario, SecretRef, Step};

use crate::authority::{Authority, Consultation};
use crate::clock::{Clock, ManualClock};
use crate::engine::{
    ClusterRegistry, Code, Engine, Failure, KeyOwner, NewCluster, SecretName, Secrets, Session, UpgradeError,
    Write,
};
use crate::ocid::Ocid;
use crate::random::Rng;
use crate::store::{AuditLog, ValueKey, ValueStore};
use crate::tenancy::{AttachedPolicy, Tenancies};
use crate::vault::{KeyRegistry, Limits, NewKey, NewVault, Timing, VaultKind};

/// One step, told.
#[derive(Debug)]
pub struct Told<'s> {
    /// Its number, from 1.
    pub number: usize,
    /// The step.
    pub step: &'s Step,
    /// The questions the engine asked on the way, with their answers.
    pub consultations: Vec<Consultation>,
    /// What came of it.
    pub outcome: Outcome,
    /// What was done, in words; empty for a refusal.
    pub effects: Vec<String>,
    /// Which expectation does not hold and what came instead; `None` where all hold.
    pub broken: Option<String>,
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was done, and there is no such secret.
    Absent,
    /// It was refused or failed.
    Refused {
        /// The code.
        code: Code,
        /// For the operator: why.
        explanation: String,
    },
}

impl Outcome {
    /// The word an expectation would use for it.
    #[must_use]
    pub fn expected(&self) -> Expected {
        match self {
            Self::Done => Expected::Allowed,
            Self::Absent => Expected::Absent,
            Self::Refused { code, .. } => Expected::Refused(*code),
        }
    }
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        Self::Refused { code: failure.code(), explanation: failure.explain().to_owned() }
    }
}

/// Runs the steps in order, up to the first whose expectation does not hold; the rest would rest on it.
///
/// Time begins at the scenario's clock and passes only in `advance-clock`. `values` keeps the secrets: the store itself, or
/// an etcd.
pub fn run<'s, S>(
    scenario: &'s Scenario,
    store: &Arc<S>,
    values: Arc<dyn ValueStore>,
    rng: Arc<dyn Rng>,
) -> Vec<Told<'s>>
where
    S: ValueStore + AuditLog + KeyRegistry + ClusterRegistry + 'static,
{
    let clock = Arc::new(ManualClock::new(scenario.clock));
    let authority = Arc::new(Authority::new(&scenario.world).with_journal());
    // No time passes between two steps, so that any eleven of them would be too many in a second.
    let limits = Limits { management_calls_a_second: None, ..Limits::default() };
    let engine = Engine::new(store.clone(), authority.clone(), clock.clone(), rng, Timing::default());
    let engine = engine.with_limits(limits).with_values(values.clone());
    let world = scenario.world.clone();
    let mut stage = Stage { engine, authority, clock, values, world, versions: Vec::new() };
    let mut told = Vec::new();
    for (step, number) in scenario.steps.iter().zip(1..) {
        let one = stage.tell(number, step);
        let is_broken = one.broken.is_some();
        told.push(one);
        if is_broken {
            break;
        }
    }
    told
}

/// What a scenario is played on.
struct Stage {
    engine: Engine,
    authority: Arc<Authority>,
    clock: Arc<ManualClock>,
    values: Arc<dyn ValueStore>,
    world: Tenancies,
    /// Key versions in the order they came up; the service gives them no numbers.
    versions: Vec<(Ocid, Ocid)>,
}

/// What was done, or how it ended otherwise.
type Done = Result<Vec<String>, Ended>;

/// An end of a step other than "done", or done with something the scenario did not want.
enum Ended {
    As(Outcome),
    /// Done, but not as the step says.
    Otherwise(Vec<String>, String),
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::As(failure.into())
    }
}

impl Stage {
    fn tell<'s>(&mut self, number: usize, step: &'s Step) -> Told<'s> {
        let done = match &step.event {
            Event::Act(actor, act) => self.act(actor, act),
            Event::Change(change) => self.change(change),
        };
        let consultations = self.authority.consultations();
        let (outcome, effects, otherwise) = match done {
            Ok(effects) => (Outcome::Done, effects, None),
            Err(Ended::As(outcome)) => (outcome, Vec::new(), None),
            Err(Ended::Otherwise(effects, why)) => (Outcome::Done, effects, Some(why)),
        };
        let broken = verify(step, &outcome, &consultations).or(otherwise);
        Told { number, step, consultations, outcome, effects, broken }
    }

    /// Does what a principal does.
    fn act(&mut self, actor: &Actor, act: &Act) -> Done {
        match act {
            Act::CreateVault(vault) => self.create_vault(actor, vault),
            Act::CreateKey { key, vault, shape, protection } => {
                let new = NewKey {
                    id: Some(key.id.clone()),
                    version: None,
                    vault: vault.id.clone(),
                    compartment: key.compartment.clone(),
                    name: key.name.clone(),
                    shape: *shape,
                    protection: *protection,
                };
                let made = self.session(actor).create_key(new)?.value;
                let version = self.version(&made.id, &made.current_version);
                let (shape, protection) = (made.shape, made.protection.as_str());
                let state = made.lifecycle.state.as_str();
                Ok(vec![format!(
                    "key {} ({shape}, {protection}) is in vault {}: {state}, version {version} is current",
                    key.name, vault.name
                )])
            }
            Act::CreateCluster(new) => self.create_cluster(actor, new),
            Act::UpdateCluster(cluster, update) => {
                let updated = self.session(actor).update_cluster(&cluster.id, update.clone())?;
                Ok(vec![format!("cluster {} is now called {}", cluster.name, updated.name)])
            }
            Act::UpgradeCluster(cluster, to) => {
                let upgraded = self.session(actor).upgrade_cluster(&cluster.id, *to);
                let secrets = upgraded.map_err(|error| match error {
                    UpgradeError::Failed(failure) => failure.into(),
                    UpgradeError::Unreadable(unreadable) => Ended::As(Outcome::Refused {
                        code: unreadable.code,
                        explanation: unreadable.to_string(),
                    }),
                })?;
                let count = counted(secrets, "secret");
                Ok(vec![format!("cluster {} runs Kubernetes {to}; it reads its {count}", cluster.name)])
            }
            Act::DeleteCluster(cluster) => {
                let values = self.session(actor).delete_cluster(&cluster.id)?;
                let count = counted(usize::try_from(values).unwrap_or(usize::MAX), "stored value");
                Ok(vec![format!("cluster {} is deleted with its {count}", cluster.name)])
            }
            Act::PutSecret { secret, value, version } => self.put(actor, secret, value, *version),
            Act::GetSecret { secret, value, version } => self.get(actor, secret, value.as_deref(), *version),
            Act::DeleteSecret(secret) => {
                let session = self.session(actor);
                let secrets = session.secrets(&secret.cluster.id)?;
                let stored = secrets.list(Some(secret.name.namespace()))?;
                let Some((name, revision)) = stored.into_iter().find(|(name, _)| *name == secret.name) else {
                    return Err(Ended::As(Outcome::Absent));
                };
                secrets.delete(&name, revision)?;
                Ok(vec![format!("{} is deleted", name.path())])
            }
            Act::ReEncrypt(cluster) => self.re_encrypt(actor, cluster),
            Act::ManageKey(key, act) => self.manage(actor, key, *act),
        }
    }

    /// Changes the world from outside.
    fn change(&mut self, change: &Change) -> Done {
        let effects = match change {
            Change::AddPolicies(policies) => self.add_policies(policies),
            Change::RemovePolicy { tenancy, name } => {
                if self.world.detach(*tenancy, name) == 0 {
                    let why = format!("there is no policy `{name}` to remove");
                    return Err(Ended::Otherwise(Vec::new(), why));
                }
                vec![format!("policy {name} is gone")]
            }
            Change::SetMatchingRule { group, name, rule, fault, place } => {
                self.world.set_matching_rule(*group, rule.clone(), fault.as_deref().cloned(), *place);
                vec![format!("dynamic group {name} has another rule")]
            }
            Change::AdvanceClock(duration) => {
                self.clock.advance(*duration);
                self.engine.settle()?;
                return Ok(vec![format!("it is {}", self.clock.now())]);
            }
        };
        self.authority.replace(&self.world);
        Ok(effects)
    }

    fn add_policies(&mut self, policies: &[AttachedPolicy]) -> Vec<String> {
        let mut effects = Vec::new();
        for policy in policies {
            let home = self.world.compartment(policy.attachment).map(|compartment| compartment.tenancy);
            let replaced = home.map_or(0, |home| self.world.detach(home, &policy.name));
            self.world.attach(policy.clone());
            let change = if replaced == 0 { "is attached" } else { "says something else" };
            effects.push(format!("policy {} {change}", policy.name));
        }
        effects
    }

    fn session(&self, actor: &Actor) -> Session<'_> {
        self.engine.session(actor.principal.clone())
    }

    fn create_vault(&self, actor: &Actor, vault: &Named) -> Done {
        let new = NewVault {
            id: Some(vault.id.clone()),
            region: vault.id.region().unwrap_or_default().to_owned(),
            compartment: vault.compartment.clone(),
            tenancy: vault.tenancy.clone(),
            name: vault.name.clone(),
            kind: VaultKind::Default,
        };
        self.session(actor).create_vault(new)?;
        Ok(vec![format!("vault {} is there", vault.name)])
    }

    fn create_cluster(&mut self, actor: &Actor, new: &CreateCluster) -> Done {
        let made = self.session(actor).create_cluster(NewCluster {
            id: Some(new.cluster.id.clone()),
            region: new.cluster.id.region().unwrap_or_default().to_owned(),
            name: new.cluster.name.clone(),
            tenancy: new.cluster.tenancy.clone(),
            compartment: new.cluster.compartment.clone(),
            kubernetes: new.kubernetes,
            workflow: new.workflow,
            client: new.client,
            key: new.key.as_ref().map(|key| key.id.clone()),
            provider: new.provider.clone(),
            profile: new.profile,
        })?;
        let cluster = made.value;
        let key = match cluster.key.owner {
            KeyOwner::Customer => self.name(&cluster.key.id),
            KeyOwner::Provider => format!("{}, for which no policy is needed", self.name(&cluster.key.id)),
        };
        let name = &new.cluster.name;
        Ok(vec![format!("cluster {name} runs Kubernetes {}; its secrets go under {key}", cluster.kubernetes)])
    }

    fn put(&mut self, actor: &Actor, secret: &SecretRef, value: &str, version: Option<u64>) -> Done {
        let session = self.session(actor);
        let secrets = session.secrets(&secret.cluster.id)?;
        let written = secrets.put(&secret.name, value.as_bytes(), Write::Put)?.value;
        let path = secret.name.path();
        let at = ValueKey { cluster: &secret.cluster.id, path: &path };
        let stored = self.values.get(at).map_err(Failure::from)?;
        let length = stored.map_or(0, |stored| stored.bytes.len());
        let (number, under) = self.under(&written.key, &written.version);
        let effect = format!("wrote {path}: {} bytes sealed {under}, {length} bytes stored", value.len());
        as_numbered(number, version, vec![effect])
    }

    fn get(&mut self, actor: &Actor, secret: &SecretRef, value: Option<&str>, version: Option<u64>) -> Done {
        let session = self.session(actor);
        let found = session.secrets(&secret.cluster.id)?.get(&secret.name)?;
        let Some(opened) = found.map(|found| found.value) else { return Err(Ended::As(Outcome::Absent)) };
        let length = opened.plaintext.as_bytes().len();
        let proven = if opened.authenticated { "authenticated" } else { "not authenticated" };
        let is_other = value.is_some_and(|value| value.as_bytes() != opened.plaintext.as_bytes());
        let (number, under) = self.under(&opened.key, &opened.version);
        let effects = vec![format!("read {}: {length} bytes, sealed {under}, {proven}", secret.name.path())];
        if is_other {
            // Neither of the two is shown: what a secret holds goes into no story.
            return Err(Ended::Otherwise(effects, "the secret holds another value than `value`".to_owned()));
        }
        as_numbered(number, version, effects)
    }

    fn re_encrypt(&mut self, actor: &Actor, cluster: &Named) -> Done {
        let session = self.session(actor);
        let secrets = session.secrets(&cluster.id)?;
        let mut last = None;
        let names = secrets.list(None)?;
        for (name, _) in &names {
            last = written_again(&secrets, name)?.or(last);
        }
        let count = counted(names.len(), "secret");
        let under =
            last.map_or_else(String::new, |(key, version)| format!(" {}", self.under(&key, &version).1));
        Ok(vec![format!("{count} of cluster {} written again{under}", cluster.name)])
    }

    fn manage(&mut self, actor: &Actor, key: &Named, act: KeyAct) -> Done {
        let session = self.session(actor);
        let found = match act {
            KeyAct::Rotate => {
                let version = session.rotate_key(&key.id, None)?.value;
                let number = self.version(&key.id, &version.id);
                return Ok(vec![format!("key {} has a new value: version {number} is current", key.name)]);
            }
            KeyAct::Enable => session.enable_key(&key.id)?.value,
            KeyAct::Disable => session.disable_key(&key.id)?.value,
            KeyAct::CancelDeletion => session.cancel_key_deletion(&key.id)?.value,
            KeyAct::ScheduleDeletion(days) => {
                // A wait that ends at no date is refused like any other that is too long.
                let hours = days.checked_mul(24).and_then(|hours| i64::try_from(hours).ok());
                let wait = hours.and_then(SignedDuration::try_from_hours).unwrap_or(SignedDuration::MAX);
                let time = self.clock.now().checked_add(wait).unwrap_or(Timestamp::MAX);
                session.schedule_key_deletion(&key.id, Some(time))?.value
            }
        };
        let state = found.lifecycle.state.as_str();
        let when = found.lifecycle.time_of_deletion.map_or_else(String::new, |time| format!(" until {time}"));
        Ok(vec![format!("key {} is {state}{when}", key.name)])
    }

    /// The number of a key version and "under key NAME, version N".
    fn under(&mut self, key: &Ocid, version: &Ocid) -> (u64, String) {
        let number = self.version(key, version);
        (number, format!("under {}, version {number}", self.name(key)))
    }

    /// The number of a key version: from 1, in the order the versions of its key came up.
    fn version(&mut self, key: &Ocid, version: &Ocid) -> u64 {
        if !self.versions.iter().any(|(_, known)| known == version) {
            self.versions.push((key.clone(), version.clone()));
        }
        let of_key = self.versions.iter().filter(|(known, _)| known == key);
        of_key.zip(1..).find(|((_, known), _)| known == version).map_or(0, |(_, number)| number)
    }

    /// A key in words.
    fn name(&self, key: &Ocid) -> String {
        let resource = self.world.find_resource(key.as_str()).and_then(|id| self.world.resource(id));
        match resource.and_then(|resource| resource.name.as_ref()) {
            Some(name) => format!("key {name}"),
            None => "a key of the provider's".to_owned(),
        }
    }
}

/// Reads a secret and writes it again, unless it went away in between; gives the key and version it is under now.
fn written_again(secrets: &Secrets<'_>, name: &SecretName) -> Result<Option<(Ocid, Ocid)>, Failure> {
    let Some(opened) = secrets.get(name)?.map(|opened| opened.value) else { return Ok(None) };
    let written = secrets.put(name, opened.plaintext.as_bytes(), Write::Replace(opened.revision))?.value;
    Ok(Some((written.key, written.version)))
}

/// Holds the number of a key version against the one a step names.
fn as_numbered(found: u64, expected: Option<u64>, effects: Vec<String>) -> Done {
    match expected.filter(|expected| *expected != found) {
        None => Ok(effects),
        Some(expected) => {
            Err(Ended::Otherwise(effects, format!("expected key version {expected}, got version {found}")))
        }
    }
}

fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// Holds what came of a step against what it expects.
fn verify(step: &Step, outcome: &Outcome, consultations: &[Consultation]) -> Option<String> {
    let found = outcome.expected();
    if found != step.expected {
        return Some(format!("expected {}, got {found}", step.expected));
    }
    let reason = step.reason.as_ref()?;
    let explained = match outcome {
        Outcome::Refused { explanation, .. } => explanation.contains(reason),
        Outcome::Done | Outcome::Absent => false,
    };
    let said = explained || consultations.iter().any(|one| one.account.says(reason));
    (!said).then(|| format!("the explanation does not say `{reason}`"))
}
