//! Runs of the program in this process: arguments in, what it wrote and how it ended out.

use std::path::Path;

use ocipol::cli::{self, Exit, Output, Pipe};

/// What a run wrote, and how it ended.
pub(crate) struct Run {
    pub(crate) exit: Exit,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// Everything a person at a terminal sees.
    pub(crate) fn told(&self) -> String {
        let (out, err, exit) = (&self.out, &self.err, self.exit);
        format!("{out}--- standard error\n{err}--- {exit:?} ({})\n", exit.code())
    }
}

/// Runs the program on arguments, its own name left out.
pub(crate) fn ocipol<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Run {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut output = Output { out: &mut out, err: &mut err, colour: false, notes_colour: false, width: 110 };
    let own = std::iter::once("ocipol".into());
    let exit = cli::run(own.chain(arguments.iter().map(|word| word.as_ref().to_owned())), &mut output);
    Run { exit, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

/// Runs the program into a reader that goes away after some bytes.
pub(crate) fn into_closed_pipe(arguments: &[&str]) -> Exit {
    struct Closed;
    impl std::io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
    }
    let (mut out, mut err) = (Pipe::new(Closed), Vec::new());
    let mut output = Output { out: &mut out, err: &mut err, colour: false, notes_colour: false, width: 110 };
    cli::run(std::iter::once("ocipol").chain(arguments.iter().copied()).map(Into::into), &mut output)
}

/// Writes a file below a folder; gives its path.
pub(crate) fn file(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Runs the program; gives standard output, standard error and the exit code.
fn told(arguments: &[&str]) -> (String, String, Exit) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut output = Output { out: &mut out, err: &mut err, colour: true, notes_colour: true, width: 110 };
    let exit = cli::run(["ocipol"].iter().chain(arguments).map(Into::into), &mut output);
    (String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap(), exit)
}

#[test]
fn no_text_of_a_file_gives_orders_to_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("m.tenancy.yaml");
    std::fs::write(
        &model,
        r#"
tenancies:
  - name: Fjord
    id: ocid1.tenancy.oc1..fjord
    users: [{name: kim, id: ocid1.user.oc1..kim}]
    groups: [{name: Pilots, id: ocid1.group.oc1..pilots, members: [kim]}]
    resources: [{name: logs, id: ocid1.bucket.oc1.iad.logs}]
    policies: [{name: "p\e]0;PWNED\a\u202e", statements: [Allow group Pilots to read buckets in tenancy]}]
"#,
    )
    .unwrap();
    let model = model.to_str().unwrap();
    let ask = |operation: &str, format: &str| {
        told(&[
            "simulate",
            "--tenancies",
            model,
            "--principal",
            "kim",
            "--operation",
            operation,
            "--target",
            "logs",
            "--format",
            format,
        ])
    };
    let (human, _, _) = ask("GetBucket", "human");
    assert!(human.contains("p\u{fffd}]0;PWNED\u{fffd}\u{fffd} #1"), "{human:?}");
    let (_, refused, exit) = ask("Get\u{1b}[2JBucket", "human");
    assert!(refused.contains("`Get\u{fffd}[2JBucket`"), "{refused:?}");
    assert_eq!(exit, Exit::Usage);
    // What programs read says exactly what the file does.
    let (json, _, _) = ask("GetBucket", "json");
    assert!(json.contains(r"p\u001b]0;PWNED\u0007"), "{json:?}");
}

#[test]
fn mistakes_in_json_are_told_in_words_of_json_whatever_the_file_is_called() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["policies", "POLICIES.JSON"] {
        let path = folder.path().join(name);
        std::fs::write(&path, r#"{"statements": ["Allow group A to read buckets in tenancy",]}"#).unwrap();
        let (out, err, _) = told(&["check", "--input", "json", path.to_str().unwrap()]);
        assert!(out.contains("json/invalid-json") && !out.contains("no YAML"), "{out}{err}");
    }
}

#[test]
fn verdicts_have_the_colour_of_what_they_mean() {
    let model = "fixtures/oke/same-tenancy.tenancy.yaml";
    let asked = |operation| {
        let arguments = [
            "simulate",
            "--tenancies",
            model,
            "--principal",
            "prod",
            "--target",
            "etcd-key",
            "--operation",
            operation,
        ];
        told(&arguments).0
    };
    assert!(asked("Encrypt").starts_with("\u{1b}[31mdeny (implicit)\u{1b}[0m: cluster `prod`"));
    assert!(asked("Encrypt").contains("    \u{1b}[32mAllow dynamic-group "));
}
