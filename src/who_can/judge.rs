//! The answer for one principal: whether it may, and what the answer rests on.

use super::{Through, When};
use crate::decide::evaluate::Scene;
use crate::decide::{Basis, Decision, PermissionTest, Verdict, decide, reaches, trace};
use crate::program::{Guard, GuardId, Program, Statement, StatementId, Subject};
use crate::request::{Check, Request};
use crate::syntax::Effect;
use crate::truth::Truth;

/// Why somebody may.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Judgement {
    pub(super) possible: bool,
    pub(super) because: Vec<StatementId>,
    pub(super) through: Vec<Through>,
    pub(super) when: Vec<When>,
    pub(super) open: Vec<String>,
}

/// Decides a request; `None` where it is refused.
pub(super) fn judge(program: &Program, request: &Request) -> Option<Judgement> {
    let decision = decide(program, request);
    let possible = match decision.verdict {
        Verdict::Allow => false,
        Verdict::Indeterminate => true,
        Verdict::ImplicitDeny | Verdict::ExplicitDeny => return None,
    };
    let mut judgement =
        Judgement { possible, because: Vec::new(), through: Vec::new(), when: Vec::new(), open: Vec::new() };
    for test in counted(&decision) {
        judgement.take(program, request, test);
    }
    judgement.because.sort_unstable();
    judgement.because.dedup();
    judgement.through.sort();
    judgement.through.dedup();
    judgement.when.sort();
    judgement.when.dedup();
    judgement.open.sort();
    judgement.open.dedup();
    Some(judgement)
}

/// The tests that the answer rests on: of several alternatives those that are no worse than the answer needs.
fn counted(decision: &Decision) -> impl Iterator<Item = &PermissionTest> {
    let best = |test: &PermissionTest| {
        let same = decision.tests.iter().filter(|other| (other.check, other.part) == (test.check, test.part));
        same.map(|other| other.verdict).max()
    };
    decision.tests.iter().filter(move |test| Some(test.verdict) == best(test))
}

impl Judgement {
    fn take(&mut self, program: &Program, request: &Request, test: &PermissionTest) {
        let Some(check) = request.checks.get(usize::from(test.check)) else { return };
        let scene = Scene::new(program, request, check, test.need);
        match test.basis {
            Basis::Free(free) => self.through.push(Through::Right(free)),
            Basis::PoliciesNotKnown(tenancy) => {
                let name = program.tenancies().tenancy(tenancy).map_or("", |tenancy| tenancy.name.as_str());
                self.open.push(format!("the policies of {name} are not known"));
            }
            Basis::RequirementNotKnown => self.open.push(unknown_requirement(check)),
            Basis::AssumedAdmit => {
                self.open.push("Oracle's own policy is taken to admit it".to_owned());
            }
            Basis::Statements | Basis::DeniedWithoutAllow => {}
        }
        for &id in &test.because {
            let Some(statement) = program.statement(id) else { continue };
            self.because.push(id);
            self.statement(&scene.by(statement), id, statement);
        }
    }

    fn statement(&mut self, scene: &Scene<'_>, id: StatementId, statement: &Statement) {
        let (program, principal) = (scene.program, &scene.request.principal);
        let unless = statement.effect == Effect::Deny;
        for &subject in &statement.subjects {
            let member = match subject {
                Subject::AnyUser | Subject::AnyGroup => Truth::True,
                Subject::Unsupported => Truth::False,
                Subject::Group(_) | Subject::DynamicGroup(_) | Subject::Service(_) => {
                    let own = principal.subjects.iter().find(|(own, _)| *own == subject);
                    own.map_or(Truth::False, |(_, member)| *member)
                }
            };
            let Some(through) = through(program, scene, subject).filter(|_| member.may_be()) else {
                continue;
            };
            if member == Truth::Unknown {
                let condition = format!("it belongs to {}", through.words(program));
                self.when.push(When { statement: id, condition, unless });
            }
            if !unless {
                self.through.push(through);
            }
        }
        if let Some(condition) = residual(scene, statement.guard) {
            self.when.push(When { statement: id, condition, unless });
        }
        if reaches(scene, statement) == Truth::Unknown {
            self.open.push("where a statement reaches in the other tenancy".to_owned());
        }
        if let Some(permission) = scene.permission
            && program.permission_sets().holds(statement.permissions, permission) == Truth::Unknown
        {
            self.open
                .push(format!("whether the verb gives {permission}, which the documentation does not say"));
        }
    }
}

fn unknown_requirement(check: &Check) -> String {
    check.unknown.clone().unwrap_or_else(|| "the catalogue does not know what the operation needs".to_owned())
}

fn through(program: &Program, scene: &Scene<'_>, subject: Subject) -> Option<Through> {
    Some(match subject {
        Subject::AnyUser => Through::AnyUser,
        Subject::AnyGroup => Through::AnyGroup,
        Subject::Group(group) => Through::Group(group),
        Subject::DynamicGroup(group) => Through::DynamicGroup(group),
        Subject::Service(name) => {
            let text = program.texts.get(name.0).or_else(|| scene.text(name.0));
            Through::Service(text.unwrap_or_default().to_owned())
        }
        Subject::Unsupported => return None,
    })
}

/// What is left of a condition once everything known is put in; `None` where nothing is left open.
fn residual(scene: &Scene<'_>, id: GuardId) -> Option<String> {
    if scene.guard(id) != Truth::Unknown {
        return None;
    }
    let (word, parts) = match scene.program.guards().get(id)? {
        Guard::Atom(atom) => return Some(trace::show_atom(scene, atom)),
        Guard::All(parts) => ("all", parts),
        Guard::Any(parts) => ("any", parts),
    };
    let open: Vec<String> = parts.iter().filter_map(|&part| residual(scene, part)).collect();
    match open.as_slice() {
        [only] => Some(only.clone()),
        several => Some(format!("{word} {{{}}}", several.join(", "))),
    }
}
