//! `who-can`: the same answers as asking for every principal, and an answer people can read.

use std::collections::BTreeMap;

use ocipol::cli::Exit;
use ocipol::decide::{Verdict, decide};
use ocipol::program::Program;
use ocipol::request::{Action, Ask, Asker};
use ocipol::who_can::{Who, who_can};
use proptest::prelude::*;
use serde_json::Value;

use crate::cli::{into_closed_pipe, ocipol};
use crate::world::World;

const OKE: &str = "fixtures/oke/cross-tenancy.tenancy.yaml";

/// Asks for every principal of the model one by one, and compares; gives how many were asked for.
fn agrees(program: &Program, question: &Ask) -> usize {
    let model = program.tenancies();
    let users = model.users().map(|(id, user)| (Who::User(id), user.id.to_string()));
    let resources = model.resources().map(|(id, resource)| (Who::Resource(id), resource.id.to_string()));
    let everybody: BTreeMap<Who, String> = users.chain(resources).collect();
    let answer = who_can(program, question);
    for (who, ocid) in &everybody {
        let ask = Ask { principal: Asker::Named(ocid.clone()), ..question.clone() };
        let alone = ask.prepare(program).map(|request| decide(program, &request).verdict);
        let Ok(answer) = &answer else {
            assert!(alone.is_err(), "{question:?}: {alone:?} for {ocid}, {answer:?} for all");
            continue;
        };
        let together = answer.verdict(who);
        let expected = match alone {
            Ok(verdict @ (Verdict::Allow | Verdict::Indeterminate)) => verdict,
            Ok(Verdict::ImplicitDeny | Verdict::ExplicitDeny) | Err(_) => Verdict::ImplicitDeny,
        };
        assert_eq!(together, expected, "{ocid} {:?} {:?}", question.action, question.targets);
    }
    everybody.len()
}

fn operation(name: &str, target: &str) -> Ask {
    Ask::new(Asker::Named(String::new()), Action::Operation(name.to_owned()), target)
}

#[test]
fn every_principal_of_the_fixtures_gets_the_answer_that_decide_gives() {
    let mut asked = 0;
    for file in
        ["oke/cross-tenancy.tenancy.yaml", "oke/same-tenancy.tenancy.yaml", "generate/orchard.tenancy.yaml"]
    {
        let world = World::fixture(file);
        let program = world.program();
        let model = program.tenancies();
        let targets: Vec<String> = model
            .resources()
            .map(|(_, resource)| resource.id.to_string())
            .chain(model.compartments().filter_map(|(_, place)| place.id.as_ref().map(ToString::to_string)))
            .chain(model.users().map(|(_, user)| user.id.to_string()))
            .collect();
        for target in &targets {
            for name in
                ["Decrypt", "ListKeys", "GetBucket", "ListCompartments", "UpdateUser", "CreateCluster"]
            {
                asked += agrees(&program, &operation(name, target));
            }
        }
    }
    eprintln!("who-can and decide agree on {asked} principals of the fixtures");
    assert!(asked > 500, "{asked}");
}

#[test]
fn the_cases_of_the_specification_get_the_same_answers() {
    use ocipol::{files, policytest, program::Mode, resolve::resolve, source::Sources};
    let mut asked = 0;
    // Moving a compartment and asking for another tenancy's namespace are among the second.
    for file in ["decide/worked.policytest.yaml", "decide/semantics.policytest.yaml"] {
        let path = crate::world::fixture(file);
        let mut sources = Sources::new();
        let id = files::open(&mut sources, &path).unwrap();
        let (suite, _) = policytest::read(&mut sources, id, &mut files::beside(&path));
        for case in &suite.cases {
            let (program, _) = resolve(&case.world, Mode::default());
            let each = case.expectations.iter().map(|expectation| agrees(&program, &expectation.ask));
            asked += each.sum::<usize>();
        }
    }
    assert!(asked > 2_000, "{asked}");
}

/// Statements about two groups, a dynamic group and everybody, with conditions of every kind that can tell two
/// principals apart.
fn statement() -> impl Strategy<Value = String> {
    let subject = prop::sample::select(vec![
        "group A",
        "group B",
        "group A, B",
        "dynamic-group D",
        "any-user",
        "any-group",
        "group Administrators",
        "service oke",
    ]);
    let verb = prop::sample::select(vec!["inspect", "read", "use", "manage"]);
    let condition = prop::sample::select(vec![
        "",
        "",
        " where request.principal.type = 'cluster'",
        " where request.user.name != 'u1'",
        " where request.user.id = 'ocid1.user.oc1..u2'",
        " where request.groups.name = 'B'",
        " where request.groups.id != 'ocid1.group.oc1..a'",
        " where request.principal.compartment.id = 'ocid1.compartment.oc1..inner'",
        " where request.principal.group.tag.t.k = 'v'",
        " where request.region = 'iad'",
        " where any {request.instance.compartment.id = 'ocid1.compartment.oc1..inner', request.user.name = /u*/}",
        " where request.dynamicgroup.name = 'D'",
        " where target.bucket.name = 'box'",
        " where request.domain.name = 'Other'",
    ]);
    (any::<bool>(), subject, verb, condition).prop_map(|(deny, subject, verb, condition)| {
        let effect = if deny { "Deny" } else { "Allow" };
        format!("{effect} {subject} to {verb} buckets in tenancy{condition}")
    })
}

fn membership() -> impl Strategy<Value = Vec<&'static str>> {
    prop::sample::subsequence(vec!["u1", "u2", "u3", "u4"], 0..=4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_policies_get_the_answer_that_decide_gives(
        statements in prop::collection::vec(statement(), 1..6),
        (a, b, administrators) in (membership(), membership(), membership()),
        memberships_known in any::<bool>(),
    ) {
        let list = |names: &[&str]| names.join(", ");
        let quoted: Vec<String> = statements.iter().map(|text| format!("          - \"{text}\"\n")).collect();
        let not_known = if memberships_known { "" } else { "    not-known: [memberships]\n" };
        let yaml = format!("
tenancies:
  - name: T
    id: ocid1.tenancy.oc1..t
    deny-policies: enabled
{not_known}    domains: [Other]
    compartments: [{{name: inner, id: ocid1.compartment.oc1..inner}}]
    users:
      - {{name: u1, id: ocid1.user.oc1..u1}}
      - {{name: u2, id: ocid1.user.oc1..u2}}
      - {{name: u3, id: ocid1.user.oc1..u3, domain: Other}}
      - {{name: u4, id: ocid1.user.oc1..u4}}
    groups:
      - {{name: A, id: ocid1.group.oc1..a, members: [{}], tags: {{t.k: v}}}}
      - {{name: B, id: ocid1.group.oc1..b, members: [{}]}}
      - {{name: Administrators, id: ocid1.group.oc1..adm, members: [{}], default-administrators: true}}
    dynamic-groups:
      - {{name: D, id: ocid1.dynamicgroup.oc1..d, matching-rule: \"resource.compartment.id = 'ocid1.compartment.oc1..inner'\"}}
    resources:
      - {{name: c1, id: ocid1.cluster.oc1.iad.c1, compartment: inner}}
      - {{name: c2, id: ocid1.cluster.oc1.iad.c2}}
      - {{name: i1, id: ocid1.instance.oc1.iad.i1, compartment: inner}}
      - {{name: i2, id: ocid1.instance.oc1.iad.i2}}
      - {{name: box, id: ocid1.bucket.oc1.iad.box}}
    policies:
      - name: p
        statements:
{}", list(&a), list(&b), list(&administrators), quoted.concat());
        let world = World::new(&yaml);
        prop_assert!(world.findings.is_empty(), "{:?}", world.findings);
        let program = world.program();
        for name in ["GetBucket", "DeleteBucket", "ListBuckets"] {
            agrees(&program, &operation(name, "box"));
        }
        // A class that certainly may holds for each of its members.
        let answer = who_can(&program, &operation("GetBucket", "box")).unwrap();
        let model = program.tenancies();
        for (who, _) in answer.certain() {
            let members: Vec<Who> = match who {
                Who::Group(id) => model.group(*id).unwrap().members.iter().map(|user| Who::User(*user)).collect(),
                Who::Everybody(_) => model.users().map(|(id, _)| Who::User(id)).collect(),
                Who::DynamicGroup(_) | Who::Service { .. } | Who::Resource(_) | Who::User(_) => Vec::new(),
            };
            for member in members {
                prop_assert_eq!(answer.verdict(&member), Verdict::Allow, "{:?} of {:?}\n{}", member, who, yaml);
            }
        }
    }
}

#[test]
fn many_users_are_asked_for_by_group() {
    let mut yaml = "tenancies:\n  - name: T\n    id: ocid1.tenancy.oc1..t\n    users:\n".to_owned();
    let count = 3_000;
    for user in 0..count {
        yaml += &format!("      - {{name: u{user}, id: ocid1.user.oc1..u{user}}}\n");
    }
    yaml += "    groups: [{name: A, id: ocid1.group.oc1..a, members: [u1, u2, u3]}]\n";
    yaml += "    policies: [{name: p, statements: [Allow group A to read buckets in tenancy]}]\n";
    let program = World::new(&yaml).program();
    let answer = who_can(&program, &operation("GetBucket", "T")).unwrap();
    assert_eq!(answer.certain().count(), 4, "the group and its three members");
    assert_eq!(agrees(&program, &operation("GetBucket", "T")), count);
}

/// A world in which everything that the answer can say is said.
const GALLERY: &str = "
tenancies:
  - name: Fjord
    id: ocid1.tenancy.oc1..fjord
    deny-policies: enabled
    compartments: [{name: hangar, id: ocid1.compartment.oc1..hangar}]
    users:
      - {name: kim, id: ocid1.user.oc1..kim}
      - {name: lee, id: ocid1.user.oc1..lee}
      - {name: mo, id: ocid1.user.oc1..mo}
    groups:
      - {name: Pilots, id: ocid1.group.oc1..pilots, members: [kim, lee]}
      - {name: Crew, id: ocid1.group.oc1..crew, members: [lee, mo]}
      - {name: Grounded, id: ocid1.group.oc1..grounded, members: [mo]}
      - {name: Nobody, id: ocid1.group.oc1..nobody}
    dynamic-groups:
      - name: workers
        id: ocid1.dynamicgroup.oc1..workers
        matching-rule: all {resource.type = 'fnfunc', resource.compartment.id = 'ocid1.compartment.oc1..hangar'}
    resources:
      - {name: sweep, id: ocid1.fnfunc.oc1.iad.sweep, compartment: hangar}
      - {name: prod, id: ocid1.cluster.oc1.iad.prod, compartment: hangar}
      - {name: logs, id: ocid1.bucket.oc1.iad.logs, compartment: hangar}
    policies:
      - name: people
        statements:
          - Allow group Pilots to read buckets in compartment hangar
          - Allow group Crew to manage buckets in compartment hangar where request.region = 'osl'
          - Deny group Grounded to manage buckets in tenancy
          - Allow group Nobody to read buckets in compartment hangar
      - name: things
        statements:
          - Allow dynamic-group workers to read buckets in tenancy
          - Allow service objectstorage-osl to read buckets in tenancy
          - Allow any-user to read buckets in tenancy where all {request.principal.type = 'workload', request.principal.namespace = 'pay'}
      - name: abroad
        statements:
          - Define tenancy G as ocid1.tenancy.oc1..glacier
          - Define group Guests as ocid1.group.oc1..guests
          - Admit group Guests of tenancy G to read buckets in compartment hangar
      - name: broken
        statements: [Allow group Pilotes to read buckets in tenancy]
  - name: Glacier
    id: ocid1.tenancy.oc1..glacier
    users: [{name: ice, id: ocid1.user.oc1..ice}]
    groups: [{name: visitors, id: ocid1.group.oc1..guests, members: [ice]}]
    policies:
      - name: out
        statements: [Define tenancy F as ocid1.tenancy.oc1..fjord, Endorse group visitors to read buckets in tenancy F]
";

fn model(folder: &std::path::Path) -> String {
    crate::cli::file(folder, "fjord.tenancy.yaml", GALLERY)
}

#[test]
fn people_see_ways_and_who_has_them() {
    let folder = tempfile::tempdir().unwrap();
    let model = model(folder.path());
    let mut gallery = String::new();
    for question in [
        &["--operation", "GetBucket", "--target", "logs"][..],
        &["--operation", "GetBucket", "--target", "logs", "--region", "osl"],
        &["--permission", "BUCKET_DELETE", "--target", "logs"],
        &["--operation", "DeleteKey", "--target", "logs"],
        &["--operation", "GetBucket", "--target", "lags"],
        &["--operation", "Decrypt", "--target", "Fjord/hangar"],
        &["--operation", "GetBucket"],
        &["--target", "logs"],
    ] {
        let all: Vec<&str> =
            ["who-can", "--tenancies", &model].into_iter().chain(question.iter().copied()).collect();
        let told = ocipol(&all).told().replace(folder.path().to_str().unwrap(), "FOLDER");
        gallery += &format!("=== {}\n{told}\n", question.join(" "));
    }
    insta::assert_snapshot!(gallery);
}

#[test]
fn programs_get_json() {
    let folder = tempfile::tempdir().unwrap();
    let model = model(folder.path());
    for (model, operation, target) in [(model.as_str(), "GetBucket", "logs"), (OKE, "Decrypt", "etcd-key")] {
        let run = ocipol(&[
            "who-can",
            "--tenancies",
            model,
            "--operation",
            operation,
            "--target",
            target,
            "--format",
            "json",
        ]);
        assert_eq!((run.exit, run.err.as_str()), (Exit::Fine, ""));
        let answer: Value = serde_json::from_str(&run.out).unwrap();
        crate::schema::holds("who-can.v1.json", &answer);
        if model == OKE {
            insta::assert_snapshot!(run.out);
        }
    }
}

#[test]
fn a_model_that_cannot_be_read_is_told_to_a_newcomer() {
    let folder = tempfile::tempdir().unwrap();
    let empty = crate::cli::file(folder.path(), "empty.tenancy.yaml", "");
    let wrong = crate::cli::file(folder.path(), "wrong.tenancy.yaml", "tenancies: [{name: T}]");
    let mut gallery = String::new();
    for model in [empty.as_str(), &wrong, "fixtures", "nowhere.tenancy.yaml"] {
        let run = ocipol(&["who-can", "--tenancies", model, "--operation", "GetBucket", "--target", "logs"]);
        assert_eq!(run.exit, Exit::Usage);
        gallery += &run.told().replace(folder.path().to_str().unwrap(), "FOLDER");
    }
    insta::assert_snapshot!(gallery);
    for format in ["human", "json"] {
        let arguments = [
            "who-can",
            "--tenancies",
            OKE,
            "--operation",
            "Decrypt",
            "--target",
            "etcd-key",
            "--format",
            format,
        ];
        assert_eq!(into_closed_pipe(&arguments), Exit::Fine);
    }
}
