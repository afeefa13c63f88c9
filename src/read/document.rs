//! Policies, matching rules and tenancy models in YAML and JSON.
//!
//! Three things are known by their keys, wherever in a document they stand: a mapping with a `tenancies` list is a tenancy
//! model; one with a `statements` list of texts is a policy, with `name`, and `attach: TENANCY[/path]`, `tenancy` or a
//! `compartment-id` beside it; one with a `matching-rule` text is a dynamic group. A list of texts that read like
//! statements is a policy under any key. Everything else is somebody else's and left alone.

use super::{Contents, Format, JSON_SYNTAX, Rule, Trust};
use crate::diagnostic::Diagnostic;
use crate::ocid::Ocid;
use crate::parse;
use crate::passage::{Host, Passage};
use crate::source::{Place, Source, SourceId, Span, Spanned};
use crate::syntax::{Attachment, Item, Policy};
use crate::yaml::{self, Fields, Node, Value};

/// Keys of the text of a matching rule, as we, Terraform, the OCI CLI and the service's own JSON write them.
const RULE_KEYS: [&str; 3] = ["matching-rule", "matching_rule", "matchingRule"];
/// Keys of where a policy is attached, by OCID.
const COMPARTMENT_KEYS: [&str; 3] = ["compartment-id", "compartment_id", "compartmentId"];

/// Reads YAML or JSON: tenancy models, policies and matching rules anywhere in it. JSON is read as YAML is, for it is
/// YAML; `format` says in whose words mistakes are told.
#[must_use]
pub fn document(source: &Source, id: SourceId, format: Format, trust: Trust) -> Contents {
    let (documents, findings) = yaml::read(source, id);
    let mut contents = Contents::default();
    contents.findings.extend(match format {
        Format::Json => as_json(source, id, findings),
        Format::Yaml | Format::Policy | Format::Terraform => findings,
    });
    for document in &documents {
        contents.hosts.add_document(id, document);
        let (node, rendered) = rendered(document);
        let host = if rendered { Host::Plain } else { Host::Template };
        let mut reader = Reader { contents: &mut contents, source, id, trust, host };
        if trust == Trust::Model {
            reader.model_keys(document);
        }
        reader.document(node);
    }
    super::limit(id, &mut contents);
    contents
}

/// The part of a document that counts, and whether a tool has filled in all templates in it: a Terraform plan repeats what
/// it will make, and what there was before; what the OCI CLI prints is what the service has.
fn rendered(document: &Node) -> (&Node, bool) {
    let plan = document.get("format_version").and_then(|_| {
        document
            .get("planned_values")
            .or_else(|| document.get("values"))
            .or_else(|| document.get("resource_changes"))
    });
    (plan.unwrap_or(document), plan.is_some() || document.get("data").is_some())
}

/// Says of a file that is to be JSON why it is none, in the words of JSON: YAML takes more than JSON does.
fn as_json(source: &Source, id: SourceId, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(source.text()) else {
        return findings;
    };
    let line = error.line().checked_sub(1).and_then(|line| source.line_span(line)).unwrap_or_default();
    let column = u32::try_from(error.column().saturating_sub(1)).unwrap_or_default();
    let mut offset = line.start.saturating_add(column).min(line.end);
    while !source.text().is_char_boundary(offset as usize) {
        offset -= 1;
    }
    let place = Place { source: id, span: Span::new(offset, offset) };
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or_default();
    let finding = Diagnostic::error(JSON_SYNTAX, place, format!("this is no JSON: {message}"))
        .with_help("check quotes, commas and brackets just before this place");
    let others = findings.into_iter().filter(|finding| finding.code != yaml::SYNTAX);
    std::iter::once(finding).chain(others).collect()
}

/// Reads a text: of one statement, or of several on lines of their own.
type Read = fn(&Passage<'_>, &mut Vec<Diagnostic>) -> Vec<Item>;

struct Reader<'r> {
    contents: &'r mut Contents,
    source: &'r Source,
    id: SourceId,
    trust: Trust,
    host: Host,
}

impl Reader<'_> {
    /// Reports what a tenancy model cannot have at its top.
    fn model_keys(&mut self, document: &Node) {
        if let Some(mut fields) =
            Fields::of(self.id, document, "a tenancy model", &mut self.contents.findings)
        {
            fields.required("tenancies");
            fields.list("tenancies");
            fields.finish();
        }
    }

    fn document(&mut self, document: &Node) {
        match document.items() {
            Some(items) if self.are_statements(items) && items.iter().any(begins) => {
                self.policy(None, None, items, parse::statements);
            }
            _ => self.node(document, None),
        }
    }

    /// Reads what stands behind a key, or in a list.
    fn node(&mut self, node: &Node, key: Option<&str>) {
        match &node.value {
            Value::Scalar { .. } | Value::Null => {}
            Value::List(items) if key != Some("statements") && are_sentences(items) => {
                self.policy(None, None, items, parse::statements);
            }
            Value::List(items) => items.iter().for_each(|item| self.node(item, None)),
            Value::Map(entries) => {
                let tenancies = node.get("tenancies");
                if let Some(tenancies) =
                    tenancies.filter(|node| node.items().is_some_and(|items| self.are_tenancies(items)))
                {
                    self.contents.models.push(tenancies.clone());
                    return;
                }
                if let Some(statements) = node.get("statements") {
                    self.statements(node, statements);
                }
                let rule = RULE_KEYS.iter().find_map(|key| node.get(key));
                if let Some(rule) = rule.filter(|rule| rule.text().is_some()) {
                    self.rule(name(node), rule);
                }
                entries.iter().for_each(|(key, value)| self.node(value, Some(&key.node)));
            }
        }
    }

    /// Reads the statements of a policy: a list of them, or one text.
    fn statements(&mut self, policy: &Node, statements: &Node) {
        let items = match &statements.value {
            Value::List(items) => items.as_slice(),
            Value::Scalar { .. } => std::slice::from_ref(statements),
            Value::Null | Value::Map(_) => return,
        };
        let one = statements.text().is_some();
        if if one { begins(statements) } else { self.are_statements(items) } {
            let attachment = self.attachment(policy);
            let read: Read = if one { parse::statements_of_text } else { parse::statements };
            self.policy(name(policy), attachment, items, read);
        }
    }

    /// Whether a list is the tenancies of a model.
    fn are_tenancies(&self, items: &[Node]) -> bool {
        match self.trust {
            Trust::Model | Trust::Named => true,
            Trust::Found => items.iter().all(|item| item.get("id").or_else(|| item.get("name")).is_some()),
        }
    }

    /// Whether a list is the statements of a policy.
    fn are_statements(&self, items: &[Node]) -> bool {
        let texts = items.iter().all(|item| item.text().is_some());
        !items.is_empty()
            && match self.trust {
                Trust::Model | Trust::Named => texts || items.iter().any(begins),
                Trust::Found => items.iter().any(begins),
            }
    }

    fn policy(
        &mut self,
        name: Option<Spanned<String>>,
        attachment: Option<Spanned<Attachment>>,
        statements: &[Node],
        read: Read,
    ) {
        let mut items = Vec::new();
        for statement in statements {
            match statement.passage(self.source, self.id) {
                Some(passage) => {
                    let passage = passage.hosted(self.host);
                    items.extend(read(&passage, &mut self.contents.findings));
                }
                // What a plan does not know yet.
                None if self.host == Host::Plain && matches!(statement.value, Value::Null) => {}
                None => {
                    let place = Place { source: self.id, span: statement.span };
                    let message = format!("a statement is a text, found {}", statement.kind());
                    self.contents.findings.push(
                        Diagnostic::error(yaml::WRONG_VALUE, place, message)
                            .with_help("put the statement in quotes"),
                    );
                }
            }
        }
        self.contents.policies.push(Policy { source: self.id, name, attachment, items });
    }

    fn rule(&mut self, name: Option<Spanned<String>>, node: &Node) {
        let Some(passage) = node.passage(self.source, self.id) else { return };
        let passage = passage.hosted(self.host);
        let (rule, reading) = parse::matching_rule(&passage, &mut self.contents.findings);
        let name = name.map(|name| name.node);
        self.contents.rules.push(Rule { source: self.id, name, rule, reading });
    }

    /// `attach: TENANCY[/path:to:compartment]`, or `tenancy: TENANCY` with `attach: path:to:compartment`.
    fn attachment(&mut self, node: &Node) -> Option<Spanned<Attachment>> {
        let (tenancy, attach) = (text(node, "tenancy"), text(node, "attach"));
        let (target, span) = match (tenancy, attach) {
            (Some(tenancy), Some(path)) => (format!("{}/{}", tenancy.node, path.node), path.span),
            (Some(tenancy), None) => (tenancy.node, tenancy.span),
            (None, Some(attach)) => (attach.node, attach.span),
            (None, None) => return self.compartment(node),
        };
        let read = parse::attachment(&target);
        if read.is_none() {
            let place = Place { source: self.id, span };
            let message = format!("`{target}` names no place a policy can be attached to");
            self.contents.findings.push(
                Diagnostic::error(yaml::WRONG_VALUE, place, message).with_help(
                    "write `attach: TENANCY` for the root, or `attach: TENANCY/path:to:compartment`",
                ),
            );
        }
        read.map(|attachment| Spanned::new(attachment, span))
    }

    /// `compartment-id: OCID` of a tenancy, whose root is the policy's place. A compartment alone does not say which
    /// tenancy it is in.
    fn compartment(&self, node: &Node) -> Option<Spanned<Attachment>> {
        let id = COMPARTMENT_KEYS.iter().find_map(|key| text(node, key))?;
        let tenancy = Ocid::parse(&id.node).ok().filter(|ocid| ocid.resource_kind() == "tenancy")?;
        let attachment = Attachment { tenancy: tenancy.as_str().to_owned(), compartments: Vec::new() };
        Some(Spanned::new(attachment, id.span))
    }
}

/// Whether a list that no key announces is the statements of a policy.
fn are_sentences(items: &[Node]) -> bool {
    let sentences =
        items.iter().filter(|item| item.text().is_some_and(parse::reads_like_a_statement)).count();
    sentences > 0 && items.iter().all(|item| item.text().is_some()) && sentences * 2 >= items.len()
}

fn name(node: &Node) -> Option<Spanned<String>> {
    // In a plan the name stands among other values; there as everywhere it is a text.
    text(node, "name")
}

fn begins(item: &Node) -> bool {
    item.text().is_some_and(parse::begins_statement)
}

fn text(node: &Node, key: &str) -> Option<Spanned<String>> {
    let value = node.get(key)?;
    Some(Spanned::new(value.text()?.to_owned(), value.span))
}
