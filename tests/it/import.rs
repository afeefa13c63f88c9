//! `ocipol import`: models from what the OCI CLI prints.

use std::collections::BTreeSet;

use ocipol::cli::Exit;
use ocipol::decide::Verdict;
use ocipol::import::Import;
use ocipol::source::Sources;
use ocipol::{files, tenancy};

use crate::cli::{file, into_closed_pipe, ocipol};
use crate::world::{self, World};

const TENANCY: &str =
    r#"{"data": {"id": "ocid1.tenancy.oc1..acme", "name": "acme", "home-region-key": "IAD"}}"#;
const COMPARTMENTS: &str = r#"{"data": [
    {"id": "ocid1.compartment.oc1..net", "name": "net", "compartment-id": "ocid1.tenancy.oc1..acme"},
    {"id": "ocid1.compartment.oc1..dmz", "name": "dmz", "compartment-id": "ocid1.compartment.oc1..net"}]}"#;

#[test]
fn every_dump_of_the_fixtures_becomes_a_model() {
    for name in ["full", "partial", "two"] {
        let run = ocipol(&["import", &format!("fixtures/import/{name}")]);
        assert_eq!(run.exit, Exit::Fine, "{}", run.err);
        insta::assert_snapshot!(name, run.told());
        let read = World::new(&run.out);
        assert_eq!(read.findings, [], "{name} reads back");
        assert!(read.program().rejections().is_empty() || name != "two");
    }
}

#[test]
fn statements_are_written_as_they_are() {
    let run = ocipol(&["import", "fixtures/import/full"]);
    let world = World::new(&run.out);
    assert!(world.program().rejections().is_empty());
    let model: serde_yaml::Value = serde_yaml::from_str(&run.out).unwrap();
    let policies = model["tenancies"][0]["policies"].as_sequence().unwrap();
    let written: BTreeSet<&str> = policies
        .iter()
        .flat_map(|policy| policy["statements"].as_sequence().unwrap())
        .map(|statement| statement.as_str().unwrap())
        .collect();
    let text = std::fs::read_to_string("fixtures/import/full/policies.json").unwrap();
    let answers =
        serde_json::Deserializer::from_str(&text).into_iter::<serde_json::Value>().map(Result::unwrap);
    let answers: Vec<serde_json::Value> = answers.collect();
    let dumped: BTreeSet<&str> = answers
        .iter()
        .flat_map(|answer| answer["data"].as_array().unwrap())
        .flat_map(|policy| policy["statements"].as_array().unwrap())
        .map(|statement| statement.as_str().unwrap())
        .collect();
    assert_eq!(written, dumped);
    assert!(written.iter().any(|text| text.contains("  read") && text.contains('\t')), "white space too");
}

#[test]
fn an_imported_pair_of_tenancies_decides() {
    let run = ocipol(&["import", "fixtures/import/two"]);
    let program = World::new(&run.out).program();
    let (decision, account) = world::ask(&program, "prod", "Decrypt", "etcd-key");
    assert_eq!(decision.verdict, Verdict::Allow, "{account:?}");
}

#[test]
fn what_a_dump_does_not_say_is_not_taken_for_empty() {
    let run = ocipol(&["import", "fixtures/import/partial"]);
    let world = World::new(&run.out);
    let known = |aspect| world.model.tenancies().all(|(id, _)| world.model.knows(id, aspect));
    for (word, aspect) in tenancy::Aspect::ALL {
        assert!(!known(aspect), "{word}");
        assert!(run.err.contains(&word.replace('-', " ")), "{word}: {}", run.err);
    }
}

/// The members of one group say nothing of those of another, and the policies of the root nothing of a compartment's.
#[test]
fn what_is_said_of_one_is_not_said_of_all() {
    let tenancy = r#"{"data": {"id": "ocid1.tenancy.oc1..acme", "name": "acme", "home-region-key": "IAD"}}"#;
    let group = |name: &str| {
        format!(
            r#"{{"id": "ocid1.group.oc1..{name}", "name": "{name}", "compartment-id": "ocid1.tenancy.oc1..acme"}}"#
        )
    };
    let groups = format!(r#"{{"data": [{}, {}]}}"#, group("Administrators"), group("NetAdmins"));
    let users = r#"{"data": [{"id": "ocid1.user.oc1..ann", "name": "ann", "compartment-id": "ocid1.tenancy.oc1..acme",
        "capabilities": {}}]}"#;
    let member = r#"{"data": {"id": "ocid1.groupmembership.oc1..m", "group-id": "ocid1.group.oc1..NetAdmins",
        "user-id": "ocid1.user.oc1..ann", "compartment-id": "ocid1.tenancy.oc1..acme"}}"#;
    let compartments = r#"{"data": [{"id": "ocid1.compartment.oc1..net", "name": "net",
        "compartment-id": "ocid1.tenancy.oc1..acme", "lifecycle-state": "ACTIVE", "description": ""}]}"#;
    let policies = r#"{"data": [{"id": "ocid1.policy.oc1..p", "name": "root", "compartment-id": "ocid1.tenancy.oc1..acme",
        "statements": ["Allow group Administrators to manage all-resources in tenancy"]}]}"#;
    let mut import = Import::new();
    for (name, text) in [
        ("tenancy", tenancy),
        ("groups", &groups),
        ("users", users),
        ("member", member),
        ("compartments", compartments),
        ("policies", policies),
    ] {
        import.add(&format!("{name}.json"), text).unwrap();
    }
    let imported = import.finish().unwrap();
    assert!(imported.model.contains("- memberships"), "{}", imported.model);
    assert!(imported.model.contains("members:\n    - ann\n"), "{}", imported.model);
    let said = "acme: policies seen in the root; none in net - if these were not listed, put `policies` under `not-known`";
    assert_eq!(imported.notes, [said]);
}

#[test]
fn the_model_does_not_depend_on_the_order_of_files() {
    let mut texts: Vec<(String, String)> = std::fs::read_dir("fixtures/import/full")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    texts.sort();
    let model = |texts: &[(String, String)]| {
        let mut import = Import::new();
        for (name, text) in texts {
            import.add(name, text).unwrap();
        }
        import.finish().unwrap().model
    };
    let first = model(&texts);
    for _ in 0..texts.len() {
        texts.rotate_left(1);
        assert_eq!(model(&texts), first);
    }
    texts.reverse();
    assert_eq!(model(&texts), first);
}

#[test]
fn a_model_is_written_where_it_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fjord.tenancy.yaml");
    let run = ocipol(&["import", "fixtures/import/full", "-o", path.to_str().unwrap()]);
    assert_eq!((run.exit, run.out.as_str()), (Exit::Fine, ""));
    let mut sources = Sources::new();
    let id = files::open(&mut sources, &path).unwrap();
    let mut findings = Vec::new();
    tenancy::read_file(&mut sources, id, &mut files::beside(&path), &mut findings);
    assert_eq!(findings, []);
}

#[test]
fn a_region_that_is_not_ready_does_not_count() {
    let regions = r#"{"data": [{"is-home-region": true, "region-key": "IAD", "status": "READY"},
        {"is-home-region": false, "region-key": "PHX", "status": "IN_PROGRESS"}]}"#;
    let mut import = Import::new();
    import.add("tenancy.json", TENANCY).unwrap();
    import.add("regions.json", regions).unwrap();
    let imported = import.finish().unwrap();
    assert!(imported.model.contains("  regions:\n  - iad\n  not-known"), "{}", imported.model);
    assert_eq!(imported.notes, ["region `phx` left out: its subscription is IN_PROGRESS"]);
}

#[test]
fn buckets_are_taken_with_and_without_an_ocid() {
    let list = r#"{"data": [
        {"name": "logs", "namespace": "ns", "compartment-id": "ocid1.compartment.oc1..net", "created-by": "ocid1.user.oc1..u"},
        {"name": "Maps_1", "namespace": "ns", "compartment-id": "ocid1.tenancy.oc1..acme", "created-by": "ocid1.user.oc1..u"}]}"#;
    let found = r#"{"data": {"items": [{"identifier": "ocid1.bucket.oc1.iad.logs", "display-name": "logs",
        "compartment-id": "ocid1.compartment.oc1..net", "resource-type": "Bucket"}]}}"#;
    let mut import = Import::new();
    for (name, text) in [("t.json", TENANCY), ("c.json", COMPARTMENTS), ("b.json", list), ("s.json", found)] {
        import.add(name, text).unwrap();
    }
    let imported = import.finish().unwrap();
    assert_eq!(imported.took[2].words(), "b.json: 2 buckets");
    assert!(
        imported.model.contains("- name: Maps_1\n    id: ocid1.bucket.oc1..madeup"),
        "{}",
        imported.model
    );
    assert_eq!(imported.model.matches("name: logs").count(), 1, "{}", imported.model);
    assert!(imported.notes.iter().any(|note| note.contains("made-up")), "{:?}", imported.notes);
    assert_eq!(World::new(&imported.model).findings, []);
}

#[test]
fn text_of_windows_is_told_apart_from_no_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.json");
    let units = "\u{feff}{\"data\": []}".encode_utf16().flat_map(u16::to_le_bytes);
    std::fs::write(&path, units.collect::<Vec<u8>>()).unwrap();
    let run = ocipol(&["import", path.to_str().unwrap()]);
    assert_eq!(run.exit, Exit::Usage);
    assert!(run.err.contains("UTF-16"), "{}", run.err);
    std::fs::write(&path, format!("\u{feff}{TENANCY}")).unwrap();
    assert_eq!(ocipol(&["import", path.to_str().unwrap()]).exit, Exit::Fine);
}

#[test]
fn bad_input_is_told_to_a_newcomer() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, text: &str| file(folder.path(), name, text);
    let error = "ServiceError:\n{\"code\": \"NotAuthenticated\", \"status\": 401}\n";
    let empty = folder.path().join("nothing");
    std::fs::create_dir(&empty).unwrap();
    let inside = folder.path().join("no-such-folder/m.yaml");
    let full = "fixtures/import/full/tenancy.json".to_owned();
    let table: [(&str, Vec<String>); 9] = [
        ("nothing at all", vec![]),
        ("a folder without JSON", vec![empty.to_str().unwrap().to_owned()]),
        ("a file that is not there", vec!["nowhere.json".to_owned()]),
        ("an error in place of an answer", vec![at("error.json", error)]),
        ("an empty answer", vec![at("empty.json", "")]),
        ("JSON of somebody else", vec![at("package.json", r#"{"name": "left-pad", "version": "1.0.0"}"#)]),
        ("half an answer beside a whole one", vec![full.clone(), at("half.json", r#"{"data": [{"id": "#)]),
        ("no text", vec![full.clone(), "Cargo.lock/..".to_owned()]),
        ("a file that cannot be written", vec![full, "-o".to_owned(), inside.to_str().unwrap().to_owned()]),
    ];
    let mut gallery = String::new();
    for (title, arguments) in table {
        let all: Vec<&str> = std::iter::once("import").chain(arguments.iter().map(String::as_str)).collect();
        let told = ocipol(&all).told().replace(folder.path().to_str().unwrap(), "FOLDER");
        gallery += &format!("=== {title}\n{told}\n");
    }
    insta::assert_snapshot!(gallery);
    assert_eq!(into_closed_pipe(&["import", "fixtures/import/full"]), Exit::Fine);
}
