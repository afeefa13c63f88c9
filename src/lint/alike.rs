//! When two statements say the same: case, blanks, and the order of lists and groups do not count.

use std::hash::Hasher;

use rustc_hash::FxHasher;

use super::texts;
use crate::caseless;
use crate::format;
use crate::source::Spanned;
use crate::syntax::{Action, Condition, Principal, Statement, Subject};

/// A text that is equal for two statements that say the same.
pub(super) fn key(statement: &Statement) -> String {
    caseless::fold(&format::statement(&sorted(statement.clone())))
}

/// A number that is equal for two statements that say the same, and rarely for others.
pub(super) fn digest(statement: &Statement) -> u64 {
    let mut sum: u64 = 0;
    // The order of lists does not count, so that the parts are added up; neither does the case of letters.
    texts::of_statement(statement, |text| {
        let mut hasher = FxHasher::default();
        let letters = text.text.bytes().filter(u8::is_ascii);
        letters.for_each(|letter| hasher.write_u8(letter.to_ascii_lowercase()));
        sum = sum.wrapping_add(hasher.finish());
    });
    let verb = statement.action().map(|action| match &action.node {
        Action::Verb { verb, .. } => verb.node as u64,
        Action::Permissions(_) | Action::Opaque(_) => u64::MAX,
    });
    sum.wrapping_add(verb.unwrap_or_default())
}

/// The same for everything but the subject's list; `None` for a subject that is no list of names.
pub(super) fn key_without_names(statement: &Statement) -> Option<String> {
    let mut plain = sorted(statement.clone());
    let Statement::Grant(grant) = &mut plain else { return None };
    match &mut grant.subject.node {
        Subject::Groups(groups) | Subject::DynamicGroups(groups) => groups.truncate(1),
        Subject::AnyUser
        | Subject::AnyGroup
        | Subject::Services(_)
        | Subject::Resource { .. }
        | Subject::Users(_)
        | Subject::Opaque(_) => return None,
    }
    if let Subject::Groups(groups) | Subject::DynamicGroups(groups) = &mut grant.subject.node {
        for group in groups {
            let name = crate::syntax::Name::Literal("x".to_owned());
            group.node = Principal::Named { domain: None, name: Spanned::new(name, group.span) };
        }
    }
    Some(caseless::fold(&format::statement(&plain)))
}

fn sorted(mut statement: Statement) -> Statement {
    match &mut statement {
        Statement::Grant(grant) => {
            subject(&mut grant.subject.node);
            action(&mut grant.action.node);
            if let Some(condition) = &mut grant.condition {
                group(&mut condition.node);
            }
        }
        Statement::Endorse(endorse) => {
            subject(&mut endorse.subject.node);
            if let Some(condition) = &mut endorse.condition {
                group(&mut condition.node);
            }
        }
        Statement::Admit(admit) => {
            subject(&mut admit.subject.node);
            if let Some(condition) = &mut admit.condition {
                group(&mut condition.node);
            }
        }
        Statement::Define(_) | Statement::Comment(_) | Statement::Broken => {}
    }
    statement
}

fn subject(subject: &mut Subject) {
    match subject {
        Subject::Groups(groups) | Subject::DynamicGroups(groups) | Subject::Users(groups) => {
            groups.sort_by_cached_key(|group| match &group.node {
                Principal::Named { domain, name } => {
                    let domain = domain.as_ref().map_or("", |domain| domain.node.as_str());
                    caseless::fold(&format!("{domain}/{}", name.node.as_str()))
                }
                Principal::Id(id) => caseless::fold(id.node.as_str()),
            });
        }
        Subject::Services(names) => names.sort_by_cached_key(|name| caseless::fold(name.node.as_str())),
        Subject::AnyUser | Subject::AnyGroup | Subject::Resource { .. } | Subject::Opaque(_) => {}
    }
}

fn action(action: &mut Action) {
    if let Action::Permissions(names) = action {
        names.sort_by_cached_key(|name| caseless::fold(name.node.as_str()));
    }
}

fn group(condition: &mut Condition) {
    if let Condition::All(members) | Condition::Any(members) = condition {
        members.iter_mut().for_each(|member| group(&mut member.node));
        members.sort_by_cached_key(|member| caseless::fold(&format::condition(&member.node)));
    }
}
