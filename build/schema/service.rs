//! A service file.

use serde::Deserialize;

use super::{Map, Source, Verb, written};

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
    /// The case applies where a target is a thing of this OCID type that the model has.
    pub exists: Option<String>,
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
