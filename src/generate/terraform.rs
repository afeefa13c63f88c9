//! Generated policies as Terraform.

use std::fmt::Write as _;

use super::{Generated, compose};
use crate::format;

/// Terraform: an `oci_identity_dynamic_group` for each dynamic group and an `oci_identity_policy` for each policy, one
/// statement an item, in the layout of `terraform fmt`.
///
/// A policy depends on the groups it names, which must exist when it is saved. Where there are several tenancies every
/// resource names a provider configuration of its own tenancy.
///
/// # Source
/// Terraform language, "Strings and Templates" (escapes); OCI provider, `oci_identity_policy` and
/// `oci_identity_dynamic_group`.
#[must_use]
pub fn terraform(generated: &Generated) -> String {
    let tenancies = tenancies(generated);
    let several = tenancies.len() > 1;
    let labels = labels(generated);
    let mut out = String::new();
    if several {
        let names: Vec<String> =
            tenancies.iter().map(|name| format!("oci.{}", tenancy_label(name))).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(out, "# Needs a provider configuration for each tenancy: {}.\n", names.join(", "));
    }
    let groups = generated.dynamic_groups.iter().zip(&labels.groups);
    for (group, name) in groups.clone() {
        let _ = writeln!(out, "resource \"oci_identity_dynamic_group\" \"{name}\" {{");
        provider(&mut out, several, &group.tenancy.name);
        let _ = writeln!(out, "  compartment_id = {}", quoted(group.tenancy.id.as_str()));
        let _ = writeln!(out, "  name           = {}", quoted(&group.name));
        let _ = writeln!(out, "  description    = {}", quoted(&group.description));
        let _ = writeln!(out, "  matching_rule  = {}", quoted(&format::matching_rule(&group.rule)));
        out.push_str("}\n\n");
    }
    for (policy, name) in generated.policies.iter().zip(&labels.policies) {
        let _ = writeln!(out, "resource \"oci_identity_policy\" \"{name}\" {{");
        provider(&mut out, several, &policy.tenancy.name);
        let _ = writeln!(out, "  compartment_id = {}", quoted(policy.compartment.as_str()));
        let _ = writeln!(out, "  name           = {}", quoted(&policy.name));
        let _ = writeln!(out, "  description    = {}", quoted(&policy.description));
        out.push_str("  statements = [\n");
        let mut before: Option<&[String]> = None;
        for own in &policy.statements {
            if !own.intents.is_empty() && before != Some(own.intents.as_slice()) {
                let _ = writeln!(out, "    # for {}", own.intents.join(", "));
                before = Some(&own.intents);
            }
            let _ = writeln!(out, "    {},", quoted(&format::statement(&own.statement)));
        }
        out.push_str("  ]\n");
        let needed: Vec<String> = groups
            .clone()
            .filter(|(group, _)| group.is_named_in(policy))
            .map(|(_, name)| format!("oci_identity_dynamic_group.{name}"))
            .collect();
        if !needed.is_empty() {
            let _ = writeln!(out, "\n  depends_on = [{}]", needed.join(", "));
        }
        out.push_str("}\n\n");
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn provider(out: &mut String, several: bool, tenancy: &str) {
    if several {
        let _ = writeln!(out, "  provider       = oci.{}", tenancy_label(tenancy));
    }
}

fn tenancies(generated: &Generated) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    let of_groups = generated.dynamic_groups.iter().map(|group| &group.tenancy.name);
    for name in of_groups.chain(generated.policies.iter().map(|policy| &policy.tenancy.name)) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
}

/// The names of the resources inside Terraform.
struct Labels {
    groups: Vec<String>,
    policies: Vec<String>,
}

fn labels(generated: &Generated) -> Labels {
    let groups: Vec<(&str, &str)> = generated
        .dynamic_groups
        .iter()
        .map(|group| (group.name.as_str(), group.tenancy.name.as_str()))
        .collect();
    let policies: Vec<(&str, &str)> = generated
        .policies
        .iter()
        .map(|policy| (policy.name.as_str(), policy.tenancy.name.as_str()))
        .collect();
    Labels { groups: unique(&groups), policies: unique(&policies) }
}

/// A label for each thing: its name, with the tenancy where two have one name, with a number where that is not enough.
fn unique(things: &[(&str, &str)]) -> Vec<String> {
    let mut labels: Vec<String> = Vec::new();
    for (name, tenancy) in things {
        let own = label(name);
        let shared = things.iter().filter(|(other, _)| label(other) == own).count() > 1;
        let proposal = if shared { format!("{own}_{}", tenancy_label(tenancy)) } else { own };
        let numbered = (2u32..).map(|number| format!("{proposal}_{number}"));
        let free = std::iter::once(proposal.clone()).chain(numbered).find(|label| !labels.contains(label));
        labels.push(free.unwrap_or(proposal));
    }
    labels
}

fn tenancy_label(tenancy: &str) -> String {
    label(&compose::tenancy_word(tenancy))
}

/// A name with only letters that Terraform takes in one of its own.
fn label(name: &str) -> String {
    let mut label: String = name
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' })
        .collect();
    if !label.starts_with(|first: char| first.is_ascii_alphabetic()) {
        label.insert_str(0, "t_");
    }
    label
}

/// A text as Terraform writes it: what would be an escape or a template is escaped.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if letters.peek() == Some(&'{') => out.extend([letter, letter]),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_terraform_would_read_is_escaped() {
        let table = [
            ("plain 'text'", "\"plain 'text'\""),
            ("a \"b\" \\c", "\"a \\\"b\\\" \\\\c\""),
            ("${x} %{y} $z {w}", "\"$${x} %%{y} $z {w}\""),
        ];
        for (text, expected) in table {
            assert_eq!(quoted(text), expected, "{text}");
        }
    }
}
