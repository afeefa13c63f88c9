//! May this principal do this with that key? The question the envelope engine asks before it touches a master key, and
//! the evidence it keeps.
//!
//! A [`Decider`] answers. [`permit`] turns its answer into a [`Permit`] or a [`Refusal`], and is the only way to a
//! `Permit` for a customer's key; the stages behind a decision take one, so none of them can be reached without asking.

use std::fmt;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::codec::Writer;
use crate::ocid::Ocid;

/// Answers whether a request is allowed: the policy evaluator, or a table in a test.
pub trait Decider: Send + Sync {
    /// Decides one request.
    ///
    /// It is asked for unknown keys too (see [`Target`]), so that "not allowed" and "not there" cost the same.
    fn decide(&self, request: &Request) -> Verdict;

    /// A number that changes whenever an answer may change: another policy, another group membership.
    fn revision(&self) -> u64;
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub principal: Principal,
    /// What they want to do.
    pub operation: Operation,
    /// With what.
    pub target: Target,
    /// `request.includePlainTextKey`: present for [`Operation::GenerateDataEncryptionKey`] and for nothing else.
    pub include_plaintext_key: Option<bool>,
    /// When.
    pub time: Timestamp,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// What sort of principal it is.
    pub kind: PrincipalKind,
    /// Its OCID; `None` for a cluster that is about to be created. No statement that names an OCID can match it yet.
    pub ocid: Option<Ocid>,
    /// Its home tenancy.
    pub tenancy: Ocid,
    /// The compartment it lives in; a user lives in the root, whose OCID is the tenancy's.
    pub compartment: Ocid,
}

/// What sort of principal asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrincipalKind {
    /// A person, or a program that acts as one.
    User,
    /// An instance, matched by dynamic groups.
    Instance,
    /// A Kubernetes cluster: `request.principal.type = 'cluster'`.
    Cluster,
}

impl PrincipalKind {
    /// The word of `request.principal.type`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Instance => "instance",
            Self::Cluster => "cluster",
        }
    }
}

/// What the operation is done with.
///
/// For a key that does not exist the place is the principal's own root compartment: the answer is thrown away, and only
/// the work counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// `target.key.id`; `None` when a key is created, or a vault is the target.
    pub key: Option<Ocid>,
    /// `target.vault.id`; `None` when a vault is created.
    pub vault: Option<Ocid>,
    /// The compartment of the key, which may differ from its vault's; of the vault where there is no key.
    pub compartment: Ocid,
    /// The tenancy of that compartment.
    pub tenancy: Ocid,
}

/// The service's operations the engine asks about, by the service's names.
///
/// Which permission each one needs is in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// A data key in clear and wrapped: what sealing under an AES key does.
    GenerateDataEncryptionKey,
    /// Wrapping bytes the caller brings.
    Encrypt,
    /// Unwrapping.
    Decrypt,
    /// Reading a key's metadata.
    GetKey,
    /// Reading a key version's metadata.
    GetKeyVersion,
    /// A new key in a vault.
    CreateKey,
    /// A new version: rotation.
    CreateKeyVersion,
    /// Back into use.
    EnableKey,
    /// Out of use.
    DisableKey,
    /// Another name or other tags.
    UpdateKey,
    /// Into another compartment.
    ChangeKeyCompartment,
    /// Deletion of a key in 7 to 30 days.
    ScheduleKeyDeletion,
    /// No deletion of a key after all.
    CancelKeyDeletion,
    /// Deletion of one version in 7 to 30 days.
    ScheduleKeyVersionDeletion,
    /// No deletion of a version after all.
    CancelKeyVersionDeletion,
    /// A new vault.
    CreateVault,
    /// Reading a vault's metadata.
    GetVault,
    /// Deletion of a vault and all its keys in 7 to 30 days.
    ScheduleVaultDeletion,
    /// No deletion of a vault after all.
    CancelVaultDeletion,
    /// Listing vaults.
    ListVaults,
    /// Listing the keys of a vault.
    ListKeys,
    /// Listing the versions of a key.
    ListKeyVersions,
    /// Wrapping a key version for somebody else.
    ExportKey,
    /// Signing.
    Sign,
    /// Verifying a signature.
    Verify,
}

impl Operation {
    /// The service's name of the operation.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GenerateDataEncryptionKey => "GenerateDataEncryptionKey",
            Self::Encrypt => "Encrypt",
            Self::Decrypt => "Decrypt",
            Self::GetKey => "GetKey",
            Self::GetKeyVersion => "GetKeyVersion",
            Self::CreateKey => "CreateKey",
            Self::CreateKeyVersion => "CreateKeyVersion",
            Self::EnableKey => "EnableKey",
            Self::DisableKey => "DisableKey",
            Self::UpdateKey => "UpdateKey",
            Self::ChangeKeyCompartment => "ChangeKeyCompartment",
            Self::ScheduleKeyDeletion => "ScheduleKeyDeletion",
            Self::CancelKeyDeletion => "CancelKeyDeletion",
            Self::ScheduleKeyVersionDeletion => "ScheduleKeyVersionDeletion",
            Self::CancelKeyVersionDeletion => "CancelKeyVersionDeletion",
            Self::CreateVault => "CreateVault",
            Self::GetVault => "GetVault",
            Self::ScheduleVaultDeletion => "ScheduleVaultDeletion",
            Self::CancelVaultDeletion => "CancelVaultDeletion",
            Self::ListVaults => "ListVaults",
            Self::ListKeys => "ListKeys",
            Self::ListKeyVersions => "ListKeyVersions",
            Self::ExportKey => "ExportKey",
            Self::Sign => "Sign",
            Self::Verify => "Verify",
        }
    }
}

impl Operation {
    /// Whether it goes to the management endpoint, whose calls are throttled: everything but the use of a key.
    #[must_use]
    pub const fn is_management(self) -> bool {
        match self {
            Self::GenerateDataEncryptionKey
            | Self::Encrypt
            | Self::Decrypt
            | Self::ExportKey
            | Self::Sign
            | Self::Verify => false,
            Self::GetKey
            | Self::GetKeyVersion
            | Self::CreateKey
            | Self::CreateKeyVersion
            | Self::EnableKey
            | Self::DisableKey
            | Self::UpdateKey
            | Self::ChangeKeyCompartment
            | Self::ScheduleKeyDeletion
            | Self::CancelKeyDeletion
            | Self::ScheduleKeyVersionDeletion
            | Self::CancelKeyVersionDeletion
            | Self::CreateVault
            | Self::GetVault
            | Self::ScheduleVaultDeletion
            | Self::CancelVaultDeletion
            | Self::ListVaults
            | Self::ListKeys
            | Self::ListKeyVersions => true,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A decider's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Some statement allows it and none denies it.
    Allowed {
        /// The names of the statements it rests on, on both sides of a cross-tenancy pair.
        because: Vec<String>,
    },
    /// It is not allowed.
    Denied {
        /// For the operator: near misses, the side of a cross-tenancy pair that is missing.
        explanation: String,
    },
    /// The policies do not compile or cannot be loaded. Counts as a denial.
    Unusable {
        /// For the operator: what is wrong with them.
        explanation: String,
    },
}

/// Why there is no permit. The explanation is the operator's; a caller is told neither.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{explanation}")]
pub struct Refusal {
    /// Whether the policies said no, or said nothing.
    pub reason: Reason,
    /// For the operator: near misses, or what is wrong with the policies.
    pub explanation: String,
    /// Names the decision.
    pub decision: DecisionId,
}

/// Why a request is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// No statement allows it, or one denies it.
    Denied,
    /// There is no usable policy to decide by.
    Unusable,
}

/// Evidence that one request was decided and allowed.
///
/// For a customer's key nothing but [`permit`] makes one, so whoever holds it has asked; a provider-managed key needs no
/// policy. It cannot be copied, and what needs one takes it
/// away: one decision, one use.
#[derive(Debug)]
pub struct Permit {
    request: Request,
    evidence: Evidence,
}

/// What a record keeps of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Names the decision.
    pub decision: DecisionId,
    /// The names of the statements it rests on.
    pub because: Vec<String>,
}

/// Decides a request, and fails closed: a policy that cannot be used allows nothing.
///
/// # Errors
/// [`Refusal`] says why not, for the operator.
pub fn permit(decider: &dyn Decider, request: Request) -> Result<Permit, Refusal> {
    // The revision is read first: if the policy changes in between, the record names the older one and never claims
    // that a newer policy was asked.
    let revision = decider.revision();
    let (reason, explanation) = match decider.decide(&request) {
        Verdict::Allowed { because } => return Ok(Permit::new(request, because, revision)),
        Verdict::Denied { explanation } => (Reason::Denied, explanation),
        Verdict::Unusable { explanation } => (Reason::Unusable, explanation),
    };
    Err(Refusal { reason, explanation, decision: DecisionId::of(&request, &[], revision) })
}

impl Permit {
    /// The permit of a key that the provider keeps for a cluster: the cluster's right to it follows from the cluster,
    /// no policy is asked.
    pub(crate) fn provider_managed(request: Request) -> Self {
        Self::new(request, vec!["provider-managed key".to_owned()], 0)
    }

    fn new(request: Request, because: Vec<String>, revision: u64) -> Self {
        let decision = DecisionId::of(&request, &because, revision);
        Self { request, evidence: Evidence { decision, because } }
    }

    /// What was allowed.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.request.operation
    }

    /// The key it was allowed with; `None` where the target is no key.
    #[must_use]
    pub fn key(&self) -> Option<&Ocid> {
        self.request.target.key.as_ref()
    }

    /// What to keep of the decision when the permit is used up.
    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// Whether it lets this operation be done with this key.
    #[must_use]
    pub fn covers(&self, operation: Operation, key: &Ocid) -> bool {
        self.operation() == operation && self.key() == Some(key)
    }
}

/// Names a decision: a digest of the request, the policy revision and the statements it rests on.
///
/// The same question under the same policy has the same name, so a record can be checked by deciding again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DecisionId([u8; 16]);

impl DecisionId {
    fn of(request: &Request, because: &[String], revision: u64) -> Self {
        // Taken apart field by field: a new field does not build before it has its place here.
        let Request { principal, operation, target, include_plaintext_key, time } = request;
        let Principal { kind, ocid: asker, tenancy: home, compartment: place } = principal;
        let Target { key, vault, compartment, tenancy } = target;
        let mut record = Writer::new();
        record.text("ocipol/2 decision").number(revision).text(operation.as_str()).text(kind.as_str());
        for ocid in [asker, key, vault] {
            record.option(ocid.as_ref(), |record, ocid| {
                record.ocid(ocid);
            });
        }
        for ocid in [home, place, compartment, tenancy] {
            record.ocid(ocid);
        }
        record.option(*include_plaintext_key, |record, include| {
            record.byte(u8::from(include));
        });
        record.time(*time);
        record.list(because, |record, name| {
            record.text(name);
        });
        let digest: [u8; 32] = Sha256::digest(record.finish()).into();
        let (id, _) = digest.split_first_chunk().unwrap_or((&[0; 16], &[]));
        Self(*id)
    }

    pub(crate) fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for DecisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for DecisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request {
        let ocid = |text| Ocid::parse(text).unwrap();
        Request {
            principal: Principal {
                kind: PrincipalKind::Cluster,
                ocid: None,
                tenancy: ocid("ocid1.tenancy.oc1..t"),
                compartment: ocid("ocid1.compartment.oc1..c"),
            },
            operation: Operation::GenerateDataEncryptionKey,
            target: Target {
                key: None,
                vault: None,
                compartment: ocid("ocid1.compartment.oc1..k"),
                tenancy: ocid("ocid1.tenancy.oc1..k"),
            },
            include_plaintext_key: Some(true),
            time: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn another_question_has_another_name() {
        type Change = fn(&mut Request, Ocid);
        let id = |request: &Request| DecisionId::of(request, &[], 1);
        assert_eq!(id(&request()), id(&request()));
        let other = || Ocid::parse("ocid1.other.oc1..x").unwrap();
        let table: [(&str, Change); 11] = [
            ("kind", |request, _| request.principal.kind = PrincipalKind::User),
            ("principal", |request, other| request.principal.ocid = Some(other)),
            ("home", |request, other| request.principal.tenancy = other),
            ("place", |request, other| request.principal.compartment = other),
            ("operation", |request, _| request.operation = Operation::Encrypt),
            ("key", |request, other| request.target.key = Some(other)),
            ("vault", |request, other| request.target.vault = Some(other)),
            ("compartment", |request, other| request.target.compartment = other),
            ("tenancy", |request, other| request.target.tenancy = other),
            ("plaintext", |request, _| request.include_plaintext_key = Some(false)),
            ("time", |request, _| request.time = Timestamp::MAX),
        ];
        let mut ids = std::collections::BTreeSet::from([id(&request())]);
        for (field, change) in table {
            let mut changed = request();
            change(&mut changed, other());
            assert!(ids.insert(id(&changed)), "{field}");
        }
        assert_ne!(id(&request()), DecisionId::of(&request(), &[], 2));
        assert_ne!(id(&request()), DecisionId::of(&request(), &["a#1".to_owned()], 1));
    }
}
