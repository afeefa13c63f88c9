//! SARIF of several runs, against the schema that OASIS publishes.

use serde_json::Value;

use crate::cli::{file, ocipol};
use crate::schema;

/// What a run of `check` answers in SARIF; it is what the schema says.
#[track_caller]
fn sarif(arguments: &[&str]) -> Value {
    let run = ocipol(&[&["check", "--format", "sarif"], arguments].concat());
    schema::holds_as_sarif(&run.out)
}

fn results(log: &Value) -> &[Value] {
    log["runs"][0]["results"].as_array().unwrap()
}

#[test]
fn findings_of_several_files_with_their_repairs() {
    let log = sarif(&["fixtures/check/hangar.policy", "fixtures/check/crew.yaml", "fixtures/read/module"]);
    let files: std::collections::BTreeSet<&str> = results(&log)
        .iter()
        .map(|result| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap())
        .collect();
    assert!(files.len() >= 4, "{files:?}");
    assert!(results(&log).iter().any(|result| result["fixes"].is_array()));
    assert!(results(&log).iter().any(|result| result["relatedLocations"].is_array()));
    // Each result names its rule, at the rule's place.
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results(&log) {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
}

#[test]
fn every_kind_of_slip() {
    let log = sarif(&["fixtures/syntax", "--enable", "keyword-case,canonical-format,multiline-console"]);
    assert!(results(&log).len() > 50);
}

#[test]
fn findings_that_are_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let text = "# lint-allow missing-to: the page of the vendor has it so\nAllow group Pilots read vcns in tenancy\n";
    let path = file(folder.path(), "accepted with ö.policy", text);
    let log = sarif(&[&path]);
    let suppressed: Vec<&Value> =
        results(&log).iter().filter(|result| result["suppressions"].is_array()).collect();
    assert_eq!(suppressed.len(), 1);
    assert_eq!(suppressed[0]["suppressions"][0]["justification"], "the page of the vendor has it so");
    let uri = suppressed[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
    assert!(uri.ends_with("accepted%20with%20%C3%B6.policy"), "{uri}");
}

#[test]
fn nothing_found_and_rules_that_could_not_run() {
    let folder = tempfile::tempdir().unwrap();
    let path =
        file(folder.path(), "fine.policy", "Allow group Pilots to inspect vcns in compartment hangar\n");
    let log = sarif(&[&path]);
    let errors = results(&log).iter().filter(|result| result["level"] == "error").count();
    assert_eq!(errors, 0, "{log}");
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    assert!(!invocation["toolExecutionNotifications"].as_array().unwrap().is_empty());
    let world = "fixtures/oke/documents/world.tenancy.yaml";
    sarif(&["fixtures/oke/documents/bound.policy", "--tenancies", world]);
}

#[test]
fn files_that_cannot_be_read() {
    let log = sarif(&["nowhere.policy", "fixtures/book/pilots.policy"]);
    assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], false);
    assert!(results(&log).iter().any(|result| result["ruleId"] == "file/unreadable"));
}
