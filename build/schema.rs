//! The shape of the catalogue's files, exactly as `src/catalog/data/README.md` describes it: an unknown key is an error.
//!
//! Fields that are read by people only (notes, sources of single facts) are part of the shape all the same.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

/// A YAML mapping in the order it is written; a key that stands twice is an error.
#[derive(Debug, Clone)]
pub struct Map<T>(Vec<(String, T)>);

impl<T> Map<T> {
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
    }

    pub fn get(&self, key: &str) -> Option<&T> {
        self.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    pub fn contains(&self, key: &str) -> bool {
        self.get(key).is_some()
    }
}

impl<T> Default for Map<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Map<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Map<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Map<T>, A::Error> {
                let mut entries: Vec<(String, T)> = Vec::new();
                while let Some((key, value)) = access.next_entry::<String, T>()? {
                    if entries.iter().any(|(name, _)| *name == key) {
                        return Err(A::Error::custom(format!("`{key}` stands here twice")));
                    }
                    entries.push((key, value));
                }
                Ok(Map(entries))
            }
        }
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

/// A key that must be written even where its value is `null`: `null` says "unknown", absence says nothing.
fn written<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    Inspect,
    Read,
    Use,
    Manage,
}

impl Verb {
    pub const ALL: [Self; 4] = [Self::Inspect, Self::Read, Self::Use, Self::Manage];

    pub const fn bit(self) -> u8 {
        match self {
            Self::Inspect => 1,
            Self::Read => 2,
            Self::Use => 4,
            Self::Manage => 8,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Inspect => "inspect",
            Self::Read => "read",
            Self::Use => "use",
            Self::Manage => "manage",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coverage {
    Full,
    Partial,
    NamesOnly,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Known {
    Complete,
    Incomplete,
    Unknown,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Completeness {
    pub type_names: Known,
    pub type_permissions: Known,
    pub families: Known,
    pub operations: Known,
    pub variables: Known,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceFile {
    pub service: String,
    pub slug: String,
    pub coverage: Coverage,
    pub completeness: Completeness,
    pub environment: Option<String>,
    pub sources: Vec<Source>,
    #[serde(default)]
    pub related_services: Vec<String>,
    pub families: Map<Family>,
    pub resource_types: Map<TypeRows>,
    #[serde(default)]
    pub aliases: Map<String>,
    #[serde(default)]
    pub permission_spellings: Map<String>,
    pub operations: Map<Operation>,
    #[serde(default)]
    pub operation_spellings: Map<OneOrMore>,
    #[serde(default)]
    pub operations_verb_table_only: Map<Vec<VerbTableEntry>>,
    #[serde(default)]
    pub ungranted_permissions: Map<Ungranted>,
    pub variables: Map<Variable>,
    #[serde(default)]
    pub view_permissions: Map<View>,
    #[serde(default)]
    pub verb_apis: Map<Map<Apis>>,
    #[expect(dead_code, reason = "read by people")]
    notes: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub page: String,
    #[serde(deserialize_with = "written")]
    pub updated: Option<String>,
    pub kind: Option<SourceKind>,
    pub cites: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum SourceKind {
    #[serde(rename = "official-docs-crawl-2026-09")]
    Crawl2026,
    #[serde(rename = "official-docs-crawl-2025-03")]
    Crawl2025,
    #[serde(rename = "third-party-extract")]
    Extract,
    #[serde(rename = "official-page-opening")]
    Opening,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    pub members: Vec<String>,
    #[serde(default)]
    pub extra_permissions: Map<Vec<String>>,
    #[serde(default)]
    pub not_in_family_table: Map<Vec<String>>,
    #[expect(dead_code, reason = "read by people")]
    note: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeRows {
    #[serde(deserialize_with = "written")]
    pub inspect: Option<Vec<String>>,
    #[serde(deserialize_with = "written")]
    pub read: Option<Vec<String>>,
    #[serde(rename = "use", deserialize_with = "written")]
    pub use_: Option<Vec<String>>,
    #[serde(deserialize_with = "written")]
    pub manage: Option<Vec<String>>,
    #[serde(default)]
    pub rows_missing: Vec<Verb>,
    #[serde(default)]
    pub includes: Vec<String>,
    #[serde(default)]
    pub incomplete: Vec<Verb>,
    #[serde(default)]
    pub permissions_unassigned: Vec<String>,
    #[expect(dead_code, reason = "read by people")]
    note: Option<String>,
}

impl TypeRows {
    /// The permissions a verb adds; `None` where they are unknown.
    pub fn row(&self, verb: Verb) -> Option<&[String]> {
        match verb {
            Verb::Inspect => self.inspect.as_deref(),
            Verb::Read => self.read.as_deref(),
            Verb::Use => self.use_.as_deref(),
            Verb::Manage => self.manage.as_deref(),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    #[serde(deserialize_with = "written")]
    pub permissions: Option<Vec<String>>,
    #[serde(default)]
    pub one_of: Vec<Vec<String>>,
    #[serde(default)]
    pub conditional: Vec<Case>,
    #[serde(default)]
    pub variants: Vec<Case>,
    #[serde(default, rename = "where")]
    pub places: Map<String>,
    pub requires: Option<String>,
    pub note: Option<String>,
}

impl Operation {
    /// Every permission that each call, or some variant of it, needs: conditions speak of other resources.
    pub fn always_named(&self) -> impl Iterator<Item = &str> {
        let variants = self.variants.iter();
        let own = self.permissions.iter().flatten().chain(self.one_of.iter().flatten());
        own.chain(variants.flat_map(|case| case.permissions.iter().chain(case.one_of.iter().flatten())))
            .map(String::as_str)
    }

    /// Every permission the entry names, its cases included.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        let cases = self.conditional.iter().chain(&self.variants);
        let own = self.permissions.iter().flatten().chain(self.one_of.iter().flatten());
        own.chain(cases.flat_map(|case| case.permissions.iter().chain(case.one_of.iter().flatten())))
            .map(String::as_str)
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub when: String,
    pub permissions: Vec<String>,
    #[serde(default)]
    pub one_of: Vec<Vec<String>>,
    #[serde(default, rename = "where")]
    pub places: Map<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::More(names) => names,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Extent {
    Full,
    Partial,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerbTableEntry {
    pub resource_type: String,
    pub verb: Verb,
    pub coverage: Extent,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ungranted {
    pub needed_by: Vec<String>,
    pub hint: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    #[serde(rename = "type")]
    pub value_type: String,
    #[expect(dead_code, reason = "read by people")]
    doc_type: Option<String>,
    #[serde(default)]
    pub resource_types: Vec<String>,
    #[serde(default)]
    pub verbs: Vec<Verb>,
    #[serde(default)]
    pub not_available_for: Vec<String>,
    #[serde(default)]
    pub only_for: Vec<String>,
    #[serde(default)]
    pub values: Vec<String>,
    pub note: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct View {
    #[expect(dead_code, reason = "read by people")]
    service: String,
    pub permissions: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Apis {
    #[serde(default)]
    pub full: Vec<String>,
    #[serde(default)]
    pub partial: Vec<String>,
}

/// `_general.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct General {
    pub sources: Vec<Source>,
    pub verbs: Vec<Verb>,
    pub principal_kinds: Vec<PrincipalKind>,
    #[expect(dead_code, reason = "read by people")]
    matching: Matching,
    pub general_variables: Map<GeneralVariable>,
    pub other_variables: Map<GeneralVariable>,
    pub region_keys: Map<String>,
    pub principal_types: Map<PrincipalType>,
    pub service_principals: Vec<String>,
    pub resource_subjects: Vec<String>,
    pub all_resources: String,
    pub families: Map<Vec<String>>,
    pub resource_types: Map<Vec<String>>,
    pub aliases: Map<IndexedAlias>,
    pub names_without_table: Map<String>,
    pub index_services: Map<Option<String>>,
    #[expect(dead_code, reason = "read by people")]
    notes: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read by people")]
pub struct Matching {
    case_sensitive: bool,
    missing_variable: String,
    note: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PrincipalKind {
    User,
    Instance,
    Resource,
    Workload,
    Service,
}

impl PrincipalKind {
    pub const fn bit(self) -> u8 {
        match self {
            Self::User => 1,
            Self::Instance => 2,
            Self::Resource => 4,
            Self::Workload => 8,
            Self::Service => 16,
        }
    }
}

/// The names whose list a variable's values come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValuesFrom {
    Permissions,
    Operations,
    RegionKeys,
    PrincipalTypes,
}

/// A variable of the general table, of an example, or of the language pages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GeneralVariable {
    #[serde(rename = "type")]
    pub value_type: String,
    #[expect(dead_code, reason = "read by people")]
    doc_type: Option<String>,
    #[expect(dead_code, reason = "read by people")]
    doc_name: Option<String>,
    #[serde(default)]
    pub principals: Vec<PrincipalKind>,
    #[serde(default)]
    pub only_for_principal_types: Vec<String>,
    /// `_language.yaml` only: the service the variable belongs to.
    pub service: Option<String>,
    #[serde(default)]
    pub resource_types: Vec<String>,
    #[serde(default)]
    pub only_for: Vec<String>,
    #[serde(default)]
    pub values: Vec<String>,
    pub values_from: Option<ValuesFrom>,
    #[serde(default)]
    #[expect(dead_code, reason = "read by people")]
    operators: Vec<String>,
    #[expect(dead_code, reason = "read by people")]
    format: Option<String>,
    pub deprecated: Option<String>,
    pub note: Option<String>,
    pub source: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum UsedAs {
    #[serde(rename = "request.principal.type")]
    Principal,
    #[serde(rename = "resource.type (dynamic group)")]
    Resource,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrincipalType {
    pub used_as: UsedAs,
    pub source: String,
    pub note: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexedAlias {
    pub name: String,
    pub services: Vec<String>,
}

/// `_seen.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    #[expect(dead_code, reason = "read by people")]
    about: String,
    pub resource_types: Map<SeenName>,
    pub operations: Map<SeenName>,
    pub permissions: Map<SeenName>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeenName {
    pub repositories: u16,
    pub like: Option<String>,
    pub service: Option<String>,
}

/// `_language.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    #[expect(dead_code, reason = "read by people")]
    about: String,
    pub aliases: Map<SourcedAlias>,
    pub variables: Map<GeneralVariable>,
    pub variable_limits: Map<VariableLimit>,
    pub principal_types: Map<PrincipalType>,
    pub without_target_tags: WithoutTargetTags,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourcedAlias {
    pub name: String,
    pub source: String,
    #[expect(dead_code, reason = "read by people")]
    note: Option<String>,
}

/// A limit of a service's variable that the service's page does not print.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariableLimit {
    pub service: String,
    #[serde(default)]
    pub resource_types: Vec<String>,
    #[serde(default)]
    pub not_available_for: Vec<String>,
    pub source: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithoutTargetTags {
    pub permissions: Vec<String>,
    pub resource_types: Vec<String>,
    pub source: String,
}

/// `_regions.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regions {
    #[expect(dead_code, reason = "read by people")]
    about: String,
    pub source: String,
    pub region_names: Map<String>,
}

/// `_tenancies.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenancies {
    #[expect(dead_code, reason = "read by people")]
    about: String,
    pub source: String,
    pub tenancies: Map<ForeignTenancy>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignTenancy {
    pub ocid: String,
    pub purpose: String,
}
