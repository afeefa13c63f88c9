//! Repairs: what they make of a text, and that they are what they claim.

use std::collections::BTreeSet;
use std::path::Path;

use ocipol::bundle::Bundle;
use ocipol::cli::{self, Exit, Output};
use ocipol::diagnostic::Safety;
use ocipol::edit::Edits;
use ocipol::lint::{Input, LINTS, Level, Options, Report, lint};
use ocipol::source::{Source, Sources};
use ocipol::syntax::Reading;
use ocipol::{format, parse};

/// What is found in policy text or in a rule.
pub(crate) fn found(text: &str, input: Input, options: Options<'_>) -> Report {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("text", text).unwrap());
    let mut bundle = Bundle::new();
    match input {
        Input::Rule => bundle.matching_rule(&sources, id),
        Input::Policy | Input::Yaml | Input::Json | Input::Terraform => {
            bundle.policy_text(&sources, id);
        }
    }
    lint(&sources, &bundle.bind(&sources, None), options)
}

/// The text after every repair of a kind, made until none is left.
pub(crate) fn fixed(text: &str, input: Input, least: Safety, options: Options<'_>) -> String {
    let mut text = text.to_owned();
    for _ in 0..20 {
        let mut edits = Edits::default();
        for finding in found(&text, input, options).findings {
            if let Some(fix) = finding.fix.filter(|fix| fix.safety <= least) {
                edits.take(fix.edits);
            }
        }
        if edits.is_empty() {
            return text;
        }
        text = edits.apply(&text);
    }
    panic!("repairs undo each other: {text}");
}

#[test]
fn a_safe_repair_silences_its_lint_and_leaves_a_strict_statement() {
    let mut repaired = BTreeSet::new();
    for lint in LINTS {
        for example in lint
            .examples()
            .into_iter()
            .filter(|example| example.flagged && matches!(example.input, Input::Policy | Input::Rule))
        {
            let options = Options { levels: &[(lint, Level::On)] };
            let safe = |finding: &ocipol::diagnostic::Diagnostic| {
                finding.code == lint.code
                    && finding.fix.as_ref().is_some_and(|fix| fix.safety == Safety::Safe)
            };
            if !found(&example.text, example.input, options).findings.iter().any(safe) {
                continue;
            }
            repaired.insert(lint.code.id());
            let text = fixed(&example.text, example.input, Safety::Safe, options);
            let left = found(&text, example.input, options);
            assert!(!left.findings.iter().any(safe), "{} is still found in\n{text}", lint.code);
            if example.input == Input::Policy {
                let mut sources = Sources::new();
                let id = sources.add(Source::new("text", text.as_str()).unwrap());
                let (policies, _) = parse::policies(sources.get(id).unwrap(), id);
                for (_, item) in policies.iter().flat_map(|policy| policy.statements()) {
                    assert_eq!(item.reading, Reading::Strict, "{}: {text}", lint.code);
                }
                let once = format::policy_text(sources.get(id).unwrap(), id).unwrap().text;
                assert_eq!(formatted(&once), once, "{}", lint.code);
            }
        }
    }
    assert!(repaired.len() >= 20, "only {repaired:?} have safe repairs");
}

fn formatted(text: &str) -> String {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("text", text).unwrap());
    format::policy_text(sources.get(id).unwrap(), id).unwrap().text
}

fn run(arguments: &[&str]) -> (Exit, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut output = Output { out: &mut out, err: &mut err, colour: false, notes_colour: false, width: 110 };
    let all = ["ocipol"].iter().chain(arguments).map(Into::into);
    let exit = cli::run(all, &mut output);
    (exit, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn files_are_repaired_in_place_and_only_where_they_are_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let policy = write(
        folder.path(),
        "a.policy",
        "# ours\n\nAllow   dynamicgroup Robots read vcns in tenancy where request.region == \"iad\".\nAllow user kim to read vcns in tenancy\n",
    );
    let yaml = write(
        folder.path(),
        "b.yaml",
        "x: [1,  2] # kept\nstatements:\n  - 'Allow group Pilots read vcns in tenancy where request.region = \"iad\"'\n  - \"Allow group Pilots read vcns in tenancy where request.region = \\\"iad\\\"\"\n",
    );
    let (exit, out, err) = run(&["check", "--fix", &policy, &yaml]);
    assert_eq!(exit, Exit::Findings, "{out}");
    assert!(out.contains("syntax/user-subject") && !out.contains("missing-to"), "{out}");
    assert!(err.contains("made 9 repairs in 2 files"), "{err}");
    assert_eq!(
        std::fs::read_to_string(&policy).unwrap(),
        "# ours\n\nAllow   dynamic-group Robots to read vcns in tenancy where request.region = 'iad'\nAllow user kim to read vcns in tenancy\n"
    );
    assert_eq!(
        std::fs::read_to_string(&yaml).unwrap(),
        "x: [1,  2] # kept\nstatements:\n  - 'Allow group Pilots to read vcns in tenancy where request.region = ''iad'''\n  - \"Allow group Pilots to read vcns in tenancy where request.region = 'iad'\"\n"
    );
    let (exit, ..) = run(&["check", "--fix=all", &policy]);
    assert_eq!(exit, Exit::Fine);
    assert!(
        std::fs::read_to_string(&policy)
            .unwrap()
            .contains("any-group to read vcns in tenancy where request.user.name = 'kim'")
    );
}

#[test]
fn an_accepted_finding_is_not_repaired_and_standard_input_cannot_be() {
    let folder = tempfile::tempdir().unwrap();
    let text = "# lint-allow missing-to: a test of the service\nAllow group Pilots read vcns in tenancy\n";
    let policy = write(folder.path(), "a.policy", text);
    let (exit, ..) = run(&["check", "--fix", &policy]);
    assert_eq!(exit, Exit::Fine);
    assert_eq!(std::fs::read_to_string(&policy).unwrap(), text);
    let (exit, _, err) = run(&["check", "--fix", "-", "--input", "policy"]);
    assert_eq!(exit, Exit::Usage, "{err}");
}

#[cfg(unix)]
#[test]
fn a_repaired_file_keeps_its_permissions_and_a_link_stays_a_link() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let real = write(folder.path(), "real.policy", "Allow group Pilots read vcns in tenancy\n");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    let link = folder.path().join("link.policy");
    std::os::unix::fs::symlink("real.policy", &link).unwrap();
    let (exit, ..) = run(&["check", "--fix", link.to_str().unwrap()]);
    assert_eq!(exit, Exit::Fine);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(std::fs::read_to_string(&real).unwrap().contains("Pilots to read"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "something was left behind");
}
