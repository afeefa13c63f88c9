//! Canonical text in place of what was written, where the two say the same.

use super::writer::in_case;
use crate::passage::Passage;
use crate::source::{SourceId, Spanned};
use crate::syntax::{Action, CrossAction, Item, MatchingRule, Reading, Statement};
use crate::{diagnostic::Code, parse};

/// How a statement may be laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// On one line, as the service, Terraform and strings in general want it.
    OneLine,
    /// With a wide condition on several lines, which only text files may have.
    Lines,
}

/// The canonical text of an item, comments behind it kept.
///
/// `None` where it must stay as it was written: the parser could not read it, or the canonical text would be read in
/// another way, say without a slip that the written text has. Formatting repairs nothing; fixes do.
#[must_use]
pub fn item(item: &Item, layout: Layout) -> Option<String> {
    let said = match (&item.statement, layout) {
        (Statement::Broken, _) => return None,
        (statement, Layout::OneLine) => super::statement(statement),
        (statement, Layout::Lines) => super::lines(statement),
    };
    if let Statement::Comment(_) = item.statement {
        return Some(said);
    }
    let mut text = said.clone();
    for comment in &item.comments {
        text.push(' ');
        text.push_str(&comment.node);
    }
    if reads_as(&text, item) {
        return Some(text);
    }
    match layout {
        // A line of the condition may begin like a statement.
        Layout::Lines if said.contains('\n') => self::item(item, Layout::OneLine),
        Layout::Lines | Layout::OneLine => None,
    }
}

/// The canonical text of a matching rule; `None` where it must stay as it was written, as for [`item`].
#[must_use]
pub fn rule(rule: &Spanned<MatchingRule>, reading: Reading) -> Option<String> {
    let text = super::matching_rule(&rule.node);
    let passage = Passage::verbatim(SourceId::NOWHERE, &text, 0);
    let (again, read) = parse::matching_rule(&passage, &mut Vec::new());
    // A rule keeps no list of its faults: only one that is strict, or that has yet to be filled in, can be compared.
    let comparable = reading == read && reading != Reading::Repaired;
    (comparable && again.node == rule.node).then_some(text)
}

/// Whether a text is read as one item that says what another says, with the same slips.
fn reads_as(text: &str, item: &Item) -> bool {
    let passage = Passage::verbatim(SourceId::NOWHERE, text, 0);
    let read = parse::statements(&passage, &mut Vec::new());
    let [read] = read.as_slice() else { return false };
    same(read, item)
}

/// Whether two items say the same in the same way: case aside where case means nothing, and with the same slips.
#[must_use]
pub(super) fn same(one: &Item, other: &Item) -> bool {
    let codes = |item: &Item| -> Vec<Code> {
        let mut codes: Vec<Code> = item.faults.iter().map(|fault| fault.code).collect();
        codes.sort_unstable();
        codes
    };
    let comments =
        |item: &Item| -> Vec<String> { item.comments.iter().map(|comment| comment.node.clone()).collect() };
    settled(&one.statement) == settled(&other.statement)
        && (one.reading, codes(one), comments(one)) == (other.reading, codes(other), comments(other))
}

/// A statement with its resource-types and permissions in canonical case, which takes no part in what they name.
fn settled(statement: &Statement) -> Statement {
    let mut statement = statement.clone();
    match &mut statement {
        Statement::Grant(grant) => settle(&mut grant.action.node),
        Statement::Endorse(endorse) => settle_across(&mut endorse.action),
        Statement::Admit(admit) => settle_across(&mut admit.action),
        Statement::Define(_) | Statement::Comment(_) | Statement::Broken => {}
    }
    statement
}

fn settle_across<Place>(action: &mut CrossAction<Place>) {
    match action {
        CrossAction::In { action, .. } => settle(&mut action.node),
        CrossAction::Associate(pair) => {
            for side in [&mut pair.first, &mut pair.second] {
                side.resource.node = in_case(&side.resource.node, str::to_ascii_lowercase);
            }
        }
    }
}

fn settle(action: &mut Action) {
    match action {
        Action::Verb { resource, .. } => resource.node = in_case(&resource.node, str::to_ascii_lowercase),
        Action::Permissions(names) => {
            for name in names {
                name.node = in_case(&name.node, str::to_ascii_uppercase);
            }
        }
        Action::Opaque(_) => {}
    }
}
