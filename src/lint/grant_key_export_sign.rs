//! `lint/grant-key-export-sign`

use super::findings::Findings;
use crate::catalog::{Permission, ResourceType, TypeKind, Verb};
use crate::syntax::{Action, Effect, Item, Statement, Subject};

lint! {
    /// Flags `use keys`, and `use` on a family with keys in it, in Allow and Admit.
    ///
    /// # Why
    /// The verb carries KEY_EXPORT and KEY_SIGN besides encrypting and decrypting: whoever holds it may take the key
    /// material out, where the key's protection allows that, and sign with it. An Endorse is bounded by its Admit and not
    /// flagged; neither is a service, for which `use keys` is the documented statement, nor a statement whose condition
    /// asks for permissions or operations.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow dynamic-group Robots to use keys in compartment safe
    /// ```
    /// ```policy clean
    /// Allow dynamic-group Robots to {KEY_READ, KEY_ENCRYPT, KEY_DECRYPT} in compartment safe
    /// Allow group Crew to use key-delegate in compartment safe
    /// Allow service blockstorage to use keys in compartment safe
    /// Allow dynamic-group Robots to use keys in compartment safe where request.permission = 'KEY_DECRYPT'
    /// ```
    "lint/grant-key-export-sign", Info, risk: Medium, rejects: No, basis: "[D: KEY, COM]",
    checks: [Check::Statement(check)]
}

/// What encrypting and decrypting needs.
const ENOUGH: &str = "{KEY_READ, KEY_ENCRYPT, KEY_DECRYPT}";

fn check(item: &Item, findings: &mut Findings<'_>) {
    let service =
        item.statement.subject().is_some_and(|subject| matches!(subject.node, Subject::Services(_)));
    let grants = !service
        && match &item.statement {
            Statement::Grant(grant) => grant.effect.node == Effect::Allow,
            Statement::Admit(admit) => admit.effect == Effect::Allow,
            Statement::Endorse(_) | Statement::Define(_) | Statement::Comment(_) | Statement::Broken => false,
        };
    let Some(action) = item.statement.action().filter(|_| grants) else { return };
    let Action::Verb { verb, resource } = &action.node else { return };
    let Some(found) = ResourceType::find(resource.node.as_str()) else { return };
    let kind = found.resource_type.kind();
    if verb.node != Verb::Use || kind == TypeKind::AllResources || asks_for_permission(item) {
        return;
    }
    let granted = found.resource_type.granted(verb.node).certain;
    let surplus: Vec<&str> = ["KEY_EXPORT", "KEY_SIGN"]
        .into_iter()
        .filter(|name| Permission::find(name).is_some_and(|permission| granted.contains(permission)))
        .collect();
    if surplus.is_empty() {
        return;
    }
    let message =
        format!("`use {resource}` also grants {}", surplus.join(" and "), resource = resource.node.as_str());
    let finding = findings.report(
        action.span,
        message,
        format!("for encrypting and decrypting write `{ENOUGH}`; for a service that uses the key, `use key-delegate`"),
    );
    if kind == TypeKind::Individual {
        finding.suggest(format!("write `{ENOUGH}`"), action.span, ENOUGH);
    }
}

/// Whether the condition already says which permissions or operations are meant.
fn asks_for_permission(item: &Item) -> bool {
    let tests = item.statement.condition().map(|condition| condition.tests()).unwrap_or_default();
    tests.iter().any(|test| {
        let name = test.node.variable.node.as_str();
        ["request.permission", "request.operation"].iter().any(|known| known.eq_ignore_ascii_case(name))
    })
}
