//! The parser pest makes of the grammars, and what we do when it and the reader disagree.

use pest::Parser;
use pest::iterators::{Pair, Pairs};
use smallvec::SmallVec;

/// The grammars in `grammar/`.
#[derive(pest_derive::Parser)]
#[grammar = "grammar/policy.pest"]
#[grammar = "grammar/matching_rule.pest"]
pub(super) struct Grammar;

pub(super) type Node<'i> = Pair<'i, Rule>;
pub(super) type Failure = Box<pest::error::Error<Rule>>;

/// Reads a text as one rule and gives the nodes inside it.
pub(super) fn read(rule: Rule, text: &str) -> Result<Pairs<'_, Rule>, Failure> {
    let mut pairs = Grammar::parse(rule, text).map_err(Box::new)?;
    Ok(pairs.next().map_or(pairs, Pair::into_inner))
}

/// Reads a text as one rule and gives its own node.
pub(super) fn read_one(rule: Rule, text: &str) -> Result<Option<Node<'_>>, Failure> {
    Ok(Grammar::parse(rule, text).map_err(Box::new)?.next())
}

/// The grammar yielded something the reader does not know: our bug, never the user's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drift;

pub(super) type Read<T> = Result<T, Drift>;

/// The children of a node, each with its rule, taken apart once: reading looks for many rules in few children.
pub(super) struct Children<'i> {
    /// The rule of the node itself.
    pub(super) parent: Rule,
    nodes: SmallVec<[(Rule, Node<'i>); 8]>,
}

impl<'i> Children<'i> {
    pub(super) fn of(node: &Node<'i>) -> Self {
        let nodes = node.clone().into_inner().map(|child| (child.as_rule(), child)).collect();
        Self { parent: node.as_rule(), nodes }
    }

    /// The first child of this rule.
    pub(super) fn get(&self, rule: Rule) -> Option<&Node<'i>> {
        self.nodes.iter().find(|(own, _)| *own == rule).map(|(_, node)| node)
    }

    /// The first child of this rule, which the grammar promises.
    pub(super) fn need(&self, rule: Rule) -> Read<&Node<'i>> {
        self.get(rule).ok_or(Drift)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Node<'i>> {
        self.nodes.iter().map(|(_, node)| node)
    }
}

/// Start and end of a node in the text it was read from.
pub(super) fn range(node: &Node<'_>) -> (usize, usize) {
    let span = node.as_span();
    (span.start(), span.end())
}
