//! `lint/list-not-covered-by-target-condition`

use super::findings::Findings;
use crate::caseless;
use crate::catalog::{Operation, OperationKind, PermissionSet, ResourceType, TypeKind, Variable};
use crate::program::Pattern;
use crate::source::{Span, Spanned};
use crate::syntax::{Action, Condition, Effect, Item, Location, Operand, Policy, Predicate, Statement, Test};

lint! {
    /// Flags a condition on one target (`target.key.id`, `target.bucket.name`, a tag of the target) in a statement whose
    /// verb also grants listing.
    ///
    /// # Why
    /// An operation that lists names no single target, so that the variable is absent and the condition is false: the
    /// statement never lets anybody list. That is often fine, but not what its verb makes one believe. Where the condition
    /// leaves listing out by its permissions or operations, or another statement of the policy grants it to the same
    /// subject, it is what was meant.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to use keys in tenancy where target.key.id = 'ocid1.key.oc1.iad.bbsafe.abkey'
    /// ```
    /// ```policy clean
    /// Allow group Pilots to {KEY_ENCRYPT, KEY_DECRYPT} in tenancy where target.key.id = 'ocid1.key.oc1.iad.bbsafe.abkey'
    /// Allow group Pilots to use keys in tenancy where request.region = 'iad'
    /// Allow group Pilots to use keys in tenancy where all { target.key.id = 'ocid1.key.oc1.iad.bbsafe.abkey', request.permission = 'KEY_DECRYPT' }
    /// Allow group Crew to use keys in tenancy where target.key.id = 'ocid1.key.oc1.iad.bbsafe.abkey'
    /// Allow group Crew to inspect keys in tenancy
    /// ```
    "lint/list-not-covered-by-target-condition", Info, rejects: No, basis: "[D: CON, IAMP] [I]",
    checks: [Check::Beside(check)]
}

/// How many statements of a policy are looked through. The service takes 50; a file that claims to hold more in one
/// policy must not cost the square of its length.
const LONGEST: usize = 100;

fn check(item: &Item, policy: &Policy, findings: &mut Findings<'_>) {
    if item.statement.effect() != Some(Effect::Allow) {
        return;
    }
    let (Some(action), Some(condition)) = (item.statement.action(), item.statement.condition()) else {
        return;
    };
    if !condition.tests().iter().any(|test| names_target(&test.node.variable.node)) {
        return;
    }
    let mut denied: Vec<&str> = Vec::new();
    let mut culprit: Option<(Span, String)> = None;
    for (operation, resource_type) in listings(&action.node) {
        if let Some((span, variable)) = blocks(condition, operation, resource_type)
            && !excludes(&condition.node, operation)
            && !policy.items.iter().take(LONGEST).any(|other| covers(other, item, operation))
        {
            denied.push(operation.name());
            culprit.get_or_insert((span, variable));
        }
    }
    let Some((span, variable)) = culprit else { return };
    denied.sort_unstable();
    denied.dedup();
    let names: Vec<String> = denied.iter().take(3).map(|name| format!("`{name}`")).collect();
    let more = denied.len() - names.len();
    let stays = match (names.len(), more) {
        (1, 0) => " stays".to_owned(),
        (_, 0) => " stay".to_owned(),
        (_, more) => format!(" and {more} more stay"),
    };
    findings.report(
        span,
        format!("{}{stays} denied: without a single target there is no `{variable}`", names.join(", ")),
        "add a statement with the verb `inspect` and without this condition if listing is meant",
    );
}

/// The operations that list and that an action grants, each with the type it lists.
fn listings(action: &Action) -> Vec<(Operation, ResourceType)> {
    let (granted, types): (PermissionSet, &[ResourceType]) = match action {
        Action::Verb { verb, resource } => {
            let Some(found) = ResourceType::find(resource.node.as_str()) else { return Vec::new() };
            // Of everything there is, nearly everything has no such target.
            if found.resource_type.kind() == TypeKind::AllResources {
                return Vec::new();
            }
            (found.resource_type.granted(verb.node).certain, found.resource_type.types())
        }
        Action::Permissions(names) => {
            let known = names.iter().filter_map(|name| crate::catalog::Permission::find(name.node.as_str()));
            (known.collect(), &[])
        }
        Action::Opaque(_) => return Vec::new(),
    };
    let mut found = Vec::new();
    for operation in granted.iter().flat_map(|permission| permission.operations()).copied() {
        let needs = operation.requirement().permissions().unwrap_or_default();
        let lists = operation.kind() == OperationKind::List
            && !needs.is_empty()
            && needs.iter().all(|permission| granted.contains(*permission));
        let listed =
            operation.resource_types().iter().find(|known| types.is_empty() || types.contains(known));
        if let Some(listed) = listed.filter(|_| lists) {
            found.push((operation, *listed));
        }
    }
    found
}

/// The variable without which a condition is false for an operation that lists, however else it might hold.
fn blocks(
    condition: &Spanned<Condition>,
    operation: Operation,
    resource_type: ResourceType,
) -> Option<(Span, String)> {
    match &condition.node {
        Condition::All(members) => members.iter().find_map(|member| blocks(member, operation, resource_type)),
        Condition::Any(members) => {
            let mut blocked = members.iter().map(|member| blocks(member, operation, resource_type));
            let first = blocked.next().flatten()?;
            blocked.all(|member| member.is_some()).then_some(first)
        }
        Condition::Test(test) => {
            let variable = absent(test, operation, resource_type)?;
            Some((condition.span, variable.to_owned()))
        }
        Condition::Opaque(_) => None,
    }
}

/// Whether a condition leaves an operation out by name: by its permissions, or by itself.
fn excludes(condition: &Condition, operation: Operation) -> bool {
    match condition {
        Condition::All(members) => members.iter().any(|member| excludes(&member.node, operation)),
        Condition::Any(members) => members.iter().all(|member| excludes(&member.node, operation)),
        Condition::Test(test) => {
            let variable = test.variable.node.as_str();
            if variable.eq_ignore_ascii_case("request.permission") {
                let needed = operation.requirement().permissions().unwrap_or_default();
                needed.iter().all(|permission| is_excluded(&test.predicate, permission.name()))
            } else {
                variable.eq_ignore_ascii_case("request.operation")
                    && is_excluded(&test.predicate, operation.name())
            }
        }
        Condition::Opaque(_) => false,
    }
}

/// Whether a name is certainly not among those a predicate holds for.
fn is_excluded(predicate: &Predicate, name: &str) -> bool {
    // `None` where nobody knows.
    let is = |operand: &Spanned<Operand>| match &operand.node {
        Operand::Text(text) => Some(caseless::equal(text, name)),
        Operand::Pattern(pattern) => Some(Pattern::new(pattern).matches(name)),
        Operand::Variable(_) | Operand::Opaque(_) => None,
    };
    match predicate {
        Predicate::Equal(operand) => is(operand) == Some(false),
        Predicate::NotEqual(operand) => is(operand) == Some(true),
        Predicate::In(operands) => operands.iter().all(|operand| is(operand) == Some(false)),
        Predicate::NotIn(operands) => operands.iter().any(|operand| is(operand) == Some(true)),
        Predicate::Before(_)
        | Predicate::After(_)
        | Predicate::Between { .. }
        | Predicate::Present
        | Predicate::Absent
        | Predicate::SetsEqual(_)
        | Predicate::SetsIntersect(_) => false,
    }
}

/// Whether another statement lets the same subject list, there or in the whole tenancy.
fn covers(other: &Item, item: &Item, operation: Operation) -> bool {
    let (Statement::Grant(grant), Statement::Grant(narrow)) = (&other.statement, &item.statement) else {
        return false;
    };
    other.span != item.span
        && grant.effect.node == Effect::Allow
        && grant.subject == narrow.subject
        && (grant.location == narrow.location || grant.location.node == Location::Tenancy)
        && listings(&grant.action.node).into_iter().any(|(listed, resource_type)| {
            listed == operation
                && grant.condition.as_ref().is_none_or(|condition| {
                    blocks(condition, operation, resource_type).is_none()
                        && !excludes(&condition.node, operation)
                })
        })
}

/// The variable of a test that does not exist when an operation lists a type.
fn absent(test: &Test, operation: Operation, resource_type: ResourceType) -> Option<&str> {
    if test.predicate == Predicate::Absent {
        return None;
    }
    let right = test.predicate.operands().into_iter().filter_map(|operand| match &operand.node {
        Operand::Variable(name) => Some(name.as_str()),
        Operand::Text(_) | Operand::Pattern(_) | Operand::Opaque(_) => None,
    });
    let mut names = std::iter::once(test.variable.node.as_str()).chain(right);
    names.find(|name| names_target(name) && is_absent(name, operation, resource_type))
}

/// Whether a variable is about the target itself, not about its compartment or tenancy.
fn names_target(name: &str) -> bool {
    let folded = name.to_ascii_lowercase();
    let general = ["target.compartment.", "target.tenant.", "target.resource.compartment."];
    folded.starts_with("target.") && !general.iter().any(|prefix| folded.starts_with(prefix))
}

fn is_absent(name: &str, operation: Operation, resource_type: ResourceType) -> bool {
    let folded = name.to_ascii_lowercase();
    if folded.starts_with("target.resource.tag.") {
        return true;
    }
    // `target.key.…` while `ListKeys` is asked for; `ListKeyVersions` names a key.
    let listed = resource_type.name().replace('-', "");
    let kind = folded.split('.').nth(1).unwrap_or_default().replace('-', "");
    let lists_all = operation.name().to_ascii_lowercase() == format!("list{listed}");
    if lists_all && kind == listed.trim_end_matches('s') {
        return true;
    }
    let of_service = |found: &crate::catalog::VariableMatch<'_>| {
        found.variable.services().any(|service| service == operation.service())
    };
    Variable::find(name)
        .filter(of_service)
        .is_some_and(|found| !found.variable.applies_to(operation, resource_type))
}
