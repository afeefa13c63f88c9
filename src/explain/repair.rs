//! The least statements that would make a refused request allowed, ready to paste.

use super::Repair;
use crate::catalog::{Permission, PrincipalKind};
use crate::decide::trace::{Halves, Trace};
use crate::decide::{Decision, Verdict};
use crate::format;
use crate::generate::compose::{self, Access, Aliases, Composer, Party, Whom};
use crate::program::Program;
use crate::request::{Known, Request, Target};
use crate::source::Span;
use crate::syntax::{Condition, Statement, Test};
use crate::tenancy::TenancyId;
use crate::truth::Truth;

/// The statements that are missing; nothing for an allow or where a deny forbids it.
pub(super) fn repairs(
    program: &Program,
    request: &Request,
    decision: &Decision,
    trace: &Trace,
) -> Vec<Repair> {
    if decision.verdict != Verdict::ImplicitDeny {
        return Vec::new();
    }
    let missing: Vec<(Permission, Option<Halves>, usize)> = decision
        .tests
        .iter()
        .zip(&trace.tests)
        .filter(|(test, _)| test.verdict == Verdict::ImplicitDeny)
        .filter_map(|(test, record)| Some((test.permission?, record.halves, usize::from(test.check))))
        .collect();
    let mut permissions: Vec<&str> = missing.iter().map(|(permission, ..)| permission.name()).collect();
    permissions.dedup();
    let action = compose::permissions(permissions);
    let Some(&(_, halves, check)) = missing.first() else { return Vec::new() };
    let Some(target) = request.checks.get(check).map(|check| &check.target) else { return Vec::new() };
    let party = party(program, request);
    let pins = pins(program, request, target);
    let pinned = Access { party: &party, action: &action, place: target.compartment, tests: &pins };
    let composer = Composer { model: program.tenancies(), span: Span::default() };
    let Some(halves) = halves else {
        let root = composer.model.tenancy(target.tenancy).map(|tenancy| tenancy.root);
        let allow = root.and_then(|root| composer.allow(pinned, root));
        let purpose = "allows exactly what was asked";
        return allow.map(|allow| repair(program, target.tenancy, &[allow], purpose)).into_iter().collect();
    };
    if matches!(party.whom, Whom::Services(_)) {
        // A service acts in the tenancy it is called in: no pair of statements lets it out and in.
        return Vec::new();
    }
    let half = |tenancy, aliases: &Aliases, statement: Option<Statement>, purpose| {
        let mut statements = composer.defines(aliases);
        statements.push(statement?);
        Some(repair(program, tenancy, &statements, purpose))
    };
    let mut repairs = Vec::new();
    if !halves.endorsed.may_be() {
        let mut aliases = Aliases::default();
        let endorse = composer.endorse(Access { tests: &[], ..pinned }, &mut aliases);
        let purpose = "the missing Endorse, in a policy attached to the root";
        repairs.extend(half(halves.home, &aliases, endorse, purpose));
    }
    if !halves.admitted.may_be() {
        let mut aliases = Aliases::default();
        let admit = composer.admit(pinned, &mut aliases);
        let purpose = "the missing Admit, in a policy attached to the root";
        repairs.extend(half(halves.there, &aliases, admit, purpose));
    }
    repairs
}

fn repair(program: &Program, tenancy: TenancyId, statements: &[Statement], purpose: &str) -> Repair {
    let found = program.tenancies().tenancy(tenancy);
    Repair {
        tenancy: found.map_or_else(String::new, |tenancy| tenancy.name.clone()),
        statements: statements.iter().map(format::statement).collect(),
        purpose: purpose.to_owned(),
    }
}

/// The asker as statements may call it: by a group it certainly is in, else by what it is.
fn party(program: &Program, request: &Request) -> Party {
    let principal = &request.principal;
    let party = |whom, tests| Party { tenancy: principal.tenancy, whom, tests };
    if let Some(group) = group(program, request) {
        return party(group, Vec::new());
    }
    let text = |id| program.texts.get(id).or_else(|| request.texts.get(id)).unwrap_or_default();
    match principal.kind {
        PrincipalKind::Service => {
            let name = principal.name.map(text).unwrap_or_default();
            party(Whom::Services(vec![name.to_owned()]), Vec::new())
        }
        PrincipalKind::User => {
            let id = principal_id(program, request);
            party(Whom::AnyGroup, vec![compose::equal("request.user.id", &id)])
        }
        PrincipalKind::Instance | PrincipalKind::Resource => {
            let mut tests = vec![compose::equal("request.principal.type", text(principal.kind_text))];
            if !matches!(principal.id, Known::Absent | Known::Unknown) {
                tests.push(compose::equal("request.principal.id", &principal_id(program, request)));
            }
            party(Whom::AnyUser, tests)
        }
        PrincipalKind::Workload => {
            let own =
                principal.variables.iter().map(|&(name, value)| compose::equal(text(name), text(value)));
            let kind = compose::equal("request.principal.type", text(principal.kind_text));
            party(Whom::AnyUser, std::iter::once(kind).chain(own).collect())
        }
    }
}

/// A group the asker certainly is in, and that every tenancy can name.
fn group(program: &Program, request: &Request) -> Option<Whom> {
    let model = program.tenancies();
    let principal = &request.principal;
    let certain = |member: &Truth| *member == Truth::True;
    let mut of_users = principal.groups.iter().filter(|(_, member)| certain(member));
    let named = of_users
        .find(|(id, _)| model.group(*id).is_some_and(|group| group.name.is_some() && group.id.is_some()));
    if let Some(&(id, _)) = named {
        return Some(Whom::Groups(vec![id]));
    }
    let mut of_resources = principal.dynamic_groups.iter().filter(|(_, member)| certain(member));
    let named = of_resources.find(|(id, _)| {
        model.dynamic_group(*id).is_some_and(|group| group.name.is_some() && group.id.is_some())
    });
    named.map(|&(id, _)| Whom::DynamicGroups(vec![id]))
}

fn principal_id(program: &Program, request: &Request) -> String {
    let model = program.tenancies();
    let user = request.principal.user.and_then(|id| model.user(id)).map(|user| user.id.to_string());
    let resource =
        request.principal.resource.and_then(|id| model.resource(id)).map(|resource| resource.id.to_string());
    user.or(resource).unwrap_or_else(|| match request.principal.id {
        Known::Present(id) => {
            program.texts.get(id).or_else(|| request.texts.get(id)).unwrap_or_default().to_owned()
        }
        Known::Absent | Known::Unknown => String::new(),
    })
}

/// The tests that pin the target, where the request has their variables.
fn pins(program: &Program, request: &Request, target: &Target) -> Vec<Condition> {
    let text = |id| program.texts.get(id).or_else(|| request.texts.get(id));
    let has = |variable: &str| {
        target
            .variables
            .iter()
            .any(|&(name, _)| text(name).is_some_and(|known| known.eq_ignore_ascii_case(variable)))
    };
    let pins = target.resource.and_then(|resource| compose::pins(program.tenancies(), resource));
    let mut pins = pins.unwrap_or_default();
    pins.retain(|pin| match pin {
        Condition::Test(Test { variable, .. }) => has(&variable.node),
        Condition::All(_) | Condition::Any(_) | Condition::Opaque(_) => false,
    });
    pins
}
