//! The files whose names start with `_`.

use serde::Deserialize;

use super::{Map, Source, Verb};

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
    pub variable_segments: Map<VariableSegment>,
    pub without_target_tags: WithoutTargetTags,
}

/// How target variables call resources of an OCID type, where the two are spelled differently.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariableSegment {
    pub segment: String,
    pub source: String,
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
