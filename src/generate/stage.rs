//! The world that intents are tried in: the model, and stand-ins for what the model does not have.
//!
//! A name the model claims to know and does not have is refused. Where the model leaves something open, or there is no
//! model, what an intent names is added, so that the policies can be decided like any others.

mod groups;
mod stand_ins;

use std::collections::BTreeSet;

use super::codes;
use crate::caseless;
use crate::catalog::KnownTenancy;
use crate::diagnostic::Code;
use crate::ocid::Ocid;
use crate::suggest;
use crate::tenancy::{
    Aspect, AttachedPolicy, Compartment, CompartmentId, Resource, ResourceId, Tags, Tenancies, Tenancy,
    TenancyId,
};

/// The model with stand-ins.
pub(super) struct Stage {
    /// Everything intents speak of, without policies.
    pub(super) model: Tenancies,
    /// The policies of the model.
    pub(super) policies: Vec<AttachedPolicy>,
    /// By tenancy: what the model leaves open.
    open: Vec<BTreeSet<Aspect>>,
    /// Resources that stand for others: nothing is known of them but what the intents say.
    stand_ins: BTreeSet<ResourceId>,
    /// How many OCIDs have been invented.
    invented: u32,
}

/// Why a name means nothing.
#[derive(Debug)]
pub(super) struct Unknown {
    pub(super) code: Code,
    pub(super) message: String,
    pub(super) help: String,
}

impl Unknown {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code: codes::UNKNOWN_NAME, message: message.into(), help: help.into() }
    }
}

type Found<T> = Result<T, Unknown>;

impl Stage {
    pub(super) fn new(model: &Tenancies) -> Self {
        let mut model = model.clone();
        let policies = std::mem::take(&mut model.policies);
        // From here on the model knows everything: what it does not, no intent has named.
        let open = model.tenancies.iter_mut().map(|tenancy| {
            let open = std::mem::take(&mut tenancy.not_known);
            // The policies of a tenancy of Oracle cannot be seen.
            let of_oracle = tenancy.id.as_ref().and_then(|id| KnownTenancy::find(id.as_str()));
            tenancy.not_known.extend(of_oracle.map(|_| Aspect::Policies));
            open
        });
        let open = open.collect();
        Self { model, policies, open, stand_ins: BTreeSet::new(), invented: 0 }
    }

    /// Whether a name the model lacks may exist all the same.
    pub(super) fn leaves_open(&self, tenancy: TenancyId, aspect: Aspect) -> bool {
        self.open.get(tenancy.index()).is_some_and(|open| open.contains(&aspect))
    }

    /// Whether a resource stands for others.
    pub(super) fn is_stand_in(&self, resource: ResourceId) -> bool {
        self.stand_ins.contains(&resource)
    }

    pub(super) fn tenancy_name(&self, tenancy: TenancyId) -> &str {
        self.model.tenancy(tenancy).map_or("", |tenancy| &tenancy.name)
    }

    pub(super) fn root(&self, tenancy: TenancyId) -> CompartmentId {
        self.model.tenancy(tenancy).map_or(CompartmentId(0), |tenancy| tenancy.root)
    }

    pub(super) fn tenancy_of(&self, compartment: CompartmentId) -> TenancyId {
        self.model.compartment(compartment).map_or(TenancyId(0), |compartment| compartment.tenancy)
    }

    /// Whether a tenancy is Oracle's own: its half of a pair of statements is not for us to write.
    pub(super) fn is_of_oracle(&self, tenancy: TenancyId) -> bool {
        !self.model.knows(tenancy, Aspect::Policies)
    }

    fn only_tenancy(&self) -> Option<TenancyId> {
        let mut all = self.model.tenancies();
        let (only, _) = all.next()?;
        all.next().is_none().then_some(only)
    }

    /// The tenancy of a name or OCID; an OCID the model does not have is a tenancy nothing is known of.
    pub(super) fn tenancy(&mut self, name: &str) -> Found<TenancyId> {
        if let Some(found) = self.model.find_tenancy(name) {
            return Ok(found);
        }
        let of_oracle = KnownTenancy::named(name).and_then(|known| Ocid::parse(known.ocid()).ok());
        if let Some(id) = of_oracle {
            return Ok(self.add_tenancy(id));
        }
        match Ocid::parse(name) {
            Ok(id) if id.resource_kind().eq_ignore_ascii_case("tenancy") => Ok(self.add_tenancy(id)),
            Ok(_) | Err(_) => {
                let names = self.model.tenancies.iter().map(|tenancy| tenancy.name.as_str());
                let help = suggest::did_you_mean(name, names).map_or_else(
                    || "add it to `tenancies`, or write its OCID".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                Err(Unknown::new(format!("no tenancy `{name}`"), help))
            }
        }
    }

    fn add_tenancy(&mut self, id: Ocid) -> TenancyId {
        let root = CompartmentId::at(self.model.compartments.len());
        let of_oracle = KnownTenancy::find(id.as_str());
        let name = of_oracle.map_or_else(|| id.to_string(), |known| known.alias().to_owned());
        let tenancy = self.model.push_tenancy(Tenancy {
            id: Some(id.clone()),
            name: name.clone(),
            home_region: None,
            regions: None,
            deny_policies: false,
            root,
            domains: Vec::new(),
            tag_keys: None,
            not_known: of_oracle.map(|_| Aspect::Policies).into_iter().collect(),
            place: None,
        });
        let compartment =
            Compartment { id: Some(id), name, tenancy, parent: None, tags: Tags::new(), known: true };
        self.model.push_compartment(compartment);
        self.open.push(Aspect::ALL.iter().map(|(_, aspect)| *aspect).collect());
        tenancy
    }

    /// A compartment by OCID or `[TENANCY/]path`; a path without a tenancy belongs to `home`.
    pub(super) fn compartment(&mut self, home: Option<TenancyId>, text: &str) -> Found<CompartmentId> {
        if let Some(found) = self.model.find_compartment(text) {
            return Ok(found);
        }
        let (tenancy, path) = match text.split_once('/') {
            Some((tenancy, path)) => (Some(self.tenancy(tenancy.trim())?), path),
            None => (home, text),
        };
        let Some(tenancy) = tenancy.or_else(|| self.only_tenancy()) else {
            return Err(Unknown::new(
                format!("nothing says which tenancy the compartment `{text}` is in"),
                format!("write `TENANCY/{text}`"),
            ));
        };
        if let Ok(id) = Ocid::parse(path) {
            if !self.leaves_open(tenancy, Aspect::Compartments) {
                return Err(self.no_compartment(tenancy, path));
            }
            return Ok(self.add_compartment(self.root(tenancy), path, Some(id)));
        }
        let mut here = self.root(tenancy);
        for name in path.split(':').map(str::trim) {
            here = match self.model.child(here, name) {
                Some(child) => child,
                None if name.is_empty() || !self.leaves_open(tenancy, Aspect::Compartments) => {
                    return Err(self.no_compartment(tenancy, path));
                }
                None => self.add_compartment(here, name, None),
            };
        }
        Ok(here)
    }

    fn no_compartment(&self, tenancy: TenancyId, path: &str) -> Unknown {
        let own = self.model.compartments().filter(|(_, compartment)| compartment.tenancy == tenancy);
        let paths: Vec<String> = own.map(|(id, _)| self.model.path(id)).collect();
        let help = suggest::did_you_mean(path, paths.iter().map(String::as_str)).map_or_else(
            || "write the path from below the root, `apps:web`, or an OCID".to_owned(),
            |near| format!("did you mean `{near}` of {}?", self.tenancy_name(tenancy)),
        );
        Unknown::new(format!("no compartment `{path}` in {}", self.tenancy_name(tenancy)), help)
    }

    fn add_compartment(&mut self, parent: CompartmentId, name: &str, id: Option<Ocid>) -> CompartmentId {
        self.model.push_compartment(Compartment {
            id,
            name: name.to_owned(),
            tenancy: self.tenancy_of(parent),
            parent: Some(parent),
            tags: Tags::new(),
            known: true,
        })
    }

    /// The resource with this OCID, or the only one of this name in the tenancy, or in all where none is said.
    pub(super) fn resource(&self, tenancy: Option<TenancyId>, text: &str) -> Found<Option<ResourceId>> {
        let by_id = |resource: &Resource| caseless::equal(resource.id.as_str(), text);
        if let Some((found, _)) = self.model.resources().find(|(_, resource)| by_id(resource)) {
            return Ok(Some(found));
        }
        let mut named = self.model.resources().filter(|(id, resource)| {
            !self.stand_ins.contains(id)
                && tenancy.is_none_or(|tenancy| self.tenancy_of(resource.compartment) == tenancy)
                && resource.name.as_deref().is_some_and(|name| caseless::equal(name, text))
        });
        match (named.next(), named.next()) {
            (Some((_, one)), Some((_, other))) => Err(Unknown::new(
                format!("several resources are called `{text}`"),
                format!("write an OCID: `{}` or `{}`", one.id, other.id),
            )),
            (first, _) => Ok(first.map(|(id, _)| id)),
        }
    }

    /// A name near to one that no resource has.
    pub(super) fn near_resource(&self, text: &str) -> Option<String> {
        let known = self.model.resources().filter(|(id, _)| !self.stand_ins.contains(id));
        let names = known
            .flat_map(|(_, resource)| resource.name.as_deref().into_iter().chain([resource.id.as_str()]));
        suggest::did_you_mean(text, names).map(str::to_owned)
    }

    /// A resource the model does not have, by OCID.
    pub(super) fn add_resource(
        &mut self,
        id: Ocid,
        name: Option<String>,
        kind: Option<&str>,
        compartment: CompartmentId,
    ) -> ResourceId {
        let own = self.model.add_resource(Resource {
            kind: kind.map_or_else(|| id.resource_kind().to_owned(), str::to_owned),
            id,
            name,
            compartment,
            parent: None,
            tags: Tags::new(),
            variables: Vec::new(),
        });
        self.stand_ins.insert(own);
        own
    }
}
