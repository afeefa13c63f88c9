//! What the policies of a world say, name by name as the specification's section 3 has it, without an index.

use std::collections::BTreeMap;

use ocipol::catalog::{Expansion, Permission, ResourceType};
use ocipol::program::Scope as Dropped;
use ocipol::source::Spanned;
use ocipol::syntax::{
    Action, AliasKind, Associate, Condition, CrossAction, Effect, Item, Location, Name, Origin, Principal,
    Reading, Scope, Statement, Subject,
};
use ocipol::tenancy::{
    Aspect, AttachedPolicy, CompartmentId, DEFAULT_DOMAIN, DynamicGroupId, GroupId, Tenancies, TenancyId,
};

/// A statement in force.
pub(super) struct Rule<'w> {
    pub(super) policy: &'w str,
    pub(super) number: u32,
    pub(super) tenancy: TenancyId,
    pub(super) effect: Effect,
    pub(super) side: Side,
    pub(super) who: Vec<Who>,
    pub(super) gives: Gives,
    pub(super) condition: Option<&'w Condition>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Own,
    Endorse,
    /// From one tenancy, or from any; from one the model does not have, nobody comes.
    Admit(From),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    Any,
    One(TenancyId),
    Nowhere,
}

pub(super) enum Who {
    AnyUser,
    AnyGroup,
    Group(GroupId),
    /// A group the model does not have, of a tenancy.
    SomeGroup(TenancyId),
    DynamicGroup(DynamicGroupId),
    SomeDynamicGroup(TenancyId),
    Service(String),
    Nobody,
}

pub(super) enum Gives {
    Permissions(Box<Expansion>, Place),
    Link([(String, Place); 2]),
}

#[derive(Clone, Copy)]
pub(super) enum Place {
    Inside(CompartmentId),
    Tenancy(TenancyId),
    OtherTenancies,
    /// Somewhere in a tenancy, at a place the model does not have.
    SomewhereIn(TenancyId),
    Nowhere,
}

/// Why a policy is not in force.
struct Rejected;

/// Every statement in force.
pub(super) fn rules(model: &Tenancies, dropped: Dropped) -> Vec<Rule<'_>> {
    let of = |policy| policy_rules(model, policy, dropped).unwrap_or_default();
    model.policies().iter().flat_map(of).collect()
}

/// One bad statement takes its policy along, unless only itself is dropped.
fn policy_rules<'w>(
    model: &'w Tenancies,
    policy: &'w AttachedPolicy,
    dropped: Dropped,
) -> Result<Vec<Rule<'w>>, Rejected> {
    let home = model.compartment(policy.attachment).unwrap();
    let mut scope = Scoped {
        model,
        attachment: policy.attachment,
        tenancy: home.tenancy,
        root: home.parent.is_none(),
        aliases: BTreeMap::new(),
    };
    for (_, item) in policy.policy.statements() {
        if let Statement::Define(define) = &item.statement {
            let ocid = define.ocid.node.as_str().to_lowercase();
            let key = (define.kind.node, define.alias.node.as_str().to_lowercase());
            let right = ocid.split('.').nth(1) == Some(define.kind.node.ocid_kind());
            if scope.aliases.insert(key, ocid).is_some() || !right {
                return Err(Rejected);
            }
        }
    }
    let mut rules = Vec::new();
    for (index, item) in policy.policy.statements() {
        let number = u32::try_from(index + 1).unwrap();
        match (scope.rule(&policy.name, number, item), dropped) {
            (Ok(rule), _) => rules.extend(rule),
            (Err(Rejected), Dropped::Statement) => {}
            (Err(Rejected), Dropped::Policy) => return Err(Rejected),
        }
    }
    Ok(rules)
}

struct Scoped<'w> {
    model: &'w Tenancies,
    attachment: CompartmentId,
    tenancy: TenancyId,
    root: bool,
    aliases: BTreeMap<(AliasKind, String), String>,
}

impl<'w> Scoped<'w> {
    fn rule(&self, policy: &'w str, number: u32, item: &'w Item) -> Result<Option<Rule<'w>>, Rejected> {
        if item.reading != Reading::Strict || item.statement.is_cross_tenancy() && !self.root {
            return Err(Rejected);
        }
        let tenancy = self.model.tenancy(self.tenancy).unwrap();
        let may_deny = tenancy.deny_policies || tenancy.not_known.contains(&Aspect::Policies);
        if item.statement.effect() == Some(Effect::Deny) && !may_deny {
            return Err(Rejected);
        }
        let (effect, side, who, gives, condition) = match &item.statement {
            Statement::Grant(grant) => {
                let who = self.own(&grant.subject.node)?;
                let place = self.location(&grant.location.node)?;
                let gives = Gives::Permissions(expansion(&grant.action.node, grant.effect.node), place);
                (grant.effect.node, Side::Own, who, gives, &grant.condition)
            }
            Statement::Endorse(endorse) => {
                let who = self.own(&endorse.subject.node)?;
                let gives = match &endorse.action {
                    CrossAction::In { action, place } => {
                        Gives::Permissions(expansion(&action.node, endorse.effect), self.scope(&place.node)?)
                    }
                    CrossAction::Associate(pair) => {
                        Gives::Link([self.linked(&pair.first)?, self.linked(&pair.second)?])
                    }
                };
                (endorse.effect, Side::Endorse, who, gives, &endorse.condition)
            }
            Statement::Admit(admit) => {
                let from = match &admit.origin.node {
                    Origin::AnyTenancy => From::Any,
                    Origin::Tenancy(alias) => self.alias_tenancy(alias)?.map_or(From::Nowhere, From::One),
                    Origin::Unstated => return Err(Rejected),
                };
                let who = self.foreign(&admit.subject.node, from)?;
                let gives = match &admit.action {
                    CrossAction::In { action, place } => {
                        Gives::Permissions(expansion(&action.node, admit.effect), self.location(&place.node)?)
                    }
                    CrossAction::Associate(pair) => {
                        Gives::Link([self.linked(&pair.first)?, self.linked(&pair.second)?])
                    }
                };
                (admit.effect, Side::Admit(from), who, gives, &admit.condition)
            }
            Statement::Define(_) => return Ok(None),
            Statement::Comment(_) | Statement::Broken => return Err(Rejected),
        };
        let condition = condition.as_ref().map(|condition| &condition.node);
        let tenancy = self.tenancy;
        Ok(Some(Rule { policy, number, tenancy, effect, side, who, gives, condition }))
    }

    fn knows(&self, aspect: Aspect) -> bool {
        self.model.knows(self.tenancy, aspect)
    }

    fn alias(&self, kind: AliasKind, name: &Name) -> Option<&str> {
        self.aliases.get(&(kind, name.as_str().to_lowercase())).map(String::as_str)
    }

    /// The tenancy of an alias; `None` for one the model does not have.
    fn alias_tenancy(&self, name: &Spanned<Name>) -> Result<Option<TenancyId>, Rejected> {
        let ocid = self.alias(AliasKind::Tenancy, &name.node).ok_or(Rejected)?;
        let same = |id: &ocipol::ocid::Ocid| id.as_str().eq_ignore_ascii_case(ocid);
        Ok(self
            .model
            .tenancies()
            .find(|(_, tenancy)| tenancy.id.as_ref().is_some_and(same))
            .map(|(id, _)| id))
    }

    fn own(&self, subject: &Subject) -> Result<Vec<Who>, Rejected> {
        Ok(match subject {
            Subject::AnyUser => vec![Who::AnyUser],
            Subject::AnyGroup => vec![Who::AnyGroup],
            Subject::Groups(groups) => {
                groups.iter().map(|group| self.group(&group.node)).collect::<Result<_, _>>()?
            }
            Subject::DynamicGroups(groups) => {
                groups.iter().map(|group| self.dynamic_group(&group.node)).collect::<Result<_, _>>()?
            }
            Subject::Services(names) => {
                names.iter().map(|name| Who::Service(name.node.as_str().to_lowercase())).collect()
            }
            Subject::Resource { .. } => vec![Who::Nobody],
            Subject::Users(_) | Subject::Opaque(_) => return Err(Rejected),
        })
    }

    fn group(&self, principal: &Principal) -> Result<Who, Rejected> {
        let (domain, name) = match principal {
            Principal::Id(id) => return Ok(self.group_id(id.node.as_str(), self.tenancy)),
            Principal::Named { domain: None, name } => {
                if let Some(ocid) = self.alias(AliasKind::Group, &name.node) {
                    return Ok(self.group_id(ocid, self.tenancy));
                }
                (DEFAULT_DOMAIN, name)
            }
            Principal::Named { domain: Some(domain), name } => {
                self.domain(domain.node.as_str())?;
                (domain.node.as_str(), name)
            }
        };
        let found = self.model.groups().find(|(_, group)| {
            group.tenancy == self.tenancy
                && group.domain.eq_ignore_ascii_case(domain)
                && group.name.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(name.node.as_str()))
        });
        match found {
            Some((id, _)) => Ok(Who::Group(id)),
            None if self.knows(Aspect::Groups) => Err(Rejected),
            None => Ok(Who::SomeGroup(self.tenancy)),
        }
    }

    fn domain(&self, domain: &str) -> Result<(), Rejected> {
        let tenancy = self.model.tenancy(self.tenancy).unwrap();
        let known = domain.eq_ignore_ascii_case(DEFAULT_DOMAIN)
            || tenancy.domains.iter().any(|known| known.eq_ignore_ascii_case(domain))
            || !self.knows(Aspect::Groups);
        if known { Ok(()) } else { Err(Rejected) }
    }

    fn group_id(&self, ocid: &str, tenancy: TenancyId) -> Who {
        let same = |id: &ocipol::ocid::Ocid| id.as_str().eq_ignore_ascii_case(ocid);
        let found = self.model.groups().find(|(_, group)| group.id.as_ref().is_some_and(same));
        found.map_or(Who::SomeGroup(tenancy), |(id, _)| Who::Group(id))
    }

    fn dynamic_group(&self, principal: &Principal) -> Result<Who, Rejected> {
        let (domain, name) = match principal {
            Principal::Id(id) => return Ok(self.dynamic_group_id(id.node.as_str(), self.tenancy)),
            Principal::Named { domain: None, name } => {
                if let Some(ocid) = self.alias(AliasKind::DynamicGroup, &name.node) {
                    return Ok(self.dynamic_group_id(ocid, self.tenancy));
                }
                (DEFAULT_DOMAIN, name)
            }
            Principal::Named { domain: Some(domain), name } => {
                self.domain(domain.node.as_str())?;
                (domain.node.as_str(), name)
            }
        };
        let found = self.model.dynamic_groups().find(|(_, group)| {
            group.tenancy == self.tenancy
                && group.domain.eq_ignore_ascii_case(domain)
                && group.name.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(name.node.as_str()))
        });
        match found {
            Some((id, _)) => Ok(Who::DynamicGroup(id)),
            None if self.knows(Aspect::DynamicGroups) => Err(Rejected),
            None => Ok(Who::SomeDynamicGroup(self.tenancy)),
        }
    }

    fn dynamic_group_id(&self, ocid: &str, tenancy: TenancyId) -> Who {
        let same = |id: &ocipol::ocid::Ocid| id.as_str().eq_ignore_ascii_case(ocid);
        let found = self.model.dynamic_groups().find(|(_, group)| group.id.as_ref().is_some_and(same));
        found.map_or(Who::SomeDynamicGroup(tenancy), |(id, _)| Who::DynamicGroup(id))
    }

    /// Whom an Admit lets in: known by alias or OCID only.
    fn foreign(&self, subject: &Subject, from: From) -> Result<Vec<Who>, Rejected> {
        let home = match from {
            From::One(tenancy) => Some(tenancy),
            From::Any => Some(self.tenancy),
            From::Nowhere => None,
        };
        let ocid = |kind: AliasKind, principal: &Principal| match principal {
            Principal::Id(id) => Ok(id.node.as_str().to_owned()),
            Principal::Named { domain: None, name } => {
                self.alias(kind, &name.node).map(str::to_owned).ok_or(Rejected)
            }
            Principal::Named { domain: Some(_), .. } => Err(Rejected),
        };
        match subject {
            Subject::AnyUser => Ok(vec![Who::AnyUser]),
            Subject::AnyGroup => Ok(vec![Who::AnyGroup]),
            Subject::Groups(groups) => groups
                .iter()
                .map(|group| {
                    let ocid = ocid(AliasKind::Group, &group.node)?;
                    Ok(home.map_or(Who::Nobody, |home| self.group_id(&ocid, home)))
                })
                .collect(),
            Subject::DynamicGroups(groups) => groups
                .iter()
                .map(|group| {
                    let ocid = ocid(AliasKind::DynamicGroup, &group.node)?;
                    Ok(home.map_or(Who::Nobody, |home| self.dynamic_group_id(&ocid, home)))
                })
                .collect(),
            Subject::Services(_) | Subject::Resource { .. } | Subject::Users(_) | Subject::Opaque(_) => {
                Err(Rejected)
            }
        }
    }

    fn inside(&self, compartment: CompartmentId) -> bool {
        self.model.ancestors(compartment).any(|outer| outer == self.attachment)
    }

    /// Section 3.2.
    fn location(&self, location: &Location) -> Result<Place, Rejected> {
        match location {
            Location::Tenancy if self.root => Ok(Place::Inside(self.attachment)),
            Location::Tenancy | Location::Opaque(_) => Err(Rejected),
            Location::CompartmentId(id) => self.by_id(id.node.as_str()),
            Location::Compartment(path) => {
                let names: Vec<&str> = path.iter().map(|name| name.node.as_str()).collect();
                if let [only] = path.as_slice() {
                    if let Some(ocid) = self.alias(AliasKind::Compartment, &only.node) {
                        return self.by_id(ocid);
                    }
                    let own = &self.model.compartment(self.attachment).unwrap().name;
                    if !self.root && own.eq_ignore_ascii_case(only.node.as_str()) {
                        return Ok(Place::Inside(self.attachment));
                    }
                }
                self.walk(self.attachment, &names).map(Place::Inside).ok_or(Rejected)
            }
        }
    }

    fn by_id(&self, ocid: &str) -> Result<Place, Rejected> {
        let found = self.model.find_compartment(ocid).filter(|&found| self.inside(found));
        found.map(Place::Inside).ok_or(Rejected)
    }

    fn walk(&self, from: CompartmentId, names: &[&str]) -> Option<CompartmentId> {
        names.iter().try_fold(from, |here, name| {
            self.model
                .compartments()
                .find(|(_, child)| child.parent == Some(here) && child.name.eq_ignore_ascii_case(name))
                .map(|(id, _)| id)
        })
    }

    /// Where an Endorse reaches.
    fn scope(&self, scope: &Scope) -> Result<Place, Rejected> {
        match scope {
            Scope::AnyTenancy => Ok(Place::OtherTenancies),
            Scope::Tenancy(alias) => Ok(match self.alias_tenancy(alias)? {
                Some(other) if other != self.tenancy => Place::Tenancy(other),
                Some(_) | None => Place::Nowhere,
            }),
            Scope::CompartmentOf { compartment, tenancy } => {
                let Some(other) = self.alias_tenancy(tenancy)? else { return Ok(Place::Nowhere) };
                if other == self.tenancy {
                    return Ok(Place::Nowhere);
                }
                let root = self.model.root(other);
                let found = match &compartment.node {
                    Location::Tenancy => Some(root),
                    Location::Opaque(_) => return Err(Rejected),
                    Location::CompartmentId(id) => self.model.find_compartment(id.node.as_str()),
                    Location::Compartment(path) => {
                        let names: Vec<&str> = path.iter().map(|name| name.node.as_str()).collect();
                        let alias = match path.as_slice() {
                            [only] => self.alias(AliasKind::Compartment, &only.node),
                            _ => None,
                        };
                        match alias {
                            Some(ocid) => self.model.find_compartment(ocid),
                            None => self.walk(root, &names),
                        }
                    }
                };
                let found = found.filter(|found| self.model.compartment(*found).unwrap().tenancy == other);
                Ok(found.map_or(Place::SomewhereIn(other), Place::Inside))
            }
            Scope::Local(_) => Ok(Place::Nowhere),
        }
    }

    fn linked(&self, side: &Associate) -> Result<(String, Place), Rejected> {
        let place = match &side.scope.node {
            Scope::Local(location) => self.location(location)?,
            // One's own tenancy may be named by its alias here.
            Scope::Tenancy(alias) => self.alias_tenancy(alias)?.map_or(Place::Nowhere, Place::Tenancy),
            scope @ (Scope::AnyTenancy | Scope::CompartmentOf { .. }) => self.scope(scope)?,
        };
        Ok((side.resource.node.as_str().to_lowercase(), place))
    }
}

fn expansion(action: &Action, effect: Effect) -> Box<Expansion> {
    Box::new(match action {
        Action::Verb { verb, resource } => match ResourceType::find(resource.node.as_str()) {
            None => Expansion::unknown_type(),
            Some(found) if effect == Effect::Allow => found.resource_type.granted(verb.node),
            Some(found) => found.resource_type.denied(verb.node),
        },
        Action::Permissions(names) => {
            Expansion::of(names.iter().filter_map(|name| Permission::find(name.node.as_str())).collect())
        }
        Action::Opaque(_) => unreachable!("a strict statement has an action"),
    })
}
