//! `lint/grant-key-export-sign`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::{Permission, TypeKind, Verb};
use crate::syntax::Subject;

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
    checks: [Check::Meaning(check)]
}

/// What encrypting and decrypting needs.
const ENOUGH: &str = "{KEY_READ, KEY_ENCRYPT, KEY_DECRYPT}";

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let Some((_, resource)) = meaning.verb().filter(|(verb, _)| verb.node == Verb::Use) else { return };
    let service = matches!(meaning.subject(), Some(Subject::Services(_)));
    let (Some(found), Some(action)) = (meaning.found(), meaning.statement().action()) else { return };
    let kind = found.resource_type.kind();
    if !meaning.gives() || service || kind == TypeKind::AllResources {
        return;
    }
    let granted = &meaning.granted().certain;
    let surplus: Vec<&str> = ["KEY_EXPORT", "KEY_SIGN"]
        .into_iter()
        .filter(|name| Permission::find(name).is_some_and(|permission| granted.contains(permission)))
        .collect();
    if surplus.is_empty() || asks_for_permission(meaning) {
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
fn asks_for_permission(meaning: &Meaning<'_>) -> bool {
    meaning.leaves.iter().any(|leaf| {
        let name = leaf.test.variable.node.as_str();
        ["request.permission", "request.operation"].iter().any(|known| known.eq_ignore_ascii_case(name))
    })
}
