//! Policies, matching rules and tenancy models in YAML and JSON.
//!
//! Three things are known by their keys, wherever in a document they stand: a mapping with a `tenancies` list is a tenancy
//! model; one with a `statements` list of texts is a policy, with `name`, and `attach: TENANCY[/path]` or `tenancy` beside
//! it; one with a `matching-rule` or `matching_rule` text is a dynamic group. A whole document that is a list of texts is a
//! policy too. Everything else is somebody else's and left alone.

use super::{Bundle, Rule};
use crate::diagnostic::Diagnostic;
use crate::parse;
use crate::source::{Place, SourceId, Sources, Spanned};
use crate::syntax::{Attachment, Policy};
use crate::tenancy;
use crate::yaml::{self, Fields, Node, Value};

/// Whether a file is known to be one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// A tenancy model by its name: keys it does not have are mistakes.
    Model,
    /// Somebody named the file: every list of `statements` in it is a policy.
    Named,
    /// Found in a folder: a list of `statements` is a policy if some text in it begins like a statement, a list of
    /// `tenancies` a model if all of them have a name or an id.
    Found,
}

pub(super) fn read(
    bundle: &mut Bundle,
    sources: &mut Sources,
    id: SourceId,
    trust: Trust,
    open: &mut tenancy::Open<'_>,
) -> usize {
    let Some(source) = sources.get(id) else { return 0 };
    let (documents, findings) = yaml::read(source, id);
    let unreadable = !findings.is_empty();
    bundle.findings.extend(findings);
    let mut found = 0;
    for document in &documents {
        bundle.hosts.add(id, document);
        let mut reader = Reader { bundle: &mut *bundle, sources: &mut *sources, id, trust, open: &mut *open };
        if trust == Trust::Model {
            reader.model_keys(document);
        }
        found += reader.document(document);
    }
    found.max(usize::from(unreadable))
}

struct Reader<'r, 'o> {
    bundle: &'r mut Bundle,
    sources: &'r mut Sources,
    id: SourceId,
    trust: Trust,
    open: &'r mut tenancy::Open<'o>,
}

impl Reader<'_, '_> {
    /// Reports what a tenancy model cannot have at its top.
    fn model_keys(&mut self, document: &Node) {
        if let Some(mut fields) = Fields::of(self.id, document, "a tenancy model", &mut self.bundle.findings)
        {
            fields.required("tenancies");
            fields.list("tenancies");
            fields.finish();
        }
    }

    fn document(&mut self, document: &Node) -> usize {
        match document.items() {
            Some(items) if self.are_statements(items) && items.iter().any(begins) => {
                self.policy(None, None, items);
                1
            }
            _ => self.node(document),
        }
    }

    fn node(&mut self, node: &Node) -> usize {
        match &node.value {
            Value::Scalar { .. } | Value::Null => 0,
            Value::List(items) => items.iter().map(|item| self.node(item)).sum(),
            Value::Map(entries) => {
                let tenancies = node.get("tenancies").and_then(Node::items);
                if let Some(tenancies) = tenancies.filter(|items| self.are_tenancies(items)) {
                    let model = tenancy::read(
                        self.sources,
                        self.id,
                        tenancies,
                        &mut *self.open,
                        &mut self.bundle.findings,
                    );
                    self.bundle.models.push(model);
                    return 1;
                }
                let mut found = 0;
                if let Some(statements) = node.get("statements").and_then(Node::items)
                    && self.are_statements(statements)
                {
                    let attachment = self.attachment(node);
                    self.policy(text(node, "name"), attachment, statements);
                    found += 1;
                }
                let rule = node.get("matching-rule").or_else(|| node.get("matching_rule"));
                if let Some(rule) = rule.filter(|rule| rule.text().is_some()) {
                    self.rule(text(node, "name"), rule);
                    found += 1;
                }
                found + entries.iter().map(|(_, value)| self.node(value)).sum::<usize>()
            }
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
    ) {
        let mut items = Vec::new();
        let Some(source) = self.sources.get(self.id) else { return };
        for statement in statements {
            match statement.passage(source, self.id) {
                Some(passage) => items.extend(parse::statements(&passage, &mut self.bundle.findings)),
                None => {
                    let place = Place { source: self.id, span: statement.span };
                    let message = format!("a statement is a text, found {}", statement.kind());
                    self.bundle.findings.push(
                        Diagnostic::error(yaml::WRONG_VALUE, place, message)
                            .with_help("put the statement in quotes"),
                    );
                }
            }
        }
        self.bundle.policies.push(Policy { source: self.id, name, attachment, items });
    }

    fn rule(&mut self, name: Option<Spanned<String>>, node: &Node) {
        let Some(source) = self.sources.get(self.id) else { return };
        let Some(passage) = node.passage(source, self.id) else { return };
        let (rule, reading) = parse::matching_rule(&passage, &mut self.bundle.findings);
        let name = name.map(|name| name.node);
        self.bundle.rules.push(Rule { source: self.id, name, rule, reading });
    }

    /// `attach: TENANCY[/path:to:compartment]`, or `tenancy: TENANCY` with `attach: path:to:compartment`.
    fn attachment(&mut self, node: &Node) -> Option<Spanned<Attachment>> {
        let (tenancy, attach) = (text(node, "tenancy"), text(node, "attach"));
        let (target, span) = match (tenancy, attach) {
            (Some(tenancy), Some(path)) => (format!("{}/{}", tenancy.node, path.node), path.span),
            (Some(tenancy), None) => (tenancy.node, tenancy.span),
            (None, Some(attach)) => (attach.node, attach.span),
            (None, None) => return None,
        };
        let read = parse::attachment(&target);
        if read.is_none() {
            let place = Place { source: self.id, span };
            let message = format!("`{target}` names no place a policy can be attached to");
            self.bundle.findings.push(
                Diagnostic::error(yaml::WRONG_VALUE, place, message).with_help(
                    "write `attach: TENANCY` for the root, or `attach: TENANCY/path:to:compartment`",
                ),
            );
        }
        read.map(|attachment| Spanned::new(attachment, span))
    }
}

fn begins(item: &Node) -> bool {
    item.text().is_some_and(parse::begins_statement)
}

fn text(node: &Node, key: &str) -> Option<Spanned<String>> {
    let value = node.get(key)?;
    Some(Spanned::new(value.text()?.to_owned(), value.span))
}
