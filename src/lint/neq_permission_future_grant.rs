//! `lint/neq-permission-future-grant`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::TypeKind;
use crate::diagnostic::{Edit, Safety};
use crate::source::Span;
use crate::syntax::{Action, Effect, Statement};

lint! {
    /// Flags a condition that rules permissions out in place of naming those that are meant.
    ///
    /// # Why
    /// Every permission that Oracle adds to the type later is granted too, once the policy is saved again. A set of permissions,
    /// `{PERMISSION, …}`, grants what it names and no more.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Clerks to manage groups in tenancy where request.permission != 'GROUP_DELETE'
    /// ```
    /// ```policy clean
    /// Allow group Clerks to {GROUP_INSPECT, GROUP_CREATE} in tenancy
    /// ```
    "lint/neq-permission-future-grant", Info, rejects: No, basis: "[D: SPO]",
    checks: [Check::Meaning(check)]
}

/// More permissions than a person wants to read in one statement.
const MANY: usize = 12;

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let set = matches!(meaning.statement().action().map(|a| &a.node), Some(Action::Permissions(_)));
    if meaning.effect() != Some(Effect::Allow) || set {
        return;
    }
    let excludes = |leaf: &&super::meaning::Leaf<'_>| leaf.is("request.permission") && leaf.excludes_values();
    let Some(leaf) = meaning.leaves.iter().find(excludes) else { return };
    let finding = findings.report(
        leaf.span,
        "permissions that are added to this type later are granted too",
        "name the permissions that are meant: `to {PERMISSION, …}`",
    );
    let (Statement::Grant(grant), Some(found), true) =
        (meaning.statement(), meaning.found(), meaning.is_single_test())
    else {
        return;
    };
    let granted = meaning.granted();
    let kept: Vec<&str> = granted
        .certain
        .iter()
        .filter(|permission| !meaning.withholds(*permission))
        .map(|permission| permission.name())
        .collect();
    if found.resource_type.kind() == TypeKind::Individual && !kept.is_empty() && kept.len() <= MANY {
        let set = format!("{{{}}}", kept.join(", "));
        let clause = Span::new(grant.location.span.end, leaf.span.end);
        let edits = vec![
            Edit { span: grant.action.span, text: set.clone() },
            Edit { span: clause, text: String::new() },
        ];
        finding.fix(Safety::Unsafe, format!("grant `{set}`"), edits);
    }
}
