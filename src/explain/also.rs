//! What a suggested statement would allow beyond the request, in few words.

use crate::catalog::{Operation, Permission, PermissionSet};
use crate::generate::compose::{Party, Whom};
use crate::program::Program;
use crate::request::{self, Request, Target};
use crate::syntax::Condition;
use crate::tenancy::{Resource, UserId};
use crate::truth::Truth;

/// How many names are printed before the rest is counted.
const SHOWN: usize = 4;

/// Other principals, other operations and other resources that the same statement would reach; empty where it is exactly
/// the request.
pub(super) fn also(
    program: &Program,
    request: &Request,
    party: &Party,
    permissions: &[Permission],
    target: &Target,
    pins: &[Condition],
) -> Vec<String> {
    [
        who(program, request, party),
        what(request, program, permissions, pins),
        place(program, target, !pins.is_empty()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn who<'p>(program: &'p Program, request: &Request, party: &Party) -> Option<String> {
    let model = program.tenancies();
    match &party.whom {
        Whom::Groups(groups) => {
            let group = model.group(*groups.first()?)?;
            let others = group.members.iter().filter(|&&member| Some(member) != request.principal.user);
            let name = |user: &UserId| model.user(*user).map(|user| user.name.as_str());
            listed(&others.filter_map(name).collect::<Vec<_>>(), "for the other members of the group")
        }
        Whom::DynamicGroups(groups) => {
            let id = *groups.first()?;
            let others = model.resources().filter(|(other, _)| {
                let own = Some(*other) == request.principal.resource;
                let of = program.memberships.of_resource(*other);
                !own && of.iter().any(|(group, member)| *group == id && *member == Truth::True)
            });
            let name =
                |(_, found): (_, &'p Resource)| found.name.as_deref().unwrap_or_else(|| found.id.as_str());
            listed(&others.map(name).collect::<Vec<_>>(), "for the other members of the dynamic group")
        }
        // What has no OCID yet is known by its kind only.
        Whom::AnyUser | Whom::AnyGroup if party.tests.len() == 1 => {
            let user = request.principal.user.is_some();
            (!user).then(|| "for everything of the same kind".to_owned())
        }
        Whom::AnyUser | Whom::AnyGroup | Whom::Services(_) => None,
    }
}

/// Other operations for which the same permissions are enough.
fn what(
    request: &Request,
    program: &Program,
    permissions: &[Permission],
    pins: &[Condition],
) -> Option<String> {
    let given: PermissionSet = permissions.iter().copied().collect();
    let asked = request.operation.and_then(|id| program.texts.get(id).or_else(|| request.texts.get(id)));
    let enough = |operation: &Operation| {
        let needed = operation.requirement();
        let plain = needed.one_of().len() == 0 && needed.variants().len() == 0;
        let all = needed
            .permissions()
            .is_some_and(|all| !all.is_empty() && all.iter().all(|&permission| given.contains(permission)));
        plain
            && all
            && pins.iter().all(|pin| names(*operation, pin))
            && asked.is_none_or(|asked| !asked.eq_ignore_ascii_case(operation.name()))
    };
    let mut names: Vec<&str> = permissions
        .iter()
        .flat_map(|permission| permission.operations())
        .filter(|operation| enough(operation))
        .map(|operation| operation.name())
        .collect();
    names.sort_unstable();
    names.dedup();
    listed(&names, "for the operations")
}

/// Whether an operation names what a pin asks for: listing or creating keys names no key, and only some that concern users
/// name a group.
fn names(operation: Operation, pin: &Condition) -> bool {
    let Condition::Test(test) = pin else { return true };
    let mut parts = test.variable.node.split('.');
    let (_, Some(segment)) = (parts.next(), parts.next()) else { return true };
    let person = matches!(segment, "user" | "group");
    !request::names_none_of(operation, segment) && (!person || request::concerns(operation, segment))
}

fn place(program: &Program, target: &Target, pinned: bool) -> Option<String> {
    if pinned {
        return None;
    }
    let (start, end) = program.world.range(target.compartment);
    let name = program.tenancies().path(target.compartment);
    // The first of the compartments is the target's own.
    Some(match end.saturating_sub(start + 1) {
        0 => format!("on everything of its type in `{name}`"),
        1 => format!("on everything of its type in `{name}` and the compartment below it"),
        several => format!("on everything of its type in `{name}` and the {several} compartments below it"),
    })
}

fn listed(names: &[&str], what: &str) -> Option<String> {
    let shown = names.get(..SHOWN).unwrap_or(names).join(", ");
    match names.len().saturating_sub(SHOWN) {
        _ if names.is_empty() => None,
        0 => Some(format!("{what}: {shown}")),
        rest => Some(format!("{what}: {shown} and {rest} more")),
    }
}
