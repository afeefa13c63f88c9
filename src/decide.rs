//! A request against a program: may this principal do this to that resource, and because of which statements?
//!
//! The unit is the permission. Each permission an operation needs is tested against the compartment of the resource it
//! concerns; `request.permission` is bound to the permission under test. Within one tenancy an Allow of that tenancy is
//! needed; across two, an Endorse of the principal's tenancy *and* an Admit of the resource's. A deny that applies
//! outranks every allow. Statements have no order.
//!
//! The whole model, with the choices that had to be made, is the book's page:
//!
#![doc = include_str!("../book/src/semantics.md")]

pub(crate) mod evaluate;
mod gather;
pub(crate) mod membership;
mod step;
pub(crate) mod trace;

use smallvec::SmallVec;

use crate::catalog::{Permission, PrincipalKind, VerbRow};
use crate::program::{Program, StatementId};
use crate::request::{Check, Request};
use crate::tenancy::TenancyId;
use crate::truth::Truth;
use evaluate::Scene;
use gather::Gather;
pub(crate) use step::{gives, oriented, reaches};

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The answer in a word.
    pub verdict: Verdict,
    /// Every permission that was tested, in the order the request needs them.
    pub tests: SmallVec<[PermissionTest; 2]>,
}

/// The answer in a word. Worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// A deny statement forbids it.
    ExplicitDeny,
    /// No statement allows it.
    ImplicitDeny,
    /// It depends on something nobody said.
    Indeterminate,
    /// Allowed.
    Allow,
}

impl Verdict {
    /// The words people and JSON see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ExplicitDeny => "deny (explicit)",
            Self::ImplicitDeny => "deny (implicit)",
            Self::Indeterminate => "indeterminate",
            Self::Allow => "allow",
        }
    }

    /// Whether the request may go ahead.
    #[must_use]
    pub const fn is_allow(self) -> bool {
        matches!(self, Self::Allow)
    }
}

/// One permission of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionTest {
    /// Which check of the request it belongs to.
    pub check: u16,
    /// Which part of the check's requirement: all parts are needed, of each part one permission.
    pub part: u16,
    /// What was tested.
    pub need: Need,
    /// The answer for this permission alone.
    pub verdict: Verdict,
    /// Every statement the answer rests on, ordered by policy name and number: for an allow all that allow it, for an
    /// explicit deny all that forbid it, for an indeterminate answer all that may decide it.
    pub because: SmallVec<[StatementId; 4]>,
    /// Why no statement is needed, or none can be named.
    pub basis: Basis,
}

/// What one test of a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// One permission.
    Permission(Permission),
    /// A statement that gives all of a row: `manage all-resources`, to move a compartment.
    Row(VerbRow),
    /// The link between two resources, which no permission stands for.
    Association,
    /// Something the catalogue cannot name.
    NotKnown,
}

impl Need {
    /// The permission; `None` where it is something else.
    #[must_use]
    pub const fn permission(self) -> Option<Permission> {
        match self {
            Self::Permission(permission) => Some(permission),
            Self::Row(_) | Self::Association | Self::NotKnown => None,
        }
    }

    pub(crate) const fn row(self) -> Option<VerbRow> {
        match self {
            Self::Row(row) => Some(row),
            Self::Permission(_) | Self::Association | Self::NotKnown => None,
        }
    }
}

impl std::fmt::Display for Need {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Permission(permission) => f.write_str(permission.name()),
            Self::Row(row) => write!(f, "{} {}", row.verb, row.resource_type),
            Self::Association => f.write_str("association"),
            Self::NotKnown => f.write_str("not known"),
        }
    }
}

/// What an answer rests on beside statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Statements, or the lack of them.
    Statements,
    /// A right that needs no statement.
    Free(Free),
    /// The other half is Oracle's own and cannot be seen.
    AssumedAdmit,
    /// The policies of this tenancy are not known.
    PoliciesNotKnown(TenancyId),
    /// The catalogue does not know which permissions the operation needs.
    RequirementNotKnown,
    /// A deny statement forbids it, and no statement would have allowed it anyway.
    DeniedWithoutAllow,
}

/// Rights that need no statement.
///
/// # Source
/// Oracle IAM documentation, "Calling Services from an Instance", "Common Policies".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Free {
    /// Every instance may list the compartments of its tenancy.
    InstanceListsCompartments,
    /// Everybody may manage their own credentials.
    OwnCredentials,
}

/// Decides one request against the program it was prepared for.
///
/// Starts from deny: a request that no statement reaches is refused, and a deny that applies outranks every allow,
/// except for members of the default Administrators group. Statements have no order. An operation of which the
/// catalogue says that it needs no permission is allowed without a test; a request prepared for another program is
/// indeterminate, with no test.
///
/// The decision names each statement it rests on; [`explain`](crate::explain::explain) only puts that into words.
///
/// # Source
/// Oracle IAM documentation, "How Policies Work", "Deny Policies", "Cross-Tenancy Access Policies", read 2026-09.
#[must_use]
pub fn decide(program: &Program, request: &Request) -> Decision {
    if request.program != program.id {
        return Decision { verdict: Verdict::Indeterminate, tests: SmallVec::new() };
    }
    let mut tests = SmallVec::new();
    let mut verdict = Verdict::Allow;
    for (check, number) in request.checks.iter().zip(0u16..) {
        verdict = verdict.min(decide_check(program, request, check, number, &mut tests));
    }
    // Nothing was needed, so nothing was refused. Only the catalogue may say that of an operation.
    if tests.is_empty() && !request.needs_nothing {
        verdict = Verdict::ImplicitDeny;
    }
    Decision { verdict, tests }
}

fn decide_check(
    program: &Program,
    request: &Request,
    check: &Check,
    number: u16,
    tests: &mut SmallVec<[PermissionTest; 2]>,
) -> Verdict {
    let mut verdict = Verdict::Allow;
    if check.unknown.is_some() {
        tests.push(PermissionTest {
            check: number,
            part: 0,
            need: Need::NotKnown,
            verdict: Verdict::Indeterminate,
            because: SmallVec::new(),
            basis: Basis::RequirementNotKnown,
        });
        verdict = Verdict::Indeterminate;
    }
    let mut any_of = |needs: &mut dyn Iterator<Item = Need>, part: u16| {
        let mut best: Option<Verdict> = None;
        for need in needs {
            let test = test(program, request, check, (number, part), need);
            // An explicit deny of one alternative does not spoil another that is allowed.
            best = Some(best.map_or(test.verdict, |best| best_alternative(best, test.verdict)));
            tests.push(test);
        }
        verdict = verdict.min(best.unwrap_or(Verdict::ImplicitDeny));
    };
    if check.pair.is_some() {
        any_of(&mut std::iter::once(Need::Association), 0);
    }
    if !check.rows.is_empty() {
        any_of(&mut check.rows.iter().copied().map(Need::Row), 0);
    }
    for (alternatives, part) in check.requirement.iter().zip(0u16..) {
        any_of(&mut alternatives.iter().copied().map(Need::Permission), part);
    }
    verdict
}

/// The better of two alternatives: an allow, else what may be one, else the explicit deny for its reason.
fn best_alternative(a: Verdict, b: Verdict) -> Verdict {
    let better = a.max(b);
    if better == Verdict::ImplicitDeny { a.min(b) } else { better }
}

/// Decides one permission.
fn test(
    program: &Program,
    request: &Request,
    check: &Check,
    (check_number, part): (u16, u16),
    need: Need,
) -> PermissionTest {
    let answer =
        |verdict, because, basis| PermissionTest { check: check_number, part, need, verdict, because, basis };
    if let Some(free) = free(request, check, need) {
        return answer(Verdict::Allow, SmallVec::new(), Basis::Free(free));
    }
    let scene = Scene::new(program, request, check, need);
    let Gather { allows, denies, basis, .. } = Gather::of(scene);
    let (verdict, because) = match (denies.truth, allows.truth) {
        (Truth::True, Truth::False) => {
            return answer(Verdict::ExplicitDeny, denies.certain, Basis::DeniedWithoutAllow);
        }
        (Truth::True, _) => (Verdict::ExplicitDeny, denies.certain),
        (_, Truth::False) => (Verdict::ImplicitDeny, SmallVec::new()),
        (Truth::False, Truth::True) => (Verdict::Allow, allows.certain),
        (Truth::Unknown, _) | (Truth::False, Truth::Unknown) => {
            let mut because = allows.certain;
            because.extend(allows.possible);
            because.extend(denies.possible);
            because.sort_unstable();
            (Verdict::Indeterminate, because)
        }
    };
    answer(verdict, because, basis)
}

/// Rights that need no statement, and that no deny takes away.
fn free(request: &Request, check: &Check, need: Need) -> Option<Free> {
    if check.free {
        return Some(Free::OwnCredentials);
    }
    let own = request.principal.tenancy == check.target.tenancy;
    let lists = need.permission().is_some_and(|permission| permission.name() == "COMPARTMENT_INSPECT");
    (own && lists && request.principal.kind == PrincipalKind::Instance)
        .then_some(Free::InstanceListsCompartments)
}
