//! Generated policies as the OCI CLI takes them.

use serde::Serialize;

use super::text::attachment;
use super::{Generated, GeneratedGroup, GeneratedPolicy};
use crate::format;

/// The whole output in one document. Schema version 1.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Whole<'g> {
    version: u32,
    dynamic_groups: Vec<GroupEntry<'g>>,
    policies: Vec<PolicyEntry<'g>>,
}

#[derive(Serialize)]
struct GroupEntry<'g> {
    tenancy: &'g str,
    create: CreateGroup<'g>,
}

#[derive(Serialize)]
struct PolicyEntry<'g> {
    tenancy: &'g str,
    attach: String,
    create: CreatePolicy<'g>,
}

/// What `oci iam dynamic-group create --from-json` takes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreateGroup<'g> {
    compartment_id: &'g str,
    name: &'g str,
    description: &'g str,
    matching_rule: String,
}

/// What `oci iam policy create --from-json` takes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreatePolicy<'g> {
    compartment_id: &'g str,
    name: &'g str,
    description: &'g str,
    statements: Vec<String>,
}

impl<'g> CreateGroup<'g> {
    fn of(group: &'g GeneratedGroup) -> Self {
        Self {
            compartment_id: group.tenancy.id.as_str(),
            name: &group.name,
            description: &group.description,
            matching_rule: format::matching_rule(&group.rule),
        }
    }
}

impl<'g> CreatePolicy<'g> {
    fn of(policy: &'g GeneratedPolicy) -> Self {
        Self {
            compartment_id: policy.compartment.as_str(),
            name: &policy.name,
            description: &policy.description,
            statements: statements(policy),
        }
    }
}

fn statements(policy: &GeneratedPolicy) -> Vec<String> {
    policy.statements.iter().map(|own| format::statement(&own.statement)).collect()
}

/// One JSON document with everything: for each dynamic group and policy its tenancy and, under `create`, what the OCI
/// CLI's `--from-json` takes.
///
/// # Errors
/// The writer's, which no policy of ours causes.
pub fn json(generated: &Generated) -> Result<String, serde_json::Error> {
    let groups = generated
        .dynamic_groups
        .iter()
        .map(|group| GroupEntry { tenancy: &group.tenancy.name, create: CreateGroup::of(group) });
    let policies = generated.policies.iter().map(|policy| PolicyEntry {
        tenancy: &policy.tenancy.name,
        attach: attachment(policy),
        create: CreatePolicy::of(policy),
    });
    pretty(&Whole { version: 1, dynamic_groups: groups.collect(), policies: policies.collect() })
}

/// A file for the OCI CLI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its name: `TENANCY.NAME.KIND.json`.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Files for the OCI CLI: for each dynamic group the document that `oci iam dynamic-group create --from-json` takes, for
/// each policy the one of `oci iam policy create --from-json`, and its statements alone, which `oci iam policy create`
/// and `oci iam policy update` take as `--statements file://…`.
///
/// # Errors
/// The writer's, which no policy of ours causes.
pub fn documents(generated: &Generated) -> Result<Vec<Document>, serde_json::Error> {
    let mut documents = Vec::new();
    for group in &generated.dynamic_groups {
        let name = file_name(&group.tenancy.name, &group.name, "dynamic-group");
        documents.push(Document { name, text: pretty(&CreateGroup::of(group))? });
    }
    for policy in &generated.policies {
        let name = |kind| file_name(&policy.tenancy.name, &policy.name, kind);
        documents.push(Document { name: name("policy"), text: pretty(&CreatePolicy::of(policy))? });
        documents.push(Document { name: name("statements"), text: pretty(&statements(policy))? });
    }
    Ok(documents)
}

fn file_name(tenancy: &str, name: &str, kind: &str) -> String {
    format!("{}.{name}.{kind}.json", super::compose::tenancy_word(tenancy))
}

fn pretty(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(text)
}
