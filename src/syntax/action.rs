//! What a statement allows or denies.

use super::{Name, Scope};
use crate::catalog::Verb;
use crate::source::Spanned;

/// What may be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// `to VERB TYPE`
    Verb {
        /// One of the four verbs.
        verb: Spanned<Verb>,
        /// Resource-type, family or `all-resources`.
        resource: Spanned<Name>,
    },
    /// `to {PERMISSION, …}`; never empty
    Permissions(Vec<Spanned<Name>>),
    /// A template that stands for the whole action, or text the parser could not read, as written
    Opaque(String),
}

/// What may be done across tenancies. `Place` is where: a scope for Endorse, a location for Admit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CrossAction<Place> {
    /// `to VERB TYPE in PLACE`
    In {
        /// What.
        action: Spanned<Action>,
        /// Where.
        place: Spanned<Place>,
    },
    /// `to associate TYPE in SCOPE with TYPE in SCOPE`
    Associate(Box<Association>),
}

/// A pair of resources of two tenancies that may be linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Association {
    /// Addressed by `1.` in the condition.
    pub first: Associate,
    /// Addressed by `2.` in the condition.
    pub second: Associate,
}

/// One side of an association.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Associate {
    /// The resource-type.
    pub resource: Spanned<Name>,
    /// Where it is; `tenancy` means the tenancy the policy belongs to.
    pub scope: Spanned<Scope>,
}
