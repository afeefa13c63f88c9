//! Generated policies as YAML.

use serde::Serialize;

use super::Generated;
use super::text::attachment;
use crate::format;
use crate::yaml::{WriteError, write};

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct File<'g> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dynamic_groups: Vec<Group<'g>>,
    policies: Vec<Policy<'g>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Group<'g> {
    name: &'g str,
    tenancy: &'g str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'g str>,
    description: &'g str,
    matching_rule: String,
}

#[derive(Serialize)]
struct Policy<'g> {
    name: &'g str,
    attach: String,
    description: &'g str,
    statements: Vec<String>,
}

/// YAML: `dynamic-groups` with their rules, and `policies` with their statements, each a text in the policy language.
///
/// # Errors
/// [`WriteError`] when the writer refuses, which no policy of ours makes it do.
pub fn yaml(generated: &Generated) -> Result<String, WriteError> {
    let groups = generated.dynamic_groups.iter().map(|group| Group {
        name: &group.name,
        tenancy: &group.tenancy.name,
        id: group.id.as_ref().map(|id| id.as_str()),
        description: &group.description,
        matching_rule: format::matching_rule(&group.rule),
    });
    let policies = generated.policies.iter().map(|policy| Policy {
        name: &policy.name,
        attach: attachment(policy),
        description: &policy.description,
        statements: policy.statements.iter().map(|own| format::statement(&own.statement)).collect(),
    });
    write(&File { dynamic_groups: groups.collect(), policies: policies.collect() })
}
