//! `lint/family-equivalent`

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::findings::Findings;
use crate::catalog::{PermissionSet, ResourceType, TypeKind, Verb};
use crate::source::{Place, Source, Span};
use crate::syntax::{Action, Effect, Policy, Statement};

lint! {
    /// Says that some statements of a policy grant exactly what one statement for a family grants.
    ///
    /// # Why
    /// One statement is shorter and counts once against the limit. A type that Oracle adds to the family later is granted with it:
    /// where that is not wanted, the single statements are right.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read secrets in tenancy
    /// Allow group Pilots to read secret-versions in tenancy
    /// Allow group Pilots to read secret-bundles in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read secret-family in tenancy
    /// ```
    "lint/family-equivalent", Style, rejects: No, basis: "[D: PS]",
    checks: [Check::Policy(check)]
}

/// How many statements of a policy are compared. The service takes 50.
const LONGEST: usize = 200;

static FAMILIES: LazyLock<Vec<ResourceType>> = LazyLock::new(|| {
    let is_family = |of: &ResourceType| of.kind() == TypeKind::Family && of.types().len() > 1;
    ResourceType::all().filter(is_family).collect()
});

/// Statements that differ in their type only.
struct Run {
    verb: Verb,
    statements: Vec<(Span, ResourceType)>,
}

fn check(policy: &Policy, source: &Source, findings: &mut Findings<'_>) {
    // By what stands in front of the type, and behind it.
    let mut known: FxHashMap<(&str, &str), usize> = FxHashMap::default();
    let mut runs: Vec<Run> = Vec::new();
    for (_, item) in policy.statements().take(LONGEST) {
        let Statement::Grant(grant) = &item.statement else { continue };
        let Action::Verb { verb, resource } = &grant.action.node else { continue };
        let Some(found) = resource.node.literal().and_then(ResourceType::find) else { continue };
        if grant.effect.node != Effect::Allow || found.resource_type.kind() != TypeKind::Individual {
            continue;
        }
        let before = source.slice(Span::new(item.span.start, resource.span.start));
        let behind = source.slice(Span::new(resource.span.end, item.span.end));
        let index = *known.entry((before, behind)).or_insert_with(|| {
            runs.push(Run { verb: verb.node, statements: Vec::new() });
            runs.len() - 1
        });
        if let Some(run) = runs.get_mut(index) {
            run.statements.push((item.span, found.resource_type));
        }
    }
    for run in runs.iter().filter(|run| run.statements.len() > 1) {
        families(run, findings);
    }
}

/// Reports every family that the statements of a run name one by one.
fn families(run: &Run, findings: &mut Findings<'_>) {
    let named = |of: &ResourceType| run.statements.iter().any(|(_, named)| named == of);
    // A family may have a table of its own.
    let is_all = |family: &ResourceType| {
        let types = family.types().iter();
        let granted = types.fold(PermissionSet::EMPTY, |set, of| set | of.granted(run.verb).certain);
        family.granted(run.verb).certain.is_subset(&granted)
    };
    let is_named = |family: &&ResourceType| family.types().iter().all(named);
    let whole: Vec<ResourceType> = FAMILIES.iter().filter(is_named).copied().filter(is_all).collect();
    let inside = |family: &ResourceType| whole.iter().any(|other| other != family && other.covers(*family));
    for family in whole.iter().filter(|family| !inside(family)) {
        let mut members = run.statements.iter().filter(|(_, of)| family.types().contains(of));
        let Some((first, _)) = members.next() else { continue };
        let others: Vec<Place> = members.map(|(span, _)| findings.place(*span)).collect();
        let finding = findings.report(
            *first,
            format!("{} statements together grant what `{} {family}` grants", others.len() + 1, run.verb),
            format!(
                "write one statement, `… to {} {family} …`, if types added later are meant too",
                run.verb
            ),
        );
        others.into_iter().fold(finding, |finding, place| finding.label(place, ""));
    }
}
