//! A question: who wants to do what to which resource, and what else is known about it.
//!
//! [`Ask`] is the question in people's words. [`Ask::prepare`] turns it into a [`Request`]: names become ids of the
//! program, the operation becomes the permissions it needs, and every variable is present, absent or unknown.

mod ask;
mod error;
mod principal;
mod read;
mod target;
mod values;
mod variable;

pub use ask::{Action, Ask, Asker, Object};
pub use error::AskError;
pub(crate) use principal::Principal;
#[cfg(feature = "cli")]
pub(crate) use read::address;
pub use read::{asker, read};
pub(crate) use target::{Target, concerns, names_none_of, segment};
pub(crate) use values::{Given, Known};
pub(crate) use variable::{exists as variable_exists, nearest as nearest_variable};

use crate::catalog::{Operation, OperationKind, Permission, VerbRow};
use crate::program::{ProgramId, TextId, Texts, VariableRef};
use crate::tenancy::TenancyId;

/// A question in a program's terms. It belongs to the program it was prepared for: every other one answers
/// [`Indeterminate`](crate::decide::Verdict::Indeterminate), for there the ids in it would name other things.
#[derive(Debug)]
pub struct Request {
    pub(crate) program: ProgramId,
    /// Whether it is an operation that needs no permission at all, as the catalogue says.
    pub(crate) needs_nothing: bool,
    pub(crate) principal: Principal,
    pub(crate) operation: Option<TextId>,
    pub(crate) checks: Vec<Check>,
    pub(crate) region: Known<TextId>,
    pub(crate) availability_domain: Known<TextId>,
    pub(crate) instant: Known<i64>,
    /// The network sources that hold where it comes from, by the tenancy they belong to; a tenancy of which none does has
    /// no row.
    pub(crate) networks: Known<Vec<(TenancyId, Box<[TextId]>)>>,
    /// What the question itself says of variables; it outranks everything derived.
    pub(crate) given: Vec<(VariableRef, Known<Given>)>,
    pub(crate) texts: Texts,
    notes: Vec<String>,
    /// What makes no sense of it: an operation asked of a thing of another type. It is among the notes too.
    nonsense: Option<String>,
}

/// One requirement on one target. A request is allowed when every check is.
#[derive(Debug)]
pub(crate) struct Check {
    /// All of these are needed, of each one alternative.
    pub(crate) requirement: Vec<Vec<Permission>>,
    /// What is needed in place of permissions: a statement that gives at least one of these rows.
    pub(crate) rows: Vec<VerbRow>,
    /// What is needed where the catalogue does not know the permissions.
    pub(crate) unknown: Option<String>,
    pub(crate) target: Target,
    /// The two resources that an association links, by type.
    pub(crate) pair: Option<Box<Pair>>,
    /// Whether it concerns the asker's own credentials, which needs no statement.
    pub(crate) free: bool,
}

/// The two resources an association links.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) first: (String, Target),
    pub(crate) second: (String, Target),
}

impl Request {
    /// What had to be assumed to prepare the question, for people.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What makes no sense of it, for people: an operation that is asked of a thing of another type.
    #[must_use]
    pub fn nonsense(&self) -> Option<&str> {
        self.nonsense.as_deref()
    }

    /// Permissions that are tested, each once, in the order they are needed.
    #[must_use]
    pub fn permissions(&self) -> Vec<Permission> {
        let mut permissions: Vec<Permission> =
            self.checks.iter().flat_map(|check| check.requirement.iter().flatten().copied()).collect();
        let mut seen = crate::catalog::PermissionSet::default();
        permissions.retain(|&permission| {
            let first = !seen.contains(permission);
            seen.insert(permission);
            first
        });
        permissions
    }
}

/// Whether an operation names a resource that exists.
pub(crate) fn names_a_resource(operation: Option<Operation>) -> bool {
    operation.is_none_or(|operation| operation.kind() == OperationKind::Other)
}
