//! Scenarios: what principals do with keys, clusters and secrets, step by step, and what must come of it.
//!
//! ```yaml
//! title: A cluster keeps its secrets under a key of another tenancy
//! tenancies: cross-tenancy.tenancy.yaml   # a path beside this file, or the list itself
//! policies: []                            # more policies: {name, tenancy, attach, statements or path}
//! clock: 2026-01-01T00:00:00Z             # the time of the first step; this when left out
//! steps:
//!   - step: The cluster is created with the key       # for the reader; may be left out
//!     as: ada                                         # a user, cluster or instance of the model
//!     create-cluster: prod
//!     key: etcd-key
//!   - as: prod
//!     put-secret: default/db-password
//!     value: hunter2
//!   - as: canary
//!     get-secret: default/db-password
//!     cluster: prod
//!     expect: denied                # `allowed` when left out; or `absent`, or a code such as KEY_STATE
//!     reason: the Endorse is missing  # a text the explanation must contain; may be left out
//! ```
//! A step has one of these keys, with the keys in brackets beside it:
//!
//! | key | does |
//! |---|---|
//! | `create-vault: NAME` | makes a vault of the model |
//! | `create-key: NAME` (`vault`, `shape`, `protection`) | makes a key of the model |
//! | `create-cluster: NAME` (`key`, `workflow`, `client`, `kubernetes`, `provider`, `profile`) | makes a cluster of the model |
//! | `update-cluster: NAME` (`name` or `key`), `upgrade-cluster: NAME` (`kubernetes`), `delete-cluster: NAME` | changes it |
//! | `put-secret: NAMESPACE/NAME` (`value`, `cluster`, `version`) | seals a secret and writes it |
//! | `get-secret: NAMESPACE/NAME` (`value`, `cluster`, `version`) | reads it and opens it |
//! | `delete-secret: NAMESPACE/NAME` (`cluster`) | deletes it |
//! | `re-encrypt: CLUSTER` | reads every secret and writes it again under the current key version |
//! | `rotate-key`, `enable-key`, `disable-key`, `cancel-key-deletion: NAME` | what they say |
//! | `schedule-key-deletion: NAME` (`days`) | deletes it in 7 to 30 days; 30 when left out |
//! | `add-policy: {name, tenancy, attach, statements or path}` | puts a policy in force, in place of one of its name |
//! | `remove-policy: NAME` (`tenancy`) | takes it away |
//! | `set-matching-rule: GROUP` (`rule`, `tenancy`) | gives a dynamic group another rule |
//! | `advance-clock: DURATION` | lets time pass: `30d`, `12h` |
//!
//! [`read`] makes a [`Scenario`], [`run`] runs it up to the first expectation that does not hold, and says what was
//! decided and done ([`Told`]).

mod actions;
mod expect;
mod read;
mod run;
mod story;

pub use expect::Expected;
#[cfg(feature = "cli")]
pub(crate) use read::home;
pub use read::read;
pub use run::{Outcome, Told, run};

use jiff::{SignedDuration, Timestamp};

use crate::decider::Principal;
use crate::diagnostic::Diagnostic;
use crate::engine::{Client, ClusterUpdate, KubernetesVersion, SecretName, Workflow};
use crate::envelope::{Profile, ProviderName};
use crate::ocid::Ocid;
use crate::source::{Place, Spanned};
use crate::syntax::{MatchingRule, Reading};
use crate::tenancy::{AttachedPolicy, DynamicGroupId, Tenancies, TenancyId};
use crate::vault::{Protection, Shape};

/// A scenario.
#[derive(Debug)]
pub struct Scenario {
    /// What it shows, in one line.
    pub title: String,
    /// The world it begins in.
    pub world: Tenancies,
    /// The time of the first step.
    pub clock: Timestamp,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug)]
pub struct Step {
    /// What it shows, for the reader; `None` where the file does not say.
    pub title: Option<String>,
    /// What happens.
    pub event: Event,
    /// What must come of it.
    pub expected: Expected,
    /// A text the explanation must contain; `None` where the file does not say.
    pub reason: Option<String>,
    /// Where it was written.
    pub place: Place,
}

/// What happens in a step.
#[derive(Debug)]
pub enum Event {
    /// A principal does something.
    Act(Actor, Act),
    /// Something changes from outside, by nobody's request.
    Change(Change),
}

/// Who acts.
#[derive(Debug, Clone)]
pub struct Actor {
    /// How the file calls them.
    pub name: String,
    /// Who they are.
    pub principal: Principal,
}

/// A vault, key or cluster of the model.
#[derive(Debug, Clone)]
pub struct Named {
    /// How the file calls it.
    pub name: String,
    /// Its OCID.
    pub id: Ocid,
    /// Its compartment.
    pub compartment: Ocid,
    /// Its tenancy.
    pub tenancy: Ocid,
}

/// What a principal does.
#[derive(Debug)]
pub enum Act {
    /// `create-vault`
    CreateVault(Named),
    /// `create-key`
    CreateKey {
        /// The key.
        key: Named,
        /// The vault it goes into.
        vault: Named,
        /// What it is made as.
        shape: Shape,
        /// Where its material lives.
        protection: Protection,
    },
    /// `create-cluster`
    CreateCluster(CreateCluster),
    /// `update-cluster`
    UpdateCluster(Named, ClusterUpdate),
    /// `upgrade-cluster`
    UpgradeCluster(Named, KubernetesVersion),
    /// `delete-cluster`
    DeleteCluster(Named),
    /// `put-secret`
    PutSecret {
        /// The secret.
        secret: SecretRef,
        /// What it holds.
        value: String,
        /// The number of the key version it must be sealed under, from 1; `None` where the file does not say.
        version: Option<u64>,
    },
    /// `get-secret`
    GetSecret {
        /// The secret.
        secret: SecretRef,
        /// What it must hold; `None` where the file does not say.
        value: Option<String>,
        /// The number of the key version it must be sealed under, from 1; `None` where the file does not say.
        version: Option<u64>,
    },
    /// `delete-secret`
    DeleteSecret(SecretRef),
    /// `re-encrypt`
    ReEncrypt(Named),
    /// `rotate-key`, `enable-key`, …
    ManageKey(Named, KeyAct),
}

/// What changes from outside.
#[derive(Debug)]
pub enum Change {
    /// `add-policy`: one, or all of a file.
    AddPolicies(Vec<AttachedPolicy>),
    /// `remove-policy`
    RemovePolicy {
        /// The tenancy it is in.
        tenancy: TenancyId,
        /// Its name.
        name: String,
    },
    /// `set-matching-rule`
    SetMatchingRule {
        /// The dynamic group.
        group: DynamicGroupId,
        /// How the file calls it.
        name: String,
        /// The rule.
        rule: (Spanned<MatchingRule>, Reading),
        /// What the strict language does not have in it.
        fault: Option<Box<Diagnostic>>,
        /// Where the rule was written.
        place: Place,
    },
    /// `advance-clock`
    AdvanceClock(SignedDuration),
}

/// A cluster to be made.
#[derive(Debug)]
pub struct CreateCluster {
    /// The cluster.
    pub cluster: Named,
    /// The customer's key; `None` for one of the provider's.
    pub key: Option<Named>,
    /// How it is made.
    pub workflow: Workflow,
    /// With which program.
    pub client: Client,
    /// Its Kubernetes version.
    pub kubernetes: KubernetesVersion,
    /// The name of the KMS provider in its stored values.
    pub provider: ProviderName,
    /// What its stored values look like.
    pub profile: Profile,
}

/// A secret of a cluster.
#[derive(Debug)]
pub struct SecretRef {
    /// The cluster.
    pub cluster: Named,
    /// The secret.
    pub name: SecretName,
}

/// What is done to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyAct {
    /// `rotate-key`
    Rotate,
    /// `enable-key`
    Enable,
    /// `disable-key`
    Disable,
    /// `schedule-key-deletion`, in so many days.
    ScheduleDeletion(u64),
    /// `cancel-key-deletion`
    CancelDeletion,
}
