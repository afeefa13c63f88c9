//! `lint/operation-not-covered`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::{Operation, Permission, ResourceType, TypeKind};
use crate::syntax::Effect;

lint! {
    /// Flags a test for an operation none of whose permissions the verb and type grant.
    ///
    /// # Why
    /// The condition only picks among what the statement grants: nobody can call the operation by it.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Bakers to read buckets in compartment shelf where request.operation = 'DeleteBucket'
    /// ```
    /// ```policy clean
    /// Allow group Bakers to read buckets in compartment shelf where request.operation = 'GetBucket'
    /// ```
    "lint/operation-not-covered", Warning, rejects: No, basis: "[D: SPO] [I]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if meaning.effect() != Some(Effect::Allow) || meaning.statement().action().is_none() {
        return;
    }
    for leaf in meaning.leaves.iter().filter(|leaf| leaf.is("request.operation") && leaf.asks_for_values()) {
        for (text, span) in leaf.texts() {
            let operations = Operation::find(text);
            let needed: Option<Vec<Vec<Permission>>> = operations.iter().map(|each| needs(*each)).collect();
            let Some(needed) = needed.filter(|needed| !needed.is_empty()) else { continue };
            let granted = meaning.granted();
            if needed.iter().flatten().any(|permission| granted.holds(*permission) != Some(false)) {
                continue;
            }
            let names: Vec<&str> = needed.iter().flatten().map(|permission| permission.name()).collect();
            let Some(help) = help(meaning.found().map(|found| found.resource_type), &needed) else {
                continue;
            };
            findings.report(
                span,
                format!("the statement grants nothing that `{text}` needs: {}", listed(&names)),
                help,
            );
        }
    }
}

/// Every permission that an operation may need; `None` where that is not known or it needs none.
pub(super) fn needs(operation: Operation) -> Option<Vec<Permission>> {
    let requirement = operation.requirement();
    let mut needed: Vec<Permission> = requirement.permissions()?.to_vec();
    needed.extend(requirement.one_of().flatten());
    for case in requirement.conditional().chain(requirement.variants()) {
        needed.extend(case.permissions());
        needed.extend(case.one_of().flatten());
    }
    needed.dedup();
    (!needed.is_empty()).then_some(needed)
}

fn help(own: Option<ResourceType>, needed: &[Vec<Permission>]) -> Option<String> {
    let own = own.filter(|own| own.kind() != TypeKind::AllResources);
    let raised = own.and_then(|own| {
        let level = needed.iter().flatten().find_map(|permission| own.level(*permission))?;
        Some(format!("write `{level} {own}`"))
    });
    raised.or_else(|| {
        let row = needed.iter().flatten().find_map(|permission| permission.granted_by().first())?;
        Some(format!("`{row}` has what it needs"))
    })
}

fn listed(names: &[&str]) -> String {
    let mut names = names.to_vec();
    names.sort_unstable();
    names.dedup();
    let more = names.len().saturating_sub(3);
    let shown = names.into_iter().take(3).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}
