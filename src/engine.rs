//! The engine: the authorised path from a principal to a stored value.
//!
//! ```text
//! principal ──session──▶ Session ──secrets(cluster)──▶ Secrets ── put, get, delete, list, open_all
//!                           │
//!                           ├── create_cluster, update_cluster, upgrade_cluster, delete_cluster
//!                           ├── reencrypt, retire_version, record_backup, forget_backup
//!                           └── create_vault, create_key, rotate_key, disable_key, schedule_key_deletion, …
//!
//! put:  decision ▶ states of vault, key, version ▶ shape ▶ fresh CEK and IV ▶ wrap ▶ CBC, tag ▶ write and audit, one step
//! get:  read ▶ frame, blob, context ▶ decision ▶ states ▶ unwrap ▶ tag ▶ CBC, padding ▶ audit ▶ plaintext
//! ```
//! A [`Session`] is bound to one principal for its life; no operation takes a principal. Every use of a customer's key
//! is decided anew by the [`Decider`]: nothing is cached, neither decisions nor keys, so a change of policy or key state
//! holds for the next operation that begins. A cluster without a key of its own has one of the provider's, for which no
//! policy is asked.
//!
//! A [`Failure`] tells the caller a [`Code`] with a constant message, and the operator why.
//!
//! # Example
//! ```
//! # use std::sync::Arc;
//! # use ocipol::clock::SystemClock;
//! # use ocipol::decider::{Decider, Principal, PrincipalKind, Request, Verdict};
//! # use ocipol::engine::{Client, Code, Engine, KubernetesVersion, NewCluster, SecretName, Workflow, Write};
//! # use ocipol::envelope::{Profile, ProviderName};
//! # use ocipol::ocid::Ocid;
//! # use ocipol::random::SystemRng;
//! # use ocipol::store::Memory;
//! # use ocipol::vault::Timing;
//! /// Allows nothing.
//! struct Nothing;
//!
//! impl Decider for Nothing {
//!     fn decide(&self, _: &Request) -> Verdict {
//!         Verdict::Denied { explanation: "there is no statement".into() }
//!     }
//!
//!     fn revision(&self) -> u64 {
//!         1
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let engine = Engine::new(
//!     Arc::new(Memory::new()),
//!     Arc::new(Nothing),
//!     Arc::new(SystemClock),
//!     Arc::new(SystemRng),
//!     Timing::default(),
//! );
//! # let tenancy = Ocid::parse("ocid1.tenancy.oc1..t")?;
//! # let ada = Principal {
//! #     kind: PrincipalKind::User,
//! #     ocid: Some(Ocid::parse("ocid1.user.oc1..ada")?),
//! #     tenancy: tenancy.clone(),
//! #     compartment: tenancy.clone(),
//! # };
//! # let new = NewCluster {
//! #     id: None,
//! #     region: "iad".into(),
//! #     name: "one".into(),
//! #     tenancy: tenancy.clone(),
//! #     compartment: tenancy,
//! #     kubernetes: KubernetesVersion::parse("1.34.2")?,
//! #     workflow: Workflow::Custom,
//! #     client: Client::Cli,
//! #     key: None,
//! #     provider: ProviderName::new("oci-vault")?,
//! #     profile: Profile::Sealed,
//! # };
//! let ada = engine.session(ada);
//! // Without a key of its own, a cluster needs no policy.
//! let cluster = ada.create_cluster(new.clone())?.value;
//! let session = engine.cluster_session(&cluster.id)?;
//! let secrets = session.secrets(&cluster.id)?;
//! let name = SecretName::new("default", "db-password")?;
//! secrets.put(&name, b"hunter2", Write::Create)?;
//! let opened = secrets.get(&name)?.ok_or("it was just written")?;
//! assert_eq!(opened.value.plaintext.as_bytes(), b"hunter2");
//!
//! // With one, it does.
//! let key = Some(Ocid::parse("ocid1.key.oc1.iad.v.k")?);
//! let refused = ada.create_cluster(NewCluster { key, ..new }).map(|_| ());
//! assert_eq!(refused.map_err(|failure| failure.code()), Err(Code::NotAuthorizedOrNotFound));
//! # Ok(())
//! # }
//! ```

mod backups;
mod cluster;
mod clusters;
mod create;
mod crypto;
mod failure;
mod keys;
mod open_all;
mod reencrypt;
mod retire;
mod run;
mod secrets;
mod throttle;

use std::fmt;
use std::sync::Arc;

use crate::audit::{Action, Actor, By, Entry, PathDigest};
use crate::census::Census;
use crate::clock::Clock;
use crate::decider::{
    Decider, Evidence, Operation, Permit, Principal, PrincipalKind, Request, Target, permit,
};
use crate::envelope::Cause;
use crate::failpoint::{FailPoint, Off};
use crate::ocid::Ocid;
use crate::random::Rng;
use crate::store::{AuditLog, ValueStore};
use crate::vault::{Key, KeyRegistry, Limits, Timing, VaultError, Vaults};

pub use cluster::{Backup, Cluster, ClusterKey, ClusterRegistry, KeyOwner, KubernetesVersion, NoVersion};
pub use clusters::{ClusterUpdate, Unreadable, UpgradeError};
pub use create::{Client, NewCluster, Workflow};
pub use crypto::Signature;
pub use failure::{Code, Failure, GrpcStatus, OciAnswer, Retry, Row};
pub use open_all::Opening;
pub use reencrypt::{Pace, Progress, Reencrypted};
pub use run::{Run, RunState};
pub use secrets::{NoSecretName, Secret, SecretName, Secrets, Write, Written};

use throttle::Throttle;

/// The engine over what it stands on.
pub struct Engine {
    decider: Arc<dyn Decider>,
    vaults: Vaults,
    values: Arc<dyn ValueStore>,
    clusters: Arc<dyn ClusterRegistry>,
    audit: Arc<dyn AuditLog>,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    failpoint: Arc<dyn FailPoint>,
    trace: Option<Trace>,
    limits: Limits,
    throttle: Throttle,
}

/// Where the cause of a refused ciphertext goes: the operator's debug trace.
pub type Trace = Arc<dyn Fn(Cause) + Send + Sync>;

impl Engine {
    /// An engine that keeps everything in one store.
    #[must_use]
    pub fn new<S>(
        store: Arc<S>,
        decider: Arc<dyn Decider>,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
        timing: Timing,
    ) -> Self
    where
        S: ValueStore + AuditLog + KeyRegistry + ClusterRegistry + 'static,
    {
        Self {
            decider,
            vaults: Vaults::new(store.clone(), clock.clone(), rng.clone(), timing),
            values: store.clone(),
            clusters: store.clone(),
            audit: store,
            clock,
            rng,
            failpoint: Arc::new(Off),
            trace: None,
            limits: Limits::default(),
            throttle: Throttle::default(),
        }
    }

    /// Keeps the values of clusters elsewhere: in an etcd.
    #[must_use]
    pub fn with_values(mut self, values: Arc<dyn ValueStore>) -> Self {
        self.values = values;
        self
    }

    /// Tells somebody when a rotation or a re-encryption comes to one of its points.
    #[must_use]
    pub fn with_failpoint(mut self, failpoint: Arc<dyn FailPoint>) -> Self {
        self.vaults = self.vaults.with_failpoint(failpoint.clone());
        self.failpoint = failpoint;
        self
    }

    /// Tells a trace why ciphertexts are refused. Off unless an operator asks for it: never show it to a caller.
    #[must_use]
    pub fn with_trace(mut self, trace: Trace) -> Self {
        self.trace = Some(trace);
        self
    }

    /// Other limits than the service's.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.vaults = self.vaults.with_limits(limits);
        self.limits = limits;
        self
    }

    /// A session of a principal.
    #[must_use]
    pub fn session(&self, principal: Principal) -> Session<'_> {
        Session { engine: self, principal }
    }

    /// A session of a cluster.
    ///
    /// # Errors
    /// [`Code::NotAuthorizedOrNotFound`] when there is no such cluster.
    pub fn cluster_session(&self, cluster: &Ocid) -> Result<Session<'_>, Failure> {
        let cluster = self.living_cluster(cluster)?;
        Ok(self.session(cluster.principal()))
    }

    /// The vaults, without any decision: for whoever has the store in their hands.
    #[must_use]
    pub fn vaults(&self) -> &Vaults {
        &self.vaults
    }

    /// The audit log.
    #[must_use]
    pub fn audit(&self) -> &dyn AuditLog {
        &*self.audit
    }

    /// All clusters, deleted ones included.
    ///
    /// # Errors
    /// [`Code::BackendUnavailable`] when the store does not answer.
    pub fn clusters(&self) -> Result<Vec<Cluster>, Failure> {
        Ok(self.clusters.clusters()?)
    }

    /// What is stored for a cluster, told without any key.
    ///
    /// # Errors
    /// [`Code::BackendUnavailable`] when the store does not answer.
    pub fn census(&self, cluster: &Ocid) -> Result<Census, Failure> {
        Ok(Census::of(&self.values.list(cluster, "/registry/secrets/")?))
    }

    /// Lets pass what time has passed: call it when the clock was moved, so that keys whose time has come are erased
    /// now and not when somebody next asks for them.
    ///
    /// # Errors
    /// [`Code::BackendUnavailable`] when the store does not answer.
    pub fn settle(&self) -> Result<(), Failure> {
        Ok(self.vaults.settle()?)
    }

    fn living_cluster(&self, id: &Ocid) -> Result<Cluster, Failure> {
        let found = self.clusters.cluster(id)?;
        found
            .filter(|cluster| cluster.deleted.is_none())
            .ok_or_else(|| Failure::new(Code::NotAuthorizedOrNotFound, format!("there is no cluster {id}")))
    }

    /// A key, or that there is none.
    fn find_key(&self, id: &Ocid) -> Result<Option<Key>, Failure> {
        match self.vaults.key(id) {
            Ok(key) => Ok(Some(key)),
            Err(VaultError::NotFound(_)) => {
                // A key that is there is looked up together with its vault. One that is not takes as many looks, so that
                // a caller cannot time which it was.
                let _ = self.vaults.vault(id);
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// What one principal can do.
pub struct Session<'e> {
    engine: &'e Engine,
    principal: Principal,
}

impl fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("principal", &self.principal).finish_non_exhaustive()
    }
}

/// What was done, and the decisions it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided<T> {
    /// What came of it.
    pub value: T,
    /// The decisions, in the order they were taken. For a key of the provider's there is one that says so; for a
    /// cluster without a customer's key there is none.
    pub evidence: Vec<Evidence>,
}

impl Session<'_> {
    /// The principal it is bound to.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Counts a management call of this session's tenancy. It comes before the decision, so that whoever asks too often
    /// learns nothing more.
    fn admit(&self) -> Result<(), Failure> {
        let Some(most) = self.engine.limits.management_calls_a_second else { return Ok(()) };
        if self.engine.throttle.admits(&self.principal.tenancy, self.engine.clock.now(), most) {
            return Ok(());
        }
        let explanation = format!("the tenancy has made {most} management calls in the last second");
        Err(Failure::new(Code::Throttled, explanation))
    }

    /// Asks for a permit for this session's principal.
    fn permit(&self, operation: Operation, target: Target) -> Result<Permit, Failure> {
        self.permit_as(&self.principal, operation, target)
    }

    fn permit_as(
        &self,
        principal: &Principal,
        operation: Operation,
        target: Target,
    ) -> Result<Permit, Failure> {
        let include_plaintext_key = (operation == Operation::GenerateDataEncryptionKey).then_some(true);
        let request = Request {
            principal: principal.clone(),
            operation,
            target,
            include_plaintext_key,
            time: self.engine.clock.now(),
        };
        Ok(permit(&*self.engine.decider, request)?)
    }

    /// The target of an operation with a key. A key that does not exist is asked for too, so that the answer takes the
    /// same work.
    fn key_target(&self, id: &Ocid, key: Option<&Key>) -> Target {
        match key {
            Some(key) => Target {
                key: Some(key.id.clone()),
                vault: Some(key.vault.clone()),
                compartment: key.compartment.clone(),
                tenancy: key.tenancy.clone(),
            },
            None => Target {
                key: Some(id.clone()),
                vault: None,
                compartment: self.principal.tenancy.clone(),
                tenancy: self.principal.tenancy.clone(),
            },
        }
    }

    fn by(&self, evidence: Option<Evidence>) -> By {
        By { actor: Actor::Principal(self.principal.ocid.clone()), evidence }
    }

    /// An entry for the audit log about what this session did or tried.
    fn entry(&self, action: Action, evidence: Option<Evidence>, outcome: &str) -> Entry {
        Entry {
            time: self.engine.clock.now(),
            by: self.by(evidence),
            action,
            key: None,
            version: None,
            path: None,
            outcome: outcome.to_owned(),
            note: String::new(),
        }
    }

    /// Records a refusal. That it cannot be recorded changes nothing for the caller, who is refused already.
    fn refused(&self, action: Action, trail: &Trail, failure: &Failure) {
        let evidence = failure.decision().map(|decision| Evidence { decision, because: Vec::new() });
        let entry = Entry {
            key: trail.key.clone(),
            version: trail.version.clone(),
            path: trail.path,
            ..self.entry(action, evidence, failure.code().row().name)
        };
        let _ = self.engine.audit.append(&[entry]);
    }
}

/// What a refused operation was about, as far as it came.
#[derive(Default)]
struct Trail {
    key: Option<Ocid>,
    version: Option<Ocid>,
    path: Option<PathDigest>,
}

impl Trail {
    fn of_key(key: Option<&Ocid>) -> Self {
        Self { key: key.cloned(), ..Self::default() }
    }
}

impl Cluster {
    /// The cluster as a principal.
    #[must_use]
    pub fn principal(&self) -> Principal {
        Principal {
            kind: PrincipalKind::Cluster,
            ocid: Some(self.id.clone()),
            tenancy: self.tenancy.clone(),
            compartment: self.compartment.clone(),
        }
    }
}
