//! What names stand for inside one module, as far as it is written down.

use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, FuncCall, ObjectKey, Traversal, TraversalOperator};
use hcl_edit::structure::{BlockLabel, Structure};
use hcl_edit::template::Element;

use super::File;

/// How many references are followed one after another.
const MAX_DEPTH: usize = 24;
/// How many expressions one question may look at.
const MAX_STEPS: usize = 20_000;

/// An expression and the file it stands in.
#[derive(Clone, Copy)]
pub(super) struct Found<'m> {
    pub(super) file: usize,
    pub(super) expression: &'m Expression,
}

/// Names that only some expressions know: the variable of a `for`, `each`.
#[derive(Clone, Default)]
pub(super) struct Scope<'m>(Vec<Binding<'m>>);

#[derive(Clone)]
struct Binding<'m> {
    name: &'m str,
    /// What it stands for, one after the other.
    values: Vec<Found<'m>>,
}

impl<'m> Scope<'m> {
    /// The scope with one more name in it.
    pub(super) fn with(&self, name: &'m str, values: Vec<Found<'m>>) -> Self {
        let mut scope = self.clone();
        scope.0.push(Binding { name, values });
        scope
    }

    fn get(&self, name: &str) -> Option<&[Found<'m>]> {
        self.0.iter().rev().find(|binding| binding.name == name).map(|binding| binding.values.as_slice())
    }
}

/// The files of a folder, and what their locals and variables are.
pub(super) struct Module<'m> {
    pub(super) files: &'m [File<'m>],
    locals: HashMap<&'m str, Vec<Found<'m>>>,
    variables: HashMap<&'m str, Vec<Found<'m>>>,
    /// How many expressions the question at hand has looked at.
    steps: Cell<usize>,
}

impl<'m> Module<'m> {
    pub(super) fn new(files: &'m [File<'m>]) -> Self {
        let mut module =
            Self { files, locals: HashMap::new(), variables: HashMap::new(), steps: Cell::new(0) };
        for (file, body) in files.iter().map(|file| &file.body).enumerate() {
            for structure in body {
                match structure {
                    // A file of variables: `name = value`.
                    Structure::Attribute(attribute) => {
                        let found = Found { file, expression: &attribute.value };
                        module.variables.entry(attribute.key.as_str()).or_default().push(found);
                    }
                    Structure::Block(block) if block.ident.as_str() == "locals" => {
                        for attribute in block.body.attributes() {
                            let found = Found { file, expression: &attribute.value };
                            module.locals.entry(attribute.key.as_str()).or_default().push(found);
                        }
                    }
                    Structure::Block(block) if block.ident.as_str() == "variable" => {
                        let name = block.labels.first().map(BlockLabel::as_str);
                        let default = block.body.get_attribute("default");
                        if let (Some(name), Some(default)) = (name, default) {
                            let found = Found { file, expression: &default.value };
                            module.variables.entry(name).or_default().push(found);
                        }
                    }
                    Structure::Block(_) => {}
                }
            }
        }
        module
    }

    /// Begins another question.
    pub(super) fn ask(&self) {
        self.steps.set(0);
    }

    /// Counts one more expression; whether it may still be looked at. Names that go in circles end here.
    pub(super) fn may_go_on(&self) -> bool {
        self.steps.set(self.steps.get() + 1);
        self.steps.get() <= MAX_STEPS
    }

    /// What an expression may be once its references are followed: lists, objects, texts and calls.
    pub(super) fn follow(&self, found: Found<'m>, scope: &Scope<'m>) -> Vec<Found<'m>> {
        let mut out = Vec::new();
        Follow { module: self }.expression(found, scope, 0, &mut out);
        out
    }

    /// Where an expression stands; an empty range for one without a place.
    pub(super) fn span(expression: &Expression) -> Range<usize> {
        expression.span().unwrap_or_default()
    }
}

struct Follow<'f, 'm> {
    module: &'f Module<'m>,
}

impl<'m> Follow<'_, 'm> {
    fn expression(&mut self, found: Found<'m>, scope: &Scope<'m>, depth: usize, out: &mut Vec<Found<'m>>) {
        if depth > MAX_DEPTH || !self.module.may_go_on() {
            return;
        }
        let at = |expression| Found { file: found.file, expression };
        match found.expression {
            Expression::Parenthesis(inner) => self.expression(at(inner.inner()), scope, depth + 1, out),
            Expression::Conditional(conditional) => {
                self.expression(at(&conditional.true_expr), scope, depth + 1, out);
                self.expression(at(&conditional.false_expr), scope, depth + 1, out);
            }
            Expression::Variable(name) => {
                let values = scope.get(name.as_str()).map(<[_]>::to_vec).unwrap_or_default();
                for value in values {
                    self.expression(value, scope, depth + 1, out);
                }
            }
            Expression::Traversal(traversal) => self.traversal(found.file, traversal, scope, depth + 1, out),
            // `"${local.x}"` is `local.x`.
            Expression::StringTemplate(template) => match template.as_single_element() {
                Some(Element::Interpolation(inner)) => {
                    let before = out.len();
                    self.expression(at(&inner.expr), scope, depth + 1, out);
                    if out.len() == before {
                        out.push(found);
                    }
                }
                _ => out.push(found),
            },
            Expression::FuncCall(call) if is_transparent(call) => {
                for argument in call.args.iter() {
                    self.expression(at(argument), scope, depth + 1, out);
                }
            }
            _ => out.push(found),
        }
    }

    fn traversal(
        &mut self,
        file: usize,
        traversal: &'m Traversal,
        scope: &Scope<'m>,
        depth: usize,
        out: &mut Vec<Found<'m>>,
    ) {
        let mut operators = traversal.operators.iter().map(|operator| operator.value());
        let first = match &traversal.expr {
            Expression::Variable(name) => name.as_str(),
            _ => "",
        };
        let own = scope.get(first).map(<[_]>::to_vec);
        let start: Vec<Found<'m>> = match (own, first) {
            (Some(values), _) if first != "each" => values,
            (Some(values), _) => match operators.next() {
                Some(TraversalOperator::GetAttr(name)) if name.as_str() == "value" => values,
                _ => return,
            },
            (None, "local" | "var") => {
                let Some(TraversalOperator::GetAttr(name)) = operators.next() else { return };
                let names = if first == "local" { &self.module.locals } else { &self.module.variables };
                names.get(name.as_str()).cloned().unwrap_or_default()
            }
            (None, "") => vec![Found { file, expression: &traversal.expr }],
            (None, _) => return,
        };
        let mut values = Vec::new();
        for value in start {
            self.expression(value, scope, depth + 1, &mut values);
        }
        for operator in operators {
            let mut next = Vec::new();
            for value in values {
                self.step(value, operator, scope, depth + 1, &mut next);
            }
            values = next;
        }
        out.extend(values);
    }

    /// One `.name`, `[index]` or `[*]`.
    fn step(
        &mut self,
        value: Found<'m>,
        operator: &TraversalOperator,
        scope: &Scope<'m>,
        depth: usize,
        out: &mut Vec<Found<'m>>,
    ) {
        let key = match operator {
            TraversalOperator::GetAttr(name) => Some(name.as_str()),
            TraversalOperator::Index(Expression::String(name)) => Some(name.as_str()),
            TraversalOperator::Index(_)
            | TraversalOperator::LegacyIndex(_)
            | TraversalOperator::AttrSplat(_)
            | TraversalOperator::FullSplat(_) => None,
        };
        match (value.expression, key) {
            (Expression::Object(object), Some(key)) => {
                for (_, item) in object.iter().filter(|(name, _)| key_text(name) == Some(key)) {
                    self.expression(Found { expression: item.expr(), ..value }, scope, depth, out);
                }
            }
            (_, None) => {
                for item in self.items(value, scope, depth) {
                    self.expression(item, scope, depth, out);
                }
            }
            (_, Some(_)) => {}
        }
    }

    /// The items of a list, or the values of an object.
    fn items(&mut self, value: Found<'m>, scope: &Scope<'m>, depth: usize) -> Vec<Found<'m>> {
        let at = |expression| Found { file: value.file, expression };
        match value.expression {
            Expression::Array(array) => array.iter().map(at).collect(),
            Expression::Object(object) => object.iter().map(|(_, item)| at(item.expr())).collect(),
            Expression::FuncCall(call) => {
                let mut values = Vec::new();
                for argument in call.args.iter() {
                    self.expression(at(argument), scope, depth + 1, &mut values);
                }
                values.into_iter().flat_map(|value| self.items_of_literal(value)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn items_of_literal(&mut self, value: Found<'m>) -> Vec<Found<'m>> {
        match value.expression {
            Expression::FuncCall(_) => Vec::new(),
            _ => self.items(value, &Scope::default(), MAX_DEPTH),
        }
    }
}

impl<'m> Module<'m> {
    /// The items of a list, or the values of an object, that an expression may be.
    pub(super) fn items(&self, found: Found<'m>, scope: &Scope<'m>) -> Vec<Found<'m>> {
        let mut follow = Follow { module: self };
        let mut values = Vec::new();
        follow.expression(found, scope, 0, &mut values);
        values.into_iter().flat_map(|value| follow.items(value, scope, 0)).collect()
    }
}

/// Whether a function gives its arguments back, in another shape or some of them.
fn is_transparent(call: &FuncCall) -> bool {
    matches!(
        call.name.name.as_str(),
        "try"
            | "coalesce"
            | "coalescelist"
            | "tolist"
            | "toset"
            | "tomap"
            | "sensitive"
            | "nonsensitive"
            | "one"
    ) && !call.name.is_namespaced()
}

/// A key of an object that is written down.
pub(super) fn key_text(key: &ObjectKey) -> Option<&str> {
    match key {
        ObjectKey::Ident(name) => Some(name.as_str()),
        ObjectKey::Expression(Expression::String(name)) => Some(name.as_str()),
        ObjectKey::Expression(_) => None,
    }
}
