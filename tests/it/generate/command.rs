//! `ocipol generate` from the command line.

use std::fs;
use std::path::PathBuf;

use ocipol::cli::{self, Exit, Output};

/// What a run did: the exit, standard output, standard error.
fn run(arguments: &[&str]) -> (Exit, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut output = Output { out: &mut out, err: &mut err, colour: false, notes_colour: false, width: 110 };
    let all = ["ocipol", "generate"].iter().chain(arguments).map(std::ffi::OsString::from);
    let exit = cli::run(all, &mut output);
    (exit, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

/// An empty folder of its own.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("generate").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn text(path: &std::path::Path) -> &str {
    path.to_str().unwrap()
}

const ETCD: &str = "fixtures/generate/etcd-by-type.intent.yaml";

#[test]
fn policies_go_to_standard_output_and_notes_to_standard_error() {
    let (exit, out, err) = run(&[ETCD]);
    assert_eq!(exit, Exit::Fine);
    assert!(out.starts_with("# policy: etcd\n# attach: Orchard\n"), "{out}");
    assert_eq!(
        err,
        format!(
            "note: {ETCD}:8:19: `GenerateDataEncryptionKey`, `Encrypt`, `Decrypt`: taken to be the case: the caller \
             uses the key itself\n"
        )
    );
    for format in ["yaml", "terraform", "json"] {
        let (exit, other, _) = run(&[ETCD, "--format", format]);
        assert_eq!(exit, Exit::Fine);
        assert_ne!(other, out);
    }
}

#[test]
fn a_file_is_written_once_and_then_agrees() {
    let folder = folder("file");
    let file = folder.join("etcd.policy");
    let (exit, out, err) = run(&[ETCD, "--output", text(&file)]);
    assert_eq!((exit, out.as_str()), (Exit::Fine, ""));
    assert!(err.ends_with(&format!("wrote {}\n", file.display())), "{err}");
    assert_eq!(fs::read_to_string(&file).unwrap(), run(&[ETCD]).1);
    let (exit, _, err) = run(&[ETCD, "--output", text(&file)]);
    assert_eq!(exit, Exit::Fine);
    assert!(!err.contains("wrote"), "what is there already is not written again: {err}");
    let (exit, out, _) = run(&[ETCD, "--output", text(&file), "--check"]);
    assert_eq!((exit, out.as_str()), (Exit::Fine, ""));
}

#[test]
fn check_shows_how_a_committed_file_differs_and_writes_nothing() {
    let folder = folder("check");
    let file = folder.join("etcd.policy");
    let (exit, out, err) = run(&[ETCD, "--output", text(&file), "--check"]);
    assert_eq!(exit, Exit::Findings);
    assert!(out.contains("+# policy: etcd\n") && err.contains("does not exist"), "{out}{err}");
    assert!(!file.exists());
    let edited = run(&[ETCD]).1.replace("KEY_DECRYPT, ", "");
    fs::write(&file, &edited).unwrap();
    let (exit, out, _) = run(&[ETCD, "--output", text(&file), "--check"]);
    assert_eq!(exit, Exit::Findings);
    assert_eq!(fs::read_to_string(&file).unwrap(), edited);
    let shown = out.replace(text(&folder), "FOLDER");
    insta::assert_snapshot!(shown);
}

#[test]
fn a_folder_gets_a_file_for_each_intent_file() {
    let folder = folder("folder");
    let target = format!("{}/new/", folder.display());
    let group = "fixtures/generate/etcd-by-group.intent.yaml";
    for format in ["text", "yaml", "terraform", "json"] {
        let (exit, out, _) = run(&[ETCD, group, "--format", format, "--output", &target]);
        assert_eq!((exit, out.as_str()), (Exit::Fine, ""), "{format}");
        let (exit, ..) = run(&[ETCD, group, "--format", format, "--output", &target, "--check"]);
        assert_eq!(exit, Exit::Fine, "{format}");
    }
    let mut names: Vec<String> = fs::read_dir(folder.join("new"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let shown = names.join("\n");
    insta::assert_snapshot!(shown);
}

#[test]
fn several_intent_files_need_a_folder() {
    let other = "fixtures/generate/auditors.intent.yaml";
    for arguments in [vec![ETCD, other], vec![ETCD, other, "--output", "one.policy"]] {
        let (exit, out, err) = run(&arguments);
        assert_eq!((exit, out.as_str()), (Exit::Usage, ""));
        assert!(err.contains("--output DIR/"), "{err}");
    }
    let folder = folder("same");
    let (exit, _, err) = run(&[ETCD, ETCD, "--output", text(&folder)]);
    assert_eq!(exit, Exit::Usage);
    assert!(err.contains("two intent files would write"), "{err}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn what_cannot_be_read_ends_with_usage_and_a_word_about_it() {
    let folder = folder("broken");
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let empty = write("empty.intent.yaml", "");
    let malformed = write("malformed.intent.yaml", "intents: [{name: x\n");
    let binary = folder.join("binary.intent.yaml");
    fs::write(&binary, [0xff, 0xfe, 0x00]).unwrap();
    let model = write("model.intent.yaml", "tenancies: nowhere.tenancy.yaml\nintents: []\n");
    let table = [
        ("no/such/file.intent.yaml", "cannot be read"),
        ("fixtures/generate", "is a folder, not a file"),
        (empty.as_str(), "the file is empty"),
        (malformed.as_str(), "this is no YAML"),
        (text(&binary), "is no text"),
        (model.as_str(), "`nowhere.tenancy.yaml` cannot be read"),
    ];
    for (path, expected) in table {
        let (exit, out, err) = run(&[path]);
        assert_eq!((exit, out.as_str()), (Exit::Usage, ""), "{path}");
        assert!(err.contains(expected), "{path}: {err}");
    }
    // One that is wrong keeps the others from being written.
    let (exit, _, err) = run(&[ETCD, &empty, "--output", text(&folder)]);
    assert_eq!(exit, Exit::Usage);
    assert!(!err.contains("wrote"), "{err}");
}

#[test]
fn check_needs_something_to_compare_with() {
    let (exit, _, err) = run(&[ETCD, "--check"]);
    assert_eq!(exit, Exit::Usage);
    assert!(err.contains("--output"), "{err}");
}

#[test]
fn help_has_an_example_that_works() {
    let (exit, out, _) = run(&["--help"]);
    assert_eq!(exit, Exit::Fine);
    let example = out.lines().map(str::trim).find_map(|line| line.strip_prefix("ocipol generate "));
    let words: Vec<&str> = example.unwrap().split_whitespace().collect();
    assert_eq!(run(&words).0, Exit::Fine);
}
