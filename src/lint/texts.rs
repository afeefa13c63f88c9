//! The names and values of a statement or rule, wherever in it they stand.

use crate::source::{Span, Spanned};
use crate::syntax::{
    Action, Associate, Comparison, Condition, CrossAction, Location, MatchingRule, Name, Operand, Origin,
    Predicate, Principal, Scope, Statement, Subject,
};

/// A text somebody typed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'s> {
    /// Without its quotes.
    pub(super) text: &'s str,
    /// With them.
    pub(super) span: Span,
}

/// Hands over the final texts of a statement in the order they were written: names, OCIDs and values of conditions. Text
/// that another tool or a person has yet to fill in is left out; the parser has reported it.
pub(super) fn of_statement<'s>(statement: &'s Statement, found: impl FnMut(Text<'s>)) {
    let mut texts = Texts { found };
    match statement {
        Statement::Grant(grant) => {
            texts.subject(&grant.subject.node);
            texts.action(&grant.action.node);
            texts.location(&grant.location.node);
        }
        Statement::Endorse(endorse) => {
            texts.subject(&endorse.subject.node);
            match &endorse.action {
                CrossAction::In { action, place } => {
                    texts.action(&action.node);
                    texts.scope(&place.node);
                }
                CrossAction::Associate(pair) => texts.association([&pair.first, &pair.second]),
            }
        }
        Statement::Admit(admit) => {
            texts.subject(&admit.subject.node);
            if let Origin::Tenancy(alias) = &admit.origin.node {
                texts.name(alias);
            }
            match &admit.action {
                CrossAction::In { action, place } => {
                    texts.action(&action.node);
                    texts.location(&place.node);
                }
                CrossAction::Associate(pair) => texts.association([&pair.first, &pair.second]),
            }
        }
        Statement::Define(define) => {
            texts.name(&define.alias);
            texts.name(&define.ocid);
        }
        Statement::Comment(_) | Statement::Broken => {}
    }
    if let Some(condition) = statement.condition() {
        texts.condition(&condition.node);
    }
}

/// Hands over the final values of a matching rule in the order they were written.
pub(super) fn of_rule<'s>(rule: &'s MatchingRule, found: impl FnMut(Text<'s>)) {
    Texts { found }.rule(rule);
}

struct Texts<F> {
    found: F,
}

impl<'s, F: FnMut(Text<'s>)> Texts<F> {
    fn name(&mut self, name: &'s Spanned<Name>) {
        if let Name::Literal(text) = &name.node {
            (self.found)(Text { text, span: name.span });
        }
    }

    fn names(&mut self, names: &'s [Spanned<Name>]) {
        names.iter().for_each(|name| self.name(name));
    }

    fn subject(&mut self, subject: &'s Subject) {
        match subject {
            Subject::Groups(principals) | Subject::DynamicGroups(principals) | Subject::Users(principals) => {
                for principal in principals {
                    match &principal.node {
                        Principal::Id(id) => self.name(id),
                        Principal::Named { domain, name } => {
                            domain.iter().for_each(|domain| self.name(domain));
                            self.name(name);
                        }
                    }
                }
            }
            Subject::Services(names) => self.names(names),
            Subject::Resource { kind, name } => {
                self.name(kind);
                self.name(name);
            }
            Subject::AnyUser | Subject::AnyGroup | Subject::Opaque(_) => {}
        }
    }

    fn action(&mut self, action: &'s Action) {
        match action {
            Action::Verb { resource, .. } => self.name(resource),
            Action::Permissions(names) => self.names(names),
            Action::Opaque(_) => {}
        }
    }

    fn association(&mut self, sides: [&'s Associate; 2]) {
        for side in sides {
            self.name(&side.resource);
            self.scope(&side.scope.node);
        }
    }

    fn location(&mut self, location: &'s Location) {
        match location {
            Location::Compartment(path) => self.names(path),
            Location::CompartmentId(id) => self.name(id),
            Location::Tenancy | Location::Opaque(_) => {}
        }
    }

    fn scope(&mut self, scope: &'s Scope) {
        match scope {
            Scope::Tenancy(alias) => self.name(alias),
            Scope::CompartmentOf { compartment, tenancy } => {
                self.location(&compartment.node);
                self.name(tenancy);
            }
            Scope::Local(location) => self.location(location),
            Scope::AnyTenancy => {}
        }
    }

    fn condition(&mut self, condition: &'s Condition) {
        match condition {
            Condition::All(members) | Condition::Any(members) => {
                members.iter().for_each(|member| self.condition(&member.node));
            }
            Condition::Test(test) => match &test.predicate {
                Predicate::Equal(operand)
                | Predicate::NotEqual(operand)
                | Predicate::Before(operand)
                | Predicate::After(operand) => self.operand(operand),
                Predicate::In(operands)
                | Predicate::NotIn(operands)
                | Predicate::SetsEqual(operands)
                | Predicate::SetsIntersect(operands) => {
                    operands.iter().for_each(|operand| self.operand(operand));
                }
                Predicate::Between { from, to } => {
                    self.operand(from);
                    self.operand(to);
                }
                Predicate::Present | Predicate::Absent => {}
            },
            Condition::Opaque(_) => {}
        }
    }

    fn operand(&mut self, operand: &'s Spanned<Operand>) {
        match &operand.node {
            Operand::Text(text) | Operand::Pattern(text) => (self.found)(Text { text, span: operand.span }),
            Operand::Variable(_) | Operand::Opaque(_) => {}
        }
    }

    fn rule(&mut self, rule: &'s MatchingRule) {
        match rule {
            MatchingRule::All(members) | MatchingRule::Any(members) => {
                members.iter().for_each(|member| self.rule(&member.node));
            }
            MatchingRule::Test(test) => match &test.comparison {
                Comparison::Equal(value) | Comparison::NotEqual(value) => self.name(value),
                Comparison::Present => {}
            },
            MatchingRule::Opaque(_) => {}
        }
    }
}
