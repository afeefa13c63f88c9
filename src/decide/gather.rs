//! The statements that decide one permission, found through the index.

use smallvec::SmallVec;

use super::Basis;
use super::evaluate::{Scene, Seen};
use super::step::{gives, oriented, reaches};
use crate::catalog::{KnownTenancy, PrincipalKind};
use crate::program::{Entry, Key, Kind, Program, StatementId, Subject, Text};
use crate::syntax::Effect;
use crate::tenancy::{Aspect, TenancyId};
use crate::truth::Truth;

/// The statements of one polarity that apply, or may.
#[derive(Debug, Default)]
pub(super) struct Half {
    pub(super) truth: Truth,
    pub(super) certain: SmallVec<[StatementId; 4]>,
    pub(super) possible: SmallVec<[StatementId; 2]>,
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
pub(super) struct Gather<'p> {
    scene: Scene<'p>,
    pub(super) allows: Half,
    pub(super) denies: Half,
    pub(super) basis: Basis,
}

impl<'p> Gather<'p> {
    /// The statements that decide the permission of a scene.
    pub(super) fn of(scene: Scene<'p>) -> Self {
        let (allows, denies) = (Half::default(), Half::default());
        let mut gather = Self { scene, allows, denies, basis: Basis::Statements };
        let home = scene.request.principal.tenancy;
        if scene.sides() == (home, home) && scene.pair.is_none() {
            gather.own();
        } else {
            gather.across();
        }
        gather
    }

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
            if is_of_oracle(self.scene.program, there) {
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
        let scene = self.scene.spoken_by(tenancy);
        let principal = &scene.request.principal;
        let service = principal.kind == PrincipalKind::Service;
        let everybody = [Some(Subject::AnyUser), (!service).then_some(Subject::AnyGroup)];
        let everybody = everybody.into_iter().flatten().map(|subject| (subject, Truth::True));
        for (subject, member) in everybody.chain(principal.subjects.iter().copied()) {
            let key = Key { tenancy, kind, subject };
            let visit = |entry: &Entry| visit(scene, entry, kind.effect(), member, &mut half);
            match kind {
                Kind::Allow | Kind::Deny | Kind::Admit | Kind::DenyAdmit => {
                    scene.program.index.reaching(key, &scene.target.ancestors, visit);
                }
                Kind::Endorse
                | Kind::DenyEndorse
                | Kind::AssociateEndorse
                | Kind::DenyAssociateEndorse
                | Kind::AssociateAdmit
                | Kind::DenyAssociateAdmit => {
                    scene.program.index.all(key, visit);
                }
            }
        }
        if half.certain.len() > 1 || half.possible.len() > 1 { half.sorted() } else { half }
    }
}

/// Whether a tenancy is one of Oracle's own, whose policies nobody outside can see.
pub(super) fn is_of_oracle(program: &Program, tenancy: TenancyId) -> bool {
    let ocid = program.tenancies().tenancy(tenancy).and_then(|tenancy| tenancy.id.as_ref());
    ocid.is_some_and(|ocid| KnownTenancy::find(ocid.as_str()).is_some())
}

fn visit(scene: Scene<'_>, entry: &Entry, effect: Effect, member: Truth, half: &mut Half) {
    let program = scene.program;
    let holds = gives(&scene, entry.permissions, effect);
    if holds.is_false() {
        return;
    }
    let index = &program.index;
    let mut each = |statements: &[StatementId]| {
        for &id in statements {
            weigh(scene, id, member & holds, half);
        }
    };
    // Statements whose condition asks for another value than this request has are not even looked at.
    match entry.pin.map(|pin| scene.variable(pin)) {
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

fn weigh(scene: Scene<'_>, id: StatementId, so_far: Truth, half: &mut Half) {
    let Some(statement) = scene.program.statement(id) else { return };
    let scene = oriented(scene, statement);
    let mut truth = so_far & reaches(&scene, statement);
    if truth.may_be() {
        truth = truth & scene.guard(statement.guard);
    }
    half.add(id, truth);
}
