//! Variables by name, each with everything that the general table, examples and services say about it.

use std::collections::BTreeMap;

use super::super::check::variable_key;
use super::super::files::Files;
use super::super::schema;
use super::super::schema::{GeneralVariable, PrincipalKind, ServiceFile, ValuesFrom};
use super::{Numbers, superseded};

pub struct Variable {
    pub name: String,
    /// The name up to two free segments at its end, for a variable that has them.
    pub prefix: Option<String>,
    pub definitions: Vec<Definition>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The table of general variables.
    General,
    /// Examples of a page, or public policies; no table has it.
    Example,
    /// The page of a service.
    Service(u16),
}

pub struct Definition {
    pub origin: Origin,
    pub value_type: &'static str,
    pub list: bool,
    pub resource_types: Vec<u16>,
    /// Bits of verbs; all four where the source names none.
    pub verbs: u8,
    pub only_for: Vec<String>,
    pub not_available_for: Vec<String>,
    /// Bits of principal kinds; all where the source names none.
    pub principals: u8,
    pub principal_types: Vec<String>,
    pub values: Vec<String>,
    pub values_from: Option<ValuesFrom>,
    pub deprecated: Option<String>,
    pub note: Option<String>,
}

const ANY_VERB: u8 = 15;
const ANY_PRINCIPAL: u8 = 31;

/// The variant of `ValueType` and whether the value is a list.
pub fn value_type(text: &str) -> Option<(&'static str, bool)> {
    let inner = text.strip_prefix("list(").and_then(|inner| inner.strip_suffix(')'));
    let variant = match inner.unwrap_or(text) {
        "string" => "String",
        "ocid" => "Ocid",
        "boolean" => "Boolean",
        "timestamp" => "Timestamp",
        "month" => "Month",
        "day-of-month" => "DayOfMonth",
        "day-of-week" => "DayOfWeek",
        "time-of-day" => "TimeOfDay",
        _ => return None,
    };
    Some((variant, inner.is_some()))
}

pub fn join(files: &Files, numbers: &Numbers) -> Vec<Variable> {
    let mut by_name: BTreeMap<String, Variable> = BTreeMap::new();
    let mut add = |name: &str, definition: Definition| {
        let prefix = name.split_once(".<").map(|(prefix, _)| prefix.to_owned());
        // The first spelling, which is that of the general table, is kept.
        let entry = by_name.entry(variable_key(name)).or_insert_with(|| Variable {
            name: name.to_owned(),
            prefix,
            definitions: Vec::new(),
        });
        entry.definitions.push(definition);
    };
    for (name, variable) in files.general.general_variables.iter() {
        add(name, general(variable, Origin::General, numbers));
    }
    for (name, variable) in files.general.other_variables.iter().chain(files.language.variables.iter()) {
        let service = variable.service.as_ref();
        let service = service.and_then(|slug| numbers.services.get(slug));
        add(name, general(variable, service.map_or(Origin::Example, Origin::Service), numbers));
    }
    for file in files.of_a_tenancy() {
        for (name, variable) in file
            .variables
            .iter()
            .filter(|(name, _)| !superseded(files, file, |iam| iam.variables.contains(name)))
        {
            add(name, of_service(files, file, name, variable, numbers));
        }
    }
    let mut variables: Vec<Variable> = by_name.into_values().collect();
    variables.sort_by_key(|variable| variable.name.to_ascii_lowercase());
    variables
}

fn general(variable: &GeneralVariable, origin: Origin, numbers: &Numbers) -> Definition {
    let (value_type, list) = value_type(&variable.value_type).unwrap_or(("String", false));
    Definition {
        origin,
        value_type,
        list,
        resource_types: numbers.types.all(&variable.resource_types),
        verbs: ANY_VERB,
        only_for: variable.only_for.clone(),
        not_available_for: Vec::new(),
        principals: principals(variable),
        // The names of a kind say nothing that the kind does not say.
        principal_types: variable
            .only_for_principal_types
            .iter()
            .filter(|name| kind(name).is_none())
            .cloned()
            .collect(),
        values: variable.values.clone(),
        values_from: variable.values_from,
        deprecated: variable.deprecated.clone(),
        note: variable.note.clone(),
    }
}

fn principals(variable: &GeneralVariable) -> u8 {
    let kinds = variable.principals.iter().copied();
    let of_types =
        variable.only_for_principal_types.iter().map(|name| kind(name).unwrap_or(PrincipalKind::Resource));
    let bits = kinds.chain(of_types).fold(0, |bits, kind| bits | kind.bit());
    if bits == 0 { ANY_PRINCIPAL } else { bits }
}

/// The kind of caller that a value of `request.principal.type` names by itself.
fn kind(name: &str) -> Option<PrincipalKind> {
    match name {
        "user" => Some(PrincipalKind::User),
        "instance" => Some(PrincipalKind::Instance),
        "workload" => Some(PrincipalKind::Workload),
        "service" => Some(PrincipalKind::Service),
        _ => None,
    }
}

fn of_service(
    files: &Files,
    file: &ServiceFile,
    name: &str,
    variable: &schema::Variable,
    numbers: &Numbers,
) -> Definition {
    let (value_type, list) = value_type(&variable.value_type).unwrap_or(("String", false));
    let limit = files.language.variable_limits.get(name);
    let limit = limit.filter(|limit| limit.service == file.slug);
    let limited = |own: &[String], more: Option<&Vec<String>>| -> Vec<String> {
        own.iter().chain(more.into_iter().flatten()).cloned().collect()
    };
    let resource_types = limited(&variable.resource_types, limit.map(|limit| &limit.resource_types));
    let verbs = variable.verbs.iter().fold(0, |bits, verb| bits | verb.bit());
    Definition {
        origin: numbers.services.get(&file.slug).map_or(Origin::Example, Origin::Service),
        value_type,
        list,
        resource_types: numbers.types.all(&resource_types),
        verbs: if verbs == 0 { ANY_VERB } else { verbs },
        only_for: variable.only_for.clone(),
        not_available_for: limited(&variable.not_available_for, limit.map(|limit| &limit.not_available_for)),
        principals: ANY_PRINCIPAL,
        principal_types: Vec::new(),
        values: variable.values.clone(),
        values_from: None,
        deprecated: None,
        note: variable.note.clone(),
    }
}
