//! Who asks, with everything decisions need of them worked out once.

use super::ask::{Asker, intern};
use super::error::AskError;
use super::values::Known;
use crate::caseless;
use crate::catalog::PrincipalKind;
use crate::decide::membership::Facts;
use crate::ocid::Ocid;
use crate::program::{Program, ServiceName, Subject, TextId, Texts};
use crate::suggest;
use crate::tenancy::{Aspect, CompartmentId, DynamicGroupId, GroupId, ResourceId, TenancyId, UserId};
use crate::truth::Truth;

/// Who asks.
#[derive(Debug, Clone)]
pub(crate) struct Principal {
    pub(crate) kind: PrincipalKind,
    /// How to call it in words.
    pub(crate) label: String,
    /// Its home.
    pub(crate) tenancy: TenancyId,
    /// The user of the model, where it is one.
    pub(crate) user: Option<UserId>,
    /// The resource of the model, where it is one.
    pub(crate) resource: Option<ResourceId>,
    pub(crate) id: Known<TextId>,
    /// The value of `request.principal.type`.
    pub(crate) kind_text: TextId,
    /// Where it is: for users the root, absent for workloads and services.
    pub(crate) compartment: Known<CompartmentId>,
    /// The name of a user or service.
    pub(crate) name: Option<TextId>,
    pub(crate) domain: Option<TextId>,
    pub(crate) groups: Box<[(GroupId, Truth)]>,
    pub(crate) dynamic_groups: Box<[(DynamicGroupId, Truth)]>,
    /// What statements may call it, `any-user` and `any-group` apart.
    pub(crate) subjects: Box<[(Subject, Truth)]>,
    /// Ids and names of what it belongs to, for conditions.
    pub(crate) group_ids: Known<Box<[TextId]>>,
    pub(crate) group_names: Known<Box<[TextId]>>,
    /// Tags of its groups, by `NAMESPACE.KEY`; unknown where it is not certain which those are.
    pub(crate) group_tags: Known<Vec<(TextId, TextId)>>,
    /// Tags of its compartment.
    pub(crate) compartment_tags: Vec<(TextId, TextId)>,
    /// Other variables of its own.
    pub(crate) variables: Vec<(TextId, TextId)>,
}

impl Principal {
    /// What matching rules look at, and whose rules; `None` for what is in no dynamic group.
    pub(crate) fn facts<'p>(
        &'p self,
        program: &'p Program,
        request: &'p super::Request,
    ) -> Option<(Facts<'p>, TenancyId)> {
        let model = program.tenancies();
        if let Some(found) = self.resource.and_then(|id| model.resource(id)) {
            let place = model.compartment(found.compartment).and_then(|place| place.id.as_ref());
            let (id, kind) = (found.id.as_str(), found.kind.as_str());
            let facts = Facts { id, kind, compartment: place.map(Ocid::as_str), tags: Some(&found.tags) };
            return Some((facts, self.tenancy));
        }
        if !matches!(self.kind, PrincipalKind::Instance | PrincipalKind::Resource) {
            return None;
        }
        let text = |id| request.texts.spelled(id).or_else(|| program.texts.spelled(id)).unwrap_or_default();
        let id = match self.id {
            Known::Present(id) => text(id),
            Known::Unknown | Known::Absent => "",
        };
        let place = match self.compartment {
            Known::Present(place) => model.compartment(place).and_then(|place| place.id.as_ref()),
            Known::Unknown | Known::Absent => None,
        };
        let kind = text(self.kind_text);
        Some((Facts { id, kind, compartment: place.map(Ocid::as_str), tags: None }, self.tenancy))
    }
}

pub(super) fn prepare(program: &Program, texts: &mut Texts, asker: &Asker) -> Result<Principal, AskError> {
    match asker {
        Asker::Named(name) => named(program, texts, name),
        Asker::Resource { kind, id, tenancy, compartment } => {
            let home = tenancy_of(program, tenancy)?;
            let place = match compartment {
                None => Known::Unknown,
                Some(name) => Known::Present(super::target::compartment(program, Some(home), name)?),
            };
            Ok(outsider(program, texts, kind, id.as_deref(), home, place))
        }
        Asker::Service { name, tenancy } if tenancy.is_empty() => {
            Err(AskError::NoTenancy { service: name.clone() })
        }
        Asker::Service { name, tenancy } => Ok(service(texts, program, name, tenancy_of(program, tenancy)?)),
        Asker::Workload { cluster, namespace, service_account } => {
            workload(program, texts, cluster, namespace, service_account)
        }
    }
}

fn tenancy_of(program: &Program, name: &str) -> Result<TenancyId, AskError> {
    program.tenancies().find_tenancy(name).ok_or_else(|| AskError::UnknownTenancy { name: name.to_owned() })
}

fn named(program: &Program, texts: &mut Texts, name: &str) -> Result<Principal, AskError> {
    let model = program.tenancies();
    if let Some(id) = program.world.user(name) {
        return Ok(user(program, texts, id));
    }
    if let Some(id) = program.world.resource(name) {
        return Ok(resource(program, texts, id));
    }
    let users = model.users().flat_map(|(_, user)| [user.name.as_str(), user.id.as_str()]);
    let resources = model
        .resources()
        .flat_map(|(_, resource)| resource.name.as_deref().into_iter().chain([resource.id.as_str()]));
    let near = suggest::did_you_mean(name, users.chain(resources)).map(str::to_owned);
    Err(AskError::UnknownPrincipal { name: name.to_owned(), near })
}

fn user(program: &Program, texts: &mut Texts, id: UserId) -> Principal {
    let model = program.tenancies();
    let groups: Box<[(GroupId, Truth)]> = program.memberships.of_user(id).into();
    let mut principal = blank(texts, program, PrincipalKind::User);
    if let Some(user) = model.user(id) {
        principal.label = format!("user `{}`", user.name);
        principal.tenancy = user.tenancy;
        principal.id = Known::Present(intern(program, texts, user.id.as_str()));
        principal.name = Some(intern(program, texts, &user.name));
        principal.domain = Some(intern(program, texts, &user.domain));
        principal.compartment =
            model.tenancy(user.tenancy).map_or(Known::Absent, |tenancy| Known::Present(tenancy.root));
    }
    principal.user = Some(id);
    principal.subjects = groups.iter().map(|&(group, member)| (Subject::Group(group), member)).collect();
    let texts_of = |group: GroupId| program.world.group_texts.get(group.index()).copied().unwrap_or_default();
    // Where the model does not know all groups, or who is in them, they may be in others too.
    let all_known =
        model.knows(principal.tenancy, Aspect::Groups) && model.knows(principal.tenancy, Aspect::Memberships);
    let listed = all_known.then_some(&*groups);
    principal.group_ids = list(listed, |group| texts_of(group).0);
    principal.group_names = list(listed, |group| texts_of(group).1);
    principal.group_tags = group_tags(listed, |group| {
        tag_texts(program, texts, model.group(group).map(|group| group.tags.as_slice()).unwrap_or_default())
    });
    principal.compartment_tags = compartment_tags(program, texts, &principal.compartment);
    principal.groups = groups;
    principal
}

fn resource(program: &Program, texts: &mut Texts, id: ResourceId) -> Principal {
    let model = program.tenancies();
    let Some(found) = model.resource(id) else { return blank(texts, program, PrincipalKind::Resource) };
    let dynamic_groups: Box<[_]> = program.memberships.of_resource(id).into();
    let home = program.world.tenancy_of(found.compartment).unwrap_or(TenancyId(0));
    let mut principal = in_dynamic_groups(
        program,
        texts,
        &found.kind,
        home,
        Known::Present(found.compartment),
        dynamic_groups,
    );
    principal.id = Known::Present(intern(program, texts, found.id.as_str()));
    principal.label = format!("{} `{}`", found.kind, found.id);
    principal.resource = Some(id);
    if let Some(name) = &found.name {
        principal.label = format!("{} `{name}`", found.kind);
    }
    principal.variables = found
        .variables
        .iter()
        .filter(|(name, _)| caseless::fold(name).starts_with("request."))
        .map(|(name, value)| (intern(program, texts, name), intern(program, texts, value)))
        .collect();
    principal.variables.sort_unstable();
    principal
}

/// A resource the model does not have.
fn outsider(
    program: &Program,
    texts: &mut Texts,
    kind: &str,
    id: Option<&str>,
    home: TenancyId,
    compartment: Known<CompartmentId>,
) -> Principal {
    let place = match &compartment {
        Known::Present(compartment) => {
            program.tenancies().compartment(*compartment).and_then(|compartment| compartment.id.as_ref())
        }
        Known::Unknown | Known::Absent => None,
    };
    // Nothing is known of its tags; one that is yet to be created has none.
    let tags: Option<&[(String, String)]> = if id.is_some() { None } else { Some(&[]) };
    let facts = Facts { id: id.unwrap_or_default(), kind, compartment: place.map(Ocid::as_str), tags };
    let groups = program.memberships.rules.groups_of(&program.world, home, &facts).into_boxed_slice();
    let mut principal = in_dynamic_groups(program, texts, kind, home, compartment, groups);
    principal.label = match id {
        Some(id) => format!("{kind} `{id}`"),
        None => format!("a {kind} yet to be created"),
    };
    principal.id = id.map_or(Known::Absent, |id| Known::Present(intern(program, texts, id)));
    principal
}

fn in_dynamic_groups(
    program: &Program,
    texts: &mut Texts,
    kind: &str,
    home: TenancyId,
    compartment: Known<CompartmentId>,
    dynamic_groups: Box<[(DynamicGroupId, Truth)]>,
) -> Principal {
    let instance = caseless::equal(kind, "instance");
    let kind_of = if instance { PrincipalKind::Instance } else { PrincipalKind::Resource };
    let mut principal = blank(texts, program, kind_of);
    principal.tenancy = home;
    principal.kind_text = intern(program, texts, kind);
    principal.subjects =
        dynamic_groups.iter().map(|&(group, member)| (Subject::DynamicGroup(group), member)).collect();
    let texts_of = |group: DynamicGroupId| {
        program.world.dynamic_group_texts.get(group.index()).copied().unwrap_or_default()
    };
    let all_known = program.tenancies().knows(home, Aspect::DynamicGroups);
    let listed = all_known.then_some(&*dynamic_groups);
    principal.group_ids = list(listed, |group| texts_of(group).0);
    principal.group_names = list(listed, |group| texts_of(group).1);
    principal.group_tags = group_tags(listed, |group| {
        let group = program.tenancies().dynamic_group(group);
        tag_texts(program, texts, group.map(|group| group.tags.as_slice()).unwrap_or_default())
    });
    principal.compartment_tags = compartment_tags(program, texts, &compartment);
    principal.compartment = compartment;
    principal.dynamic_groups = dynamic_groups;
    principal
}

fn service(texts: &mut Texts, program: &Program, name: &str, home: TenancyId) -> Principal {
    let mut principal = blank(texts, program, PrincipalKind::Service);
    let text = intern(program, texts, name);
    principal.label = format!("service `{name}`");
    principal.tenancy = home;
    principal.id = Known::Absent;
    principal.name = Some(text);
    principal.compartment = Known::Absent;
    principal.subjects = Box::new([(Subject::Service(ServiceName(text)), Truth::True)]);
    principal
}

fn workload(
    program: &Program,
    texts: &mut Texts,
    cluster: &str,
    namespace: &str,
    service_account: &str,
) -> Result<Principal, AskError> {
    let found = program.world.resource(cluster).and_then(|id| program.tenancies().resource(id));
    let Some(found) = found else {
        return Err(AskError::UnknownPrincipal { name: cluster.to_owned(), near: None });
    };
    let mut principal = blank(texts, program, PrincipalKind::Workload);
    principal.label = format!("workload `{namespace}/{service_account}` of cluster `{cluster}`");
    principal.tenancy = program.world.tenancy_of(found.compartment).unwrap_or(TenancyId(0));
    principal.id = Known::Absent;
    principal.compartment = Known::Absent;
    let own = [
        ("request.principal.namespace", namespace),
        ("request.principal.service_account", service_account),
        ("request.principal.cluster_id", found.id.as_str()),
    ];
    principal.variables = own
        .iter()
        .map(|(name, value)| (intern(program, texts, name), intern(program, texts, value)))
        .collect();
    principal.variables.sort_unstable();
    Ok(principal)
}

fn blank(texts: &mut Texts, program: &Program, kind: PrincipalKind) -> Principal {
    Principal {
        kind,
        label: String::new(),
        tenancy: TenancyId(0),
        user: None,
        resource: None,
        id: Known::Absent,
        kind_text: intern(program, texts, kind.as_str()),
        compartment: Known::Unknown,
        name: None,
        domain: None,
        groups: Box::default(),
        dynamic_groups: Box::default(),
        subjects: Box::default(),
        group_ids: Known::Absent,
        group_names: Known::Absent,
        group_tags: Known::Present(Vec::new()),
        compartment_tags: Vec::new(),
        variables: Vec::new(),
    }
}

/// What a principal belongs to, where that is certain.
fn certain<Id>(groups: Option<&[(Id, Truth)]>) -> Option<&[(Id, Truth)]> {
    groups.filter(|groups| groups.iter().all(|(_, member)| member.is_true()))
}

/// The texts of what a principal belongs to: absent where it belongs to nothing, unknown where that is not certain or
/// the model lacks one of them.
fn list<Id: Copy>(
    groups: Option<&[(Id, Truth)]>,
    text: impl Fn(Id) -> Option<TextId>,
) -> Known<Box<[TextId]>> {
    let Some(groups) = certain(groups) else { return Known::Unknown };
    let texts: Option<Box<[TextId]>> = groups.iter().map(|&(group, _)| text(group)).collect();
    match texts {
        None => Known::Unknown,
        Some(texts) if texts.is_empty() => Known::Absent,
        Some(texts) => Known::Present(texts),
    }
}

/// The tags of what a principal belongs to, unknown where that is not certain.
fn group_tags<Id: Copy>(
    groups: Option<&[(Id, Truth)]>,
    tags: impl FnMut(Id) -> Vec<(TextId, TextId)>,
) -> Known<Vec<(TextId, TextId)>> {
    let Some(groups) = certain(groups) else { return Known::Unknown };
    Known::Present(groups.iter().map(|&(group, _)| group).flat_map(tags).collect())
}

fn compartment_tags(
    program: &Program,
    texts: &mut Texts,
    compartment: &Known<CompartmentId>,
) -> Vec<(TextId, TextId)> {
    let Known::Present(compartment) = compartment else { return Vec::new() };
    let tags = program.tenancies().compartment(*compartment).map(|c| c.tags.as_slice()).unwrap_or_default();
    tag_texts(program, texts, tags)
}

pub(super) fn tag_texts(
    program: &Program,
    texts: &mut Texts,
    tags: &[(String, String)],
) -> Vec<(TextId, TextId)> {
    tags.iter().map(|(name, value)| (intern(program, texts, name), intern(program, texts, value))).collect()
}
