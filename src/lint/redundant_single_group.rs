//! `lint/redundant-single-group`

use super::findings::Findings;
use crate::format;
use crate::source::{Span, Spanned};
use crate::syntax::{Condition, Item, MatchingRule};

lint! {
    /// Flags `all { … }` and `any { … }` with one member, and a group inside another of the same kind.
    ///
    /// # Why
    /// The braces say nothing; without them the condition reads as what it is.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where all { request.region = 'iad' }
    /// ```
    /// ```rule flagged
    /// any { resource.type = 'cluster', any { resource.type = 'nodepool', resource.type = 'fnfunc' } }
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy where request.region = 'iad'
    /// Allow group Pilots to read vcns in tenancy where all { request.region = 'iad', any { request.user.name = 'kim', request.user.name = 'lee' } }
    /// ```
    "lint/redundant-single-group", Style, rejects: No, basis: "[DD]",
    checks: [Check::Statement(statement), Check::Rule(rule)]
}

fn statement(item: &Item, findings: &mut Findings<'_>) {
    let Some(condition) = item.statement.condition() else { return };
    if let Some(span) = first(condition) {
        let plain = plain(condition);
        report(span, condition.span, format::condition(&plain.node), findings);
    }
}

fn rule(rule: &Spanned<MatchingRule>, findings: &mut Findings<'_>) {
    if let Some(span) = first(rule) {
        let plain = plain(rule);
        report(span, rule.span, format::matching_rule(&plain.node), findings);
    }
}

/// One finding a condition: its repair leaves no such group.
fn report(span: Span, whole: Span, text: String, findings: &mut Findings<'_>) {
    findings.report(span, "the group around this says nothing", format!("write `{text}`")).safe(
        "leave the braces out",
        whole,
        text,
    );
}

/// `all` or `any`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    All,
    Any,
}

/// Conditions and matching rules, as far as groups go.
trait Grouped: Clone {
    /// The kind and the members of a group; `None` for what is none.
    fn group(&self) -> Option<(Kind, &[Spanned<Self>])>;
    /// A group.
    fn of(kind: Kind, members: Vec<Spanned<Self>>) -> Self;
}

macro_rules! grouped {
    ($($node:ident),+) => {$(
        impl Grouped for $node {
            fn group(&self) -> Option<(Kind, &[Spanned<Self>])> {
                match self {
                    Self::All(members) => Some((Kind::All, members)),
                    Self::Any(members) => Some((Kind::Any, members)),
                    Self::Test(_) | Self::Opaque(_) => None,
                }
            }

            fn of(kind: Kind, members: Vec<Spanned<Self>>) -> Self {
                match kind {
                    Kind::All => Self::All(members),
                    Kind::Any => Self::Any(members),
                }
            }
        }
    )+};
}

grouped!(Condition, MatchingRule);

/// The first group that says nothing.
fn first<T: Grouped>(node: &Spanned<T>) -> Option<Span> {
    let (kind, members) = node.node.group()?;
    if members.len() == 1 {
        return Some(node.span);
    }
    let like = |member: &&Spanned<T>| member.node.group().is_some_and(|(inner, _)| inner == kind);
    members.iter().find(like).map(|member| member.span).or_else(|| members.iter().find_map(first))
}

/// The same without groups that say nothing.
fn plain<T: Grouped>(node: &Spanned<T>) -> Spanned<T> {
    let Some((kind, members)) = node.node.group() else { return node.clone() };
    let mut flat: Vec<Spanned<T>> = Vec::new();
    for member in members.iter().map(plain) {
        match member.node.group() {
            Some((inner, members)) if inner == kind => flat.extend(members.iter().cloned()),
            Some(_) | None => flat.push(member),
        }
    }
    match <[Spanned<T>; 1]>::try_from(flat) {
        Ok([only]) => only,
        Err(flat) => Spanned::new(T::of(kind, flat), node.span),
    }
}
