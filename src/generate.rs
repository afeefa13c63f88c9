//! Intents → least statements.
//!
//! ```text
//! *.intent.yaml ──read──▶ Intents ──generate──▶ Generated ──text, yaml, terraform, json──▶ String
//! ```
//!
//! An intent says who needs what on which resource, within one tenancy or across two. [`generate`] turns the intents of
//! a file into policies and dynamic groups, and proves them before it gives them away: the policies are resolved and
//! decided against the tenancies of the file (stand-ins take the place of what the file does not have), every principal
//! an intent means must be allowed everything it needs, and whatever no intent needs is taken away. Policies that
//! would not do what was asked are refused, with a finding at the intent.
//!
//! # The file
//! ```yaml
//! tenancies: house.tenancy.yaml       # a tenancy model, as a path or a list; may be left out where OCIDs stand below
//! prefer: permissions                 # or verbs; `{KEY_DECRYPT, …}` or `use keys`; an intent may say otherwise
//! intents:
//!   - name: etcd                      # unique; also the policy's name, where there is no `policy`
//!     description: Clusters encrypt their secrets with the key of the house
//!     policy: oke-master-key          # intents may share a policy
//!     attach: keys                    # where it is attached; the root without it
//!     who: {type: cluster, compartment: Orchard/clusters}
//!     may: [GetKey, KEY_ENCRYPT, use key-delegate, {operation: Decrypt, case: the caller}]
//!     on: master                      # a resource, or a place as TENANCY[/path:to:compartment]
//!     where: request.region = 'fra'   # a condition in the policy language
//!     endorse: tenancy                # or target: how far the Endorse of a pair reaches
//! ```
//!
//! | `who` | means |
//! |---|---|
//! | `group: NAME` | the members of a group, `[DOMAIN/]NAME` or OCID; a list for several |
//! | `dynamic-group: NAME` | the members of a dynamic group that exists |
//! | `user: NAME` | one user |
//! | `type: cluster` | every resource of a principal type, with `compartment: PATH` those directly in it |
//! | `resource: NAME` | one resource, or a list: `type` and `compartment` may stay, so that narrowing is one line more |
//! | `service: NAME` | a service of Oracle |
//! | `workload: {cluster, namespace, service-account}` | a workload of a Kubernetes cluster |
//!
//! With `type` or `resource`, `as-dynamic-group: NAME` makes a dynamic group of them, and `dynamic-group-id: OCID` says
//! its OCID once it exists, which another tenancy needs to know. `tenancy: NAME` says whose principals they are, where
//! that is not the tenancy of the resource: names are looked up there and nowhere else.
//!
//! | `on` | means |
//! |---|---|
//! | `resource: NAME` | a resource of the model, or by OCID; a list for several |
//! | `compartment: PATH` | everything in a compartment, or where a resource is that the model does not have |
//! | `tenancy: NAME` | everything in a tenancy, or the tenancy of the compartment |
//! | `type: bucket` | what variables call a resource that the model does not have, where its OCID does not say it |
//!
//! An operation stands for the least permissions the catalogue has for it; `SERVICE/NAME` where several services have
//! one of that name.
//!
//! # Design decisions
//!
//! | question | answer |
//! |---|---|
//! | what is least | every permission, statement, Define and dynamic group is needed by some intent; effective access is what the intents say |
//! | how permissions are written | `{PERMISSION, …}`; verbs only where a file prefers them, for they give more |
//! | where a policy is attached | to the root, unless an intent says otherwise; across tenancies always to the root |
//! | how far an Endorse reaches | the other tenancy, as in Oracle's own pairs: the Admit there says which resource; `endorse: target` narrows it too |
//! | a resource principal | `any-user` with its type, or a dynamic group where an intent asks for one |
//! | compartments of principals | those they are directly in: neither rules nor conditions reach into child compartments |
//! | a single user | `any-group` with `request.user.id`: the language has no such subject |
//! | a tenancy of Oracle | only the Endorse is written: the Admit is Oracle's own and taken to exist |
//! | whose statements count | those generated, alone; deny statements of the model must not stand in the way |

mod assemble;
mod bind;
pub(crate) mod compose;
mod intent;
mod json;
mod needs;
mod plan;
mod prove;
mod read;
mod rules;
mod stage;
mod terraform;
mod text;
mod witness;
mod yaml;

pub use intent::{Intent, Intents, Need, NewGroup, On, Resources, Style, Who, Whom, Width};
pub use json::{Document, documents, json};
pub use read::read;
pub use terraform::terraform;
pub use text::text;
pub use yaml::yaml;

use crate::diagnostic::{self, Diagnostic, Severity};
use crate::ocid::Ocid;
use crate::syntax::{MatchingRule, Statement};
use assemble::Generation;

/// Findings of this stage. All are errors that refuse the whole file, unless they say otherwise.
pub mod codes {
    use crate::diagnostic::Code;

    /// A file cannot be read.
    pub const UNREADABLE: Code = Code::new("file/unreadable");
    /// Two intents have one name.
    pub const DUPLICATE: Code = Code::new("generate/duplicate-intent");
    /// A condition that the service would not accept.
    pub const NOT_STRICT: Code = Code::new("generate/condition-not-strict");
    /// A name that means nothing in the tenancies of the file.
    pub const UNKNOWN_NAME: Code = Code::new("generate/unknown-name");
    /// An operation, permission or resource-type the catalogue does not have.
    pub const UNKNOWN_NEED: Code = Code::new("generate/unknown-need");
    /// An operation whose permissions the catalogue does not know.
    pub const NEED_NOT_KNOWN: Code = Code::new("generate/need-not-known");
    /// Nothing is left to allow.
    pub const NOTHING: Code = Code::new("generate/nothing-to-allow");
    /// A name that the service would not take.
    pub const BAD_NAME: Code = Code::new("generate/bad-name");
    /// An OCID is needed and not known.
    pub const NO_OCID: Code = Code::new("generate/ocid-not-known");
    /// No condition variable names a single resource of the type.
    pub const CANNOT_PIN: Code = Code::new("generate/resource-cannot-be-named");
    /// An operation that names no single resource is asked for on one.
    pub const NOT_ON_ONE: Code = Code::new("generate/operation-not-on-one-resource");
    /// No resource can belong to a dynamic group.
    pub const NOBODY: Code = Code::new("generate/empty-dynamic-group");
    /// Two intents make one dynamic group of different resources.
    pub const GROUP_CONFLICT: Code = Code::new("generate/dynamic-group-conflict");
    /// One policy is attached to two compartments.
    pub const POLICY_CONFLICT: Code = Code::new("generate/policy-conflict");
    /// A policy cannot reach the resource from its attachment.
    pub const ATTACHMENT: Code = Code::new("generate/attachment-out-of-reach");
    /// A statement that cannot be written.
    pub const NOT_WRITABLE: Code = Code::new("generate/not-writable");
    /// The service would refuse to save the policy.
    pub const REJECTED: Code = Code::new("generate/policy-rejected");
    /// The policies would not allow what the intent asks for.
    pub const NOT_ALLOWED: Code = Code::new("generate/intent-not-allowed");
    /// A deny statement of the model forbids it.
    pub const DENIED: Code = Code::new("generate/intent-denied");
    /// A warning: a deny statement of the model may forbid it.
    pub const MAY_BE_DENIED: Code = Code::new("generate/intent-may-be-denied");
    /// A warning: a name of a regional service without its region.
    pub const SERVICE_REGION: Code = Code::new("generate/service-without-region");
    /// A warning: a principal type that no source shows.
    pub const PRINCIPAL_TYPE: Code = Code::new("generate/unknown-principal-type");
    /// A warning: more statements than a policy may have.
    pub const TOO_MANY: Code = Code::new("generate/too-many-statements");
    /// A note: which case of an operation is taken, or that another needs more.
    pub const CASE: Code = Code::new("generate/case-of-operation");
    /// A note: an operation that needs no permission.
    pub const NOTHING_NEEDED: Code = Code::new("generate/no-permission-needed");
    /// A note: a permission that is needed elsewhere than on the resource.
    pub const ELSEWHERE: Code = Code::new("generate/permission-elsewhere");
    /// A note: a dynamic group that exists gets another rule.
    pub const GROUP_REPLACED: Code = Code::new("generate/dynamic-group-replaced");
    /// A note: no statement is needed, or those of other intents allow it already.
    pub const ALREADY: Code = Code::new("generate/already-allowed");
}

/// The most statements a policy may have.
///
/// # Source
/// Oracle documentation, "Service Limits", IAM, 2025-02.
const MOST_STATEMENTS: usize = 50;

/// The longest description of a policy or dynamic group.
///
/// # Source
/// Oracle Cloud Infrastructure API, `CreatePolicyDetails` and `CreateDynamicGroupDetails`, 2025-02.
const LONGEST_DESCRIPTION: usize = 400;

/// Policies and dynamic groups that do what intents ask for, and nothing beyond.
#[derive(Debug, Clone)]
pub struct Generated {
    /// In the order they are first needed.
    pub dynamic_groups: Vec<GeneratedGroup>,
    /// In the order they are first needed.
    pub policies: Vec<GeneratedPolicy>,
    /// What is worth knowing: warnings and notes, sorted by position.
    pub notes: Vec<Diagnostic>,
}

/// A tenancy by name and OCID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// Its display name; its OCID where only that is known.
    pub name: String,
    /// Its OCID.
    pub id: Ocid,
}

/// A policy to create.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneratedPolicy {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its tenancy.
    pub tenancy: Home,
    /// The names of the compartment it is attached to, from below the root; empty for the root.
    pub attachment: Vec<String>,
    /// The OCID of that compartment; the tenancy's for the root.
    pub compartment: Ocid,
    /// Defines first.
    pub statements: Vec<GeneratedStatement>,
}

/// A statement, and what it is for.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneratedStatement {
    /// The statement.
    pub statement: Statement,
    /// The names of the intents it serves; empty for a Define.
    pub intents: Vec<String>,
}

/// A dynamic group to create.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneratedGroup {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its tenancy.
    pub tenancy: Home,
    /// Its OCID, where it exists already.
    pub id: Option<Ocid>,
    /// Its matching rule.
    pub rule: MatchingRule,
}

/// Makes the least policies for the intents of a file, and proves that they do what is asked.
///
/// Every intent is allowed for every principal it means: for a group, a member; for resources by type, those of the
/// model and one more that stands for all. Where an intent has a condition, it is proved in a situation in which the
/// condition holds. Deterministic: the same file gives the same policies in the same order.
///
/// # Errors
/// The findings, sorted by position, where names mean nothing, the catalogue does not know what an operation needs, the
/// policies would not allow an intent, or a deny statement of the model forbids it. Nothing is generated then.
///
/// # Example
/// ```
/// use ocipol::source::{Source, Sources};
/// let yaml = "
/// intents:
///   - name: etcd
///     who: {type: cluster, tenancy: ocid1.tenancy.oc1..fjord}
///     may: [Encrypt, Decrypt]
///     on: {resource: ocid1.key.oc1.iad.bb.etcd, tenancy: ocid1.tenancy.oc1..fjord, compartment: kms}
/// ";
/// let mut sources = Sources::new();
/// let id = sources.add(Source::new("etcd.intent.yaml", yaml)?);
/// let (intents, _) = ocipol::generate::read(&mut sources, id, &mut |_, _| Err("no files".to_owned()));
/// let generated = ocipol::generate::generate(&intents).map_err(|findings| format!("{findings:?}"))?;
/// let statement = &generated.policies[0].statements[0].statement;
/// assert_eq!(
///     ocipol::format::statement(statement),
///     "Allow any-user to {KEY_DECRYPT, KEY_ENCRYPT} in compartment kms where all { \
///      request.principal.type = 'cluster', target.key.id = 'ocid1.key.oc1.iad.bb.etcd' }",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn generate(intents: &Intents) -> Result<Generated, Vec<Diagnostic>> {
    let mut findings = Vec::new();
    let result = Generation::of(intents, &mut findings);
    diagnostic::sort(&mut findings);
    findings.dedup();
    match result {
        Some(generated) if findings.iter().all(|finding| finding.severity != Severity::Error) => {
            Ok(Generated { notes: findings, ..generated })
        }
        _ => {
            findings.retain(|finding| finding.severity != Severity::Info);
            Err(findings)
        }
    }
}

/// Whether the service takes a name for a policy, and a statement needs no quotes for it.
fn is_plain_name(name: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (1..=100).contains(&name.len()) && name.bytes().all(letters)
}
