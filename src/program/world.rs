//! The tenancies with their compartments numbered so that "inside" is a comparison of numbers.

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::texts::{TextId, Texts};
use crate::tenancy::{CompartmentId, DynamicGroupId, GroupId, ResourceId, Tenancies, TenancyId, UserId};

/// The world of a program.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    /// The model, with what statements of open tenancies name added to it, without policies.
    pub(crate) model: Tenancies,
    /// By compartment: its number, and the number behind its last descendant.
    ranges: Vec<(u32, u32)>,
    /// OCID and name of things conditions compare with.
    pub(crate) compartment_texts: Vec<(Option<TextId>, TextId)>,
    pub(crate) group_texts: Vec<(Option<TextId>, Option<TextId>)>,
    pub(crate) dynamic_group_texts: Vec<(Option<TextId>, Option<TextId>)>,
    pub(crate) tenancy_texts: Vec<(Option<TextId>, TextId)>,
    /// Users and resources by folded OCID.
    users: FxHashMap<String, UserId>,
    resources: FxHashMap<String, ResourceId>,
    /// What has a name, by the hash of it, so that a question is as quick in a large model as in a small one.
    names: Vec<(u64, Called)>,
    /// The default Administrators group of each tenancy.
    administrators: FxHashMap<TenancyId, Vec<GroupId>>,
}

/// Something of the model that people call by a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Called {
    Resource(ResourceId),
    Group(GroupId),
    DynamicGroup(DynamicGroupId),
    User(UserId),
}

impl World {
    /// Numbers a model.
    pub(crate) fn new(model: Tenancies, texts: &mut Texts) -> Self {
        let mut children: Vec<Vec<CompartmentId>> = vec![Vec::new(); model.compartments.len()];
        let mut roots = Vec::new();
        for (id, compartment) in model.compartments() {
            match compartment.parent.and_then(|parent| children.get_mut(parent.index())) {
                Some(siblings) => siblings.push(id),
                None => roots.push(id),
            }
        }
        let mut ranges = vec![(0, 0); model.compartments.len()];
        let mut next = 0;
        // Each compartment is met twice: on the way down it gets its number, on the way up its end.
        let mut stack: Vec<(CompartmentId, bool)> =
            roots.into_iter().rev().map(|root| (root, false)).collect();
        while let Some((id, done)) = stack.pop() {
            let Some(range) = ranges.get_mut(id.index()) else { continue };
            if done {
                range.1 = next;
                continue;
            }
            range.0 = next;
            next += 1;
            stack.push((id, true));
            stack.extend(children.get(id.index()).into_iter().flatten().rev().map(|&child| (child, false)));
        }
        let mut administrators: FxHashMap<TenancyId, Vec<GroupId>> = FxHashMap::default();
        for (id, group) in model.groups().filter(|(_, group)| group.default_administrators) {
            administrators.entry(group.tenancy).or_default().push(id);
        }
        let mut ocid = |id: &Option<crate::ocid::Ocid>| id.as_ref().map(|id| texts.name(id.as_str()));
        let mut tenancy_ids = Vec::new();
        let mut compartment_ids = Vec::new();
        let mut group_ids = Vec::new();
        let mut dynamic_group_ids = Vec::new();
        tenancy_ids.extend(model.tenancies.iter().map(|tenancy| ocid(&tenancy.id)));
        compartment_ids.extend(model.compartments.iter().map(|compartment| ocid(&compartment.id)));
        group_ids.extend(model.groups.iter().map(|group| ocid(&group.id)));
        dynamic_group_ids.extend(model.dynamic_groups.iter().map(|group| ocid(&group.id)));
        let names = |texts: &mut Texts, name: Option<&str>| name.map(|name| texts.name(name));
        let group_names = model.groups.iter().map(|group| names(texts, group.name.as_deref()));
        let group_texts = group_ids.into_iter().zip(group_names).collect();
        let dynamic_group_names =
            model.dynamic_groups.iter().map(|group| names(texts, group.name.as_deref()));
        let dynamic_group_texts = dynamic_group_ids.into_iter().zip(dynamic_group_names).collect();
        let compartment_names = model.compartments.iter().map(|compartment| texts.name(&compartment.name));
        let compartment_texts = compartment_ids.into_iter().zip(compartment_names).collect();
        let tenancy_names = model.tenancies.iter().map(|tenancy| texts.name(&tenancy.name));
        let tenancy_texts = tenancy_ids.into_iter().zip(tenancy_names).collect();
        let fold = |id: &crate::ocid::Ocid| crate::caseless::fold(id.as_str());
        let users = model.users().map(|(id, user)| (fold(&user.id), id)).collect();
        let resources = model.resources().map(|(id, resource)| (fold(&resource.id), id)).collect();
        Self {
            users,
            resources,
            names: names_of(&model),
            model,
            ranges,
            compartment_texts,
            group_texts,
            dynamic_group_texts,
            tenancy_texts,
            administrators,
        }
    }

    /// The numbers of a compartment and everything below it: from the first, up to but not including the second.
    pub(crate) fn range(&self, compartment: CompartmentId) -> (u32, u32) {
        self.ranges.get(compartment.index()).copied().unwrap_or_default()
    }

    /// The user with this OCID or, failing that, this name.
    pub(crate) fn user(&self, name: &str) -> Option<UserId> {
        self.users.get(&crate::caseless::fold(name)).copied().or_else(|| {
            self.called(name).find_map(|called| match called {
                Called::User(id) => Some(id),
                Called::Resource(_) | Called::Group(_) | Called::DynamicGroup(_) => None,
            })
        })
    }

    /// The resource with this OCID.
    pub(crate) fn resource_by_id(&self, ocid: &str) -> Option<ResourceId> {
        self.resources.get(&crate::caseless::fold(ocid)).copied()
    }

    /// The resource with this OCID or, failing that, this name.
    pub(crate) fn resource(&self, name: &str) -> Option<ResourceId> {
        self.resource_by_id(name).or_else(|| {
            self.called(name).find_map(|called| match called {
                Called::Resource(id) => Some(id),
                Called::User(_) | Called::Group(_) | Called::DynamicGroup(_) => None,
            })
        })
    }

    /// What has this name or OCID, kind by kind, in the order of the model; a resource by its name only.
    pub(crate) fn called<'w>(&'w self, name: &'w str) -> impl Iterator<Item = Called> + 'w {
        let hash = hash(name);
        let first = self.names.partition_point(|(known, _)| *known < hash);
        let same = self.names.get(first..).unwrap_or_default().iter();
        let same = same.take_while(move |(known, _)| *known == hash).map(|(_, called)| *called);
        same.filter(move |&called| {
            let mut texts = texts_of(&self.model, called).into_iter().flatten();
            texts.any(|text| crate::caseless::equal(text, name))
        })
    }

    /// The tenancy a compartment is in.
    pub(crate) fn tenancy_of(&self, compartment: CompartmentId) -> Option<TenancyId> {
        self.model.compartment(compartment).map(|compartment| compartment.tenancy)
    }

    /// The default Administrators group of a tenancy; empty where the model has none.
    pub(crate) fn administrators(&self, tenancy: TenancyId) -> &[GroupId] {
        self.administrators.get(&tenancy).map_or(&[], Vec::as_slice)
    }
}

/// The name and the OCID by which something is found.
fn texts_of(model: &Tenancies, called: Called) -> [Option<&str>; 2] {
    match called {
        Called::Resource(id) => [model.resource(id).and_then(|resource| resource.name.as_deref()), None],
        Called::Group(id) => model
            .group(id)
            .map_or([None; 2], |group| [group.name.as_deref(), group.id.as_ref().map(|id| id.as_str())]),
        Called::DynamicGroup(id) => model
            .dynamic_group(id)
            .map_or([None; 2], |group| [group.name.as_deref(), group.id.as_ref().map(|id| id.as_str())]),
        Called::User(id) => {
            model.user(id).map_or([None; 2], |user| [Some(user.name.as_str()), Some(user.id.as_str())])
        }
    }
}

fn names_of(model: &Tenancies) -> Vec<(u64, Called)> {
    let all = model.resources().map(|(id, _)| Called::Resource(id));
    let all = all.chain(model.groups().map(|(id, _)| Called::Group(id)));
    let all = all.chain(model.dynamic_groups().map(|(id, _)| Called::DynamicGroup(id)));
    let all = all.chain(model.users().map(|(id, _)| Called::User(id)));
    let named = |called| texts_of(model, called).into_iter().flatten().map(move |text| (hash(text), called));
    let mut names: Vec<_> = all.flat_map(named).collect();
    names.sort_unstable();
    names.dedup();
    names.shrink_to_fit();
    names
}

fn hash(name: &str) -> u64 {
    FxBuildHasher.hash_one(crate::caseless::fold(name).as_str())
}
