//! One tenancy's random policies, each statement in both languages.

use std::fmt::Write;

use ocipol::catalog::{Permission, ResourceType, Verb};
use ocipol::source::{Source, Sources};
use ocipol::tenancy::{self, Tenancies};
use ocipol::yaml;

use crate::synthetic::Numbers;

pub(crate) const PATHS: [&[&str]; 6] = [&[], &["a"], &["a", "b"], &["a", "b", "c"], &["d"], &["d", "b"]];
pub(crate) const GROUPS: [&str; 3] = ["Ops", "Dev", "Root"];
pub(crate) const USERS: usize = 5;
pub(crate) const CLUSTERS: usize = 2;
pub(crate) const PERMISSIONS: [&str; 10] = [
    "BUCKET_INSPECT",
    "BUCKET_READ",
    "BUCKET_UPDATE",
    "BUCKET_DELETE",
    "OBJECT_READ",
    "OBJECT_CREATE",
    "KEY_READ",
    "KEY_DECRYPT",
    "KEY_DELETE",
    "KEY_ASSOCIATE",
];
const TYPES: [&str; 6] = ["buckets", "objects", "object-family", "keys", "key-delegate", "all-resources"];

/// Variables with their values; those of `SETS` have several.
const VARIABLES: [(&str, &[&str]); 8] = [
    ("request.region", &["iad", "phx"]),
    ("request.permission", &["BUCKET_READ", "KEY_DECRYPT"]),
    ("request.principal.type", &["user", "cluster"]),
    ("request.user.name", &["u0", "u1", "u2"]),
    ("request.groups.name", &["Ops", "dev", "root"]),
    ("target.bucket.name", &["logs", "Photos"]),
    ("target.compartment.name", &["a", "B", "c"]),
    ("target.resource.compartment.tag.org.team", &["x", "Y"]),
];
pub(crate) const SETS: [&str; 2] = ["request.groups.name", "target.resource.compartment.tag.org.team"];

/// A statement in both languages.
pub(crate) struct Twin {
    pub(crate) oci: String,
    pub(crate) cedar: String,
}

/// Which groups hold a user, and which compartment a cluster is in; the dynamic group is made of compartment `a`.
pub(crate) fn member(user: usize, group: usize) -> bool {
    (user + group) % 3 == 0 || user == group && group < 2
}

/// Where a cluster is: by its place among `PATHS`.
pub(crate) const fn cluster_at(cluster: usize) -> usize {
    cluster + 1
}

pub(crate) fn statement(dice: &mut Numbers) -> Twin {
    let deny = dice.below(4) == 0;
    let (who, principal) = match dice.below(6) {
        0 => ("any-user".to_owned(), "principal".to_owned()),
        1 => ("any-group".to_owned(), "principal".to_owned()),
        2 => ("dynamic-group Bots".to_owned(), "principal in Group::\"bots\"".to_owned()),
        _ => {
            let group = GROUPS[dice.below(GROUPS.len())];
            (format!("group {group}"), format!("principal in Group::\"{}\"", group.to_lowercase()))
        }
    };
    let (what, permissions) = if dice.below(6) == 0 {
        let pair = [PERMISSIONS[dice.below(10)], PERMISSIONS[dice.below(10)]];
        (format!("{{{}, {}}}", pair[0], pair[1]), pair.to_vec())
    } else {
        let verb = [Verb::Inspect, Verb::Read, Verb::Use, Verb::Manage][dice.below(4)];
        let kind = TYPES[dice.below(TYPES.len())];
        let found = ResourceType::find(kind).unwrap().resource_type;
        let set = if deny { found.denied(verb) } else { found.granted(verb) };
        let holds = |name: &&str| set.certain.contains(Permission::find(name).unwrap());
        (format!("{verb} {kind}"), PERMISSIONS.into_iter().filter(holds).collect())
    };
    let place = PATHS[dice.below(PATHS.len())];
    let location =
        if place.is_empty() { "tenancy".to_owned() } else { format!("compartment {}", place.join(":")) };
    let condition = (dice.below(2) == 0).then(|| formula(dice, 0));
    let actions: Vec<String> = permissions.iter().map(|name| format!("Action::\"{name}\"")).collect();
    let mut oci = format!("{} {who} to {what} in {location}", if deny { "Deny" } else { "Allow" });
    let mut cedar = format!(
        "{}({principal}, action in [{}], resource in Compartment::\"{}\")",
        if deny { "forbid" } else { "permit" },
        actions.join(", "),
        place.join(":")
    );
    if let Some((ours, theirs)) = condition {
        write!(oci, " where {ours}").unwrap();
        write!(cedar, " when {{ {theirs} }}").unwrap();
    }
    if deny {
        // No deny binds the default administrators.
        cedar += " unless { principal in Group::\"root\" }";
    }
    cedar.push(';');
    Twin { oci, cedar }
}

fn formula(dice: &mut Numbers, depth: usize) -> (String, String) {
    if depth < 2 && dice.below(3) == 0 {
        let all = dice.below(2) == 0;
        let parts: Vec<_> = (0..1 + dice.below(3)).map(|_| formula(dice, depth + 1)).collect();
        let ours: Vec<_> = parts.iter().map(|(ours, _)| ours.as_str()).collect();
        let theirs: Vec<_> = parts.iter().map(|(_, theirs)| format!("({theirs})")).collect();
        let (word, joint) = if all { ("all", " && ") } else { ("any", " || ") };
        return (format!("{word} {{{}}}", ours.join(", ")), theirs.join(joint));
    }
    let (variable, values) = VARIABLES[dice.below(VARIABLES.len())];
    let several = SETS.contains(&variable);
    let has = format!("context has \"{variable}\"");
    let at = format!("context[\"{variable}\"]");
    let value = values[dice.below(values.len())];
    let other = values[dice.below(values.len())];
    // Cedar compares exactly: both sides are lower-cased.
    let (low, low_other) = (value.to_lowercase(), other.to_lowercase());
    let equal =
        |low: &str| if several { format!("{at}.contains(\"{low}\")") } else { format!("{at} == \"{low}\"") };
    match dice.below(8) {
        0 => (variable.to_owned(), has),
        1 => (format!("!{variable}"), format!("!({has})")),
        2 | 3 => (format!("{variable} = '{value}'"), format!("{has} && {}", equal(&low))),
        // Absence makes the leaf false, `!=` included.
        4 => (format!("{variable} != '{value}'"), format!("{has} && !({})", equal(&low))),
        5 => (
            format!("{variable} in ('{value}', '{other}')"),
            format!("{has} && ({} || {})", equal(&low), equal(&low_other)),
        ),
        6 => (
            format!("{variable} not in ('{value}', '{other}')"),
            format!("{has} && !({} || {})", equal(&low), equal(&low_other)),
        ),
        _ if several => (
            format!("sets-intersect({variable}, ('{value}', '{other}'))"),
            format!("{has} && {at}.containsAny([\"{low}\", \"{low_other}\"])"),
        ),
        _ => {
            let head: String = low.chars().take(1).collect();
            (format!("{variable} = /{head}*/"), format!("{has} && {at} like \"{head}*\""))
        }
    }
}

/// Reads a tenancy model.
pub(crate) fn model(text: &str) -> Tenancies {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("bench.tenancy.yaml", text).unwrap());
    let (documents, _) = yaml::read(sources.get(id).unwrap(), id);
    let nodes = documents[0].get("tenancies").and_then(|node| node.items()).unwrap();
    let mut findings = Vec::new();
    let model = tenancy::read(&mut sources, id, nodes, &mut |_, _| Err(String::new()), &mut findings);
    assert!(findings.is_empty(), "{findings:?}");
    model
}

/// The tenancy of those policies.
pub(crate) fn tenancy(statements: &[Twin]) -> String {
    let mut out = String::from(
        "tenancies:\n  - name: Bench\n    id: ocid1.tenancy.oc1..bench\n    deny-policies: enabled\n    tag-keys: [org.team]\n    compartments:\n      - name: a\n        id: ocid1.compartment.oc1..a\n        tags: {org.team: x}\n        compartments:\n          - name: b\n            id: ocid1.compartment.oc1..ab\n            tags: {org.team: Y}\n            compartments:\n              - {name: c, id: ocid1.compartment.oc1..abc}\n      - name: d\n        id: ocid1.compartment.oc1..d\n        compartments:\n          - {name: b, id: ocid1.compartment.oc1..db}\n",
    );
    out += "    users:\n";
    for user in 0..USERS {
        writeln!(out, "      - {{name: u{user}, id: ocid1.user.oc1..u{user}}}").unwrap();
    }
    out += "    groups:\n";
    for (number, group) in GROUPS.iter().enumerate() {
        let members: Vec<String> =
            (0..USERS).filter(|&user| member(user, number)).map(|user| format!("u{user}")).collect();
        let root = if *group == "Root" { ", default-administrators: true" } else { "" };
        writeln!(
            out,
            "      - {{name: {group}, id: ocid1.group.oc1..g{number}, members: [{}]{root}}}",
            members.join(", ")
        )
        .unwrap();
    }
    out += "    dynamic-groups:\n      - name: Bots\n        id: ocid1.dynamicgroup.oc1..bots\n        matching-rule: \"all {resource.type = 'cluster', resource.compartment.id = 'ocid1.compartment.oc1..a'}\"\n    resources:\n";
    for cluster in 0..CLUSTERS {
        let place = PATHS[cluster_at(cluster)].join(":");
        writeln!(
            out,
            "      - {{name: k{cluster}, id: ocid1.cluster.oc1.iad.k{cluster}, compartment: \"{place}\"}}"
        )
        .unwrap();
    }
    for (number, path) in PATHS.iter().enumerate() {
        let place =
            if path.is_empty() { String::new() } else { format!(", compartment: \"{}\"", path.join(":")) };
        let name = if number % 2 == 0 { "LOGS" } else { "photos" };
        writeln!(
            out,
            "      - {{id: ocid1.bucket.oc1.iad.b{number}{place}, variables: {{target.bucket.name: {name}}}}}"
        )
        .unwrap();
        writeln!(out, "      - {{id: ocid1.key.oc1.iad.x{number}{place}}}").unwrap();
    }
    out += "    policies:\n      - name: p\n        statements:\n";
    for statement in statements {
        writeln!(out, "          - \"{}\"", statement.oci).unwrap();
    }
    out
}
