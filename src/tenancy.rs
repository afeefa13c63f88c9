//! The world a policy is read in: tenancies with their compartments, people, groups, resources and policies.
//!
//! A model says what it knows: an [`Aspect`] a tenancy does not know is never taken for empty.
//!
//! # Source
//! The object model of Oracle IAM: "Working with Compartments", "Managing Groups", "Managing Dynamic Groups".

mod index;
mod network;
mod read;

pub use network::{Address, NetworkSource, Range};
pub use read::{DANGLING, DUPLICATE, Open, UNREADABLE, read, read_at, read_file, read_policies};

use std::collections::BTreeSet;

use crate::caseless;
use crate::diagnostic::Diagnostic;
use crate::ocid::Ocid;
use crate::source::{Place, Spanned};
use crate::syntax::{MatchingRule, Policy, Reading};
use index::Index;

macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $name:ident($repr:ty);)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) $repr);

        impl $name {
            /// The position among its kind.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }

            pub(crate) fn at(index: usize) -> Self {
                // Invariant: sources are at most 4 GiB long, so there are fewer things than that.
                Self(<$repr>::try_from(index).unwrap_or(<$repr>::MAX))
            }
        }
    )+};
}

ids! {
    /// Names a tenancy of a [`Tenancies`].
    TenancyId(u32);
    /// Names a compartment; the root compartment of a tenancy is one too.
    CompartmentId(u32);
    /// Names a user.
    UserId(u32);
    /// Names a group.
    GroupId(u32);
    /// Names a dynamic group.
    DynamicGroupId(u32);
    /// Names a resource.
    ResourceId(u32);
}

/// One or more tenancies with all that is in them.
#[derive(Debug, Clone, Default)]
pub struct Tenancies {
    pub(crate) tenancies: Vec<Tenancy>,
    pub(crate) compartments: Vec<Compartment>,
    pub(crate) users: Vec<User>,
    pub(crate) groups: Vec<Group>,
    pub(crate) dynamic_groups: Vec<DynamicGroup>,
    pub(crate) resources: Vec<Resource>,
    pub(crate) network_sources: Vec<NetworkSource>,
    pub(crate) policies: Vec<AttachedPolicy>,
    index: Index,
}

/// A tenancy.
#[derive(Debug, Clone)]
pub struct Tenancy {
    /// Its OCID; `None` where only its name is known.
    pub id: Option<Ocid>,
    /// Its display name.
    pub name: String,
    /// The three-letter key of its home region.
    pub home_region: Option<String>,
    /// Region keys it is subscribed to; `None` where that is not known.
    pub regions: Option<Vec<String>>,
    /// Whether the opt-in feature of deny policies is on.
    pub deny_policies: bool,
    /// Its root compartment.
    pub root: CompartmentId,
    /// Names of its identity domains beside `Default`.
    pub domains: Vec<String>,
    /// `NAMESPACE.KEY` of its defined tags; `None` where they are not known.
    pub tag_keys: Option<Vec<String>>,
    /// What the model does not know of it.
    pub not_known: BTreeSet<Aspect>,
    /// Where it was written; `None` for one made by a program.
    pub place: Option<Place>,
}

/// A part of a tenancy that a model may know or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// Its compartments.
    Compartments,
    /// Its users.
    Users,
    /// Its groups.
    Groups,
    /// Who is in which group.
    Memberships,
    /// Its dynamic groups.
    DynamicGroups,
    /// Its policies.
    Policies,
    /// Its resources.
    Resources,
}

impl Aspect {
    /// Every aspect with the word files use.
    pub const ALL: [(&'static str, Self); 7] = [
        ("compartments", Self::Compartments),
        ("users", Self::Users),
        ("groups", Self::Groups),
        ("memberships", Self::Memberships),
        ("dynamic-groups", Self::DynamicGroups),
        ("policies", Self::Policies),
        ("resources", Self::Resources),
    ];
}

/// Tag values by `NAMESPACE.KEY`.
pub type Tags = Vec<(String, String)>;

/// A compartment.
#[derive(Debug, Clone)]
pub struct Compartment {
    /// Its OCID; the tenancy's for the root. `None` where only its name is known.
    pub id: Option<Ocid>,
    /// Its name; the tenancy's for the root.
    pub name: String,
    /// The tenancy it is in.
    pub tenancy: TenancyId,
    /// The compartment it is in; `None` for the root.
    pub parent: Option<CompartmentId>,
    /// Its defined tags.
    pub tags: Tags,
    /// Whether the model knows the compartment. Places that statements name in a tenancy whose compartments are not
    /// known make compartments the model does not know.
    pub known: bool,
}

/// A user.
#[derive(Debug, Clone)]
pub struct User {
    /// Their OCID.
    pub id: Ocid,
    /// Their name.
    pub name: String,
    /// Their tenancy.
    pub tenancy: TenancyId,
    /// Their identity domain.
    pub domain: String,
}

/// A group of users.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its OCID; `None` where only its name is known.
    pub id: Option<Ocid>,
    /// Its name; `None` where only its OCID is known.
    pub name: Option<String>,
    /// Its tenancy.
    pub tenancy: TenancyId,
    /// Its identity domain.
    pub domain: String,
    /// Its members.
    pub members: Vec<UserId>,
    /// Its defined tags.
    pub tags: Tags,
    /// Whether it is the default Administrators group of its tenancy, which no deny binds.
    pub default_administrators: bool,
    /// Whether the model knows the group. Names that statements use of a tenancy whose groups are not known make
    /// groups the model does not know.
    pub known: bool,
}

/// A dynamic group: resources chosen by a rule.
#[derive(Debug, Clone)]
pub struct DynamicGroup {
    /// Its OCID; `None` where only its name is known.
    pub id: Option<Ocid>,
    /// Its name; `None` where only its OCID is known.
    pub name: Option<String>,
    /// Its tenancy.
    pub tenancy: TenancyId,
    /// Its identity domain.
    pub domain: String,
    /// Its rule; `None` where the model does not know it.
    pub rule: Option<(Spanned<MatchingRule>, Reading)>,
    /// What the strict language does not have in the text of its rule; `None` where the rule is accepted as it stands.
    pub fault: Option<Diagnostic>,
    /// Its defined tags.
    pub tags: Tags,
    /// Whether the model knows the group.
    pub known: bool,
    /// Where its rule was written.
    pub place: Option<Place>,
}

impl DynamicGroup {
    /// Whether it has a rule that does not count, because it is read less faithfully than is accepted. The service does
    /// not save such a rule, so that nobody knows whom the group picks.
    #[must_use]
    pub fn is_unread(&self, accepted: Reading) -> bool {
        self.rule.as_ref().is_some_and(|(_, reading)| *reading > accepted)
    }
}

/// A resource that may be asked for, may ask, or both.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its OCID.
    pub id: Ocid,
    /// Its name; `None` where it has none or it is not known.
    pub name: Option<String>,
    /// Its type as in its OCID (`cluster`, `key`), or as the model says.
    pub kind: String,
    /// The compartment it is in.
    pub compartment: CompartmentId,
    /// The resource it belongs to: the vault of a key, the bucket of an object.
    pub parent: Option<ResourceId>,
    /// Its defined tags: exactly these.
    pub tags: Tags,
    /// Values of condition variables that concern it: `target.…` when it is asked for, `request.…` when it asks.
    pub variables: Vec<(String, String)>,
}

/// A policy with the compartment it is attached to.
#[derive(Debug, Clone)]
pub struct AttachedPolicy {
    /// Its name.
    pub name: String,
    /// Its OCID, where known.
    pub id: Option<Ocid>,
    /// Where it is attached.
    pub attachment: CompartmentId,
    /// What it says.
    pub policy: Policy,
}

/// The identity domain a name without a domain belongs to.
pub const DEFAULT_DOMAIN: &str = "Default";

macro_rules! lookups {
    ($($(#[doc = $doc:literal])+ $one:ident, $all:ident: $id:ident => $thing:ident;)+) => {$(
        $(#[doc = $doc])+
        #[must_use]
        pub fn $one(&self, id: $id) -> Option<&$thing> {
            self.$all.get(id.index())
        }

        /// All of that kind, in the order of the model.
        pub fn $all(&self) -> impl Iterator<Item = ($id, &$thing)> + Clone {
            self.$all.iter().enumerate().map(|(index, thing)| ($id::at(index), thing))
        }
    )+};
}

impl Tenancies {
    lookups! {
        /// The tenancy with this id; `None` for an id of another model.
        tenancy, tenancies: TenancyId => Tenancy;
        /// The compartment with this id; `None` for an id of another model.
        compartment, compartments: CompartmentId => Compartment;
        /// The user with this id; `None` for an id of another model.
        user, users: UserId => User;
        /// The group with this id; `None` for an id of another model.
        group, groups: GroupId => Group;
        /// The dynamic group with this id; `None` for an id of another model.
        dynamic_group, dynamic_groups: DynamicGroupId => DynamicGroup;
        /// The resource with this id; `None` for an id of another model.
        resource, resources: ResourceId => Resource;
    }

    /// The network sources of all tenancies.
    #[must_use]
    pub fn network_sources(&self) -> &[NetworkSource] {
        &self.network_sources
    }

    /// The policies of all tenancies.
    #[must_use]
    pub fn policies(&self) -> &[AttachedPolicy] {
        &self.policies
    }

    /// Attaches one more policy.
    pub fn attach(&mut self, policy: AttachedPolicy) {
        self.policies.push(policy);
    }

    /// A copy without the policies.
    pub(crate) fn without_policies(&self) -> Self {
        Self {
            tenancies: self.tenancies.clone(),
            compartments: self.compartments.clone(),
            users: self.users.clone(),
            groups: self.groups.clone(),
            dynamic_groups: self.dynamic_groups.clone(),
            resources: self.resources.clone(),
            network_sources: self.network_sources.clone(),
            policies: Vec::new(),
            index: self.index.clone(),
        }
    }

    /// Takes away every policy of this name in a tenancy; gives how many there were.
    pub fn detach(&mut self, tenancy: TenancyId, name: &str) -> usize {
        let before = self.policies.len();
        let compartments = &self.compartments;
        self.policies.retain(|policy| {
            let home = compartments.get(policy.attachment.index()).map(|compartment| compartment.tenancy);
            home != Some(tenancy) || !caseless::equal(&policy.name, name)
        });
        before - self.policies.len()
    }

    /// Gives a dynamic group another rule; `fault` is what the strict language does not have in it, `place` where it was
    /// written.
    pub fn set_matching_rule(
        &mut self,
        group: DynamicGroupId,
        rule: (Spanned<MatchingRule>, Reading),
        fault: Option<Diagnostic>,
        place: Place,
    ) {
        if let Some(group) = self.dynamic_groups.get_mut(group.index()) {
            (group.rule, group.fault, group.place) = (Some(rule), fault, Some(place));
        }
    }

    /// Adds a tenancy of which nothing is known but its name, and its OCID where somebody wrote it down.
    pub fn add_open_tenancy(&mut self, name: &str, id: Option<Ocid>) -> TenancyId {
        let tenancy = self.push_tenancy(Tenancy {
            id: id.clone(),
            name: name.to_owned(),
            home_region: None,
            regions: None,
            deny_policies: false,
            root: CompartmentId::at(self.compartments.len()),
            domains: Vec::new(),
            tag_keys: None,
            not_known: Aspect::ALL.iter().map(|(_, aspect)| *aspect).collect(),
            place: None,
        });
        let (name, tags) = (name.to_owned(), Vec::new());
        self.push_compartment(Compartment { id, name, tenancy, parent: None, tags, known: true });
        tenancy
    }

    /// Adds a tenancy, whose root compartment is added next.
    pub(crate) fn push_tenancy(&mut self, tenancy: Tenancy) -> TenancyId {
        let id = TenancyId::at(self.tenancies.len());
        self.index.add_tenancy(id, &tenancy.name);
        if let Some(ocid) = &tenancy.id {
            self.index.add_tenancy_id(id, ocid);
        }
        self.tenancies.push(tenancy);
        id
    }

    /// Adds a compartment.
    pub(crate) fn push_compartment(&mut self, compartment: Compartment) -> CompartmentId {
        let id = CompartmentId::at(self.compartments.len());
        self.index.add_compartment(id, &compartment);
        self.compartments.push(compartment);
        id
    }

    /// Gives a tenancy the OCID it lacked.
    pub(crate) fn name_tenancy(&mut self, tenancy: TenancyId, id: Ocid) {
        let Some(named) = self.tenancies.get_mut(tenancy.index()) else { return };
        self.index.add_tenancy_id(tenancy, &id);
        self.index.add_root_id(named.root, &id);
        named.id = Some(id.clone());
        if let Some(root) = self.compartments.get_mut(named.root.index()) {
            root.id = Some(id);
        }
    }

    /// Adds a compartment of which nothing is known but its name and place.
    pub(crate) fn add_compartment(&mut self, parent: CompartmentId, name: &str) -> CompartmentId {
        let tenancy = self.compartment(parent).map_or(TenancyId(0), |parent| parent.tenancy);
        let (name, tags) = (name.to_owned(), Vec::new());
        self.push_compartment(Compartment {
            id: None,
            name,
            tenancy,
            parent: Some(parent),
            tags,
            known: false,
        })
    }

    /// The root compartment of a tenancy.
    #[must_use]
    pub fn root(&self, tenancy: TenancyId) -> CompartmentId {
        self.tenancy(tenancy).map_or(CompartmentId(0), |tenancy| tenancy.root)
    }

    /// Adds a resource.
    pub fn add_resource(&mut self, resource: Resource) -> ResourceId {
        self.resources.push(resource);
        ResourceId::at(self.resources.len() - 1)
    }

    /// The tenancy with this OCID or, failing that, this display name. Of several with one name the first counts.
    #[must_use]
    pub fn find_tenancy(&self, name: &str) -> Option<TenancyId> {
        self.index.tenancy(name)
    }

    /// The tenancy with this OCID.
    pub(crate) fn tenancy_by_id(&self, ocid: &str) -> Option<TenancyId> {
        self.index.tenancy_by_id(ocid)
    }

    /// The compartment with this OCID, the root of a tenancy included.
    #[must_use]
    pub fn find_compartment(&self, ocid: &str) -> Option<CompartmentId> {
        self.index.compartment(ocid).filter(|&id| self.stands_at(id))
    }

    /// The compartment at a path of names from the root of a tenancy; the root for an empty path.
    #[must_use]
    pub fn compartment_at(&self, tenancy: TenancyId, path: &[&str]) -> Option<CompartmentId> {
        let root = self.tenancy(tenancy)?.root;
        path.iter().try_fold(root, |parent, name| self.child(parent, name))
    }

    /// The compartment of this name directly inside another.
    #[must_use]
    pub fn child(&self, parent: CompartmentId, name: &str) -> Option<CompartmentId> {
        self.index.child(parent, name).filter(|&id| self.stands_at(id))
    }

    /// The compartments directly inside another.
    pub fn children(&self, parent: CompartmentId) -> impl Iterator<Item = (CompartmentId, &Compartment)> {
        let inside = self.index.inside(parent).iter();
        inside
            .filter_map(|&id| Some((id, self.compartment(id)?)))
            .filter(|(_, compartment)| self.stands(compartment))
    }

    /// The compartment of this name directly inside another, also where only a statement names it.
    pub(crate) fn child_or_invented(&self, parent: CompartmentId, name: &str) -> Option<CompartmentId> {
        self.index.child(parent, name)
    }

    fn stands_at(&self, id: CompartmentId) -> bool {
        self.compartment(id).is_some_and(|compartment| self.stands(compartment))
    }

    /// Whether there is or may be such a compartment: not where a statement alone names it and all are known.
    pub(crate) fn stands(&self, compartment: &Compartment) -> bool {
        compartment.known || !self.knows(compartment.tenancy, Aspect::Compartments)
    }

    /// A compartment and all it is in, up to the root.
    pub fn ancestors(&self, compartment: CompartmentId) -> impl Iterator<Item = CompartmentId> {
        std::iter::successors(Some(compartment), |&id| self.compartment(id)?.parent)
    }

    /// A compartment's names from below the root, joined by `:`; the tenancy's name for the root.
    #[must_use]
    pub fn path(&self, compartment: CompartmentId) -> String {
        let mut names: Vec<&str> = self
            .ancestors(compartment)
            .filter_map(|id| self.compartment(id))
            .map(|c| c.name.as_str())
            .collect();
        if names.len() > 1 {
            names.pop();
        }
        names.reverse();
        names.join(":")
    }

    /// The resource with this OCID or, failing that, this name.
    #[must_use]
    pub fn find_resource(&self, name: &str) -> Option<ResourceId> {
        let named =
            |resource: &Resource| resource.name.as_deref().is_some_and(|known| caseless::equal(known, name));
        self.resources()
            .find(|(_, resource)| caseless::equal(resource.id.as_str(), name))
            .or_else(|| self.resources().find(|(_, resource)| named(resource)))
            .map(|(id, _)| id)
    }

    /// The user with this OCID or, failing that, this name.
    #[must_use]
    pub fn find_user(&self, name: &str) -> Option<UserId> {
        self.users()
            .find(|(_, user)| caseless::equal(user.id.as_str(), name))
            .or_else(|| self.users().find(|(_, user)| caseless::equal(&user.name, name)))
            .map(|(id, _)| id)
    }

    /// Whether a tenancy's model claims to know an aspect of it.
    #[must_use]
    pub fn knows(&self, tenancy: TenancyId, aspect: Aspect) -> bool {
        self.tenancy(tenancy).is_some_and(|tenancy| !tenancy.not_known.contains(&aspect))
    }
}

/// The compartment an attachment names; `None` where the model does not have it.
#[must_use]
pub fn place(model: &Tenancies, attachment: &crate::syntax::Attachment) -> Option<CompartmentId> {
    let tenancy = model.find_tenancy(&attachment.tenancy)?;
    let path: Vec<&str> = attachment.compartments.iter().map(String::as_str).collect();
    model.compartment_at(tenancy, &path)
}
