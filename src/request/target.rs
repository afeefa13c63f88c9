//! What is asked for, with everything decisions need of it worked out once.

use super::ask::{Object, intern};
use super::error::AskError;
use super::principal::{Principal, tag_texts};
use super::values::Known;
use crate::caseless;
use crate::catalog::{Operation, OperationKind, Permission, PrincipalKind, ResourceType, TypeKind, Variable};
use crate::program::{Called, Program, TextId, Texts};
use crate::suggest;
use crate::tenancy::{CompartmentId, DynamicGroupId, GroupId, ResourceId, TenancyId, UserId};

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// How to call it in words.
    pub(crate) label: String,
    pub(crate) tenancy: TenancyId,
    pub(crate) compartment: CompartmentId,
    /// The numbers of its compartment and of all that is in.
    pub(crate) ancestors: Box<[u32]>,
    /// The user it is, where it is one.
    pub(crate) user: Option<UserId>,
    /// The resource of the model, where it is one.
    pub(crate) resource: Option<ResourceId>,
    /// Its defined tags, by `NAMESPACE.KEY`; absent where there is no single existing resource, and for types that
    /// conditions cannot see the tags of.
    pub(crate) tags: Known<Vec<(TextId, TextId)>>,
    /// The tags of its compartment and of all that is in.
    pub(crate) compartment_tags: Vec<(TextId, TextId)>,
    /// Whether `target.compartment.*` applies.
    pub(crate) names_compartment: bool,
    /// Other variables of it.
    pub(crate) variables: Vec<(TextId, TextId)>,
    /// Whether a user that asks is in the group it is.
    pub(crate) group_member: Known<bool>,
}

/// One thing a question names.
enum Thing {
    Resource(ResourceId),
    User(UserId),
    Group(GroupId),
    DynamicGroup(DynamicGroupId),
    Compartment(CompartmentId),
    /// Something the model does not list: where it is, and its variables.
    Placed(CompartmentId, Vec<(String, String)>),
}

pub(super) fn prepare(
    program: &Program,
    texts: &mut Texts,
    principal: &Principal,
    objects: &[Object],
    operation: Option<Operation>,
) -> Result<Target, AskError> {
    let things: Vec<Thing> =
        objects.iter().map(|object| thing(program, principal, object)).collect::<Result<_, _>>()?;
    let primary = things.first().ok_or(AskError::NoTarget)?;
    let model = program.tenancies();
    let compartment = home(program, primary);
    let tenancy = program.world.tenancy_of(compartment).unwrap_or(TenancyId(0));
    let exists = super::names_a_resource(operation);
    let mut target = Target {
        label: objects.first().map(|object| label(program, primary, object)).unwrap_or_default(),
        tenancy,
        compartment,
        ancestors: model.ancestors(compartment).map(|id| program.world.range(id).0).collect(),
        user: None,
        resource: None,
        tags: Known::Absent,
        compartment_tags: Vec::new(),
        names_compartment: operation.is_none_or(|operation| operation.name() != "ListCompartments"),
        variables: Vec::new(),
        group_member: Known::Absent,
    };
    for ancestor in model.ancestors(compartment) {
        let tags =
            model.compartment(ancestor).map(|compartment| compartment.tags.as_slice()).unwrap_or_default();
        target.compartment_tags.extend(tag_texts(program, texts, tags));
    }
    for (index, thing) in things.iter().enumerate() {
        let first = index == 0;
        match thing {
            Thing::Resource(id) => {
                if first {
                    target.resource = Some(*id);
                }
                resource(program, texts, *id, first, exists, operation, &mut target);
            }
            Thing::User(id) => {
                let Some(user) = model.user(*id) else { continue };
                if first {
                    target.user = Some(*id);
                    target.tags = if exists { Known::Unknown } else { Known::Absent };
                }
                let named = !is_of(operation, "user");
                own(program, texts, &mut target, named, "user", user.id.as_str(), Some(&user.name));
            }
            Thing::Group(id) => {
                let Some(group) = model.group(*id) else { continue };
                let ocid = group.id.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default();
                if first {
                    target.tags = existing(exists, tag_texts(program, texts, &group.tags));
                }
                if principal.kind == PrincipalKind::User {
                    let member =
                        principal.groups.iter().find(|(known, _)| known == id).map(|(_, member)| *member);
                    target.group_member = match member {
                        Some(crate::truth::Truth::Unknown) => Known::Unknown,
                        Some(truth) => Known::Present(truth.is_true()),
                        None => Known::Present(false),
                    };
                }
                let named = !is_of(operation, "group");
                own(program, texts, &mut target, named, "group", &ocid, group.name.as_deref());
            }
            Thing::DynamicGroup(id) => {
                let Some(group) = model.dynamic_group(*id) else { continue };
                let ocid = group.id.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default();
                if first {
                    target.tags = existing(exists, tag_texts(program, texts, &group.tags));
                }
                let named = !is_of(operation, "dynamicgroup");
                own(program, texts, &mut target, named, "dynamicgroup", &ocid, group.name.as_deref());
            }
            Thing::Compartment(id) => {
                // Any other operation is on something in the compartment, whose tags nobody said (R28).
                let itself = operation.is_some_and(|operation| concerns(operation, "compartment"));
                let own = model.compartment(*id).filter(|_| itself);
                if first && exists {
                    target.tags = own.map_or(Known::Unknown, |compartment| {
                        Known::Present(tag_texts(program, texts, &compartment.tags))
                    });
                }
            }
            Thing::Placed(_, variables) => {
                if first {
                    target.tags = if exists { Known::Unknown } else { Known::Absent };
                }
                for (name, value) in variables {
                    let row = (intern(program, texts, name), intern(program, texts, value));
                    target.variables.push(row);
                }
            }
        }
    }
    let kind = target.resource.and_then(|id| model.resource(id)).map(|resource| segment(&resource.kind));
    let mut untagged = ResourceType::all().filter(|known| !known.has_target_tags());
    // An object is asked for by its bucket, whose tags are not the object's.
    let about = operation.map(Operation::resource_types).unwrap_or_default();
    let of_untagged = !about.is_empty() && !about.iter().any(|known| known.has_target_tags());
    if of_untagged || kind.is_some_and(|kind| untagged.any(|known| is_called(known, &kind))) {
        target.tags = Known::Absent;
    }
    target.variables.sort_unstable();
    target.variables.dedup();
    Ok(target)
}

fn existing(exists: bool, tags: Vec<(TextId, TextId)>) -> Known<Vec<(TextId, TextId)>> {
    if exists { Known::Present(tags) } else { Known::Absent }
}

/// The variables of a resource, and of everything it belongs to.
fn resource(
    program: &Program,
    texts: &mut Texts,
    id: ResourceId,
    first: bool,
    exists: bool,
    operation: Option<Operation>,
    target: &mut Target,
) {
    let model = program.tenancies();
    let mut next = Some(id);
    let mut own_level = true;
    // A chain of parents is never longer than there are resources.
    for _ in 0..=model.resources.len() {
        let Some(found) = next.and_then(|id| model.resource(id)) else { break };
        // Listing or creating keys of a vault names the vault, not a key.
        let named = !own_level || !is_of(operation, &found.kind);
        if first && own_level {
            target.tags = existing(exists, tag_texts(program, texts, &found.tags));
        }
        let kind = segment(&found.kind);
        own(program, texts, target, named, &kind, found.id.as_str(), found.name.as_deref());
        for (key, value) in found.tags.iter().filter(|_| named) {
            // Objects are reached by the tags of their bucket, which have a variable of their own.
            let variable = format!("target.{kind}.tag.{key}");
            if Variable::find(&variable).is_some() {
                let row = (intern(program, texts, &variable), intern(program, texts, value));
                target.variables.push(row);
            }
        }
        for (name, value) in
            found.variables.iter().filter(|(name, _)| named && !caseless::fold(name).starts_with("request."))
        {
            let row = (intern(program, texts, name), intern(program, texts, value));
            target.variables.push(row);
        }
        own_level = false;
        next = found.parent;
    }
}

/// `target.KIND.id` and `target.KIND.name`.
fn own(
    program: &Program,
    texts: &mut Texts,
    target: &mut Target,
    named: bool,
    segment: &str,
    id: &str,
    name: Option<&str>,
) {
    if !named {
        return;
    }
    let mut say = |what: &str, value: &str| {
        let row =
            (intern(program, texts, &format!("target.{segment}.{what}")), intern(program, texts, value));
        target.variables.push(row);
    };
    say("id", id);
    if let Some(name) = name {
        say("name", name);
    }
}

/// The segment variables have for an OCID type.
pub(crate) fn segment(kind: &str) -> String {
    Variable::segment(kind).map_or_else(|| caseless::fold(kind), str::to_owned)
}

/// The OCID type of what an object names, where it is a thing of a type.
pub(super) fn kind(
    program: &Program,
    principal: &Principal,
    object: &Object,
) -> Result<Option<String>, AskError> {
    Ok(match thing(program, principal, object)? {
        Thing::Resource(id) => program.tenancies().resource(id).map(|resource| resource.kind.clone()),
        Thing::User(_) => Some("user".to_owned()),
        Thing::Group(_) => Some("group".to_owned()),
        Thing::DynamicGroup(_) => Some("dynamicgroup".to_owned()),
        Thing::Compartment(_) | Thing::Placed(..) => None,
    })
}

/// Whether a permission is one on things of an OCID type: a type of that name gives it, or one whose statements may name
/// such a thing (a key, for `key-delegate`).
pub(super) fn is_held_by(permission: Permission, kind: &str) -> bool {
    let segment = segment(kind);
    let mut types = permission.granted_by().iter().map(|row| row.resource_type);
    if types.clone().any(|known| known.kind() == TypeKind::Individual && is_called(known, &segment)) {
        return true;
    }
    let prefix = format!("{}_", segment.replace('-', "_").to_ascii_uppercase());
    let named = Variable::find(&format!("target.{segment}.id")).map(|found| found.variable);
    permission.name().starts_with(&prefix)
        && named.is_some_and(|variable| {
            types.any(|known| variable.definitions().any(|at| at.resource_types().contains(&known)))
        })
}

/// Whether an operation may be asked of a thing of an OCID type: it is about such things, needs a permission on them, or
/// is about things that conditions name by what holds them, such as objects by their bucket. An operation of which the
/// catalogue knows too little may be asked of anything.
pub(super) fn is_for(operation: Operation, kind: &str) -> bool {
    let types = operation.resource_types();
    if types.is_empty() || concerns(operation, kind) {
        return true;
    }
    let requirement = operation.requirement();
    let cases = requirement.variants().chain(requirement.conditional());
    let mut needed = requirement.permissions().unwrap_or_default().to_vec();
    needed.extend(requirement.one_of().flatten().copied());
    for case in cases {
        needed.extend(case.permissions().iter().copied());
        needed.extend(case.one_of().flatten().copied());
    }
    if needed.iter().any(|&permission| is_held_by(permission, kind)) {
        return true;
    }
    let segment = segment(kind);
    let names = ["id", "name"].map(|what| format!("target.{segment}.{what}"));
    names.iter().filter_map(|name| Variable::find(name)).any(|found| {
        found.variable.definitions().any(|at| types.iter().any(|known| at.resource_types().contains(known)))
    })
}

/// Where an object is; a compartment itself.
pub(super) fn place(
    program: &Program,
    principal: &Principal,
    object: &Object,
) -> Result<CompartmentId, AskError> {
    thing(program, principal, object).map(|thing| home(program, &thing))
}

/// A compartment as an object.
pub(super) fn object(program: &Program, compartment: CompartmentId) -> Object {
    let model = program.tenancies();
    let found = model.compartment(compartment);
    let tenancy = found.and_then(|found| model.tenancy(found.tenancy)).map_or("", |tenancy| &tenancy.name);
    let root = found.is_some_and(|found| found.parent.is_none());
    let name = if root { tenancy.to_owned() } else { format!("{tenancy}/{}", model.path(compartment)) };
    Object::Named(name)
}

/// Whether a resource-type is that of things with this word in target variables.
pub(super) fn is_called(resource_type: ResourceType, segment: &str) -> bool {
    let singular = |name: &str| name.trim_end_matches('s').replace('-', "");
    singular(resource_type.name()) == singular(segment)
}

/// Whether an operation lists or creates things of an OCID type, and so names none of them: `ListKeys` a key. What lists
/// something that belongs to one names it: `ListKeyVersions`.
///
/// # Source
/// Oracle IAM documentation, "Details for IAM": "not available for" the List and Create operations of the same thing.
fn is_of(operation: Option<Operation>, kind: &str) -> bool {
    let one = segment(kind).replace('-', "");
    // Policies, but keys.
    let stem = one.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    let several = stem.map_or_else(|| format!("{one}s"), |stem| format!("{stem}ies"));
    operation.is_some_and(|operation| {
        let name = caseless::fold(operation.name());
        match operation.kind() {
            OperationKind::List => name.strip_prefix("list") == Some(several.as_str()),
            OperationKind::Create => {
                ["create", "launch"].into_iter().any(|verb| name.strip_prefix(verb) == Some(one.as_str()))
            }
            OperationKind::Other => false,
        }
    })
}

/// Whether an operation lists or creates things of a kind, so that no condition on one of them holds.
pub(crate) fn names_none_of(operation: Operation, kind: &str) -> bool {
    is_of(Some(operation), kind)
}

/// Whether things of an OCID type are what an operation is about.
pub(crate) fn concerns(operation: Operation, kind: &str) -> bool {
    operation.resource_types().iter().any(|known| is_called(*known, &segment(kind)))
}

/// Where a thing is.
fn home(program: &Program, thing: &Thing) -> CompartmentId {
    let model = program.tenancies();
    let root = |tenancy: TenancyId| model.tenancy(tenancy).map_or(CompartmentId(0), |tenancy| tenancy.root);
    match thing {
        Thing::Resource(id) => model.resource(*id).map_or(CompartmentId(0), |resource| resource.compartment),
        Thing::User(id) => model.user(*id).map_or(CompartmentId(0), |user| root(user.tenancy)),
        Thing::Group(id) => model.group(*id).map_or(CompartmentId(0), |group| root(group.tenancy)),
        Thing::DynamicGroup(id) => {
            model.dynamic_group(*id).map_or(CompartmentId(0), |group| root(group.tenancy))
        }
        Thing::Compartment(id) | Thing::Placed(id, _) => *id,
    }
}

/// How to call a thing in words: by its name in the model, else as the question does.
fn label(program: &Program, thing: &Thing, object: &Object) -> String {
    let model = program.tenancies();
    let name = match thing {
        Thing::Resource(id) => model.resource(*id).and_then(|resource| resource.name.clone()),
        Thing::User(id) => model.user(*id).map(|user| user.name.clone()),
        Thing::Group(id) => model.group(*id).and_then(|group| group.name.clone()),
        Thing::DynamicGroup(id) => model.dynamic_group(*id).and_then(|group| group.name.clone()),
        Thing::Compartment(_) | Thing::Placed(..) => None,
    };
    name.unwrap_or_else(|| match object {
        Object::Named(name) => name.clone(),
        Object::Placed { label, .. } => label.clone(),
    })
}

fn thing(program: &Program, principal: &Principal, object: &Object) -> Result<Thing, AskError> {
    match object {
        Object::Named(name) => find(program, principal, name),
        Object::Placed { compartment: place, variables, .. } => {
            let place = compartment(program, Some(principal.tenancy), place)?;
            Ok(Thing::Placed(place, variables.clone()))
        }
    }
}

/// What a name means: an OCID, a name in the asker's own tenancy, else one in another; `TENANCY/NAME` says which.
fn find(program: &Program, principal: &Principal, name: &str) -> Result<Thing, AskError> {
    let model = program.tenancies();
    if let Some((id, place)) = name.strip_prefix("resource:").and_then(|resource| resource.split_once('@')) {
        let place = compartment(program, Some(principal.tenancy), place)?;
        let segment = segment(id.split('.').nth(1).unwrap_or_default());
        return Ok(Thing::Placed(place, vec![(format!("target.{segment}.id"), id.to_owned())]));
    }
    let (kind, bare) = match name.split_once(':') {
        Some((kind @ ("user" | "group" | "dynamic-group"), bare)) => (Some(kind), bare),
        Some(_) | None => (None, name),
    };
    let (within, bare) = match bare.split_once('/') {
        Some((tenancy, rest)) if model.find_tenancy(tenancy).is_some() => (model.find_tenancy(tenancy), rest),
        Some(_) | None => (None, bare),
    };
    let wants = |word: &str| kind.is_none_or(|kind| kind.eq_ignore_ascii_case(word));
    if kind.is_none()
        && let Some(id) = program.world.resource_by_id(bare)
    {
        return Ok(Thing::Resource(id));
    }
    let place = |called| {
        Some(match called {
            Called::Resource(_) if kind.is_some() => return None,
            Called::Resource(id) => {
                (program.world.tenancy_of(model.resource(id)?.compartment)?, Thing::Resource(id))
            }
            Called::Group(_) if !wants("group") => return None,
            Called::Group(id) => (model.group(id)?.tenancy, Thing::Group(id)),
            Called::DynamicGroup(_) if !wants("dynamic-group") => return None,
            Called::DynamicGroup(id) => (model.dynamic_group(id)?.tenancy, Thing::DynamicGroup(id)),
            Called::User(_) if !wants("user") => return None,
            Called::User(id) => (model.user(id)?.tenancy, Thing::User(id)),
        })
    };
    let mut found: Vec<(TenancyId, Thing)> = program.world.called(bare).filter_map(place).collect();
    found.retain(|(tenancy, _)| within.is_none_or(|within| *tenancy == within));
    // The first of a tenancy counts: a resource before a group of the same name.
    let own = found.iter().position(|(tenancy, _)| *tenancy == principal.tenancy);
    let first = found.first().map(|(tenancy, _)| *tenancy);
    if own.is_none() && found.iter().any(|(tenancy, _)| Some(*tenancy) != first) {
        let tenancies = found.iter().filter_map(|(tenancy, _)| model.tenancy(*tenancy));
        let mut tenancies: Vec<String> = tenancies.map(|tenancy| tenancy.name.clone()).collect();
        tenancies.dedup();
        return Err(AskError::AmbiguousTarget { name: bare.to_owned(), tenancies });
    }
    if found.is_empty() {
        return compartment(program, Some(principal.tenancy), name).map(Thing::Compartment);
    }
    Ok(found.swap_remove(own.unwrap_or(0)).1)
}

/// A compartment by OCID, as `TENANCY[/path]`, or as a path in the asker's own tenancy.
pub(super) fn compartment(
    program: &Program,
    own: Option<TenancyId>,
    name: &str,
) -> Result<CompartmentId, AskError> {
    let model = program.tenancies();
    if let Some(found) = model.find_compartment(name) {
        return Ok(found);
    }
    let (tenancy, path) = name.split_once('/').unwrap_or((name, ""));
    let path_of = |path: &str| -> Vec<String> {
        path.split(':').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let at = |tenancy: TenancyId, path: &str| {
        let path = path_of(path);
        model.compartment_at(tenancy, &path.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let absolute = model.find_tenancy(tenancy).and_then(|tenancy| at(tenancy, path));
    absolute.or_else(|| own.and_then(|own| at(own, name))).ok_or_else(|| {
        let known = model.compartments().filter(|(_, compartment)| compartment.known);
        let paths: Vec<String> = known.map(|(id, _)| model.path(id)).collect();
        let others = model.resources().filter_map(|(_, resource)| resource.name.as_deref());
        let near =
            suggest::did_you_mean(name, paths.iter().map(String::as_str).chain(others)).map(str::to_owned);
        AskError::UnknownTarget { name: name.to_owned(), near }
    })
}
