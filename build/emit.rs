//! The joined catalogue as Rust source and one text.
//!
//! Rows name texts and lists by place and length, so that the tables hold no pointers: the program starts without
//! relocating them, and they stay small. What a row looks like is in `src/catalog/tables.rs`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Tables;
use super::model::{Case, Definition, Hint, Kind, Model, Operation, Origin, Permission, Type, Variable};
use super::schema::{Coverage, Extent, Known, ValuesFrom, Verb};

/// Permissions are packed with four bits of verbs into 16 bits.
const MOST_PERMISSIONS: usize = 1 << 12;

pub fn emit(model: &Model) -> Result<Tables, Vec<String>> {
    if model.permissions.len() >= MOST_PERMISSIONS {
        return Err(vec![format!("{} permissions do not fit 12 bits", model.permissions.len())]);
    }
    let mut writer = Writer::default();
    writer.model(model);
    let rust = writer.finish();
    match writer.too_long {
        Some(pool) => Err(vec![format!("the pool {pool} does not fit 16 bits")]),
        None => Ok(Tables { rust, text: writer.texts.text }),
    }
}

#[derive(Default)]
struct Writer {
    rust: String,
    texts: Texts,
    pools: BTreeMap<&'static str, Pool>,
    too_long: Option<&'static str>,
}

/// Every text once.
#[derive(Default)]
struct Texts {
    text: String,
    places: BTreeMap<String, usize>,
}

/// One array that many rows take their lists from; equal lists are stored once.
#[derive(Default)]
struct Pool {
    items: Vec<String>,
    places: BTreeMap<Vec<String>, usize>,
}

impl Writer {
    fn text(&mut self, text: &str) -> String {
        let end = self.texts.text.len();
        let place = *self.texts.places.entry(text.to_owned()).or_insert(end);
        if place == end {
            self.texts.text.push_str(text);
        }
        format!("Text({place},{})", text.len())
    }

    fn maybe(&mut self, text: Option<&String>) -> String {
        self.text(text.map_or("", String::as_str))
    }

    fn list(&mut self, pool: &'static str, items: Vec<String>) -> String {
        if items.is_empty() {
            return "Run(0,0)".to_owned();
        }
        let length = items.len();
        let held = self.pools.entry(pool).or_default();
        let place = held.places.get(&items).copied().unwrap_or_else(|| {
            let place = held.items.len();
            held.items.extend(items.iter().cloned());
            held.places.insert(items, place);
            place
        });
        if place + length > usize::from(u16::MAX) {
            self.too_long = Some(pool);
        }
        format!("Run({place},{length})")
    }

    fn numbers<'n>(
        &mut self,
        pool: &'static str,
        name: &str,
        numbers: impl IntoIterator<Item = &'n u16>,
    ) -> String {
        let items = numbers.into_iter().map(|number| format!("{name}({number})"));
        self.list(pool, items.collect())
    }

    fn permissions<'n>(&mut self, numbers: impl IntoIterator<Item = &'n u16>) -> String {
        self.numbers("PERMISSION_LISTS: Permission", "Permission", numbers)
    }

    fn types<'n>(&mut self, numbers: impl IntoIterator<Item = &'n u16>) -> String {
        self.numbers("TYPE_LISTS: ResourceType", "ResourceType", numbers)
    }

    fn text_list(&mut self, texts: &[String]) -> String {
        let items = texts.iter().map(|text| self.text(text)).collect();
        self.list("TEXT_LISTS: Text", items)
    }

    /// Permissions, each packed with the verbs at which a statement meets it.
    fn rungs<'r>(&mut self, rungs: impl Iterator<Item = (&'r u16, &'r u8)>) -> String {
        let rungs = rungs.map(|(permission, bits)| format!("Rung({})", permission | u16::from(*bits) << 12));
        self.list("RUNGS: Rung", rungs.collect())
    }

    fn groups(&mut self, groups: &[Vec<u16>]) -> String {
        let runs = groups.iter().map(|group| self.permissions(group)).collect();
        self.list("GROUPS: Run", runs)
    }

    fn places(&mut self, places: &[(u16, String)]) -> String {
        let rows = places.iter().map(|(permission, place)| {
            let place = self.text(place);
            format!("PlaceRow{{permission:Permission({permission}),place:{place}}}")
        });
        let rows = rows.collect();
        self.list("PLACES: PlaceRow", rows)
    }

    fn cases(&mut self, cases: &[Case]) -> String {
        let rows = cases.iter().map(|case| {
            let when = self.text(&case.when);
            let permissions = self.permissions(&case.permissions);
            let one_of = self.groups(&case.one_of);
            let places = self.places(&case.places);
            let exists = self.text(case.exists.as_deref().unwrap_or_default());
            format!("CaseRow{{when:{when},exists:{exists},permissions:{permissions},one_of:{one_of},places:{places}}}")
        });
        let rows = rows.collect();
        self.list("CASES: CaseRow", rows)
    }

    fn table<T>(
        &mut self,
        name: &str,
        row: &str,
        entries: &[T],
        mut write: impl FnMut(&mut Self, &T) -> String,
    ) {
        let rows: Vec<String> = entries.iter().map(|entry| write(self, entry)).collect();
        self.array(name, row, &rows);
    }

    fn array(&mut self, name: &str, item: &str, items: &[String]) {
        // Writing into a String cannot fail.
        let _ = writeln!(self.rust, "pub(super) static {name}: [{item}; {}] = [", items.len());
        for items in items.chunks(16) {
            let _ = writeln!(self.rust, "{},", items.join(","));
        }
        self.rust.push_str("];\n");
    }

    fn model(&mut self, model: &Model) {
        self.table("SERVICES", "ServiceRow", &model.services, |writer, service| {
            let [slug, name] = [&service.slug, &service.name].map(|text| writer.text(text));
            let environment = writer.maybe(service.environment.as_ref());
            let coverage = match service.coverage {
                Coverage::Full => "Full",
                Coverage::Partial => "Partial",
                Coverage::NamesOnly => "NamesOnly",
            };
            let completeness = service.completeness.map(|known| match known {
                Known::Complete => "Completeness::Complete",
                Known::Incomplete => "Completeness::Incomplete",
                Known::Unknown => "Completeness::Unknown",
            });
            format!(
                "ServiceRow{{slug:{slug},name:{name},coverage:Coverage::{coverage},completeness:[{}],environment:{environment}}}",
                completeness.join(",")
            )
        });
        self.permission_tables(model);
        self.table("TYPES", "TypeRow", &model.types, Self::type_row);
        self.table("ALIASES", "AliasRow", &model.aliases, |writer, (name, number)| {
            let name = writer.text(name);
            format!("AliasRow{{name:{name},resource_type:ResourceType({number})}}")
        });
        self.operation_tables(model);
        self.variable_tables(model);
        self.small_tables(model);
    }

    fn permission_tables(&mut self, model: &Model) {
        self.table("PERMISSIONS", "PermissionRow", &model.permissions, Self::permission_row);
        self.table(
            "PERMISSION_SPELLINGS",
            "PermissionSpellingRow",
            &model.permission_spellings,
            |writer, (name, number)| {
                let name = writer.text(name);
                format!("PermissionSpellingRow{{printed:{name},permission:Permission({number})}}")
            },
        );
        let _ =
            writeln!(self.rust, "pub(super) const PERMISSION_COUNT: usize = {};", model.permissions.len());
        self.set(model, "ALL", |_| true);
        self.set(model, "UNGRANTED", |permission| permission.ungranted);
        self.set(model, "UNPLACED", |permission| permission.ungranted || permission.granted_by.is_empty());
    }

    fn permission_row(&mut self, permission: &Permission) -> String {
        let name = self.text(&permission.name);
        let hint = self.maybe(permission.hint.as_ref());
        let grants = permission.granted_by.iter().map(|(number, verb)| grant(*number, *verb));
        let granted_by = self.list("GRANTS: VerbRow", grants.collect());
        let operations = self.numbers("OPERATION_LISTS: Operation", "Operation", &permission.operations);
        format!(
            "PermissionRow{{name:{name},granted_by:{granted_by},operations:{operations},hint:{hint},target_tags:{}}}",
            !permission.without_target_tags
        )
    }

    fn set(&mut self, model: &Model, name: &str, belongs: impl Fn(&Permission) -> bool) {
        let words = model.permissions.chunks(64).map(|chunk| {
            let bits = chunk.iter().zip(0u32..).filter(|(permission, _)| belongs(permission));
            bits.fold(0u64, |word, (_, bit)| word | 1 << bit)
        });
        let words: Vec<String> = words.map(|word| format!("{word:#x}")).collect();
        let _ = writeln!(
            self.rust,
            "pub(super) static {name}: PermissionSet = PermissionSet([{}]);",
            words.join(",")
        );
    }

    fn type_row(&mut self, entry: &Type) -> String {
        let name = self.text(&entry.name);
        let kind = match entry.kind {
            Kind::Individual => "Individual",
            Kind::Family => "Family",
            Kind::AllResources => "AllResources",
        };
        let services = self.numbers("SERVICE_LISTS: Service", "Service", &entry.services);
        let members = self.types(&entry.members);
        let types = self.types(&entry.cover.types);
        let rungs = self.rungs(entry.cover.rungs.iter());
        let unassigned = self.permissions(&entry.cover.unassigned);
        format!(
            "TypeRow{{name:{name},kind:TypeKind::{kind},services:{services},members:{members},types:{types},rungs:{rungs},\
             unknown:{},unassigned:{unassigned},without_domains:{},target_tags:{}}}",
            entry.cover.unknown,
            entry.kind == Kind::Individual && entry.without_domains,
            !entry.without_target_tags
        )
    }

    fn operation_tables(&mut self, model: &Model) {
        let mut details = vec!["DetailRow{permissions_known:true,one_of:Run(0,0),conditional:Run(0,0),variants:Run(0,0),places:Run(0,0),requires:None,note:Text(0,0),covered_by:Run(0,0)}".to_owned()];
        let mut rows = Vec::new();
        for operation in &model.operations {
            let name = self.text(&operation.name);
            let permissions = self.permissions(operation.permissions.iter().flatten());
            let types = self.types(&operation.resource_types);
            let detail = self.detail_row(operation);
            let place = details.iter().position(|known| *known == detail);
            let place = place.unwrap_or_else(|| {
                details.push(detail);
                details.len() - 1
            });
            rows.push(format!(
                "OperationRow{{name:{name},service:Service({}),permissions:{permissions},resource_types:{types},kind:OperationKind::{},detail:{place},credentials:{}}}",
                operation.service, operation.kind, operation.credentials
            ));
        }
        self.array("OPERATIONS", "OperationRow", &rows);
        let ids: Vec<String> = (0..rows.len()).map(|number| format!("Operation({number})")).collect();
        self.array("OPERATION_IDS", "Operation", &ids);
        self.array("DETAILS", "DetailRow", &details);
        self.table(
            "OPERATION_SPELLINGS",
            "OperationSpellingRow",
            &model.operation_spellings,
            |writer, (printed, numbers)| {
                let printed = writer.text(printed);
                let operations = writer.numbers("OPERATION_LISTS: Operation", "Operation", numbers);
                format!("OperationSpellingRow{{printed:{printed},operations:{operations}}}")
            },
        );
    }

    fn detail_row(&mut self, operation: &Operation) -> String {
        let one_of = self.groups(&operation.one_of);
        let conditional = self.cases(&operation.conditional);
        let variants = self.cases(&operation.variants);
        let places = self.places(&operation.places);
        let note = self.maybe(operation.note.as_ref());
        let requires = operation.requires.map(|(number, verb)| grant(number, verb));
        let requires = requires.map_or("None".to_owned(), |grant| format!("Some({grant})"));
        let entries = operation.verb_table.iter().map(|(number, verb, extent)| {
            let fully = *extent == Extent::Full;
            format!("Coverer{{row:{},fully:{fully}}}", grant(*number, *verb))
        });
        let covered_by = self.list("COVERERS: Coverer", entries.collect());
        format!(
            "DetailRow{{permissions_known:{},one_of:{one_of},conditional:{conditional},variants:{variants},\
             places:{places},requires:{requires},note:{note},covered_by:{covered_by}}}",
            operation.permissions.is_some()
        )
    }

    fn variable_tables(&mut self, model: &Model) {
        self.table("VARIABLES", "VariableRow", &model.variables, Self::variable_row);
        let patterns = model.variables.iter().zip(0u16..);
        let patterns: Vec<(&String, u16)> =
            patterns.filter_map(|(variable, number)| Some((variable.prefix.as_ref()?, number))).collect();
        self.table("PATTERNS", "PatternRow", &patterns, |writer, (prefix, number)| {
            let prefix = writer.text(prefix);
            format!("PatternRow{{prefix:{prefix},variable:Variable({number})}}")
        });
    }

    fn variable_row(&mut self, variable: &Variable) -> String {
        let name = self.text(&variable.name);
        let rows = variable.definitions.iter().map(|definition| self.definition_row(definition));
        let rows = rows.collect();
        let definitions = self.list("DEFINITIONS: DefinitionRow", rows);
        format!("VariableRow{{name:{name},definitions:{definitions}}}")
    }

    fn definition_row(&mut self, definition: &Definition) -> String {
        let origin = match definition.origin {
            Origin::General => "Origin::General".to_owned(),
            Origin::Example => "Origin::Example".to_owned(),
            Origin::Service(number) => format!("Origin::Service(Service({number}))"),
        };
        let types = self.types(&definition.resource_types);
        let lists = [
            &definition.only_for,
            &definition.not_available_for,
            &definition.principal_types,
            &definition.values,
        ];
        let [only_for, not_available_for, principal_types, values] = lists.map(|list| self.text_list(list));
        let values_from = match definition.values_from {
            None => "None",
            Some(ValuesFrom::Permissions) => "Some(NameList::Permissions)",
            Some(ValuesFrom::Operations) => "Some(NameList::Operations)",
            Some(ValuesFrom::RegionKeys) => "Some(NameList::RegionKeys)",
            Some(ValuesFrom::PrincipalTypes) => "Some(NameList::PrincipalTypes)",
        };
        let deprecated = self.maybe(definition.deprecated.as_ref());
        let note = self.maybe(definition.note.as_ref());
        format!(
            "DefinitionRow{{origin:{origin},value_type:ValueType::{},list:{},resource_types:{types},verbs:{},\
             only_for:{only_for},not_available_for:{not_available_for},principals:{},principal_types:{principal_types},\
             values:{values},values_from:{values_from},deprecated:{deprecated},note:{note}}}",
            definition.value_type, definition.list, definition.verbs, definition.principals
        )
    }

    fn small_tables(&mut self, model: &Model) {
        self.table("REGIONS", "RegionRow", &model.regions, |writer, region| {
            let texts = [&region.key, &region.name, &region.long_name];
            let [key, name, long_name] = texts.map(|text| writer.text(text));
            format!("RegionRow{{key:{key},name:{name},long_name:{long_name}}}")
        });
        self.table("PRINCIPAL_TYPES", "PrincipalTypeRow", &model.principal_types, |writer, entry| {
            let name = writer.text(&entry.name);
            let note = writer.maybe(entry.note.as_ref());
            format!("PrincipalTypeRow{{name:{name},in_matching_rule:{},note:{note}}}", entry.in_matching_rule)
        });
        for (table, names) in [
            ("SERVICE_PRINCIPALS", &model.service_principals),
            ("RESOURCE_SUBJECTS", &model.resource_subjects),
        ] {
            self.table(table, "Text", names, |writer, name| writer.text(name));
        }
        for (table, hints) in [
            ("SEEN_TYPES", &model.seen_types),
            ("SEEN_OPERATIONS", &model.seen_operations),
            ("SEEN_PERMISSIONS", &model.seen_permissions),
        ] {
            self.table(table, "SeenRow", hints, Self::seen_row);
        }
        self.table("TENANCIES", "TenancyRow", &model.tenancies, |writer, (alias, ocid, purpose)| {
            let [alias, ocid, purpose] = [alias, ocid, purpose].map(|text| writer.text(text));
            format!("TenancyRow{{alias:{alias},ocid:{ocid},purpose:{purpose}}}")
        });
        self.table("SEGMENTS", "SegmentRow", &model.segments, |writer, (name, segment)| {
            let [name, segment] = [name, segment].map(|text| writer.text(text));
            format!("SegmentRow{{name:{name},segment:{segment}}}")
        });
    }

    fn seen_row(&mut self, hint: &Hint) -> String {
        let name = self.text(&hint.name);
        let service = self.maybe(hint.service.as_ref());
        let note = self.maybe(hint.note.as_ref());
        let like = hint.like.map_or("None".to_owned(), |number| format!("Some(ResourceType({number}))"));
        format!(
            "SeenRow{{name:{name},repositories:{},like:{like},service:{service},note:{note}}}",
            hint.repositories
        )
    }

    /// The tables written so far, and the pools their rows point into.
    fn finish(&mut self) -> String {
        for (declaration, pool) in std::mem::take(&mut self.pools) {
            if let Some((name, item)) = declaration.split_once(": ") {
                self.array(name, item, &pool.items);
            }
        }
        std::mem::take(&mut self.rust)
    }
}

fn grant(number: u16, verb: Verb) -> String {
    let verb = match verb {
        Verb::Inspect => "Inspect",
        Verb::Read => "Read",
        Verb::Use => "Use",
        Verb::Manage => "Manage",
    };
    format!("VerbRow{{resource_type:ResourceType({number}),verb:Verb::{verb}}}")
}
