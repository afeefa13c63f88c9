//! The model's names in hash maps, and the names that statements add where the model is open.

use rustc_hash::FxHashMap;

use crate::caseless;
use crate::ocid::Ocid;
use crate::tenancy::{
    Aspect, Compartment, CompartmentId, DEFAULT_DOMAIN, DynamicGroup, DynamicGroupId, Group, GroupId,
    Tenancies, TenancyId,
};

type Named<Id> = FxHashMap<(TenancyId, String, String), Id>;

/// The model being bound against.
pub(super) struct Directory {
    model: Tenancies,
    tenancies: FxHashMap<String, TenancyId>,
    /// Tenancies without an OCID: those with a name, and those without.
    open: [Vec<TenancyId>; 2],
    groups: Named<GroupId>,
    group_ids: FxHashMap<String, GroupId>,
    dynamic_groups: Named<DynamicGroupId>,
    dynamic_group_ids: FxHashMap<String, DynamicGroupId>,
    /// Groups that only statements name, by OCID. Each tenancy has its own: an OCID that nobody knows may be a group of
    /// the one that does not tell its groups, and of the one that does it is none.
    named_group_ids: FxHashMap<(TenancyId, String), GroupId>,
    named_dynamic_group_ids: FxHashMap<(TenancyId, String), DynamicGroupId>,
}

impl Directory {
    pub(super) fn new(model: &Tenancies) -> Self {
        let model = model.without_policies();
        let fold = |id: &Option<Ocid>| id.as_ref().map(|id| caseless::fold(id.as_str()));
        let mut tenancies = FxHashMap::default();
        let (mut named, mut nameless) = (Vec::new(), Vec::new());
        for (id, tenancy) in model.tenancies() {
            match fold(&tenancy.id) {
                Some(ocid) => drop(tenancies.insert(ocid, id)),
                None if tenancy.name.is_empty() => nameless.push(id),
                None => named.push(id),
            }
        }
        let key = |tenancy, domain: &str, name: &str| (tenancy, caseless::fold(domain), caseless::fold(name));
        let (mut groups, mut group_ids) = (FxHashMap::default(), FxHashMap::default());
        for (id, group) in model.groups() {
            groups.extend(group.name.as_ref().map(|name| (key(group.tenancy, &group.domain, name), id)));
            group_ids.extend(fold(&group.id).map(|ocid| (ocid, id)));
        }
        let (mut dynamic_groups, mut dynamic_group_ids) = (FxHashMap::default(), FxHashMap::default());
        for (id, group) in model.dynamic_groups() {
            dynamic_groups
                .extend(group.name.as_ref().map(|name| (key(group.tenancy, &group.domain, name), id)));
            dynamic_group_ids.extend(fold(&group.id).map(|ocid| (ocid, id)));
        }
        Self {
            model,
            tenancies,
            open: [named, nameless],
            groups,
            group_ids,
            dynamic_groups,
            dynamic_group_ids,
            named_group_ids: FxHashMap::default(),
            named_dynamic_group_ids: FxHashMap::default(),
        }
    }

    pub(super) fn into_model(self) -> Tenancies {
        self.model
    }

    pub(super) const fn model(&self) -> &Tenancies {
        &self.model
    }

    pub(super) fn tenancy_of(&self, compartment: CompartmentId) -> TenancyId {
        self.model.compartment(compartment).map_or(TenancyId(0), |compartment| compartment.tenancy)
    }

    pub(super) fn root(&self, tenancy: TenancyId) -> CompartmentId {
        self.model.root(tenancy)
    }

    pub(super) fn is_root(&self, compartment: CompartmentId) -> bool {
        self.model.compartment(compartment).is_some_and(|compartment| compartment.parent.is_none())
    }

    /// Whether deny statements count; a tenancy nothing is known of may have enabled them.
    pub(super) fn deny_enabled(&self, tenancy: TenancyId) -> bool {
        self.model.tenancy(tenancy).is_some_and(|tenancy| tenancy.deny_policies)
            || !self.model.knows(tenancy, Aspect::Policies)
    }

    pub(super) fn has_domain(&self, tenancy: TenancyId, domain: &str) -> bool {
        caseless::equal(domain, DEFAULT_DOMAIN)
            || self.model.tenancy(tenancy).is_some_and(|tenancy| {
                tenancy.domains.iter().any(|known| caseless::equal(known, domain))
                    || tenancy.not_known.contains(&Aspect::Groups)
            })
    }

    pub(super) fn group(&self, tenancy: TenancyId, domain: &str, name: &str) -> Option<GroupId> {
        let id = *self.groups.get(&(tenancy, caseless::fold(domain), caseless::fold(name)))?;
        self.stands(id).then_some(id)
    }

    /// The group of an OCID, as statements of a tenancy mean it.
    pub(super) fn group_by_id(&self, tenancy: TenancyId, ocid: &str) -> Option<GroupId> {
        let ocid = caseless::fold(ocid);
        let named = || self.named_group_ids.get(&(tenancy, ocid.clone()));
        let id = *self.group_ids.get(&ocid).or_else(named)?;
        self.stands(id).then_some(id)
    }

    fn stands(&self, id: GroupId) -> bool {
        let group = self.model.group(id);
        group.is_some_and(|group| group.known || !self.model.knows(group.tenancy, Aspect::Groups))
    }

    pub(super) fn dynamic_group(
        &self,
        tenancy: TenancyId,
        domain: &str,
        name: &str,
    ) -> Option<DynamicGroupId> {
        let id = *self.dynamic_groups.get(&(tenancy, caseless::fold(domain), caseless::fold(name)))?;
        self.stands_dynamic(id).then_some(id)
    }

    /// The dynamic group of an OCID, as statements of a tenancy mean it.
    pub(super) fn dynamic_group_by_id(&self, tenancy: TenancyId, ocid: &str) -> Option<DynamicGroupId> {
        let ocid = caseless::fold(ocid);
        let named = || self.named_dynamic_group_ids.get(&(tenancy, ocid.clone()));
        let id = *self.dynamic_group_ids.get(&ocid).or_else(named)?;
        self.stands_dynamic(id).then_some(id)
    }

    fn stands_dynamic(&self, id: DynamicGroupId) -> bool {
        let group = self.model.dynamic_group(id);
        group.is_some_and(|group| group.known || !self.model.knows(group.tenancy, Aspect::DynamicGroups))
    }

    pub(super) fn compartment_by_id(&self, ocid: &str) -> Option<CompartmentId> {
        self.model.find_compartment(ocid)
    }

    pub(super) fn child(&self, parent: CompartmentId, name: &str) -> Option<CompartmentId> {
        self.model.child(parent, name)
    }

    /// Whether a compartment is one that only a statement names.
    pub(super) fn is_invented(&self, compartment: CompartmentId) -> bool {
        self.model.compartment(compartment).is_some_and(|compartment| !compartment.known)
    }

    /// Whether one compartment is another or inside it.
    pub(super) fn inside(&self, compartment: CompartmentId, outer: CompartmentId) -> bool {
        self.model.ancestors(compartment).any(|ancestor| ancestor == outer)
    }

    pub(super) fn tenancy_by_id(&self, ocid: &str) -> Option<TenancyId> {
        self.tenancies.get(&caseless::fold(ocid)).copied()
    }

    /// The tenancy an alias stands for, made where the model has none. With exactly one other tenancy whose OCID
    /// nobody wrote down, an alias for an unknown OCID is taken to mean that one; a tenancy without a name is meant only
    /// where no other is left.
    pub(super) fn partner(&mut self, own: TenancyId, alias: &str, ocid: &str) -> TenancyId {
        if let Some(known) = self.tenancy_by_id(ocid) {
            return known;
        }
        for open in &self.open {
            let mut others = open.iter().copied().filter(|&id| id != own);
            match (others.next(), others.next()) {
                (Some(only), None) => return only,
                (Some(_), Some(_)) => break,
                (None, _) => {}
            }
        }
        let parsed = Ocid::parse(ocid).ok();
        let is_open = parsed.is_none();
        let id = self.model.add_open_tenancy(alias, parsed);
        let [named, nameless] = &mut self.open;
        if is_open {
            if alias.is_empty() { nameless.push(id) } else { named.push(id) }
        }
        self.tenancies.insert(caseless::fold(ocid), id);
        id
    }

    /// A group the model does not know, by name.
    pub(super) fn add_group(&mut self, tenancy: TenancyId, domain: &str, name: &str) -> GroupId {
        let (id, groups) = (GroupId::at(self.model.groups.len()), &mut self.model.groups);
        *self.groups.entry((tenancy, caseless::fold(domain), caseless::fold(name))).or_insert_with(|| {
            groups.push(unknown_group(tenancy, domain, Some(name), None));
            id
        })
    }

    /// A group the model does not know, by OCID.
    pub(super) fn add_group_id(&mut self, tenancy: TenancyId, ocid: &str) -> GroupId {
        let (id, groups) = (GroupId::at(self.model.groups.len()), &mut self.model.groups);
        *self.named_group_ids.entry((tenancy, caseless::fold(ocid))).or_insert_with(|| {
            groups.push(unknown_group(tenancy, DEFAULT_DOMAIN, None, Ocid::parse(ocid).ok()));
            id
        })
    }

    /// A dynamic group the model does not know, by name.
    pub(super) fn add_dynamic_group(
        &mut self,
        tenancy: TenancyId,
        domain: &str,
        name: &str,
    ) -> DynamicGroupId {
        let (id, groups) =
            (DynamicGroupId::at(self.model.dynamic_groups.len()), &mut self.model.dynamic_groups);
        *self.dynamic_groups.entry((tenancy, caseless::fold(domain), caseless::fold(name))).or_insert_with(
            || {
                groups.push(unknown_dynamic_group(tenancy, domain, Some(name), None));
                id
            },
        )
    }

    /// A dynamic group the model does not know, by OCID.
    pub(super) fn add_dynamic_group_id(&mut self, tenancy: TenancyId, ocid: &str) -> DynamicGroupId {
        let (id, groups) =
            (DynamicGroupId::at(self.model.dynamic_groups.len()), &mut self.model.dynamic_groups);
        *self.named_dynamic_group_ids.entry((tenancy, caseless::fold(ocid))).or_insert_with(|| {
            groups.push(unknown_dynamic_group(tenancy, DEFAULT_DOMAIN, None, Ocid::parse(ocid).ok()));
            id
        })
    }

    /// A compartment the model does not know.
    pub(super) fn add_compartment(
        &mut self,
        parent: CompartmentId,
        name: &str,
        ocid: Option<Ocid>,
    ) -> CompartmentId {
        if let Some(made) = self.model.child_or_invented(parent, name) {
            return made;
        }
        let tenancy = self.tenancy_of(parent);
        self.model.push_compartment(Compartment {
            id: ocid,
            name: name.to_owned(),
            tenancy,
            parent: Some(parent),
            tags: Vec::new(),
            known: false,
        })
    }
}

fn unknown_group(tenancy: TenancyId, domain: &str, name: Option<&str>, id: Option<Ocid>) -> Group {
    Group {
        id,
        name: name.map(str::to_owned),
        tenancy,
        domain: domain.to_owned(),
        members: Vec::new(),
        tags: Vec::new(),
        default_administrators: false,
        known: false,
    }
}

fn unknown_dynamic_group(
    tenancy: TenancyId,
    domain: &str,
    name: Option<&str>,
    id: Option<Ocid>,
) -> DynamicGroup {
    DynamicGroup {
        id,
        name: name.map(str::to_owned),
        tenancy,
        domain: domain.to_owned(),
        rule: None,
        fault: None,
        tags: Vec::new(),
        known: false,
        place: None,
    }
}
