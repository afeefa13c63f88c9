//! Creating clusters: with a key or never.

use super::cluster::{Cluster, ClusterKey, KeyOwner, KubernetesVersion};
use super::failure::{Code, Failure};
use super::{Decided, Session, Trail};
use crate::audit::{Action, By};
use crate::decider::{Evidence, Operation, Principal, PrincipalKind, Target};
use crate::envelope::{AesLength, Profile, ProviderName, asymmetric, sealing_operation, worst_length};
use crate::ocid::{NotAnOcid, Ocid};
use crate::random;
use crate::vault::{Lifecycle, NewKey, NewVault, Protection, Shape, State, VaultError, VaultKind};

/// The tenancy and the vault of the keys that the provider keeps for clusters. No policy of a customer reaches them.
const PROVIDER_TENANCY: &str = "ocid1.tenancy.oc1..provider";
const PROVIDER_VAULT: &str = "ocid1.vault.oc1.local.provider.managed";

pub(super) fn provider_tenancy() -> Result<Ocid, NotAnOcid> {
    Ocid::parse(PROVIDER_TENANCY)
}

pub(super) fn provider_vault() -> Result<Ocid, NotAnOcid> {
    Ocid::parse(PROVIDER_VAULT)
}

/// A cluster to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCluster {
    /// Its OCID; `None` to have one made.
    pub id: Option<Ocid>,
    /// The region key of an OCID that is made, such as `iad`.
    pub region: String,
    /// Its display name.
    pub name: String,
    /// Its tenancy.
    pub tenancy: Ocid,
    /// Its compartment.
    pub compartment: Ocid,
    /// Its Kubernetes version.
    pub kubernetes: KubernetesVersion,
    /// How it is made.
    pub workflow: Workflow,
    /// With which program.
    pub client: Client,
    /// The customer's key for its secrets; `None` for one of the provider's.
    pub key: Option<Ocid>,
    /// The name of the KMS provider in its stored values.
    pub provider: ProviderName,
    /// What its stored values look like.
    pub profile: Profile,
}

/// How a cluster is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Workflow {
    /// Quick Create: everything by default, no key of one's own.
    Quick,
    /// Custom Create.
    Custom,
}

/// With which program a cluster is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Client {
    /// The Console, which offers the keys of the cluster's own tenancy only.
    Console,
    /// The command line, or another program that uses the API.
    Cli,
}

/// # Source
/// Oracle Kubernetes Engine documentation, "Encrypting Kubernetes Secrets at Rest in Etcd", read 2026-08.
impl Session<'_> {
    /// Makes a cluster.
    ///
    /// With a key of the customer's it is checked in this order: the workflow is Custom Create; the client is not the
    /// Console when the key is in another tenancy; the Kubernetes version is 1.13.0 or newer; the key's shape can
    /// encrypt; the key is ENABLED; the creator may use it; the new cluster may use it. A creator who may not use the
    /// key is told [`Code::NotAuthorizedOrNotFound`] where the answer would otherwise depend on the key.
    ///
    /// # Errors
    /// [`Code::InvalidParameter`], [`Code::KeyShapeCannotEncrypt`], [`Code::KeyState`], [`Code::KeyGone`],
    /// [`Code::NotAuthorizedOrNotFound`], [`Code::PolicyUnusable`]; [`Code::TooLarge`] when a blob under this key could
    /// become too long.
    pub fn create_cluster(&self, new: NewCluster) -> Result<Decided<Cluster>, Failure> {
        let key = new.key.clone();
        let created = self.try_create_cluster(new);
        created
            .inspect_err(|failure| self.refused(Action::CreateCluster, &Trail::of_key(key.as_ref()), failure))
    }

    fn try_create_cluster(&self, new: NewCluster) -> Result<Decided<Cluster>, Failure> {
        let id = self.new_cluster_id(&new)?;
        let (key, evidence) = match &new.key {
            Some(key) => self.check_key_of(&new, key)?,
            None => (self.provider_key(&new)?, Vec::new()),
        };
        let cluster = Cluster {
            id,
            name: new.name,
            tenancy: new.tenancy,
            compartment: new.compartment,
            kubernetes: new.kubernetes,
            provider: new.provider,
            profile: new.profile,
            key,
            deleted: None,
            backups: Vec::new(),
        };
        if let Err(failure) = self.keep(None, &cluster, Action::CreateCluster, evidence.first().cloned()) {
            if cluster.key.owner == KeyOwner::Provider {
                // Nobody will ever use it. Where this fails too, it lies there unused.
                let _ = self.give_up_key(&cluster.key.id);
            }
            return Err(if failure.code() == Code::WriteConflict {
                Failure::new(Code::InvalidParameter, format!("{} exists", cluster.id))
            } else {
                failure
            });
        }
        Ok(Decided { value: cluster, evidence })
    }

    fn check_key_of(&self, new: &NewCluster, id: &Ocid) -> Result<(ClusterKey, Vec<Evidence>), Failure> {
        let invalid = |explanation: &str| Failure::new(Code::InvalidParameter, explanation);
        if new.workflow == Workflow::Quick {
            return Err(invalid("Quick Create has no choice of a key: use Custom Create"));
        }
        let key = self.engine.find_key(id)?;
        let target = self.key_target(id, key.as_ref());
        let too_old = invalid("Kubernetes before 1.13.0 cannot encrypt secrets under a customer's key");
        let is_too_old = new.kubernetes < KubernetesVersion::OLDEST_WITH_KEY;
        // Decided before anything about the key is said: whoever may not use it is told what is wrong with the rest of
        // the request, or that they may not.
        let sealing = key.as_ref().and_then(|key| key.shape.suite(key.protection));
        let sealing = sealing.map_or(Operation::GenerateDataEncryptionKey, sealing_operation);
        let mut evidence = match self.may_use(&self.principal, sealing, &target) {
            Ok(evidence) => evidence,
            Err(_) if is_too_old => return Err(too_old),
            Err(denied) => return Err(denied),
        };
        let Some(key) = key else {
            return Err(VaultError::NotFound(id.clone()).into());
        };
        if new.client == Client::Console && key.tenancy != new.tenancy {
            return Err(invalid("the Console offers no key of another tenancy: use the command line"));
        }
        if is_too_old {
            return Err(too_old);
        }
        let suite = key.shape.suite(key.protection).ok_or(VaultError::CannotEncrypt(key.shape))?;
        if key.shape.key_pair().is_some() && !asymmetric::AVAILABLE {
            return Err(VaultError::NotBuiltIn.into());
        }
        let Lifecycle { state, since, .. } = key.lifecycle;
        match state {
            State::Enabled => {}
            State::Deleted => return Err(VaultError::Gone { id: key.id, since }.into()),
            State::Creating
            | State::Enabling
            | State::Disabling
            | State::Disabled
            | State::Updating
            | State::BackupInProgress
            | State::Restoring
            | State::SchedulingDeletion
            | State::PendingDeletion
            | State::CancellingDeletion
            | State::Deleting => {
                let id = key.id;
                return Err(VaultError::State { id, state, since }.into());
            }
        }
        let future = Principal {
            kind: PrincipalKind::Cluster,
            ocid: None,
            tenancy: new.tenancy.clone(),
            compartment: new.compartment.clone(),
        };
        evidence.extend(self.may_use(&future, sealing, &target).map_err(|failure| {
            failure.explained(|why| {
                format!(
                    "the new cluster may not use the key: {why}; a statement that names a cluster's OCID cannot match \
                     before the cluster exists, so narrow it to the cluster afterwards"
                )
            })
        })?);
        let (flags, cek) = (new.profile.flags(), new.profile.cek_length());
        worst_length(suite, flags, &key.id, cek)
            .map_err(|unfit| Failure::new(Code::TooLarge, unfit.to_string()))?;
        let key = ClusterKey { id: key.id, tenancy: key.tenancy, owner: KeyOwner::Customer };
        Ok((key, evidence))
    }

    /// The decisions that a principal may seal and open with a key.
    fn may_use(
        &self,
        principal: &Principal,
        sealing: Operation,
        target: &Target,
    ) -> Result<Vec<Evidence>, Failure> {
        [sealing, Operation::Decrypt]
            .into_iter()
            .map(|operation| {
                let permit = self.permit_as(principal, operation, target.clone())?;
                Ok(permit.evidence().clone())
            })
            .collect()
    }

    /// A new key of the provider's, for one cluster.
    fn provider_key(&self, new: &NewCluster) -> Result<ClusterKey, Failure> {
        let broken = |error: NotAnOcid| Failure::new(Code::Internal, error.to_string());
        let tenancy = provider_tenancy().map_err(broken)?;
        let vault = provider_vault().map_err(broken)?;
        let (vaults, by) = (&self.engine.vaults, By::operator());
        let made = vaults.create_vault(
            NewVault {
                id: Some(vault.clone()),
                region: String::new(),
                compartment: tenancy.clone(),
                tenancy: tenancy.clone(),
                name: "provider-managed".to_owned(),
                kind: VaultKind::Default,
            },
            &by,
        );
        match made {
            Ok(_) => {}
            Err(VaultError::Exists(_)) => {
                // Whose vault it is says who may manage the keys in it.
                if vaults.vault(&vault)?.tenancy != tenancy {
                    return Err(Failure::new(Code::Internal, format!("{vault} is not the provider's")));
                }
            }
            Err(error) => return Err(error.into()),
        }
        let key = vaults.create_key(
            NewKey {
                id: None,
                version: None,
                vault,
                compartment: tenancy.clone(),
                name: new.name.clone(),
                shape: Shape::Aes(AesLength::Aes256),
                protection: Protection::Software,
            },
            &by,
        )?;
        Ok(ClusterKey { id: key.id, tenancy, owner: KeyOwner::Provider })
    }

    fn new_cluster_id(&self, new: &NewCluster) -> Result<Ocid, Failure> {
        let invalid = |explanation: String| Failure::new(Code::InvalidParameter, explanation);
        let id = match &new.id {
            Some(id) => id.clone(),
            None => {
                let unique: [u8; 30] = random::array(&*self.engine.rng)?;
                let unique: String = unique.iter().map(|byte| format!("{byte:02x}")).collect();
                let text = format!("ocid1.cluster.oc1.{}.{unique}", new.region);
                let made = Ocid::parse(&text).ok().filter(|id| id.region() == Some(&new.region));
                made.ok_or_else(|| invalid(format!("`{}` is no region", new.region)))?
            }
        };
        if !id.resource_kind().eq_ignore_ascii_case("cluster") || id.as_str().len() > 255 {
            return Err(invalid(format!("{id} cannot name a cluster")));
        }
        if self.engine.clusters.cluster(&id)?.is_some() {
            return Err(invalid(format!("{id} exists")));
        }
        Ok(id)
    }
}
