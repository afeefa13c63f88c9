//! A second reading of the data files, slow and literal, agrees with the tables of the build.

use std::collections::{BTreeMap, BTreeSet};

use ocipol::catalog::{Expansion, PermissionSet, ResourceType, TypeKind, Verb};
use serde_yaml::Value;

use super::{data, permission};

/// The service files of a tenancy by slug, as they stand.
pub(super) fn files() -> BTreeMap<String, Value> {
    data()
        .into_iter()
        .map(|(slug, text)| (slug, serde_yaml::from_str(&text).unwrap()))
        .filter(|(slug, _)| !slug.starts_with('_') && slug != "roving-edge")
        .collect()
}

/// Keys and values of a mapping below `key`; none where there is no such key.
pub(super) fn entries<'v>(value: &'v Value, key: &str) -> Vec<(&'v str, &'v Value)> {
    let mapping = value.get(key).and_then(Value::as_mapping);
    mapping.into_iter().flatten().map(|(name, entry)| (name.as_str().unwrap(), entry)).collect()
}

/// The texts of a list below `key`; none where there is no such key, or no list.
pub(super) fn texts<'v>(value: &'v Value, key: &str) -> Vec<&'v str> {
    let list = value.get(key).and_then(Value::as_sequence);
    list.into_iter().flatten().map(|text| text.as_str().unwrap()).collect()
}

/// Everything the second reading needs, by name.
struct Reading {
    /// A type of a file: slug, name, rows.
    types: Vec<(String, String, Value)>,
    families: Vec<(String, String, Value)>,
    placed: BTreeSet<String>,
    ungranted: BTreeSet<String>,
    unassigned: BTreeSet<String>,
}

impl Reading {
    fn of(files: &BTreeMap<String, Value>) -> Self {
        let mut reading = Self {
            types: Vec::new(),
            families: Vec::new(),
            placed: BTreeSet::new(),
            ungranted: BTreeSet::new(),
            unassigned: BTreeSet::new(),
        };
        let iam = &files["iam"];
        let with_domains: BTreeSet<&str> = entries(iam, "resource_types")
            .into_iter()
            .chain(entries(iam, "aliases"))
            .map(|(name, _)| name)
            .collect();
        for (slug, file) in files {
            for (name, rows) in entries(file, "resource_types") {
                if slug == "iam-without-identity-domains" && with_domains.contains(name) {
                    continue;
                }
                for verb in Verb::ALL {
                    reading.placed.extend(texts(rows, verb.as_str()).into_iter().map(str::to_owned));
                }
                let unassigned = texts(rows, "permissions_unassigned");
                reading.unassigned.extend(unassigned.into_iter().map(str::to_owned));
                reading.types.push((slug.clone(), name.to_owned(), rows.clone()));
            }
            for (name, family) in entries(file, "families") {
                for (_, row) in entries(family, "extra_permissions") {
                    let row = row.as_sequence().unwrap().iter();
                    reading.placed.extend(row.map(|name| name.as_str().unwrap().to_owned()));
                }
                reading.families.push((slug.clone(), name.to_owned(), family.clone()));
            }
            let ungranted = entries(file, "ungranted_permissions").into_iter();
            reading.ungranted.extend(ungranted.map(|(name, _)| name.to_owned()));
        }
        reading
    }

    /// Permissions whose row stands at one of the verbs, and what is unknown at them: a literal reading of the README.
    fn meant(
        &self,
        name: &str,
        verbs: &[Verb],
        seen: &mut BTreeSet<String>,
    ) -> (BTreeSet<String>, BTreeSet<String>) {
        let (mut certain, mut unknown) = (BTreeSet::new(), BTreeSet::new());
        if !seen.insert(name.to_owned()) {
            return (certain, unknown);
        }
        let mut inner: Vec<String> = Vec::new();
        for (_, _, rows) in self.types.iter().filter(|(_, known, _)| known == name) {
            for verb in verbs {
                certain.extend(texts(rows, verb.as_str()).into_iter().map(str::to_owned));
                let partly = texts(rows, "incomplete").contains(&verb.as_str());
                if partly || rows.get(verb.as_str()).is_none_or(Value::is_null) {
                    unknown.extend(self.ungranted.iter().chain(&self.unassigned).cloned());
                    let own = texts(rows, "permissions_unassigned").into_iter();
                    unknown.extend(own.map(str::to_owned));
                }
            }
            inner.extend(texts(rows, "includes").into_iter().map(str::to_owned));
        }
        for (slug, _, family) in self.families.iter().filter(|(_, known, _)| known == name) {
            for verb in verbs {
                let extra = family.get("extra_permissions");
                let extra = extra.map(|rows| texts(rows, verb.as_str())).unwrap_or_default();
                certain.extend(extra.into_iter().map(str::to_owned));
            }
            let members = texts(family, "members");
            if members.is_empty() {
                unknown.extend(self.ungranted.iter().chain(&self.unassigned).cloned());
                for (_, _, rows) in self.types.iter().filter(|(owner, _, _)| owner == slug) {
                    for verb in Verb::ALL {
                        unknown.extend(texts(rows, verb.as_str()).into_iter().map(str::to_owned));
                    }
                }
            }
            inner.extend(members.into_iter().map(str::to_owned));
        }
        for name in inner {
            let (more_certain, more_unknown) = self.meant(&name, verbs, seen);
            certain.extend(more_certain);
            unknown.extend(more_unknown);
        }
        (certain, unknown)
    }
}

fn set(names: &BTreeSet<String>) -> PermissionSet {
    names.iter().map(|name| permission(name)).collect()
}

#[test]
fn every_expansion_is_what_the_files_say() {
    let files = files();
    let reading = Reading::of(&files);
    let mut compared = 0;
    for resource_type in ResourceType::all().filter(|each| each.kind() != TypeKind::AllResources) {
        for (verb, place) in Verb::ALL.into_iter().zip(0..) {
            let name = resource_type.name();
            let (certain, mut unknown) = reading.meant(name, &Verb::ALL[..=place], &mut BTreeSet::new());
            unknown.extend(reading.ungranted.iter().cloned());
            let expected = Expansion { certain: set(&certain), unknown: set(&unknown) - set(&certain) };
            assert_eq!(resource_type.granted(verb), expected, "allow {verb} {name}");

            let (certain, unknown) = reading.meant(name, &Verb::ALL[place..], &mut BTreeSet::new());
            let expected = Expansion { certain: set(&certain), unknown: set(&unknown) - set(&certain) };
            assert_eq!(resource_type.denied(verb), expected, "deny {verb} {name}");
            compared += 1;
        }
    }
    assert_eq!(compared, 4 * (572 + 68));
    let unplaced = reading.ungranted.len() + reading.unassigned.len();
    assert_eq!((reading.placed.len(), unplaced), (2362, 49));
}
