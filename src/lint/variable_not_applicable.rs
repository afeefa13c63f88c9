//! `lint/variable-not-applicable`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::{ResourceType, Service};
use crate::syntax::Effect;

lint! {
    /// Flags a condition on a variable that exists for nothing the statement grants.
    ///
    /// # Why
    /// A test of a variable that does not apply is false, also with `!=`: the statement grants nothing. Where the variable belongs
    /// to another type of the same service it is a remark: examples of Oracle go beyond the tables there.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Bakers to manage vcns in tenancy where target.bucket.name = 'dough'
    /// ```
    /// ```policy clean
    /// Allow group Bakers to manage buckets in compartment shelf where target.bucket.name = 'dough'
    /// ```
    "lint/variable-not-applicable", Error, rejects: No, basis: "[D: CON] [I]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if meaning.effect() != Some(Effect::Allow) || !meaning.is_known_completely() {
        return;
    }
    let dead = meaning.dead();
    if dead.is_empty() || dead.len() != meaning.granted().certain.len() {
        return;
    }
    let absent = |leaf: &&super::meaning::Leaf<'_>| {
        dead.iter().all(|each| leaf.is_absent_for(*each, meaning.resource_type()))
    };
    if let Some(leaf) = meaning.leaves.iter().find(absent) {
        let name = leaf.name();
        let finding = findings.report(
            leaf.span,
            format!("`{name}` exists for nothing that this statement grants: it grants nothing"),
            "name the type the variable belongs to, or a variable of this type",
        );
        // Examples of Oracle use variables of a service beyond the types that its table gives them to.
        let own = meaning.resource_type().map_or(&[][..], ResourceType::services);
        let of_service = |service: Service| own.contains(&service);
        if leaf.variable.is_some_and(|found| found.variable.services().any(of_service)) {
            finding.as_info();
        }
    }
}
