//! Types, families and `all-resources`, each with everything a statement for it covers.

use std::collections::{BTreeMap, BTreeSet};

use super::super::check::{defined_with_domains, granted};
use super::super::files::{Files, WITHOUT_DOMAINS};
use super::super::schema::{ServiceFile, TypeRows, Verb};
use super::{Index, Numbers};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Individual,
    Family,
    AllResources,
}

pub struct Type {
    pub name: String,
    pub kind: Kind,
    pub services: Vec<u16>,
    /// Direct members of a family, or the types an individual type includes.
    pub members: Vec<u16>,
    /// Rows of the type's, or the family's, own table.
    pub own_rows: Vec<(u16, Verb)>,
    /// Bits of the verbs whose own row is unknown or incomplete.
    pub unknown: u8,
    /// Own permissions whose verb is not known.
    pub unassigned: BTreeSet<u16>,
    pub without_domains: bool,
    pub without_target_tags: bool,
    pub cover: Cover,
}

/// What a statement for a type covers, members and included types too.
#[derive(Default)]
pub struct Cover {
    /// Individual types.
    pub types: Vec<u16>,
    /// Permission and the bits of the verbs at which some covered table has it.
    pub rungs: BTreeMap<u16, u8>,
    /// Bits of the verbs at which some covered type has a row that is unknown or incomplete.
    pub unknown: u8,
    /// Permissions of covered types whose verb is not known.
    pub unassigned: BTreeSet<u16>,
}

impl Type {
    fn new(name: &str, kind: Kind) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            services: Vec::new(),
            members: Vec::new(),
            own_rows: Vec::new(),
            unknown: 0,
            unassigned: BTreeSet::new(),
            without_domains: true,
            without_target_tags: false,
            cover: Cover::default(),
        }
    }
}

/// Numbers of all types, families and `all-resources`.
pub fn names(files: &Files) -> (Index, Vec<String>) {
    let of_files = files.of_a_tenancy().flat_map(|file| {
        let types = file.resource_types.keys();
        types.filter(|name| is_taken(files, file, name)).chain(file.families.keys())
    });
    Index::of(of_files.chain([files.general.all_resources.as_str()]))
}

/// The file without identity domains gives a type only where the other file has no such name.
fn is_taken(files: &Files, file: &ServiceFile, name: &str) -> bool {
    file.slug != WITHOUT_DOMAINS || !defined_with_domains(files, name)
}

pub fn join(files: &Files, numbers: &Numbers, names: &[String]) -> Vec<Type> {
    let mut types: Vec<Type> = names.iter().map(|name| Type::new(name, Kind::Individual)).collect();
    for file in files.of_a_tenancy() {
        add(files, file, numbers, &mut types);
    }
    if let Some(all) = numbers.types.get(&files.general.all_resources) {
        // Families are members too: some grant permissions that no type of theirs has a row for.
        let members = (0u16..).take(types.len()).filter(|number| *number != all);
        let members: Vec<u16> = members.collect();
        if let Some(entry) = types.get_mut(usize::from(all)) {
            entry.kind = Kind::AllResources;
            entry.services = (0u16..).take(files.of_a_tenancy().count()).collect();
            entry.members = members;
            entry.without_domains = false;
            // Rulings R19: `all-resources` alone grants these, and only `manage` does.
            let ungranted = files.of_a_tenancy().flat_map(|file| file.ungranted_permissions.keys());
            entry.own_rows = ungranted
                .filter_map(|name| numbers.permissions.get(name))
                .collect::<BTreeSet<u16>>()
                .into_iter()
                .map(|permission| (permission, Verb::Manage))
                .collect();
        }
    }
    for number in numbers.types.all(&files.language.without_target_tags.resource_types) {
        if let Some(entry) = types.get_mut(usize::from(number)) {
            entry.without_target_tags = true;
        }
    }
    cover(&mut types);
    types
}

/// Adds what one file says; a name that several files define grants what each of them says.
fn add(files: &Files, file: &ServiceFile, numbers: &Numbers, types: &mut [Type]) {
    let service = numbers.services.get(&file.slug);
    for (name, rows) in file.resource_types.iter().filter(|(name, _)| is_taken(files, file, name)) {
        let number = numbers.types.get(name).map(usize::from);
        if let Some(entry) = number.and_then(|number| types.get_mut(number)) {
            entry.services.extend(service);
            entry.without_domains &= file.slug == WITHOUT_DOMAINS;
            entry.members.extend(numbers.types.all(&rows.includes));
            entry.unassigned.extend(numbers.permissions.all(&rows.permissions_unassigned));
            add_rows(entry, rows, numbers);
        }
    }
    for (name, family) in file.families.iter() {
        let number = numbers.types.get(name).map(usize::from);
        if let Some(entry) = number.and_then(|number| types.get_mut(number)) {
            entry.kind = Kind::Family;
            entry.services.extend(service);
            entry.without_domains = false;
            entry.members.extend(numbers.types.all(&family.members));
            if family.members.is_empty() {
                // An empty list of an incomplete file says nothing: each type of the service may be a member.
                let possible = file.resource_types.iter().flat_map(|(_, rows)| granted(rows));
                entry.unassigned.extend(possible.filter_map(|name| numbers.permissions.get(name)));
                entry.unknown = Verb::ALL.into_iter().fold(0, |bits, verb| bits | verb.bit());
            }
            for verb in Verb::ALL {
                let extra = family.extra_permissions.get(verb.name()).into_iter().flatten();
                let extra = numbers.permissions.all(extra);
                entry.own_rows.extend(extra.into_iter().map(|permission| (permission, verb)));
            }
        }
    }
}

fn add_rows(entry: &mut Type, rows: &TypeRows, numbers: &Numbers) {
    for verb in Verb::ALL {
        match rows.row(verb) {
            None => entry.unknown |= verb.bit(),
            Some(row) => {
                for permission in numbers.permissions.all(row) {
                    if !entry.own_rows.contains(&(permission, verb)) {
                        entry.own_rows.push((permission, verb));
                    }
                }
            }
        }
    }
    for verb in &rows.incomplete {
        entry.unknown |= verb.bit();
    }
}

/// Works out what a statement for each type covers: its own rows and those of its members, recursively.
fn cover(types: &mut [Type]) {
    let reached: Vec<BTreeSet<u16>> = (0u16..)
        .take(types.len())
        .map(|number| {
            let mut reached = BTreeSet::new();
            reach(types, number, &mut reached);
            reached
        })
        .collect();
    let covers: Vec<Cover> = reached.iter().map(|reached| Cover::of(types, reached)).collect();
    for (entry, cover) in types.iter_mut().zip(covers) {
        entry.cover = cover;
    }
}

fn reach(types: &[Type], number: u16, reached: &mut BTreeSet<u16>) {
    if reached.insert(number) {
        for member in types.get(usize::from(number)).map_or(&[][..], |entry| &entry.members) {
            reach(types, *member, reached);
        }
    }
}

impl Cover {
    fn of(types: &[Type], reached: &BTreeSet<u16>) -> Self {
        let mut cover = Self::default();
        for number in reached {
            let Some(entry) = types.get(usize::from(*number)) else {
                continue;
            };
            if entry.kind == Kind::Individual {
                cover.types.push(*number);
            }
            for (permission, verb) in &entry.own_rows {
                *cover.rungs.entry(*permission).or_default() |= verb.bit();
            }
            cover.unknown |= entry.unknown;
            cover.unassigned.extend(&entry.unassigned);
        }
        // What some covered table places has a level after all.
        cover.unassigned.retain(|permission| !cover.rungs.contains_key(permission));
        cover
    }
}
