//! The rules of the files whose names start with `_`: what they say must agree with the service files.

use std::collections::BTreeMap;

use super::super::model::value_type;
use super::super::schema::{GeneralVariable, Map, PrincipalType, SeenName, Verb};

use super::{Check, is_permission, is_variable, is_word};

impl Check<'_> {
    pub(super) fn index_files(&mut self) {
        self.file = "_general".to_owned();
        self.general();
        self.file = "_seen".to_owned();
        self.seen();
        self.file = "_language".to_owned();
        self.language();
        self.file = "_regions".to_owned();
        self.regions();
        self.file = "_tenancies".to_owned();
        self.tenancies();
    }

    fn general(&mut self) {
        let general = &self.files.general;
        self.sources(&general.sources, false);
        self.must(general.verbs == Verb::ALL, "verbs", "are inspect, read, use, manage");
        self.must(!general.principal_kinds.is_empty(), "principal_kinds", "names none");
        self.must(is_word(&general.all_resources), "all_resources", "is not spelled like a type");
        self.must(!self.names.is_type(&general.all_resources), "all_resources", "is a type of a service");
        self.variables("general_variables", &general.general_variables);
        self.variables("other_variables", &general.other_variables);
        for (key, name) in general.region_keys.iter() {
            let three = key.len() == 3 && key.bytes().all(|letter| letter.is_ascii_uppercase());
            self.must(
                three && !name.is_empty(),
                &format!("region_keys.{key}"),
                "is not a key of three capitals with a name",
            );
        }
        self.principal_types(&general.principal_types);
        for name in general.service_principals.iter().chain(&general.resource_subjects) {
            self.must(!name.is_empty(), "service_principals, resource_subjects", "has an empty name");
        }
        self.name_index("families", &general.families);
        self.name_index("resource_types", &general.resource_types);
        self.alias_index();
        for name in general.names_without_table.keys() {
            let key = format!("names_without_table.{name}");
            self.must(!self.names.has_rows(name), &key, "has a table");
        }
        for (name, slug) in general.index_services.iter() {
            let known = slug.as_ref().is_none_or(|slug| self.files.services.contains_key(slug));
            self.must(known, &format!("index_services.{name}"), "names no file");
        }
    }

    fn variables(&mut self, section: &str, variables: &Map<GeneralVariable>) {
        for (name, variable) in variables.iter() {
            let key = format!("{section}.{name}");
            self.must(is_variable(name), &key, "is not spelled like a variable");
            self.must(
                value_type(&variable.value_type).is_some(),
                &key,
                &format!("`{}` is no type of value", variable.value_type),
            );
            let sourced = variable.source.as_deref().is_some_and(|source| !source.is_empty());
            self.must(sourced || section == "general_variables", &key, "has no source");
            match &variable.service {
                None => self.must(
                    variable.resource_types.is_empty() && variable.only_for.is_empty(),
                    &key,
                    "is limited but names no service",
                ),
                Some(slug) => {
                    self.limit(&key, slug, &variable.resource_types, &variable.only_for);
                }
            }
        }
    }

    /// That a service defines the types and operations a variable is limited to.
    fn limit(&mut self, key: &str, slug: &str, types: &[String], operations: &[String]) {
        let Some(file) = self.files.service(slug) else {
            self.wrong(key, &format!("there is no file `{slug}`"));
            return;
        };
        for name in types {
            self.must(file.resource_types.contains(name), key, &format!("`{name}` is no type of {slug}"));
        }
        for name in operations {
            self.must(file.operations.contains(name), key, &format!("`{name}` is no operation of {slug}"));
        }
    }

    fn principal_types(&mut self, types: &Map<PrincipalType>) {
        for (name, entry) in types.iter() {
            let key = format!("principal_types.{name}");
            self.must(is_word(name) && !entry.source.is_empty(), &key, "is not a word with a source");
        }
    }

    /// That the index says of each name which files define it: no file more, none less.
    fn name_index(&mut self, section: &str, index: &Map<Vec<String>>) {
        let mut defined: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for file in self.files.of_a_tenancy() {
            let names: Vec<&str> = if section == "families" {
                file.families.keys().collect()
            } else {
                file.resource_types.keys().collect()
            };
            for name in names {
                defined.entry(name).or_default().push(&file.slug);
            }
        }
        for (name, slugs) in index.iter() {
            let mut said: Vec<&str> = slugs.iter().map(String::as_str).collect();
            said.sort_unstable();
            let found = defined.remove(name).unwrap_or_default();
            self.must(
                said == found,
                &format!("{section}.{name}"),
                &format!("says {said:?}, the files that define it are {found:?}"),
            );
        }
        for name in defined.keys() {
            self.wrong(section, &format!("lacks `{name}`"));
        }
    }

    fn alias_index(&mut self) {
        let files = self.files;
        let mut index = BTreeMap::new();
        for (alias, entry) in files.general.aliases.iter() {
            index.insert(alias, entry);
            let key = format!("aliases.{alias}");
            for slug in &entry.services {
                let said = files.service(slug).and_then(|file| file.aliases.get(alias));
                self.must(said == Some(&entry.name), &key, &format!("{slug} does not say `{}`", entry.name));
            }
        }
        for file in files.of_a_tenancy() {
            for alias in file.aliases.keys() {
                let listed = index.get(alias).is_some_and(|entry| entry.services.contains(&file.slug));
                self.must(listed, &format!("aliases.{alias}"), &format!("lacks the file {}", file.slug));
            }
        }
    }

    fn seen(&mut self) {
        let seen = &self.files.seen;
        for (name, entry) in seen.resource_types.iter() {
            let key = format!("resource_types.{name}");
            self.must(!self.names.is_type(name), &key, "a file defines it");
            self.seen_name(&key, entry);
            if let Some(like) = &entry.like {
                let known = self.names.is_type(like);
                self.must(known, &key, &format!("`{like}` is no type or family"));
            }
        }
        for (name, entry) in seen.operations.iter() {
            let key = format!("operations.{name}");
            self.seen_name(&key, entry);
            self.must(entry.like.is_none(), &key, "`like` is for types");
        }
        for (name, entry) in seen.permissions.iter() {
            let key = format!("permissions.{name}");
            let new = is_permission(name) && !self.names.permissions.contains(name);
            self.must(new, &key, "a file defines it, or it is not spelled like a permission");
            self.seen_name(&key, entry);
            self.must(entry.like.is_none(), &key, "`like` is for types");
        }
    }

    fn seen_name(&mut self, key: &str, entry: &SeenName) {
        self.must(entry.repositories > 0, key, "was seen nowhere");
        let named = entry.service.as_deref().is_none_or(|name| !name.is_empty());
        self.must(named, key, "`service` is empty");
    }

    fn language(&mut self) {
        let language = &self.files.language;
        for (alias, entry) in language.aliases.iter() {
            let key = format!("aliases.{alias}");
            let known = self.names.is_type(&entry.name) || entry.name == self.files.general.all_resources;
            self.must(known, &key, &format!("`{}` is no type or family", entry.name));
            let new = !self.names.is_type(alias) && !self.files.general.aliases.contains(alias);
            self.must(new, &key, "another file has it");
            self.must(!entry.source.is_empty(), &key, "has no source");
        }
        self.variables("variables", &language.variables);
        for (name, limit) in language.variable_limits.iter() {
            let key = format!("variable_limits.{name}");
            let known = self.files.service(&limit.service).is_some_and(|file| file.variables.contains(name));
            self.must(known, &key, &format!("{} has no such variable", limit.service));
            self.limit(&key, &limit.service, &limit.resource_types, &limit.not_available_for);
            self.must(!limit.source.is_empty(), &key, "has no source");
        }
        self.principal_types(&language.principal_types);
        for name in language.principal_types.keys() {
            let new = !self.files.general.principal_types.contains(name);
            self.must(new, &format!("principal_types.{name}"), "_general has it");
        }
        for (name, entry) in language.variable_segments.iter() {
            let key = format!("variable_segments.{name}");
            self.must(is_word(name) && !entry.source.is_empty(), &key, "is not a word with a source");
            let prefix = format!("target.{}.", entry.segment);
            let of_services = self.files.services.values().flat_map(|file| file.variables.keys());
            let known = of_services
                .chain(self.files.general.general_variables.keys())
                .chain(self.files.general.other_variables.keys())
                .chain(language.variables.keys())
                .any(|variable| variable.starts_with(&prefix));
            self.must(known, &key, &format!("no variable begins with `{prefix}`"));
        }
        let without = &language.without_target_tags;
        self.must(!without.source.is_empty(), "without_target_tags", "has no source");
        for name in &without.permissions {
            let known = self.names.permissions.contains(name.as_str());
            self.must(known, "without_target_tags", &format!("there is no permission `{name}`"));
        }
        for name in &without.resource_types {
            let known = self.names.is_type(name);
            self.must(known, "without_target_tags", &format!("there is no type `{name}`"));
        }
    }

    fn regions(&mut self) {
        let regions = &self.files.regions;
        self.must(!regions.source.is_empty(), "source", "is empty");
        let keys: Vec<&str> = self.files.general.region_keys.keys().collect();
        let named: Vec<&str> = regions.region_names.keys().collect();
        self.must(keys == named, "region_names", "are not those of `region_keys`, in the same order");
    }

    fn tenancies(&mut self) {
        let tenancies = &self.files.tenancies;
        self.must(!tenancies.source.is_empty(), "source", "is empty");
        for (alias, tenancy) in tenancies.tenancies.iter() {
            let whole = tenancy.ocid.starts_with("ocid1.tenancy.") && !tenancy.purpose.is_empty();
            self.must(whole, &format!("tenancies.{alias}"), "is not the OCID of a tenancy with a purpose");
        }
    }
}
