//! `lint/verb-grants-nothing`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::syntax::Effect;

lint! {
    /// Flags a verb that is below the first row of its type, so that the statement grants nothing.
    ///
    /// # Why
    /// Not every type has a row for every verb: `key-delegate` begins at `use`.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Bakers to read key-delegate in compartment safe
    /// ```
    /// ```policy clean
    /// Allow group Bakers to use key-delegate in compartment safe
    /// ```
    "lint/verb-grants-nothing", Warning, rejects: No, basis: "[D: KEY]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let (Some((verb, resource)), Some(found)) = (meaning.verb(), meaning.found()) else { return };
    if meaning.effect() != Some(Effect::Allow) || !found.resource_type.grants_nothing(verb.node) {
        return;
    }
    let message = format!("`{} {}` grants nothing", verb.node, resource.node.as_str());
    match found.resource_type.lowest_verb() {
        Some(lowest) => {
            findings
                .report(verb.span, message, format!("the first verb that grants anything here is `{lowest}`"))
                .suggest(format!("write `{lowest}`"), verb.span, lowest.as_str());
        }
        None => {
            findings.report(verb.span, message, "no verb does: name the permissions, `{PERMISSION, …}`");
        }
    }
}
