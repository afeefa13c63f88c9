//! Repairs that change the shape of a statement: one statement where a user is the subject, several where one says too much.
//!
//! They are suggested only, and only where nothing else is wrong with the statement, so that no other slip is copied.

use super::grammar::{Node, range};
use super::reader::Reader;
use crate::diagnostic::{Edit, Fix, Safety};
use crate::syntax::Item;

/// A repair that waits until the whole statement is read.
#[derive(Debug)]
pub(super) enum Shape {
    /// A statement for each text in place of what stands between two offsets.
    Split { finding: usize, start: usize, end: usize, alternatives: Vec<String> },
    /// Another subject, and one more condition.
    Condition { finding: usize, start: usize, end: usize, subject: &'static str, condition: String },
}

impl Reader<'_> {
    /// Remembers that the statement just reported is to be split: `nodes` say from where to where.
    pub(super) fn split(&mut self, from: &Node<'_>, to: &Node<'_>, alternatives: Vec<String>) {
        let (start, end) = (range(from).0, range(to).1);
        let finding = self.last_finding();
        self.shapes.push(Shape::Split { finding, start, end, alternatives });
    }

    /// Remembers that the subject just reported becomes a condition.
    pub(super) fn as_condition(&mut self, subject: &Node<'_>, instead: &'static str, condition: String) {
        let (start, end) = range(subject);
        let finding = self.last_finding();
        self.shapes.push(Shape::Condition { finding, start, end, subject: instead, condition });
    }

    /// Makes the repairs of the shape of a statement that stands between two offsets of `text`.
    pub(super) fn reshape(&mut self, text: &str, start: usize, end: usize, item: &Item) {
        let [shape] = self.shapes.as_slice() else { return };
        let one_fault = item.faults.len() == 1 && item.comments.is_empty();
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        let (finding, title, edits) = match shape {
            _ if !one_fault => return,
            Shape::Split { finding, start: from, end: to, alternatives } => {
                let all: Vec<String> = alternatives
                    .iter()
                    .map(|instead| format!("{}{instead}{}", part(start, *from), part(*to, end)))
                    .collect();
                let edit = Edit { span: self.span_of(start, end), text: all.join("\n") };
                (*finding, "write a statement for each", vec![edit])
            }
            Shape::Condition { finding, start: from, end: to, subject, condition } => {
                let mut edits = vec![Edit { span: self.span_of(*from, *to), text: (*subject).to_owned() }];
                match self.condition_range {
                    Some((first, last)) => {
                        let before =
                            Edit { span: self.span_of(first, first), text: format!("all {{ {condition}, ") };
                        let after = Edit { span: self.span_of(last, last), text: " }".to_owned() };
                        edits.extend([before, after]);
                    }
                    None => {
                        edits.push(Edit { span: self.span_of(end, end), text: format!(" where {condition}") })
                    }
                }
                (*finding, "name them in the condition", edits)
            }
        };
        self.complete(finding, Fix { safety: Safety::Unsafe, title: title.to_owned(), edits });
    }
}

/// The locations of a list such as `, shelf and compartment hangar`, each with its keyword.
pub(super) fn locations(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(with_keyword).collect()
}

fn with_keyword(name: &str) -> String {
    let begins = |word: &str| {
        name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            && name
                .get(word.len()..)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
    };
    if let Some(rest) =
        ["in", "and"].into_iter().find(|word| begins(word)).and_then(|word| name.get(word.len()..))
    {
        return with_keyword(rest.trim_start());
    }
    if begins("compartment") || begins("tenancy") {
        name.to_owned()
    } else if name.starts_with("ocid1.") {
        format!("compartment id {name}")
    } else {
        format!("compartment {name}")
    }
}
