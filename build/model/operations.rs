//! Operations of all services: one name may stand in many.

use std::collections::{BTreeMap, BTreeSet};

use super::super::check::demand;
use super::super::files::Files;
use super::super::schema;
use super::super::schema::{Extent, Map, ServiceFile, Verb};
use super::types::{Kind, Type};
use super::{Numbers, superseded};

pub struct Operation {
    pub name: String,
    pub service: u16,
    /// All of these are needed; `None` where the sources do not say.
    pub permissions: Option<Vec<u16>>,
    pub one_of: Vec<Vec<u16>>,
    pub conditional: Vec<Case>,
    pub variants: Vec<Case>,
    pub places: Vec<(u16, String)>,
    pub requires: Option<(u16, Verb)>,
    pub note: Option<String>,
    /// Verb rows that name it, where only verb tables do.
    pub verb_table: Vec<(u16, Verb, Extent)>,
    /// Types of the service that hold a permission it needs.
    pub resource_types: Vec<u16>,
    pub kind: &'static str,
    /// Whether it concerns a user's credentials.
    pub credentials: bool,
}

/// Whether an operation is one of IAM's on a user's credentials.
fn credentials(files: &Files, file: &ServiceFile, name: &str) -> bool {
    let of_iam = file.slug.starts_with("iam");
    of_iam && files.language.own_credentials.operations.iter().any(|known| known == name)
}

/// The variant of `OperationKind`; its documentation has the rule.
fn kind(name: &str, needed: Option<&[&str]>) -> &'static str {
    let starts = |word: &str| {
        name.strip_prefix(word)
            .is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_uppercase()))
    };
    let creates = || needed.is_none_or(|needed| needed.iter().any(|name| name.ends_with("_CREATE")));
    if starts("List") {
        "List"
    } else if (starts("Create") || starts("Launch")) && creates() {
        "Create"
    } else {
        "Other"
    }
}

impl Operation {
    /// Every permission the entry names, its cases included.
    pub fn named(&self) -> BTreeSet<u16> {
        let cases = self.conditional.iter().chain(&self.variants);
        let own = self.permissions.iter().flatten().chain(self.one_of.iter().flatten());
        own.chain(cases.flat_map(|case| case.permissions.iter().chain(case.one_of.iter().flatten())))
            .copied()
            .collect()
    }
}

pub struct Case {
    pub when: String,
    pub exists: Option<String>,
    pub permissions: Vec<u16>,
    pub one_of: Vec<Vec<u16>>,
    pub places: Vec<(u16, String)>,
}

type Spellings = Vec<(String, Vec<u16>)>;

/// Operations by name without case and then by service, and the misprints with what they mean.
pub fn join(files: &Files, numbers: &Numbers, types: &[Type]) -> (Vec<Operation>, Spellings) {
    let mut by_name: BTreeMap<(String, u16), Operation> = BTreeMap::new();
    for file in files.of_a_tenancy() {
        let Some(service) = numbers.services.get(&file.slug) else {
            continue;
        };
        for operation in of_file(files, file, service, numbers, types) {
            by_name.insert((operation.name.to_ascii_lowercase(), service), operation);
        }
    }
    let spellings = spellings(files, numbers, &by_name);
    (by_name.into_values().collect(), spellings)
}

fn of_file(
    files: &Files,
    file: &ServiceFile,
    service: u16,
    numbers: &Numbers,
    types: &[Type],
) -> Vec<Operation> {
    let permissions = |names: &[String]| numbers.permissions.all(names);
    let groups = |groups: &[Vec<String>]| groups.iter().map(|group| permissions(group)).collect();
    let places = |places: &Map<String>| {
        places
            .iter()
            .filter_map(|(name, place)| Some((numbers.permissions.get(name)?, place.clone())))
            .collect()
    };
    let case = |case: &schema::Case| Case {
        when: case.when.clone(),
        exists: case.exists.clone(),
        permissions: permissions(&case.permissions),
        one_of: groups(&case.one_of),
        places: places(&case.places),
    };
    let with_permissions = file
        .operations
        .iter()
        .filter(|(name, _)| !superseded(files, file, |iam| iam.operations.contains(name)))
        .map(|(name, entry)| Operation {
            name: name.to_owned(),
            service,
            permissions: entry.permissions.as_deref().map(permissions),
            one_of: groups(&entry.one_of),
            conditional: entry.conditional.iter().map(case).collect(),
            variants: entry.variants.iter().map(case).collect(),
            places: places(&entry.places),
            requires: entry
                .requires
                .as_deref()
                .and_then(demand)
                .and_then(|(verb, name)| Some((numbers.types.get(name)?, verb))),
            note: entry.note.clone(),
            verb_table: Vec::new(),
            resource_types: Vec::new(),
            kind: kind(
                name,
                entry.permissions.is_some().then(|| entry.always_named().collect::<Vec<_>>()).as_deref(),
            ),
            credentials: credentials(files, file, name),
        });
    let of_verb_tables = file
        .operations_verb_table_only
        .iter()
        .filter(|(name, _)| !superseded(files, file, |iam| iam.operations_verb_table_only.contains(name)))
        .map(|(name, entries)| Operation {
            name: name.to_owned(),
            service,
            permissions: None,
            one_of: Vec::new(),
            conditional: Vec::new(),
            variants: Vec::new(),
            places: Vec::new(),
            requires: None,
            note: None,
            verb_table: entries
                .iter()
                .filter_map(|row| Some((numbers.types.get(&row.resource_type)?, row.verb, row.coverage)))
                .collect(),
            resource_types: Vec::new(),
            kind: kind(name, None),
            credentials: credentials(files, file, name),
        });
    let mut operations: Vec<Operation> = with_permissions.chain(of_verb_tables).collect();
    for operation in &mut operations {
        operation.resource_types = resource_types(operation, service, types);
    }
    operations
}

/// The types of the service that hold what the operation always needs; conditions speak of other resources.
fn resource_types(operation: &Operation, service: u16, types: &[Type]) -> Vec<u16> {
    let mut needed: BTreeSet<u16> = operation.permissions.iter().flatten().copied().collect();
    needed.extend(operation.one_of.iter().flatten());
    for case in &operation.variants {
        needed.extend(case.permissions.iter().chain(case.one_of.iter().flatten()));
    }
    let holds = |entry: &Type| {
        entry.own_rows.iter().any(|(permission, _)| needed.contains(permission))
            || entry.unassigned.iter().any(|permission| needed.contains(permission))
    };
    let named: BTreeSet<u16> = operation.verb_table.iter().map(|row| row.0).collect();
    types
        .iter()
        .zip(0u16..)
        .filter(|(entry, number)| {
            let of_service = entry.kind == Kind::Individual && entry.services.contains(&service);
            named.contains(number) || (of_service && holds(entry))
        })
        .map(|(_, number)| number)
        .collect()
}

fn spellings(
    files: &Files,
    numbers: &Numbers,
    operations: &BTreeMap<(String, u16), Operation>,
) -> Vec<(String, Vec<u16>)> {
    let places: BTreeMap<&(String, u16), u16> = operations.keys().zip(0u16..).collect();
    let mut spellings: BTreeMap<String, (String, Vec<u16>)> = BTreeMap::new();
    for file in files.of_a_tenancy() {
        let Some(service) = numbers.services.get(&file.slug) else {
            continue;
        };
        for (printed, names) in file.operation_spellings.iter() {
            let entry = spellings
                .entry(printed.to_ascii_lowercase())
                .or_insert_with(|| (printed.to_owned(), Vec::new()));
            for name in names.as_slice() {
                let place = places.get(&(name.to_ascii_lowercase(), service));
                entry.1.extend(place);
            }
        }
    }
    spellings.into_values().collect()
}
