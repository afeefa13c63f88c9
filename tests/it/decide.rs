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
        out += &format!("  {:?} {}: {}\n", finding.permission, finding.verdict.as_str(), finding.reason);
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
                        failures += &format!("    {:?} {}\n", finding.permission, finding.reason);
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
