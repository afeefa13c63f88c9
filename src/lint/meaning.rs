//! A statement with what the catalogue knows of it, looked up once for all lints.

use std::cell::OnceCell;

use crate::catalog::{
    Completeness, Definition, Expansion, Found, Operation, Origin, Permission, PermissionSet, ResourceType,
    Section, Service, TypeKind, Variable, VariableMatch, Verb,
};
use crate::program::Pattern;
use crate::source::{Span, Spanned};
use crate::syntax::{
    Action, Condition, CrossAction, Effect, Item, Location, Name, Operand, Predicate, Principal, Scope,
    Statement, Subject, Test,
};

/// A statement with what the catalogue knows of it.
#[derive(Debug)]
pub struct Meaning<'s> {
    /// The statement.
    pub item: &'s Item,
    /// Every test of its condition, in the order they were written.
    pub leaves: Vec<Leaf<'s>>,
    found: OnceCell<Option<Found>>,
    granted: OnceCell<Expansion>,
}

/// One test of a condition.
#[derive(Debug, Clone, Copy)]
pub struct Leaf<'s> {
    /// What is asked.
    pub test: &'s Test,
    /// Where.
    pub span: Span,
    /// The variable it looks at; `None` where the catalogue does not have it.
    pub variable: Option<VariableMatch<'s>>,
}

/// How much of a tenancy a statement reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of the policy's own tenancy.
    Tenancy,
    /// A compartment of it.
    Compartment,
    /// Something else: other tenancies, or what is yet to be filled in.
    Other,
}

impl<'s> Meaning<'s> {
    pub(super) fn of(item: &'s Item) -> Self {
        let tests = item.statement.condition().map(|condition| condition.tests()).unwrap_or_default();
        let leaves = tests.into_iter().map(|test| Leaf::of(test.node, test.span)).collect();
        Self { item, leaves, found: OnceCell::new(), granted: OnceCell::new() }
    }

    /// The statement as written.
    #[must_use]
    pub const fn statement(&self) -> &'s Statement {
        &self.item.statement
    }

    /// Who is spoken of.
    #[must_use]
    pub fn subject(&self) -> Option<&'s Subject> {
        self.statement().subject().map(|subject| &subject.node)
    }

    /// Whether it allows or denies.
    #[must_use]
    pub const fn effect(&self) -> Option<Effect> {
        self.item.statement.effect()
    }

    /// Whether it allows something and is not an Endorse, which is bounded by its Admit.
    #[must_use]
    pub fn gives(&self) -> bool {
        let statement = self.statement();
        statement.effect() == Some(Effect::Allow)
            && statement.action().is_some()
            && !matches!(statement, Statement::Endorse(_))
    }

    /// The verb and the type of an action `to VERB TYPE`.
    #[must_use]
    pub fn verb(&self) -> Option<(&'s Spanned<Verb>, &'s Spanned<Name>)> {
        match &self.statement().action()?.node {
            Action::Verb { verb, resource } => Some((verb, resource)),
            Action::Permissions(_) | Action::Opaque(_) => None,
        }
    }

    /// The type of an action `to VERB TYPE`, where the catalogue has it.
    #[must_use]
    pub fn found(&self) -> Option<Found> {
        *self.found.get_or_init(|| ResourceType::find(self.verb()?.1.node.literal()?))
    }

    /// The type of an action `to VERB TYPE`, without regard to its spelling.
    #[must_use]
    pub fn resource_type(&self) -> Option<ResourceType> {
        self.found().map(|found| found.resource_type)
    }

    /// The permissions an allow grants and a deny removes, conditions left aside.
    #[must_use]
    pub fn granted(&self) -> &Expansion {
        self.granted.get_or_init(|| match self.statement().action().map(|action| &action.node) {
            Some(Action::Permissions(names)) => {
                let known = names.iter().filter_map(|name| Permission::find(name.node.as_str()));
                Expansion::of(known.collect())
            }
            Some(Action::Verb { verb, .. }) => match (self.found(), self.effect()) {
                (Some(found), Some(Effect::Deny)) => found.resource_type.denied(verb.node),
                (Some(found), _) => found.resource_type.granted(verb.node),
                (None, _) => Expansion::unknown_type(),
            },
            Some(Action::Opaque(_)) | None => Expansion::unknown_type(),
        })
    }

    /// Whether the catalogue knows everything that the verb and type, or the set of permissions, stand for.
    #[must_use]
    pub fn is_known_completely(&self) -> bool {
        match self.statement().action().map(|action| &action.node) {
            Some(Action::Permissions(names)) => {
                names.iter().all(|name| Permission::find(name.node.as_str()).is_some())
            }
            Some(Action::Verb { verb, .. }) => self.resource_type().is_some_and(|of| {
                Verb::ALL.into_iter().filter(|each| verb.node.covers(*each)).all(|each| of.row_is_known(each))
            }),
            Some(Action::Opaque(_)) | None => false,
        }
    }

    /// Whether it certainly grants a permission whatever the request is like: tests of `request.permission` let it
    /// through, and there are no others that could fail.
    #[must_use]
    pub fn freely_grants(&self, permission: Permission) -> bool {
        let condition = self.statement().condition();
        self.granted().certain.contains(permission)
            && condition.is_none_or(|condition| holds(&condition.node, permission) == Some(true))
    }

    /// The action of a statement that gives others than administrators one of these permissions freely.
    #[must_use]
    pub fn gives_freely(&self, permissions: &PermissionSet) -> Option<Span> {
        let action = self.statement().action()?;
        // Nearly always so; the rest costs more.
        if !self.gives() || self.granted().certain.is_disjoint(permissions) {
            return None;
        }
        let meant = self.granted().certain & *permissions;
        let freely = || meant.iter().any(|permission| self.freely_grants(permission));
        (self.speaks_of_others_than_administrators() && freely()).then_some(action.span)
    }

    /// Whether a condition on `request.permission` keeps a permission out.
    #[must_use]
    pub fn withholds(&self, permission: Permission) -> bool {
        let condition = self.statement().condition();
        condition.is_some_and(|condition| holds(&condition.node, permission) == Some(false))
    }

    /// The permissions for which the condition can never hold, because a test of it looks at a variable that does not
    /// exist then or asks for another permission. Empty where what is granted is not known.
    #[must_use]
    pub fn dead(&self) -> Vec<Permission> {
        let everything =
            self.found().is_some_and(|found| found.resource_type.kind() == TypeKind::AllResources);
        let specific = |leaf: &Leaf<'_>| leaf.may_be_absent();
        let Some(condition) = self.statement().condition().filter(|_| !everything) else { return Vec::new() };
        if !self.leaves.iter().any(specific) {
            return Vec::new();
        }
        self.granted()
            .certain
            .iter()
            .filter(|permission| never(condition, *permission, self.resource_type()))
            .collect()
    }

    /// Where it reaches in its own tenancy.
    #[must_use]
    pub fn extent(&self) -> Extent {
        match self.location().map(|location| &location.node) {
            Some(Location::Tenancy) => Extent::Tenancy,
            Some(Location::Compartment(_) | Location::CompartmentId(_)) => Extent::Compartment,
            Some(Location::Opaque(_)) | None => Extent::Other,
        }
    }

    /// The place in its own tenancy that it names.
    #[must_use]
    pub fn location(&self) -> Option<&'s Spanned<Location>> {
        match self.statement() {
            Statement::Grant(grant) => Some(&grant.location),
            Statement::Admit(admit) => match &admit.action {
                CrossAction::In { place, .. } => Some(place),
                CrossAction::Associate(_) => None,
            },
            Statement::Endorse(_) | Statement::Define(_) | Statement::Comment(_) | Statement::Broken => None,
        }
    }

    /// The place in other tenancies that it names.
    #[must_use]
    pub fn scope(&self) -> Option<&'s Spanned<Scope>> {
        match self.statement() {
            Statement::Endorse(endorse) => match &endorse.action {
                CrossAction::In { place, .. } => Some(place),
                CrossAction::Associate(_) => None,
            },
            Statement::Grant(_)
            | Statement::Admit(_)
            | Statement::Define(_)
            | Statement::Comment(_)
            | Statement::Broken => None,
        }
    }

    /// Whether it speaks of people or machines that are not administrators anyway. Services of Oracle are neither.
    #[must_use]
    pub fn speaks_of_others_than_administrators(&self) -> bool {
        match self.subject() {
            Some(Subject::Groups(groups)) => groups.iter().any(|group| !is_administrators(&group.node)),
            Some(Subject::AnyUser | Subject::AnyGroup | Subject::DynamicGroups(_)) => true,
            Some(
                Subject::Services(_) | Subject::Resource { .. } | Subject::Users(_) | Subject::Opaque(_),
            )
            | None => false,
        }
    }

    /// Whether the condition is nothing but one test.
    #[must_use]
    pub fn is_single_test(&self) -> bool {
        self.statement().condition().is_some_and(|condition| matches!(condition.node, Condition::Test(_)))
    }

    /// Whether the condition, however it holds, needs a test of some kind to hold. `None` parts, which are yet to be
    /// filled in, may be anything.
    #[must_use]
    pub fn needs(&self, is_kind: impl Fn(&Leaf<'s>) -> bool + Copy) -> bool {
        self.statement().condition().is_some_and(|condition| needs(condition, is_kind))
    }
}

impl<'s> Leaf<'s> {
    fn of(test: &'s Test, span: Span) -> Self {
        Self { test, span, variable: Variable::find(plain(&test.variable.node)) }
    }

    /// The name as typed, without the number that says which side of an association is meant.
    #[must_use]
    pub fn name(&self) -> &'s str {
        plain(&self.test.variable.node)
    }

    /// Whether it looks at the variable of this name.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    /// Whether the name begins so, in any case.
    #[must_use]
    pub fn starts_with(&self, prefix: &str) -> bool {
        self.name().get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    }

    /// The values in quotes.
    pub fn texts(&self) -> impl Iterator<Item = (&'s str, Span)> + use<'s> {
        self.test.predicate.operands().into_iter().filter_map(|operand| match &operand.node {
            Operand::Text(text) => Some((text.as_str(), operand.span)),
            Operand::Pattern(_) | Operand::Variable(_) | Operand::Opaque(_) => None,
        })
    }

    /// The patterns, without their slashes.
    pub fn patterns(&self) -> impl Iterator<Item = (&'s str, Span)> + use<'s> {
        self.test.predicate.operands().into_iter().filter_map(|operand| match &operand.node {
            Operand::Pattern(text) => Some((text.as_str(), operand.span)),
            Operand::Text(_) | Operand::Variable(_) | Operand::Opaque(_) => None,
        })
    }

    /// Whether the variable has one value at a time, so that it cannot equal two texts.
    #[must_use]
    pub fn has_one_value(&self) -> bool {
        let several = ["request.networkSource.name", "target.policy.type"];
        self.variable.is_some_and(|found| found.tag.is_none() && !found.variable.is_list())
            && !several.iter().any(|name| self.is(name))
    }

    /// Whether it looks at the value of a tag.
    #[must_use]
    pub fn is_of_tag(&self) -> bool {
        self.variable.is_some_and(|found| found.tag.is_some())
    }

    /// Whether every request has the variable.
    #[must_use]
    pub fn is_always_present(&self) -> bool {
        let always = [
            "request.permission",
            "request.operation",
            "request.principal.type",
            "request.principal.id",
            "request.utc-timestamp",
            "target.compartment.id",
            "target.compartment.name",
            "target.tenant.id",
            "request.region",
        ];
        always.iter().any(|name| self.is(name)) || self.starts_with("request.utc-timestamp.")
    }

    /// Whether it asks for certain values: `=`, `in`, and the set functions.
    #[must_use]
    pub const fn asks_for_values(&self) -> bool {
        match self.test.predicate {
            Predicate::Equal(_)
            | Predicate::In(_)
            | Predicate::SetsEqual(_)
            | Predicate::SetsIntersect(_) => true,
            Predicate::NotEqual(_)
            | Predicate::NotIn(_)
            | Predicate::Before(_)
            | Predicate::After(_)
            | Predicate::Between { .. }
            | Predicate::Present
            | Predicate::Absent => false,
        }
    }

    /// Whether it rules values out: `!=` and `not in`.
    #[must_use]
    pub const fn excludes_values(&self) -> bool {
        matches!(self.test.predicate, Predicate::NotEqual(_) | Predicate::NotIn(_))
    }

    /// Whether only some services have the variable.
    fn may_be_absent(&self) -> bool {
        let general =
            |definition: Definition| matches!(definition.origin(), Origin::General | Origin::Example);
        // The vault's page defines variables about the keys of other services' resources.
        !self.name().contains("kms-key")
            && self.variable.is_some_and(|found| !found.variable.definitions().any(general))
    }

    /// Whether the variable certainly does not exist while a permission is tested on a type that the statement covers:
    /// every page that could define it for one of the permission's operations in that type's services is known, and none
    /// does.
    #[must_use]
    pub fn is_absent_for(&self, permission: Permission, of: Option<ResourceType>) -> bool {
        let Some(found) = self.variable.filter(|_| self.may_be_absent()) else { return false };
        // A variable of one service says nothing of the types of another.
        let elsewhere = |service: &Service| {
            service.completeness(Section::Variables) == Completeness::Complete
                && !found.variable.services().any(|own| own == *service)
        };
        if of.is_some_and(|of| !of.services().is_empty() && of.services().iter().all(elsewhere)) {
            return true;
        }
        let services = of.map_or(&[][..], ResourceType::services);
        let own = |operation: &&Operation| services.is_empty() || services.contains(&operation.service());
        let mut operations = permission.operations().iter().filter(own).peekable();
        if operations.peek().is_none() {
            return false;
        }
        operations.all(|operation| {
            operation.service().completeness(Section::Variables) == Completeness::Complete
                && !operation.resource_types().is_empty()
                && operation.resource_types().iter().all(|kind| !found.variable.applies_to(*operation, *kind))
        })
    }
}

/// The permissions of these names.
pub(super) fn permissions(names: &[&str]) -> PermissionSet {
    names.iter().filter_map(|name| Permission::find(name)).collect()
}

/// A variable's name without the `1.` or `2.` that says which side of an association is meant.
fn plain(name: &str) -> &str {
    name.strip_prefix("1.").or_else(|| name.strip_prefix("2.")).unwrap_or(name)
}

/// Whether a group is the one that every tenancy is made with.
fn is_administrators(group: &Principal) -> bool {
    match group {
        Principal::Named { name, .. } => name.node.as_str().eq_ignore_ascii_case("Administrators"),
        Principal::Id(_) => false,
    }
}

fn needs<'s>(condition: &'s Spanned<Condition>, is_kind: impl Fn(&Leaf<'s>) -> bool + Copy) -> bool {
    match &condition.node {
        Condition::All(members) => members.iter().any(|member| needs(member, is_kind)),
        Condition::Any(members) => !members.is_empty() && members.iter().all(|member| needs(member, is_kind)),
        Condition::Test(test) => is_kind(&Leaf::of(test, condition.span)),
        Condition::Opaque(_) => true,
    }
}

/// Whether a condition never holds while a permission is tested.
fn never(condition: &Spanned<Condition>, permission: Permission, of: Option<ResourceType>) -> bool {
    match &condition.node {
        Condition::All(members) => members.iter().any(|member| never(member, permission, of)),
        Condition::Any(members) => {
            !members.is_empty() && members.iter().all(|member| never(member, permission, of))
        }
        Condition::Test(test) => {
            let leaf = Leaf::of(test, condition.span);
            test_holds(test, permission) == Some(false)
                || (test.predicate != Predicate::Absent && leaf.is_absent_for(permission, of))
        }
        Condition::Opaque(_) => false,
    }
}

/// Whether a condition holds while a permission is tested; `None` where that depends on more than the permission.
fn holds(condition: &Condition, permission: Permission) -> Option<bool> {
    match condition {
        Condition::All(members) => {
            let mut all = Some(true);
            for member in members {
                match holds(&member.node, permission) {
                    Some(true) => {}
                    Some(false) => return Some(false),
                    None => all = None,
                }
            }
            all
        }
        Condition::Any(members) => {
            let mut any = Some(false);
            for member in members {
                match holds(&member.node, permission) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => any = None,
                }
            }
            any
        }
        Condition::Test(test) => test_holds(test, permission),
        Condition::Opaque(_) => None,
    }
}

fn test_holds(test: &Test, permission: Permission) -> Option<bool> {
    if !test.variable.node.eq_ignore_ascii_case("request.permission") {
        return None;
    }
    let mut equal = Some(false);
    for operand in test.predicate.operands() {
        match &operand.node {
            Operand::Text(text) if text.eq_ignore_ascii_case(permission.name()) => equal = Some(true),
            Operand::Pattern(text) if Pattern::new(text).matches(permission.name()) => equal = Some(true),
            Operand::Text(_) | Operand::Pattern(_) => {}
            Operand::Variable(_) | Operand::Opaque(_) => return None,
        }
    }
    match test.predicate {
        Predicate::Equal(_) | Predicate::In(_) => equal,
        Predicate::NotEqual(_) | Predicate::NotIn(_) => equal.map(|equal| !equal),
        Predicate::Present => Some(true),
        Predicate::Absent => Some(false),
        Predicate::Before(_)
        | Predicate::After(_)
        | Predicate::Between { .. }
        | Predicate::SetsEqual(_)
        | Predicate::SetsIntersect(_) => None,
    }
}

/// The members of every group of a condition, inner groups of the same kind opened: what must hold together, and what is
/// a choice.
pub(super) fn groups<'s>(
    condition: &'s Spanned<Condition>,
    together: &mut impl FnMut(&[Leaf<'s>]),
    choice: &mut impl FnMut(&[Leaf<'s>]),
) {
    match &condition.node {
        Condition::All(_) => together(&flat(condition, true)),
        Condition::Any(_) => choice(&flat(condition, false)),
        Condition::Test(_) | Condition::Opaque(_) => return,
    }
    inner_groups(condition, matches!(condition.node, Condition::All(_)), together, choice);
}

/// The groups inside a group that are of the other kind.
fn inner_groups<'s>(
    group: &'s Spanned<Condition>,
    all: bool,
    together: &mut impl FnMut(&[Leaf<'s>]),
    choice: &mut impl FnMut(&[Leaf<'s>]),
) {
    let (Condition::All(members) | Condition::Any(members)) = &group.node else { return };
    for member in members {
        if matches!(member.node, Condition::All(_)) == all {
            inner_groups(member, all, together, choice);
        } else {
            groups(member, together, choice);
        }
    }
}

/// The tests of a group and of the groups of the same kind in it.
fn flat<'s>(group: &'s Spanned<Condition>, all: bool) -> Vec<Leaf<'s>> {
    let mut leaves = Vec::new();
    let members = match &group.node {
        Condition::All(members) | Condition::Any(members) => members,
        Condition::Test(_) | Condition::Opaque(_) => return leaves,
    };
    for member in members {
        match &member.node {
            Condition::Test(test) => leaves.push(Leaf::of(test, member.span)),
            Condition::All(_) if all => leaves.extend(flat(member, all)),
            Condition::Any(_) if !all => leaves.extend(flat(member, all)),
            Condition::All(_) | Condition::Any(_) | Condition::Opaque(_) => {}
        }
    }
    leaves
}
