//! The least statements that would make a refused request allowed, ready to paste.

use super::Repair;
use crate::catalog::{Permission, PrincipalKind};
use crate::decide::trace::{Halves, Trace};
use crate::decide::{Decision, Verdict};
use crate::format::quoted;
use crate::program::Program;
use crate::request::{Known, Request, Target};
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
    let set = format!("{{{}}}", permissions.join(", "));
    let Some(&(_, halves, check)) = missing.first() else { return Vec::new() };
    let Some(target) = request.checks.get(check).map(|check| &check.target) else { return Vec::new() };
    match halves {
        None => vec![allow(program, request, target, &set)],
        Some(halves) => {
            let endorse = (!halves.endorsed.may_be()).then(|| endorse(program, request, halves, &set));
            let admit = (!halves.admitted.may_be()).then(|| admit(program, request, target, halves, &set));
            endorse.into_iter().chain(admit).collect()
        }
    }
}

fn allow(program: &Program, request: &Request, target: &Target, set: &str) -> Repair {
    let (subject, mut tests) = subject(program, request);
    tests.extend(of_target(program, request, target));
    Repair {
        tenancy: name(program, target.tenancy),
        statements: vec![format!("Allow {subject} to {set} in {}{}", place(program, target), clause(&tests))],
        purpose: "allows exactly what was asked".to_owned(),
    }
}

fn endorse(program: &Program, request: &Request, halves: Halves, set: &str) -> Repair {
    let (subject, tests) = subject(program, request);
    let there = alias(program, halves.there);
    Repair {
        tenancy: name(program, halves.home),
        statements: vec![
            format!("Define tenancy {there} as {}", ocid(program, halves.there)),
            format!("Endorse {subject} to {set} in tenancy {there}{}", clause(&tests)),
        ],
        purpose: "the missing Endorse, in a policy attached to the root".to_owned(),
    }
}

fn admit(program: &Program, request: &Request, target: &Target, halves: Halves, set: &str) -> Repair {
    let home = alias(program, halves.home);
    let mut statements = vec![format!("Define tenancy {home} as {}", ocid(program, halves.home))];
    let (mut subject, mut tests) = subject(program, request);
    if let Some((kind, own, id)) = group(program, request) {
        let remote = format!(
            "Remote{}",
            own.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_', "-")
        );
        statements.push(format!("Define {kind} {remote} as {id}"));
        subject = format!("{kind} {remote}");
        tests.clear();
    }
    tests.extend(of_target(program, request, target));
    statements.push(format!(
        "Admit {subject} of tenancy {home} to {set} in {}{}",
        place(program, target),
        clause(&tests)
    ));
    Repair {
        tenancy: name(program, halves.there),
        statements,
        purpose: "the missing Admit, in a policy attached to the root".to_owned(),
    }
}

/// A subject that the asker is, with the tests that narrow it.
fn subject(program: &Program, request: &Request) -> (String, Vec<String>) {
    let principal = &request.principal;
    if let Some((kind, name, _)) = group(program, request) {
        return (format!("{kind} {}", crate::format::name(&crate::syntax::Name::Literal(name))), Vec::new());
    }
    let text = |id| program.texts.get(id).or_else(|| request.texts.get(id)).unwrap_or_default();
    match principal.kind {
        PrincipalKind::Service => {
            (format!("service {}", principal.name.map(text).unwrap_or_default()), Vec::new())
        }
        PrincipalKind::User => {
            let id = principal_id(program, request);
            ("any-group".to_owned(), vec![format!("request.user.id = {}", quoted(&id))])
        }
        PrincipalKind::Instance | PrincipalKind::Resource => {
            let mut tests = vec![format!("request.principal.type = {}", quoted(text(principal.kind_text)))];
            if !matches!(principal.id, Known::Absent | Known::Unknown) {
                tests.push(format!("request.principal.id = {}", quoted(&principal_id(program, request))));
            }
            ("any-user".to_owned(), tests)
        }
        PrincipalKind::Workload => {
            let own = principal
                .variables
                .iter()
                .map(|&(name, value)| format!("{} = {}", text(name), quoted(text(value))));
            (
                "any-user".to_owned(),
                std::iter::once("request.principal.type = 'workload'".to_owned()).chain(own).collect(),
            )
        }
    }
}

/// A group the asker certainly is in: keyword, name, OCID.
fn group(program: &Program, request: &Request) -> Option<(&'static str, String, String)> {
    let model = program.tenancies();
    let principal = &request.principal;
    let of_users =
        principal.groups.iter().filter(|(_, member)| *member == Truth::True).find_map(|(id, _)| {
            let group = model.group(*id)?;
            Some(("group", group.name.clone()?, group.id.as_ref()?.to_string()))
        });
    let of_resources = || {
        principal.dynamic_groups.iter().filter(|(_, member)| *member == Truth::True).find_map(|(id, _)| {
            let group = model.dynamic_group(*id)?;
            Some(("dynamic-group", group.name.clone()?, group.id.as_ref()?.to_string()))
        })
    };
    of_users.or_else(of_resources)
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

/// The test that pins the target's own OCID.
fn of_target(program: &Program, request: &Request, target: &Target) -> Option<String> {
    let resource = program.tenancies().resource(target.resource?)?;
    let variable = format!("target.{}.id", resource.kind.to_ascii_lowercase());
    let text = |id| program.texts.get(id).or_else(|| request.texts.get(id));
    let applies = target.variables.iter().any(|&(name, _)| text(name) == Some(variable.as_str()));
    applies.then(|| format!("{variable} = {}", quoted(resource.id.as_str())))
}

fn place(program: &Program, target: &Target) -> String {
    let model = program.tenancies();
    let root = model.tenancy(target.tenancy).map(|tenancy| tenancy.root);
    if root == Some(target.compartment) {
        "tenancy".to_owned()
    } else {
        format!("compartment {}", model.path(target.compartment))
    }
}

fn clause(tests: &[String]) -> String {
    match tests {
        [] => String::new(),
        [only] => format!(" where {only}"),
        several => format!(" where all {{ {} }}", several.join(", ")),
    }
}

fn name(program: &Program, tenancy: TenancyId) -> String {
    program.tenancies().tenancy(tenancy).map_or_else(String::new, |tenancy| tenancy.name.clone())
}

/// The tenancy's name with only letters an alias may have.
fn alias(program: &Program, tenancy: TenancyId) -> String {
    name(program, tenancy).replace(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_', "-")
}

fn ocid(program: &Program, tenancy: TenancyId) -> String {
    let found = program.tenancies().tenancy(tenancy).and_then(|tenancy| tenancy.id.as_ref());
    found.map_or_else(|| "<tenancy OCID>".to_owned(), ToString::to_string)
}
