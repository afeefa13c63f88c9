//! `lint/grant-group-membership`

use rustc_hash::FxHashMap;

use super::context::Context;
use super::findings::ProgramFindings;
use super::meaning::{Extent, Meaning};
use crate::catalog::{Permission, TypeKind};
use crate::program::{PolicyId, Statement, Subject};
use crate::source::Place;
use crate::tenancy::TenancyId;

lint! {
    /// Flags a subject that may change both users and groups in the tenancy, which is what adding somebody to a group needs.
    ///
    /// # Why
    /// Such a subject may add itself to any group, the Administrators included, unless a condition rules that group out in both
    /// statements. A condition on one name leaves every other powerful group within reach. The CIS benchmark asks for the condition
    /// (1.3).
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Helpdesk to use users in tenancy
    /// Allow group Helpdesk to use groups in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Helpdesk to use users in tenancy where target.group.name != 'Administrators'
    /// Allow group Helpdesk to use groups in tenancy where target.group.name != 'Administrators'
    /// ```
    "lint/grant-group-membership", Warning, risk: Critical, rejects: No, basis: "[D: IAMP, COM]",
    checks: [Check::Program(check)]
}

/// Whose rights, and in which tenancy. Two policies that name a group mean the same one.
type Holder = (TenancyId, Subject);

/// Where a holder was given each of the two permissions, the first time.
#[derive(Default)]
struct Given {
    users: Option<(Place, PolicyId)>,
    groups: Option<(Place, PolicyId)>,
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let (Some(users), Some(groups)) = (Permission::find("USER_UPDATE"), Permission::find("GROUP_UPDATE"))
    else {
        return;
    };
    let sets = context.program.permission_sets();
    let mut given: FxHashMap<Holder, Given> = FxHashMap::default();
    let mut order: Vec<Holder> = Vec::new();
    for (statement, written) in context.statements() {
        let Some(set) = sets.get(statement.permissions) else { continue };
        let (of_users, of_groups) = (set.certain.contains(users), set.certain.contains(groups));
        if !of_users && !of_groups {
            continue;
        }
        let meaning = Meaning::of(written.item);
        let everything =
            meaning.found().is_some_and(|found| found.resource_type.kind() == TypeKind::AllResources);
        if everything || !concerns(&meaning) {
            continue;
        }
        let place = action(statement, &meaning);
        for subject in &statement.subjects {
            let holder = (context.tenancy(statement), *subject);
            let entry = given.entry(holder).or_insert_with(|| {
                order.push(holder);
                Given::default()
            });
            if of_users && meaning.freely_grants(users) {
                entry.users.get_or_insert((place, statement.policy));
            }
            if of_groups && meaning.freely_grants(groups) {
                entry.groups.get_or_insert((place, statement.policy));
            }
        }
    }
    for holder in order {
        let Some(Given { users: Some((user, _)), groups: Some((group, _)) }) = given.get(&holder) else {
            continue;
        };
        let finding = findings.report(
            *group,
            "together with the right to change users, this lets its holder join any group",
            "add `where target.group.name != 'Administrators'` to both, and `inspect` without it for lists",
        );
        if user != group {
            finding.label(*user, "the right to change users");
        }
    }
}

fn concerns(meaning: &Meaning<'_>) -> bool {
    meaning.gives() && meaning.extent() == Extent::Tenancy && meaning.speaks_of_others_than_administrators()
}

fn action(statement: &Statement, meaning: &Meaning<'_>) -> Place {
    let span = meaning.statement().action().map_or(statement.place.span, |action| action.span);
    Place { source: statement.place.source, span }
}
