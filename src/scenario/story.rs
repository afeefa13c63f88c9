//! Steps in words.

use std::fmt;

use super::{Act, Change, CreateCluster, Event, KeyAct};
use crate::engine::{Client, ClusterUpdate, Workflow};
use crate::envelope::Profile;

/// One sentence without a full stop: who does what, or what changes.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Act(actor, act) => write!(f, "{} {act}", actor.name),
            Self::Change(change) => change.fmt(f),
        }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateVault(vault) => write!(f, "creates vault {}", vault.name),
            Self::CreateKey { key, vault, shape, .. } => {
                write!(f, "creates key {} ({shape}) in vault {}", key.name, vault.name)
            }
            Self::CreateCluster(new) => new.fmt(f),
            Self::UpdateCluster(cluster, ClusterUpdate::Name(name)) => {
                write!(f, "renames cluster {} to {name}", cluster.name)
            }
            Self::UpdateCluster(cluster, ClusterUpdate::Key(key)) => {
                write!(f, "gives cluster {} the key {key}", cluster.name)
            }
            Self::UpgradeCluster(cluster, version) => {
                write!(f, "upgrades cluster {} to Kubernetes {version}", cluster.name)
            }
            Self::DeleteCluster(cluster) => write!(f, "deletes cluster {}", cluster.name),
            Self::PutSecret { secret, .. } => {
                write!(f, "writes secret {} of cluster {}", secret.name, secret.cluster.name)
            }
            Self::GetSecret { secret, .. } => {
                write!(f, "reads secret {} of cluster {}", secret.name, secret.cluster.name)
            }
            Self::DeleteSecret(secret) => {
                write!(f, "deletes secret {} of cluster {}", secret.name, secret.cluster.name)
            }
            Self::ReEncrypt(cluster) => write!(f, "encrypts the secrets of cluster {} again", cluster.name),
            Self::ManageKey(key, KeyAct::Rotate) => write!(f, "rotates key {}", key.name),
            Self::ManageKey(key, KeyAct::Enable) => write!(f, "enables key {}", key.name),
            Self::ManageKey(key, KeyAct::Disable) => write!(f, "disables key {}", key.name),
            Self::ManageKey(key, KeyAct::ScheduleDeletion(days)) => {
                write!(f, "schedules key {} for deletion in {days} days", key.name)
            }
            Self::ManageKey(key, KeyAct::CancelDeletion) => {
                write!(f, "cancels the deletion of key {}", key.name)
            }
        }
    }
}

impl fmt::Display for CreateCluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "creates cluster {} with ", self.cluster.name)?;
        match &self.key {
            Some(key) => write!(f, "key {}", key.name)?,
            None => f.write_str("no key of its own")?,
        }
        match self.workflow {
            Workflow::Quick => f.write_str(", by Quick Create")?,
            Workflow::Custom => {}
        }
        match self.client {
            Client::Console => f.write_str(", in the Console")?,
            Client::Cli => {}
        }
        match self.profile {
            Profile::Sealed => Ok(()),
            Profile::Compat => f.write_str(", stored as kube-apiserver up to 1.24 stores it"),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddPolicies(policies) => {
                let names: Vec<&str> = policies.iter().map(|policy| policy.name.as_str()).collect();
                write!(f, "policy {} is put in force", names.join(", "))
            }
            Self::RemovePolicy { name, .. } => write!(f, "policy {name} is removed"),
            Self::SetMatchingRule { name, .. } => {
                write!(f, "dynamic group {name} gets another matching rule")
            }
            Self::AdvanceClock(duration) => match (duration.as_hours() / 24, duration.as_secs() % 86_400) {
                (1, 0) => f.write_str("a day passes"),
                (days, 0) => write!(f, "{days} days pass"),
                _ => write!(f, "{duration:#} pass"),
            },
        }
    }
}
