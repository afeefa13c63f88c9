//! The catalogue: what the pages say, the three-valued expansions, and the data behind them.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what must be there and is not fails the test"
)]

mod broken_data;
mod counts;
mod expansions;
mod literal;
mod names;
mod references;
mod traps;
mod vault_and_clusters;

use std::collections::BTreeMap;
use std::fs;

use ocipol::catalog::{Operation, Permission, PermissionSet, Requirement, ResourceType, Service, Verb};

/// The texts of all data files by name, as the build reads them.
fn data() -> BTreeMap<String, String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/catalog/data");
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

fn resource_type(name: &str) -> ResourceType {
    let found = ResourceType::find(name);
    found.unwrap_or_else(|| panic!("there is no type {name}")).resource_type
}

fn permission(name: &str) -> Permission {
    Permission::find(name).unwrap_or_else(|| panic!("there is no permission {name}"))
}

fn permissions(names: &[&str]) -> PermissionSet {
    names.iter().map(|name| permission(name)).collect()
}

fn operation(name: &str, slug: &str) -> Operation {
    let service = Service::find(slug);
    let mut found = Operation::find(name).iter().copied();
    found
        .find(|operation| Some(operation.service()) == service)
        .unwrap_or_else(|| panic!("there is no {name} in {slug}"))
}

/// What an operation needs, as one line: `A and (B or C) and either {D | E} and, if case, F`.
fn needs(requirement: Requirement) -> String {
    let words = |permissions: &[Permission]| -> Vec<String> {
        permissions.iter().map(|permission| permission.to_string()).collect()
    };
    let group = |group: &[Permission]| format!("({})", words(group).join(" or "));
    let Some(permissions) = requirement.permissions() else {
        return requirement.requires().map_or_else(|| "unknown".to_owned(), |grant| grant.to_string());
    };
    let mut parts = words(permissions);
    parts.extend(requirement.one_of().map(group));
    let case = |case: ocipol::catalog::Case| {
        let mut parts = words(case.permissions());
        parts.extend(case.one_of().map(group));
        parts.join(" and ")
    };
    let variants: Vec<String> = requirement.variants().map(case).collect();
    if !variants.is_empty() {
        parts.push(format!("either {{{}}}", variants.join(" | ")));
    }
    parts.extend(requirement.conditional().map(|each| format!("maybe {}", case(each))));
    if parts.is_empty() {
        return "nothing".to_owned();
    }
    parts.join(" and ")
}

/// The permissions a verb adds over the lower one, by name.
fn added(resource_type: ResourceType, verb: Verb) -> Vec<&'static str> {
    let granted = resource_type.granted(verb).certain;
    granted
        .iter()
        .filter(|permission| resource_type.level(*permission) == Some(verb))
        .map(Permission::name)
        .collect()
}
