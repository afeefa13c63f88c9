//! Requests against programs: who may do what, and why.

use ocipol::decide::decide;
use ocipol::diagnostic::Diagnostic;
use ocipol::explain::explain;
use ocipol::program::{Mode, Program};
use ocipol::request::{Action, Ask, Asker};
use ocipol::resolve::resolve;
use ocipol::source::{Source, Sources};
use ocipol::tenancy;
use ocipol::yaml;

fn world(yaml: &str) -> (Sources, Program, Vec<Diagnostic>) {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("world.tenancy.yaml", yaml).unwrap());
    let (documents, mut findings) = yaml::read(sources.get(id).unwrap(), id);
    let nodes = documents[0].get("tenancies").and_then(|node| node.items()).unwrap();
    let model =
        tenancy::read(&mut sources, id, nodes, &mut |_, _| Err("no files here".to_owned()), &mut findings);
    let (program, bound) = resolve(&model, Mode::default());
    findings.extend(bound);
    (sources, program, findings)
}

fn ask(program: &Program, sources: &Sources, who: &str, operation: &str, target: &str) -> String {
    let ask = Ask::new(Asker::Named(who.to_owned()), Action::Operation(operation.to_owned()), target);
    let request = ask.prepare(program).unwrap();
    let decision = decide(program, &request);
    let account = explain(program, &request, &decision);
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
    let yaml = std::fs::read_to_string("fixtures/oke/cross-tenancy.tenancy.yaml").unwrap();
    let (sources, program, findings) = world(&yaml);
    assert_eq!(findings, []);
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
        requests.iter().map(|(who, what, on)| ask(&program, &sources, who, what, on)).collect();
    let broken = yaml.replace("of tenancy OkeSide to", "of tenancy Harbor to");
    let (sources, program, findings) = world(&broken);
    let findings: Vec<String> =
        findings.iter().map(|f| format!("{} {} | {:?}", f.code, f.message, f.help)).collect();
    let broken = ask(&program, &sources, "prod", "Decrypt", "etcd-key");
    insta::assert_snapshot!(format!("{}\n{}\n\n{broken}", told.join("\n"), findings.join("\n")));
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
    let (sources, program, findings) = world(yaml);
    assert_eq!(findings, []);
    for (operation, target) in [("GetSecretBundle", "code"), ("InvokeFunction", "greet")] {
        let told = ask(&program, &sources, "amy", operation, target);
        assert!(told.starts_with("allow:"), "{told}");
    }
    // Listing secrets names no secret, whatever the target of the question is.
    let told = ask(&program, &sources, "amy", "ListSecrets", "code");
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
    let (sources, program, _) = world(yaml);
    let told = ask(&program, &sources, "amy", "GetBucket", "maps");
    insta::assert_snapshot!(told);
    let service = Asker::Service { name: "blockstorage".to_owned(), tenancy: "Fjord".to_owned() };
    let ask = Ask::new(service, Action::Operation("GetBucket".to_owned()), "maps");
    let request = ask.prepare(&program).unwrap();
    let account = explain(&program, &request, &decide(&program, &request));
    assert_eq!(account.repairs, [], "no pair of statements lets a service out and in");
}
