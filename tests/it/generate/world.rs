//! A fixture's world with the generated policies in it, made from the YAML that is generated.

use std::collections::BTreeSet;
use std::path::Path;

use ocipol::decide::{Verdict, decide};
use ocipol::program::{Mode, Program};
use ocipol::request::{Action, Ask, Asker};
use ocipol::resolve::resolve;
use ocipol::source::{Source, Sources};
use ocipol::tenancy::{self, Tenancies};
use ocipol::yaml;
use serde_yaml::{Mapping, Value};

/// The tenancies a fixture is tried in: those it names, or those of a file beside it.
pub(super) fn tenancies(path: &Path) -> Value {
    let own = path.to_str().unwrap().replace(".intent.yaml", ".tenancy.yaml");
    let own = Path::new(&own);
    let file = if own.exists() {
        own.to_owned()
    } else {
        let intents: Value = serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        path.with_file_name(intents["tenancies"].as_str().unwrap())
    };
    serde_yaml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// The tenancies with the dynamic groups and policies of a generated YAML file put in.
pub(super) fn with(tenancies: &Value, generated: &Value) -> Value {
    let mut world = tenancies.clone();
    let none = Vec::new();
    for group in generated["dynamic-groups"].as_sequence().unwrap_or(&none) {
        let groups = list(tenancy(&mut world, group["tenancy"].as_str().unwrap()), "dynamic-groups");
        let known = groups.iter().position(|known| known["name"] == group["name"]);
        let id = match known {
            Some(place) => groups.remove(place)["id"].clone(),
            None => Value::from("ocid1.dynamicgroup.oc1..made"),
        };
        groups.push(mapping([
            ("name", group["name"].clone()),
            ("id", id),
            ("matching-rule", group["matching-rule"].clone()),
        ]));
    }
    for policy in generated["policies"].as_sequence().unwrap() {
        let attach = policy["attach"].as_str().unwrap();
        let (name, path) = attach.split_once('/').map_or((attach, None), |(name, path)| (name, Some(path)));
        let mut entries =
            vec![("name", policy["name"].clone()), ("statements", policy["statements"].clone())];
        entries.extend(path.map(|path| ("attach", Value::from(path))));
        list(tenancy(&mut world, name), "policies").push(mapping(entries));
    }
    world
}

fn tenancy<'w>(world: &'w mut Value, name: &str) -> &'w mut Value {
    let all = world["tenancies"].as_sequence_mut().unwrap().iter_mut();
    let mut found = all.filter(|tenancy| tenancy["name"] == name || tenancy["id"] == name);
    found.next().unwrap()
}

fn list<'w>(tenancy: &'w mut Value, key: &str) -> &'w mut Vec<Value> {
    let entries = tenancy.as_mapping_mut().unwrap();
    let list = entries.entry(Value::from(key)).or_insert_with(|| Value::Sequence(Vec::new()));
    list.as_sequence_mut().unwrap()
}

fn mapping<'k>(entries: impl IntoIterator<Item = (&'k str, Value)>) -> Value {
    let entries = entries.into_iter().map(|(key, value)| (Value::from(key), value));
    Value::Mapping(entries.collect::<Mapping>())
}

/// Reads and resolves a world; the policies of it must be in force.
pub(super) fn program(world: &Value) -> Program {
    let (program, rejected) = try_program(world);
    assert_eq!(rejected, "");
    program
}

/// Reads and resolves a world, with what was rejected.
pub(super) fn try_program(world: &Value) -> (Program, String) {
    let model = model(world);
    let (program, _) = resolve(&model, Mode::default());
    let rejected: Vec<String> =
        program.rejections().iter().map(|rejection| rejection.finding.message.clone()).collect();
    (program, rejected.join("\n"))
}

fn model(world: &Value) -> Tenancies {
    let mut sources = Sources::new();
    let text = serde_yaml::to_string(world).unwrap();
    let id = sources.add(Source::new("world.tenancy.yaml", text).unwrap());
    let (documents, mut findings) = yaml::read(sources.get(id).unwrap(), id);
    let nodes = documents[0].get("tenancies").and_then(|node| node.items()).unwrap();
    let model = tenancy::read(&mut sources, id, nodes, &mut |_, _| Err("none".to_owned()), &mut findings);
    assert_eq!(findings, []);
    model
}

pub(super) fn verdict(program: &Program, ask: &Ask) -> Verdict {
    let request = ask.prepare(program).unwrap_or_else(|error| unreachable!("{error}: {ask:?}"));
    decide(program, &request).verdict
}

/// Whether somebody has each of some permissions on a thing.
pub(super) fn permitted<'p>(
    program: &Program,
    who: &Asker,
    what: &str,
    permissions: &BTreeSet<&'p str>,
) -> Vec<(&'p str, bool)> {
    let names = permissions.iter().map(|&name| name.to_owned()).collect();
    let ask = Ask::new(who.clone(), Action::Permissions(names), what);
    let request = ask.prepare(program).unwrap();
    let decision = decide(program, &request);
    assert_eq!(decision.tests.len(), permissions.len());
    permissions
        .iter()
        .copied()
        .zip(decision.tests.iter().map(|test| test.verdict == Verdict::Allow))
        .collect()
}
