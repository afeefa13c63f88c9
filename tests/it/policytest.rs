//! `ocipol test`: what it runs, what it writes and how it ends.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use ocipol::cli::Exit;
use serde_json::Value;

use crate::cli::{file, into_closed_pipe, ocipol};

const GOOD: &str = "fixtures/test/archive.policytest.yaml";
const WRONG: &str = "fixtures/test/failing/wrong.policytest.yaml";
const BROKEN: &str = "fixtures/test/failing/broken.policytest.yaml";

#[test]
fn what_does_not_hold_is_shown_with_the_decision() {
    let run = ocipol(&["test", GOOD, WRONG]);
    assert_eq!(run.exit, Exit::Findings);
    insta::assert_snapshot!(run.told());
}

#[test]
fn coverage_names_what_nothing_exercises() {
    let run = ocipol(&["test", GOOD, "--coverage"]);
    assert_eq!(run.exit, Exit::Fine);
    insta::assert_snapshot!(run.told());
    let table = [("75", Exit::Fine), ("76", Exit::Findings), ("100", Exit::Findings), ("0", Exit::Fine)];
    for (least, exit) in table {
        let run = ocipol(&["test", GOOD, "--min-coverage", least]);
        assert_eq!(run.exit, exit, "{least}: {}", run.out);
    }
    assert_eq!(ocipol(&["test", GOOD, "--min-coverage", "101"]).exit, Exit::Usage);
}

#[test]
fn a_statement_that_two_suites_read_is_covered_once() {
    let run = ocipol(&["test", GOOD, WRONG, "--coverage"]);
    assert!(run.out.contains("Coverage: 3 of 4 statements exercised, 75 %"), "{}", run.out);
}

#[test]
fn programs_get_json() {
    let run = ocipol(&["test", GOOD, WRONG, BROKEN, "--coverage", "--format", "json"]);
    assert_eq!((run.exit, run.err.as_str()), (Exit::Usage, ""));
    let answer: Value = serde_json::from_str(&run.out).unwrap();
    crate::schema::holds("test.v1.json", &answer);
    insta::assert_snapshot!(run.out);
}

#[test]
fn build_servers_get_junit() {
    insta::assert_snapshot!(ocipol(&["test", GOOD, WRONG, BROKEN, "--format", "junit"]).out);
}

#[test]
fn build_servers_are_told_when_too_little_is_covered() {
    let junit = |least| ocipol(&["test", GOOD, "--format", "junit", "--min-coverage", least]);
    let (enough, less) = (junit("75"), junit("76"));
    assert_eq!((enough.exit, less.exit), (Exit::Fine, Exit::Findings));
    assert!(enough.out.contains(r#"failures="0""#) && less.out.contains(r#"failures="1""#), "{}", less.out);
    assert!(less.out.contains("3 of 4 statements exercised, 75 %: less than 76 %"), "{}", less.out);
}

#[test]
fn a_filter_takes_cases_by_name() {
    let run = ocipol(&["test", GOOD, WRONG, "--filter", "READERS"]);
    assert_eq!(run.exit, Exit::Fine);
    assert_eq!(
        run.out,
        "ok    fixtures/test/archive.policytest.yaml: 1 case, 2 requests\nAll well in 1 case: 2 requests as expected.\n"
    );
}

#[test]
fn bad_input_is_told_to_a_newcomer() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, text: &str| file(folder.path(), name, text);
    let empty_folder = folder.path().join("nothing");
    std::fs::create_dir(&empty_folder).unwrap();
    let model = "tenancies:
  - name: Fjord
    id: ocid1.tenancy.oc1..fjord
    policies: [{name: readers, statements: [Allow any-user to read buckets in tenancy]}]
";
    let slips = "cases:
  - {name: one, requests: []}
  - name: One
    requests:
      - {principal: service:x@Fjord, operation: GetBucket, target: Fjord, expect: allow, because: [reader#1, readers#2, readers#0, 3]}
";
    let table: [(&str, Vec<String>); 9] = [
        ("a file with two mistakes", vec![BROKEN.to_owned()]),
        ("cases that show nothing", vec![at("slips.policytest.yaml", &format!("{model}{slips}"))]),
        ("a file that is not there", vec!["nowhere.policytest.yaml".to_owned()]),
        ("a folder without tests", vec![empty_folder.to_str().unwrap().to_owned()]),
        ("an empty file", vec![at("empty.policytest.yaml", "")]),
        ("no YAML", vec![at("no.policytest.yaml", "cases: [")]),
        ("a filter that nothing fits", vec![GOOD.to_owned(), "--filter".to_owned(), "writers".to_owned()]),
        ("no case", vec![at("none.policytest.yaml", "tenancies: []\ncases: []\n")]),
        ("standard input that is watched", vec!["-".to_owned(), "--watch".to_owned()]),
    ];
    let mut gallery = String::new();
    for (title, arguments) in table {
        let all: Vec<&str> = std::iter::once("test").chain(arguments.iter().map(String::as_str)).collect();
        let told = ocipol(&all).told().replace(folder.path().to_str().unwrap(), "FOLDER");
        gallery += &format!("=== {title}\n{told}\n");
    }
    insta::assert_snapshot!(gallery);
}

#[test]
fn a_folder_is_searched_and_good_suites_run_beside_broken_ones() {
    let run = ocipol(&["test", "fixtures/test"]);
    assert_eq!(run.exit, Exit::Usage, "one file cannot be read");
    for told in ["ok    fixtures/test/archive", "FAIL  fixtures/test/failing/wrong", "cannot be `allowed`"] {
        assert!(run.out.contains(told), "{told}: {}", run.out);
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    for format in ["human", "json", "junit"] {
        assert_eq!(into_closed_pipe(&["test", GOOD, "--format", format]), Exit::Fine, "{format}");
    }
}

#[test]
fn watching_runs_again_when_a_policy_changes() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["archive.tenancy.yaml", "archive.policy", "archive.policytest.yaml"] {
        std::fs::copy(format!("fixtures/test/{name}"), folder.path().join(name)).unwrap();
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_ocipol"))
        .args(["test", "--watch", "archive.policytest.yaml"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut until = |end: &str| lines.find(|line| line.contains(end)).unwrap();
    until("All well in 2 cases");
    let policy = folder.path().join("archive.policy");
    let text = std::fs::read_to_string(&policy).unwrap();
    // As editors do it: another file takes the place of the first.
    let fresh = folder.path().join("archive.policy~");
    std::fs::write(&fresh, text.replace("Deny group Readers to manage", "Deny group Readers to inspect"))
        .unwrap();
    std::fs::rename(&fresh, &policy).unwrap();
    // It ran again, and the wider deny changes no decision that is asked for.
    until("All well in 2 cases");
    std::fs::write(&policy, text.replace("Keepers to manage", "Keepers to use")).unwrap();
    until("not as expected, in 1 of 2 cases");
    child.kill().unwrap();
    child.wait().unwrap();
}
