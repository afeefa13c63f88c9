//! Statements made by a program: ids and permissions become syntax trees.
//!
//! The one place that does so: generated policies and the repairs of explanations come from here, and
//! [`format`](crate::format) prints them. No text is put together by hand.

mod aliases;

use crate::caseless;
use crate::catalog::Variable;
use crate::ocid::Ocid;
use crate::request;
use crate::source::{Span, Spanned};
use crate::syntax::{
    Action, Admit, Condition, CrossAction, Effect, Endorse, Grant, Location, Name, Operand, Origin,
    Predicate, Principal, Scope, Statement, Subject, Test,
};
use crate::tenancy::{
    CompartmentId, DEFAULT_DOMAIN, DynamicGroupId, GroupId, ResourceId, Tenancies, TenancyId,
};

pub(crate) use aliases::{Aliases, tenancy_word};

/// Who is spoken of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Party {
    /// Its home.
    pub(crate) tenancy: TenancyId,
    pub(crate) whom: Whom,
    /// What narrows a subject that says more than is meant: the principal's type, its OCID.
    pub(crate) tests: Vec<Condition>,
}

/// A subject in ids. The lists are never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whom {
    AnyUser,
    AnyGroup,
    Groups(Vec<GroupId>),
    DynamicGroups(Vec<DynamicGroupId>),
    Services(Vec<String>),
}

/// Who gets what, where and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Access<'a> {
    pub(crate) party: &'a Party,
    pub(crate) action: &'a Action,
    /// The compartment of the resource, or the one that holds all that is meant.
    pub(crate) place: CompartmentId,
    /// Tests beside those of the party.
    pub(crate) tests: &'a [Condition],
}

/// Makes statements about the things of a model. Every node gets the same span.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Composer<'m> {
    pub(crate) model: &'m Tenancies,
    pub(crate) span: Span,
}

impl Composer<'_> {
    /// `Allow … in …`, in a policy with this attachment; `None` where the place is not at or below it.
    pub(crate) fn allow(&self, access: Access<'_>, attachment: CompartmentId) -> Option<Statement> {
        Some(Statement::Grant(Grant {
            effect: self.at(Effect::Allow),
            subject: self.at(self.subject(&access.party.whom)),
            action: self.at(access.action.clone()),
            location: self.at(self.location(attachment, access.place)?),
            condition: self.condition([&access.party.tests, access.tests]),
        }))
    }

    /// `Endorse … in tenancy ALIAS`, the half of the party's own tenancy.
    pub(crate) fn endorse(&self, access: Access<'_>, aliases: &mut Aliases) -> Option<Statement> {
        let there = self.model.compartment(access.place)?.tenancy;
        let alias = self.at(aliases.tenancy(self.model, there));
        Some(Statement::Endorse(Endorse {
            effect: Effect::Allow,
            subject: self.at(self.subject(&access.party.whom)),
            action: CrossAction::In {
                action: self.at(access.action.clone()),
                place: self.at(Scope::Tenancy(alias)),
            },
            condition: self.condition([&access.party.tests, access.tests]),
        }))
    }

    /// `Admit … of tenancy ALIAS …`, the half of the resource's tenancy. Groups are named by alias, because a foreign
    /// group is known by its OCID only. `None` for a service.
    pub(crate) fn admit(&self, access: Access<'_>, aliases: &mut Aliases) -> Option<Statement> {
        let (party, model) = (access.party, self.model);
        let there = model.compartment(access.place)?.tenancy;
        let root = model.tenancy(there)?.root;
        // A service acts in the tenancy it is called in; no Admit lets one in.
        if matches!(party.whom, Whom::Services(_)) {
            return None;
        }
        let origin = self.at(aliases.tenancy(model, party.tenancy));
        let named =
            |alias: Name| self.at(Principal::Named { domain: None, name: Spanned::new(alias, self.span) });
        let subject = match &party.whom {
            Whom::Groups(groups) => {
                Subject::Groups(groups.iter().map(|&id| named(aliases.group(model, there, id))).collect())
            }
            Whom::DynamicGroups(groups) => Subject::DynamicGroups(
                groups.iter().map(|&id| named(aliases.dynamic_group(model, there, id))).collect(),
            ),
            whom @ (Whom::AnyUser | Whom::AnyGroup | Whom::Services(_)) => self.subject(whom),
        };
        Some(Statement::Admit(Admit {
            effect: Effect::Allow,
            subject: self.at(subject),
            origin: self.at(Origin::Tenancy(origin)),
            action: CrossAction::In {
                action: self.at(access.action.clone()),
                place: self.at(self.location(root, access.place)?),
            },
            condition: self.condition([&party.tests, access.tests]),
        }))
    }

    /// The Defines of a policy, which stand in front of everything else.
    pub(crate) fn defines(&self, aliases: &Aliases) -> Vec<Statement> {
        aliases.defines(self.span)
    }

    fn subject(&self, whom: &Whom) -> Subject {
        match whom {
            Whom::AnyUser => Subject::AnyUser,
            Whom::AnyGroup => Subject::AnyGroup,
            Whom::Groups(groups) => Subject::Groups(
                groups
                    .iter()
                    .filter_map(|&id| self.model.group(id))
                    .map(|group| self.principal(group.name.as_deref(), group.id.as_ref(), &group.domain))
                    .collect(),
            ),
            Whom::DynamicGroups(groups) => Subject::DynamicGroups(
                groups
                    .iter()
                    .filter_map(|&id| self.model.dynamic_group(id))
                    .map(|group| self.principal(group.name.as_deref(), group.id.as_ref(), &group.domain))
                    .collect(),
            ),
            Whom::Services(names) => {
                Subject::Services(names.iter().map(|name| self.at(Name::Literal(name.clone()))).collect())
            }
        }
    }

    /// A group by name, or by OCID where it has none.
    fn principal(&self, name: Option<&str>, id: Option<&Ocid>, domain: &str) -> Spanned<Principal> {
        let literal = |text: &str| self.at(Name::Literal(text.to_owned()));
        let own_domain = !caseless::equal(domain, DEFAULT_DOMAIN);
        self.at(match (name, id) {
            (Some(name), _) => {
                Principal::Named { domain: own_domain.then(|| literal(domain)), name: literal(name) }
            }
            (None, id) => Principal::Id(literal(id.map_or("", |id| id.as_str()))),
        })
    }

    /// A compartment as a policy with this attachment names it.
    fn location(&self, attachment: CompartmentId, place: CompartmentId) -> Option<Location> {
        let model = self.model;
        let found = model.compartment(place)?;
        let by_id = || {
            let id = found.id.as_ref()?;
            Some(Location::CompartmentId(self.at(Name::Literal(id.to_string()))))
        };
        if !model.ancestors(place).any(|ancestor| ancestor == attachment) {
            return None;
        }
        if place == attachment && found.parent.is_none() {
            return Some(Location::Tenancy);
        }
        let mut names: Vec<&str> = if place == attachment {
            vec![&found.name]
        } else {
            model
                .ancestors(place)
                .take_while(|&ancestor| ancestor != attachment)
                .filter_map(|id| model.compartment(id).map(|compartment| compartment.name.as_str()))
                .collect()
        };
        names.reverse();
        // A single name that the attachment has too means the attachment, and an OCID is no name.
        let own = model.compartment(attachment).filter(|own| own.parent.is_some());
        let shadowed = place != attachment
            && matches!(names.as_slice(), [only] if own.is_some_and(|own| caseless::equal(&own.name, only)));
        if shadowed || names.iter().any(|name| name.to_ascii_lowercase().starts_with("ocid1.")) {
            return by_id();
        }
        let segments = names.into_iter().map(|name| self.at(Name::Literal(name.to_owned())));
        Some(Location::Compartment(segments.collect()))
    }

    /// All tests in one condition; `None` for no test.
    fn condition(&self, tests: [&[Condition]; 2]) -> Option<Spanned<Condition>> {
        let mut members = Vec::new();
        for test in tests.into_iter().flatten() {
            match test {
                Condition::All(inner) => members.extend(inner.iter().cloned()),
                Condition::Any(_) | Condition::Test(_) | Condition::Opaque(_) => {
                    members.push(self.at(test.clone()));
                }
            }
        }
        if members.len() > 1 {
            return Some(self.at(Condition::All(members)));
        }
        members.pop()
    }

    fn at<T>(&self, node: T) -> Spanned<T> {
        Spanned::new(node, self.span)
    }
}

/// `VARIABLE = 'VALUE'`
pub(crate) fn equal(variable: &str, value: &str) -> Condition {
    let operand = Spanned::new(Operand::Text(value.to_owned()), Span::default());
    let variable = Spanned::new(variable.to_owned(), Span::default());
    Condition::Test(Test { variable, predicate: Predicate::Equal(operand) })
}

/// `VARIABLE = 'VALUE'`, or `any { … }` for several values.
pub(crate) fn one_of(variable: &str, values: &[String]) -> Condition {
    match values {
        [only] => equal(variable, only),
        several => {
            let each = several.iter().map(|value| Spanned::new(equal(variable, value), Span::default()));
            Condition::Any(each.collect())
        }
    }
}

/// Permissions written out, `{P, Q}`.
pub(crate) fn permissions<'p>(names: impl IntoIterator<Item = &'p str>) -> Action {
    let name = |name: &str| Spanned::new(Name::Literal(name.to_owned()), Span::default());
    Action::Permissions(names.into_iter().map(name).collect())
}

/// The tests that pin a resource of the model: by its OCID, else by its name and what it belongs to. `None` where no
/// variable names such a resource.
pub(crate) fn pins(model: &Tenancies, resource: ResourceId) -> Option<Vec<Condition>> {
    let found = model.resource(resource)?;
    let segment = request::segment(&found.kind);
    let known = |what: &str| {
        let name = format!("target.{segment}.{what}");
        Variable::find(&name).filter(|known| known.tag.is_none()).map(|known| known.variable.name())
    };
    if let Some(variable) = known("id") {
        return Some(vec![equal(variable, found.id.as_str())]);
    }
    let mut tests = vec![equal(known("name")?, found.name.as_deref()?)];
    // A name is unique only inside what the resource belongs to.
    tests.extend(found.parent.and_then(|parent| pins(model, parent)).into_iter().flatten());
    Some(tests)
}
