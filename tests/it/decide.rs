//! Requests against programs: who may do what, and why.

use ocipol::files;
use ocipol::policytest;
use ocipol::program::{Mode, Program};
use ocipol::request::{Action, Ask, Asker};
use ocipol::source::Sources;

use crate::world::{self, World, fixture};

fn ask(program: &Program, sources: &Sources, who: &str, operation: &str, target: &str) -> String {
    let (_, account) = world::ask(program, who, operation, target);
    let mut out = format!("{}\n", account.headline);
    for finding in &account.permissions {
        out += &format!("  {} {}: {}\n", finding.need, finding.verdict.as_str(), finding.reason);
        for cited in &finding.because {
            out +=
                &format!("    because {} #{} {}\n", cited.policy, cited.number, sources.locate(cited.place));
        }
        for near in &finding.near {
            out += &format!(
                "    near {} #{}: {}\n",
                near.statement.policy, near.statement.number, near.obstacle
            );
        }
    }
    for rejected in &account.rejected {
        out += &format!("  rejected {} #{}: {}\n", rejected.policy, rejected.number, rejected.reason);
    }
    for repair in &account.repairs {
        out +=
            &format!("  {} ({})\n    {}\n", repair.purpose, repair.tenancy, repair.statements.join("\n    "));
        for also in &repair.also {
            out += &format!("    also counts {also}\n");
        }
    }
    out
}

#[test]
fn cross_tenancy() {
    let yaml = std::fs::read_to_string(fixture("oke/cross-tenancy.tenancy.yaml")).unwrap();
    let world = World::new(&yaml);
    assert_eq!(world.findings, []);
    let (sources, program) = (&world.sources, world.program());
    let requests = [
        ("prod", "Decrypt", "etcd-key"),
        ("prod", "Decrypt", "other-key"),
        ("prod", "ListKeys", "Citadel/kms"),
        ("prod", "ScheduleKeyDeletion", "etcd-key"),
        ("canary", "Decrypt", "etcd-key"),
        ("ada", "GetKey", "etcd-key"),
        ("ben", "GetKey", "etcd-key"),
    ];
    let told: Vec<String> =
        requests.iter().map(|(who, what, on)| ask(&program, sources, who, what, on)).collect();
    let broken = yaml.replace("of tenancy OkeSide to", "of tenancy Harbor to");
    let world = World::new(&broken);
    let (program, findings) = ocipol::resolve::resolve(&world.model, ocipol::program::Mode::default());
    let findings: Vec<String> =
        findings.iter().map(|f| format!("{} {} | {:?}", f.code, f.message, f.help)).collect();
    let broken = ask(&program, &world.sources, "prod", "Decrypt", "etcd-key");
    insta::assert_snapshot!(format!("{}\n{}\n\n{broken}", told.join("\n"), findings.join("\n")));
}

/// Runs every policy test of a folder of the fixtures; gives how many requests there were.
fn run_suites(folder: &str) -> usize {
    let mut requests = 0;
    let mut failures = String::new();
    let mut files: Vec<_> =
        std::fs::read_dir(fixture(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.to_string_lossy().ends_with(".policytest.yaml")) {
        let mut sources = Sources::new();
        let id = files::open(&mut sources, file).unwrap();
        let (suite, findings) = policytest::read(&mut sources, id, &mut files::beside(file));
        let broken: Vec<_> = findings.iter().filter(|finding| finding.code.area() != "syntax").collect();
        assert!(broken.is_empty(), "{broken:#?}");
        for case in &suite.cases {
            let outcome = policytest::run(case, Mode::default());
            requests += outcome.requests;
            for failure in outcome.failures {
                failures +=
                    &format!("{} {}: {}\n", sources.locate(failure.place), case.name.node, failure.message);
                if let Some(account) = failure.account {
                    failures += &format!("  {}\n", account.headline);
                    for finding in account.permissions {
                        failures += &format!("    {} {}\n", finding.need, finding.reason);
                        failures += &finding
                            .near
                            .iter()
                            .map(|near| {
                                format!(
                                    "      near {} #{} {}\n",
                                    near.statement.policy, near.statement.number, near.obstacle
                                )
                            })
                            .collect::<String>();
                    }
                    failures += &account
                        .rejected
                        .iter()
                        .map(|r| format!("    rejected {} #{} {}\n", r.policy, r.number, r.reason))
                        .collect::<String>();
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
    requests
}

#[test]
fn the_worked_cases_of_the_specification_hold() {
    let requests = run_suites("decide");
    eprintln!("{requests} requests of policy tests hold");
    assert!(requests >= 60, "{requests}");
}

/// The rows of the specification's tables (evaluation, sections 6, 7 and 8), as the names of cases begin: for section 7 the
/// table of verbs and the ten numbered rules, for section 8 the table of facts in its order, then association.
const ROWS: [(u32, &[&str]); 3] = [
    (6, &["group", "dynamic-group", "service", "any-group", "any-user", "resource"]),
    (
        7,
        &[
            "manage",
            "use",
            "read",
            "inspect",
            "permission",
            "1",
            "2",
            "3",
            "4",
            "5",
            "6",
            "7",
            "8",
            "9",
            "10",
        ],
    ),
    (
        8,
        &[
            "any-user",
            "allow at home",
            "source allow",
            "group match",
            "membership",
            "endorse subject",
            "alias",
            "admit without tenancy",
            "any-tenancy",
            "regions",
            "attachment",
            "deny",
            "oracle",
            "association",
        ],
    ),
];

/// The names of a suite's cases, after every request of them was seen to assert its reason.
fn reasoned(file: &str) -> Vec<String> {
    let file = fixture(file);
    let mut sources = Sources::new();
    let id = files::open(&mut sources, &file).unwrap();
    let (suite, _) = policytest::read(&mut sources, id, &mut files::beside(&file));
    for expectation in suite.cases.iter().flat_map(|case| &case.expectations) {
        let says = expectation.because.is_some() || expectation.reason.is_some();
        assert!(says, "{} asserts no reason", sources.locate(expectation.place));
    }
    suite.cases.into_iter().map(|case| case.name.node).collect()
}

#[test]
fn every_row_of_the_specification_has_its_case() {
    let worked: Vec<String> = reasoned("decide/worked.policytest.yaml")
        .iter()
        .map(|name| name.split_once(' ').unwrap().0.to_owned())
        .collect();
    let numbers: Vec<String> = (1..=50).map(|number: u32| number.to_string()).collect();
    assert_eq!(worked, numbers, "section 12, in its order");
    let tables = reasoned("decide/semantics.policytest.yaml");
    for (section, rows) in ROWS {
        let mut count = 0;
        for row in rows {
            let start = format!("{section} {row}, ");
            let cases = tables.iter().filter(|name| name.starts_with(&start)).count();
            assert!(cases > 0, "no case for section {section}, row {row}");
            count += cases;
        }
        eprintln!("section {section}: {} rows, {count} cases", rows.len());
    }
}

#[test]
fn either_of_two_permissions_is_repaired_with_the_lesser() {
    let yaml = "
tenancies:
  - name: Fjord
    id: ocid1.tenancy.oc1..fjord
    users: [{name: amy, id: ocid1.user.oc1..amy}]
    groups: [{name: Pilots, id: ocid1.group.oc1..pilots, members: [amy]}]
    resources: [{name: maps, id: ocid1.bucket.oc1.iad.maps}]
";
    let world = World::new(yaml);
    // PAR_MANAGE comes with `manage buckets`, BUCKET_READ with `read buckets`; either is enough.
    let (decision, account) = world::ask(&world.program(), "amy", "ListPreauthenticatedRequests", "maps");
    let tested: Vec<String> = decision.tests.iter().map(|test| test.need.to_string()).collect();
    assert_eq!(tested, ["PAR_MANAGE", "BUCKET_READ"]);
    let statements: Vec<&String> = account.repairs.iter().flat_map(|repair| &repair.statements).collect();
    assert_eq!(
        statements,
        ["Allow group Pilots to {BUCKET_READ} in tenancy where target.bucket.name = 'maps'"]
    );
}

#[test]
fn the_other_half_is_not_called_missing_where_no_policy_of_it_was_read() {
    let yaml = std::fs::read_to_string(fixture("oke/cross-tenancy.tenancy.yaml")).unwrap();
    let citadel = yaml.find("  - name: Citadel").unwrap();
    let policies = citadel + yaml[citadel..].find("    policies:").unwrap();
    let world = World::new(&yaml[..policies]);
    let (_, account) = world::ask(&world.program(), "prod", "Decrypt", "etcd-key");
    assert_eq!(
        account.permissions[0].reason,
        "Harbor endorses it, but the model has no policy of Citadel: the Admit is missing, or not in these files"
    );
    // A model that says that it does not know them is not sure of anything.
    let unknown =
        yaml[..policies].replace("  - name: Citadel\n", "  - name: Citadel\n    not-known: [policies]\n");
    let world = World::new(&unknown);
    let (decision, account) = world::ask(&world.program(), "prod", "Decrypt", "etcd-key");
    assert_eq!(decision.verdict.as_str(), "indeterminate");
    assert_eq!(account.permissions[0].reason, "the policies of Citadel are not known");
}

#[test]
fn the_oci_types_of_secrets_and_functions_have_their_own_words_in_variables() {
    let yaml = "
tenancies:
  - name: Fjord
    id: ocid1.tenancy.oc1..fjord
    users: [{name: amy, id: ocid1.user.oc1..amy}]
    groups: [{name: Pilots, id: ocid1.group.oc1..pilots, members: [amy]}]
    resources:
      - {name: code, id: ocid1.vaultsecret.oc1.iad.code}
      - {name: greet, id: ocid1.fnfunc.oc1.iad.greet}
    policies:
      - statements:
          - Allow group Pilots to read secret-family in tenancy where target.secret.id = 'ocid1.vaultsecret.oc1.iad.code'
          - Allow group Pilots to use fn-invocation in tenancy where target.function.id = 'ocid1.fnfunc.oc1.iad.greet'
";
    let world = World::new(yaml);
    let (sources, program) = (&world.sources, world.program());
    assert_eq!(world.findings, []);
    for (operation, target) in [("GetSecretBundle", "code"), ("InvokeFunction", "greet")] {
        let told = ask(&program, sources, "amy", operation, target);
        assert!(told.starts_with("allow:"), "{told}");
    }
    // Listing secrets names no secret, whatever the target of the question is.
    let told = ask(&program, sources, "amy", "ListSecrets", "code");
    assert!(told.starts_with("deny"), "{told}");
}

#[test]
fn repairs_pin_what_can_be_pinned_and_let_no_service_out() {
    let yaml = "
tenancies:
  - name: Fjord
    id: ocid1.tenancy.oc1..fjord
    users: [{name: amy, id: ocid1.user.oc1..amy}]
    groups: [{name: Net Ops, id: ocid1.group.oc1..netops, members: [amy]}]
  - name: Glacier
    id: ocid1.tenancy.oc1..glacier
    compartments: [{name: store, id: ocid1.compartment.oc1..store}]
    resources:
      - {name: maps, id: ocid1.bucket.oc1.iad.maps, compartment: store}
";
    let world = World::new(yaml);
    let program = world.program();
    let told = ask(&program, &world.sources, "amy", "GetBucket", "maps");
    insta::assert_snapshot!(told);
    let service = Asker::Service { name: "blockstorage".to_owned(), tenancy: "Fjord".to_owned() };
    let (_, account) =
        world::put(&program, Ask::new(service, Action::Operation("GetBucket".to_owned()), "maps"));
    assert_eq!(account.repairs, [], "no pair of statements lets a service out and in");
}

#[test]
fn a_name_that_does_not_exist_rejects_every_policy_that_uses_it() {
    let yaml = "
tenancies:
  - name: Fjord
    id: ocid1.tenancy.oc1..fjord
    compartments: [{name: hangar, id: ocid1.compartment.oc1..hangar}]
    users: [{name: rita, id: ocid1.user.oc1..rita}]
    groups: [{name: Readers, id: ocid1.group.oc1..readers, members: [rita]}]
    resources: [{name: web, id: ocid1.vcn.oc1.iad.web, compartment: hangar}]
    policies:
      - name: first
        statements: [WRONG]
      - name: second
        statements: [WRONG, Allow group Readers to manage virtual-network-family in tenancy]
";
    let mut told = String::new();
    for wrong in [
        "Allow group Typo to read vcns in tenancy",
        "Allow group id ocid1.group.oc1..ghost to read vcns in tenancy",
        "Allow dynamic-group Typo to read vcns in tenancy",
        "Allow group Readers to read vcns in compartment nope:below",
        "Allow group Readers to read vcns in compartment id ocid1.compartment.oc1..ghost",
    ] {
        let world = World::new(&yaml.replace("WRONG", &format!("\"{wrong}\"")));
        assert_eq!(world.findings, []);
        let (program, findings) = ocipol::resolve::resolve(&world.model, Mode::default());
        told += &format!("{wrong}\n");
        for finding in &findings {
            let place = finding.place().unwrap();
            told += &format!("  {} {}: {}\n", world.sources.locate(place), finding.code, finding.message);
        }
        told += &format!(
            "  {}\n",
            ask(&program, &world.sources, "rita", "GetVcn", "web").lines().next().unwrap()
        );
        assert!(
            Ask::new(Asker::Named("rita".to_owned()), Action::Operation("ListVcns".to_owned()), "Fjord/nope")
                .prepare(&program)
                .is_err(),
            "a compartment that only a statement names is no target"
        );
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_name_means_what_the_askers_own_tenancy_calls_so() {
    let tenancy = |name: &str, groups: &str| {
        format!(
            "  - name: {name}\n    id: ocid1.tenancy.oc1..{name}\n    users: [{{name: kim, id: ocid1.user.oc1..{name}}}]\n    groups: [{groups}]\n    policies:\n      - statements: [Allow group Pilots to inspect groups in tenancy]\n"
        )
    };
    let pilots = |name: &str| format!("{{name: Pilots, id: ocid1.group.oc1..{name}, members: [kim]}}");
    let yaml = format!(
        "tenancies:\n{}{}{}",
        tenancy("Fjord", &pilots("fjord")),
        tenancy("Glacier", &pilots("glacier")),
        tenancy("Moraine", "{name: Crew, id: ocid1.group.oc1..crew}").replace(
            "    policies:\n      - statements: [Allow group Pilots to inspect groups in tenancy]\n",
            ""
        ),
    );
    let world = World::new(&yaml);
    assert_eq!(world.findings, []);
    let program = world.program();
    let told = |who: &str, target: &str| {
        let ask =
            Ask::new(Asker::Named(who.to_owned()), Action::Operation("iam/GetGroup".to_owned()), target);
        match ask.prepare(&program) {
            Ok(request) => ocipol::decide::decide(&program, &request).verdict.as_str().to_owned(),
            Err(error) => format!("{error}; {}", error.help()),
        }
    };
    assert_eq!(told("ocid1.user.oc1..Glacier", "Pilots"), "allow");
    assert_eq!(told("ocid1.user.oc1..Glacier", "group:Fjord/Pilots"), "deny (implicit)");
    assert_eq!(
        told("ocid1.user.oc1..Moraine", "Pilots"),
        "several tenancies have something called `Pilots`: Fjord, Glacier; write `Fjord/Pilots`"
    );
}

#[test]
fn a_program_is_shared_by_threads() {
    const fn shared<T: Send + Sync>() {}
    shared::<Program>();
}

#[test]
fn a_statement_is_found_by_the_value_its_condition_asks_for() {
    // Many statements of one subject, place and permission, each for a key of its own.
    let keys: Vec<String> = (0..40).map(|number| format!("ocid1.key.oc1.iad.v.k{number}")).collect();
    let statements: String = keys
        .iter()
        .map(|key| {
            format!(
                "          - \"Allow any-user to use keys in tenancy where all {{request.principal.type = 'cluster', target.key.id = '{key}'}}\"\n"
            )
        })
        .collect();
    let resources: String = keys.iter().map(|key| format!("      - {{id: {key}}}\n")).collect();
    let yaml = format!(
        "tenancies:\n  - name: Fjord\n    id: ocid1.tenancy.oc1..fjord\n    resources:\n      - {{name: c, id: ocid1.cluster.oc1.iad.c}}\n      - {{name: i, id: ocid1.instance.oc1.iad.i}}\n{resources}    policies:\n      - statements:\n{statements}"
    );
    let world = World::new(&yaml);
    let program = world.program();
    assert_eq!(world.findings, []);
    for (number, key) in (1..).zip(&keys) {
        let (decision, account) = world::ask(&program, "c", "Encrypt", key);
        assert!(decision.verdict.is_allow());
        let because: Vec<u32> = account.permissions[0].because.iter().map(|cited| cited.number).collect();
        assert_eq!(because, [number]);
        assert!(!world::ask(&program, "i", "Encrypt", key).0.verdict.is_allow());
    }
    // Where nobody knows which key it is, all of them may decide it.
    let mut ask = Ask::new(Asker::Named("c".into()), Action::Operation("Encrypt".into()), keys[0].as_str());
    ask.unknown = vec!["target.key.id".to_owned()];
    let (decision, _) = world::put(&program, ask);
    assert_eq!(decision.tests[0].because.len(), keys.len());
}

#[test]
fn a_region_that_one_side_lacks_is_noted_and_decides_nothing() {
    let yaml = std::fs::read_to_string(fixture("oke/cross-tenancy.tenancy.yaml")).unwrap();
    let world = World::new(&yaml);
    let program = world.program();
    let mut ask =
        Ask::new(Asker::Named("prod".to_owned()), Action::Operation("Decrypt".to_owned()), "etcd-key");
    ask.region = Some("lhr".to_owned());
    let (decision, account) = world::put(&program, ask);
    assert!(decision.verdict.is_allow());
    let notes = account.notes.join("\n");
    assert!(notes.contains("Harbor is not subscribed to the region `lhr`"), "{notes}");
    assert!(notes.contains("Citadel is not subscribed to the region `lhr`"), "{notes}");
}

/// A Define with another OCID than is meant, or a group that is not the asker's, in the cross-tenancy fixture.
/// Of two policies that lack the same Define both are named, also where both have one name.
#[test]
fn every_policy_that_lacks_a_define_is_told() {
    let admit = "statements: [Admit any-user of tenancy Source to read buckets in tenancy]";
    let world = World::new(&format!(
        "
tenancies:
  - name: Harbor
    id: ocid1.tenancy.oc1..harbor
    users: [{{name: kim, id: ocid1.user.oc1..kim}}]
    policies:
      - name: out
        statements: [Define tenancy There as ocid1.tenancy.oc1..citadel, Endorse any-user to read buckets in tenancy There]
  - name: Citadel
    id: ocid1.tenancy.oc1..citadel
    resources: [{{name: logs, id: ocid1.bucket.oc1.iad.logs}}]
    policies:
      - {{name: admit, {admit}}}
      - {{name: admit, {admit}}}
"
    ));
    let (_, account) = world::ask(&world.program(), "kim", "GetBucket", "logs");
    let changes: Vec<&str> = account.changes.iter().map(|change| change.what.as_str()).collect();
    assert_eq!(changes, ["admit #1", "admit #1"]);
}

#[test]
fn a_define_that_stands_for_something_else_is_told_with_both_ocids() {
    let yaml = std::fs::read_to_string(fixture("oke/cross-tenancy.tenancy.yaml")).unwrap();
    let defines = [
        ("Define tenancy OkeSide as ocid1.tenancy.oc1..harbor", "prod", "Decrypt"),
        ("Define tenancy KmsSide as ocid1.tenancy.oc1..citadel", "prod", "Decrypt"),
        ("Define dynamic-group OkeClusters as ocid1.dynamicgroup.oc1..okeclusters", "prod", "Decrypt"),
        ("Define group OkeAdmins as ocid1.group.oc1..okeadmins", "ada", "GetKey"),
    ];
    let told = defines.map(|(define, who, operation)| {
        assert!(yaml.contains(define), "{define}");
        let wrong = format!("{define}wrong");
        let world = World::new(&yaml.replace(define, &wrong));
        format!("=== {wrong}\n{}", ask(&world.program(), &world.sources, who, operation, "etcd-key"))
    });
    insta::assert_snapshot!(told.join("\n"));
}
