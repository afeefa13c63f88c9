//! Tenancy models as people write them, and what is wrong with them.

use ocipol::decide::{Verdict, decide};
use ocipol::explain::explain;
use ocipol::request::{Action, Ask, AskError, Asker};

use crate::world::{self, World};

/// Every finding on a line of its own: place, code, message.
fn findings(world: &World) -> String {
    let line = |finding: &ocipol::diagnostic::Diagnostic| {
        let place = finding.place().map(|place| world.sources.locate(place)).unwrap_or_default();
        format!("{place} {}: {}\n", finding.code, finding.message)
    };
    world.findings.iter().map(line).collect()
}

#[test]
fn a_policy_and_a_resource_lie_in_the_tenancy_they_are_written_in() {
    let world = World::new(
        "
tenancies:
  - name: Fjord
    id: ocid1.tenancy.oc1..fjord
    users: [{name: kim, id: ocid1.user.oc1..kim}]
    groups: [{name: Pilots, id: ocid1.group.oc1..pilots, members: [kim]}]
    resources: [{name: stray, id: ocid1.bucket.oc1.iad.stray, compartment: ocid1.tenancy.oc1..delta}]
    policies:
      - {name: far, attach: ocid1.compartment.oc1..vaults, statements: [Allow group Pilots to manage buckets in compartment vaults]}
  - name: Delta
    id: ocid1.tenancy.oc1..delta
    compartments: [{name: vaults, id: ocid1.compartment.oc1..vaults}]
    resources: [{name: ledger, id: ocid1.bucket.oc1.iad.ledger, compartment: ocid1.compartment.oc1..vaults}]
",
    );
    assert_eq!(
        findings(&world),
        "world.tenancy.yaml:7:76 tenancy/dangling-reference: no compartment `ocid1.tenancy.oc1..delta` in this tenancy\n\
         world.tenancy.yaml:9:29 tenancy/dangling-reference: no compartment `ocid1.compartment.oc1..vaults` in this tenancy\n"
    );
    assert_eq!(world.model.find_resource("stray"), None);
    let (decision, _) = world::ask(&world.program(), "kim", "DeleteBucket", "ledger");
    assert_eq!(decision.verdict, Verdict::ImplicitDeny);
}

#[test]
fn a_compartment_has_a_name_that_a_path_can_say() {
    let named = "
tenancies:
  - name: Fjord
    id: ocid1.tenancy.oc1..fjord
    compartments: [{name: 'apps:web', id: ocid1.compartment.oc1..web}]
";
    assert_eq!(
        findings(&World::new(named)),
        "world.tenancy.yaml:5:27 file/wrong-value: `apps:web` is no name of a compartment\n"
    );
}

/// An OCID that a statement of one tenancy names is no group there; in a tenancy that does not tell its groups it may be one,
/// whichever statement is read first.
#[test]
fn a_group_that_nobody_knows_may_be_one_of_a_tenancy_that_does_not_tell_them() {
    let tenancy = |name: &str, more: &str| {
        let id = name.to_lowercase();
        format!(
            "  - name: {name}
    id: ocid1.tenancy.oc1..{id}
{more}    resources:
      - {{name: worker-{id}, id: ocid1.instance.oc1.iad.worker{id}}}
      - {{name: logs-{id}, id: ocid1.bucket.oc1.iad.logs{id}}}
    policies: [{{name: p, statements: [Allow dynamic-group id ocid1.dynamicgroup.oc1..x to read buckets in tenancy]}}]
"
        )
    };
    let world = World::new(&format!(
        "tenancies:\n{}{}",
        tenancy("Told", ""),
        tenancy("Untold", "    not-known: [dynamic-groups]\n")
    ));
    let program = world.program();
    let verdict = |name| {
        world::ask(&program, &format!("worker-{name}"), "GetBucket", &format!("logs-{name}")).0.verdict
    };
    assert_eq!(verdict("told"), Verdict::ImplicitDeny);
    assert_eq!(verdict("untold"), Verdict::Indeterminate);
}

const ONE: &str = "
tenancies:
  - name: Fjord
    id: ocid1.tenancy.oc1..fjord
    users: [{name: kim, id: ocid1.user.oc1..kim}, {name: lee, id: ocid1.user.oc1..lee}]
    groups: [{name: Pilots, id: ocid1.group.oc1..pilots, members: [MEMBER]}]
    resources: [{name: logs, id: ocid1.bucket.oc1.iad.logs}]
    policies: [{name: p, statements: [Allow group Pilots to manage buckets in tenancy]}]
";

#[test]
fn a_question_about_no_permission_is_none() {
    let world = World::new(&ONE.replace("MEMBER", "kim"));
    let nothing = Ask::new(Asker::Named("kim".to_owned()), Action::Permissions(Vec::new()), "logs");
    assert_eq!(nothing.prepare(&world.program()).unwrap_err(), AskError::NoPermission);
}

#[test]
fn what_needs_no_permission_is_free_at_home_and_nothing_else_is() {
    let program = World::new(&ONE.replace("MEMBER", "kim")).program();
    for (operation, allowed) in [("object-storage/GetNamespace", true), ("DeleteBucket", false)] {
        let (decision, _) = world::ask(&program, "lee", operation, "logs");
        assert_eq!(decision.verdict.is_allow(), allowed, "{operation}");
        assert_eq!(decision.tests.is_empty(), allowed, "{operation}");
    }
}

#[test]
fn a_question_is_put_to_the_program_it_was_prepared_for() {
    let [ours, theirs] = ["kim", "lee"].map(|member| World::new(&ONE.replace("MEMBER", member)).program());
    let action = Action::Operation("DeleteBucket".to_owned());
    let request = Ask::new(Asker::Named("kim".to_owned()), action, "logs").prepare(&ours).unwrap();
    assert_eq!(decide(&ours, &request).verdict, Verdict::Allow);
    let other = decide(&theirs, &request);
    assert_eq!((other.verdict, other.tests.len()), (Verdict::Indeterminate, 0));
    let notes = explain(&theirs, &request, &other).notes;
    assert_eq!(notes, ["the question was prepared for another program: prepare it again"]);
}
