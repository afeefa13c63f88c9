//! `ocipol simulate`: one request, and files of them.

use std::io::Write;
use std::process::{Command, Stdio};

use ocipol::cli::Exit;
use serde_json::Value;

use crate::cli::{Run, file, into_closed_pipe, ocipol};

const MODEL: &str = "fixtures/oke/cross-tenancy.tenancy.yaml";
const REQUESTS: &str = "fixtures/simulate/requests.jsonl";

fn batch(requests: &str, more: &[&str]) -> Run {
    let arguments = ["simulate", "--tenancies", MODEL, "--requests", requests];
    ocipol(&arguments.iter().chain(more).copied().collect::<Vec<&str>>())
}

/// Every answer, checked against the schema.
fn answers(run: &Run) -> Vec<Value> {
    let read = |line: &str| -> Value { serde_json::from_str(line).unwrap() };
    let all: Vec<Value> = run.out.lines().map(read).collect();
    for answer in &all {
        crate::schema::holds("simulate-line.v1.json", answer);
    }
    all
}

#[test]
fn a_file_of_requests_is_answered_line_by_line() {
    let run = batch(REQUESTS, &[]);
    assert_eq!(answers(&run).len(), 4);
    insta::assert_snapshot!(run.told());
    let explained = batch(REQUESTS, &["--explain"]);
    assert!(answers(&explained).iter().all(|answer| answer["account"]["headline"].is_string()));
}

#[test]
fn one_answer_for_programs_is_what_its_schema_says() {
    for principal in ["prod", "canary"] {
        let run = ocipol(&[
            "simulate",
            "--tenancies",
            MODEL,
            "--principal",
            principal,
            "--operation",
            "Decrypt",
            "--target",
            "etcd-key",
            "--format",
            "json",
        ]);
        crate::schema::holds("simulate.v1.json", &serde_json::from_str(&run.out).unwrap());
    }
}

#[test]
fn an_identifier_comes_back_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let ids = ["123456789012345678901234567890", "1.50", r#"{"a": [null, "b"]}"#];
    let line = |id: &str| {
        format!(
            "{{\"id\": {id}, \"principal\": \"prod\", \"operation\": \"Decrypt\", \"target\": \"etcd-key\"}}\n"
        )
    };
    // A byte-order mark in front of a file is no part of its first line.
    let text = format!("\u{feff}{}", ids.map(line).concat());
    let run = batch(&file(folder.path(), "r.jsonl", text), &[]);
    assert_eq!(run.exit, Exit::Fine, "{}", run.told());
    for (id, answer) in ids.iter().zip(run.out.lines()) {
        assert!(answer.contains(&format!("\"id\":{id},")), "{answer}");
    }
}

#[test]
fn every_bad_line_is_told_and_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = br#"{"principal": "prod", "operation": "Decrypt", "target": "etcd-key"}
{"principal": "prod", "operation": "Decrypt", "target": "etcd-key"
[]
{"principal": "prod", "operation": "Decrypt", "targets": "etcd-key"}
{"principal": "prod", "operation": ["Decrypt"], "target": "etcd-key"}
{"principal": "prod", "operation": "Decript", "target": "etcd-key"}
{"principal": "pord", "operation": "Decrypt", "target": "etcd-key"}
{"principal": "prod", "operation": "Decrypt"}
{"principal": "prod", "target": "etcd-key"}
{"id": 9, "principal": "prod", "operation": "Decrypt", "target": "etcd-key", "time": "yesterday"}
{"principal": "prod", "operation": "Decrypt", "target": "etcd-key", "from": "home"}
{"principal": "prod", "operation": "Decrypt", "target": ["etcd-key"], "set": {"request.region": ["iad", "phx"]}}
"#
    .to_vec();
    text.extend_from_slice(b"\xff\n");
    text.extend(std::iter::repeat_n(b'x', 1_100_000));
    text.extend_from_slice(
        b"\n{\"principal\": \"ada\", \"operation\": \"GetKey\", \"target\": \"etcd-key\"}",
    );
    let run = batch(&file(folder.path(), "r.jsonl", text), &[]);
    assert_eq!(run.exit, Exit::Usage);
    let lines: Vec<u64> = answers(&run).iter().map(|answer| answer["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, (1..=15).collect::<Vec<u64>>());
    insta::assert_snapshot!(run.told());
}

#[test]
fn the_exit_code_is_that_of_the_worst_answer() {
    let folder = tempfile::tempdir().unwrap();
    let allowed = r#"{"principal": "prod", "operation": "Decrypt", "target": "etcd-key"}"#;
    let denied = r#"{"principal": "canary", "operation": "Decrypt", "target": "etcd-key"}"#;
    let table = [
        (allowed.to_owned(), Exit::Fine),
        (format!("{allowed}\n{denied}\n"), Exit::Denied),
        (format!("{denied}\nno\n"), Exit::Usage),
        (String::new(), Exit::Usage),
        ("\n \n".to_owned(), Exit::Usage),
    ];
    for (text, exit) in table {
        let run = batch(&file(folder.path(), "r.jsonl", &text), &[]);
        assert_eq!(run.exit, exit, "{text}: {}", run.told());
    }
    let mut gallery = String::new();
    for arguments in [
        &["--requests", "nowhere.jsonl"][..],
        &["--requests", "fixtures"],
        &["--requests", REQUESTS, "--principal", "ada"],
        &["--principal", "ada"],
        &["--explain", "--principal", "ada", "--operation", "GetKey", "--target", "etcd-key"],
        &["--principal", "ada", "--operation", "GetKey", "--permission", "KEY_READ", "--target", "etcd-key"],
    ] {
        let all: Vec<&str> =
            ["simulate", "--tenancies", MODEL].into_iter().chain(arguments.iter().copied()).collect();
        gallery += &format!("=== {}\n{}\n", arguments.join(" "), ocipol(&all).told());
    }
    insta::assert_snapshot!(gallery);
    assert_eq!(into_closed_pipe(&["simulate", "--tenancies", MODEL, "--requests", REQUESTS]), Exit::Denied);
}

#[test]
fn a_stream_is_answered_in_order_whatever_its_length() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ocipol"))
        .args(["simulate", "--tenancies", MODEL, "--requests", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let count = 10_000;
    let writer = std::thread::spawn(move || {
        for number in 0..count {
            let who = if number % 3 == 0 { "canary" } else { "prod" };
            let line = format!(
                r#"{{"id": {number}, "principal": "{who}", "operation": "Decrypt", "target": "etcd-key"}}"#
            );
            writeln!(stdin, "{line}").unwrap();
        }
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    let ids: Vec<u64> = out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_u64().unwrap())
        .collect();
    assert_eq!(ids, (0..count).collect::<Vec<u64>>());
    assert_eq!(output.status.code(), Some(3));
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(err, "10000 requests: 6666 allowed, 3334 denied, 0 indeterminate\n");
}

const SLIPS: &str = r#"tenancies:
  - name: Acme
    id: ocid1.tenancy.oc1..acme
    home-region: iad
    deny-policies: enabled
    users: [{name: bob, id: ocid1.user.oc1..bob}]
    groups: [{name: Staff, id: ocid1.group.oc1..staff, members: [bob]}]
    resources:
      - {name: logs, id: ocid1.bucket.oc1.iad.logs}
      - {name: vm, id: ocid1.instance.oc1.iad.vm}
      - {name: prod, id: ocid1.cluster.oc1.iad.prod}
      - {name: etcd-key, id: ocid1.key.oc1.iad.v.k}
    dynamic-groups: [{name: Torn, id: ocid1.dynamicgroup.oc1..torn, matching-rule: "all {resource.type = 'cluster'"}]
    policies:
      - name: p
        statements:
          - Allow group Staff to use keys in tenancy where request.region = 'iad'
          - Allow dynamic-group Torn to read objects in tenancy
          - Allow group Staff to read buckets in tenancy
          - Deny group Staff to read buckets in tenancy
"#;

#[test]
fn slips_in_a_question_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let model = file(folder.path(), "acme.tenancy.yaml", SLIPS);
    let mut gallery = String::new();
    let decrypt = "simulate --principal bob --operation Decrypt --target";
    for line in [
        // The long name of a region is its name too.
        format!("{decrypt} etcd-key --region us-ashburn-1"),
        format!("{decrypt} etcd-key --region us-ashburn-2"),
        format!("{decrypt} etcd-key --set request.region=banana"),
        format!("{decrypt} etcd-key --unknown request.regoin"),
        // Not a key; not in the model.
        format!("{decrypt} vm --region iad"),
        format!("{decrypt} resource:ocid1.key.oc1.iad.v.new@Acme --region iad"),
        // A rule that cannot be read says nothing about anybody.
        "simulate --principal prod --operation GetObject --target logs".to_owned(),
        "who-can --operation GetObject --target logs".to_owned(),
        // What is given and taken by the same words is nobody's.
        "who-can --operation GetBucket --target logs".to_owned(),
    ] {
        let all: Vec<&str> = line.split(' ').chain(["--tenancies", &model]).collect();
        let told = ocipol(&all).told().replace(folder.path().to_str().unwrap(), "…");
        gallery += &format!("=== {line}\n{told}\n");
    }
    insta::assert_snapshot!(gallery);
}

/// Answers that depend on what a question or a model gets wrong, in one gallery.
fn gallery(model: &str, lines: &[&str]) -> String {
    let mut gallery = String::new();
    for line in lines {
        let all = line.split(' ').chain(["--tenancies", model]);
        gallery += &format!("=== {line}\n{}\n", ocipol(&all.collect::<Vec<_>>()).told());
    }
    gallery
}

#[test]
fn a_rule_that_the_service_would_not_save_grants_nothing() {
    let decrypt = "simulate --principal prod --operation Decrypt --target";
    insta::assert_snapshot!(gallery(
        "fixtures/simulate/rules.tenancy.yaml",
        &[
            &format!("{decrypt} key-equals"),
            &format!("{decrypt} key-equals --tolerant"),
            &format!("{decrypt} key-bare"),
            &format!("{decrypt} key-double"),
            &format!("{decrypt} key-comma"),
            &format!("{decrypt} key-torn --tolerant"),
            "who-can --operation Decrypt --target key-equals",
        ],
    ));
}

const QUESTIONS: &str = "fixtures/simulate/questions.tenancy.yaml";

#[test]
fn what_a_question_names_decides_which_case_it_is() {
    insta::assert_snapshot!(gallery(
        QUESTIONS,
        &[
            // An object of the model is there already.
            "simulate --principal kim --operation PutObject --target LOGS",
            "simulate --principal kim --operation PutObject --target report",
            // A key of one's own takes a permission of its own, where the key is.
            "simulate --principal kim --operation CreateVolume --target Fjord/apps",
            "simulate --principal kim --operation CreateVolume --target Fjord/apps --target the-key",
            // What takes no part is said.
            "simulate --principal kim --operation CreateVolume --target Fjord/apps --target front",
        ],
    ));
}

#[test]
fn what_a_question_says_of_variables_has_to_fit_the_rest_of_it() {
    let get = "simulate --principal kim --operation GetBucket --target LOGS";
    insta::assert_snapshot!(gallery(
        QUESTIONS,
        &[
            &format!("{get} --set request.principal.type=service"),
            &format!("{get} --set request.operation=ListBuckets"),
            &format!("{get} --set request.permission=BUCKET_INSPECT"),
            &format!("{get} --absent request.user.name"),
            &format!("{get} --set target.bucket.name=x --absent target.bucket.name"),
            // A permission has no operation of its own.
            "simulate --principal kim --permission OBJECT_READ --target report --set request.operation=GetObject",
            // What is listed or created has no tags.
            "simulate --principal kim --operation ListInstances --target Fjord/apps --set target.resource.tag.ops.env=prod",
            "simulate --principal kim --operation GetInstance --target box",
            // Slips, in the question and in a statement.
            &format!("{get} --set target.kee.id=3"),
            &format!("{get} --set target.buckett.name=LOGS"),
            get,
        ],
    ));
}

#[test]
fn suggestions_pin_users_and_groups_and_let_a_compartment_move() {
    insta::assert_snapshot!(gallery(
        QUESTIONS,
        &[
            "simulate --principal tom --operation UpdateUser --target kim",
            "simulate --principal tom --operation DeleteGroup --target Temps",
            "simulate --principal tom --operation AddUserToGroup --target kim --target Temps",
            "simulate --principal tom --operation MoveCompartment --target Fjord/apps:web --target Fjord/net",
            // Listing keys names no key: the pinned statement does not give it.
            "simulate --principal tom --permission KEY_INSPECT --target the-key",
        ],
    ));
}

#[test]
fn an_operation_asked_of_a_thing_of_another_type_makes_no_sense() {
    insta::assert_snapshot!(gallery(
        QUESTIONS,
        &[
            "simulate --principal kim --operation GetVcn --target the-key",
            "simulate --principal kim --operation Decrypt --target fleet",
            // Two services have a `GetGroup`; one of them speaks of groups.
            "simulate --principal kim --operation GetGroup --target Temps",
            "simulate --principal kim --operation GetGroup --target Fjord",
        ],
    ));
}
