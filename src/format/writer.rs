//! The writer behind canonical text: one method for each kind of node.

use std::fmt::Write;

use crate::syntax::{
    Action, Admit, Association, Comparison, Condition, CrossAction, Define, Effect, Endorse, Grant, Location,
    MatchingRule, Name, Operand, Origin, Predicate, Principal, Scope, Statement, Subject, Test,
};

/// The width beyond which a statement of a text file is broken into lines.
const WIDTH: usize = 100;

/// Collects the text of a node.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) text: String,
}

impl Writer {
    pub(super) fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Grant(grant) => self.grant(grant),
            Statement::Endorse(endorse) => self.endorse(endorse),
            Statement::Admit(admit) => self.admit(admit),
            Statement::Define(define) => self.define(define),
            Statement::Comment(text) => self.push(text),
            Statement::Broken => {}
        }
    }

    /// Replaces the condition, which the text ends with, by one on several lines where the text is too wide.
    pub(super) fn fold(&mut self, condition: &Condition) {
        let one_line = super::condition(condition);
        if self.text.chars().count() > WIDTH && self.text.ends_with(&one_line) {
            self.text.truncate(self.text.len() - one_line.len());
            self.lines(condition, 0);
        }
    }

    /// A condition whose groups are broken into lines where they are too wide.
    fn lines(&mut self, condition: &Condition, depth: usize) {
        let (word, members) = match condition {
            Condition::All(members) => ("all", members),
            Condition::Any(members) => ("any", members),
            Condition::Test(_) | Condition::Opaque(_) => return self.condition(condition),
        };
        let indent = "  ".repeat(depth + 1);
        self.push(word);
        self.push(" {");
        for (index, member) in members.iter().enumerate() {
            self.push(if index > 0 { ",\n" } else { "\n" });
            self.push(&indent);
            let one_line = super::condition(&member.node);
            if indent.len() + one_line.chars().count() >= WIDTH {
                self.lines(&member.node, depth + 1);
            } else {
                self.push(&one_line);
            }
        }
        self.push("\n");
        self.push(&"  ".repeat(depth));
        self.push("}");
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn list<T>(&mut self, items: &[T], mut one: impl FnMut(&mut Self, &T)) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            one(self, item);
        }
    }

    fn grant(&mut self, grant: &Grant) {
        self.push(match grant.effect.node {
            Effect::Allow => "Allow ",
            Effect::Deny => "Deny ",
        });
        self.subject(&grant.subject.node);
        self.action(&grant.action.node);
        self.location(&grant.location.node);
        self.clause(grant.condition.as_ref().map(|condition| &condition.node));
    }

    fn endorse(&mut self, endorse: &Endorse) {
        self.push(match endorse.effect {
            Effect::Allow => "Endorse ",
            Effect::Deny => "Deny endorse ",
        });
        self.subject(&endorse.subject.node);
        match &endorse.action {
            CrossAction::In { action, place } => {
                self.action(&action.node);
                self.scope(&place.node);
            }
            CrossAction::Associate(pair) => self.association(pair),
        }
        self.clause(endorse.condition.as_ref().map(|condition| &condition.node));
    }

    fn admit(&mut self, admit: &Admit) {
        self.push(match admit.effect {
            Effect::Allow => "Admit ",
            Effect::Deny => "Deny admit ",
        });
        self.subject(&admit.subject.node);
        match &admit.origin.node {
            Origin::AnyTenancy => self.push(" of any-tenancy"),
            Origin::Tenancy(alias) => {
                self.push(" of tenancy ");
                self.name(&alias.node);
            }
            Origin::Unstated => {}
        }
        match &admit.action {
            CrossAction::In { action, place } => {
                self.action(&action.node);
                self.location(&place.node);
            }
            CrossAction::Associate(pair) => self.association(pair),
        }
        self.clause(admit.condition.as_ref().map(|condition| &condition.node));
    }

    fn define(&mut self, define: &Define) {
        self.push("Define ");
        self.push(define.kind.node.as_str());
        self.push(" ");
        self.name(&define.alias.node);
        self.push(" as ");
        self.name(&define.ocid.node);
    }

    fn subject(&mut self, subject: &Subject) {
        match subject {
            Subject::AnyUser => self.push("any-user"),
            Subject::AnyGroup => self.push("any-group"),
            Subject::Groups(groups) => {
                self.push("group ");
                self.list(groups, |out, group| out.principal(&group.node));
            }
            Subject::DynamicGroups(groups) => {
                self.push("dynamic-group ");
                self.list(groups, |out, group| out.principal(&group.node));
            }
            Subject::Services(names) => {
                self.push("service ");
                self.list(names, |out, name| out.name(&name.node));
            }
            Subject::Resource { kind, name } => {
                self.push("resource ");
                self.name(&kind.node);
                self.push(" ");
                self.name(&name.node);
            }
            Subject::Users(users) => {
                self.push("user ");
                self.list(users, |out, user| out.principal(&user.node));
            }
            Subject::Opaque(raw) => self.push(raw),
        }
    }

    fn principal(&mut self, principal: &Principal) {
        match principal {
            Principal::Named { domain, name } => {
                if let Some(domain) = domain {
                    self.name(&domain.node);
                    self.push("/");
                }
                self.name(&name.node);
            }
            Principal::Id(id) => {
                self.push("id ");
                self.name(&id.node);
            }
        }
    }

    fn action(&mut self, action: &Action) {
        self.push(" to ");
        match action {
            Action::Verb { verb, resource } => {
                self.push(verb.node.as_str());
                self.push(" ");
                self.resource_type(&resource.node);
            }
            Action::Permissions(names) => {
                self.push("{");
                self.list(names, |out, name| out.name(&in_case(&name.node, str::to_ascii_uppercase)));
                self.push("}");
            }
            Action::Opaque(raw) => self.push(raw),
        }
    }

    fn resource_type(&mut self, name: &Name) {
        self.name(&in_case(name, str::to_ascii_lowercase));
    }

    fn association(&mut self, pair: &Association) {
        self.push(" to associate ");
        self.resource_type(&pair.first.resource.node);
        self.scope(&pair.first.scope.node);
        self.push(" with ");
        self.resource_type(&pair.second.resource.node);
        self.scope(&pair.second.scope.node);
    }

    /// ` in LOCATION`
    fn location(&mut self, location: &Location) {
        match location {
            Location::Tenancy => self.push(" in tenancy"),
            Location::Compartment(path) => {
                self.push(" in compartment ");
                for (index, segment) in path.iter().enumerate() {
                    if index > 0 {
                        self.push(":");
                    }
                    self.name(&segment.node);
                }
            }
            Location::CompartmentId(id) => {
                self.push(" in compartment id ");
                self.name(&id.node);
            }
            Location::Opaque(raw) if raw.is_empty() => {}
            Location::Opaque(raw) => {
                self.push(" in ");
                self.push(raw);
            }
        }
    }

    /// ` in SCOPE`
    fn scope(&mut self, scope: &Scope) {
        match scope {
            Scope::AnyTenancy => self.push(" in any-tenancy"),
            Scope::Tenancy(alias) => {
                self.push(" in tenancy ");
                self.name(&alias.node);
            }
            Scope::CompartmentOf { compartment, tenancy } => {
                self.location(&compartment.node);
                self.push(" of tenancy ");
                self.name(&tenancy.node);
            }
            Scope::Local(location) => self.location(location),
        }
    }

    fn clause(&mut self, condition: Option<&Condition>) {
        if let Some(condition) = condition {
            self.push(" where ");
            self.condition(condition);
        }
    }

    pub(super) fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::All(members) => self.group("all", members, |out, member| out.condition(&member.node)),
            Condition::Any(members) => self.group("any", members, |out, member| out.condition(&member.node)),
            Condition::Test(test) => self.test(test),
            Condition::Opaque(raw) => self.push(raw),
        }
    }

    fn group<T>(&mut self, word: &str, members: &[T], one: impl FnMut(&mut Self, &T)) {
        self.push(word);
        self.push(" { ");
        self.list(members, one);
        self.push(" }");
    }

    fn test(&mut self, test: &Test) {
        let variable = &test.variable.node;
        match &test.predicate {
            Predicate::Equal(operand) => self.compare(variable, "=", &operand.node),
            Predicate::NotEqual(operand) => self.compare(variable, "!=", &operand.node),
            Predicate::Before(operand) => self.compare(variable, "before", &operand.node),
            Predicate::After(operand) => self.compare(variable, "after", &operand.node),
            Predicate::In(operands) => {
                self.push(variable);
                self.push(" in (");
                self.list(operands, |out, operand| out.operand(&operand.node));
                self.push(")");
            }
            Predicate::NotIn(operands) => {
                self.push(variable);
                self.push(" not in (");
                self.list(operands, |out, operand| out.operand(&operand.node));
                self.push(")");
            }
            Predicate::Between { from, to } => {
                self.compare(variable, "between", &from.node);
                self.push(" and ");
                self.operand(&to.node);
            }
            Predicate::Present => self.push(variable),
            Predicate::Absent => {
                self.push("!");
                self.push(variable);
            }
            Predicate::SetsEqual(operands) => self.set_function("sets-equal", variable, operands),
            Predicate::SetsIntersect(operands) => self.set_function("sets-intersect", variable, operands),
        }
    }

    fn compare(&mut self, variable: &str, operator: &str, operand: &Operand) {
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{variable} {operator} ");
        self.operand(operand);
    }

    fn set_function(&mut self, function: &str, variable: &str, operands: &[crate::source::Spanned<Operand>]) {
        let _ = write!(self.text, "{function}({variable}, ");
        match operands {
            [only] if matches!(only.node, Operand::Variable(_)) => self.operand(&only.node),
            _ => {
                self.push("(");
                self.list(operands, |out, operand| out.operand(&operand.node));
                self.push(")");
            }
        }
        self.push(")");
    }

    fn operand(&mut self, operand: &Operand) {
        match operand {
            Operand::Text(text) => self.push(&super::quoted(text)),
            Operand::Pattern(pattern) => {
                let _ = write!(self.text, "/{}/", pattern.replace('/', "\\/"));
            }
            Operand::Variable(name) => self.push(name),
            Operand::Opaque(raw) => self.push(raw),
        }
    }

    fn name(&mut self, written: &Name) {
        self.push(&super::name(written));
    }

    pub(super) fn rule(&mut self, rule: &MatchingRule) {
        match rule {
            MatchingRule::All(members) => self.group("all", members, |out, member| out.rule(&member.node)),
            MatchingRule::Any(members) => self.group("any", members, |out, member| out.rule(&member.node)),
            MatchingRule::Test(test) => {
                let _ = write!(self.text, "{}", test.attribute.node);
                match &test.comparison {
                    Comparison::Equal(value) => self.rule_value("=", &value.node),
                    Comparison::NotEqual(value) => self.rule_value("!=", &value.node),
                    Comparison::Present => {}
                }
            }
            MatchingRule::Opaque(raw) => self.push(raw),
        }
    }

    fn rule_value(&mut self, operator: &str, value: &Name) {
        let text = match value {
            Name::Literal(text) => super::quoted(text),
            Name::Template(raw) | Name::Placeholder(raw) => raw.clone(),
        };
        let _ = write!(self.text, " {operator} {text}");
    }
}

/// A name in the case in which canonical text has it; text that is not final stays as written.
pub(super) fn in_case(name: &Name, case: fn(&str) -> String) -> Name {
    match name {
        Name::Literal(text) => Name::Literal(case(text)),
        Name::Template(_) | Name::Placeholder(_) => name.clone(),
    }
}
