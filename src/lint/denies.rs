//! Denies that hold whatever the request is like, and what they leave of an allow.

use super::context::Context;
use crate::program::{GuardId, Reach, Side, Statement, Subject};
use crate::syntax::Effect;
use crate::tenancy::CompartmentId;

/// The statements that take rights away whatever the request is like.
pub(super) fn certain<'a>(context: &Context<'a>) -> Vec<&'a Statement> {
    let certain = |deny: &&Statement| {
        deny.effect == Effect::Deny && deny.side == Side::Own && deny.guard == GuardId::ALWAYS
    };
    context.program.statements().map(|(_, statement)| statement).filter(certain).collect()
}

/// The first of some denies that certainly takes away all that a statement gives.
pub(super) fn taking_all<'a>(
    context: &Context<'_>,
    denies: &[&'a Statement],
    statement: &Statement,
) -> Option<&'a Statement> {
    let sets = context.program.permission_sets();
    let given = sets.get(statement.permissions).filter(|given| !given.certain.is_empty())?;
    // What no page places may belong to any type: nothing could ever be said if it counted.
    denies.iter().copied().find(|deny| {
        reaches(context, deny.reach, statement.reach)
            && sets.get(deny.permissions).is_some_and(|taken| given.certain.is_subset(&taken.certain))
            && statement.subjects.iter().all(|subject| binds(context, deny, *subject))
    })
}

/// Whether a deny binds a subject: the default group of administrators is exempt from all of them.
fn binds(context: &Context<'_>, deny: &Statement, subject: Subject) -> bool {
    let exempt = |id| {
        context.program.tenancies().group(id).is_some_and(|group| {
            // Where nobody says which group is the default one, its name is what there is.
            group.default_administrators || group.name.as_deref() == Some("Administrators")
        })
    };
    let everybody = match subject {
        Subject::Group(id) if exempt(id) => return false,
        Subject::Group(_) | Subject::DynamicGroup(_) | Subject::AnyGroup => {
            [Subject::AnyUser, Subject::AnyGroup].as_slice()
        }
        Subject::AnyUser | Subject::Service(_) => &[Subject::AnyUser],
        Subject::Unsupported => return false,
    };
    deny.subjects.iter().any(|other| *other == subject || everybody.contains(other))
}

/// Whether one reach holds all of another of the same tenancy.
fn reaches(context: &Context<'_>, outer: Reach, inner: Reach) -> bool {
    match (place_of(context, outer), place_of(context, inner)) {
        (Some(outer), Some(inner)) => {
            context.program.tenancies().ancestors(inner).any(|ancestor| ancestor == outer)
        }
        _ => false,
    }
}

/// The compartment a reach begins at; `None` where it is not in the model.
pub(super) fn place_of(context: &Context<'_>, reach: Reach) -> Option<CompartmentId> {
    match reach {
        Reach::Below(place) => Some(place),
        Reach::Tenancy(tenancy) => Some(context.program.tenancies().root(tenancy)),
        Reach::AnyTenancy | Reach::NotModelled(_) | Reach::Nowhere => None,
    }
}
