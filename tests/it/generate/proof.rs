//! The promises: every intent is allowed, nothing else is, and nothing can be taken away.
//!
//! What an intent means is worked out here a second time, literally, from the file and the world alone: whom it means by
//! going through all principals, what it needs by going through the catalogue's rows, what it is about by going through
//! all resources and compartments.

use std::collections::BTreeSet;
use std::path::Path;

use ocipol::catalog::{Operation, Permission, Requirement, ResourceType};
use ocipol::decide::Verdict;
use ocipol::generate::{self, Intent, Intents, Need, On, Style, Whom};
use ocipol::program::Program;
use ocipol::request::{Action, Ask, Asker};
use serde_yaml::Value;

use super::world;
use super::{fixtures, generated};

/// Values in which the conditions of the fixtures hold: fixture, intent, variable, value.
const SITUATIONS: [(&str, &str, &str, &str); 7] = [
    ("auditors", "auditors", "request.utc-timestamp", "2026-06-01T00:00:00Z"),
    ("auditors", "key review", "request.utc-timestamp", "2026-11-01T00:00:00Z"),
    ("instance-metrics", "application metrics", "target.metrics.namespace", "orchard_apps"),
    ("instance-metrics", "press metrics", "target.metrics.namespace", "orchard_presses"),
    ("log-readers", "read the access logs of 2026", "target.object.name", "2026-03-01.log"),
    ("network-admins", "network admins look at applications", "request.region", "fra"),
    ("network-admins", "network admins look at applications", "request.networkSource.name", "office"),
];

/// A principal of a world.
struct Who {
    asker: Asker,
    tenancy: String,
    /// Name, OCID.
    called: [String; 2],
    /// `user`, `service`, `workload`, or the type in the OCID.
    kind: String,
    /// Path from below the root.
    compartment: String,
    groups: Vec<String>,
}

/// A resource or a compartment of a world.
#[derive(Clone)]
struct What {
    name: String,
    id: String,
    tenancy: [String; 2],
    /// The path of the compartment it is in, or is; empty for the root.
    path: String,
    resource: bool,
}

struct Fixture {
    name: String,
    intents: Intents,
    tenancies: Value,
    output: Value,
    whos: Vec<Who>,
    whats: Vec<What>,
}

fn load(name: String, path: &Path) -> Fixture {
    let (_, intents, generated) = generated(path);
    let output: Value = serde_yaml::from_str(&generate::yaml(&generated).unwrap()).unwrap();
    let tenancies = world::tenancies(path);
    let (whos, whats) = (whos(&tenancies), whats(&tenancies));
    Fixture { name, intents, tenancies, output, whos, whats }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn items(value: &Value) -> Vec<Value> {
    value.as_sequence().cloned().unwrap_or_default()
}

fn whos(tenancies: &Value) -> Vec<Who> {
    let mut whos = Vec::new();
    for tenancy in items(&tenancies["tenancies"]) {
        let home = text(&tenancy["name"]);
        for user in items(&tenancy["users"]) {
            let member = |group: &&Value| items(&group["members"]).contains(&user["name"]);
            let groups = items(&tenancy["groups"]);
            whos.push(Who {
                asker: Asker::Named(text(&user["id"])),
                tenancy: home.clone(),
                called: [text(&user["name"]), text(&user["id"])],
                kind: "user".to_owned(),
                compartment: String::new(),
                groups: groups.iter().filter(member).map(|group| text(&group["name"])).collect(),
            });
        }
        for resource in items(&tenancy["resources"]) {
            let id = text(&resource["id"]);
            let kind = id.split('.').nth(1).unwrap().to_owned();
            if !["cluster", "nodepool", "instance", "fnfunc"].contains(&kind.as_str()) {
                continue;
            }
            let compartment = text(&resource["compartment"]);
            if ["plum", "oak"].contains(&text(&resource["name"]).as_str()) {
                for (namespace, account) in
                    [("billing", "invoices"), ("billing", "other"), ("web", "invoices")]
                {
                    whos.push(Who {
                        asker: Asker::Workload {
                            cluster: id.clone(),
                            namespace: namespace.to_owned(),
                            service_account: account.to_owned(),
                        },
                        tenancy: home.clone(),
                        called: [format!("{}/{namespace}/{account}", text(&resource["name"])), String::new()],
                        kind: "workload".to_owned(),
                        compartment: compartment.clone(),
                        groups: Vec::new(),
                    });
                }
            }
            // The one dynamic group that fixtures name and do not make.
            let of_apps = kind == "instance" && ["apps", "apps:billing"].contains(&compartment.as_str());
            whos.push(Who {
                asker: Asker::Named(id.clone()),
                tenancy: home.clone(),
                called: [text(&resource["name"]), id],
                kind,
                compartment,
                groups: of_apps.then(|| "app-instances".to_owned()).into_iter().collect(),
            });
        }
        for service in ["blockstorage", "oke"] {
            whos.push(Who {
                asker: Asker::Service { name: service.to_owned(), tenancy: home.clone() },
                tenancy: home.clone(),
                called: [service.to_owned(), String::new()],
                kind: "service".to_owned(),
                compartment: String::new(),
                groups: Vec::new(),
            });
        }
    }
    whos
}

fn whats(tenancies: &Value) -> Vec<What> {
    let mut whats = Vec::new();
    for tenancy in items(&tenancies["tenancies"]) {
        let home = [text(&tenancy["name"]), text(&tenancy["id"])];
        whats.push(What {
            name: String::new(),
            id: home[1].clone(),
            tenancy: home.clone(),
            path: String::new(),
            resource: false,
        });
        let mut open = vec![(String::new(), items(&tenancy["compartments"]))];
        while let Some((above, compartments)) = open.pop() {
            for compartment in compartments {
                let name = text(&compartment["name"]);
                let path = if above.is_empty() { name } else { format!("{above}:{name}") };
                whats.push(What {
                    name: String::new(),
                    id: text(&compartment["id"]),
                    tenancy: home.clone(),
                    path: path.clone(),
                    resource: false,
                });
                open.push((path, items(&compartment["compartments"])));
            }
        }
        for resource in items(&tenancy["resources"]) {
            whats.push(What {
                name: text(&resource["name"]),
                id: text(&resource["id"]),
                tenancy: home.clone(),
                path: text(&resource["compartment"]),
                resource: true,
            });
        }
    }
    whats
}

/// The tenancy and path that a text names, where it names a place.
fn place(fixture: &Fixture, text: &str) -> Option<(String, String)> {
    let whole = fixture.whats.iter().filter(|what| !what.resource);
    let mut named = whole.filter(|what| {
        let of_tenancy = |name: &String| {
            if what.path.is_empty() { name == text } else { format!("{name}/{}", what.path) == text }
        };
        what.id == text || what.tenancy.iter().any(of_tenancy)
    });
    named.next().map(|what| (what.tenancy[0].clone(), what.path.clone()))
}

fn is_tenancy(what: &What, name: &str) -> bool {
    what.tenancy.iter().any(|known| known == name)
}

fn inside(what: &What, path: &str) -> bool {
    path.is_empty() || what.path == path || what.path.starts_with(&format!("{path}:"))
}

/// Whether an intent is about something.
fn is_about(fixture: &Fixture, intent: &Intent, what: &What) -> bool {
    let named = |text: &str| what.resource && (what.name == text || what.id == text);
    match &intent.on.node {
        On::Named(text) => {
            named(text)
                || place(fixture, text)
                    .is_some_and(|(tenancy, path)| is_tenancy(what, &tenancy) && inside(what, &path))
        }
        On::Place { resources, .. } if !resources.is_empty() => {
            resources.iter().any(|resource| named(&resource.node))
        }
        On::Place { tenancy, compartment, .. } => match compartment {
            Some(compartment) => match place(fixture, &compartment.node) {
                Some((tenancy, path)) => is_tenancy(what, &tenancy) && inside(what, &path),
                None => {
                    tenancy.as_ref().is_some_and(|tenancy| is_tenancy(what, &tenancy.node))
                        && inside(what, &compartment.node)
                }
            },
            None => tenancy.as_ref().is_some_and(|tenancy| is_tenancy(what, &tenancy.node)),
        },
    }
}

/// Whether an intent means a principal.
fn means(fixture: &Fixture, intent: &Intent, who: &Who) -> bool {
    let there = fixture.whats.iter().find(|what| is_about(fixture, intent, what)).unwrap();
    let said = intent.who.node.tenancy.as_ref().map(|tenancy| tenancy.node.clone());
    let said = said.map(|said| {
        let found = fixture.whats.iter().find(|what| is_tenancy(what, &said)).unwrap();
        found.tenancy[0].clone()
    });
    let home = said.unwrap_or_else(|| there.tenancy[0].clone());
    let called = |name: &str| who.called.iter().any(|known| known == name);
    match &intent.who.node.whom {
        Whom::Groups(names) => {
            who.tenancy == home
                && names.iter().any(|name| who.kind == "user" && who.groups.contains(&name.node))
        }
        Whom::DynamicGroups(names) => {
            who.tenancy == home
                && names.iter().any(|name| who.kind != "user" && who.groups.contains(&name.node))
        }
        Whom::User(name) => who.kind == "user" && called(&name.node),
        Whom::Services(names) => {
            who.tenancy == home && who.kind == "service" && names.iter().any(|name| called(&name.node))
        }
        Whom::Workload { cluster, namespace, service_account } => {
            who.kind == "workload"
                && called(&format!("{}/{}/{}", cluster.node, namespace.node, service_account.node))
        }
        Whom::Resources(resources) => {
            let kind = resources.kind.as_ref().is_none_or(|kind| kind.node == who.kind);
            if !resources.resources.is_empty() {
                return kind && resources.resources.iter().any(|name| called(&name.node));
            }
            let places: Vec<(String, String)> = resources
                .compartments
                .iter()
                .map(|name| place(fixture, &name.node).unwrap_or_else(|| (home.clone(), name.node.clone())))
                .collect();
            let there =
                |(tenancy, path): &(String, String)| who.tenancy == *tenancy && who.compartment == *path;
            let somewhere = if places.is_empty() { who.tenancy == home } else { places.iter().any(there) };
            kind && somewhere
        }
    }
}

/// The permissions a need may make use of, in any case that is asked for.
fn may_use(need: &Need) -> BTreeSet<&'static str> {
    let names = |permissions: &[Permission]| permissions.iter().map(|each| each.name()).collect::<Vec<_>>();
    match need {
        Need::Permission(name) => BTreeSet::from([Permission::find(name).unwrap().name()]),
        Need::Verb { verb, resource } => {
            let found = ResourceType::find(resource).unwrap().resource_type;
            found.granted(*verb).certain.iter().map(Permission::name).collect()
        }
        Need::Operation { name, case } => {
            let needed = requirement(name);
            let mut all = names(needed.permissions().unwrap());
            all.extend(needed.one_of().flat_map(names));
            let fits = |when: &str| case.as_ref().is_some_and(|case| when.contains(case.as_str()));
            let chosen =
                needed.variants().find(|each| fits(each.when())).or_else(|| needed.variants().next());
            all.extend(chosen.iter().flat_map(|each| names(each.permissions())));
            all.into_iter().collect()
        }
    }
}

fn requirement(name: &str) -> Requirement {
    let (service, bare) = name.split_once('/').unwrap_or(("", name));
    let mut found = Operation::find(bare).iter();
    let wanted = |operation: &&Operation| service.is_empty() || operation.service().slug() == service;
    found.find(wanted).unwrap().requirement()
}

/// Every question that the intents mean: each principal, each need, each resource or place that is named.
fn questions(fixture: &Fixture) -> Vec<(String, Ask)> {
    let mut questions = Vec::new();
    for intent in &fixture.intents.intents {
        let about: Vec<&What> = fixture.whats.iter().filter(|what| is_about(fixture, intent, what)).collect();
        let resources = about.iter().any(|what| what.resource && is_only_about(fixture, intent, what));
        let whos: Vec<&Who> = fixture.whos.iter().filter(|who| means(fixture, intent, who)).collect();
        assert!(!whos.is_empty(), "{}: nobody is meant by `{}`", fixture.name, intent.name.node);
        for who in whos {
            for need in &intent.may {
                let (action, case) = match &need.node {
                    Need::Operation { name, case } => (Action::Operation(name.clone()), case.clone()),
                    Need::Permission(name) => (Action::Permissions(vec![name.clone()]), None),
                    verb @ Need::Verb { .. } => {
                        (Action::Permissions(may_use(verb).into_iter().map(str::to_owned).collect()), None)
                    }
                };
                for what in about.iter().filter(|what| what.resource == resources) {
                    let mut ask = Ask::new(who.asker.clone(), action.clone(), what.id.clone());
                    ask.case.clone_from(&case);
                    for (fixture_name, intent_name, variable, value) in SITUATIONS {
                        if (fixture_name, intent_name) == (fixture.name.as_str(), intent.name.node.as_str()) {
                            ask.given.push((variable.to_owned(), vec![value.to_owned()]));
                        }
                    }
                    let label = format!("{}: {}: {:?} on {}", fixture.name, who.called[0], action, what.id);
                    questions.push((label, ask));
                }
            }
        }
    }
    assert!(!questions.is_empty());
    questions
}

/// Whether an intent is about this one resource, and not about a place.
fn is_only_about(fixture: &Fixture, intent: &Intent, what: &What) -> bool {
    match &intent.on.node {
        On::Named(text) => what.resource && place(fixture, text).is_none(),
        On::Place { resources, .. } => !resources.is_empty(),
    }
}

/// The first question that is not answered with yes.
fn refused(program: &Program, questions: &[(String, Ask)]) -> Option<String> {
    let no = |(_, ask): &&(String, Ask)| world::verdict(program, ask) != Verdict::Allow;
    questions.iter().find(no).map(|(label, _)| label.clone())
}

#[test]
fn every_intent_is_allowed() {
    for (name, path) in fixtures() {
        let fixture = load(name, &path);
        let program = world::program(&world::with(&fixture.tenancies, &fixture.output));
        let questions = questions(&fixture);
        assert_eq!(refused(&program, &questions), None);
        let before = world::program(&fixture.tenancies);
        let no = |(_, ask): &(String, Ask)| world::verdict(&before, ask) != Verdict::Allow;
        assert!(questions.iter().all(no), "{}: allowed without any policy", fixture.name);
    }
}

/// Everything that is asked for somewhere, and some more.
fn probes() -> BTreeSet<&'static str> {
    let mut probes: BTreeSet<&'static str> = [
        "KEY_INSPECT",
        "KEY_READ",
        "KEY_ENCRYPT",
        "KEY_DECRYPT",
        "KEY_EXPORT",
        "KEY_SIGN",
        "KEY_VERIFY",
        "KEY_DELETE",
        "KEY_ROTATE",
        "KEY_ASSOCIATE",
        "KEY_DISASSOCIATE",
        "VAULT_INSPECT",
        "VAULT_READ",
        "VAULT_CREATE_KEY",
        "SECRET_READ",
        "SECRET_BUNDLE_READ",
        "SECRET_BUNDLE_INSPECT",
        "SECRET_DELETE",
        "BUCKET_INSPECT",
        "BUCKET_READ",
        "BUCKET_UPDATE",
        "OBJECT_INSPECT",
        "OBJECT_READ",
        "OBJECT_CREATE",
        "OBJECT_DELETE",
        "METRIC_READ",
        "METRIC_WRITE",
        "AUDIT_EVENT_READ",
        "VCN_READ",
        "VCN_CREATE",
        "VCN_DELETE",
        "SUBNET_ATTACH",
        "INSTANCE_READ",
        "INSTANCE_CREATE",
        "CLUSTER_READ",
        "CLUSTER_CREATE",
        "POLICY_UPDATE",
        "GROUP_UPDATE",
    ]
    .into();
    probes.retain(|name| Permission::find(name).is_some());
    assert!(probes.len() >= 36);
    probes
}

#[test]
fn nothing_beyond_the_intents_is_allowed() {
    let probes = probes();
    let (mut asked, mut allowed) = (0, 0);
    for (name, path) in fixtures() {
        let fixture = load(name, &path);
        let program = world::program(&world::with(&fixture.tenancies, &fixture.output));
        for who in &fixture.whos {
            let meant: Vec<&Intent> =
                fixture.intents.intents.iter().filter(|intent| means(&fixture, intent, who)).collect();
            for what in &fixture.whats {
                let of_it: Vec<&&Intent> = meant
                    .iter()
                    .filter(|intent| intent.condition.is_none() && is_about(&fixture, intent, what))
                    .collect();
                let wanted: BTreeSet<&str> = of_it
                    .iter()
                    .flat_map(|intent| intent.may.iter())
                    .flat_map(|need| may_use(&need.node))
                    .collect();
                // Verbs give more than is needed, which is what they are avoided for.
                let verbs = of_it.iter().any(|intent| intent.prefer == Style::Verbs);
                for (probe, yes) in world::permitted(&program, &who.asker, &what.id, &probes) {
                    asked += 1;
                    allowed += usize::from(yes);
                    assert!(
                        !yes || verbs || wanted.contains(probe),
                        "{}: {} has {probe} on {}, and no intent says so",
                        fixture.name,
                        who.called[0],
                        what.id
                    );
                }
            }
        }
    }
    assert!(asked > 300_000 && allowed > 100, "{asked} asked, {allowed} allowed");
}

/// The generated file without one of its parts, with a word for the part: a dynamic group, a statement, a permission.
fn lessened(output: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for index in 0..items(&output["dynamic-groups"]).len() {
        let mut less = output.clone();
        let group = less["dynamic-groups"].as_sequence_mut().unwrap().remove(index);
        all.push((format!("dynamic group {}", text(&group["name"])), less));
    }
    for (index, policy) in items(&output["policies"]).iter().enumerate() {
        for (number, statement) in items(&policy["statements"]).iter().enumerate() {
            let statement = text(statement);
            let mut less = output.clone();
            less["policies"][index]["statements"].as_sequence_mut().unwrap().remove(number);
            all.push((statement.clone(), less));
            let Some((before, rest)) = statement.split_once(" {").filter(|_| statement.contains(" to {"))
            else {
                continue;
            };
            let (set, after) = rest.split_once('}').unwrap();
            let set: Vec<&str> = set.split(", ").collect();
            for gone in set.iter().filter(|_| set.len() > 1) {
                let kept: Vec<&str> = set.iter().copied().filter(|kept| kept != gone).collect();
                let mut less = output.clone();
                less["policies"][index]["statements"][number] =
                    Value::from(format!("{before} {{{}}}{after}", kept.join(", ")));
                all.push((format!("{gone} of {statement}"), less));
            }
        }
    }
    all
}

#[test]
fn nothing_can_be_taken_away() {
    for (name, path) in fixtures() {
        let fixture = load(name, &path);
        let questions = questions(&fixture);
        for (part, less) in lessened(&fixture.output) {
            // A group of the model is still there when the generated one is not: only its rule is another.
            let (program, rejected) = world::try_program(&world::with(&fixture.tenancies, &less));
            let unchanged = part.starts_with("dynamic group") && rejected.is_empty();
            assert!(
                refused(&program, &questions).is_some() || unchanged,
                "{}: every intent is allowed without {part}",
                fixture.name
            );
        }
    }
}
