//! `lint/compartment-condition-not-hierarchical`

use super::findings::Findings;
use super::meaning::{Extent, Meaning};
use crate::syntax::Effect;

lint! {
    /// Flags `target.compartment.id` and `target.compartment.name` in a statement about the whole tenancy.
    ///
    /// # Why
    /// The variable is the compartment that the resource is in, directly: what lies in compartments inside that one is left out. A
    /// location covers them too. A tag on the compartment does as well: `target.resource.compartment.tag.…`.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read buckets in tenancy where target.compartment.name = 'hangar'
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read buckets in compartment hangar
    /// ```
    "lint/compartment-condition-not-hierarchical", Warning, rejects: No, basis: "[D: GV] [I]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if meaning.extent() != Extent::Tenancy || meaning.effect() != Some(Effect::Allow) {
        return;
    }
    for leaf in &meaning.leaves {
        let about = leaf.is("target.compartment.id") || leaf.is("target.compartment.name");
        let Some((text, _)) = leaf.texts().next().filter(|_| about && leaf.asks_for_values()) else {
            continue;
        };
        let id = if leaf.is("target.compartment.id") { "id " } else { "" };
        findings.report(
            leaf.span,
            "only what lies directly in that compartment is meant, nothing in compartments inside it",
            format!("write `in compartment {id}{text}` if those are meant too"),
        );
    }
}
