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
