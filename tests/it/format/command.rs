//! `ocipol fmt`: what it writes and how it ends.

use std::io::Write;
use std::process::{Command, Stdio};

use ocipol::cli::{self, Exit, Output};

fn fmt(arguments: &[&str]) -> (Exit, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut output = Output { out: &mut out, err: &mut err, colour: false, notes_colour: false, width: 110 };
    let all = ["ocipol", "fmt"].iter().chain(arguments).map(Into::into);
    let exit = cli::run(all, &mut output);
    (exit, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

const LOOSE: &str =
    "allow  group Pilots to READ vcns in tenancy\nAllow group Pilots manage vcns in tenancy\n";
const TIGHT: &str = "Allow group Pilots to read vcns in tenancy\nAllow group Pilots manage vcns in tenancy\n";

#[test]
fn a_file_is_formatted_in_place_and_what_does_not_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.policy");
    std::fs::write(&path, LOOSE).unwrap();
    let name = path.to_str().unwrap();
    let (exit, out, _) = fmt(&["--check", name]);
    assert_eq!((exit, out.trim()), (Exit::Findings, name));
    let (exit, out, _) = fmt(&["--diff", name]);
    assert_eq!(exit, Exit::Findings);
    assert!(
        out.contains("-allow  group Pilots to READ") && out.contains("+Allow group Pilots to read"),
        "{out}"
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), LOOSE);
    let (exit, out, err) = fmt(&[name]);
    assert_eq!((exit, out.as_str()), (Exit::Fine, ""));
    assert!(err.contains("a.policy:2:1 stays as written"), "{err}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), TIGHT);
    assert_eq!(fmt(&["--check", name]).0, Exit::Fine);
    let (_, out, _) = fmt(&["--check", "--format", "json", name]);
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["files"][0]["changed"], false);
    assert_eq!(answer["files"][0]["left"][0]["line"], 2);
}

#[test]
fn what_is_no_yaml_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.yaml");
    let text = "statements:\n  - allow  group A to read vcns in tenancy\n  - 'open\n";
    std::fs::write(&path, text).unwrap();
    let (exit, _, err) = fmt(&[path.to_str().unwrap()]);
    assert_eq!(exit, Exit::Usage, "{err}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    assert_eq!(fmt(&["nowhere.policy"]).0, Exit::Usage);
}

#[test]
fn standard_input_is_formatted_to_standard_output() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ocipol"))
        .args(["fmt", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(LOOSE.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), TIGHT);
}
