//! The tree of a policy exactly as it is written: no name in it is resolved.
//!
//! Two trees are equal when they *say* the same thing: where a node stands takes no part in comparison.

mod action;
mod condition;
mod location;
mod matching_rule;
mod name;
mod statement;
mod subject;

pub use action::{Action, Associate, Association, CrossAction};
pub use condition::{Condition, Operand, Predicate, Test};
pub use location::{Location, Origin, Scope};
pub use matching_rule::{Attribute, Comparison, MatchingRule, RuleTest};
pub use name::Name;
pub use statement::{Admit, AliasKind, Define, Effect, Endorse, Grant, Statement};
pub use subject::{Principal, Subject};

use crate::diagnostic::Code;
use crate::source::{SourceId, Span, Spanned};

/// One policy: statements that are attached, saved and rejected together.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The source all spans of this policy point into.
    pub source: SourceId,
    /// The policy's name; `None` where the text gives none.
    pub name: Option<Spanned<String>>,
    /// Where the policy is attached; `None` where the text does not say.
    pub attachment: Option<Spanned<Attachment>>,
    /// Statements and comments in the order they were written.
    pub items: Vec<Item>,
}

impl Policy {
    /// The items that are statements, each with its index among the statements, from 0.
    pub fn statements(&self) -> impl Iterator<Item = (usize, &Item)> {
        self.items.iter().filter(|item| !matches!(item.statement, Statement::Comment(_))).enumerate()
    }
}

impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.attachment, &self.items) == (&other.name, &other.attachment, &other.items)
    }
}

/// Where a policy is attached, as `TENANCY[/path:to:compartment]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Name or OCID of the tenancy.
    pub tenancy: String,
    /// Names from the root down; empty for the root itself.
    pub compartments: Vec<String>,
}

/// One statement, or a comment between statements.
#[derive(Debug, Clone)]
pub struct Item {
    /// What is said.
    pub statement: Statement,
    /// From its first to its last byte.
    pub span: Span,
    /// How faithfully the text could be read.
    pub reading: Reading,
    /// Why it is not [`Reading::Strict`]; empty when it is.
    pub faults: Vec<Fault>,
    /// Comments behind the statement, each as written, from its `//` or other sign on.
    pub comments: Vec<Spanned<String>>,
}

/// Something in a statement that the strict language does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The kind of finding the parser reported.
    pub code: Code,
    /// What it said.
    pub message: String,
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.statement == other.statement
    }
}

/// How a statement was read. Only a [`Reading::Strict`] one is what the service would accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reading {
    /// The strict grammar accepts the text.
    Strict,
    /// A slip was repaired; the repaired text means what the author obviously wanted.
    Repaired,
    /// A repair had to guess, or text is missing that another tool or a person has yet to fill in.
    Guessed,
}
