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
pub(crate) mod membership;
pub(crate) mod trace;

use smallvec::SmallVec;

use crate::catalog::{KnownTenancy, Permission, PermissionSet, PrincipalKind, VerbRow};
use crate::program::{
    Associate, Entry, Key, Kind, Program, Reach, SetId, Side, Statement, StatementId, Subject, Text,
};
use crate::request::{Check, Request, Target};
use crate::syntax::Effect;
use crate::tenancy::{Aspect, TenancyId};
use crate::truth::Truth;
use evaluate::{Scene, Seen};

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
/// except for members of the default Administrators group. Statements have no order.
///
/// The decision names each statement it rests on; [`explain`](crate::explain::explain) only puts that into words.
///
/// # Source
/// Oracle IAM documentation, "How Policies Work", "Deny Policies", "Cross-Tenancy Access Policies", read 2026-09.
#[must_use]
pub fn decide(program: &Program, request: &Request) -> Decision {
    let mut tests = SmallVec::new();
    let mut verdict = Verdict::Allow;
    for (check, number) in request.checks.iter().zip(0u16..) {
        verdict = verdict.min(decide_check(program, request, check, number, &mut tests));
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
    let mut gather =
        Gather { scene, allows: Half::default(), denies: Half::default(), basis: Basis::Statements };
    let home = request.principal.tenancy;
    if scene.sides() == (home, home) && check.pair.is_none() {
        gather.own();
    } else {
        gather.across();
    }
    let Gather { allows, denies, basis, .. } = gather;
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

/// The statements of one polarity that apply, or may.
#[derive(Debug, Default)]
struct Half {
    truth: Truth,
    certain: SmallVec<[StatementId; 4]>,
    possible: SmallVec<[StatementId; 2]>,
}

impl Half {
    fn add(&mut self, statement: StatementId, truth: Truth) {
        match truth {
            Truth::False => {}
            Truth::Unknown => self.possible.push(statement),
            Truth::True => self.certain.push(statement),
        }
        self.truth = self.truth.max(truth);
    }

    /// Two halves of which both are needed.
    fn with(mut self, other: Self) -> Self {
        let truth = self.truth.min(other.truth);
        if truth.is_false() {
            return Self::default();
        }
        self.certain.extend(other.certain);
        self.possible.extend(other.possible);
        Self { truth, certain: self.certain, possible: self.possible }
    }

    fn sorted(mut self) -> Self {
        self.certain.sort_unstable();
        self.certain.dedup();
        self.possible.sort_unstable();
        self.possible.dedup();
        self
    }
}

/// Collects the statements that decide one permission.
struct Gather<'p> {
    scene: Scene<'p>,
    allows: Half,
    denies: Half,
    basis: Basis,
}

impl Gather<'_> {
    /// Principal and resource in one tenancy.
    fn own(&mut self) {
        let home = self.scene.request.principal.tenancy;
        self.allows = self.collect(home, Kind::Allow);
        if !self.exempt(home).is_true() {
            self.denies = self.collect(home, Kind::Deny);
            self.weaken_denies(home);
        }
        self.unknown_policies(home);
    }

    /// Principal in one tenancy, resource in another. A plain deny of either does not concern the pair.
    fn across(&mut self) {
        let (home, there) = self.scene.sides();
        let [endorse, admit, deny_endorse, deny_admit] = match self.scene.pair {
            None => [Kind::Endorse, Kind::Admit, Kind::DenyEndorse, Kind::DenyAdmit],
            Some(_) => [
                Kind::AssociateEndorse,
                Kind::AssociateAdmit,
                Kind::DenyAssociateEndorse,
                Kind::DenyAssociateAdmit,
            ],
        };
        let endorses = self.collect(home, endorse);
        let mut admits = self.collect(there, admit);
        if !self.scene.program.tenancies().knows(there, Aspect::Policies) {
            let ocid = self.scene.program.tenancies().tenancy(there).and_then(|tenancy| tenancy.id.as_ref());
            if ocid.is_some_and(|ocid| KnownTenancy::find(ocid.as_str()).is_some()) {
                admits.truth = Truth::True;
                self.basis = Basis::AssumedAdmit;
            } else {
                admits.truth = admits.truth.max(Truth::Unknown);
                self.basis = Basis::PoliciesNotKnown(there);
            }
        }
        let (endorsed, admitted) = (endorses.truth, admits.truth);
        self.allows = endorses.with(admits).sorted();
        if !self.exempt(home).is_true() {
            self.denies = self.collect(home, deny_endorse);
            self.weaken_denies(home);
        }
        let other = self.collect(there, deny_admit);
        self.denies.truth = self.denies.truth.max(other.truth);
        self.denies.certain.extend(other.certain);
        self.denies.possible.extend(other.possible);
        self.denies = std::mem::take(&mut self.denies).sorted();
        if endorsed.is_false() || admitted.is_true() && self.basis != Basis::AssumedAdmit {
            self.basis = Basis::Statements;
        }
        if !self.scene.program.tenancies().knows(home, Aspect::Policies) && endorsed.is_false() {
            self.allows.truth = Truth::Unknown.min(admitted);
            self.basis = Basis::PoliciesNotKnown(home);
        }
    }

    /// Whether no deny binds the principal: members of the default Administrators group.
    fn exempt(&self, tenancy: TenancyId) -> Truth {
        let administrators = self.scene.program.world.administrators(tenancy);
        let groups = &self.scene.request.principal.groups;
        let of = |group| {
            groups.iter().find(|(known, _)| *known == group).map_or(Truth::False, |(_, member)| *member)
        };
        administrators.iter().map(|&group| of(group)).max().unwrap_or_default()
    }

    /// Denies that bind only if the principal is no administrator, which is not certain.
    fn weaken_denies(&mut self, tenancy: TenancyId) {
        if self.exempt(tenancy) == Truth::Unknown && self.denies.truth.is_true() {
            self.denies.truth = Truth::Unknown;
            let certain = std::mem::take(&mut self.denies.certain);
            self.denies.possible.extend(certain);
        }
    }

    /// Where a tenancy's policies are not known, one of them may allow it.
    fn unknown_policies(&mut self, tenancy: TenancyId) {
        if !self.scene.program.tenancies().knows(tenancy, Aspect::Policies) && self.allows.truth.is_false() {
            self.allows.truth = Truth::Unknown;
            self.basis = Basis::PoliciesNotKnown(tenancy);
        }
    }

    /// The statements of one kind in a tenancy that apply to the permission under test.
    fn collect(&self, tenancy: TenancyId, kind: Kind) -> Half {
        let mut half = Half::default();
        let principal = &self.scene.request.principal;
        let service = principal.kind == PrincipalKind::Service;
        let everybody = [Some(Subject::AnyUser), (!service).then_some(Subject::AnyGroup)];
        let everybody = everybody.into_iter().flatten().map(|subject| (subject, Truth::True));
        for (subject, member) in everybody.chain(principal.subjects.iter().copied()) {
            let key = Key { tenancy, kind, subject };
            let visit = |entry: &Entry| self.visit(entry, kind.effect(), member, &mut half);
            match kind {
                Kind::Allow | Kind::Deny | Kind::Admit | Kind::DenyAdmit => {
                    self.scene.program.index.reaching(key, &self.scene.target.ancestors, visit);
                }
                Kind::Endorse
                | Kind::DenyEndorse
                | Kind::AssociateEndorse
                | Kind::DenyAssociateEndorse
                | Kind::AssociateAdmit
                | Kind::DenyAssociateAdmit => {
                    self.scene.program.index.all(key, visit);
                }
            }
        }
        if half.certain.len() > 1 || half.possible.len() > 1 { half.sorted() } else { half }
    }

    fn visit(&self, entry: &Entry, effect: Effect, member: Truth, half: &mut Half) {
        let program = self.scene.program;
        let holds = gives(&self.scene, entry.permissions, effect);
        if holds.is_false() {
            return;
        }
        let index = &program.index;
        let mut each = |statements: &[StatementId]| {
            for &id in statements {
                self.weigh(id, member & holds, half);
            }
        };
        // Statements whose condition asks for another value than this request has are not even looked at.
        match entry.pin.map(|pin| self.scene.variable(pin)) {
            Some(Seen::One(value)) => each(index.pinning(entry, Text(value))),
            Some(Seen::Many(values)) => {
                values.iter().for_each(|&value| each(index.pinning(entry, Text(value))));
            }
            Some(Seen::Rows(rows, name)) => rows
                .iter()
                .filter(|(known, _)| *known == name)
                .for_each(|&(_, value)| each(index.pinning(entry, Text(value)))),
            Some(Seen::Absent) => {}
            None
            | Some(
                Seen::Unknown
                | Seen::Permission(_)
                | Seen::Number(_)
                | Seen::Seconds(_)
                | Seen::Instant(_)
                | Seen::Given(_),
            ) => each(index.statements(entry)),
        }
    }

    fn weigh(&self, id: StatementId, so_far: Truth, half: &mut Half) {
        let Some(statement) = self.scene.program.statement(id) else { return };
        let scene = oriented(self.scene, statement);
        let mut truth = so_far & reaches(&scene, statement);
        if truth.may_be() {
            truth = truth & scene.guard(statement.guard);
        }
        half.add(id, truth);
    }
}

/// Whether a permission set holds what is needed; where a whole row is needed, a deny that takes any of it takes it.
pub(crate) fn gives(scene: &Scene<'_>, set: SetId, effect: Effect) -> Truth {
    let program = scene.program;
    if let Some(permission) = scene.permission {
        return program.sets.holds(set, permission);
    }
    let Some(row) = scene.row else { return Truth::True };
    let Some(set) = program.sets.get(set) else { return Truth::False };
    let needed = row.resource_type.granted(row.verb).certain;
    let (certain, possible) = (set.certain, set.certain.union(&set.unknown));
    let enough = |set: &PermissionSet| match effect {
        Effect::Allow => needed.is_subset(set),
        Effect::Deny => !needed.is_disjoint(set),
    };
    match (enough(&certain), enough(&possible)) {
        (true, _) => Truth::True,
        (false, true) => Truth::Unknown,
        (false, false) => Truth::False,
    }
}

/// The scene with linked resources in the order in which a statement fits them best: examples differ in which side stands
/// first.
pub(crate) fn oriented<'p>(scene: Scene<'p>, statement: &Statement) -> Scene<'p> {
    if scene.pair.is_none() {
        return scene;
    }
    let fit = |scene: &Scene<'p>| {
        let place = reaches(scene, statement);
        (place & scene.guard(statement.guard), place)
    };
    let swapped = scene.swapped();
    if fit(&swapped) > fit(&scene) { swapped } else { scene }
}

/// Whether a statement reaches the target and speaks of the right tenancies.
pub(crate) fn reaches(scene: &Scene<'_>, statement: &Statement) -> Truth {
    let place = match (&statement.association, scene.pair) {
        (Some(written), Some([first, second])) => {
            side(scene, &written.first, first) & side(scene, &written.second, second)
        }
        (None, None) => within(scene, statement.reach, scene.target),
        (Some(_), None) | (None, Some(_)) => Truth::False,
    };
    place & origin(scene, statement.side)
}

fn side(scene: &Scene<'_>, written: &Associate, asked: &(String, Target)) -> Truth {
    Truth::from(written.resource.eq_ignore_ascii_case(&asked.0)) & within(scene, written.reach, &asked.1)
}

fn origin(scene: &Scene<'_>, side: Side) -> Truth {
    match side {
        Side::Own | Side::Endorse | Side::Admit { from: None } => Truth::True,
        Side::Admit { from: Some(from) } => Truth::from(from == scene.request.principal.tenancy),
    }
}

/// Whether a target lies where a statement reaches.
pub(crate) fn within(scene: &Scene<'_>, reach: Reach, target: &Target) -> Truth {
    match reach {
        Reach::Below(compartment) => {
            let (start, end) = scene.program.world.range(compartment);
            let at = target.ancestors.first().copied().unwrap_or(u32::MAX);
            Truth::from(start <= at && at < end)
        }
        Reach::Tenancy(tenancy) => Truth::from(tenancy == target.tenancy),
        Reach::AnyTenancy => {
            Truth::from(target.tenancy != scene.request.principal.tenancy || scene.pair.is_some())
        }
        Reach::NotModelled(tenancy) if tenancy == target.tenancy => Truth::Unknown,
        Reach::NotModelled(_) | Reach::Nowhere => Truth::False,
    }
}
