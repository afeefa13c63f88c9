//! The resolved form: statements with ids in place of names, conditions as formulas, and the indexes decisions use.
//!
//! Only [`resolve`](crate::resolve::resolve) makes a [`Program`]. It never changes afterwards and may be shared by
//! threads. It holds no text of the policies: a statement knows its place, and whoever has the sources can show it.

mod guard;
mod index;
mod pattern;
mod permissions;
mod principals;
mod texts;
mod world;

pub use guard::{Atom, Guard, GuardId, Guards, Operand, Test, Text, ValueKind, VariableRef};
pub(crate) use index::{Entry, Index, Key, Kind};
pub use pattern::Pattern;
pub use permissions::{SetId, Sets};
pub(crate) use principals::Memberships;
pub use principals::{ServiceName, Subject};
pub(crate) use texts::{TextId, Texts};
pub(crate) use world::{Called, World};

use std::sync::atomic::{AtomicU64, Ordering};

use crate::diagnostic::Diagnostic;
use crate::ocid::Ocid;
use crate::source::Place;
use crate::syntax::{Effect, Reading};
use crate::tenancy::{CompartmentId, Tenancies, TenancyId};

/// What a set of policies means in a set of tenancies.
#[derive(Debug)]
pub struct Program {
    pub(crate) id: ProgramId,
    pub(crate) world: World,
    pub(crate) texts: Texts,
    pub(crate) sets: Sets,
    pub(crate) guards: Guards,
    pub(crate) policies: Vec<PolicyEntry>,
    pub(crate) statements: Vec<Statement>,
    /// Resolved, but not in force: rejected, or in a policy that was.
    pub(crate) inert: Vec<Statement>,
    pub(crate) rejections: Vec<Rejection>,
    pub(crate) memberships: Memberships,
    pub(crate) index: Index,
    pub(crate) mode: Mode,
}

/// Tells the programs of a process apart, so that a question is never put to another program than it was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ProgramId(u64);

impl ProgramId {
    /// One that no other program has.
    pub(crate) fn fresh() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// How much of a policy a mistake takes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mode {
    /// What is dropped when a statement is rejected.
    pub scope: Scope,
    /// Which readings of statements and matching rules are evaluated.
    pub reading: Tolerance,
}

impl Mode {
    /// The least faithful reading that is evaluated, of statements and of matching rules.
    pub(crate) const fn accepted(self) -> Reading {
        match self.reading {
            Tolerance::Strict => Reading::Strict,
            Tolerance::Repaired => Reading::Repaired,
        }
    }
}

/// What one rejected statement takes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// The whole policy, as the service does when it refuses to save.
    #[default]
    Policy,
    /// Only itself.
    Statement,
}

/// Which readings of statements and matching rules are evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tolerance {
    /// Only what the strict language accepts, as the service does.
    #[default]
    Strict,
    /// Repaired text too, as long as the repair did not guess.
    Repaired,
}

/// Names a policy of a [`Program`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyId(pub(crate) u32);

/// Names a statement of a [`Program`]. Ids are ordered by policy name, then by place in the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatementId(pub(crate) u32);

/// A policy as the program knows it.
#[derive(Debug, Clone)]
pub struct PolicyEntry {
    /// Its name.
    pub name: String,
    /// Its OCID, where known.
    pub id: Option<Ocid>,
    /// Where it is attached.
    pub attachment: CompartmentId,
    /// Its tenancy.
    pub tenancy: TenancyId,
    /// Whether its statements count; not when one of them was rejected and the mode drops whole policies.
    pub in_force: bool,
}

/// A statement with all names resolved.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The policy it belongs to.
    pub policy: PolicyId,
    /// Its number in the policy, from 1, as people count.
    pub number: u32,
    /// Where it was written.
    pub place: Place,
    /// Whether it gives or takes.
    pub effect: Effect,
    /// Which tenancies it speaks about.
    pub side: Side,
    /// Whom it speaks of; several for a list.
    pub subjects: Box<[Subject]>,
    /// The permissions it gives or takes; for a deny the inverted set.
    pub permissions: SetId,
    /// Where it reaches.
    pub reach: Reach,
    /// When.
    pub guard: GuardId,
    /// The pair of resources it lets link; `None` for every other action.
    pub association: Option<Box<Association>>,
}

/// Which tenancies a statement speaks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// `allow`, `deny`: principals and resources of its own tenancy.
    Own,
    /// `endorse`: own principals, resources of others.
    Endorse,
    /// `admit`: principals of others, own resources.
    Admit {
        /// Whose principals; `None` for any tenancy's.
        from: Option<TenancyId>,
    },
}

/// Where a statement reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// A compartment and everything below it.
    Below(CompartmentId),
    /// Everything of one tenancy.
    Tenancy(TenancyId),
    /// Everything of every other tenancy.
    AnyTenancy,
    /// A compartment of another tenancy that the model does not have.
    NotModelled(TenancyId),
    /// Nothing: an Endorse that names its own tenancy.
    Nowhere,
}

/// One `to associate` pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Association {
    /// The resource addressed by `1.`
    pub first: Associate,
    /// The resource addressed by `2.`
    pub second: Associate,
}

/// One side of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Associate {
    /// The resource-type as the catalogue names it, or as typed where the catalogue has no such type.
    pub resource: String,
    /// Where the resource is.
    pub reach: Reach,
}

/// Why a policy, or a statement of it, does not count.
#[derive(Debug, Clone)]
pub struct Rejection {
    /// The policy.
    pub policy: PolicyId,
    /// The statement's number in the policy, from 1.
    pub number: u32,
    /// What is wrong.
    pub finding: Diagnostic,
}

impl Program {
    /// The tenancies it was resolved against, without their policies.
    #[must_use]
    pub const fn tenancies(&self) -> &Tenancies {
        &self.world.model
    }

    /// The statements in force, in the order of their ids.
    pub fn statements(&self) -> impl Iterator<Item = (StatementId, &Statement)> {
        (0u32..).map(StatementId).zip(&self.statements)
    }

    /// The statements that could be bound and are not in force: rejected, or in a policy that was.
    pub fn inert(&self) -> impl Iterator<Item = &Statement> {
        self.inert.iter()
    }

    /// The statement with this id; `None` for an id of another program.
    #[must_use]
    pub fn statement(&self, id: StatementId) -> Option<&Statement> {
        self.statements.get(id.0 as usize)
    }

    /// The policies, rejected ones included.
    pub fn policies(&self) -> impl Iterator<Item = (PolicyId, &PolicyEntry)> {
        (0u32..).map(PolicyId).zip(&self.policies)
    }

    /// The policy with this id; `None` for an id of another program.
    #[must_use]
    pub fn policy(&self, id: PolicyId) -> Option<&PolicyEntry> {
        self.policies.get(id.0 as usize)
    }

    /// Why which policies and statements do not count, in the order of policies and statements.
    #[must_use]
    pub fn rejections(&self) -> &[Rejection] {
        &self.rejections
    }

    /// The conditions of the statements.
    #[must_use]
    pub const fn guards(&self) -> &Guards {
        &self.guards
    }

    /// The permission sets of the statements.
    #[must_use]
    pub const fn permission_sets(&self) -> &Sets {
        &self.sets
    }

    /// How it was resolved.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mode
    }
}
