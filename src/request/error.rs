//! Why a question cannot be put.

/// A question that means nothing in the program's world.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// No user or resource of this name or OCID.
    #[error("no user or resource `{name}` in the model")]
    UnknownPrincipal {
        /// What was asked for.
        name: String,
        /// A name like it.
        near: Option<String>,
    },
    /// No resource, user, group or compartment of this name or OCID.
    #[error("nothing called `{name}` in the model")]
    UnknownTarget {
        /// What was asked for.
        name: String,
        /// A name like it.
        near: Option<String>,
    },
    /// Several other tenancies have something of this name.
    #[error("several tenancies have something called `{name}`: {}", tenancies.join(", "))]
    AmbiguousTarget {
        /// What was asked for.
        name: String,
        /// Names of the tenancies.
        tenancies: Vec<String>,
    },
    /// No tenancy of this name or OCID.
    #[error("no tenancy `{name}` in the model")]
    UnknownTenancy {
        /// What was asked for.
        name: String,
    },
    /// A service acts in a tenancy, and nothing says in which.
    #[error("nothing says in which tenancy the service `{service}` acts")]
    NoTenancy {
        /// The service.
        service: String,
    },
    /// No operation of this name.
    #[error("no operation `{name}` in the catalogue")]
    UnknownOperation {
        /// What was asked for.
        name: String,
        /// A name like it.
        near: Option<String>,
    },
    /// Several services have an operation of this name.
    #[error("several services have an operation `{name}`: {}", services.join(", "))]
    AmbiguousOperation {
        /// What was asked for.
        name: String,
        /// The services.
        services: Vec<String>,
    },
    /// No permission of this name.
    #[error("no permission `{name}` in the catalogue")]
    UnknownPermission {
        /// What was asked for.
        name: String,
        /// A name like it.
        near: Option<String>,
    },
    /// No case of the operation fits the words given.
    #[error("no case of `{operation}` is called `{case}`; it has: {}", cases.join("; "))]
    UnknownCase {
        /// The operation.
        operation: String,
        /// What was asked for.
        case: String,
        /// The cases there are.
        cases: Vec<String>,
    },
    /// No region of this key or name.
    #[error("there is no region `{name}`")]
    UnknownRegion {
        /// What was asked for.
        name: String,
        /// A key or name like it.
        near: Option<String>,
    },
    /// A variable that neither the catalogue nor any statement knows, so that its value can decide nothing.
    #[error("there is no condition variable `{name}`")]
    UnknownVariable {
        /// What was asked for.
        name: String,
        /// A name like it.
        near: Option<String>,
    },
    /// A variable that the rest of the question fixes.
    #[error("the question itself fixes `{name}`")]
    FixedVariable {
        /// The variable.
        name: String,
        /// What to say instead.
        instead: &'static str,
    },
    /// A variable that is said to have a value and not to apply.
    #[error("`{name}` is said to have a value, and not to apply")]
    Contradiction {
        /// The variable.
        name: String,
    },
    /// The question is about permissions and names none.
    #[error("the question names no permission")]
    NoPermission,
    /// The question names no target.
    #[error("the question names no target")]
    NoTarget,
    /// A time that is none.
    #[error("`{0}` is no instant")]
    Time(String),
    /// An address that is none.
    #[error("`{0}` is no address")]
    Address(String),
}

impl AskError {
    /// What to type now.
    #[must_use]
    pub fn help(&self) -> String {
        let near = |near: &Option<String>, otherwise: &str| {
            near.as_ref().map_or_else(|| otherwise.to_owned(), |near| format!("did you mean `{near}`?"))
        };
        match self {
            Self::UnknownPrincipal { near: like, .. } => near(
                like,
                "name a user or resource by OCID or name, `service:NAME@TENANCY`, or `workload:CLUSTER/NAMESPACE/SERVICE-ACCOUNT`",
            ),
            Self::UnknownTarget { near: like, .. } => near(
                like,
                "name a resource, user or group by OCID or name, or a compartment as `TENANCY/path:to:it`",
            ),
            Self::AmbiguousTarget { name, tenancies } => {
                format!("write `{}/{name}`", tenancies.first().map_or("TENANCY", String::as_str))
            }
            Self::NoTenancy { service } => format!("write `service:{service}@TENANCY`"),
            Self::UnknownTenancy { .. } => "name a tenancy of the model by name or OCID".to_owned(),
            Self::UnknownOperation { near: like, .. } => {
                near(like, "write the name of the API operation, such as `Decrypt`, or ask for a permission")
            }
            Self::AmbiguousOperation { services, name } => {
                format!(
                    "write the service in front: `{}/{name}`",
                    services.first().map_or("vault", |service| service)
                )
            }
            Self::UnknownPermission { near: like, .. } => near(like, "permissions look like `KEY_DECRYPT`"),
            Self::UnknownCase { .. } => "give words that stand in one of the cases".to_owned(),
            Self::UnknownRegion { near: like, .. } => near(like, "write a region's key, such as `iad`"),
            Self::UnknownVariable { near: like, .. } => {
                near(like, "variables look like `target.bucket.name` or `target.resource.tag.NAMESPACE.KEY`")
            }
            Self::FixedVariable { instead, .. } => (*instead).to_owned(),
            Self::Contradiction { .. } => "leave out one of the two".to_owned(),
            Self::NoPermission => {
                "name what is wanted: `KEY_DECRYPT`, or an operation such as `Decrypt`".to_owned()
            }
            Self::NoTarget => "name a resource, or the compartment in which to list or create".to_owned(),
            Self::Time(_) => "write it in UTC: `2026-04-01T15:00:00Z`".to_owned(),
            Self::Address(_) => "write an IPv4 or IPv6 address".to_owned(),
        }
    }
}
