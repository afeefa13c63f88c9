//! Worlds in Cedar: users, clusters and compartments as entities, a statement as a policy, a permission as an action.

use std::collections::{HashMap, HashSet};

use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, Policy, PolicyId, PolicySet,
    Request, RestrictedExpression,
};

pub(crate) fn uid(kind: &str, id: &str) -> EntityUid {
    let kind: EntityTypeName = kind.parse().unwrap();
    EntityUid::from_type_name_and_id(kind, EntityId::new(id))
}

pub(crate) fn entity(kind: &str, id: &str, parents: impl IntoIterator<Item = EntityUid>) -> Entity {
    Entity::new(uid(kind, id), HashMap::new(), parents.into_iter().collect::<HashSet<_>>()).unwrap()
}

pub(crate) fn entities(all: Vec<Entity>) -> Entities {
    Entities::from_entities(all, None).unwrap()
}

pub(crate) fn policies<'t>(texts: impl IntoIterator<Item = (String, &'t str)>) -> PolicySet {
    let mut set = PolicySet::new();
    for (id, text) in texts {
        let policy =
            Policy::parse(Some(PolicyId::new(id)), text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        set.add(policy).unwrap();
    }
    set
}

/// A value of the context.
pub(crate) enum Value {
    One(String),
    Several(Vec<String>),
}

pub(crate) fn request(
    who: EntityUid,
    action: EntityUid,
    what: EntityUid,
    values: Vec<(&str, Value)>,
) -> Request {
    let text = |text: String| RestrictedExpression::new_string(text);
    let pairs = values.into_iter().map(|(name, value)| {
        let value = match value {
            Value::One(value) => text(value),
            Value::Several(values) => RestrictedExpression::new_set(values.into_iter().map(text)),
        };
        (name.to_owned(), value)
    });
    Request::new(who, action, what, Context::from_pairs(pairs).unwrap(), None).unwrap()
}

/// Whether it is allowed, and the policies that decide it.
pub(crate) fn decide(
    authorizer: &Authorizer,
    request: &Request,
    policies: &PolicySet,
    entities: &Entities,
) -> (bool, Vec<String>) {
    let response = authorizer.is_authorized(request, policies, entities);
    let errors: Vec<_> = response.diagnostics().errors().collect();
    assert!(errors.is_empty(), "{errors:?}");
    let mut reasons: Vec<String> = response.diagnostics().reason().map(ToString::to_string).collect();
    reasons.sort_unstable();
    (response.decision() == cedar_policy::Decision::Allow, reasons)
}
