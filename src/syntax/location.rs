//! Where a statement reaches.

use super::Name;
use crate::source::Spanned;

/// A place in the tenancy the policy belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// `tenancy`
    Tenancy,
    /// `compartment NAME[:NAME …]`; never empty
    Compartment(Vec<Spanned<Name>>),
    /// `compartment id OCID`
    CompartmentId(Spanned<Name>),
    /// No place, or a template that stands for it, as written; the parser has reported it
    Opaque(String),
}

/// A place in another tenancy, or in any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// `any-tenancy`
    AnyTenancy,
    /// `tenancy ALIAS`
    Tenancy(Spanned<Name>),
    /// `compartment PATH of tenancy ALIAS`
    CompartmentOf {
        /// The compartment there.
        compartment: Spanned<Location>,
        /// The other tenancy's alias.
        tenancy: Spanned<Name>,
    },
    /// `tenancy`, `compartment PATH`, `compartment id OCID` without `of`
    Local(Location),
}

/// Whose principals an Admit lets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// `of tenancy ALIAS`
    Tenancy(Spanned<Name>),
    /// `of any-tenancy`
    AnyTenancy,
    /// No `of …`; the parser has reported it
    Unstated,
}
