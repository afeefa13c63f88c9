//! The least statements that would make a refused request allowed, ready to paste.

use super::{Repair, also};
use crate::catalog::{Permission, PrincipalKind, Verb};
use crate::decide::trace::{self, Half, Halves, Trace};
use crate::decide::{Decision, Need, Verdict};
use crate::format;
use crate::generate::compose::{self, Access, Aliases, Composer, Party, Whom};
use crate::program::Program;
use crate::request::{Check, Known, Request, Target};
use crate::source::Span;
use crate::syntax::{Condition, Statement, Test};
use crate::truth::Truth;

/// The statements that are missing; nothing for an allow or where a deny forbids it.
pub(super) fn repairs(
    program: &Program,
    request: &Request,
    decision: &Decision,
    trace: &Trace,
) -> Vec<Repair> {
    // What makes no sense is mended in the question, not in a policy.
    if decision.verdict != Verdict::ImplicitDeny || request.nonsense().is_some() {
        return Vec::new();
    }
    let party = party(program, request);
    let of_check = |(check, number): (&Check, u16)| {
        let missing = missing(decision, trace, number);
        of_check(program, request, trace, &party, check, &missing)
    };
    request.checks.iter().zip(0u16..).flat_map(of_check).collect()
}

/// What one check lacks: of each part that nothing satisfies, the least of its alternatives, which is one that needs no
/// second statement, and comes with the lowest verb.
fn missing(decision: &Decision, trace: &Trace, check: u16) -> Vec<(Need, Option<Halves>)> {
    let tests = || decision.tests.iter().zip(&trace.tests).filter(move |(test, _)| test.check == check);
    let kind = |need: Need| (need.permission().is_some(), need.row().is_some());
    let mut seen: Vec<(u16, (bool, bool))> = Vec::new();
    let mut missing = Vec::new();
    for (test, _) in tests() {
        let part = (test.part, kind(test.need));
        if seen.contains(&part) {
            continue;
        }
        seen.push(part);
        let alternatives = || tests().filter(|(other, _)| (other.part, kind(other.need)) == part);
        if alternatives().all(|(other, _)| other.verdict == Verdict::ImplicitDeny) {
            let least =
                alternatives().min_by_key(|(other, record)| (lacking(record.halves), level(other.need)));
            missing.extend(least.map(|(test, record)| (test.need, record.halves)));
        }
    }
    missing
}

/// How many statements it takes.
fn lacking(halves: Option<Halves>) -> usize {
    halves.map_or(1, |halves| {
        [halves.endorsed, halves.admitted].into_iter().filter(|half| !half.may_be()).count()
    })
}

/// The lowest verb that gives it, on any type; what no verb gives comes last.
fn level(need: Need) -> (bool, Option<Verb>) {
    let verbs =
        need.permission().and_then(|permission| permission.granted_by().iter().map(|row| row.verb).min());
    (verbs.is_none(), verbs)
}

fn of_check(
    program: &Program,
    request: &Request,
    trace: &Trace,
    party: &Party,
    check: &Check,
    missing: &[(Need, Option<Halves>)],
) -> Vec<Repair> {
    let mut permissions: Vec<Permission> = missing.iter().filter_map(|(need, _)| need.permission()).collect();
    permissions.dedup();
    let row = missing.iter().find_map(|(need, _)| need.row());
    let action = match row {
        Some(row) => compose::verb(row.verb, row.resource_type.name()),
        None if permissions.is_empty() => return Vec::new(),
        None => compose::permissions(permissions.iter().map(|permission| permission.name())),
    };
    let halves = missing.iter().find_map(|(_, halves)| *halves);
    let target = &check.target;
    let pins = if row.is_some() { Vec::new() } else { pins(program, request, target) };
    let pinned = Access { party, action: &action, place: target.compartment, tests: &pins };
    let composer = Composer { model: program.tenancies(), span: Span::default() };
    let also = also::also(program, request, party, &permissions, target, &pins);
    let repair = |tenancy, statements: &[Statement], purpose: &str| Repair {
        tenancy: program
            .tenancies()
            .tenancy(tenancy)
            .map_or_else(String::new, |tenancy| tenancy.name.clone()),
        statements: statements.iter().map(format::statement).collect(),
        purpose: purpose.to_owned(),
        also: also.clone(),
    };
    let Some(halves) = halves else {
        let root = composer.model.tenancy(target.tenancy).map(|tenancy| tenancy.root);
        let allow = root.and_then(|root| composer.allow(pinned, root));
        let purpose = "the least that allows it, in a new policy attached to the root";
        return allow.map(|allow| repair(target.tenancy, &[allow], purpose)).into_iter().collect();
    };
    if matches!(party.whom, Whom::Services(_)) {
        // A service acts in the tenancy it is called in: no pair of statements lets it out and in.
        return Vec::new();
    }
    // Where a half is there and not in force, mending it comes first.
    let half_again = |half, missing: &str, anew: &str| {
        let inert = trace.tests.iter().any(|test| trace::has_inert(&test.misses, half));
        let what = if inert { format!("or {anew}") } else { missing.to_owned() };
        format!("{what}, in a new policy attached to the root")
    };
    let half = |tenancy, aliases: &Aliases, statement: Option<Statement>, purpose: &str| {
        let mut statements = composer.defines(aliases);
        statements.push(statement?);
        Some(repair(tenancy, &statements, purpose))
    };
    let mut repairs = Vec::new();
    if !halves.endorsed.may_be() {
        let mut aliases = Aliases::default();
        let endorse = composer.endorse(Access { tests: &[], ..pinned }, &mut aliases);
        let purpose = half_again(Half::Endorse, "the missing Endorse", "the Endorse anew");
        repairs.extend(half(halves.home, &aliases, endorse, &purpose));
    }
    if !halves.admitted.may_be() {
        let mut aliases = Aliases::default();
        let admit = composer.admit(pinned, &mut aliases);
        let purpose = half_again(Half::Admit, "the missing Admit", "the Admit anew");
        repairs.extend(half(halves.there, &aliases, admit, &purpose));
    }
    repairs
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
    let resource = target.resource.and_then(|resource| compose::pins(program.tenancies(), resource));
    // Users and groups are no resources; an operation may name one of each.
    let own = |variable: &&str| {
        let row = target.variables.iter().find(|(name, _)| text(*name) == Some(*variable));
        row.and_then(|&(_, value)| text(value)).filter(|value| !value.is_empty())
    };
    let people = ["target.user.id", "target.group.id"].into_iter();
    let people = people.filter_map(|variable| Some(compose::equal(variable, own(&variable)?)));
    let mut pins: Vec<Condition> = resource.into_iter().flatten().chain(people).collect();
    pins.retain(|pin| match pin {
        Condition::Test(Test { variable, .. }) => has(&variable.node),
        Condition::All(_) | Condition::Any(_) | Condition::Opaque(_) => false,
    });
    pins
}
