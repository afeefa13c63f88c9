//! The texts an expression may be, each with the way back to where it is written.

use hcl_edit::expr::{Expression, FuncCall};

use super::module::{Found, Module, Scope, key_text};
use crate::host::{Quoting, terraform as strings};
use crate::passage::{Host, Passage, Run};
use crate::source::Span;

/// How deep expressions are looked into.
const MAX_DEPTH: usize = 24;
/// How many texts one expression may give.
const MAX_TEXTS: usize = 50_000;

/// A text.
#[derive(Clone)]
pub(super) struct Text {
    /// The file its first word stands in.
    pub(super) file: usize,
    pub(super) text: String,
    pub(super) runs: Vec<Run>,
    /// The string or expression it is written as; the first one where it is put together.
    pub(super) span: Span,
    /// Whether each of its lines may be a statement by itself.
    pub(super) lines: bool,
}

impl Text {
    pub(super) fn passage(&self, module: &Module<'_>) -> Option<Passage<'_>> {
        let file = module.files.get(self.file)?;
        Some(Passage::decoded(file.id, self.text.as_str(), self.runs.clone()).hosted(Host::Template))
    }

    /// Adds another text behind this one. One of another file is only seen from `reference`.
    fn push(&mut self, other: &Self, reference: u32) {
        let moved = small(self.text.len());
        if other.file == self.file {
            self.runs.extend(other.runs.iter().map(|run| Run { text: run.text + moved, source: run.source }));
        } else {
            self.runs.push(Run { text: moved, source: reference });
        }
        self.text.push_str(&other.text);
    }
}

/// A string as it is written; `None` for any other expression.
pub(super) fn literal(module: &Module<'_>, found: Found<'_>) -> Option<(Text, Quoting)> {
    let range = Module::span(found.expression);
    let source = module.files.get(found.file)?.source;
    let raw = source.text().get(range.clone())?;
    let (decoded, quoting) = match found.expression {
        Expression::String(_) | Expression::StringTemplate(_) => {
            let body = raw.strip_prefix('"')?.strip_suffix('"')?;
            (strings::quoted(body, range.start + 1)?, Quoting::Terraform)
        }
        Expression::HeredocTemplate(_) => (strings::heredoc(raw, range.start)?, Quoting::Heredoc),
        _ => return None,
    };
    let span = Span::new(small(range.start), small(range.end));
    let text = Text { file: found.file, text: decoded.text, runs: decoded.runs, span, lines: false };
    Some((text, quoting))
}

/// Every text that an expression, which gives one or a list of them, may give.
pub(super) fn texts<'m>(module: &Module<'m>, found: Found<'m>, scope: &Scope<'m>) -> Vec<Text> {
    let mut out = Vec::new();
    module.ask();
    collect(module, found, scope, 0, &mut out);
    out
}

fn collect<'m>(module: &Module<'m>, found: Found<'m>, scope: &Scope<'m>, depth: usize, out: &mut Vec<Text>) {
    if depth > MAX_DEPTH || out.len() > MAX_TEXTS || !module.may_go_on() {
        return;
    }
    for value in module.follow(found, scope) {
        let at = |expression| Found { file: value.file, expression };
        match value.expression {
            Expression::String(_) | Expression::StringTemplate(_) | Expression::HeredocTemplate(_) => {
                out.extend(literal(module, value).map(|(text, _)| text));
            }
            Expression::Array(array) => {
                array.iter().for_each(|item| collect(module, at(item), scope, depth + 1, out));
            }
            Expression::Object(object) => {
                object.iter().for_each(|(_, item)| collect(module, at(item.expr()), scope, depth + 1, out));
            }
            Expression::ForExpr(each) => {
                let values = module.items(at(&each.intro.collection_expr), scope);
                let inner = scope.with(each.intro.value_var.as_str(), values);
                collect(module, at(&each.value_expr), &inner, depth + 1, out);
            }
            Expression::FuncCall(call) => function(module, value, call, scope, depth, out),
            _ => {}
        }
    }
}

fn function<'m>(
    module: &Module<'m>,
    found: Found<'m>,
    call: &'m FuncCall,
    scope: &Scope<'m>,
    depth: usize,
    out: &mut Vec<Text>,
) {
    let at = |expression| Found { file: found.file, expression };
    let argument = |index: usize| call.args.get(index).map(at);
    match call.name.name.as_str() {
        "concat" | "flatten" | "compact" | "distinct" | "setunion" | "sort" | "reverse" | "merge"
        | "list" | "slice" | "chunklist" | "values" | "trimspace" | "chomp" | "indent" | "lower"
        | "upper" | "title" | "tostring" | "element" | "lookup" => {
            for expression in call.args.iter() {
                collect(module, at(expression), scope, depth + 1, out);
            }
        }
        "replace" | "trim" | "trimprefix" | "trimsuffix" | "substr" => {
            if let Some(inner) = argument(0) {
                collect(module, inner, scope, depth + 1, out);
            }
        }
        "format" | "formatlist" => {
            if let Some(inner) = argument(0) {
                collect(module, inner, scope, depth + 1, out);
            }
        }
        "split" => {
            let before = out.len();
            if let Some(inner) = argument(1) {
                collect(module, inner, scope, depth + 1, out);
            }
            out.iter_mut().skip(before).for_each(|text| text.lines = true);
        }
        "join" => {
            let (Some(separator), Some(list)) = (argument(0), argument(1)) else { return };
            out.extend(join(module, found, separator, list, scope, depth));
        }
        _ => {}
    }
}

/// `join(" ", ["allow group", var.group, …])` as one text. What is not written down stays a template.
fn join<'m>(
    module: &Module<'m>,
    call: Found<'m>,
    separator: Found<'m>,
    list: Found<'m>,
    scope: &Scope<'m>,
    depth: usize,
) -> Option<Text> {
    let separator = module.follow(separator, scope).into_iter().find_map(|found| literal(module, found))?.0;
    let reference = small(Module::span(call.expression).start);
    let mut parts: Vec<Text> = Vec::new();
    for value in module.follow(list, scope) {
        match value.expression {
            Expression::Array(array) => {
                for item in array {
                    let item = Found { file: value.file, expression: item };
                    let mut inner = Vec::new();
                    collect(module, item, scope, depth + 1, &mut inner);
                    parts.push(inner.into_iter().next().or_else(|| opaque(module, item))?);
                }
            }
            _ => collect(module, value, scope, depth + 1, &mut parts),
        }
        // Another branch is another text.
        if !parts.is_empty() {
            break;
        }
    }
    let mut parts = parts.into_iter();
    let mut whole = parts.next()?;
    for part in parts {
        whole.push(&separator, reference);
        whole.push(&part, reference);
    }
    whole.lines |= separator.text.contains('\n');
    Some(whole)
}

/// An expression that is not written down, as a template.
fn opaque(module: &Module<'_>, found: Found<'_>) -> Option<Text> {
    let range = Module::span(found.expression);
    let raw = module.files.get(found.file)?.source.text().get(range.clone())?;
    let (start, end) = (small(range.start), small(range.end));
    let text = format!("${{{raw}}}");
    let mut runs = vec![Run { text: 0, source: start }];
    // What is in no string is no text: it is seen as a whole, where its letters are bytes.
    if raw.is_ascii() {
        runs.push(Run { text: 2, source: start });
        runs.push(Run { text: small(text.len() - 1), source: end.saturating_sub(1) });
    }
    Some(Text { file: found.file, text, runs, span: Span::new(start, end), lines: false })
}

/// The value behind a key of an object, or nothing.
pub(super) fn value<'m>(object: &'m hcl_edit::expr::Object, key: &str) -> Option<&'m Expression> {
    object.iter().find(|(name, _)| key_text(name) == Some(key)).map(|(_, value)| value.expr())
}

fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
