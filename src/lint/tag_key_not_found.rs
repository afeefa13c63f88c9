//! `lint/tag-key-not-found`

use super::context::Context;
use super::findings::ProgramFindings;
use super::meaning::Meaning;
use crate::caseless;
use crate::source::Place;
use crate::suggest::did_you_mean;

lint! {
    /// Flags a defined tag that the tenancy does not have.
    ///
    /// # Why
    /// Nothing checks the name when the policy is saved; the variable never exists. Only tenancies whose model lists tag keys are
    /// looked at.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     tag-keys: [ops.environment]
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements:
    ///           - Allow group Pilots to use instances in tenancy where target.resource.tag.ops.enviroment = 'prod'
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     tag-keys: [ops.environment]
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements:
    ///           - Allow group Pilots to use instances in tenancy where target.resource.tag.ops.environment = 'prod'
    /// ```
    "lint/tag-key-not-found", Warning, rejects: No, basis: "[D: TAG]",
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    if context.model.tenancies().all(|(_, tenancy)| tenancy.tag_keys.is_none()) {
        return;
    }
    for (statement, written) in context.statements() {
        let tenancy = context.model.tenancy(context.tenancy(statement));
        let Some(known) = tenancy.and_then(|tenancy| tenancy.tag_keys.as_ref()) else { continue };
        if written.item.statement.condition().is_none() {
            continue;
        }
        for leaf in &Meaning::of(written.item).leaves {
            let Some(tag) = leaf.variable.and_then(|found| found.tag) else { continue };
            let name = format!("{}.{}", tag.namespace, tag.key);
            if known.iter().any(|known| caseless::equal(known, &name)) {
                continue;
            }
            let span = leaf.test.variable.span;
            let place = Place { source: statement.place.source, span };
            let message = format!("the tenancy has no defined tag `{name}`");
            match did_you_mean(&name, known.iter().map(String::as_str)) {
                Some(like) => {
                    let typed = &leaf.test.variable.node;
                    let prefix = typed.get(..typed.len().saturating_sub(name.len())).unwrap_or_default();
                    findings.report(place, message, format!("did you mean `{like}`?")).suggest(
                        format!("write `{like}`"),
                        span,
                        format!("{prefix}{like}"),
                    );
                }
                None => {
                    findings.report(place, message, "define it, or name one that exists");
                }
            }
        }
    }
}
