//! Canonical text of statements and matching rules.
//!
//! The first word is capitalised, all other keywords, verbs and resource-types are lower case, permissions upper case,
//! one blank between tokens, a name is quoted only where it must be. What the parser could not read is given back as it
//! was written.

use std::fmt::Write;

use crate::syntax::{
    Action, Admit, Association, Comparison, Condition, CrossAction, Define, Effect, Endorse, Grant, Location,
    MatchingRule, Name, Operand, Origin, Predicate, Principal, Scope, Statement, Subject, Test,
};

/// The canonical text of a statement on one line, as the service and Terraform want it. A comment is given as written;
/// a statement the parser could not read has no text.
///
/// # Example
/// ```
/// use ocipol::passage::Passage;
/// use ocipol::source::{Source, Sources};
/// let text = "ALLOW GROUP 'Pilots',   'Net Ops' to Use KEYS IN tenancy where ALL{request.region='iad'}";
/// let mut sources = Sources::new();
/// let id = sources.add(Source::new("x", text)?);
/// let items = ocipol::parse::statements(&Passage::verbatim(id, text, 0), &mut Vec::new());
/// assert_eq!(
///     ocipol::format::statement(&items[0].statement),
///     "Allow group Pilots, 'Net Ops' to use keys in tenancy where all { request.region = 'iad' }",
/// );
/// # Ok::<(), ocipol::source::TooLong>(())
/// ```
#[must_use]
pub fn statement(statement: &Statement) -> String {
    let mut out = Writer::default();
    match statement {
        Statement::Grant(grant) => out.grant(grant),
        Statement::Endorse(endorse) => out.endorse(endorse),
        Statement::Admit(admit) => out.admit(admit),
        Statement::Define(define) => out.define(define),
        Statement::Comment(text) => out.text.push_str(text),
        Statement::Broken => {}
    }
    out.text
}

/// The canonical text of a matching rule on one line.
#[must_use]
pub fn matching_rule(rule: &MatchingRule) -> String {
    let mut out = Writer::default();
    out.rule(rule);
    out.text
}

/// The canonical text of a condition on one line.
#[must_use]
pub fn condition(condition: &Condition) -> String {
    let mut out = Writer::default();
    out.condition(condition);
    out.text
}

/// A text in single quotes.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A name as statements write it: bare where it can be, else in single quotes.
#[must_use]
pub fn name(name: &Name) -> String {
    match name {
        Name::Literal(text) if is_bare(text) => text.clone(),
        Name::Literal(text) => quoted(text),
        Name::Template(raw) | Name::Placeholder(raw) => raw.clone(),
    }
}

/// Whether a name needs no quotes: `[A-Za-z0-9][A-Za-z0-9._-]*`, and no word of the language.
fn is_bare(text: &str) -> bool {
    const WORDS: [&str; 12] = [
        "to",
        "in",
        "of",
        "id",
        "where",
        "with",
        "as",
        "any-user",
        "any-group",
        "group",
        "dynamic-group",
        "service",
    ];
    let mut letters = text.bytes();
    letters.next().is_some_and(|first| first.is_ascii_alphanumeric())
        && letters.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
        && !text.ends_with('.')
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

#[derive(Default)]
struct Writer {
    text: String,
}

impl Writer {
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
                match &resource.node {
                    Name::Literal(name) => self.text.extend(name.chars().flat_map(char::to_lowercase)),
                    Name::Template(_) | Name::Placeholder(_) => self.name(&resource.node),
                }
            }
            Action::Permissions(names) => {
                self.push("{");
                self.list(names, |out, name| match &name.node {
                    Name::Literal(name) => out.text.extend(name.chars().flat_map(char::to_uppercase)),
                    Name::Template(_) | Name::Placeholder(_) => out.name(&name.node),
                });
                self.push("}");
            }
            Action::Opaque(raw) => self.push(raw),
        }
    }

    fn association(&mut self, pair: &Association) {
        self.push(" to associate ");
        self.name(&pair.first.resource.node);
        self.scope(&pair.first.scope.node);
        self.push(" with ");
        self.name(&pair.second.resource.node);
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

    fn condition(&mut self, condition: &Condition) {
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
            Operand::Text(text) => self.push(&quoted(text)),
            Operand::Pattern(pattern) => {
                let _ = write!(self.text, "/{}/", pattern.replace('/', "\\/"));
            }
            Operand::Variable(name) => self.push(name),
            Operand::Opaque(raw) => self.push(raw),
        }
    }

    fn name(&mut self, written: &Name) {
        self.push(&name(written));
    }

    fn rule(&mut self, rule: &MatchingRule) {
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
            Name::Literal(text) => quoted(text),
            Name::Template(raw) | Name::Placeholder(raw) => raw.clone(),
        };
        let _ = write!(self.text, " {operator} {text}");
    }
}
