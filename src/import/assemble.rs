//! Records put together: every thing into its tenancy and compartment, and what is not there said so.

use std::collections::{BTreeMap, BTreeSet};

use super::record::{Found, Record, kind_of};
use super::written::{
    Compartment, DynamicGroup, Group, Model, NetworkSource, Policy, Private, Resource, Tenancy, User,
};
use super::{Missing, NoModel};
use crate::catalog::Region;
use crate::ocid::Ocid;
use crate::tenancy::DEFAULT_DOMAIN;

/// The name of the group that administers a new tenancy, which can be neither renamed nor deleted.
///
/// # Source
/// Oracle IAM documentation, "The Administrators Group, Policy, and Administrator Roles", read 2026-09.
const ADMINISTRATORS: &str = "Administrators";

pub(super) struct Assembled {
    pub(super) model: Model,
    pub(super) missing: Vec<Missing>,
    pub(super) notes: Vec<String>,
}

pub(super) fn assemble(found: Found) -> Result<Assembled, NoModel> {
    let mut tenancies: BTreeSet<String> = found.tenancies.keys().cloned().collect();
    tenancies.extend(found.folders.values().flatten().cloned());
    if tenancies.is_empty() {
        return Err(NoModel::NoTenancy);
    }
    let only = if tenancies.len() == 1 { tenancies.first().cloned() } else { None };
    let mut assembly = Assembly { found: &found, only, missing: Vec::new(), notes: Vec::new() };
    let mut written = tenancies.iter().map(|id| assembly.tenancy(id)).collect::<Vec<Tenancy>>();
    written.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    assembly.left_out(&tenancies);
    assembly.missing.sort_by(|a, b| a.tenancy.cmp(&b.tenancy));
    Ok(Assembled { model: Model { tenancies: written }, missing: assembly.missing, notes: assembly.notes })
}

struct Assembly<'f> {
    found: &'f Found,
    /// The tenancy, where there is one only.
    only: Option<String>,
    missing: Vec<Missing>,
    notes: Vec<String>,
}

impl<'f> Assembly<'f> {
    fn tenancy(&mut self, id: &str) -> Tenancy {
        let found = self.found;
        let root = found.tenancies.get(id);
        let name = root.and_then(|root| root.name.clone());
        let name = name.unwrap_or_else(|| {
            let unique = id.rsplit('.').next().unwrap_or_default();
            let start: String = unique.chars().skip(unique.chars().count().saturating_sub(8)).collect();
            format!("tenancy-{start}")
        });
        let mut regions: Vec<&super::record::Region> = found
            .regions
            .iter()
            .filter(|region| self.tenancy_of_folder(&region.folder) == Some(id))
            .collect();
        regions.sort_by(|a, b| a.key.cmp(&b.key));
        regions.dedup_by(|a, b| a.key == b.key);
        let home = regions.iter().find(|region| region.home).map(|region| region.key.clone());
        let mut tenancy = Tenancy {
            id: id.to_owned(),
            home_region: root.and_then(|root| root.home_region.clone()).map(|key| region_key(&key)).or(home),
            regions: (!regions.is_empty()).then(|| regions.iter().map(|region| region.key.clone()).collect()),
            tags: root.map(|root| root.tags.clone()).unwrap_or_default(),
            compartments: self.children(id),
            domains: self.domains(id),
            tag_keys: self.tag_keys(id),
            users: self.users(id),
            dynamic_groups: self.dynamic_groups(id),
            network_sources: self.network_sources(id),
            policies: self.policies(id),
            resources: self.resources(id),
            name,
            ..Tenancy::default()
        };
        tenancy.groups = self.groups(id, &tenancy.users);
        self.say_what_is_missing(&mut tenancy, root.is_some());
        let denies = |policy: &Policy| policy.statements.iter().any(|text| is_deny(text));
        if tenancy.policies.iter().any(denies) {
            tenancy.deny_policies = Some("enabled");
            self.notes
                .push(format!("{}: deny policies are taken to be enabled, as there are some", tenancy.name));
        }
        tenancy
    }

    /// The tenancy that the records of a folder speak of, where it is one only.
    fn tenancy_of_folder(&self, folder: &str) -> Option<&str> {
        let named = self.found.folders.get(folder);
        let named = named.filter(|named| named.len() == 1).and_then(|named| named.first());
        named.or(self.only.as_ref()).map(String::as_str)
    }

    fn children(&self, parent: &str) -> Vec<Compartment> {
        let children =
            self.found.compartments.values().filter(|record| record.compartment.as_deref() == Some(parent));
        let mut children: Vec<Compartment> = children
            .map(|record| Compartment {
                name: record.name.clone().unwrap_or_else(|| record.id.clone()),
                id: record.id.clone(),
                tags: record.tags.clone(),
                compartments: self.children(&record.id),
            })
            .collect();
        children.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        children
    }

    /// The tenancy at the top of a compartment, and the names on the way down; `None` where a compartment on the way is
    /// not in the dump.
    fn place(&self, compartment: &str) -> Option<(String, Vec<String>)> {
        let mut names = Vec::new();
        let mut at = compartment;
        // A compartment that were its own ancestor would be none of OCI's.
        for _ in 0..=self.found.compartments.len() {
            if kind_of(at) == "tenancy" {
                names.reverse();
                return Some((at.to_owned(), names));
            }
            let record = self.found.compartments.get(at)?;
            names.push(record.name.clone().unwrap_or_else(|| record.id.clone()));
            at = record.compartment.as_deref()?;
        }
        None
    }

    /// Things of a tenancy, each with the path of its compartment: `None` for the root.
    fn placed(
        &self,
        things: &'f BTreeMap<String, Record>,
        tenancy: &str,
    ) -> Vec<(&'f Record, Option<String>)> {
        let place = |record: &'f Record| {
            let (home, path) = match &record.compartment {
                Some(compartment) => self.place(compartment)?,
                None => (self.only.clone()?, Vec::new()),
            };
            (home == tenancy).then(|| (record, (!path.is_empty()).then(|| path.join(":"))))
        };
        things.values().filter_map(place).collect()
    }

    fn domains(&self, tenancy: &str) -> Vec<String> {
        let all = self.placed(&self.found.domains, tenancy).into_iter();
        let mut names: Vec<String> = all.filter_map(|(record, _)| record.name.clone()).collect();
        names.retain(|name| !name.eq_ignore_ascii_case(DEFAULT_DOMAIN));
        names.sort();
        names.dedup();
        names
    }

    /// The name of a thing's identity domain; `None` for the default one and where it is not known.
    fn domain(&self, record: &Record) -> Option<String> {
        let domain = self.found.domains.get(record.domain.as_ref()?)?;
        domain.name.clone().filter(|name| !name.eq_ignore_ascii_case(DEFAULT_DOMAIN))
    }

    fn tag_keys(&self, tenancy: &str) -> Option<Vec<String>> {
        let named = |(record, _): (&Record, _)| {
            Some(format!("{}.{}", record.parent.as_ref()?, record.name.as_ref()?))
        };
        let placed = self.placed(&self.found.tags, tenancy);
        let mut keys: Vec<String> = placed.iter().cloned().filter_map(named).collect();
        keys.sort();
        keys.dedup();
        // Where the namespace of one is not known, the list would not be whole.
        (!placed.is_empty() && placed.iter().all(|(record, _)| record.parent.is_some())).then_some(keys)
    }

    fn users(&self, tenancy: &str) -> Vec<User> {
        let users = self.placed(&self.found.users, tenancy).into_iter().map(|(record, _)| User {
            name: record.name.clone().unwrap_or_else(|| record.id.clone()),
            id: record.id.clone(),
            domain: self.domain(record),
        });
        let mut users: Vec<User> = users.collect();
        users.sort();
        users
    }

    fn groups(&mut self, tenancy: &str, users: &[User]) -> Vec<Group> {
        let ids: BTreeMap<&str, &User> = users.iter().map(|user| (user.id.as_str(), user)).collect();
        let mut unknown = 0;
        let mut groups: Vec<Group> = Vec::new();
        for (record, _) in self.placed(&self.found.groups, tenancy) {
            let from = (record.id.clone(), String::new());
            let of_group = self.found.memberships.range(from..).take_while(|(group, _)| *group == record.id);
            let mut members: Vec<String> = Vec::new();
            for (_, user) in of_group {
                match ids.get(user.as_str()) {
                    // Names may stand for several users, OCIDs never do.
                    Some(user) if users.iter().filter(|other| other.name == user.name).count() > 1 => {
                        members.push(user.id.clone());
                    }
                    Some(user) => members.push(user.name.clone()),
                    None => unknown += 1,
                }
            }
            members.sort();
            let name = record.name.clone().unwrap_or_else(|| record.id.clone());
            let domain = self.domain(record);
            let administrators = domain.is_none() && name == ADMINISTRATORS;
            groups.push(Group {
                name,
                id: record.id.clone(),
                domain,
                default_administrators: administrators.then_some(true),
                members,
                tags: record.tags.clone(),
            });
        }
        if unknown > 0 {
            let who = if unknown == 1 { "member".to_owned() } else { format!("{unknown} members") };
            self.notes.push(format!("{who} of groups left out: the dump has no such user"));
        }
        groups.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        groups
    }

    fn dynamic_groups(&self, tenancy: &str) -> Vec<DynamicGroup> {
        let groups =
            self.placed(&self.found.dynamic_groups, tenancy).into_iter().filter_map(|(record, _)| {
                Some(DynamicGroup {
                    name: record.name.clone().unwrap_or_else(|| record.id.clone()),
                    id: record.id.clone(),
                    domain: self.domain(record),
                    matching_rule: record.rule.clone()?,
                    tags: record.tags.clone(),
                })
            });
        let mut groups: Vec<DynamicGroup> = groups.collect();
        groups.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        groups
    }

    fn network_sources(&self, tenancy: &str) -> Vec<NetworkSource> {
        let sources =
            self.placed(&self.found.network_sources, tenancy).into_iter().filter_map(|(record, _)| {
                let private = record.private.iter();
                Some(NetworkSource {
                    name: record.name.clone()?,
                    public: record.public.clone(),
                    private: private
                        .map(|(vcn, ranges)| Private { vcn: vcn.clone(), ranges: ranges.clone() })
                        .collect(),
                })
            });
        let mut sources: Vec<NetworkSource> = sources.collect();
        sources.sort_by(|a, b| a.name.cmp(&b.name));
        sources
    }

    fn policies(&self, tenancy: &str) -> Vec<Policy> {
        let policies = self.placed(&self.found.policies, tenancy).into_iter();
        let policies =
            policies.filter(|(record, _)| !record.statements.is_empty()).map(|(record, attach)| Policy {
                name: record.name.clone().unwrap_or_else(|| record.id.clone()),
                id: record.id.clone(),
                attach,
                statements: record.statements.clone(),
            });
        let mut policies: Vec<Policy> = policies.collect();
        policies.sort_by(|a, b| (&a.attach, &a.name, &a.id).cmp(&(&b.attach, &b.name, &b.id)));
        policies
    }

    fn resources(&self, tenancy: &str) -> Vec<Resource> {
        let resources = self.placed(&self.found.resources, tenancy);
        // One that a search names by its own OCID is no second bucket.
        let named = |record: &Record| (record.name.clone(), record.compartment.clone());
        let own: BTreeSet<_> = resources
            .iter()
            .filter(|(record, _)| kind_of(&record.id) == "bucket" && !record.is_made_up)
            .map(|(record, _)| named(record))
            .collect();
        let resources =
            resources.into_iter().filter(|(record, _)| !record.is_made_up || !own.contains(&named(record)));
        // The model tells things apart by their OCID; what a search calls otherwise has none.
        let resources = resources.filter(|(record, _)| Ocid::parse(&record.id).is_ok());
        let resources = resources.map(|(record, compartment)| Resource {
            name: record.name.clone(),
            id: record.id.clone(),
            compartment,
            parent: record.parent.clone().filter(|parent| self.found.resources.contains_key(parent)),
            tags: record.tags.clone(),
        });
        resources.collect()
    }

    /// What the dump does not say of a tenancy, with the command that would.
    fn say_what_is_missing(&mut self, tenancy: &mut Tenancy, named: bool) {
        let found = self.found;
        let id = tenancy.id.clone();
        let stray = |things: &BTreeMap<String, Record>| {
            things
                .values()
                .any(|record| record.compartment.as_ref().is_some_and(|at| self.place(at).is_none()))
        };
        let members_of_others = tenancy.groups.iter().any(|group| {
            let of_group = found.memberships.iter().filter(|(known, _)| *known == group.id).count();
            of_group > group.members.len()
        });
        let listed = |group: &Group| {
            found.groups.get(&group.id).is_some_and(|record| record.lists_members)
                || found.memberships.iter().any(|(known, _)| *known == group.id)
        };
        let unruled = self.placed(&found.dynamic_groups, &id).len() > tenancy.dynamic_groups.len();
        let unsaid = self.placed(&found.policies, &id).len() > tenancy.policies.len();
        let paged = |kind| found.paged.contains(kind);
        let stray_compartments =
            stray(&found.compartments) || stray(&found.policies) || stray(&found.resources);
        let table = [
            (
                "compartments",
                tenancy.compartments.is_empty() || stray_compartments || paged("compartment"),
                format!(
                    "oci iam compartment list --compartment-id {id} --compartment-id-in-subtree true --all"
                ),
            ),
            (
                "users",
                tenancy.users.is_empty() || paged("user"),
                format!("oci iam user list --compartment-id {id} --all"),
            ),
            (
                "groups",
                tenancy.groups.is_empty() || paged("group"),
                format!("oci iam group list --compartment-id {id} --all"),
            ),
            (
                "memberships",
                tenancy.groups.is_empty()
                    || !tenancy.groups.iter().all(listed)
                    || members_of_others
                    || paged("membership")
                    || paged("group"),
                "oci identity-domains groups list --endpoint DOMAIN-URL --attribute-sets all --all"
                    .to_owned(),
            ),
            (
                "dynamic-groups",
                tenancy.dynamic_groups.is_empty() || unruled || paged("dynamic group"),
                format!("oci iam dynamic-group list --compartment-id {id} --all"),
            ),
            (
                "policies",
                tenancy.policies.is_empty() || unsaid || stray(&found.policies) || paged("policy"),
                format!("oci iam policy list --compartment-id {id} --all   # and for each other compartment"),
            ),
            (
                "resources",
                !found.searched || stray(&found.resources) || paged("resource"),
                "oci search resource structured-search --query-text 'query all resources' --limit 1000"
                    .to_owned(),
            ),
        ];
        self.say_where_policies_were_seen(tenancy);
        let mut say = |what: String, command: String| {
            self.missing.push(Missing { tenancy: tenancy.name.clone(), what, command });
        };
        if !named {
            say("its name".to_owned(), format!("oci iam tenancy get --tenancy-id {id}"));
        }
        if tenancy.regions.is_none() {
            let command = format!("oci iam region-subscription list --tenancy-id {id}");
            say("the regions it is subscribed to".to_owned(), command);
        }
        for (aspect, is_missing, command) in table {
            if is_missing {
                tenancy.not_known.push(aspect);
                say(aspect.replace('-', " "), command);
            }
        }
    }

    /// Says of which compartments there are policies: the answer for a compartment without any does not say whose it is,
    /// so that nobody but the user knows whether it was asked for.
    fn say_where_policies_were_seen(&mut self, tenancy: &Tenancy) {
        let mut paths = vec![None];
        paths_below(&tenancy.compartments, "", &mut paths);
        let has = |path: &Option<String>| tenancy.policies.iter().any(|policy| policy.attach == *path);
        let (seen, unseen): (Vec<_>, Vec<_>) = paths.into_iter().partition(has);
        if seen.is_empty() || unseen.is_empty() {
            return;
        }
        let listed = |paths: &[Option<String>]| {
            let shown = paths.iter().take(5).map(|path| path.as_deref().unwrap_or("the root").to_owned());
            let mut shown: Vec<String> = shown.collect();
            if paths.len() > shown.len() {
                shown.push(format!("{} more", paths.len() - shown.len()));
            }
            shown.join(", ")
        };
        self.notes.push(format!(
            "{}: policies seen in {}; none in {} - if these were not listed, put `policies` under `not-known`",
            tenancy.name,
            listed(&seen),
            listed(&unseen)
        ));
    }

    /// Says what is in no tenancy of the model.
    fn left_out(&mut self, tenancies: &BTreeSet<String>) {
        let found = self.found;
        let kinds = [
            ("compartment", &found.compartments),
            ("user", &found.users),
            ("group", &found.groups),
            ("dynamic group", &found.dynamic_groups),
            ("policy", &found.policies),
            ("resource", &found.resources),
        ];
        for (kind, things) in kinds {
            for record in things.values() {
                let home = match &record.compartment {
                    Some(compartment) => self.place(compartment).map(|(home, _)| home),
                    None => self.only.clone(),
                };
                if home.is_none_or(|home| !tenancies.contains(&home)) {
                    let name = record.name.as_deref().unwrap_or(&record.id);
                    let place = record.compartment.as_deref().unwrap_or("no compartment");
                    self.notes.push(format!("{kind} `{name}` left out: nothing says where {place} is"));
                }
            }
        }
        for record in found.policies.values().filter(|record| record.statements.is_empty()) {
            let name = record.name.as_deref().unwrap_or(&record.id);
            self.notes.push(format!("policy `{name}` left out: its record has no statements"));
        }
        for record in found.dynamic_groups.values().filter(|record| record.rule.is_none()) {
            let name = record.name.as_deref().unwrap_or(&record.id);
            self.notes.push(format!("dynamic group `{name}` left out: its record has no matching rule"));
        }
        for (key, status) in &found.unready {
            self.notes.push(format!("region `{key}` left out: its subscription is {status}"));
        }
        if found.resources.values().any(|record| record.is_made_up) {
            let words = "buckets without an OCID in the dump have made-up ones; `oci os bucket get` prints the real one";
            self.notes.push(words.to_owned());
        }
        if !found.regions.is_empty()
            && found.regions.iter().any(|region| self.tenancy_of_folder(&region.folder).is_none())
        {
            let words = "regions left out: nothing says whose they are; put the answers of each tenancy into a folder";
            self.notes.push(words.to_owned());
        }
        self.notes.sort();
        self.notes.dedup();
    }
}

/// The paths of compartments and of those inside them.
fn paths_below(compartments: &[Compartment], above: &str, paths: &mut Vec<Option<String>>) {
    for compartment in compartments {
        let path =
            if above.is_empty() { compartment.name.clone() } else { format!("{above}:{}", compartment.name) };
        paths.push(Some(path.clone()));
        paths_below(&compartment.compartments, &path, paths);
    }
}

/// The key of a region, which some answers call by its long name.
fn region_key(region: &str) -> String {
    Region::find_long(region)
        .map_or_else(|| region.to_owned(), |found| found.key().to_owned())
        .to_ascii_lowercase()
}

fn is_deny(statement: &str) -> bool {
    statement.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("deny"))
}
