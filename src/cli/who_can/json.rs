//! The answer as programs read it: schema version 1, `book/src/schema/who-can.v1.json`.

use serde::Serialize;

use super::human::deed;
use crate::cli::account;
use crate::explain::Cited;
use crate::format;
use crate::program::{Kind, Program, StatementId};
use crate::source::Sources;
use crate::who_can::{Through, Way, Who, WhoCan};

#[derive(Serialize)]
pub(super) struct Answer<'a> {
    version: u32,
    question: &'a str,
    principals: Vec<Principal<'a>>,
    rejected: Vec<Rejected<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct Principal<'a> {
    kind: &'a str,
    /// Whether it stands for principals that the model need not list.
    class: bool,
    name: Option<&'a str>,
    id: Option<&'a str>,
    tenancy: &'a str,
    /// The rule of a dynamic group.
    rule: Option<String>,
    verdict: &'static str,
    through: Vec<String>,
    because: Vec<Statement>,
    open: &'a [String],
}

#[derive(Serialize)]
struct Statement {
    deed: &'static str,
    policy: String,
    number: u32,
    file: String,
    line: usize,
    column: usize,
    text: String,
    when: Vec<String>,
    unless: Vec<String>,
}

#[derive(Serialize)]
struct Rejected<'a> {
    policy: &'a str,
    number: u32,
    reason: &'a str,
    help: Option<&'a str>,
}

impl<'a> Answer<'a> {
    pub(super) fn of(sources: &Sources, program: &'a Program, answer: &'a WhoCan) -> Self {
        let principals = answer
            .ways
            .iter()
            .flat_map(|way| way.who.iter().map(move |who| Principal::of(sources, program, who, way)));
        Self {
            version: 1,
            question: &answer.question,
            principals: principals.collect(),
            rejected: answer
                .rejected
                .iter()
                .map(|rejected| Rejected {
                    policy: &rejected.policy,
                    number: rejected.number,
                    reason: &rejected.reason,
                    help: rejected.help.as_deref(),
                })
                .collect(),
            notes: &answer.notes,
        }
    }
}

impl<'a> Principal<'a> {
    fn of(sources: &Sources, program: &'a Program, who: &'a Who, way: &'a Way) -> Self {
        let model = program.tenancies();
        let (kind, name, id) = match who {
            Who::Everybody(_) => ("any-user", None, None),
            Who::Group(group) => {
                let group = model.group(*group);
                (
                    "group",
                    group.and_then(|group| group.name.as_deref()),
                    group.and_then(|group| group.id.as_ref()),
                )
            }
            Who::DynamicGroup(group) => {
                let group = model.dynamic_group(*group);
                (
                    "dynamic-group",
                    group.and_then(|group| group.name.as_deref()),
                    group.and_then(|group| group.id.as_ref()),
                )
            }
            Who::Service { name, .. } => ("service", Some(name.as_str()), None),
            Who::Resource(resource) => {
                let found = model.resource(*resource);
                (
                    found.map_or("resource", |found| found.kind.as_str()),
                    found.and_then(|found| found.name.as_deref()),
                    found.map(|found| &found.id),
                )
            }
            Who::User(user) => {
                let user = model.user(*user);
                ("user", user.map(|user| user.name.as_str()), user.map(|user| &user.id))
            }
        };
        let rule = match who {
            Who::DynamicGroup(group) => model.dynamic_group(*group).and_then(|group| group.rule.as_ref()),
            Who::Everybody(_) | Who::Group(_) | Who::Service { .. } | Who::Resource(_) | Who::User(_) => None,
        };
        Self {
            kind,
            class: who.is_class(),
            name,
            id: id.map(|id| id.as_str()),
            tenancy: model.tenancy(who.tenancy(program)).map_or("", |tenancy| tenancy.name.as_str()),
            rule: rule.map(|(rule, _)| format::matching_rule(&rule.node)),
            verdict: way.verdict.as_str(),
            through: way.through.iter().map(|through: &Through| through.words(program)).collect(),
            because: way.because.iter().filter_map(|&id| Statement::of(sources, program, way, id)).collect(),
            open: &way.open,
        }
    }
}

impl Statement {
    fn of(sources: &Sources, program: &Program, way: &Way, id: StatementId) -> Option<Self> {
        let statement = program.statement(id)?;
        let policy = program.policy(statement.policy)?.name.clone();
        let cited = Cited { policy, number: statement.number, place: statement.place };
        let source = sources.get(statement.place.source);
        let position = source.map(|source| source.position(statement.place.span.start));
        let open = |unless: bool| {
            let open = way.when.iter().filter(|when| when.statement == id && when.unless == unless);
            open.map(|when| when.condition.clone()).collect()
        };
        Some(Self {
            deed: deed(Kind::of(statement)),
            file: source.map_or_else(String::new, |source| source.name().to_owned()),
            line: position.map_or(0, |position| position.line),
            column: position.map_or(0, |position| position.column),
            text: account::text(sources, &cited),
            when: open(false),
            unless: open(true),
            number: cited.number,
            policy: cited.policy,
        })
    }
}
