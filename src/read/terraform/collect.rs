//! Goes through a module: first what reaches its resources, then what else reads like a statement.

use std::collections::HashSet;

use hcl_edit::expr::{Expression, TraversalOperator};
use hcl_edit::structure::{Block, BlockLabel, Body, Structure};

use super::module::{Found, Module, Scope, key_text};
use super::text::{self, Text};
use crate::ocid::Ocid;
use crate::parse;
use crate::read::{Contents, Rule};
use crate::source::{Span, Spanned};
use crate::syntax::{Attachment, Item, Policy};

/// Reads everything there is in a module.
pub(super) fn collect(module: &Module<'_>, contents: &mut Contents) {
    let mut reader = Reader { module, contents, seen: HashSet::new() };
    for (file, body) in module.files.iter().map(|file| &file.body).enumerate() {
        reader.strings(file, body);
        for block in body.blocks() {
            reader.resource(file, block);
        }
    }
    for (file, body) in module.files.iter().map(|file| &file.body).enumerate() {
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    reader.elsewhere(file, attribute.key.as_str(), &attribute.value);
                }
                Structure::Block(block) => reader.block(file, block),
            }
        }
    }
}

struct Reader<'r, 'm> {
    module: &'r Module<'m>,
    contents: &'r mut Contents,
    /// Strings that were read: each is, once.
    seen: HashSet<(usize, Span)>,
}

/// A policy while its statements are found.
struct Header {
    /// Where it is written.
    file: usize,
    name: Option<Spanned<String>>,
    attachment: Option<Spanned<Attachment>>,
}

impl<'m> Reader<'_, 'm> {
    /// Makes known every string of a file.
    fn strings(&mut self, file: usize, body: &'m Body) {
        let mut strings = Strings::default();
        strings.visit_body(body);
        let found = strings.0.into_iter().map(|expression| Found { file, expression });
        let spans = found.filter_map(|found| text::literal(self.module, found));
        let spans: Vec<_> = spans.map(|(text, quoting)| (text.span, quoting)).collect();
        if let Some(file) = self.module.files.get(file) {
            self.contents.hosts.add(file.id, spans);
        }
    }

    /// Reads a `resource` that takes statements or a rule.
    fn resource(&mut self, file: usize, block: &'m Block) {
        if block.ident.as_str() != "resource" {
            return;
        }
        let scope = self.scope(file, &block.body);
        let attribute = |key: &str| {
            block.body.get_attribute(key).map(|attribute| Found { file, expression: &attribute.value })
        };
        let label = block.labels.get(1).map(label_text);
        let written = |key: &str| attribute(key).and_then(|found| self.name(found, &scope));
        let name = written("name").or_else(|| written("display_name")).or(label);
        let kind = block.labels.first().map_or("", BlockLabel::as_str);
        if let Some(statements) = attribute("statements").filter(|_| kind.ends_with("policy")) {
            let attachment = attribute("compartment_id").and_then(|found| self.attachment(found, &scope));
            let texts = text::texts(self.module, statements, &scope);
            self.policy(Header { file, name: name.clone(), attachment }, texts);
        }
        if let Some(rule) = attribute("matching_rule") {
            self.rules(name, rule, &scope);
        }
    }

    /// What `each` stands for in a resource.
    fn scope(&self, file: usize, body: &'m Body) -> Scope<'m> {
        let scope = Scope::default();
        let Some(each) = body.get_attribute("for_each") else { return scope };
        self.module.ask();
        let values = self.module.items(Found { file, expression: &each.value }, &scope);
        scope.with("each", values)
    }

    /// A name that is written down, as one text.
    fn name(&self, found: Found<'m>, scope: &Scope<'m>) -> Option<Spanned<String>> {
        self.module.ask();
        let values = self.module.follow(found, scope);
        let [value] = values.as_slice() else { return None };
        // Spans of another file would point into this one.
        let (text, _) = text::literal(self.module, *value).filter(|(text, _)| text.file == found.file)?;
        Some(Spanned::new(text.text, text.span))
    }

    fn attachment(&self, found: Found<'m>, scope: &Scope<'m>) -> Option<Spanned<Attachment>> {
        let name = self.name(found, scope)?;
        let tenancy = Ocid::parse(&name.node).ok().filter(|ocid| ocid.resource_kind() == "tenancy")?;
        let attachment = Attachment { tenancy: tenancy.as_str().to_owned(), compartments: Vec::new() };
        Some(Spanned::new(attachment, name.span))
    }

    /// Reads texts as the statements of one policy; those of each file are a policy of that file.
    fn policy(&mut self, header: Header, texts: Vec<Text>) {
        let mut policies: Vec<(usize, Vec<Item>)> = Vec::new();
        for text in texts {
            if text.text.trim().is_empty() || !self.seen.insert((text.file, text.span)) {
                continue;
            }
            let Some(passage) = text.passage(self.module) else { continue };
            let findings = &mut self.contents.findings;
            let items = if text.lines {
                parse::statements_of_text(&passage, findings)
            } else {
                parse::statements(&passage, findings)
            };
            match policies.iter_mut().find(|(file, _)| *file == text.file) {
                Some((_, known)) => known.extend(items),
                None => policies.push((text.file, items)),
            }
        }
        for (file, items) in policies {
            let Some(source) = self.module.files.get(file).map(|file| file.id) else { continue };
            // What is said of the policy in another file is said in front of its first statement there.
            let first = items.first().map_or(Span::default(), |item| item.span.before());
            let near = |span: Span| if file == header.file { span } else { first };
            let name = header.name.clone().map(|name| Spanned::new(name.node, near(name.span)));
            let attachment =
                header.attachment.clone().map(|place| Spanned::new(place.node, near(place.span)));
            self.contents.policies.push(Policy { source, name, attachment, items });
        }
    }

    fn rules(&mut self, name: Option<Spanned<String>>, found: Found<'m>, scope: &Scope<'m>) {
        for text in text::texts(self.module, found, scope) {
            let new = !text.text.trim().is_empty() && self.seen.insert((text.file, text.span));
            let (Some(passage), Some(file)) = (text.passage(self.module), self.module.files.get(text.file))
            else {
                continue;
            };
            if new {
                let (rule, reading) = parse::matching_rule(&passage, &mut self.contents.findings);
                let name = name.as_ref().map(|name| name.node.clone());
                self.contents.rules.push(Rule { source: file.id, name, rule, reading });
            }
        }
    }

    /// Looks for what no resource of this module takes.
    fn block(&mut self, file: usize, block: &'m Block) {
        for structure in &block.body {
            match structure {
                Structure::Attribute(attribute) => {
                    self.elsewhere(file, attribute.key.as_str(), &attribute.value);
                }
                Structure::Block(inner) => self.block(file, inner),
            }
        }
    }

    /// Reads what stands behind a key that says what it is, and strings that read like statements.
    fn elsewhere(&mut self, file: usize, key: &str, expression: &'m Expression) {
        // These speak of statements, or are no policy's business.
        if ["description", "error_message", "condition"].contains(&key) {
            return;
        }
        let scope = Scope::default();
        let mut keyed = Keyed::default();
        keyed.take(key, expression);
        keyed.visit_expr(expression);
        for (name, statements) in keyed.statements {
            let texts = text::texts(self.module, Found { file, expression: statements }, &scope);
            let begins = texts.iter().any(|text| parse::begins_statement(&text.text));
            if begins {
                let name = name.and_then(|found| self.name(Found { file, expression: found }, &scope));
                self.policy(Header { file, name, attachment: None }, texts);
            }
        }
        for rule in keyed.rules {
            self.rules(None, Found { file, expression: rule }, &scope);
        }
        let mut strings = Strings::default();
        strings.visit_expr(expression);
        let texts: Vec<Text> = strings
            .0
            .into_iter()
            .filter_map(|expression| text::literal(self.module, Found { file, expression }))
            .map(|(text, _)| text)
            .filter(|text| parse::reads_like_a_statement(&text.text))
            .collect();
        if !texts.is_empty() {
            let lines = texts.into_iter().map(|text| Text { lines: true, ..text }).collect();
            self.policy(Header { file, name: None, attachment: None }, lines);
        }
    }
}

fn label_text(label: &BlockLabel) -> Spanned<String> {
    use hcl_edit::Span as _;
    let range = label.span().unwrap_or_default();
    let start = u32::try_from(range.start).unwrap_or(u32::MAX);
    Spanned::new(label.as_str().to_owned(), Span::at(start, range.len()))
}

/// Every string, outermost only: a string inside a template is no text of its own.
#[derive(Default)]
struct Strings<'m>(Vec<&'m Expression>);

impl<'m> Strings<'m> {
    fn visit_body(&mut self, body: &'m Body) {
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => self.visit_expr(&attribute.value),
                Structure::Block(block) => self.visit_body(&block.body),
            }
        }
    }

    fn visit_expr(&mut self, expression: &'m Expression) {
        match expression {
            Expression::String(_) | Expression::StringTemplate(_) | Expression::HeredocTemplate(_) => {
                self.0.push(expression);
            }
            other => children(other).into_iter().for_each(|child| self.visit_expr(child)),
        }
    }
}

/// Values behind keys that say they are statements or a rule.
#[derive(Default)]
struct Keyed<'m> {
    /// The statements, and the name beside them.
    statements: Vec<(Option<&'m Expression>, &'m Expression)>,
    rules: Vec<&'m Expression>,
}

impl<'m> Keyed<'m> {
    fn take(&mut self, key: &str, value: &'m Expression) {
        match key {
            "statements" | "policy_statements" => self.statements.push((None, value)),
            key if key.ends_with("matching_rule") || key.ends_with("matching_rules") => {
                self.rules.push(value)
            }
            _ => {}
        }
    }

    fn visit_expr(&mut self, expression: &'m Expression) {
        if let Expression::Object(object) = expression {
            for (key, item) in object.iter() {
                let before = self.statements.len();
                self.take(key_text(key).unwrap_or_default(), item.expr());
                for (name, _) in self.statements.iter_mut().skip(before) {
                    *name = text::value(object, "name");
                }
            }
        }
        children(expression).into_iter().for_each(|child| self.visit_expr(child));
    }
}

/// The expressions an expression is made of. Templates are not looked into.
fn children(expression: &Expression) -> Vec<&Expression> {
    match expression {
        Expression::Array(array) => array.iter().collect(),
        Expression::Object(object) => object.iter().map(|(_, item)| item.expr()).collect(),
        Expression::Parenthesis(inner) => vec![inner.inner()],
        Expression::Conditional(inner) => vec![&inner.cond_expr, &inner.true_expr, &inner.false_expr],
        Expression::FuncCall(call) => call.args.iter().collect(),
        Expression::Traversal(traversal) => {
            let indexes = traversal.operators.iter().filter_map(|operator| match operator.value() {
                TraversalOperator::Index(index) => Some(index),
                TraversalOperator::AttrSplat(_)
                | TraversalOperator::FullSplat(_)
                | TraversalOperator::GetAttr(_)
                | TraversalOperator::LegacyIndex(_) => None,
            });
            std::iter::once(&traversal.expr).chain(indexes).collect()
        }
        Expression::UnaryOp(inner) => vec![&inner.expr],
        Expression::BinaryOp(inner) => vec![&inner.lhs_expr, &inner.rhs_expr],
        Expression::ForExpr(inner) => {
            let mut children = vec![&inner.intro.collection_expr];
            children.extend(inner.key_expr.as_ref());
            children.push(&inner.value_expr);
            children.extend(inner.cond.as_ref().map(|cond| &cond.expr));
            children
        }
        Expression::Null(_)
        | Expression::Bool(_)
        | Expression::Number(_)
        | Expression::String(_)
        | Expression::StringTemplate(_)
        | Expression::HeredocTemplate(_)
        | Expression::Variable(_) => Vec::new(),
    }
}
