//! `ocipol check`: what it writes and how it ends, from the arguments on.

use ocipol::cli::Exit;
use serde_json::Value;

use crate::cli::{Run, file, ocipol};
use crate::schema;

fn check(arguments: &[&str]) -> Run {
    ocipol(&[&["check"], arguments].concat())
}

/// Output without what changes with every release.
fn stable(text: &str) -> String {
    text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

const FILES: [&str; 2] = ["fixtures/check/hangar.policy", "fixtures/check/crew.yaml"];

fn formatted(format: &str) -> Run {
    let arguments: Vec<&str> = FILES.iter().copied().chain(["--format", format]).collect();
    check(&arguments)
}

#[test]
fn people_see_findings_under_the_lines_they_point_at() {
    let run = formatted("human");
    assert_eq!(run.exit, Exit::Findings);
    insta::assert_snapshot!(format!("{}--- standard error\n{}", run.out, run.err));
}

#[test]
fn programs_get_json() {
    let run = formatted("json");
    assert_eq!(run.exit, Exit::Findings);
    insta::assert_snapshot!(stable(&run.out));
}

#[test]
fn code_scanning_gets_sarif() {
    let run = formatted("sarif");
    assert_eq!(run.exit, Exit::Findings);
    let log: Value = serde_json::from_str(&run.out).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(rules[index]["help"]["text"].as_str().unwrap().len() > 50);
    }
    assert_eq!(results.iter().filter(|result| result.get("suppressions").is_some()).count(), 2);
    insta::assert_snapshot!(stable(&run.out));
}

#[test]
fn build_servers_get_annotations_and_junit() {
    insta::assert_snapshot!("github", formatted("github").out);
    insta::assert_snapshot!("junit", formatted("junit").out);
}

#[test]
fn a_clean_file_is_silent_but_for_a_note() {
    let folder = tempfile::tempdir().unwrap();
    let clean = file(folder.path(), "clean.policy", b"Allow group Pilots to read vcns in tenancy\n");
    let run = check(&[&clean]);
    assert_eq!((run.exit, run.out.as_str()), (Exit::Fine, ""));
    assert!(run.err.starts_with("no findings in 1 file\n"), "{}", run.err);
}

#[test]
fn the_exit_code_tells_findings_from_failures() {
    let folder = tempfile::tempdir().unwrap();
    let clean = file(folder.path(), "clean.policy", b"Allow group Pilots to read vcns in tenancy\n");
    let warned = file(folder.path(), "warned.policy", b"Define tenancy T as ocid1.tenancy.oc1..t\n");
    let table: [(&[&str], Exit); 6] = [
        (&[&clean], Exit::Fine),
        (&[&warned], Exit::Fine),
        (&[&warned, "--deny-warnings"], Exit::Findings),
        (&[FILES[0]], Exit::Findings),
        (&[FILES[0], "no-such-file.policy"], Exit::Usage),
        (&["--no-such-option"], Exit::Usage),
    ];
    for (arguments, expected) in table {
        assert_eq!(check(arguments).exit, expected, "{arguments:?}");
    }
    assert_eq!(Exit::Findings.code(), 1);
    assert_eq!(Exit::Usage.code(), 2);
}

#[test]
fn bad_input_is_told_on_standard_error() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, bytes: &[u8]| file(folder.path(), name, bytes);
    let empty_folder = folder.path().join("empty");
    std::fs::create_dir(&empty_folder).unwrap();
    let model = at("m.tenancy.yaml", b"tenancies: [{name: T, id: ocid1.tenancy.oc1..t}]");
    let table: [(Vec<String>, &str); 10] = [
        (vec![at("empty.policy", b"")], "is empty"),
        (vec![at("blank.yaml", b"\n\n")], "is empty"),
        (vec![at("comment.policy", b"# nothing here\n")], "holds no statement"),
        (vec![at("other.yaml", b"kind: Pod\n")], "holds no policy, matching rule or tenancy model"),
        (vec![at("latin.policy", b"Allow group Pil\xf6ts")], "byte 15 is not UTF-8"),
        (vec![at("main.rego", b"")], "does not say what it holds"),
        (vec![empty_folder.to_str().unwrap().to_owned()], "there is nothing to check"),
        (vec!["nowhere.policy".to_owned()], "cannot be read"),
        (vec![model, "--tenancies".to_owned(), "nowhere.tenancy.yaml".to_owned()], "cannot be read"),
        (
            vec![FILES[0].to_owned(), "--enable".to_owned(), "keyword-cas".to_owned()],
            "did you mean `keyword-case`?",
        ),
    ];
    for (arguments, expected) in table {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let run = check(&arguments);
        assert_eq!(run.exit, Exit::Usage, "{arguments:?}\n{}", run.err);
        assert!(run.err.contains(expected), "{arguments:?}\n{}", run.err);
        assert_eq!(run.out, "", "{arguments:?}");
    }
}

#[test]
fn a_file_that_cannot_be_read_does_not_hide_the_others() {
    let run = check(&["nowhere.policy", FILES[0]]);
    assert_eq!(run.exit, Exit::Usage);
    assert!(run.out.contains("syntax/missing-to"), "{}", run.out);
}

#[test]
fn a_folder_is_walked_and_what_is_not_ours_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, bytes: &[u8]| file(folder.path(), name, bytes);
    let statement = b"Allow group Pilots read vcns in tenancy\n";
    at("b.policy", statement);
    at("a/notes.txt", b"- nothing to see\n");
    at(
        "a/licence.txt",
        b"Neither name may be used to\nendorse or promote products derived from this software\n",
    );
    at("a/old.txt", statement);
    at("a/photo.txt", b"\xff\xd8\xff\xe0");
    at("chart.yaml", b"{{ if .Values.x }}\nkind: Pod\n");
    at("queries.yaml", b"statements: [SELECT 1]\ntenancies: [a, b]\n");
    at("crew.json", b"{\n\t\"x\": [{\"statements\": [\"Allow group Crew read vcns in tenancy\"]}]\n}");
    at("cases.policytest.yaml", b"statements: [Allow group Pilots read vcns in tenancy]\n");
    at("vendor/v.policy", statement);
    at(".hidden/h.policy", statement);
    at(".gitignore", b"vendor/\n");
    let run = check(&[folder.path().to_str().unwrap(), "--format", "json"]);
    let answer: Value = serde_json::from_str(&run.out).unwrap();
    let files: Vec<&str> = answer["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["file"].as_str().unwrap().rsplit('/').next().unwrap())
        .collect();
    assert_eq!(files, ["old.txt", "photo.txt", "b.policy", "crew.json"]);
    assert_eq!(answer["summary"]["files"], 3);
    assert!(run.err.contains("photo.txt"), "{}", run.err);
}

#[test]
#[cfg(unix)]
fn links_to_files_are_followed_and_links_to_folders_are_told() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, bytes: &[u8]| file(folder.path(), name, bytes);
    at("elsewhere/shared", b"Allow group Pilots read vcns in tenancy\n");
    at("here/a.policy", b"Allow group Crew read vcns in tenancy\n");
    let here = folder.path().join("here");
    symlink("a.policy", here.join("again.policy")).unwrap();
    symlink("../elsewhere/shared", here.join("shared.policy")).unwrap();
    symlink("../elsewhere", here.join("other")).unwrap();
    symlink("..", here.join("circle")).unwrap();
    symlink("loop", here.join("loop")).unwrap();
    symlink("nowhere", here.join("broken.md")).unwrap();
    let run = check(&[here.to_str().unwrap(), "--format", "json"]);
    let answer: Value = serde_json::from_str(&run.out).unwrap();
    let missing: Vec<&str> = answer["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["code"] == "syntax/missing-to")
        .map(|finding| finding["file"].as_str().unwrap().rsplit('/').next().unwrap())
        .collect();
    assert_eq!(missing, ["a.policy", "shared.policy"]);
    assert!(run.err.contains("here/other` is a link to a folder"), "{}", run.err);
    assert_eq!(run.exit, Exit::Findings, "{}", run.err);

    symlink("nowhere", here.join("broken.policy")).unwrap();
    let run = check(&[here.to_str().unwrap()]);
    assert!(run.err.contains("broken.policy` cannot be read"), "{}", run.err);
    assert_eq!(run.exit, Exit::Usage);
}

#[test]
#[cfg(unix)]
fn a_folder_that_cannot_be_read_does_not_hide_the_others() {
    let folder = tempfile::tempdir().unwrap();
    file(folder.path(), "z.policy", b"Allow group Pilots read vcns in tenancy\n");
    file(folder.path(), "z.policytest.yaml", b"cases: []\n");
    // Deeper than a path may be long, which stops everybody; permissions do not stop root.
    let half: std::path::PathBuf = std::iter::repeat_n("d".repeat(200), 15).collect();
    let (upper, lower) = (folder.path().join("upper"), folder.path().join("lower"));
    std::fs::create_dir_all(upper.join(&half)).unwrap();
    std::fs::create_dir_all(lower.join(&half)).unwrap();
    std::fs::rename(&lower, upper.join(&half).join("lower")).unwrap();
    let run = check(&[folder.path().to_str().unwrap(), "--format", "json"]);
    assert_eq!(run.exit, Exit::Usage, "{}", run.err);
    let answer: Value = serde_json::from_str(&run.out).unwrap();
    let findings = answer["findings"].as_array().unwrap();
    let has = |code: &str| findings.iter().any(|finding| finding["code"] == code);
    assert!(has("syntax/missing-to") && has("file/unreadable"), "{}", run.out);
    assert!(run.err.contains("cannot be read"), "{}", run.err);
    for command in ["test", "import"] {
        let run = ocipol(&[command, folder.path().to_str().unwrap()]);
        assert!(run.err.contains("cannot be read"), "{command}\n{}", run.err);
        assert_eq!(run.exit, Exit::Usage, "{command}");
    }
}

#[test]
fn what_cannot_be_read_is_said_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, bytes: &[u8]| file(folder.path(), name, bytes);
    at("a.policy", b"Allow group Pilots to read vcns in tenancy\n");
    at("latin.policy", b"Allow group Pil\xf6ts to read vcns in tenancy\n");
    at("data.json", b"\xff\xfe{\0}\0");
    let path = folder.path().to_str().unwrap();
    for format in ["human", "json", "sarif", "github", "junit"] {
        let run = check(&[path, "nowhere.policy", "--format", format]);
        assert_eq!(run.exit, Exit::Usage, "{format}");
        for file in ["latin.policy", "data.json", "nowhere.policy"] {
            assert!(run.err.contains(file), "{format} {file}\n{}", run.err);
            let there = run.out.contains(file);
            assert!(there != (format == "human"), "{format} {file}\n{}", run.out);
        }
    }
    // Even where nothing else is there to say.
    let alone = check(&["nowhere.policy", "--format", "json"]);
    let answer: Value = serde_json::from_str(&alone.out).unwrap();
    schema::holds("check.v1.json", &answer);
    assert_eq!(answer["findings"][0]["code"], "file/unreadable");
    assert_eq!(alone.exit, Exit::Usage);
    // What is probably none of ours fails nothing.
    std::fs::remove_file(folder.path().join("latin.policy")).unwrap();
    let run = check(&[path, "--format", "sarif"]);
    assert_eq!(run.exit, Exit::Fine, "{}", run.err);
    assert!(run.out.contains("data.json"));
}

#[test]
fn a_byte_order_mark_in_front_of_a_file_is_no_part_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let table = [
        ("a.policy", "\u{feff}Allow group Pilots read vcns in tenancy\n", "1:20"),
        ("a.yaml", "\u{feff}statements: [Allow group Pilots read vcns in tenancy]\n", "1:33"),
        ("a.json", "\u{feff}[\"Allow group Pilots read vcns in tenancy\"]", "1:22"),
        (
            "a.tf",
            "\u{feff}resource \"oci_identity_policy\" \"p\" {\n  statements = [\"Allow group Pilots read vcns in tenancy\"]\n}\n",
            "2:37",
        ),
    ];
    for (name, text, place) in table {
        file(folder.path(), name, text.as_bytes());
        let path = folder.path().join(name);
        let path = path.to_str().unwrap();
        let run = check(&[path, "--format", "json"]);
        let answer: Value = serde_json::from_str(&run.out).unwrap();
        let places: Vec<String> = answer["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["severity"] == "error")
            .map(|finding| format!("{}:{}", finding["line"], finding["column"]))
            .collect();
        assert_eq!(places, [place], "{name}\n{}", run.out);
        check(&[path, "--fix"]);
        let repaired = text.replace("Pilots read", "Pilots to read");
        assert_eq!(std::fs::read_to_string(path).unwrap(), repaired, "the mark stays, and only `to` is new");
    }
    let inside = "Allow group Pilots to read vcns\u{feff} in tenancy\n";
    file(folder.path(), "b.policy", inside.as_bytes());
    let run = check(&[folder.path().join("b.policy").to_str().unwrap()]);
    assert!(run.out.contains("syntax/invisible-characters"), "{}", run.out);
}

#[test]
fn a_file_that_is_named_twice_is_read_once() {
    let run = check(&[FILES[0], FILES[0], "fixtures/check", "--format", "json"]);
    let answer: Value = serde_json::from_str(&run.out).unwrap();
    let once = check(&["fixtures/check", "--format", "json"]);
    let once: Value = serde_json::from_str(&once.out).unwrap();
    assert_eq!(answer["summary"], once["summary"]);
}

#[test]
fn a_model_reads_the_files_it_names_once() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, bytes: &[u8]| file(folder.path(), name, bytes);
    at("pilots.policy", b"Allow group Pilotes to read vcns in tenancy\n");
    at(
        "fjord.tenancy.yaml",
        b"tenancies:
  - name: Fjord
    id: ocid1.tenancy.oc1..fjord
    groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    policies: [{file: pilots.policy}]
",
    );
    let run = check(&[folder.path().to_str().unwrap(), "--format", "github"]);
    assert_eq!(run.out.lines().count(), 1, "{}", run.out);
    assert!(run.out.contains("title=resolve/group-not-found"), "{}", run.out);
}

#[test]
fn a_model_beside_the_policies_is_what_they_are_checked_against() {
    let run = check(&[FILES[0], "--tenancies", "fixtures/check/fjord.tenancy.yaml", "--format", "json"]);
    let answer: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(answer["skipped"], Value::Array(Vec::new()));
    let with = check(&["fixtures/check/crew.yaml", "--tenancies", "fixtures/check/fjord.tenancy.yaml"]);
    assert!(with.out.contains("resolve/group-not-found"), "{}", with.out);
    let without = check(&["fixtures/check/crew.yaml"]);
    assert!(!without.out.contains("resolve/group-not-found"), "{}", without.out);
    assert!(without.err.contains("rules skipped: no tenancy model"), "{}", without.err);
}

#[test]
fn a_lint_is_explained_by_its_own_page() {
    let run = check(&["--explain", "grant-key-export-sign"]);
    assert_eq!(run.exit, Exit::Fine);
    insta::assert_snapshot!(run.out);
    let json: Value =
        serde_json::from_str(&check(&["--explain", "keyword-case", "--format", "json"]).out).unwrap();
    assert_eq!(json["code"], "lint/keyword-case");
    assert!(json["off"].is_string());
    let unknown = check(&["--explain", "lint/redacted-ocids"]);
    assert_eq!(unknown.exit, Exit::Usage);
}

#[test]
fn standard_input_is_read_by_its_kind() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let table = [
        (vec!["-"], "Allow group Pilots read vcns in tenancy\n"),
        (vec!["-", "--input", "yaml"], "statements:\n  - Allow group Pilots read vcns in tenancy\n"),
        (vec!["-", "--input", "json"], "[\"Allow group Pilots read vcns in tenancy\"]"),
    ];
    for (arguments, text) in table {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ocipol"))
            .arg("check")
            .args(&arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}\n{out}");
        assert!(out.contains("syntax/missing-to") && out.contains("<stdin>"), "{arguments:?}\n{out}");
    }
}

#[test]
fn json_output_is_what_its_schema_says() {
    let runs: [&[&str]; 3] = [
        &[FILES[0], FILES[1]],
        &["fixtures/syntax/slips.policy", "--enable", "keyword-case,canonical-format,multiline-console"],
        &["fixtures/oke/documents/bound.policy", "--tenancies", "fixtures/oke/documents/world.tenancy.yaml"],
    ];
    for arguments in runs {
        let all: Vec<&str> = arguments.iter().copied().chain(["--format", "json"]).collect();
        let answer: Value = serde_json::from_str(&check(&all).out).unwrap();
        assert!(answer["findings"].as_array().unwrap().len() > 5);
        schema::holds("check.v1.json", &answer);
    }
}
