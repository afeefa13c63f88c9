//! Intents as they are written: who needs what on which resource. No name in them is resolved.

use crate::catalog::Verb;
use crate::ocid::Ocid;
use crate::source::{SourceId, Span, Spanned};
use crate::syntax::Condition;
use crate::tenancy::Tenancies;

/// An intent file.
#[derive(Debug, Clone)]
pub struct Intents {
    /// The source all spans point into.
    pub source: SourceId,
    /// The tenancies the names belong to; empty where the file has only OCIDs.
    pub tenancies: Tenancies,
    /// In the order of the file.
    pub intents: Vec<Intent>,
}

/// Who needs what on which resource.
#[derive(Debug, Clone)]
pub struct Intent {
    /// Its name, unique in the file.
    pub name: Spanned<String>,
    /// What it is for, in the author's words.
    pub description: Option<Spanned<String>>,
    /// The policy its statements go to; `None` for one named like the intent.
    pub policy: Option<Spanned<String>>,
    /// The compartment that policy is attached to; `None` for the root.
    pub attach: Option<Spanned<String>>,
    /// How permissions are written.
    pub prefer: Style,
    /// How far the Endorse of a request across tenancies reaches.
    pub endorse: Width,
    /// Who.
    pub who: Spanned<Who>,
    /// What; never empty.
    pub may: Vec<Spanned<Need>>,
    /// On which resource.
    pub on: Spanned<On>,
    /// When.
    pub condition: Option<Spanned<Condition>>,
    /// From its first to its last byte.
    pub span: Span,
}

/// How permissions are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Style {
    /// `{PERMISSION, …}`: exactly what is needed.
    #[default]
    Permissions,
    /// `VERB TYPE`: the lowest verbs that give it, and with them whatever else they give.
    Verbs,
}

/// How far the Endorse of a request across tenancies reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Width {
    /// The whole other tenancy: it is for the Admit there to say which resource, as in Oracle's own pairs.
    #[default]
    Tenancy,
    /// The resource and the condition, which the Admit names too.
    Target,
}

/// Who.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// Name or OCID of their tenancy; `None` for that of the resource.
    pub tenancy: Option<Spanned<String>>,
    /// They.
    pub whom: Whom,
}

/// Who, within a tenancy. The lists are never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// `group:` `[DOMAIN/]NAME` or OCID
    Groups(Vec<Spanned<String>>),
    /// `dynamic-group:` `[DOMAIN/]NAME` or OCID of one that exists
    DynamicGroups(Vec<Spanned<String>>),
    /// `user:` name or OCID
    User(Spanned<String>),
    /// `type:`, `compartment:`, `resource:`
    Resources(Resources),
    /// `service:` names
    Services(Vec<Spanned<String>>),
    /// `workload:`
    Workload {
        /// Name or OCID of the cluster.
        cluster: Spanned<String>,
        /// The Kubernetes namespace.
        namespace: Spanned<String>,
        /// The Kubernetes service account.
        service_account: Spanned<String>,
    },
}

/// Resources that act: all of a type, all of a type in some compartments, or these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resources {
    /// The principal type; `None` where the OCIDs of the resources say it.
    pub kind: Option<Spanned<String>>,
    /// `[TENANCY/]path` or OCID; empty for every compartment.
    pub compartments: Vec<Spanned<String>>,
    /// Names or OCIDs; empty for all resources of the type.
    pub resources: Vec<Spanned<String>>,
    /// The dynamic group they are put into; `None` to speak of them by their type.
    pub group: Option<NewGroup>,
}

/// A dynamic group to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGroup {
    /// Its name.
    pub name: Spanned<String>,
    /// Its OCID, once it exists.
    pub id: Option<Spanned<Ocid>>,
}

/// One thing that somebody may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// `Decrypt`, `vault/Decrypt`
    Operation {
        /// The operation.
        name: String,
        /// Words of the case that applies, where permissions differ by case.
        case: Option<String>,
    },
    /// `KEY_DECRYPT`
    Permission(String),
    /// `use keys`
    Verb {
        /// The verb.
        verb: Verb,
        /// The resource-type or family.
        resource: String,
    },
}

/// On which resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum On {
    /// `on: NAME`: a resource by name or OCID, or a place as `TENANCY[/path]`
    Named(String),
    /// `on: {…}`
    Place {
        /// Name or OCID.
        tenancy: Option<Spanned<String>>,
        /// `[TENANCY/]path` or OCID; `None` for the whole tenancy, or where the model knows the resource.
        compartment: Option<Spanned<String>>,
        /// Names or OCIDs; empty for everything in the place.
        resources: Vec<Spanned<String>>,
        /// The type of resources the model does not have, where it is not the one in the OCID.
        kind: Option<Spanned<String>>,
    },
}
