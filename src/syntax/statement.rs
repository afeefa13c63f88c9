//! The kinds of statement.

use super::{Action, Condition, CrossAction, Location, Name, Origin, Scope, Subject};
use crate::source::Spanned;

/// One sentence of a policy, or what stands between two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// `allow SUBJECT to ACTION in LOCATION [where CONDITION]`, or the same with `deny`
    Grant(Grant),
    /// `[deny] endorse SUBJECT to ACTION in SCOPE [where CONDITION]`
    Endorse(Endorse),
    /// `[deny] admit SUBJECT of tenancy ALIAS to ACTION in LOCATION [where CONDITION]`
    Admit(Admit),
    /// `define KIND ALIAS as [id] OCID`
    Define(Define),
    /// A comment line with its `#`, kept so that the formatter loses nothing
    Comment(String),
    /// Text that is no statement; the parser has already reported it
    Broken,
}

impl Statement {
    /// Whether the statement speaks about two tenancies and so must be attached to the root.
    #[must_use]
    pub const fn is_cross_tenancy(&self) -> bool {
        match self {
            Self::Endorse(_) | Self::Admit(_) | Self::Define(_) => true,
            Self::Grant(_) | Self::Comment(_) | Self::Broken => false,
        }
    }

    /// Who is spoken of; `None` for statements without a subject.
    #[must_use]
    pub const fn subject(&self) -> Option<&Spanned<Subject>> {
        match self {
            Self::Grant(grant) => Some(&grant.subject),
            Self::Endorse(endorse) => Some(&endorse.subject),
            Self::Admit(admit) => Some(&admit.subject),
            Self::Define(_) | Self::Comment(_) | Self::Broken => None,
        }
    }

    /// What is allowed or denied; `None` for an association and for statements without an action.
    #[must_use]
    pub const fn action(&self) -> Option<&Spanned<Action>> {
        match self {
            Self::Grant(grant) => Some(&grant.action),
            Self::Endorse(Endorse { action: CrossAction::In { action, .. }, .. })
            | Self::Admit(Admit { action: CrossAction::In { action, .. }, .. }) => Some(action),
            Self::Endorse(_) | Self::Admit(_) | Self::Define(_) | Self::Comment(_) | Self::Broken => None,
        }
    }

    /// Whether it allows or denies; `None` for statements that do neither.
    #[must_use]
    pub const fn effect(&self) -> Option<Effect> {
        match self {
            Self::Grant(grant) => Some(grant.effect.node),
            Self::Endorse(endorse) => Some(endorse.effect),
            Self::Admit(admit) => Some(admit.effect),
            Self::Define(_) | Self::Comment(_) | Self::Broken => None,
        }
    }

    /// The `where` clause.
    #[must_use]
    pub const fn condition(&self) -> Option<&Spanned<Condition>> {
        match self {
            Self::Grant(grant) => grant.condition.as_ref(),
            Self::Endorse(endorse) => endorse.condition.as_ref(),
            Self::Admit(admit) => admit.condition.as_ref(),
            Self::Define(_) | Self::Comment(_) | Self::Broken => None,
        }
    }
}

/// Whether a statement gives or takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// `allow`, and `endorse` and `admit` on their own
    Allow,
    /// `deny`
    Deny,
}

/// One `allow` or `deny` sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// `allow` or `deny`.
    pub effect: Spanned<Effect>,
    /// Who.
    pub subject: Spanned<Subject>,
    /// What.
    pub action: Spanned<Action>,
    /// Where.
    pub location: Spanned<Location>,
    /// When; `None` where the sentence has no `where`.
    pub condition: Option<Spanned<Condition>>,
}

/// One `endorse` or `deny endorse` sentence: what own principals may do in other tenancies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endorse {
    /// [`Effect::Deny`] for `deny endorse`.
    pub effect: Effect,
    /// Who, in this tenancy.
    pub subject: Spanned<Subject>,
    /// What, and where in other tenancies.
    pub action: CrossAction<Scope>,
    /// When; `None` where the sentence has no `where`.
    pub condition: Option<Spanned<Condition>>,
}

/// One `admit` or `deny admit` sentence: what principals of other tenancies may do here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admit {
    /// [`Effect::Deny`] for `deny admit`.
    pub effect: Effect,
    /// Who, by alias.
    pub subject: Spanned<Subject>,
    /// Whose principals they are.
    pub origin: Spanned<Origin>,
    /// What, and where in this tenancy.
    pub action: CrossAction<Location>,
    /// When; `None` where the sentence has no `where`.
    pub condition: Option<Spanned<Condition>>,
}

/// One `define` sentence: a name for an OCID, valid inside the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Define {
    /// What the alias names.
    pub kind: Spanned<AliasKind>,
    /// The name.
    pub alias: Spanned<Name>,
    /// What it stands for, as typed.
    pub ocid: Spanned<Name>,
}

/// What an alias may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AliasKind {
    /// `tenancy`
    Tenancy,
    /// `group`
    Group,
    /// `dynamic-group`
    DynamicGroup,
    /// `compartment`
    Compartment,
}

impl AliasKind {
    /// The keyword.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tenancy => "tenancy",
            Self::Group => "group",
            Self::DynamicGroup => "dynamic-group",
            Self::Compartment => "compartment",
        }
    }

    /// The second part of an OCID of this kind.
    #[must_use]
    pub const fn ocid_kind(self) -> &'static str {
        match self {
            Self::Tenancy => "tenancy",
            Self::Group => "group",
            Self::DynamicGroup => "dynamicgroup",
            Self::Compartment => "compartment",
        }
    }
}
