//! The project file: read, found, and obeyed.

use std::path::Path;
use std::process::Command;

use ocipol::lint::Level;
use ocipol::project;
use ocipol::source::{Source, Sources};

use crate::cli::{file, ocipol};

const WASTE: &str =
    "Define tenancy Glacier as ocid1.tenancy.oc1..glacier\nAllow group Pilots to read vcns in tenancy\n";

fn read(text: &str) -> (project::Project, String) {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("ocipol.yaml", text).unwrap());
    let (project, findings) = project::read(&sources, id);
    let lines: Vec<String> = findings
        .iter()
        .map(|finding| {
            let place = finding.place().map(|place| sources.locate(place)).unwrap_or_default();
            let help = finding.help.as_deref().unwrap_or_default();
            format!("{place} {} {} ({help})", finding.code, finding.message)
        })
        .collect();
    (project, lines.join("\n"))
}

#[test]
fn an_empty_file_says_nothing() {
    for text in ["", "# nothing\n", "{}\n"] {
        let (project, findings) = read(text);
        assert!(project.paths.is_empty() && project.tenancies.is_none() && project.levels.is_empty());
        assert_eq!(findings, "", "{text:?}");
    }
}

#[test]
fn mistakes_are_pointed_at() {
    let text = "path: [policies]\ntenancies: [a, b]\nlints:\n  unused-defines: off\n  unused-define: quiet\n";
    insta::assert_snapshot!(read(text).1);
    insta::assert_snapshot!(read("- policies\n").1);
}

#[test]
fn a_level_for_every_word() {
    let text =
        "lints: {unused-define: off, lint/unused-define: on, duplicate-define: style, redacted-ocid: info}";
    let (project, findings) = read(text);
    assert_eq!(findings, "");
    let levels: Vec<String> =
        project.levels.iter().map(|(lint, level)| format!("{} {level:?}", lint.code)).collect();
    assert_eq!(
        levels,
        [
            "lint/unused-define Off",
            "lint/unused-define On",
            "resolve/duplicate-define At(Style)",
            "lint/redacted-ocid At(Info)"
        ]
    );
    assert_eq!(project.levels[0].1, Level::Off);
}

#[test]
fn levels_take_findings_away_and_change_their_weight() {
    let folder = tempfile::tempdir().unwrap();
    let policy = file(folder.path(), "waste.policy", WASTE);
    let mut seen = Vec::new();
    for level in ["on", "off", "error", "info"] {
        let name = format!("{level}.yaml");
        let project = file(folder.path(), &name, format!("lints: {{unused-define: {level}}}\n"));
        let run = ocipol(&["check", "--format", "json", "--project", &project, &policy]);
        let word = ["error", "warning", "info", "style"]
            .into_iter()
            .find(|word| run.out.contains(&format!("\"severity\": \"{word}\"")));
        seen.push((level, word, run.exit.code()));
    }
    assert_eq!(
        seen,
        [
            ("on", Some("warning"), 0),
            ("off", None, 0),
            ("error", Some("error"), 1),
            ("info", Some("info"), 0)
        ]
    );
}

/// Runs the program in a folder; what it wrote to both streams, and its exit code.
fn inside(folder: &Path, arguments: &[&str]) -> String {
    let run =
        Command::new(env!("CARGO_BIN_EXE_ocipol")).current_dir(folder).args(arguments).output().unwrap();
    let text = [run.stdout, run.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    format!("{text}exit {}\n", run.status.code().unwrap())
}

#[test]
fn the_nearest_file_upwards_is_the_project() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    file(root, "ocipol.yaml", "paths: [policies]\ntenancies: fjord.tenancy.yaml\n");
    file(
        root,
        "fjord.tenancy.yaml",
        "tenancies:\n  - name: Fjord\n    id: ocid1.tenancy.oc1..fjord\n    groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]\n",
    );
    file(root, "policies/waste.policy", WASTE);
    file(root, "elsewhere/broken.policy", "Allow group Pilots manage");
    let (above, below) = (inside(root, &["check"]), inside(&root.join("elsewhere"), &["check"]));
    insta::assert_snapshot!(above);
    assert_eq!(below.replace("../", ""), above, "the same from a folder below");
    let alone = inside(&root.join("elsewhere"), &["check", "--no-project"]);
    assert!(alone.contains("broken.policy") && alone.contains("exit 1"), "{alone}");
}

#[test]
fn commands_that_decide_take_the_model_of_the_project() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let ask = ["who-can", "--operation", "GetVcn", "--target", "Fjord"];
    insta::assert_snapshot!(inside(root, &ask));
    file(root, "ocipol.yaml", "tenancies: model/fjord.tenancy.yaml\n");
    insta::assert_snapshot!(inside(root, &ask).replace(root.to_str().unwrap(), "…"));
    file(
        root,
        "model/fjord.tenancy.yaml",
        "tenancies:
  - name: Fjord
    id: ocid1.tenancy.oc1..fjord
    users: [{name: rita, id: ocid1.user.oc1..rita}]
    groups: [{name: Pilots, id: ocid1.group.oc1..pilots, members: [rita]}]
    policies: [{name: p, statements: [Allow group Pilots to read vcns in tenancy]}]
",
    );
    insta::assert_snapshot!(inside(root, &ask));
    file(root, "ocipol.yaml", "tenancy: model/fjord.tenancy.yaml\n");
    insta::assert_snapshot!(inside(root, &ask));
}

#[test]
fn every_shell_has_completions_and_every_command_a_page() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = ocipol(&["completions", shell]);
        assert!(run.out.contains("who-can") && run.out.contains("deny-warnings"), "{shell}");
    }
    assert!(ocipol(&["man"]).out.contains("ocipol\\-check"));
    let folder = tempfile::tempdir().unwrap();
    let run = ocipol(&["man", folder.path().join("man1").to_str().unwrap()]);
    assert_eq!((run.exit.code(), run.err.as_str()), (0, ""));
    for page in ["ocipol.1", "ocipol-check.1", "ocipol-who-can.1", "ocipol-vault.1"] {
        assert!(folder.path().join("man1").join(page).is_file(), "{page}");
    }
    let taken = file(folder.path(), "taken", "");
    let run = ocipol(&["man", &taken]);
    assert_eq!(run.exit.code(), 2, "{}", run.err);
}
