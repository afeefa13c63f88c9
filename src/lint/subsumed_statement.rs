//! `lint/subsumed-statement`

use rustc_hash::FxHashMap;

use super::context::Context;
use super::findings::ProgramFindings;
use super::halves;
use crate::program::{PolicyId, Reach, Side, Statement, Subject};
use crate::syntax::Effect;

lint! {
    /// Flags a statement of a policy that grants nothing beyond another one of the same policy.
    ///
    /// # Why
    /// It counts against the limit of statements, and who deletes it to take a right away changes nothing. Only certain cases are
    /// reported: the same subjects or more, the same permissions or more, the same place or one above, no further condition.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to manage virtual-network-family in tenancy
    /// Allow group Pilots to read vcns in compartment hangar
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read virtual-network-family in tenancy
    /// Allow group Pilots to manage vcns in compartment hangar
    /// ```
    "lint/subsumed-statement", Warning, rejects: No, basis: "[D: PS, HPW] [I]",
    checks: [Check::Program(check)]
}

/// What two statements must have in common to be compared.
type Key = (PolicyId, Side, Subject);

/// With more statements for one subject than this, only the first are compared: policies have fifty at most.
const MOST: usize = 64;

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let mut by_subject: FxHashMap<Key, Vec<&Statement>> = FxHashMap::default();
    let all: Vec<&Statement> = context
        .program
        .statements()
        .map(|(_, statement)| statement)
        .filter(|statement| statement.effect == Effect::Allow && statement.association.is_none())
        .collect();
    for statement in &all {
        for subject in &statement.subjects {
            let known = by_subject.entry((statement.policy, statement.side, *subject)).or_default();
            if known.len() < MOST {
                known.push(statement);
            }
        }
    }
    for statement in &all {
        let Some(first) = statement.subjects.first() else { continue };
        let wider = [Some(*first), Some(Subject::AnyUser), any_group(*first)];
        let covering = wider.into_iter().flatten().find_map(|subject| {
            let known = by_subject.get(&(statement.policy, statement.side, subject))?;
            known.iter().find(|other| covers(context, other, statement))
        });
        if let Some(other) = covering {
            findings
                .report(
                    statement.place,
                    "another statement of this policy grants all of this",
                    "delete this one, or narrow the other",
                )
                .label(other.place, "the wider one");
        }
    }
}

const fn any_group(subject: Subject) -> Option<Subject> {
    match subject {
        Subject::Group(_) | Subject::DynamicGroup(_) => Some(Subject::AnyGroup),
        Subject::AnyUser | Subject::AnyGroup | Subject::Service(_) | Subject::Unsupported => None,
    }
}

/// Whether one statement certainly grants all that the other may grant. Of two that grant the same the first covers.
fn covers(context: &Context<'_>, wide: &Statement, narrow: &Statement) -> bool {
    // What costs least comes first.
    if wide.number == narrow.number || !place_covers(context, wide.reach, narrow.reach) {
        return false;
    }
    let sets = context.program.permission_sets();
    let (Some(given), Some(asked)) = (sets.get(wide.permissions), sets.get(narrow.permissions)) else {
        return false;
    };
    // What the narrow one perhaps grants, the wide one grants at least perhaps.
    let permissions = !asked.certain.is_empty()
        && asked.certain.is_subset(&given.certain)
        && asked.unknown.is_subset(&(given.certain | given.unknown));
    let who = narrow.subjects.iter().all(|subject| {
        wide.subjects.iter().any(|other| {
            subject == other || *other == Subject::AnyUser || any_group(*subject) == Some(*other)
        })
    });
    let same = wide.permissions == narrow.permissions
        && wide.reach == narrow.reach
        && wide.guard == narrow.guard
        && wide.subjects == narrow.subjects;
    // Equal ones are told by another lint.
    permissions && who && !same && halves::implies(context.program.guards(), narrow.guard, wide.guard)
}

fn place_covers(context: &Context<'_>, wide: Reach, narrow: Reach) -> bool {
    let model = context.program.tenancies();
    match (wide, narrow) {
        (Reach::Nowhere, _) | (_, Reach::Nowhere) => false,
        (Reach::AnyTenancy, _) => true,
        (Reach::Below(outer), Reach::Below(inner)) => model.ancestors(inner).any(|place| place == outer),
        (Reach::Tenancy(there), Reach::Below(inner)) => {
            model.compartment(inner).is_some_and(|place| place.tenancy == there)
        }
        (Reach::Tenancy(there), Reach::Tenancy(other) | Reach::NotModelled(other)) => there == other,
        (Reach::Below(_) | Reach::Tenancy(_) | Reach::NotModelled(_), _) => false,
    }
}
