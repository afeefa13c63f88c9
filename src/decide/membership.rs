//! Which resources belong to which dynamic groups.
//!
//! The leaf rule of conditions holds here too: a test of an attribute the resource does not have is false, whatever its
//! operator. Compartments are compared as they stand: a rule never reaches into child compartments.
//!
//! # Source
//! Oracle IAM documentation, "Writing Matching Rules to Define Dynamic Groups", 2025-01.

use rustc_hash::FxHashMap;

use crate::caseless;
use crate::program::{Memberships, World};
use crate::request::Known;
use crate::syntax::{Attribute, Comparison, MatchingRule, Name, Reading, RuleTest};
use crate::tenancy::{Aspect, DynamicGroupId, GroupId, TenancyId};
use crate::truth::Truth;

/// What a rule looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts<'a> {
    /// The resource's OCID.
    pub(crate) id: &'a str,
    /// Its type, as in its OCID.
    pub(crate) kind: &'a str,
    /// The OCID of its compartment; `None` where nobody said.
    pub(crate) compartment: Option<&'a str>,
    /// Its defined tags; `None` where nobody said.
    pub(crate) tags: Option<&'a [(String, String)]>,
}

/// Whether a rule is true of a resource.
pub(crate) fn matches(rule: &MatchingRule, facts: &Facts<'_>) -> Truth {
    match rule {
        MatchingRule::All(rules) => {
            rules.iter().map(|rule| matches(&rule.node, facts)).min().unwrap_or(Truth::True)
        }
        MatchingRule::Any(rules) => {
            rules.iter().map(|rule| matches(&rule.node, facts)).max().unwrap_or(Truth::False)
        }
        MatchingRule::Test(test) => leaf(test, facts),
        MatchingRule::Opaque(_) => Truth::Unknown,
    }
}

/// The tests because of which a rule is not true of a resource, each with what was found.
pub(crate) fn failing(rule: &MatchingRule, facts: &Facts<'_>) -> Vec<String> {
    if matches(rule, facts).is_true() {
        return Vec::new();
    }
    match rule {
        MatchingRule::All(rules) | MatchingRule::Any(rules) => {
            rules.iter().flat_map(|rule| failing(&rule.node, facts)).collect()
        }
        MatchingRule::Test(test) => vec![told(test, facts)],
        MatchingRule::Opaque(text) => vec![format!("`{text}` is not known")],
    }
}

fn told(test: &RuleTest, facts: &Facts<'_>) -> String {
    let attribute = &test.attribute.node;
    let written = match &test.comparison {
        Comparison::Present => attribute.to_string(),
        Comparison::Equal(operand) => format!("{attribute} = '{}'", operand.node.as_str()),
        Comparison::NotEqual(operand) => format!("{attribute} != '{}'", operand.node.as_str()),
    };
    let found = match value(attribute, facts) {
        Known::Present(value) => format!("it is `{value}`"),
        Known::Absent => format!("a {} does not have it", facts.kind),
        Known::Unknown => "nobody said what it is".to_owned(),
    };
    format!("`{written}` does not hold: {found}")
}

/// The value of an attribute.
fn value<'a>(attribute: &Attribute, facts: &Facts<'a>) -> Known<&'a str> {
    let instance = caseless::equal(facts.kind, "instance");
    match attribute {
        Attribute::InstanceId if instance => Known::Present(facts.id),
        Attribute::InstanceCompartment if instance => Known::from_option(facts.compartment),
        Attribute::InstanceId | Attribute::InstanceCompartment | Attribute::Unknown(_) => Known::Absent,
        Attribute::ResourceId => Known::Present(facts.id),
        Attribute::ResourceCompartment => Known::from_option(facts.compartment),
        Attribute::ResourceType => Known::Present(facts.kind),
        Attribute::Tag { namespace, key } => match facts.tags {
            None => Known::Unknown,
            Some(tags) => tag(tags, namespace, key).map_or(Known::Absent, Known::Present),
        },
    }
}

fn leaf(test: &RuleTest, facts: &Facts<'_>) -> Truth {
    let value = match value(&test.attribute.node, facts) {
        Known::Present(value) => value,
        Known::Absent => return Truth::False,
        Known::Unknown => return Truth::Unknown,
    };
    match &test.comparison {
        Comparison::Present => Truth::True,
        Comparison::Equal(operand) => equal(value, &operand.node),
        Comparison::NotEqual(operand) => !equal(value, &operand.node),
    }
}

fn equal(value: &str, operand: &Name) -> Truth {
    match operand {
        Name::Literal(text) => caseless::equal(value, text).into(),
        Name::Template(_) => Truth::Unknown,
        Name::Placeholder(_) => Truth::False,
    }
}

fn tag<'t>(tags: &'t [(String, String)], namespace: &str, key: &str) -> Option<&'t str> {
    let wanted = |name: &str| {
        name.split_once('.').is_some_and(|(n, k)| caseless::equal(n, namespace) && caseless::equal(k, key))
    };
    tags.iter().find(|(name, _)| wanted(name)).map(|(_, value)| value.as_str())
}

/// The rules of a model, by the attribute they pin, so that a resource is tried against few of them.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    /// The least faithful reading of a rule that counts.
    accepted: Reading,
    /// By tenancy and folded OCID or type: groups whose rule only such a resource can satisfy.
    pinned: FxHashMap<(TenancyId, String), Vec<DynamicGroupId>>,
    /// Groups that any resource of the tenancy may satisfy.
    open: FxHashMap<TenancyId, Vec<DynamicGroupId>>,
}

impl Rules {
    pub(crate) fn new(world: &World, accepted: Reading) -> Self {
        let mut rules = Self { accepted, pinned: FxHashMap::default(), open: FxHashMap::default() };
        for (id, group) in world.model.dynamic_groups() {
            let read = group.rule.as_ref().filter(|_| !group.is_unread(accepted));
            match read.and_then(|(rule, _)| pins(&rule.node)) {
                Some(pins) => {
                    for pin in pins {
                        let groups = rules.pinned.entry((group.tenancy, caseless::fold(&pin))).or_default();
                        if groups.last() != Some(&id) {
                            groups.push(id);
                        }
                    }
                }
                None => rules.open.entry(group.tenancy).or_default().push(id),
            }
        }
        rules
    }

    /// Dynamic groups of a tenancy a resource may be in, with how certain that is, in the order of the model; certain
    /// non-members are left out.
    pub(crate) fn groups_of(
        &self,
        world: &World,
        tenancy: TenancyId,
        facts: &Facts<'_>,
    ) -> Vec<(DynamicGroupId, Truth)> {
        let keys = [Some(facts.id), Some(facts.kind), facts.compartment];
        let pinned =
            keys.into_iter().flatten().filter_map(|key| self.pinned.get(&(tenancy, caseless::fold(key))));
        let mut candidates: Vec<DynamicGroupId> =
            pinned.chain(self.open.get(&tenancy)).flatten().copied().collect();
        if facts.compartment.is_none() {
            // Where nobody said in which compartment it is, any compartment may be meant.
            candidates.extend(
                world.model.dynamic_groups().filter(|(_, group)| group.tenancy == tenancy).map(|(id, _)| id),
            );
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates
            .into_iter()
            .map(|id| (id, membership(world, id, facts, self.accepted)))
            .filter(|(_, member)| member.may_be())
            .collect()
    }
}

fn membership(world: &World, id: DynamicGroupId, facts: &Facts<'_>, accepted: Reading) -> Truth {
    let Some(group) = world.model.dynamic_group(id) else { return Truth::False };
    match &group.rule {
        // The group cannot have been saved with this rule; whatever rule it has is not known.
        Some(_) if group.is_unread(accepted) => Truth::Unknown,
        Some((rule, _)) => matches(&rule.node, facts),
        // A group the model does not have: nobody is in it, unless the model does not know its groups.
        None if !group.known && world.model.knows(group.tenancy, Aspect::DynamicGroups) => Truth::False,
        None => Truth::Unknown,
    }
}

/// Values one of which a resource must have in its OCID, compartment or type to satisfy the rule; `None` where no such
/// values exist.
fn pins(rule: &MatchingRule) -> Option<Vec<String>> {
    match rule {
        MatchingRule::All(rules) => rules.iter().find_map(|rule| pins(&rule.node)),
        MatchingRule::Any(rules) => {
            let each: Option<Vec<Vec<String>>> = rules.iter().map(|rule| pins(&rule.node)).collect();
            each.map(|pins| pins.concat())
        }
        MatchingRule::Test(RuleTest { attribute, comparison: Comparison::Equal(operand) }) => {
            let pinnable = match &attribute.node {
                Attribute::InstanceId
                | Attribute::InstanceCompartment
                | Attribute::ResourceId
                | Attribute::ResourceCompartment
                | Attribute::ResourceType => true,
                Attribute::Tag { .. } | Attribute::Unknown(_) => false,
            };
            operand.node.literal().filter(|_| pinnable).map(|text| vec![text.to_owned()])
        }
        MatchingRule::Test(_) | MatchingRule::Opaque(_) => None,
    }
}

/// Works out every membership of the model, once.
pub(crate) fn memberships(world: &World, accepted: Reading) -> Memberships {
    let rules = Rules::new(world, accepted);
    let dynamic_groups = world.model.resources().map(|(_, resource)| {
        let Some(tenancy) = world.tenancy_of(resource.compartment) else { return Box::default() };
        let compartment = world.model.compartment(resource.compartment).and_then(|c| c.id.as_ref());
        let facts = Facts {
            id: resource.id.as_str(),
            kind: &resource.kind,
            compartment: compartment.map(|id| id.as_str()),
            tags: Some(&resource.tags),
        };
        rules.groups_of(world, tenancy, &facts).into_boxed_slice()
    });
    let dynamic_groups = dynamic_groups.collect();
    Memberships { groups: users(world), dynamic_groups, rules }
}

/// Groups by user.
fn users(world: &World) -> Vec<Box<[(GroupId, Truth)]>> {
    let model = &world.model;
    let mut groups: Vec<Vec<(GroupId, Truth)>> = vec![Vec::new(); model.users().count()];
    // What may hold anybody: groups the model does not have, and all groups where it does not know who is in them.
    let mut uncertain: FxHashMap<TenancyId, Vec<GroupId>> = FxHashMap::default();
    for (id, group) in model.groups() {
        for member in &group.members {
            if let Some(groups) = groups.get_mut(member.index()) {
                groups.push((id, Truth::True));
            }
        }
        let aspect = if group.known { Aspect::Memberships } else { Aspect::Groups };
        if !model.knows(group.tenancy, aspect) {
            uncertain.entry(group.tenancy).or_default().push(id);
        }
    }
    for (user, groups) in model.users().zip(&mut groups) {
        for &id in uncertain.get(&user.1.tenancy).into_iter().flatten() {
            if !groups.iter().any(|(known, _)| *known == id) {
                groups.push((id, Truth::Unknown));
            }
        }
        groups.sort_unstable();
    }
    groups.into_iter().map(Vec::into_boxed_slice).collect()
}
