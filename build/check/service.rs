//! The rules of one service file.

use std::collections::BTreeSet;

use super::super::files::{ROVING_EDGE, WITHOUT_DOMAINS};
use super::super::model::value_type;
use super::super::schema::{
    Case, Family, Known, Map, Operation, ServiceFile, Source, TypeRows, Ungranted, Variable, Verb,
};

use super::{Check, demand, is_date, is_permission, is_variable, is_word};

impl Check<'_> {
    pub(super) fn service_file(&mut self, slug: &str, file: &ServiceFile) {
        self.must(file.slug == slug, "slug", "differs from the file's name");
        self.must(!file.service.is_empty(), "service", "is empty");
        let variant = slug == ROVING_EDGE || slug == WITHOUT_DOMAINS;
        self.must(
            file.environment.is_some() == variant,
            "environment",
            "belongs to the two variants, and only to them",
        );
        self.sources(&file.sources, true);
        for related in &file.related_services {
            let known = self.files.services.contains_key(related);
            self.must(known, "related_services", &format!("there is no file `{related}`"));
        }
        for (name, rows) in file.resource_types.iter() {
            self.resource_type(file, name, rows);
        }
        for (name, family) in file.families.iter() {
            self.family(file, name, family);
        }
        self.aliases(file);
        for (name, operation) in file.operations.iter() {
            self.operation(file, name, operation);
        }
        self.other_operations(file);
        self.spellings(file);
        for (name, ungranted) in file.ungranted_permissions.iter() {
            self.ungranted(file, name, ungranted);
        }
        for (name, variable) in file.variables.iter() {
            self.variable(file, name, variable);
        }
        self.verb_apis(file);
        for (name, view) in file.view_permissions.iter() {
            self.permission_names(&format!("view_permissions.{name}"), &view.permissions);
        }
    }

    pub(super) fn sources(&mut self, sources: &[Source], of_a_service: bool) {
        self.must(!sources.is_empty(), "sources", "names none");
        for source in sources {
            let key = format!("sources ({})", source.page);
            self.must(!source.page.is_empty(), &key, "names no page");
            self.must(source.kind.is_some() == of_a_service, &key, "`kind` is for service files");
            let dated = source.updated.as_deref().is_none_or(is_date);
            self.must(dated, &key, "`updated` is not a date like 2025-03-01");
            let cited = source.cites.as_deref().is_none_or(|page| !page.is_empty());
            self.must(cited, &key, "`cites` is empty");
        }
    }

    fn resource_type(&mut self, file: &ServiceFile, name: &str, rows: &TypeRows) {
        let key = format!("resource_types.{name}");
        self.must(is_word(name), &key, "is not spelled like a type");
        self.must(!file.families.contains(name), &key, "is a family as well");
        let mut seen = BTreeSet::new();
        for verb in Verb::ALL {
            let key = format!("{key}.{}", verb.name());
            self.permission_names(&key, rows.row(verb).unwrap_or_default());
            for permission in rows.row(verb).unwrap_or_default() {
                self.must(
                    seen.insert(permission),
                    &key,
                    &format!("`{permission}` stands in two rows of the type"),
                );
            }
        }
        for verb in &rows.rows_missing {
            let empty = rows.row(*verb).is_some_and(<[String]>::is_empty);
            self.must(empty, &key, &format!("the missing row `{}` is not []", verb.name()));
        }
        for verb in &rows.incomplete {
            let known = rows.row(*verb).is_some();
            self.must(known, &key, &format!("the incomplete row `{}` is null", verb.name()));
        }
        self.permission_names(&key, &rows.permissions_unassigned);
        for permission in &rows.permissions_unassigned {
            self.must(
                !seen.contains(permission),
                &key,
                &format!("`{permission}` is unassigned and has a row"),
            );
        }
        for included in &rows.includes {
            let known = file.resource_types.contains(included) && included != name;
            self.must(known, &key, &format!("includes `{included}`, which is no other type of this file"));
        }
        let closed = !reaches(name, name, &|inner| {
            file.resource_types.get(inner).map_or(&[][..], |rows| &rows.includes)
        });
        self.must(closed, &key, "includes itself");
    }

    fn family(&mut self, file: &ServiceFile, name: &str, family: &Family) {
        let key = format!("families.{name}");
        self.must(is_word(name), &key, "is not spelled like a family");
        let open = file.completeness.families != Known::Complete;
        self.must(open || !family.members.is_empty(), &key, "has no members");
        for member in &family.members {
            let known = file.resource_types.contains(member) || file.families.contains(member);
            self.must(known, &key, &format!("has the member `{member}`, which this file does not define"));
        }
        let closed =
            !reaches(name, name, &|inner| file.families.get(inner).map_or(&[][..], |family| &family.members));
        self.must(closed, &key, "is a member of itself");
        for (verb, row) in family.extra_permissions.iter() {
            let key = format!("{key}.extra_permissions.{verb}");
            self.verb(&key, verb);
            self.permission_names(&key, row);
        }
        for (verb, row) in family.not_in_family_table.iter() {
            let key = format!("{key}.not_in_family_table.{verb}");
            self.verb(&key, verb);
            for permission in row {
                let granted = self.names.granted.contains(permission.as_str());
                self.must(granted, &key, &format!("no row grants `{permission}`"));
            }
        }
    }

    fn verb(&mut self, key: &str, name: &str) {
        let known = Verb::ALL.into_iter().any(|verb| verb.name() == name);
        self.must(known, key, "is no verb");
    }

    fn aliases(&mut self, file: &ServiceFile) {
        for (alias, name) in file.aliases.iter() {
            let key = format!("aliases.{alias}");
            let known = file.resource_types.contains(name) || file.families.contains(name);
            self.must(known, &key, &format!("`{name}` is no type or family of this file"));
            let free = file.slug == ROVING_EDGE
                || !self.names.is_type(alias)
                || super::defined_with_domains(self.files, alias);
            self.must(free, &key, "is the name of a type or family");
        }
    }

    fn operation(&mut self, file: &ServiceFile, name: &str, operation: &Operation) {
        let key = format!("operations.{name}");
        self.must(
            !name.is_empty() && name.bytes().all(|letter| letter.is_ascii_alphanumeric()),
            &key,
            "is not spelled like an operation",
        );
        for permission in operation.named() {
            let known =
                self.names.granted.contains(permission) || file.ungranted_permissions.contains(permission);
            self.must(
                known,
                &key,
                &format!("needs `{permission}`, which no row grants and `ungranted_permissions` lacks"),
            );
        }
        let groups = operation.one_of.iter();
        self.must(groups.clone().all(|group| group.len() > 1), &key, "`one_of` leaves no choice");
        if let Some(statement) = &operation.requires {
            let known = demand(statement).is_some_and(|(_, name)| {
                name == self.files.general.all_resources || self.names.is_type(name)
            });
            self.must(known, &key, &format!("`requires: {statement}` is no verb and type"));
        }
        if operation.permissions.is_none() {
            self.must(
                operation.requires.is_some() || operation.note.is_some(),
                &key,
                "says neither what it needs nor why that is not known",
            );
        }
        self.must(operation.variants.len() != 1, &key, "has one variant only");
        for case in operation.conditional.iter().chain(&operation.variants) {
            self.case(&key, case);
        }
        let named: BTreeSet<&str> = operation.named().collect();
        self.places(&key, &operation.places, &named);
    }

    fn case(&mut self, key: &str, case: &Case) {
        self.must(!case.when.is_empty(), key, "a case does not say when");
        self.must(case.exists.as_ref().is_none_or(|kind| !kind.is_empty()), key, "`exists` names no type");
        self.must(!case.permissions.is_empty() || !case.one_of.is_empty(), key, "a case needs nothing");
        self.must(case.one_of.iter().all(|group| group.len() > 1), key, "`one_of` leaves no choice");
        let named: BTreeSet<&str> = case.permissions.iter().map(String::as_str).collect();
        self.places(key, &case.places, &named);
    }

    fn places(&mut self, key: &str, places: &Map<String>, named: &BTreeSet<&str>) {
        for (permission, place) in places.iter() {
            self.must(
                named.contains(permission) && !place.is_empty(),
                key,
                &format!("`where` speaks of `{permission}`, which is not needed here"),
            );
        }
    }

    fn other_operations(&mut self, file: &ServiceFile) {
        for (name, entries) in file.operations_verb_table_only.iter() {
            let key = format!("operations_verb_table_only.{name}");
            self.must(!file.operations.contains(name), &key, "stands under `operations` too");
            self.must(!entries.is_empty(), &key, "names no verb row");
            for entry in entries {
                let known = file.resource_types.contains(&entry.resource_type)
                    || file.families.contains(&entry.resource_type);
                self.must(
                    known,
                    &key,
                    &format!("`{}` is no type or family of this file", entry.resource_type),
                );
            }
        }
    }

    fn spellings(&mut self, file: &ServiceFile) {
        for (printed, names) in file.operation_spellings.iter() {
            let key = format!("operation_spellings.{printed}");
            self.must(!is_operation(file, printed), &key, "is an operation");
            self.must(!names.as_slice().is_empty(), &key, "names no operation");
            for name in names.as_slice() {
                self.must(is_operation(file, name), &key, &format!("`{name}` is no operation of this file"));
            }
        }
        for (printed, name) in file.permission_spellings.iter() {
            let key = format!("permission_spellings.{printed}");
            self.must(
                is_permission(printed) && !self.names.permissions.contains(printed),
                &key,
                "is a permission, or not spelled like one",
            );
            let known = self.names.permissions.contains(name.as_str());
            self.must(known, &key, &format!("there is no permission `{name}`"));
        }
    }

    fn ungranted(&mut self, file: &ServiceFile, name: &str, ungranted: &Ungranted) {
        let key = format!("ungranted_permissions.{name}");
        self.must(is_permission(name), &key, "is not spelled like a permission");
        let free = !self.names.granted.contains(name);
        self.must(free, &key, "a verb row grants it");
        self.must(!ungranted.needed_by.is_empty(), &key, "no operation needs it");
        for operation in &ungranted.needed_by {
            let needs = file
                .operations
                .get(operation)
                .is_some_and(|entry| entry.named().any(|permission| permission == name));
            self.must(needs, &key, &format!("`{operation}` does not need it"));
        }
    }

    fn variable(&mut self, file: &ServiceFile, name: &str, variable: &Variable) {
        let key = format!("variables.{name}");
        self.must(is_variable(name), &key, "is not spelled like a variable");
        self.must(
            value_type(&variable.value_type).is_some(),
            &key,
            &format!("`{}` is no type of value", variable.value_type),
        );
        for resource_type in &variable.resource_types {
            let known = file.resource_types.contains(resource_type) || file.families.contains(resource_type);
            self.must(known, &key, &format!("`{resource_type}` is no type or family of this file"));
        }
        if file.completeness.operations == Known::Complete {
            for operation in variable.only_for.iter().chain(&variable.not_available_for) {
                self.must(
                    is_operation(file, operation),
                    &key,
                    &format!("`{operation}` is no operation of this file"),
                );
            }
        }
    }

    fn verb_apis(&mut self, file: &ServiceFile) {
        for (name, rows) in file.verb_apis.iter() {
            let known = file.resource_types.contains(name) || file.families.contains(name);
            self.must(known, &format!("verb_apis.{name}"), "is no type or family of this file");
            for (verb, apis) in rows.iter() {
                let key = format!("verb_apis.{name}.{verb}");
                self.verb(&key, verb);
                for operation in apis.full.iter().chain(&apis.partial) {
                    self.must(
                        is_operation(file, operation),
                        &key,
                        &format!("`{operation}` is no operation of this file"),
                    );
                }
            }
        }
        if file.completeness.type_permissions == Known::Complete {
            for (name, rows) in file.resource_types.iter() {
                let complete = Verb::ALL.into_iter().all(|verb| rows.row(verb).is_some());
                self.must(
                    complete,
                    &format!("resource_types.{name}"),
                    "has an unknown row in a file whose permissions are complete",
                );
            }
        }
    }
}

fn is_operation(file: &ServiceFile, name: &str) -> bool {
    file.operations.contains(name) || file.operations_verb_table_only.contains(name)
}

/// Whether a walk along `next` from `start` comes to `goal` again.
fn reaches<'a>(start: &str, goal: &str, next: &impl Fn(&str) -> &'a [String]) -> bool {
    // Invariant: depth is bounded by the number of names, because a walk longer than that has met a name twice.
    fn walk<'a>(at: &str, goal: &str, next: &impl Fn(&str) -> &'a [String], depth: usize) -> bool {
        depth > 64 || next(at).iter().any(|name| name == goal || walk(name, goal, next, depth + 1))
    }
    walk(start, goal, next, 0)
}
