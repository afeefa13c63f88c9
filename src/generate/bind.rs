//! Names in intents become things of the stage: who it is, in ids and tests, and what it is about.

mod principal;
mod resources;
mod target;

use super::codes;
use super::compose::{self, Party};
use super::intent::Intent;
use super::needs::{self, Needed};
use super::stage::{Stage, Unknown};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::format;
use crate::request::Asker;
use crate::source::{Place, SourceId, Span, Spanned};
use crate::syntax::{Condition, MatchingRule};
use crate::tenancy::{CompartmentId, DynamicGroupId};

/// An intent in ids.
pub(super) struct Bound {
    pub(super) party: Party,
    /// Principals that the intent means, each of which must be let in.
    pub(super) askers: Vec<Asker>,
    pub(super) targets: Vec<Target>,
    pub(super) needed: Needed,
    /// The dynamic group it makes.
    pub(super) made: Option<DynamicGroupId>,
}

/// What an intent is about.
pub(super) struct Target {
    pub(super) place: CompartmentId,
    /// The tests that pin one resource; none for everything in the place.
    pub(super) pins: Vec<Condition>,
    /// What a request calls it.
    pub(super) name: String,
}

/// Whom an intent means.
struct Principals {
    party: Party,
    askers: Vec<Asker>,
    made: Option<DynamicGroupId>,
}

impl Principals {
    /// Whom statements can call without making a dynamic group.
    const fn of(party: Party, askers: Vec<Asker>) -> Self {
        Self { party, askers, made: None }
    }
}

/// A dynamic group that intents make, with the intent that said so first.
pub(super) struct Made {
    pub(super) group: DynamicGroupId,
    pub(super) rule: MatchingRule,
    pub(super) span: Span,
}

/// Binds intents one after another.
pub(super) struct Binder<'b> {
    pub(super) stage: &'b mut Stage,
    pub(super) source: SourceId,
    pub(super) made: Vec<Made>,
    pub(super) findings: &'b mut Vec<Diagnostic>,
}

impl Binder<'_> {
    /// Binds an intent; `None` where something in it means nothing, which is reported.
    pub(super) fn intent(&mut self, intent: &Intent) -> Option<Bound> {
        let needed = needs::needed(&intent.may, self.source, self.findings);
        let targets = self.targets(&intent.on)?;
        let there = self.stage.tenancy_of(targets.first()?.place);
        let Principals { party, askers, made } = self.who(&intent.who, there)?;
        let foreign = targets.iter().any(|target| self.stage.tenancy_of(target.place) != party.tenancy);
        if foreign && !self.can_be_foreign(&party, intent.who.span) {
            return None;
        }
        Some(Bound { party, askers, targets, needed: needed?, made })
    }

    /// Whether statements of another tenancy can speak of a party.
    fn can_be_foreign(&mut self, party: &Party, span: Span) -> bool {
        let model = &self.stage.model;
        let (message, help) = match &party.whom {
            compose::Whom::AnyUser | compose::Whom::AnyGroup => return true,
            compose::Whom::Services(_) => (
                "a service of one tenancy cannot be admitted to another".to_owned(),
                "grant it in the tenancy of the resource: leave `tenancy` of `who` out".to_owned(),
            ),
            compose::Whom::Groups(groups) => {
                let Some(found) =
                    groups.iter().filter_map(|&id| model.group(id)).find(|found| found.id.is_none())
                else {
                    return true;
                };
                let name = found.name.as_deref().unwrap_or_default();
                (
                    format!(
                        "the other tenancy knows the group `{name}` by its OCID only, which is not known"
                    ),
                    "write the OCID in place of the name, or add the group to `tenancies`".to_owned(),
                )
            }
            compose::Whom::DynamicGroups(groups) => {
                let missing =
                    groups.iter().filter_map(|&id| model.dynamic_group(id)).find(|found| found.id.is_none());
                let Some(found) = missing else { return true };
                let name = found.name.as_deref().unwrap_or_default();
                let rule = found.rule.as_ref().map(|(rule, _)| format::matching_rule(&rule.node));
                (
                    format!(
                        "the other tenancy knows the dynamic group `{name}` by its OCID only, which is not known"
                    ),
                    format!(
                        "create the group with the rule `{}` and write its OCID as `dynamic-group-id`; or leave `as-dynamic-group` out",
                        rule.unwrap_or_default()
                    ),
                )
            }
        };
        self.report(codes::NO_OCID, span, message, help);
        false
    }

    /// Looks every name up, and reports each that means nothing.
    fn each<T>(
        &mut self,
        names: &[Spanned<String>],
        mut find: impl FnMut(&mut Stage, &str) -> Result<T, Unknown>,
    ) -> Option<Vec<T>> {
        let found: Vec<Option<T>> =
            names.iter().map(|name| self.found(name.span, |stage| find(stage, &name.node))).collect();
        found.into_iter().collect()
    }

    fn found<T>(&mut self, span: Span, find: impl FnOnce(&mut Stage) -> Result<T, Unknown>) -> Option<T> {
        match find(self.stage) {
            Ok(found) => Some(found),
            Err(unknown) => {
                self.report(unknown.code, span, unknown.message, unknown.help);
                None
            }
        }
    }

    fn note(&mut self, code: Code, span: Span, message: String) {
        let place = self.at(span);
        self.findings.push(Diagnostic::new(code, Severity::Info, place, message));
    }

    fn report(&mut self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let place = self.at(span);
        self.findings.push(Diagnostic::error(code, place, message).with_help(help));
    }

    const fn at(&self, span: Span) -> Place {
        Place { source: self.source, span }
    }
}
