//! All files joined into one catalogue: names become numbers, in the order that look-ups search.

mod operations;
mod types;
mod variables;

use std::collections::BTreeMap;

use super::files::{Files, WITH_DOMAINS, WITHOUT_DOMAINS};
use super::schema::{Coverage, Known, PrincipalType, SeenName, ServiceFile, UsedAs, Verb};

pub use operations::{Case, Operation};
pub use types::{Kind, Type};
pub use variables::{Definition, Origin, Variable, value_type};

pub struct Model {
    pub services: Vec<Service>,
    pub permissions: Vec<Permission>,
    pub permission_spellings: Vec<(String, u16)>,
    pub types: Vec<Type>,
    pub aliases: Vec<(String, u16)>,
    pub operations: Vec<Operation>,
    pub operation_spellings: Vec<(String, Vec<u16>)>,
    pub variables: Vec<Variable>,
    pub regions: Vec<Region>,
    pub principal_types: Vec<Principal>,
    pub service_principals: Vec<String>,
    pub resource_subjects: Vec<String>,
    pub seen_types: Vec<Hint>,
    pub seen_operations: Vec<Hint>,
    pub seen_permissions: Vec<Hint>,
    pub tenancies: Vec<(String, String, String)>,
    /// OCID types by name, with what variables call them.
    pub segments: Vec<(String, String)>,
}

pub struct Service {
    pub slug: String,
    pub name: String,
    pub coverage: Coverage,
    /// Type names, type permissions, families, operations, variables.
    pub completeness: [Known; 5],
    pub environment: Option<String>,
}

#[derive(Default)]
pub struct Permission {
    pub name: String,
    /// Types with a row, and families with a row of their own, that grant it.
    pub granted_by: Vec<(u16, Verb)>,
    /// Operations that name it.
    pub operations: Vec<u16>,
    /// `ungranted_permissions` of some file.
    pub ungranted: bool,
    pub hint: Option<String>,
    /// Whether `target.resource.tag.*` exists where it is tested.
    pub without_target_tags: bool,
}

pub struct Region {
    pub key: String,
    pub name: String,
    pub long_name: String,
}

pub struct Principal {
    pub name: String,
    pub in_matching_rule: bool,
    pub note: Option<String>,
}

pub struct Hint {
    pub name: String,
    pub repositories: u16,
    pub like: Option<u16>,
    pub service: Option<String>,
    pub note: Option<String>,
}

/// Numbers by name, compared without case.
pub struct Index(BTreeMap<String, u16>);

impl Index {
    /// Numbers names in the order of their lower-case spelling; two spellings of one name are one.
    fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> (Self, Vec<String>) {
        let spelled: BTreeMap<String, &str> =
            names.into_iter().map(|name| (name.to_ascii_lowercase(), name)).collect();
        let names = spelled.values().map(|name| (*name).to_owned()).collect();
        let numbers = spelled.into_keys().zip(0u16..).collect();
        (Self(numbers), names)
    }

    fn get(&self, name: &str) -> Option<u16> {
        self.0.get(&name.to_ascii_lowercase()).copied()
    }

    fn all<'a>(&self, names: impl IntoIterator<Item = &'a String>) -> Vec<u16> {
        names.into_iter().filter_map(|name| self.get(name)).collect()
    }
}

/// The numbers every join needs.
struct Numbers {
    services: Index,
    permissions: Index,
    types: Index,
}

impl Model {
    pub fn join(files: &Files) -> Self {
        let (services, _) = Index::of(files.of_a_tenancy().map(|file| file.slug.as_str()));
        let (permissions, permission_names) = Index::of(files.of_a_tenancy().flat_map(permissions_of));
        let (types, type_names) = types::names(files);
        let numbers = Numbers { services, permissions, types };
        let types = types::join(files, &numbers, &type_names);
        let (operations, operation_spellings) = operations::join(files, &numbers, &types);
        let variables = variables::join(files, &numbers);
        let permissions = permission_rows(files, &numbers, permission_names, &types, &operations);
        Self {
            services: files.of_a_tenancy().map(service).collect(),
            permissions,
            permission_spellings: sorted(files.of_a_tenancy().flat_map(|file| {
                let spellings = file.permission_spellings.iter();
                spellings
                    .filter_map(|(printed, name)| Some((printed.to_owned(), numbers.permissions.get(name)?)))
            })),
            aliases: aliases(files, &numbers),
            types,
            operations,
            operation_spellings,
            variables,
            regions: regions(files),
            principal_types: principals(files),
            service_principals: files.general.service_principals.clone(),
            resource_subjects: files.general.resource_subjects.clone(),
            seen_types: seen_types(files, &numbers),
            seen_operations: hints(files.seen.operations.iter(), &numbers),
            seen_permissions: hints(files.seen.permissions.iter(), &numbers),
            tenancies: files
                .tenancies
                .tenancies
                .iter()
                .map(|(alias, entry)| (alias.to_owned(), entry.ocid.clone(), entry.purpose.clone()))
                .collect(),
            segments: sorted(
                files
                    .language
                    .variable_segments
                    .iter()
                    .map(|(name, entry)| (name.to_owned(), entry.segment.clone())),
            ),
        }
    }
}

/// Every permission a file names.
fn permissions_of(file: &ServiceFile) -> impl Iterator<Item = &str> {
    let rows = file.resource_types.iter().flat_map(|(_, rows)| {
        let row = |verb| rows.row(verb).unwrap_or_default();
        let granted = Verb::ALL.into_iter().flat_map(row);
        granted.chain(&rows.permissions_unassigned)
    });
    let extra = file.families.iter().flat_map(|(_, family)| family.extra_permissions.iter());
    let extra = extra.flat_map(|(_, row)| row);
    let operations = file.operations.iter().flat_map(|(_, entry)| entry.named());
    rows.chain(extra).map(String::as_str).chain(operations).chain(file.ungranted_permissions.keys())
}

fn service(file: &ServiceFile) -> Service {
    let known = file.completeness;
    Service {
        slug: file.slug.clone(),
        name: file.service.clone(),
        coverage: file.coverage,
        completeness: [
            known.type_names,
            known.type_permissions,
            known.families,
            known.operations,
            known.variables,
        ],
        environment: file.environment.clone(),
    }
}

fn permission_rows(
    files: &Files,
    numbers: &Numbers,
    names: Vec<String>,
    types: &[Type],
    operations: &[Operation],
) -> Vec<Permission> {
    let mut permissions: Vec<Permission> =
        names.into_iter().map(|name| Permission { name, ..Permission::default() }).collect();
    for (entry, number) in types.iter().zip(0u16..) {
        for (permission, verb) in &entry.own_rows {
            if let Some(row) = permissions.get_mut(usize::from(*permission)) {
                row.granted_by.push((number, *verb));
            }
        }
    }
    for (operation, number) in operations.iter().zip(0u16..) {
        for permission in operation.named() {
            if let Some(row) = permissions.get_mut(usize::from(permission))
                && row.operations.last() != Some(&number)
            {
                row.operations.push(number);
            }
        }
    }
    for file in files.of_a_tenancy() {
        for (name, entry) in file.ungranted_permissions.iter() {
            let number = numbers.permissions.get(name).map(usize::from);
            if let Some(row) = number.and_then(|number| permissions.get_mut(number)) {
                row.ungranted = true;
                row.hint = row.hint.take().or_else(|| entry.hint.clone());
            }
        }
    }
    for number in numbers.permissions.all(&files.language.without_target_tags.permissions) {
        if let Some(row) = permissions.get_mut(usize::from(number)) {
            row.without_target_tags = true;
        }
    }
    permissions
}

fn aliases(files: &Files, numbers: &Numbers) -> Vec<(String, u16)> {
    let of_services =
        files.of_a_tenancy().flat_map(|file| file.aliases.iter()).map(|(alias, name)| (alias, name.as_str()));
    let of_the_language = files.language.aliases.iter().map(|(alias, entry)| (alias, entry.name.as_str()));
    sorted(
        of_services
            .chain(of_the_language)
            .filter_map(|(alias, name)| Some((alias.to_owned(), numbers.types.get(name)?))),
    )
}

/// By name without case, each name once.
fn sorted<T>(entries: impl IntoIterator<Item = (String, T)>) -> Vec<(String, T)> {
    let by_name: BTreeMap<String, (String, T)> =
        entries.into_iter().map(|entry| (entry.0.to_ascii_lowercase(), entry)).collect();
    by_name.into_values().collect()
}

fn regions(files: &Files) -> Vec<Region> {
    let keys = files.general.region_keys.iter();
    let with_name = keys.filter_map(|(key, name)| {
        let region = Region {
            key: key.to_owned(),
            name: name.clone(),
            long_name: files.regions.region_names.get(key)?.clone(),
        };
        Some((key.to_owned(), region))
    });
    sorted(with_name).into_iter().map(|(_, region)| region).collect()
}

fn principals(files: &Files) -> Vec<Principal> {
    let general = files.general.principal_types.iter();
    let entries =
        general.chain(files.language.principal_types.iter()).map(|(name, entry): (&str, &PrincipalType)| {
            let principal = Principal {
                name: name.to_owned(),
                in_matching_rule: entry.used_as == UsedAs::Resource,
                note: entry.note.clone(),
            };
            (name.to_owned(), principal)
        });
    sorted(entries).into_iter().map(|(_, principal)| principal).collect()
}

fn hints<'a>(entries: impl Iterator<Item = (&'a str, &'a SeenName)>, numbers: &Numbers) -> Vec<Hint> {
    let hints = entries.map(|(name, entry)| {
        let hint = Hint {
            name: name.to_owned(),
            repositories: entry.repositories,
            like: entry.like.as_ref().and_then(|like| numbers.types.get(like)),
            service: entry.service.clone(),
            note: None,
        };
        (name.to_owned(), hint)
    });
    sorted(hints).into_iter().map(|(_, hint)| hint).collect()
}

/// Names seen in public policies, and names that official pages use without a table.
fn seen_types(files: &Files, numbers: &Numbers) -> Vec<Hint> {
    let mut by_name: BTreeMap<String, Hint> = hints(files.seen.resource_types.iter(), numbers)
        .into_iter()
        .map(|hint| (hint.name.to_ascii_lowercase(), hint))
        .collect();
    for (name, note) in files.general.names_without_table.iter() {
        let hint = by_name.entry(name.to_ascii_lowercase()).or_insert_with(|| Hint {
            name: name.to_owned(),
            repositories: 0,
            like: None,
            service: None,
            note: None,
        });
        hint.note = Some(note.clone());
    }
    by_name.into_values().collect()
}

/// Whether an entry of the file without identity domains is already defined by the one with them.
fn superseded(files: &Files, file: &ServiceFile, defined: impl Fn(&ServiceFile) -> bool) -> bool {
    file.slug == WITHOUT_DOMAINS && files.service(WITH_DOMAINS).is_some_and(defined)
}
