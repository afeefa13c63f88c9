//! Intents that cannot be read or met: each with its finding, under the line it points at.

use super::{attempt, rendered};

/// A file of one intent in the world of the fixtures.
fn intent(lines: &str) -> String {
    let lines: String = lines.trim_matches('\n').lines().map(|line| format!("    {line}\n")).collect();
    format!("tenancies: orchard.tenancy.yaml\nintents:\n  - name: test\n{lines}")
}

fn refusal(text: &str) -> String {
    let (sources, result) = attempt(text);
    match result {
        Err(findings) => rendered(&sources, &findings),
        Ok(generated) => unreachable!("generated:\n{}", ocipol::generate::text(&generated)),
    }
}

fn gallery(cases: &[(&str, String)]) -> String {
    let shown: Vec<String> =
        cases.iter().map(|(title, text)| format!("=== {title}\n{}", refusal(text).trim_end())).collect();
    shown.join("\n\n")
}

#[test]
fn the_shape_of_the_file() {
    let good = "who: {group: LogReaders, tenancy: Orchard}\nmay: GetBucket\non: access-logs";
    let shown = gallery(&[
        ("an unknown key", intent(&format!("{good}\nwhen: never\npolcy: x"))),
        ("keys that are missing", intent("may: GetBucket")),
        ("nobody", intent("who: {tenancy: Orchard}\nmay: GetBucket\non: access-logs")),
        ("two kinds of subject", intent("who: {group: LogReaders, user: lars}\nmay: GetBucket\non: access-logs")),
        ("a key of another subject", intent("who: {group: LogReaders, compartment: logs}\nmay: GetBucket\non: access-logs")),
        ("nothing to be about", intent("who: {group: LogReaders}\nmay: GetBucket\non: {}")),
        ("nothing to do", intent("who: {group: LogReaders}\nmay: []\non: access-logs")),
        ("a name of two lines", "intents:\n  - name: \"a\\nAllow any-user\"\n    who: {group: A}\n    may: GetKey\n    on: {tenancy: ocid1.tenancy.oc1..a}\n".to_owned()),
        ("two intents of one name", format!("{}  - name: Test\n    who: {{group: LogReaders}}\n    may: GetBucket\n    on: scratch\n", intent(good))),
        ("no intent", "intents: []\n".to_owned()),
        ("no mapping", "- a\n- b\n".to_owned()),
        ("two documents", format!("{}---\nintents: []\n", intent(good))),
        ("a model that is none", "tenancies: {a: b}\nintents: []\n".to_owned()),
        ("a style that is none", intent(&format!("{good}\nprefer: verb"))),
    ] );
    insta::assert_snapshot!(shown);
}

#[test]
fn names() {
    let on =
        |on: &str| intent(&format!("who: {{group: LogReaders, tenancy: Orchard}}\nmay: GetBucket\non: {on}"));
    let who = |who: &str| intent(&format!("who: {who}\nmay: GetBucket\non: access-logs"));
    let shown = gallery(&[
        ("a resource", on("acess-logs")),
        ("a resource by an OCID the model lacks", on("ocid1.key.oc1.fra.shed.unknown")),
        ("a compartment", on("Orchard/log")),
        ("a tenancy", on("{tenancy: Orchad}")),
        ("a compartment of no tenancy", on("{compartment: logs}")),
        ("a resource that is elsewhere", on("{resource: access-logs, compartment: Orchard/apps}")),
        (
            "a compartment of another tenancy",
            on("{tenancy: Strongroom, compartment: ocid1.compartment.oc1..orchardlogs}"),
        ),
        (
            "a type that variables lack",
            intent(
                "who: {group: LogReaders, tenancy: Orchard}\nmay: GetNodePool\non: {resource: ocid1.loadbalancer.oc1.fra.lb, compartment: Orchard/apps}",
            ),
        ),
        ("a group", who("{group: LogReader}")),
        ("a group of another tenancy", intent("who: {group: LogReaders}\nmay: GetKey\non: master")),
        ("an identity domain", who("{group: Corp/LogReaders}")),
        ("a dynamic group", who("{dynamic-group: app-instance}")),
        ("a user", who("{user: larse}")),
        ("a resource that acts", who("{resource: invoice}")),
        ("a resource of another type", who("{type: instance, resource: invoices}")),
        ("resources of two types", who("{resource: [invoices, plum]}")),
        (
            "resources of two tenancies",
            who("{type: cluster, compartment: [Orchard/clusters, Strongroom/vaults]}"),
        ),
        ("a cluster of a workload", who("{workload: {cluster: plumb, namespace: a, service-account: b}}")),
        (
            "names without a model",
            "intents:\n  - name: test\n    who: {group: A}\n    may: GetKey\n    on: {tenancy: Fjord}\n"
                .to_owned(),
        ),
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn needs() {
    let may =
        |may: &str| intent(&format!("who: {{group: ClusterAdmins, tenancy: Orchard}}\nmay: {may}\non: etcd"));
    let shown = gallery(&[
        ("an operation", may("[Decript]")),
        ("a permission", may("[KEY_DECRIPT]")),
        ("an operation of several services", may("[GetWorkRequest]")),
        ("a case", may("[{operation: Encrypt, case: on sundays}]")),
        ("a resource-type", may("[use key]")),
        ("a verb", may("[abuse keys]")),
        ("a verb that gives nothing", may("[read key-delegate]")),
        ("an operation whose permissions are not known", may("[MoveCompartment]")),
        ("an operation that only a verb covers", may("[CancelSecretDeletion]")),
        ("nothing but an operation that needs nothing", may("[object-storage/GetNamespace]")),
        ("prose", may("[please let them in]")),
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn what_the_policies_would_not_do() {
    let cluster = "who: {type: cluster, compartment: clusters}";
    let shown = gallery(&[
        (
            "a dynamic group with a rule that the service would not save",
            intent("who: {dynamic-group: Equals}\nmay: Decrypt\non: key-equals")
                .replace("orchard.tenancy.yaml", "../simulate/rules.tenancy.yaml"),
        ),
        ("an operation of another service", intent(&format!("{cluster}\nmay: [GetVcn, Decrypt]\non: etcd"))),
        ("an operation of another type", intent(&format!("{cluster}\nmay: Decrypt\non: plum"))),
        ("listing on one resource", intent(&format!("{cluster}\nmay: [ListKeys, Decrypt]\non: etcd"))),
        (
            "a condition on a variable the operation lacks",
            intent(&format!("{cluster}\nmay: Decrypt\non: etcd\nwhere: target.bucket.name = 'logs'")),
        ),
        (
            "a condition on a variable the principal lacks",
            intent(&format!("{cluster}\nmay: Decrypt\non: etcd\nwhere: request.user.name = 'ines'")),
        ),
        (
            "a condition that contradicts the intent",
            intent(&format!("{cluster}\nmay: Decrypt\non: etcd\nwhere: request.principal.type = 'nodepool'")),
        ),
        (
            "a condition that contradicts the model",
            intent(&format!("{cluster}\nmay: Decrypt\non: etcd\nwhere: target.compartment.name = 'apps'")),
        ),
        (
            "a tag the resource does not have",
            intent(&format!(
                "{cluster}\nmay: Decrypt\non: etcd\nwhere: target.resource.tag.ops.env = 'prod'"
            )),
        ),
        (
            "a tag where a resource is made",
            intent(
                "who: {group: ClusterAdmins, tenancy: Orchard}\nmay: CreateBucket\non: Orchard/logs\nwhere: target.resource.tag.ops.env = 'prod'",
            ),
        ),
        (
            "a condition that can never hold",
            intent(&format!(
                "{cluster}\nmay: Decrypt\non: etcd\nwhere: \"all {{request.region = 'fra', request.region = 'ams'}}\""
            )),
        ),
        (
            "a condition that is none",
            intent(&format!("{cluster}\nmay: Decrypt\non: etcd\nwhere: request.region == 'fra' and more")),
        ),
        (
            "a condition with a placeholder",
            intent(&format!("{cluster}\nmay: Decrypt\non: etcd\nwhere: \"request.region = '<region>'\"")),
        ),
        (
            "a condition with a template",
            intent(&format!(
                "{cluster}\nmay: Decrypt\non: etcd\nwhere: \"request.region = '${{var.region}}'\""
            )),
        ),
        (
            "an attachment out of reach",
            intent("who: {group: ClusterAdmins, tenancy: Orchard}\nmay: Decrypt\non: etcd\nattach: apps"),
        ),
        (
            "an attachment across tenancies",
            intent("who: {group: ClusterAdmins, tenancy: Orchard}\nmay: Decrypt\non: master\nattach: vaults"),
        ),
        ("a policy's name", intent(&format!("{cluster}\nmay: Decrypt\non: etcd\npolicy: a policy"))),
        (
            "a dynamic group's name",
            intent(
                "who: {type: cluster, compartment: clusters, as-dynamic-group: a group}\nmay: Decrypt\non: etcd",
            ),
        ),
        (
            "a dynamic group the other tenancy cannot name",
            intent(
                "who: {type: cluster, compartment: Orchard/clusters, as-dynamic-group: new-group}\nmay: Decrypt\non: master",
            ),
        ),
        (
            "a service of another tenancy",
            intent("who: {service: blockstorage, tenancy: Orchard}\nmay: Decrypt\non: master"),
        ),
    ]);
    insta::assert_snapshot!(shown);
}

const TWO: &str = "  - name: other
    who: {type: cluster, compartment: clusters:staging, as-dynamic-group: key-users}
    may: Decrypt
    on: etcd
    policy: other
";

#[test]
fn intents_that_do_not_go_together() {
    let first = intent(
        "who: {type: cluster, compartment: clusters, as-dynamic-group: key-users}\nmay: Decrypt\non: etcd",
    );
    let attached = intent(
        "who: {group: ClusterAdmins, tenancy: Orchard}\nmay: Decrypt\non: etcd\nattach: keys\npolicy: other",
    );
    let spelled =
        intent("who: {group: ClusterAdmins, tenancy: Orchard}\nmay: Decrypt\non: etcd\npolicy: Other");
    let shown = gallery(&[
        ("one dynamic group of different resources", format!("{first}{TWO}")),
        ("one policy in two places", format!("{attached}{TWO}")),
        ("one policy in two spellings", format!("{spelled}{TWO}")),
    ]);
    insta::assert_snapshot!(shown);
}

/// The world of a tenancy that forbids things, and an intent in it.
fn forbidding(statement: &str) -> String {
    format!(
        "tenancies:
  - name: Fjord
    id: ocid1.tenancy.oc1..fjord
    deny-policies: enabled
    groups: [{{name: Pilots, id: ocid1.group.oc1..pilots}}]
    policies:
      - name: limits
        statements:
          - {statement}
intents:
  - name: test
    who: {{group: Pilots}}
    may: DeleteBucket
    on: Fjord
"
    )
}

#[test]
fn a_deny_statement_of_the_model_stands_in_the_way() {
    let denied = forbidding("Deny group Pilots to manage buckets in tenancy");
    let shown = refusal(&denied);
    insta::assert_snapshot!(shown);
    let (sources, allowed) = attempt(&forbidding("Deny group Pilots to manage objects in tenancy"));
    assert!(allowed.unwrap_or_else(|why| unreachable!("{}", rendered(&sources, &why))).notes.is_empty());
    let perhaps = forbidding("Deny group Pilots to manage buckets in tenancy where request.region = 'fra'");
    let (sources, allowed) = attempt(&perhaps);
    let notes = allowed.unwrap_or_else(|why| unreachable!("{}", rendered(&sources, &why))).notes;
    assert_eq!(notes[0].code.as_str(), "generate/intent-may-be-denied");
}

#[test]
fn what_the_model_leaves_open_is_taken_on_trust() {
    let open = "tenancies:
  - name: Fjord
    id: ocid1.tenancy.oc1..fjord
    not-known: [groups, users, compartments, dynamic-groups]
intents:
  - name: a group nobody listed
    who: {group: Corp/Pilots}
    may: GetBucket
    on: {tenancy: Fjord, compartment: 'hangar:two'}
  - name: a dynamic group nobody listed
    who: {dynamic-group: robots}
    may: GetBucket
    on: {tenancy: Fjord, compartment: ocid1.compartment.oc1..hangar}
  - name: a user nobody listed
    who: {user: ocid1.user.oc1..amy}
    may: GetBucket
    on: {tenancy: Fjord, compartment: hangar, type: bucket, resource: maps}
";
    let (sources, generated) = attempt(open);
    let generated = generated.unwrap_or_else(|why| unreachable!("{}", rendered(&sources, &why)));
    let shown = ocipol::generate::text(&generated);
    insta::assert_snapshot!(shown);
}

#[test]
fn warnings_do_not_refuse() {
    let table = [
        ("who: {service: objectstorage}", "generate/service-without-region"),
        ("who: {type: clusters}", "generate/unknown-principal-type"),
    ];
    for (who, code) in table {
        let (sources, generated) = attempt(&intent(&format!("{who}\nmay: Decrypt\non: etcd")));
        let notes = generated.unwrap_or_else(|why| unreachable!("{}", rendered(&sources, &why))).notes;
        assert!(notes.iter().any(|note| note.code.as_str() == code), "{who}");
    }
}

/// Texts with a line, a word or a letter gone, or one word in the place of another.
fn broken(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let without = |index: usize| [&lines[..index], &lines[index + 1..]].concat().join("\n");
    let mut all: Vec<String> = (0..lines.len()).map(without).collect();
    let words: Vec<(usize, &str)> = text
        .split_inclusive([' ', '\n', ',', '{', '}', ':', '/'])
        .scan(0, |at, word| {
            let start = *at;
            *at += word.len();
            Some((start, word))
        })
        .collect();
    for (number, (start, word)) in words.iter().enumerate().step_by(6) {
        let (before, after) = (text.get(..*start).unwrap(), text.get(start + word.len()..).unwrap());
        all.push(format!("{before}{after}"));
        let (_, other) = words[(number * 7 + 3) % words.len()];
        all.push(format!("{before}{other}{after}"));
    }
    all
}

#[test]
fn no_text_is_too_broken_to_be_answered() {
    let (mut refused, mut generated) = (0, 0);
    for (name, path) in super::fixtures() {
        let text = std::fs::read_to_string(path).unwrap();
        for text in broken(&text) {
            match attempt(&text).1 {
                Ok(made) => {
                    generated += 1;
                    assert!(
                        !made.policies.is_empty() || !made.notes.is_empty(),
                        "{name}: nothing said of\n{text}"
                    );
                }
                Err(findings) => {
                    refused += 1;
                    let placed = findings.iter().all(|finding| finding.place().is_some());
                    assert!(!findings.is_empty() && placed, "{name}: no finding for\n{text}");
                }
            }
        }
    }
    assert!(refused > 200 && generated > 100, "{refused} refused, {generated} generated");
}
