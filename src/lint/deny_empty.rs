//! `lint/deny-empty`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::Verb;
use crate::syntax::Effect;

lint! {
    /// Flags a deny that removes nothing, because its type has no permission at the verb or above.
    ///
    /// # Why
    /// A deny removes what its verb adds and what higher ones add. Secret bundles have nothing above `read`.
    ///
    /// # Examples
    /// ```policy flagged
    /// Deny group Guests to manage secret-bundles in tenancy
    /// ```
    /// ```policy clean
    /// Deny group Guests to read secret-bundles in tenancy
    /// ```
    "lint/deny-empty", Warning, rejects: No, basis: "[D: DENY]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let (Some((verb, resource)), Some(found)) = (meaning.verb(), meaning.found()) else { return };
    if meaning.effect() != Some(Effect::Deny) {
        return;
    }
    let denied = meaning.granted();
    if !denied.certain.is_empty() || !denied.unknown.is_empty() {
        return;
    }
    let message = format!("`deny … to {} {}` removes nothing", verb.node, resource.node.as_str());
    let removes = |verb: &Verb| !found.resource_type.denied(*verb).certain.is_empty();
    match Verb::ALL.into_iter().rev().find(removes) {
        Some(highest) => {
            findings
                .report(verb.span, message, format!("the highest verb that removes anything is `{highest}`"))
                .suggest(format!("write `{highest}`"), verb.span, highest.as_str());
        }
        None => {
            findings.report(verb.span, message, "name the permissions: `{PERMISSION, …}`");
        }
    }
}
