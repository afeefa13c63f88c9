//! Principals, classes and questions in words.

use super::{Through, Who};
use crate::decide::Free;
use crate::program::Program;
use crate::request::{Check, Request};
use crate::tenancy::{DynamicGroupId, GroupId, TenancyId};

impl Who {
    /// How people call it: kind, name and tenancy.
    #[must_use]
    pub fn words(&self, program: &Program) -> String {
        let model = program.tenancies();
        let (what, tenancy) = match self {
            Self::Everybody(tenancy) => ("everybody".to_owned(), *tenancy),
            Self::Group(id) => (group(program, *id), self.tenancy(program)),
            Self::DynamicGroup(id) => (dynamic_group(program, *id), self.tenancy(program)),
            Self::Service { name, tenancy } => (format!("service `{name}`"), *tenancy),
            Self::Resource(id) => {
                let found = model.resource(*id);
                let name = found.map_or("", |found| found.name.as_deref().unwrap_or(found.id.as_str()));
                (format!("{} `{name}`", found.map_or("", |found| &found.kind)), self.tenancy(program))
            }
            Self::User(id) => {
                let name = model.user(*id).map_or("", |user| user.name.as_str());
                (format!("user `{name}`"), self.tenancy(program))
            }
        };
        format!("{what} of {}", tenancy_name(program, tenancy))
    }

    /// The tenancy it belongs to.
    #[must_use]
    pub fn tenancy(&self, program: &Program) -> TenancyId {
        let model = program.tenancies();
        let tenancy = match self {
            Self::Everybody(tenancy) | Self::Service { tenancy, .. } => Some(*tenancy),
            Self::Group(id) => model.group(*id).map(|group| group.tenancy),
            Self::DynamicGroup(id) => model.dynamic_group(*id).map(|group| group.tenancy),
            Self::Resource(id) => {
                let compartment =
                    model.resource(*id).and_then(|resource| model.compartment(resource.compartment));
                compartment.map(|compartment| compartment.tenancy)
            }
            Self::User(id) => model.user(*id).map(|user| user.tenancy),
        };
        tenancy.unwrap_or(TenancyId(0))
    }

    /// Whether it stands for principals the model need not list.
    #[must_use]
    pub const fn is_class(&self) -> bool {
        match self {
            Self::Everybody(_) | Self::Group(_) | Self::DynamicGroup(_) | Self::Service { .. } => true,
            Self::Resource(_) | Self::User(_) => false,
        }
    }
}

impl Through {
    /// How statements and people call it.
    #[must_use]
    pub fn words(&self, program: &Program) -> String {
        match self {
            Self::AnyUser => "any-user".to_owned(),
            Self::AnyGroup => "any-group".to_owned(),
            Self::Group(id) => group(program, *id),
            Self::DynamicGroup(id) => dynamic_group(program, *id),
            Self::Service(name) => format!("service `{name}`"),
            Self::Right(Free::InstanceListsCompartments) => {
                "the right of every instance to list the compartments of its tenancy".to_owned()
            }
            Self::Right(Free::OwnCredentials) => "everybody's right to their own credentials".to_owned(),
        }
    }
}

fn group(program: &Program, id: GroupId) -> String {
    let group = program.tenancies().group(id);
    let id = group.and_then(|group| group.id.as_ref()).map(|id| id.as_str());
    let name = group.and_then(|group| group.name.as_deref()).or(id).unwrap_or_default();
    format!("group `{name}`")
}

fn dynamic_group(program: &Program, id: DynamicGroupId) -> String {
    let group = program.tenancies().dynamic_group(id);
    let id = group.and_then(|group| group.id.as_ref()).map(|id| id.as_str());
    let name = group.and_then(|group| group.name.as_deref()).or(id).unwrap_or_default();
    format!("dynamic group `{name}`")
}

pub(super) fn tenancy_name(program: &Program, id: TenancyId) -> &str {
    program.tenancies().tenancy(id).map_or("", |tenancy| tenancy.name.as_str())
}

/// The action and the target of a request.
pub(super) fn question(program: &Program, request: &Request) -> String {
    let operation = request.operation.and_then(|id| program.texts.get(id).or_else(|| request.texts.get(id)));
    let known = operation.and_then(|name| crate::catalog::Operation::find(name).first().copied());
    let what = known.map_or_else(
        || {
            let names: Vec<&str> =
                request.permissions().into_iter().map(|permission| permission.name()).collect();
            if names.is_empty() { "associate".to_owned() } else { names.join(", ") }
        },
        |operation| operation.name().to_owned(),
    );
    let target = request.checks.first().map(|check| place(program, check)).unwrap_or_default();
    format!("{what} on {target}")
}

fn place(program: &Program, check: &Check) -> String {
    let tenancy = tenancy_name(program, check.target.tenancy);
    let path = program.tenancies().path(check.target.compartment);
    let home = if path == tenancy { path } else { format!("{tenancy}/{path}") };
    let label = &check.target.label;
    if label.is_empty() || *label == home { home } else { format!("`{label}` in {home}") }
}
