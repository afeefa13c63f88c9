//! Changing, upgrading and deleting clusters.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use super::Session;
use super::Trail;
use super::cluster::{Cluster, KeyOwner, KubernetesVersion};
use super::failure::{Code, Failure};
use crate::audit::{Action, Entry};
use crate::decider::Evidence;
use crate::ocid::Ocid;
use crate::vault::{State, VaultError};

/// How many threads open the secrets of a cluster that is to be upgraded.
const WORKERS: usize = 8;

/// A change to a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClusterUpdate {
    /// Another display name.
    Name(String),
    /// Another key, or a key where there was none: always refused.
    Key(Ocid),
}

/// Secrets that cannot be read, which is why a cluster is not upgraded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The gravest failure among them.
    pub code: Code,
    /// How many secrets there are.
    pub secrets: usize,
    /// How many of them cannot be read.
    pub unreadable: usize,
    /// The paths of the first five.
    pub first: Vec<String>,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, secrets, unreadable, first } = self;
        write!(f, "{unreadable} of {secrets} secrets cannot be read: {}", code.row().message)?;
        for path in first {
            write!(f, "; {path}")?;
        }
        let more = unreadable.saturating_sub(first.len());
        if more > 0 {
            write!(f, "; and {more} more")?;
        }
        Ok(())
    }
}

/// Why a cluster is not upgraded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpgradeError {
    /// Some of its secrets cannot be read.
    #[error("{0}")]
    Unreadable(Unreadable),
    /// Anything else.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl UpgradeError {
    /// The code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Unreadable(unreadable) => unreadable.code,
            Self::Failed(failure) => failure.code(),
        }
    }
}

impl From<UpgradeError> for Failure {
    fn from(error: UpgradeError) -> Self {
        match error {
            UpgradeError::Unreadable(unreadable) => Self::new(unreadable.code, unreadable.to_string()),
            UpgradeError::Failed(failure) => failure,
        }
    }
}

/// No policy is asked who may change, upgrade or delete a cluster: it is no matter of its key, and a cluster whose key is
/// lost must still be deletable. Principals of other tenancies are told that there is no such cluster.
///
/// # Source
/// Oracle Kubernetes Engine documentation, "Encrypting Kubernetes Secrets at Rest in Etcd", read 2026-08.
impl Session<'_> {
    /// Changes a cluster. Its key is not among what can be changed.
    ///
    /// # Errors
    /// [`Code::InvalidParameter`] for a key; [`Code::NotAuthorizedOrNotFound`] when there is no such cluster;
    /// [`Code::WriteConflict`] when somebody else changed or deleted it meanwhile, and so for what follows.
    pub fn update_cluster(&self, id: &Ocid, update: ClusterUpdate) -> Result<Cluster, Failure> {
        let updated = self.own_cluster(id).and_then(|cluster| match update {
            ClusterUpdate::Name(name) => {
                let updated = Cluster { name, ..cluster.clone() };
                self.keep(Some(&cluster), &updated, Action::UpdateCluster, None)?;
                Ok(updated)
            }
            ClusterUpdate::Key(_) => Err(Failure::new(
                Code::InvalidParameter,
                "the key of a cluster is chosen when the cluster is created, and never after",
            )),
        });
        updated.inspect_err(|failure| self.refused(Action::UpdateCluster, &Trail::default(), failure))
    }

    /// Upgrades a cluster, and says how many secrets it has: every one of them must open.
    ///
    /// # Errors
    /// [`UpgradeError::Unreadable`] when one does not; [`Code::InvalidParameter`] for an older version than the cluster
    /// has.
    pub fn upgrade_cluster(&self, id: &Ocid, to: KubernetesVersion) -> Result<usize, UpgradeError> {
        let upgraded = self.try_upgrade(id, to);
        upgraded.inspect_err(|error| {
            let failure = Failure::new(error.code(), "");
            self.refused(Action::UpgradeCluster, &Trail::default(), &failure);
        })
    }

    fn try_upgrade(&self, id: &Ocid, to: KubernetesVersion) -> Result<usize, UpgradeError> {
        let cluster = self.own_cluster(id)?;
        if to < cluster.kubernetes {
            let explanation = format!("{to} is older than {}", cluster.kubernetes);
            return Err(Failure::new(Code::InvalidParameter, explanation).into());
        }
        let own = self.engine.session(cluster.principal());
        let secrets = own.secrets(id)?;
        let failures = Mutex::new(Vec::new());
        let count = secrets.open_all(None, WORKERS, &|name, opened| {
            if let Err(failure) = opened {
                let mut failures = failures.lock().unwrap_or_else(PoisonError::into_inner);
                failures.push((name.path(), failure.code()));
            }
        })?;
        let mut failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
        failures.sort();
        let gone = failures.iter().find(|(_, code)| *code == Code::KeyGone);
        if let Some((_, code)) = gone.or(failures.first()) {
            return Err(UpgradeError::Unreadable(Unreadable {
                code: *code,
                secrets: count,
                unreadable: failures.len(),
                first: failures.iter().take(5).map(|(path, _)| path.clone()).collect(),
            }));
        }
        let upgraded = Cluster { kubernetes: to, ..cluster.clone() };
        self.keep(Some(&cluster), &upgraded, Action::UpgradeCluster, None)?;
        Ok(count)
    }

    /// Deletes a cluster with all its values, readable or not, and says how many there were.
    ///
    /// A key that the provider kept for it is scheduled for deletion; a customer's key stays as it is.
    ///
    /// # Errors
    /// [`Code::NotAuthorizedOrNotFound`] when there is no such cluster.
    pub fn delete_cluster(&self, id: &Ocid) -> Result<u64, Failure> {
        let deleted = self.own_cluster(id).and_then(|cluster| {
            let entry = self.cluster_entry(&cluster, Action::DeleteCluster, None);
            let values = self.engine.values.clear(&cluster.id, &entry)?;
            if cluster.key.owner == KeyOwner::Provider {
                self.give_up_key(&cluster.key.id)?;
            }
            let deleted = Some(self.engine.clock.now());
            let gone = Cluster { deleted, ..cluster.clone() };
            self.keep(Some(&cluster), &gone, Action::DeleteCluster, None)?;
            Ok(values)
        });
        deleted.inspect_err(|failure| self.refused(Action::DeleteCluster, &Trail::default(), failure))
    }

    /// A cluster of the principal's own tenancy.
    pub(super) fn own_cluster(&self, id: &Ocid) -> Result<Cluster, Failure> {
        let cluster = self.engine.living_cluster(id)?;
        if cluster.tenancy == self.principal.tenancy {
            return Ok(cluster);
        }
        let explanation = format!("cluster {} is in another tenancy than who asks", cluster.name);
        Err(Failure::new(Code::NotAuthorizedOrNotFound, explanation))
    }

    /// Schedules the deletion of a key that the provider kept for a cluster, unless it is on its way out already: a
    /// deletion that was killed had come this far.
    pub(super) fn give_up_key(&self, key: &Ocid) -> Result<(), Failure> {
        match self.engine.vaults.schedule_key_deletion(key, None, &self.by(None)) {
            Ok(_)
            | Err(
                VaultError::Gone { .. }
                | VaultError::State {
                    state:
                        State::SchedulingDeletion | State::PendingDeletion | State::Deleting | State::Deleted,
                    ..
                },
            ) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps a cluster in place of `before`, which is as it was read.
    pub(super) fn keep(
        &self,
        before: Option<&Cluster>,
        cluster: &Cluster,
        action: Action,
        evidence: Option<Evidence>,
    ) -> Result<(), Failure> {
        let entry = self.cluster_entry(cluster, action, evidence);
        Ok(self.engine.clusters.keep_cluster(before, cluster, &entry)?)
    }

    fn cluster_entry(&self, cluster: &Cluster, action: Action, evidence: Option<Evidence>) -> Entry {
        Entry {
            key: Some(cluster.key.id.clone()),
            note: cluster.id.as_str().to_owned(),
            ..self.entry(action, evidence, "ok")
        }
    }
}
