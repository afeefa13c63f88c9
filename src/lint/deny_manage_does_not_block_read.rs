//! `lint/deny-manage-does-not-block-read`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::Verb;
use crate::syntax::Effect;

lint! {
    /// Flags `deny … to manage TYPE`, which leaves everything that lower verbs give.
    ///
    /// # Why
    /// A deny removes what its verb adds and what higher ones add. `inspect` denies everything, `manage` only what `manage` adds.
    ///
    /// # Examples
    /// ```policy flagged
    /// Deny group Guests to manage buckets in tenancy
    /// ```
    /// ```policy clean
    /// Deny group Guests to inspect buckets in tenancy
    /// ```
    "lint/deny-manage-does-not-block-read", Warning, rejects: No, basis: "[D: DENY]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let (Some((verb, resource)), Some(found)) = (meaning.verb(), meaning.found()) else { return };
    if meaning.effect() != Some(Effect::Deny) || verb.node != Verb::Manage {
        return;
    }
    let denied = meaning.granted();
    let left = found.resource_type.granted(Verb::Manage).certain - denied.certain;
    let chosen = meaning.leaves.iter().any(|leaf| leaf.is("request.permission"));
    if left.is_empty() || denied.certain.is_empty() || chosen {
        return;
    }
    let names: Vec<&str> = left.iter().take(4).map(|permission| permission.name()).collect();
    let more = left.len() - names.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let finding = findings
        .report(
            verb.span,
            format!("this leaves {}{more} to those who have them", names.join(", ")),
            format!("write `inspect {}` if nothing is to be left", resource.node.as_str()),
        )
        .suggest("deny from `inspect` on", verb.span, "inspect");
    // Who writes a condition has one kind of change in mind.
    if meaning.statement().condition().is_some() {
        finding.as_info();
    }
}
