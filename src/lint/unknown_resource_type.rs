//! `lint/unknown-resource-type`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::{Completeness, ResourceType, Section, Seen};
use crate::source::Spanned;
use crate::suggest::did_you_mean;
use crate::syntax::{CrossAction, Name, Statement};

lint! {
    /// Flags a resource-type that no page of Oracle's policy reference has.
    ///
    /// # Why
    /// Most often the singular stands where the plural belongs, or a service's name where the name of its family does. No
    /// permission belongs to such a type, so that the statement grants nothing; the service may refuse to save it.
    /// A type of a service whose pages are not in the catalogue is let through where public policies use it, and only a
    /// warning elsewhere: only of a service that is known completely can be said that it has no such type.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to manage bucket in compartment hangar
    /// ```
    /// ```policy flagged
    /// Allow group Pilots to manage object-storage in compartment hangar
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read buckets in compartment hangar
    /// Allow group Pilots to read opensearch-family in compartment hangar
    /// ```
    "lint/unknown-resource-type", Error, rejects: No, basis: "[D: PS] [O]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if let Some((_, resource)) = meaning.verb() {
        if meaning.found().is_none() {
            report(resource, findings);
        }
        return;
    }
    let pair = match meaning.statement() {
        Statement::Endorse(endorse) => match &endorse.action {
            CrossAction::Associate(pair) => pair,
            CrossAction::In { .. } => return,
        },
        Statement::Admit(admit) => match &admit.action {
            CrossAction::Associate(pair) => pair,
            CrossAction::In { .. } => return,
        },
        Statement::Grant(_) | Statement::Define(_) | Statement::Comment(_) | Statement::Broken => return,
    };
    for side in [&pair.first, &pair.second] {
        if side.resource.node.literal().is_some_and(|name| ResourceType::find(name).is_none()) {
            report(&side.resource, findings);
        }
    }
}

fn report(resource: &Spanned<Name>, findings: &mut Findings<'_>) {
    let Some(name) = resource.node.literal() else { return };
    let seen = Seen::resource_type(name);
    let like = match seen {
        Some(seen) => match seen.like() {
            Some(like) => Some(like),
            // Of a service that the catalogue does not have.
            None => return,
        },
        None => nearest(name),
    };
    let message = format!("there is no resource-type `{name}`");
    let Some(like) = like else {
        findings
            .report(resource.span, message, "check the name against the policy reference of the service")
            .as_warning();
        return;
    };
    let help = format!("did you mean `{like}`?");
    let title = format!("write `{like}`");
    let finding = findings.report(resource.span, message, help).suggest(title, resource.span, like.name());
    let complete = like
        .services()
        .iter()
        .all(|service| service.completeness(Section::TypeNames) == Completeness::Complete);
    if !complete {
        finding.as_warning();
    }
}

/// The type that a name probably means.
fn nearest(name: &str) -> Option<ResourceType> {
    let folded = name.to_ascii_lowercase().replace(['_', ' '], "-");
    let stem = folded.strip_suffix("ies").map(|stem| format!("{stem}y"));
    let stem = stem.or_else(|| folded.strip_suffix('s').map(str::to_owned));
    let stem = stem.unwrap_or_else(|| folded.clone());
    let plural = stem.strip_suffix('y').map_or_else(|| format!("{stem}s"), |stem| format!("{stem}ies"));
    // A service's or a thing's name where its family is meant.
    let family = |name: &str| format!("{name}-family");
    let base = stem.strip_suffix("-storage").unwrap_or(&stem);
    let guesses = [folded.clone(), plural, stem.clone(), family(&folded), family(&stem), family(base)];
    let exact = guesses.iter().find_map(|guess| ResourceType::find(guess));
    let seen = || guesses.iter().find_map(|guess| Seen::resource_type(guess)?.like());
    let close = || {
        let names = ResourceType::all().map(ResourceType::name);
        ResourceType::find(did_you_mean(name, names)?)
    };
    exact.map(|found| found.resource_type).or_else(seen).or_else(|| close().map(|found| found.resource_type))
}
