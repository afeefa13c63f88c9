//! Locations: where a statement reaches, seen from where its policy is attached.
//!
//! # Source
//! Oracle IAM documentation, "How Policies Work" (paths are relative to the attachment; its own name is accepted) and
//! "Locations". Where the two differ the first is more complete.

use super::{Bind, codes};
use crate::ocid::Ocid;
use crate::program::Reach;
use crate::source::{Span, Spanned};
use crate::suggest;
use crate::syntax::{AliasKind, Location, Name, Origin, Scope};
use crate::tenancy::{Aspect, CompartmentId, TenancyId};

impl Bind<'_> {
    /// The compartment a location names. `None` for text that stands for nothing.
    pub(super) fn location(&mut self, location: &Spanned<Location>) -> Option<CompartmentId> {
        match &location.node {
            Location::Tenancy => {
                if !self.is_root() {
                    let name = self.binder.directory.model().path(self.attachment());
                    self.reject(
                        codes::TENANCY_IN_CHILD,
                        location.span,
                        "the policy is attached to a compartment and cannot reach the whole tenancy",
                        format!("attach it to the root, or write `in compartment {}`", last(&name)),
                    );
                }
                Some(self.binder.directory.root(self.tenancy))
            }
            Location::Compartment(path) => Some(self.path(path, location.span)),
            Location::CompartmentId(id) => Some(self.compartment_id(id)),
            Location::Opaque(_) => None,
        }
    }

    fn path(&mut self, path: &[Spanned<Name>], span: Span) -> CompartmentId {
        let attachment = self.attachment();
        // An alias counts only as the whole name, and before any real name of that spelling.
        if let [only] = path
            && let Some(ocid) =
                self.aliases.find(AliasKind::Compartment, only.node.as_str()).map(str::to_owned)
        {
            return self.by_ocid(&ocid, span);
        }
        if let [only] = path {
            let own = self.binder.directory.model().compartment(attachment);
            if own.is_some_and(|own| {
                own.parent.is_some() && crate::caseless::equal(&own.name, only.node.as_str())
            }) {
                return attachment;
            }
        }
        let (mut here, mut missing) = (attachment, false);
        for (depth, segment) in path.iter().enumerate() {
            let typed = segment.node.as_str();
            let by_id = (depth > 0 && typed.starts_with("ocid1."))
                .then(|| self.binder.directory.compartment_by_id(typed))
                .flatten()
                .filter(|&id| {
                    self.binder.directory.model().compartment(id).is_some_and(|c| c.parent == Some(here))
                });
            match by_id.or_else(|| self.binder.directory.child(here, typed)) {
                Some(child) => here = child,
                None => {
                    // What is below a compartment that does not exist does not exist either: said once.
                    if !missing {
                        self.no_compartment(path, segment, span);
                    }
                    missing = true;
                    here = self.binder.directory.add_compartment(here, typed, None);
                }
            }
        }
        here
    }

    fn no_compartment(&mut self, path: &[Spanned<Name>], segment: &Spanned<Name>, span: Span) {
        let typed = segment.node.as_str();
        if !self.closed_compartments(&segment.node) {
            return;
        }
        let model = self.binder.directory.model();
        let attachment = self.attachment();
        let below = |id: CompartmentId| self.binder.directory.inside(id, attachment);
        let same_name: Vec<CompartmentId> = model
            .compartments()
            .filter(|(id, compartment)| {
                compartment.known
                    && compartment.tenancy == self.tenancy
                    && Some(*id) != model.tenancy(self.tenancy).map(|tenancy| tenancy.root)
                    && path
                        .last()
                        .is_some_and(|last| crate::caseless::equal(&compartment.name, last.node.as_str()))
            })
            .map(|(id, _)| id)
            .collect();
        let whole: Vec<&str> = path.iter().map(|segment| segment.node.as_str()).collect();
        let whole = whole.join(":");
        if let Some(&found) = same_name.iter().find(|&&id| below(id)) {
            let help =
                format!("write `in compartment {}`, the path from the attachment", self.relative(found));
            self.reject(
                codes::NOT_IN_SUBTREE,
                span,
                format!("`{whole}` does not start below the attachment"),
                help,
            );
            return;
        }
        if let Some(&found) = same_name.first() {
            let help = format!(
                "`{}` is not inside `{}`, where the policy is attached; attach the policy higher",
                model.path(found),
                model.path(attachment)
            );
            self.reject(
                codes::NOT_IN_SUBTREE,
                span,
                format!("`{whole}` is outside the reach of the policy"),
                help,
            );
            return;
        }
        let patient = self.binder.patience.lasts_for(model.compartments.len());
        let names = model
            .compartments()
            .filter(|(id, compartment)| patient && compartment.known && below(*id))
            .map(|(_, compartment)| compartment.name.as_str());
        let near = suggest::did_you_mean(typed, names).map(str::to_owned);
        let help = match near {
            _ if typed.starts_with("ocid1.") => {
                format!("to name it by OCID write `in compartment id {typed}`")
            }
            Some(near) => format!("did you mean `{near}`?"),
            None => "a compartment must exist when the policy is saved".to_owned(),
        };
        self.reject(
            codes::COMPARTMENT_NOT_FOUND,
            segment.span,
            format!("no compartment `{typed}` there"),
            help,
        );
    }

    /// A compartment's path as a policy with this attachment writes it.
    fn relative(&self, compartment: CompartmentId) -> String {
        let model = self.binder.directory.model();
        let mut names: Vec<&str> = model
            .ancestors(compartment)
            .take_while(|&id| id != self.attachment())
            .filter_map(|id| model.compartment(id).map(|compartment| compartment.name.as_str()))
            .collect();
        names.reverse();
        names.join(":")
    }

    fn compartment_id(&mut self, id: &Spanned<Name>) -> CompartmentId {
        self.by_ocid(id.node.as_str(), id.span)
    }

    fn by_ocid(&mut self, ocid: &str, span: Span) -> CompartmentId {
        let attachment = self.attachment();
        if let Some(found) = self.binder.directory.compartment_by_id(ocid) {
            if !self.binder.directory.inside(found, attachment) {
                let path = self.binder.directory.model().path(found);
                self.reject(
                    codes::NOT_IN_SUBTREE,
                    span,
                    format!("`{path}` is outside the reach of the policy"),
                    "attach the policy to that compartment or above it",
                );
            }
            return found;
        }
        if self.closed_compartments(&Name::Literal(ocid.to_owned())) {
            self.reject(
                codes::COMPARTMENT_NOT_FOUND,
                span,
                "no compartment with this OCID at or below the attachment",
                "check the OCID",
            );
        }
        self.binder.directory.add_compartment(attachment, ocid, Ocid::parse(ocid).ok())
    }

    fn closed_compartments(&self, name: &Name) -> bool {
        matches!(name, Name::Literal(_))
            && self.binder.directory.model().knows(self.tenancy, Aspect::Compartments)
    }

    /// Where an Endorse reaches. `None` for text that stands for nothing.
    pub(super) fn scope(&mut self, scope: &Spanned<Scope>) -> Option<Reach> {
        match &scope.node {
            Scope::AnyTenancy => Some(Reach::AnyTenancy),
            Scope::Tenancy(alias) => {
                let tenancy = self.tenancy_alias(alias);
                if tenancy == self.tenancy {
                    return Some(self.own_tenancy(scope.span));
                }
                Some(Reach::Tenancy(tenancy))
            }
            Scope::CompartmentOf { compartment, tenancy } => {
                let tenancy = self.tenancy_alias(tenancy);
                self.foreign_place(&compartment.node, tenancy, compartment.span)
            }
            Scope::Local(Location::Tenancy) => Some(self.own_tenancy(scope.span)),
            Scope::Local(Location::Opaque(_)) => None,
            Scope::Local(Location::CompartmentId(id)) => {
                Some(self.foreign_ocid(id.node.as_str(), None, id.span))
            }
            Scope::Local(Location::Compartment(path)) => {
                let alias = match path.as_slice() {
                    [only] => {
                        self.aliases.find(AliasKind::Compartment, only.node.as_str()).map(str::to_owned)
                    }
                    _ => None,
                };
                match alias {
                    Some(ocid) => Some(self.foreign_ocid(&ocid, None, scope.span)),
                    None => {
                        self.reject(
                            codes::UNDEFINED_ALIAS,
                            scope.span,
                            "an Endorse names a compartment of another tenancy by alias, and nothing defines this one",
                            "write `in compartment ALIAS of tenancy ALIAS` with a Define for each",
                        );
                        Some(Reach::Nowhere)
                    }
                }
            }
        }
    }

    fn own_tenancy(&mut self, span: Span) -> Reach {
        self.warn(
            codes::ENDORSE_OWN,
            span,
            "Endorse concerns other tenancies; this names the own one",
            "write `Allow … in tenancy` for resources of the own tenancy",
        );
        Reach::Nowhere
    }

    /// A compartment of another tenancy: by alias, else by path from its root where the model has it.
    fn foreign_place(&mut self, location: &Location, tenancy: TenancyId, span: Span) -> Option<Reach> {
        match location {
            Location::Opaque(_) => None,
            Location::Tenancy => Some(Reach::Tenancy(tenancy)),
            Location::CompartmentId(id) => Some(self.foreign_ocid(id.node.as_str(), Some(tenancy), span)),
            Location::Compartment(path) => {
                if let [only] = path.as_slice()
                    && let Some(ocid) =
                        self.aliases.find(AliasKind::Compartment, only.node.as_str()).map(str::to_owned)
                {
                    return Some(self.foreign_ocid(&ocid, Some(tenancy), span));
                }
                let mut here = Some(self.binder.directory.root(tenancy));
                for segment in path {
                    here = here
                        .and_then(|parent| self.binder.directory.child(parent, segment.node.as_str()))
                        .filter(|&child| !self.binder.directory.is_invented(child));
                }
                match here {
                    Some(found) => Some(Reach::Below(found)),
                    None => {
                        self.not_modelled(span);
                        Some(Reach::NotModelled(tenancy))
                    }
                }
            }
        }
    }

    fn foreign_ocid(&mut self, ocid: &str, tenancy: Option<TenancyId>, span: Span) -> Reach {
        match self.binder.directory.compartment_by_id(ocid) {
            Some(found)
                if !self.binder.directory.is_invented(found)
                    && tenancy.is_none_or(|t| self.binder.directory.tenancy_of(found) == t) =>
            {
                Reach::Below(found)
            }
            Some(_) | None => {
                self.not_modelled(span);
                tenancy.map_or(Reach::Nowhere, Reach::NotModelled)
            }
        }
    }

    fn not_modelled(&mut self, span: Span) {
        self.warn(
            codes::PLACE_NOT_MODELLED,
            span,
            "the model does not have this compartment of the other tenancy",
            "add it to the other tenancy's compartments, or check the name",
        );
    }

    /// Whose principals an Admit lets in; outer `None` for text that stands for nothing.
    #[expect(
        clippy::option_option,
        reason = "the inner one is a meaning, any tenancy; the outer one is no meaning at all"
    )]
    pub(super) fn origin(&mut self, origin: &Spanned<Origin>) -> Option<Option<TenancyId>> {
        match &origin.node {
            Origin::AnyTenancy => Some(None),
            Origin::Tenancy(alias) => Some(Some(self.tenancy_alias(alias))),
            Origin::Unstated => None,
        }
    }
}

fn last(path: &str) -> &str {
    path.rsplit(':').next().unwrap_or(path)
}
