//! Resources that act: by their type, by where they are, one by one, or through a dynamic group that is made for them.

use super::{Binder, Made, Principals};
use crate::caseless;
use crate::catalog::PrincipalType;
use crate::diagnostic::Diagnostic;
use crate::generate::codes;
use crate::generate::compose::{self, Party};
use crate::generate::intent::{NewGroup, Resources};
use crate::generate::{is_plain_name, rules};
use crate::ocid::Ocid;
use crate::request::Asker;
use crate::source::{Span, Spanned};
use crate::suggest;
use crate::syntax::MatchingRule;
use crate::tenancy::{CompartmentId, DynamicGroupId, ResourceId, TenancyId};

impl Binder<'_> {
    /// Resources that act.
    pub(super) fn resources(
        &mut self,
        who: &Resources,
        span: Span,
        said: Option<TenancyId>,
        there: TenancyId,
    ) -> Option<Principals> {
        let mut compartments = Vec::new();
        for name in &who.compartments {
            let own = said.unwrap_or(there);
            compartments.push(self.found(name.span, |stage| stage.compartment(Some(own), &name.node))?);
        }
        let of_places = compartments.first().map(|&place| self.stage.tenancy_of(place));
        let mut members = Vec::new();
        for name in &who.resources {
            members.push(self.actor(
                name,
                said,
                of_places.unwrap_or(there),
                compartments.first().copied(),
            )?);
        }
        let of_members = members
            .first()
            .and_then(|&id| self.stage.model.resource(id))
            .map(|found| self.stage.tenancy_of(found.compartment));
        let home = of_members.or(of_places).or(said).unwrap_or(there);
        let same = |place: CompartmentId| self.stage.tenancy_of(place) == home;
        let places =
            members.iter().filter_map(|&id| self.stage.model.resource(id)).map(|found| found.compartment);
        if said.is_some_and(|said| said != home) || !places.chain(compartments.iter().copied()).all(same) {
            self.report(
                codes::UNKNOWN_NAME,
                span,
                "`who` names things of several tenancies",
                "write an intent for each tenancy",
            );
            return None;
        }
        let kind = self.kind(who, &members, span)?;
        let ids: Vec<String> = members
            .iter()
            .filter_map(|&id| self.stage.model.resource(id))
            .map(|found| found.id.to_string())
            .collect();
        let places =
            if members.is_empty() { self.ocids(&who.compartments, &compartments)? } else { Vec::new() };
        let askers = self.actors(&kind, home, &members, &compartments);
        let (whom, tests, made) = match &who.group {
            Some(group) => {
                let rule = if members.is_empty() {
                    rules::of_type(&kind, &places)
                } else {
                    rules::one_resource(&kind, &ids)
                };
                let made = self.make(home, group, rule)?;
                (compose::Whom::DynamicGroups(vec![made]), Vec::new(), Some(made))
            }
            None => {
                let mut tests = vec![compose::equal("request.principal.type", &kind)];
                if !ids.is_empty() {
                    tests.push(compose::one_of("request.principal.id", &ids));
                } else if !places.is_empty() {
                    tests.push(compose::one_of("request.principal.compartment.id", &places));
                }
                (compose::Whom::AnyUser, tests, None)
            }
        };
        Some(Principals { party: Party { tenancy: home, whom, tests }, askers, made })
    }

    /// A resource that acts, by name or OCID.
    fn actor(
        &mut self,
        name: &Spanned<String>,
        said: Option<TenancyId>,
        home: TenancyId,
        place: Option<CompartmentId>,
    ) -> Option<ResourceId> {
        if let Some(found) = self.found(name.span, |stage| stage.resource(said, &name.node))? {
            return Some(found);
        }
        match Ocid::parse(&name.node) {
            Ok(id) => {
                let place = place.unwrap_or_else(|| self.stage.root(said.unwrap_or(home)));
                Some(self.stage.add_resource(id, None, None, place))
            }
            Err(_) => {
                self.no_principal(name);
                None
            }
        }
    }

    pub(super) fn no_principal(&mut self, name: &Spanned<String>) {
        let help = match self.stage.near_resource(&name.node) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write its OCID, or add it to `resources` of the tenancy model".to_owned(),
        };
        self.report(
            codes::UNKNOWN_NAME,
            name.span,
            format!("no resource `{}` in the model", name.node),
            help,
        );
    }

    /// The principal type, as said or as the OCIDs of the resources have it.
    fn kind(&mut self, who: &Resources, members: &[ResourceId], span: Span) -> Option<String> {
        let mut kinds: Vec<String> = members
            .iter()
            .filter_map(|&id| self.stage.model.resource(id))
            .map(|found| found.kind.clone())
            .collect();
        kinds.dedup_by(|a, b| caseless::equal(a, b));
        if let Some(said) = &who.kind {
            self.known_kind(said);
            if let Some(other) = kinds.iter().find(|kind| !caseless::equal(kind, &said.node)) {
                let message = format!("the resource is of type `{other}`, not `{}`", said.node);
                self.report(codes::UNKNOWN_NAME, said.span, message, "leave `type` out: the OCID says it");
                return None;
            }
            return Some(said.node.clone());
        }
        if kinds.len() > 1 {
            self.report(
                codes::UNKNOWN_NAME,
                span,
                "the resources are of several types",
                "write an intent for each type",
            );
            return None;
        }
        kinds.pop()
    }

    fn known_kind(&mut self, said: &Spanned<String>) {
        if PrincipalType::find(&said.node).is_some() {
            return;
        }
        let near = suggest::did_you_mean(&said.node, PrincipalType::all().map(PrincipalType::name));
        let place = self.at(said.span);
        let message = format!("no source we know shows a principal of type `{}`", said.node);
        let help = near.map_or_else(
            || "the type is the second part of the resource's OCID".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        self.findings.push(Diagnostic::warning(codes::PRINCIPAL_TYPE, place, message).with_help(help));
    }

    fn ocids(&mut self, names: &[Spanned<String>], places: &[CompartmentId]) -> Option<Vec<String>> {
        let mut ids = Vec::new();
        for (name, &place) in names.iter().zip(places) {
            match self.stage.model.compartment(place).and_then(|found| found.id.as_ref()) {
                Some(id) => ids.push(id.to_string()),
                None => {
                    self.report(
                        codes::NO_OCID,
                        name.span,
                        format!("the OCID of the compartment `{}` is not known", name.node),
                        "write the OCID here, or add the compartment to `tenancies`",
                    );
                    return None;
                }
            }
        }
        Some(ids)
    }

    /// Everybody an intent means: the resources named, else those of the model and one more that stands for all.
    fn actors(
        &mut self,
        kind: &str,
        home: TenancyId,
        members: &[ResourceId],
        compartments: &[CompartmentId],
    ) -> Vec<Asker> {
        let named = |id: &Ocid| Asker::Named(id.to_string());
        if !members.is_empty() {
            let found = members.iter().filter_map(|&id| self.stage.model.resource(id));
            return found.map(|found| named(&found.id)).collect();
        }
        let meant = |place: CompartmentId| {
            if compartments.is_empty() {
                self.stage.tenancy_of(place) == home
            } else {
                compartments.contains(&place)
            }
        };
        let known = self
            .stage
            .model
            .resources()
            .filter(|(_, resource)| caseless::equal(&resource.kind, kind) && meant(resource.compartment));
        let mut askers: Vec<Asker> = known.map(|(_, resource)| named(&resource.id)).collect();
        let root = [self.stage.root(home)];
        let places = if compartments.is_empty() { root.as_slice() } else { compartments };
        for &place in places {
            askers.extend(self.stage.stand_in(kind, place).map(|id| named(&id)));
        }
        askers.dedup();
        askers
    }

    /// Makes a dynamic group; two intents may make the same one.
    fn make(&mut self, home: TenancyId, group: &NewGroup, rule: MatchingRule) -> Option<DynamicGroupId> {
        let name = &group.name;
        if !is_plain_name(&name.node) {
            self.report(
                codes::BAD_NAME,
                name.span,
                format!("`{}` is no name for a dynamic group", name.node),
                "use letters, digits, `.`, `-` and `_`, at most 100 of them",
            );
            return None;
        }
        let id = group.id.as_ref().map(|id| id.node.clone());
        let same = self.made.iter().find(|made| {
            let found = self.stage.model.dynamic_group(made.group);
            found.is_some_and(|found| {
                found.tenancy == home
                    && found.name.as_deref().is_some_and(|known| caseless::equal(known, &name.node))
            })
        });
        if let Some(first) = same {
            if first.rule != rule {
                let label = self.at(first.span);
                let place = self.at(name.span);
                self.findings.push(
                    Diagnostic::error(
                        codes::GROUP_CONFLICT,
                        place,
                        format!("two intents put different resources into the dynamic group `{}`", name.node),
                    )
                    .with_label(label, "the other one")
                    .with_help("give each its own group, or name all resources in both"),
                );
                return None;
            }
            let found = first.group;
            if let Some(id) = id
                && let Some(known) = self.stage.model.dynamic_groups.get_mut(found.index())
            {
                known.id = Some(id);
            }
            return Some(found);
        }
        let (made, replaced) = self.stage.make_dynamic_group(home, &name.node, id, rule.clone());
        if replaced {
            let message = format!(
                "the dynamic group `{}` exists with another rule, which this one replaces",
                name.node
            );
            self.note(codes::GROUP_REPLACED, name.span, message);
        }
        self.made.push(Made { group: made, rule, span: name.span });
        Some(made)
    }
}
