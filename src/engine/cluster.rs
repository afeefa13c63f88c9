//! Clusters: who seals and opens, and under which key.

use std::fmt;

use jiff::Timestamp;

use crate::audit::Entry;
use crate::envelope::{Profile, ProviderName};
use crate::ocid::Ocid;
use crate::store::{Revision, StoreError, WriteError};

/// A Kubernetes cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// Its OCID.
    pub id: Ocid,
    /// Its display name.
    pub name: String,
    /// Its tenancy.
    pub tenancy: Ocid,
    /// Its compartment.
    pub compartment: Ocid,
    /// Its Kubernetes version.
    pub kubernetes: KubernetesVersion,
    /// The name of the KMS provider in its stored values.
    pub provider: ProviderName,
    /// What its stored values look like. A cluster that seals reads nothing else.
    pub profile: Profile,
    /// The key its secrets are encrypted under: for its whole life.
    pub key: ClusterKey,
    /// When it was deleted; `None` while it lives.
    pub deleted: Option<Timestamp>,
    /// The backups of its values that were recorded and not forgotten, by name.
    pub backups: Vec<Backup>,
}

/// A backup of the values of a cluster that lies somewhere else, such as a snapshot of its etcd.
///
/// Whoever restores it needs the key versions it names, so none of them is retired before the backup is forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// What it is called.
    pub name: String,
    /// When it was recorded.
    pub taken: Timestamp,
    /// The newest write it holds.
    pub revision: Revision,
    /// The key versions that its values name, each once, by OCID.
    pub versions: Vec<Ocid>,
}

/// The master key of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterKey {
    /// The key.
    pub id: Ocid,
    /// The tenancy of the key.
    pub tenancy: Ocid,
    /// Whose it is.
    pub owner: KeyOwner,
}

/// Whose key a cluster uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyOwner {
    /// A customer's, named when the cluster was created. Each use is decided by policy.
    Customer,
    /// The provider's, made for this cluster alone. No policy is asked.
    Provider,
}

impl KeyOwner {
    pub(crate) const ALL: [Self; 2] = [Self::Customer, Self::Provider];
}

/// A version of Kubernetes: `1.34.2`, with or without a leading `v`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KubernetesVersion {
    /// The first number.
    pub major: u32,
    /// The second.
    pub minor: u32,
    /// The third.
    pub patch: u32,
}

impl KubernetesVersion {
    /// The oldest version whose secrets can be encrypted under a customer's key.
    ///
    /// # Source
    /// Oracle Kubernetes Engine documentation, "Encrypting Kubernetes Secrets at Rest in Etcd", read 2026-08.
    pub const OLDEST_WITH_KEY: Self = Self { major: 1, minor: 13, patch: 0 };

    /// Reads a version.
    ///
    /// # Errors
    /// [`NoVersion`] unless it is three numbers with dots between them.
    pub fn parse(text: &str) -> Result<Self, NoVersion> {
        let numbers = text.strip_prefix('v').unwrap_or(text).split('.');
        let numbers: Result<Vec<u32>, _> = numbers.map(str::parse).collect();
        match numbers.as_deref() {
            Ok([major, minor, patch]) => Ok(Self { major: *major, minor: *minor, patch: *patch }),
            Ok(_) | Err(_) => Err(NoVersion),
        }
    }
}

impl fmt::Display for KubernetesVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// A text that is no version of Kubernetes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a Kubernetes version is three numbers, such as 1.34.2")]
pub struct NoVersion;

/// Keeps clusters.
///
/// It is apart from where their values are: whoever can write a cluster's etcd must not be able to say which key it
/// uses.
pub trait ClusterRegistry: Send + Sync {
    /// A cluster, deleted ones included.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn cluster(&self, id: &Ocid) -> Result<Option<Cluster>, StoreError>;

    /// All clusters, by OCID.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn clusters(&self) -> Result<Vec<Cluster>, StoreError>;

    /// Keeps a cluster, new or changed, together with the entry that says why. It is on disk when this returns.
    ///
    /// `before` is the cluster as it was read; `None` for a new one. So of two who change one cluster, one is told.
    ///
    /// # Errors
    /// [`WriteError::Conflict`] when what is kept is something else: read again. Nothing is written then, the entry
    /// neither.
    fn keep_cluster(
        &self,
        before: Option<&Cluster>,
        cluster: &Cluster,
        entry: &Entry,
    ) -> Result<(), WriteError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_three_numbers_and_have_an_order() {
        let parse = |text| KubernetesVersion::parse(text);
        assert_eq!(parse("v1.34.2").unwrap().to_string(), "1.34.2");
        assert!(parse("1.13.0").unwrap() >= KubernetesVersion::OLDEST_WITH_KEY);
        assert!(parse("1.12.10").unwrap() < KubernetesVersion::OLDEST_WITH_KEY);
        for text in ["", "1", "1.13", "1.13.0.1", "1.13.x", "v"] {
            assert_eq!(parse(text), Err(NoVersion), "{text}");
        }
    }
}
