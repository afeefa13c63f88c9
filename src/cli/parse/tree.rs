//! The syntax tree in one shape that both answers are written from.

use std::io::{self, Write};

use serde_json::{Map, Value};

use crate::source::{Source, Span, Spanned};
use crate::syntax::{
    Action, Associate, Comparison, Condition, CrossAction, Effect, Location, MatchingRule, Name, Operand,
    Origin, Predicate, Principal, Scope, Statement, Subject,
};

/// One node: what it is, where it stands, its text, and what is below it.
pub(super) struct Node {
    kind: &'static str,
    /// `None` for a node that has no place of its own.
    span: Option<Span>,
    /// The text of a leaf.
    value: Option<String>,
    fields: Vec<(&'static str, Field)>,
}

/// What a node has below it.
enum Field {
    One(Node),
    Many(Vec<Node>),
}

impl Node {
    fn new(kind: &'static str, span: Span) -> Self {
        Self { kind, span: Some(span), value: None, fields: Vec::new() }
    }

    fn leaf(kind: &'static str, span: Span, value: impl Into<String>) -> Self {
        Self { value: Some(value.into()), ..Self::new(kind, span) }
    }

    fn with(mut self, field: &'static str, node: Self) -> Self {
        self.fields.push((field, Field::One(node)));
        self
    }

    fn with_all(mut self, field: &'static str, nodes: Vec<Self>) -> Self {
        self.fields.push((field, Field::Many(nodes)));
        self
    }

    fn maybe(self, field: &'static str, node: Option<Self>) -> Self {
        match node {
            Some(node) => self.with(field, node),
            None => self,
        }
    }

    /// For programs.
    pub(super) fn json(&self, source: &Source) -> Value {
        let mut map = Map::new();
        map.insert("kind".to_owned(), self.kind.into());
        if let Some(span) = self.span {
            map.insert("span".to_owned(), super::span(source, span));
        }
        if let Some(value) = &self.value {
            map.insert("value".to_owned(), value.as_str().into());
        }
        for (name, field) in &self.fields {
            let value = match field {
                Field::One(node) => node.json(source),
                Field::Many(nodes) => nodes.iter().map(|node| node.json(source)).collect(),
            };
            map.insert((*name).to_owned(), value);
        }
        Value::Object(map)
    }

    /// For people: a line a node.
    pub(super) fn write(&self, depth: usize, label: &str, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{:1$}", "", depth * 2)?;
        if !label.is_empty() {
            write!(out, "{label}: ")?;
        }
        match &self.value {
            Some(value) if label == self.kind => writeln!(out, "{value}")?,
            Some(value) => writeln!(out, "{} {value}", self.kind)?,
            None => writeln!(out, "{}", self.kind)?,
        }
        for (name, field) in &self.fields {
            match field {
                Field::One(node) => node.write(depth + 1, name, out)?,
                Field::Many(nodes) => nodes.iter().try_for_each(|node| node.write(depth + 1, name, out))?,
            }
        }
        Ok(())
    }
}

pub(super) fn statement(statement: &Statement, span: Span) -> Node {
    let effect = |effect: Effect, span: Span| {
        let word = match effect {
            Effect::Allow => "allow",
            Effect::Deny => "deny",
        };
        Node::leaf("effect", span, word)
    };
    let first = span.before();
    let clause = |condition: &Option<Spanned<Condition>>| condition.as_ref().map(self::condition);
    match statement {
        Statement::Grant(grant) => Node::new("grant", span)
            .with("effect", effect(grant.effect.node, grant.effect.span))
            .with("subject", subject(&grant.subject))
            .with("action", action(&grant.action))
            .with("location", location(&grant.location.node, grant.location.span))
            .maybe("condition", clause(&grant.condition)),
        Statement::Endorse(endorse) => {
            let node = Node::new("endorse", span)
                .with("effect", effect(endorse.effect, first))
                .with("subject", subject(&endorse.subject));
            across(node, &endorse.action, "scope", scope).maybe("condition", clause(&endorse.condition))
        }
        Statement::Admit(admit) => {
            let node = Node::new("admit", span)
                .with("effect", effect(admit.effect, first))
                .with("subject", subject(&admit.subject))
                .with("origin", origin(&admit.origin));
            let place = |place: &Spanned<Location>| location(&place.node, place.span);
            across(node, &admit.action, "location", place).maybe("condition", clause(&admit.condition))
        }
        Statement::Define(define) => Node::new("define", span)
            .with("type", Node::leaf("alias-kind", define.kind.span, define.kind.node.as_str()))
            .with("alias", name(&define.alias))
            .with("ocid", name(&define.ocid)),
        Statement::Comment(text) => Node::leaf("comment", span, text),
        Statement::Broken => Node::new("broken", span),
    }
}

fn across<Place>(
    node: Node,
    cross: &CrossAction<Place>,
    field: &'static str,
    place: impl Fn(&Spanned<Place>) -> Node,
) -> Node {
    match cross {
        CrossAction::In { action: inner, place: at } => {
            node.with("action", action(inner)).with(field, place(at))
        }
        CrossAction::Associate(pair) => {
            let side = |side: &Associate| {
                Node::new("associate", side.resource.span.to(side.scope.span))
                    .with("resource", name(&side.resource))
                    .with("scope", scope(&side.scope))
            };
            node.with("first", side(&pair.first)).with("second", side(&pair.second))
        }
    }
}

fn name(written: &Spanned<Name>) -> Node {
    let kind = match &written.node {
        Name::Literal(_) => "name",
        Name::Template(_) => "template",
        Name::Placeholder(_) => "placeholder",
    };
    Node::leaf(kind, written.span, written.node.as_str())
}

fn names(all: &[Spanned<Name>]) -> Vec<Node> {
    all.iter().map(name).collect()
}

fn subject(written: &Spanned<Subject>) -> Node {
    let principals = |kind, all: &[Spanned<Principal>]| {
        Node::new(kind, written.span).with_all("principals", all.iter().map(principal).collect())
    };
    match &written.node {
        Subject::AnyUser => Node::new("any-user", written.span),
        Subject::AnyGroup => Node::new("any-group", written.span),
        Subject::Groups(all) => principals("groups", all),
        Subject::DynamicGroups(all) => principals("dynamic-groups", all),
        Subject::Users(all) => principals("users", all),
        Subject::Services(all) => Node::new("services", written.span).with_all("names", names(all)),
        Subject::Resource { kind, name: called } => {
            Node::new("resource-subject", written.span).with("type", name(kind)).with("name", name(called))
        }
        Subject::Opaque(text) => Node::leaf("opaque", written.span, text),
    }
}

fn principal(written: &Spanned<Principal>) -> Node {
    let node = Node::new("principal", written.span);
    match &written.node {
        Principal::Named { domain, name: called } => {
            node.maybe("domain", domain.as_ref().map(name)).with("name", name(called))
        }
        Principal::Id(id) => node.with("id", name(id)),
    }
}

fn action(written: &Spanned<Action>) -> Node {
    match &written.node {
        Action::Verb { verb, resource } => Node::new("verb-action", written.span)
            .with("verb", Node::leaf("verb", verb.span, verb.node.as_str()))
            .with("resource", name(resource)),
        Action::Permissions(all) => Node::new("permissions", written.span).with_all("names", names(all)),
        Action::Opaque(text) => Node::leaf("opaque", written.span, text),
    }
}

fn location(written: &Location, span: Span) -> Node {
    match written {
        Location::Tenancy => Node::new("tenancy", span),
        Location::Compartment(path) => Node::new("compartment", span).with_all("path", names(path)),
        Location::CompartmentId(id) => Node::new("compartment-id", span).with("id", name(id)),
        Location::Opaque(text) => Node::leaf("opaque", span, text),
    }
}

fn scope(written: &Spanned<Scope>) -> Node {
    match &written.node {
        Scope::AnyTenancy => Node::new("any-tenancy", written.span),
        Scope::Tenancy(alias) => Node::new("tenancy-alias", written.span).with("alias", name(alias)),
        Scope::CompartmentOf { compartment, tenancy } => Node::new("compartment-of", written.span)
            .with("compartment", location(&compartment.node, compartment.span))
            .with("tenancy", name(tenancy)),
        Scope::Local(place) => location(place, written.span),
    }
}

fn origin(written: &Spanned<Origin>) -> Node {
    match &written.node {
        Origin::Tenancy(alias) => Node::new("tenancy-alias", written.span).with("alias", name(alias)),
        Origin::AnyTenancy => Node::new("any-tenancy", written.span),
        Origin::Unstated => Node::new("unstated", written.span),
    }
}

fn condition(written: &Spanned<Condition>) -> Node {
    let group = |kind, members: &[Spanned<Condition>]| {
        Node::new(kind, written.span).with_all("members", members.iter().map(condition).collect())
    };
    match &written.node {
        Condition::All(members) => group("all", members),
        Condition::Any(members) => group("any", members),
        Condition::Test(test) => {
            let operands = test.predicate.operands().into_iter().map(operand).collect();
            Node::new(predicate(&test.predicate), written.span)
                .with("variable", Node::leaf("variable", test.variable.span, &test.variable.node))
                .with_all("operands", operands)
        }
        Condition::Opaque(text) => Node::leaf("opaque", written.span, text),
    }
}

const fn predicate(predicate: &Predicate) -> &'static str {
    match predicate {
        Predicate::Equal(_) => "equal",
        Predicate::NotEqual(_) => "not-equal",
        Predicate::In(_) => "in",
        Predicate::NotIn(_) => "not-in",
        Predicate::Before(_) => "before",
        Predicate::After(_) => "after",
        Predicate::Between { .. } => "between",
        Predicate::Present => "present",
        Predicate::Absent => "absent",
        Predicate::SetsEqual(_) => "sets-equal",
        Predicate::SetsIntersect(_) => "sets-intersect",
    }
}

fn operand(written: &Spanned<Operand>) -> Node {
    let (kind, text) = match &written.node {
        Operand::Text(text) => ("text", text),
        Operand::Pattern(text) => ("pattern", text),
        Operand::Variable(text) => ("variable", text),
        Operand::Opaque(text) => ("opaque", text),
    };
    Node::leaf(kind, written.span, text)
}

pub(super) fn rule(written: &Spanned<MatchingRule>) -> Node {
    let group = |kind, members: &[Spanned<MatchingRule>]| {
        Node::new(kind, written.span).with_all("members", members.iter().map(rule).collect())
    };
    match &written.node {
        MatchingRule::All(members) => group("all", members),
        MatchingRule::Any(members) => group("any", members),
        MatchingRule::Test(test) => {
            let (kind, value) = match &test.comparison {
                Comparison::Equal(value) => ("equal", Some(value)),
                Comparison::NotEqual(value) => ("not-equal", Some(value)),
                Comparison::Present => ("present", None),
            };
            Node::new(kind, written.span)
                .with(
                    "attribute",
                    Node::leaf("attribute", test.attribute.span, test.attribute.node.to_string()),
                )
                .maybe("operand", value.map(name))
        }
        MatchingRule::Opaque(text) => Node::leaf("opaque", written.span, text),
    }
}
