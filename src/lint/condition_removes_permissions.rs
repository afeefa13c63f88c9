//! `lint/condition-removes-permissions`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::{OperationKind, Permission};
use crate::syntax::Effect;

lint! {
    /// Says which permissions a condition takes away whatever its values, because its variable does not exist for them.
    ///
    /// # Why
    /// A test of a variable that does not apply is false, also with `!=`. `manage users where target.group.name != 'X'` lets
    /// nobody create a user: no group is involved there. Permissions to list are told by another finding.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Helpdesk to manage users in tenancy where target.group.name != 'Administrators'
    /// ```
    /// ```policy clean
    /// Allow group Bakers to {BUCKET_READ} in compartment shelf where target.bucket.name = 'dough'
    /// ```
    "lint/condition-removes-permissions", Info, rejects: No, basis: "[D: CON] [I]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if meaning.effect() != Some(Effect::Allow) {
        return;
    }
    let dead = meaning.dead();
    if dead.is_empty() || dead.len() == meaning.granted().certain.len() {
        return;
    }
    let acts = |permission: &&Permission| {
        let operations = permission.operations();
        !meaning.withholds(**permission)
            && operations.iter().any(|operation| operation.kind() != OperationKind::List)
    };
    let lost: Vec<Permission> = dead.iter().filter(acts).copied().collect();
    let absent = |leaf: &&super::meaning::Leaf<'_>| {
        lost.iter().all(|each| leaf.is_absent_for(*each, meaning.resource_type()))
    };
    let Some(leaf) = meaning.leaves.iter().find(absent).filter(|_| !lost.is_empty()) else { return };
    let shown: Vec<&str> = lost.iter().take(4).map(|permission| permission.name()).collect();
    let more = lost.len() - shown.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    findings.report(
        leaf.span,
        format!("this condition takes {}{more} away: they have no `{}`", shown.join(", "), leaf.name()),
        "grant what is meant of them in a statement without this condition",
    );
}
