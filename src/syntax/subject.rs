//! Who a statement speaks of.

use super::Name;
use crate::source::Spanned;

/// The subject of a statement. The lists are never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// `any-user`
    AnyUser,
    /// `any-group`
    AnyGroup,
    /// `group NAME, …`
    Groups(Vec<Spanned<Principal>>),
    /// `dynamic-group NAME, …`
    DynamicGroups(Vec<Spanned<Principal>>),
    /// `service NAME, …`
    Services(Vec<Spanned<Name>>),
    /// `resource TYPE NAME`
    Resource {
        /// The platform service's type.
        kind: Spanned<Name>,
        /// Its name.
        name: Spanned<Name>,
    },
    /// `user NAME, …`: no such subject exists, the parser has reported it
    Users(Vec<Spanned<Principal>>),
    /// A template that stands for the whole subject, as written
    Opaque(String),
}

/// One group or dynamic group of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// `[DOMAIN/]NAME`
    Named {
        /// The identity domain; `None` means the default domain.
        domain: Option<Spanned<Name>>,
        /// The group's name, or an alias.
        name: Spanned<Name>,
    },
    /// `id OCID`
    Id(Spanned<Name>),
}
