//! `lint/any-user-scope-wider-than-described`

use super::findings::Findings;
use crate::source::{Span, Spanned};
use crate::syntax::{Condition, Effect, Item, Operand, Predicate, Subject, Test};

lint! {
    /// Flags `any-user` and `any-group` that are narrowed by `request.principal.type = 'TYPE'` alone.
    ///
    /// # Why
    /// The condition lets in every resource of that type in the whole tenancy, not "the clusters in this compartment": the
    /// location of the statement says where the *target* is, not where the caller is. People and services have no
    /// compartment of their own; the types `user` and `service` are left alone.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow any-user to use keys in compartment safe where all { request.principal.type = 'cluster', target.key.id = 'ocid1.key.oc1.iad.bbsafe.abkey' }
    /// ```
    /// ```policy flagged
    /// Define tenancy Vault as ocid1.tenancy.oc1..vault
    /// Endorse any-user to use keys in tenancy Vault where request.principal.type = 'cluster'
    /// ```
    /// ```policy clean
    /// Allow any-user to use keys in compartment safe where all { request.principal.type = 'cluster', request.principal.compartment.id = 'ocid1.compartment.oc1..hangar' }
    /// Allow any-user to use keys in compartment safe where all { request.principal.type = 'cluster', request.principal.id = 'ocid1.cluster.oc1.iad.one' }
    /// Allow any-user to use keys in compartment safe where all { request.principal.type = 'workload', request.principal.namespace = 'pay' }
    /// ```
    "lint/any-user-scope-wider-than-described", Warning, risk: Medium, rejects: No, basis: "[D: PS] [E: OKEE] [I]",
    checks: [Check::Statement(check)]
}

fn check(item: &Item, findings: &mut Findings<'_>) {
    let everybody = item
        .statement
        .subject()
        .is_some_and(|subject| matches!(subject.node, Subject::AnyUser | Subject::AnyGroup));
    if !everybody || item.statement.effect() != Some(Effect::Allow) {
        return;
    }
    let Some((kind, span)) = item.statement.condition().and_then(type_alone) else { return };
    findings.report(
        span,
        format!("this lets in every {kind} of the tenancy, in whatever compartment"),
        "add `request.principal.compartment.id = 'OCID'` or `request.principal.id = 'OCID'` in `all { … }`",
    );
}

/// The principal type that is all a condition asks of the caller, in one of the ways it can hold.
fn type_alone(condition: &Spanned<Condition>) -> Option<(String, Span)> {
    match &condition.node {
        Condition::All(members) => {
            if members.iter().any(|member| pins_caller(&member.node)) {
                return None;
            }
            members.iter().find_map(type_alone)
        }
        Condition::Any(members) => members.iter().find_map(type_alone),
        Condition::Test(test) => principal_type(test).map(|kind| (kind, condition.span)),
        Condition::Opaque(_) => None,
    }
}

/// The type a test asks for; `None` for those that have no compartment of their own.
fn principal_type(test: &Test) -> Option<String> {
    if !test.variable.node.eq_ignore_ascii_case("request.principal.type") {
        return None;
    }
    let values = match &test.predicate {
        Predicate::Equal(value) => std::slice::from_ref(value),
        Predicate::In(values) => values,
        Predicate::NotEqual(_)
        | Predicate::NotIn(_)
        | Predicate::Before(_)
        | Predicate::After(_)
        | Predicate::Between { .. }
        | Predicate::Present
        | Predicate::Absent
        | Predicate::SetsEqual(_)
        | Predicate::SetsIntersect(_) => return None,
    };
    values.iter().find_map(|value| match &value.node {
        Operand::Text(kind) if !matches!(kind.to_ascii_lowercase().as_str(), "user" | "service") => {
            Some(format!("`{kind}`"))
        }
        Operand::Text(_) | Operand::Pattern(_) | Operand::Variable(_) | Operand::Opaque(_) => None,
    })
}

/// Whether a condition says who calls, whichever way it holds.
fn pins_caller(condition: &Condition) -> bool {
    match condition {
        Condition::All(members) => members.iter().any(|member| pins_caller(&member.node)),
        Condition::Any(members) => members.iter().all(|member| pins_caller(&member.node)),
        Condition::Test(test) => {
            let positive = matches!(
                test.predicate,
                Predicate::Equal(_)
                    | Predicate::In(_)
                    | Predicate::SetsEqual(_)
                    | Predicate::SetsIntersect(_)
            );
            let variables = test.predicate.operands().into_iter().filter_map(|operand| match &operand.node {
                Operand::Variable(name) => Some(name.as_str()),
                Operand::Text(_) | Operand::Pattern(_) | Operand::Opaque(_) => None,
            });
            positive && std::iter::once(test.variable.node.as_str()).chain(variables).any(is_of_caller)
        }
        Condition::Opaque(_) => true,
    }
}

/// Whether a variable tells one caller of a type from another.
fn is_of_caller(variable: &str) -> bool {
    const OF_CALLER: [&str; 8] = [
        "request.principal.",
        "request.resource.",
        "request.instance.",
        "request.user.",
        "request.groups.",
        "request.dynamicgroup.",
        "request.service.",
        "request.networksource.",
    ];
    let folded = variable.to_ascii_lowercase();
    folded != "request.principal.type" && OF_CALLER.iter().any(|prefix| folded.starts_with(prefix))
}
