//! What an intent is about: a place, or one resource with the tests that pin it.

use super::{Binder, Target};
use crate::catalog::Variable;
use crate::generate::codes;
use crate::generate::compose;
use crate::generate::intent::On;
use crate::ocid::Ocid;
use crate::request;
use crate::source::{Span, Spanned};
use crate::tenancy::{CompartmentId, ResourceId, TenancyId};

impl Binder<'_> {
    pub(super) fn targets(&mut self, on: &Spanned<On>) -> Option<Vec<Target>> {
        match &on.node {
            On::Named(text) => self.named(text, on.span).map(|target| vec![target]),
            On::Place { tenancy, compartment, resources, kind } => {
                let tenancy = match tenancy {
                    Some(name) => Some(self.found(name.span, |stage| stage.tenancy(&name.node))?),
                    None => None,
                };
                let place = match compartment {
                    Some(name) => {
                        Some(self.found(name.span, |stage| stage.compartment(tenancy, &name.node))?)
                    }
                    None => None,
                };
                if let (Some(tenancy), Some(place), Some(name)) = (tenancy, place, compartment)
                    && self.stage.tenancy_of(place) != tenancy
                {
                    let home = self.stage.tenancy_name(tenancy).to_owned();
                    self.report(
                        codes::UNKNOWN_NAME,
                        name.span,
                        format!("the compartment is not in {home}"),
                        "leave `tenancy` out, or name a compartment of it",
                    );
                    return None;
                }
                if resources.is_empty() {
                    if let Some(kind) = kind {
                        self.report(
                            codes::UNKNOWN_NAME,
                            kind.span,
                            "`type` says what a resource is, and none is named",
                            "add `resource`, or leave `type` out",
                        );
                        return None;
                    }
                    let place = place.or_else(|| tenancy.map(|tenancy| self.stage.root(tenancy)))?;
                    return Some(vec![self.place(place)]);
                }
                let home = place.map(|place| self.stage.tenancy_of(place)).or(tenancy);
                resources
                    .iter()
                    .map(|resource| self.resource(resource, home, place, kind.as_ref()))
                    .collect::<Vec<_>>()
                    .into_iter()
                    .collect()
            }
        }
    }

    /// `on: NAME`: a resource, else a place.
    fn named(&mut self, text: &str, span: Span) -> Option<Target> {
        if let Some(resource) = self.found(span, |stage| stage.resource(None, text))? {
            return self.pinned(resource, text, span);
        }
        let whole = self.stage.model.find_tenancy(text).is_some();
        let is_tenancy = Ocid::parse(text).is_ok_and(|id| id.resource_kind().eq_ignore_ascii_case("tenancy"));
        if whole || is_tenancy {
            let tenancy = self.found(span, |stage| stage.tenancy(text))?;
            return Some(self.place(self.stage.root(tenancy)));
        }
        match self.stage.compartment(None, text) {
            Ok(place) => Some(self.place(place)),
            Err(unknown) => {
                let near = self.stage.near_resource(text);
                let resource = Ocid::parse(text).is_ok();
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if resource => {
                        "say where it is: `on: {resource: OCID, compartment: TENANCY/path}`".to_owned()
                    }
                    None => unknown.help,
                };
                let message = format!("`{text}` is neither a resource nor a place of the model");
                self.report(codes::UNKNOWN_NAME, span, message, help);
                None
            }
        }
    }

    fn place(&self, place: CompartmentId) -> Target {
        let model = &self.stage.model;
        let found = model.compartment(place);
        let name = match found.and_then(|found| found.id.as_ref()) {
            Some(id) => id.to_string(),
            None => {
                let tenancy = found.and_then(|found| model.tenancy(found.tenancy));
                let id = tenancy.and_then(|tenancy| tenancy.id.as_ref()).map_or("", Ocid::as_str);
                format!("{id}/{}", model.path(place))
            }
        };
        Target { place, pins: Vec::new(), name }
    }

    /// A resource by name or OCID; one the model does not have needs a place.
    fn resource(
        &mut self,
        name: &Spanned<String>,
        home: Option<TenancyId>,
        place: Option<CompartmentId>,
        kind: Option<&Spanned<String>>,
    ) -> Option<Target> {
        let text = name.node.as_str();
        if let Some(found) = self.found(name.span, |stage| stage.resource(home, text))? {
            let actual = self.stage.model.resource(found)?.compartment;
            if let Some(place) = place.filter(|&place| place != actual) {
                let (actual, said) = (self.stage.model.path(actual), self.stage.model.path(place));
                self.report(
                    codes::UNKNOWN_NAME,
                    name.span,
                    format!("`{text}` is in `{actual}`, not in `{said}`"),
                    "leave `compartment` out: the model knows where it is",
                );
                return None;
            }
            return self.pinned(found, text, name.span);
        }
        let Some(place) = place.or_else(|| home.map(|home| self.stage.root(home))) else {
            let help = match self.stage.near_resource(text) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write its OCID, and say where it is: `compartment: TENANCY/path`".to_owned(),
            };
            self.report(codes::UNKNOWN_NAME, name.span, format!("no resource `{text}` in the model"), help);
            return None;
        };
        match (Ocid::parse(text), kind) {
            (Ok(id), kind) => {
                let kind = kind.map(|kind| kind.node.as_str());
                let added = self.stage.add_resource(id, None, kind, place);
                self.pinned(added, text, name.span)
            }
            // Buckets and the like are known by name alone.
            (Err(_), Some(kind)) if by_name(&kind.node) => {
                let own = self.stage.stand_in_named(&kind.node, text, place)?;
                self.pinned(own, text, name.span)
            }
            (Err(_), _) => {
                let help = match self.stage.near_resource(text) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "add it to `resources` of the tenancy model, or write its OCID; a bucket also needs `type: bucket`".to_owned(),
                };
                self.report(
                    codes::UNKNOWN_NAME,
                    name.span,
                    format!("no resource `{text}` in the model"),
                    help,
                );
                None
            }
        }
    }

    fn pinned(&mut self, resource: ResourceId, text: &str, span: Span) -> Option<Target> {
        let found = self.stage.model.resource(resource)?;
        let (place, name, kind) = (found.compartment, found.id.to_string(), found.kind.clone());
        let Some(pins) = compose::pins(&self.stage.model, resource) else {
            self.report(
                codes::CANNOT_PIN,
                span,
                format!("no condition variable names a single `{kind}`, so that nothing can be limited to `{text}`"),
                "name the compartment in its place, or say the `type` variables use: `type: secret` for `target.secret.id`",
            );
            return None;
        };
        Some(Target { place, pins, name })
    }
}

/// Whether resources of a type are told apart by name, and not by OCID.
fn by_name(kind: &str) -> bool {
    let segment = request::segment(kind);
    let known = |what: &str| Variable::find(&format!("target.{segment}.{what}")).is_some();
    !known("id") && known("name")
}
