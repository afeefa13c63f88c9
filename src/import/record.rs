//! Records of answers, recognised by their keys and the type of their OCID.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::Took;

/// Everything found so far, each thing once. Later records fill in what earlier ones leave open.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) tenancies: BTreeMap<String, Record>,
    pub(super) compartments: BTreeMap<String, Record>,
    pub(super) domains: BTreeMap<String, Record>,
    pub(super) users: BTreeMap<String, Record>,
    pub(super) groups: BTreeMap<String, Record>,
    pub(super) dynamic_groups: BTreeMap<String, Record>,
    pub(super) network_sources: BTreeMap<String, Record>,
    pub(super) policies: BTreeMap<String, Record>,
    pub(super) resources: BTreeMap<String, Record>,
    pub(super) tag_namespaces: BTreeMap<String, Record>,
    pub(super) tags: BTreeMap<String, Record>,
    /// Group and user.
    pub(super) memberships: BTreeSet<(String, String)>,
    pub(super) regions: Vec<Region>,
    /// Regions whose subscription is not ready, with its status.
    pub(super) unready: BTreeSet<(String, String)>,
    /// Tenancies named by records of a folder, by the folder.
    pub(super) folders: BTreeMap<String, BTreeSet<String>>,
    /// Kinds of which there are more pages.
    pub(super) paged: BTreeSet<&'static str>,
    /// Whether the answer of a search was among it.
    pub(super) searched: bool,
}

/// A region a tenancy is subscribed to. The record does not say which tenancy; its folder may.
#[derive(Debug)]
pub(super) struct Region {
    pub(super) folder: String,
    pub(super) key: String,
    pub(super) home: bool,
}

/// What the model takes of a record.
#[derive(Debug, Default, Clone)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) name: Option<String>,
    /// The compartment it is in; the parent of a compartment.
    pub(super) compartment: Option<String>,
    /// The OCID of its identity domain.
    pub(super) domain: Option<String>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) statements: Vec<String>,
    pub(super) rule: Option<String>,
    /// The vault of a key, the namespace of a tag.
    pub(super) parent: Option<String>,
    pub(super) home_region: Option<String>,
    pub(super) public: Vec<String>,
    pub(super) private: Vec<(String, Vec<String>)>,
    /// Whether the record lists who is in the group.
    pub(super) lists_members: bool,
    /// Whether its OCID is of our making.
    pub(super) is_made_up: bool,
}

/// States in which a thing is there no more.
const GONE: [&str; 2] = ["DELETED", "TERMINATED"];

impl Found {
    /// Takes in an answer, or a part of one.
    pub(super) fn take(&mut self, value: &Value, folder: &str, took: &mut Took) {
        match value {
            Value::Array(items) => {
                for item in items {
                    self.take(item, folder, took);
                }
            }
            Value::Object(map) => {
                let before = took.counts.clone();
                if !self.record(map, folder, took) {
                    for inner in map.values() {
                        self.take(inner, folder, took);
                    }
                }
                if field(map, "opc-next-page")
                    .is_some_and(|page| page.as_str().is_some_and(|page| !page.is_empty()))
                {
                    took.has_more_pages = true;
                    let grown = took.counts.iter().filter(|(kind, count)| before.get(*kind) != Some(count));
                    self.paged.extend(grown.map(|(kind, _)| *kind));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// Takes in a record; gives whether it is one.
    fn record(&mut self, map: &Map<String, Value>, folder: &str, took: &mut Took) -> bool {
        if let (Some(group), Some(user)) = (text(map, "group-id"), text(map, "user-id")) {
            if !is_gone(map) {
                count(took, "membership");
                self.memberships.insert((group, user));
            }
            return true;
        }
        if let (Some(home), Some(key)) = (field(map, "is-home-region"), text(map, "region-key")) {
            count(took, "region");
            // A subscription that is under way serves no request yet.
            if let Some(status) = text(map, "status").filter(|status| !status.eq_ignore_ascii_case("READY")) {
                self.unready.insert((key.to_ascii_lowercase(), status));
                return true;
            }
            let home = home.as_bool().unwrap_or_default();
            self.regions.push(Region { folder: folder.to_owned(), key: key.to_ascii_lowercase(), home });
            return true;
        }
        let found_by_search = text(map, "identifier");
        let own = text(map, "ocid").or_else(|| text(map, "id")).or_else(|| found_by_search.clone());
        let own = own.filter(|id| id.starts_with("ocid1."));
        let is_made_up = own.is_none();
        let Some(id) = own.or_else(|| id_of_bucket(map)) else { return false };
        self.searched |= found_by_search.is_some();
        if is_gone(map) {
            return true;
        }
        let record = Record { is_made_up, ..Record::of(map, id) };
        for tenancy in [Some(&record.id), record.compartment.as_ref()].into_iter().flatten() {
            if kind_of(tenancy) == "tenancy" {
                self.folders.entry(folder.to_owned()).or_default().insert(tenancy.clone());
            }
        }
        for member in field(map, "members").and_then(Value::as_array).into_iter().flatten() {
            if let Some(user) = member.as_object().and_then(|member| text(member, "ocid")) {
                self.memberships.insert((record.id.clone(), user));
            }
        }
        let (name, things) = match kind_of(&record.id) {
            "tenancy" => ("tenancy", &mut self.tenancies),
            "compartment" => ("compartment", &mut self.compartments),
            "domain" => ("identity domain", &mut self.domains),
            "user" => ("user", &mut self.users),
            "group" => ("group", &mut self.groups),
            "dynamicgroup" | "dynamicresourcegroup" => ("dynamic group", &mut self.dynamic_groups),
            "networksource" => ("network source", &mut self.network_sources),
            "policy" => ("policy", &mut self.policies),
            "tagnamespace" => ("tag namespace", &mut self.tag_namespaces),
            "tagdefinition" | "tag" => ("tag", &mut self.tags),
            // Says what new resources get, which those that exist show themselves.
            "tagdefault" => {
                count(took, "tag default");
                return true;
            }
            _ if record.compartment.is_none() => return false,
            "vault" => ("vault", &mut self.resources),
            "key" => ("key", &mut self.resources),
            "cluster" => ("cluster", &mut self.resources),
            "bucket" => ("bucket", &mut self.resources),
            _ => ("resource", &mut self.resources),
        };
        count(took, name);
        match things.get_mut(&record.id) {
            Some(known) => known.fill(record),
            None => {
                things.insert(record.id.clone(), record);
            }
        }
        true
    }
}

impl Record {
    fn of(map: &Map<String, Value>, id: String) -> Self {
        let list = |key: &str| -> Vec<String> {
            let items = field(map, key).and_then(Value::as_array).into_iter().flatten();
            items.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let private = field(map, "virtual-source-list").and_then(Value::as_array).into_iter().flatten();
        let private = private.filter_map(Value::as_object).filter_map(|source| {
            let ranges = field(source, "ip-ranges").and_then(Value::as_array).into_iter().flatten();
            let ranges = ranges.filter_map(Value::as_str).map(str::to_owned).collect();
            Some((text(source, "vcn-id")?, ranges))
        });
        // An identity domain's records name their tenancy apart from their compartment.
        let compartment = text(map, "compartment-id")
            .or_else(|| text(map, "tenancy-ocid"))
            .or_else(|| text(map, "compartment-ocid"));
        Self {
            name: text(map, "display-name").filter(|_| kind_of(&id) != "user").or_else(|| {
                text(map, "name").or_else(|| text(map, "user-name")).or_else(|| text(map, "display-name"))
            }),
            compartment,
            domain: text(map, "domain-ocid").or_else(|| text(map, "domain-id")),
            tags: tags(map),
            statements: list("statements"),
            rule: text(map, "matching-rule"),
            parent: text(map, "vault-id").or_else(|| text(map, "tag-namespace-name")),
            home_region: text(map, "home-region-key"),
            public: list("public-source-list"),
            private: private.collect(),
            lists_members: field(map, "members").is_some(),
            is_made_up: false,
            id,
        }
    }

    /// Takes from another record of the same thing what this one leaves open.
    fn fill(&mut self, other: Self) {
        self.name = self.name.take().or(other.name);
        self.compartment = self.compartment.take().or(other.compartment);
        self.domain = self.domain.take().or(other.domain);
        self.rule = self.rule.take().or(other.rule);
        self.parent = self.parent.take().or(other.parent);
        self.home_region = self.home_region.take().or(other.home_region);
        self.lists_members |= other.lists_members;
        self.tags.extend(other.tags);
        for (own, others) in [(&mut self.statements, other.statements), (&mut self.public, other.public)] {
            if own.is_empty() {
                *own = others;
            }
        }
        if self.private.is_empty() {
            self.private = other.private;
        }
    }
}

/// An OCID for a bucket, whose list names none: the same for the same bucket, and like no other's.
///
/// # Source
/// OCI CLI command reference, `os bucket list`: name, namespace and compartment of each bucket; `os bucket get` adds its
/// `id`. Read 2026-11.
fn id_of_bucket(map: &Map<String, Value>) -> Option<String> {
    let (namespace, name) = (text(map, "namespace")?, text(map, "name")?);
    text(map, "compartment-id")?;
    let digest = Sha256::digest(format!("{namespace}/{name}"));
    let unique: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    Some(format!("ocid1.bucket.oc1..madeup{unique}"))
}

/// The type of an OCID.
pub(super) fn kind_of(id: &str) -> &str {
    id.split('.').nth(1).unwrap_or_default()
}

fn count(took: &mut Took, kind: &'static str) {
    *took.counts.entry(kind).or_default() += 1;
}

fn is_gone(map: &Map<String, Value>) -> bool {
    text(map, "lifecycle-state")
        .is_some_and(|state| GONE.iter().any(|gone| gone.eq_ignore_ascii_case(&state)))
}

/// The value of a key in the spelling of the CLI (`compartment-id`), the REST interface or the SDKs.
fn field<'v>(map: &'v Map<String, Value>, key: &str) -> Option<&'v Value> {
    let plain = |key: &str| key.replace(['-', '_'], "").to_ascii_lowercase();
    let found = map.get(key).or_else(|| {
        let wanted = plain(key);
        map.iter().find(|(known, _)| plain(known) == wanted).map(|(_, value)| value)
    });
    found.filter(|value| !value.is_null())
}

fn text(map: &Map<String, Value>, key: &str) -> Option<String> {
    field(map, key)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Defined tags by `NAMESPACE.KEY`.
fn tags(map: &Map<String, Value>) -> BTreeMap<String, String> {
    let namespaces = field(map, "defined-tags").and_then(Value::as_object).into_iter().flatten();
    let keys = namespaces.flat_map(|(namespace, keys)| {
        keys.as_object().into_iter().flatten().map(move |(key, value)| (format!("{namespace}.{key}"), value))
    });
    let valued = keys.filter_map(|(key, value)| {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
        };
        Some((key, value))
    });
    // What has another shape is no defined tag that policies could name.
    valued.filter(|(key, _)| key.split('.').count() == 2).collect()
}
