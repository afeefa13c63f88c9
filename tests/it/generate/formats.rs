//! What is written reads back as what was made.

use ocipol::format;
use ocipol::generate::{self, Generated};
use ocipol::parse;
use ocipol::source::{Source, Sources};
use ocipol::syntax::{Policy, Reading, Statement};

use super::{attempt, fixtures, generated};

fn policies(text: &str) -> Vec<Policy> {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("generated.policy", text).unwrap());
    let (policies, findings) = parse::policies(sources.get(id).unwrap(), id);
    assert_eq!(findings, [], "{text}");
    policies
}

#[test]
fn the_text_parses_back_to_the_same_trees() {
    for (name, path) in fixtures() {
        let (_, _, generated) = generated(&path);
        let text = generate::text(&generated);
        let read = policies(&text);
        assert_eq!(read.len(), generated.policies.len(), "{name}");
        for (read, made) in read.iter().zip(&generated.policies) {
            assert_eq!(read.name.as_ref().map(|name| name.node.as_str()), Some(made.name.as_str()));
            let attachment = &read.attachment.as_ref().unwrap().node;
            assert!(
                [made.tenancy.name.as_str(), made.tenancy.id.as_str()].contains(&attachment.tenancy.as_str())
            );
            assert_eq!(attachment.compartments, made.attachment);
            let trees: Vec<&Statement> = read.statements().map(|(_, item)| &item.statement).collect();
            let expected: Vec<&Statement> = made.statements.iter().map(|own| &own.statement).collect();
            assert_eq!(trees, expected, "{name}");
            assert!(read.statements().all(|(_, item)| item.reading == Reading::Strict));
        }
        // Written once more it is the same text.
        let lines = |text: &str| -> Vec<String> {
            text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
        };
        let again: Vec<String> = read
            .iter()
            .flat_map(|policy| policy.statements().map(|(_, item)| format::statement(&item.statement)))
            .collect();
        let own: Vec<String> = lines(&text).into_iter().filter(|line| !line.is_empty()).collect();
        assert_eq!(again, own, "{name}");
    }
}

fn statements(generated: &Generated) -> Vec<Vec<String>> {
    let of = |policy: &generate::GeneratedPolicy| {
        policy.statements.iter().map(|own| format::statement(&own.statement)).collect()
    };
    generated.policies.iter().map(of).collect()
}

fn rules(generated: &Generated) -> Vec<String> {
    generated.dynamic_groups.iter().map(|group| format::matching_rule(&group.rule)).collect()
}

#[test]
fn yaml_and_json_hold_the_same_statements() {
    for (name, path) in fixtures() {
        let (_, _, generated) = generated(&path);
        let (expected, expected_rules) = (statements(&generated), rules(&generated));
        let yaml: serde_yaml::Value = serde_yaml::from_str(&generate::yaml(&generated).unwrap()).unwrap();
        let json: serde_json::Value = serde_json::from_str(&generate::json(&generated).unwrap()).unwrap();
        for (index, expected) in expected.iter().enumerate() {
            let of_yaml: Vec<String> =
                serde_yaml::from_value(yaml["policies"][index]["statements"].clone()).unwrap();
            assert_eq!(of_yaml, *expected, "{name}");
            let create = &json["policies"][index]["create"];
            let of_json: Vec<String> = serde_json::from_value(create["statements"].clone()).unwrap();
            assert_eq!(of_json, *expected, "{name}");
            assert_eq!(create["compartmentId"], generated.policies[index].compartment.as_str());
        }
        for (index, expected) in expected_rules.iter().enumerate() {
            assert_eq!(yaml["dynamic-groups"][index]["matching-rule"], expected.as_str());
            assert_eq!(json["dynamic-groups"][index]["create"]["matchingRule"], expected.as_str());
        }
        let documents = generate::documents(&generated).unwrap();
        assert_eq!(documents.len(), expected_rules.len() + 2 * expected.len(), "{name}");
        for document in documents.iter().filter(|document| document.name.ends_with(".statements.json")) {
            let alone: Vec<String> = serde_json::from_str(&document.text).unwrap();
            assert!(expected.contains(&alone), "{name}: {}", document.name);
        }
    }
}

/// The texts of an expression: a text, or a list of them.
#[expect(clippy::wildcard_enum_match_arm, reason = "whatever is no text fails the test")]
fn texts(expression: &hcl_edit::expr::Expression) -> Vec<String> {
    use hcl_edit::expr::Expression;
    use hcl_edit::template::Element;
    match expression {
        Expression::Array(items) => items.iter().flat_map(texts).collect(),
        Expression::String(text) => vec![text.as_str().to_owned()],
        Expression::StringTemplate(parts) => {
            let literal = |part: &Element| match part {
                Element::Literal(text) => text.as_str().to_owned(),
                other => unreachable!("Terraform would fill in {other:?}"),
            };
            vec![parts.iter().map(literal).collect()]
        }
        other => unreachable!("{other:?} is no text"),
    }
}

fn terraform(text: &str) -> (Vec<Vec<String>>, Vec<String>, Vec<String>) {
    let body: hcl_edit::structure::Body = text.parse().unwrap();
    let (mut statements, mut rules, mut labels) = (Vec::new(), Vec::new(), Vec::new());
    for block in body.get_blocks("resource") {
        let value = |key: &str| texts(&block.body.get_attribute(key).unwrap().value);
        let [kind, label] = block.labels.as_slice() else { unreachable!("a resource has two labels") };
        labels.push(format!("{}.{}", kind.as_str(), label.as_str()));
        match kind.as_str() {
            "oci_identity_policy" => statements.push(value("statements")),
            "oci_identity_dynamic_group" => rules.extend(value("matching_rule")),
            other => unreachable!("{other}"),
        }
        for key in ["compartment_id", "name", "description"] {
            assert_eq!(value(key).len(), 1);
        }
    }
    (statements, rules, labels)
}

#[test]
fn terraform_reads_the_same_statements() {
    for (name, path) in fixtures() {
        let (_, _, generated) = generated(&path);
        let (found, found_rules, mut labels) = terraform(&generate::terraform(&generated));
        assert_eq!(found, statements(&generated), "{name}");
        assert_eq!(found_rules, rules(&generated), "{name}");
        let count = labels.len();
        labels.sort();
        labels.dedup();
        assert_eq!(labels.len(), count, "{name}: a resource stands twice");
    }
}

#[test]
fn what_terraform_would_fill_in_is_escaped() {
    let (_, generated) = attempt(
        "intents:
  - name: odd
    description: \"a \\\"quote\\\", a \\\\ and ${x} %{y}\"
    who: {group: 'Net Ops'}
    may: GetBucket
    on: {tenancy: ocid1.tenancy.oc1..fjord}
    where: target.bucket.name = 'a${b}c'
",
    );
    // The policy language has no such text either: it is what other tools fill in.
    assert!(generated.is_err());
    let (_, generated) = attempt(
        "intents:
  - name: odd
    description: \"a \\\"quote\\\", a \\\\ and ${x} %{y}\"
    who: {group: 'Net Ops'}
    may: GetBucket
    on: {tenancy: ocid1.tenancy.oc1..fjord}
",
    );
    let text = generate::terraform(&generated.unwrap());
    let body: hcl_edit::structure::Body = text.parse().unwrap();
    let block = body.get_blocks("resource").next().unwrap();
    let description = texts(&block.body.get_attribute("description").unwrap().value);
    assert_eq!(description, ["a \"quote\", a \\ and ${x} %{y}"], "{text}");
}

#[test]
fn the_same_file_gives_the_same_bytes() {
    for (_, path) in fixtures() {
        let all = || {
            let (_, _, generated) = generated(&path);
            [
                generate::text(&generated),
                generate::yaml(&generated).unwrap(),
                generate::terraform(&generated),
                generate::json(&generated).unwrap(),
            ]
        };
        assert_eq!(all(), all());
    }
}
