//! `ocipol vault` and `ocipol secret`, from arguments to text and exit code.

use ocipol::cli::{self, Output};

use crate::rig::Folder;

const MODEL: &str = "fixtures/keys/meadow.tenancy.yaml";

/// A store and what was said over it.
struct Terminal {
    folder: Folder,
    told: String,
    /// Names made up by the program, in the order they were seen.
    versions: Vec<String>,
}

impl Terminal {
    fn new() -> Self {
        Self { folder: Folder::new(), told: String::new(), versions: Vec::new() }
    }

    /// Runs a command and adds it to the story; the answer comes back as it was.
    fn run(&mut self, words: &str) -> (u8, String) {
        let store = self.folder.file("store");
        let line = words.replace("FOLDER", &self.folder.file("").display().to_string());
        let mut arguments: Vec<std::ffi::OsString> = vec!["ocipol".into()];
        arguments.extend(line.split(' ').map(Into::into));
        if !words.contains("--store") {
            arguments.extend(["--store".into(), store.into()]);
        }
        arguments.extend(["--tenancies".into(), MODEL.into()]);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut output =
            Output { out: &mut out, err: &mut err, colour: false, notes_colour: false, width: 110 };
        let exit = cli::run(arguments, &mut output).code();
        let (out, err) = (String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap());
        let text = self.still(&format!("{err}{out}"));
        self.told.push_str(&format!("$ ocipol {words}\n{text}[{exit}]\n\n"));
        (exit, out)
    }

    /// The text without what differs from run to run: versions, times, digests.
    fn still(&mut self, text: &str) -> String {
        let mut still = String::new();
        for (number, part) in text.split("ocid1.keyversion.oc1.iad.mmvault.").enumerate() {
            let end = part.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(part.len());
            if number > 0 {
                let (id, rest) = part.split_at(end);
                let known = self.versions.iter().position(|other| other == id).unwrap_or_else(|| {
                    self.versions.push(id.to_owned());
                    self.versions.len() - 1
                });
                still.push_str(&format!("VERSION-{}{rest}", known + 1));
            } else {
                still.push_str(part);
            }
        }
        let words = still.split_inclusive([' ', '\n']).map(|word| {
            let bare = word.trim_end_matches([' ', '\n', ',', ':', ';']);
            let tail = &word[bare.len()..];
            let inner = bare.trim_matches('"');
            let is_time =
                inner.len() >= 20 && inner.ends_with('Z') && inner.contains('T') && inner.starts_with("20");
            let is_digest = inner.len() == 64 && inner.bytes().all(|byte| byte.is_ascii_hexdigit());
            if is_time {
                format!("TIME{tail}")
            } else if is_digest {
                format!("DIGEST{tail}")
            } else {
                word.to_owned()
            }
        });
        words.collect()
    }

    fn version(&self, number: usize) -> String {
        format!("ocid1.keyversion.oc1.iad.mmvault.{}", self.versions[number - 1])
    }
}

const SECRET: &str = "hunter2-canary";

fn furnished() -> Terminal {
    let mut terminal = Terminal::new();
    std::fs::write(terminal.folder.file("db"), SECRET).unwrap();
    for words in [
        "vault create-vault vault --as cid",
        "vault create-key etcd-key --vault vault --as cid",
        "vault create-cluster prod --key etcd-key --as cid",
    ] {
        assert_eq!(terminal.run(words).0, 0, "{}", terminal.told);
    }
    terminal
}

#[test]
fn the_life_of_a_key_and_its_secrets() {
    let mut terminal = furnished();
    for words in [
        "vault list --as cid",
        "vault list vault --as cid",
        "vault get etcd-key --as cid",
        "secret put default/db --file FOLDER/db --as prod",
        "secret put default/db --file FOLDER/db --create --as prod",
        "secret get default/db --as prod",
        "secret list --as prod",
        "secret get default/none --as prod",
        "vault rotate etcd-key --as cid",
        "secret rotate --report FOLDER/report --as prod",
        "secret rotate --as prod",
        "secret verify FOLDER/report",
        "secret scan",
        "vault list etcd-key --as cid",
        "secret put default/other --file FOLDER/db --as prod",
        "secret verify FOLDER/report",
        "secret scan --against FOLDER/report",
        "vault disable etcd-key --as cid",
        "secret get default/db --as prod",
        "vault enable etcd-key --as cid",
        "vault schedule-deletion etcd-key --days 7 --as cid",
        "secret get default/db --as prod",
        "vault cancel-deletion etcd-key --as cid",
        "secret delete default/other --as prod",
        "vault audit",
    ] {
        terminal.run(words);
    }
    insta::assert_snapshot!(terminal.told);
}

#[test]
fn who_may_not_is_told_so_and_wrong_arguments_are_explained() {
    let mut terminal = furnished();
    for words in [
        "vault rotate etcd-key --as eve",
        "secret list --as prod --store FOLDER/nowhere",
        "secret list --as prod --store FOLDER/db",
        "vault rotate nowhere --as cid",
        "vault rotate etcd-key",
        "vault rotate etcd-key --as nobody",
        "secret get default/db --as cid --cluster prod",
        "secret get default/db --as cid",
        "secret get no-slash --as prod",
        "secret put default/db --file FOLDER/missing --as prod",
        "secret verify FOLDER/missing",
        "vault create-key etcd-key --vault vault --protection external --as cid",
        "vault schedule-deletion etcd-key --days 6 --as cid",
        "vault schedule-deletion etcd-key --days 31 --as cid",
        "vault auto-rotate etcd-key --days 60 --as cid",
        "vault rotate etcd-key --format json --as eve",
    ] {
        assert_ne!(terminal.run(words).0, 0, "{words}");
        assert!(!terminal.told.is_empty());
    }
    insta::assert_snapshot!(
        terminal.told.replace(&terminal.folder.file("").display().to_string(), "FOLDER/")
    );
}

/// SR-14: a secret comes out where it is asked for, and nowhere else.
#[test]
fn sr_14_no_command_shows_a_secret_unless_it_is_asked_to() {
    let mut terminal = furnished();
    for words in [
        "secret put default/db --file FOLDER/db --as prod",
        "secret get default/db --as prod",
        "secret get default/db --as prod --format json",
        "secret get default/db --output FOLDER/copy --as prod",
        "secret list --format json --as prod",
        "vault rotate etcd-key --format json --as cid",
        "secret rotate --report FOLDER/report --format json --as prod",
        "secret scan --format json",
        "secret verify FOLDER/report --format json",
        "vault list etcd-key --format json --as cid",
        "vault audit --format json",
    ] {
        assert_eq!(terminal.run(words).0, 0, "{words}: {}", terminal.told);
    }
    assert!(!terminal.told.contains("canary"), "{}", terminal.told);
    let report = std::fs::read_to_string(terminal.folder.file("report")).unwrap();
    assert!(!report.contains("canary"));
    assert_eq!(std::fs::read_to_string(terminal.folder.file("copy")).unwrap(), SECRET);
    assert_eq!(terminal.run("secret get default/db --show --as prod"), (0, SECRET.to_owned()));
}

/// SR-14: a process with keys writes no core file. It is looked at while it waits for its input.
#[cfg(target_os = "linux")]
#[test]
fn sr_14_a_process_with_keys_writes_no_core_file() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let terminal = furnished();
    let mut child = Command::new(env!("CARGO_BIN_EXE_ocipol"))
        .args(["secret", "put", "default/db", "--as", "prod", "--tenancies", MODEL, "--store"])
        .arg(terminal.folder.file("store"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let limits = format!("/proc/{}/limits", child.id());
    let begun = std::time::Instant::now();
    let core = loop {
        let limits = std::fs::read_to_string(&limits).unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        let words: Vec<String> = core.split_whitespace().map(str::to_owned).collect();
        if words[4..6] == ["0", "0"] || begun.elapsed().as_secs() > 30 {
            break words[4..6].join(" ");
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    };
    assert_eq!(core, "0 0", "soft and hard limit");
    child.stdin.take().unwrap().write_all(b"hunter2").unwrap();
    assert!(child.wait().unwrap().success());
}

/// A report that was changed, and one that is none, are told apart from one that holds.
#[test]
fn rr_08_a_report_is_checked_again_without_any_key() {
    let mut terminal = furnished();
    terminal.run("secret put default/db --file FOLDER/db --as prod");
    terminal.run("secret rotate --report FOLDER/report --as prod");
    assert_eq!(terminal.run("secret verify FOLDER/report").0, 0);
    let report = terminal.folder.file("report");
    let text = std::fs::read_to_string(&report).unwrap();
    std::fs::write(&report, text.replacen("\"revision\": 1", "\"revision\": 9", 2)).unwrap();
    let (exit, said) = terminal.run("secret verify FOLDER/report");
    assert_eq!(exit, 1);
    assert!(said.contains("the report itself was changed"), "{said}");
    std::fs::write(&report, "{}").unwrap();
    assert_eq!(terminal.run("secret verify FOLDER/report").0, 2);
}

/// RR-9 by hand: retired after the rotation, and not before.
#[test]
fn rr_09_an_old_version_is_retired_when_nothing_is_under_it() {
    let mut terminal = furnished();
    terminal.run("secret put default/db --file FOLDER/db --as prod");
    terminal.run("vault rotate etcd-key --as cid");
    let old = terminal.version(1);
    let retire = format!("vault schedule-deletion etcd-key --version {old} --days 7 --as cid");
    assert_eq!(terminal.run(&retire).0, 22);
    terminal.run("secret rotate --as prod");
    assert_eq!(terminal.run(&retire).0, 0, "{}", terminal.told);
    terminal.run("secret backup monday --as prod");
    terminal.run("vault rotate etcd-key --as cid");
    terminal.run("secret rotate --as prod");
    let needed = terminal.version(2);
    let retire_needed = format!("vault schedule-deletion etcd-key --version {needed} --days 7 --as cid");
    assert_eq!(terminal.run(&retire_needed).0, 22, "the backup needs it");
    assert!(terminal.run("secret backups --as prod").1.contains(&needed));
    assert_eq!(terminal.run("secret backup monday --as prod").0, 24, "the name is taken");
    assert_eq!(terminal.run("secret backup monday --forget --as prod").0, 0);
    assert_eq!(terminal.run("secret backups --as prod").1, "");
    assert_eq!(terminal.run(&retire_needed).0, 0, "{}", terminal.told);
    let cancel = format!("vault cancel-deletion etcd-key --version {old} --as cid");
    assert_eq!(terminal.run(&cancel).0, 0);
}

#[test]
fn a_key_is_exported_under_an_rsa_key_that_openssl_made() {
    if !ocipol::envelope::asymmetric::AVAILABLE {
        eprintln!("skipped: the feature `asymmetric` is off");
        return;
    }
    let mut terminal = furnished();
    let (private, public) = (terminal.folder.file("private.pem"), terminal.folder.file("public.pem"));
    let openssl = |arguments: &[&str]| {
        std::process::Command::new("openssl").args(arguments).output().is_ok_and(|done| done.status.success())
    };
    let (private, public) = (private.to_str().unwrap(), public.to_str().unwrap());
    let made =
        openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", private])
            && openssl(&["pkey", "-in", private, "-pubout", "-out", public]);
    if !made {
        eprintln!("skipped: openssl is not installed");
        return;
    }
    let (exit, wrapped) = terminal.run("vault export etcd-key --public-key FOLDER/public.pem --as cid");
    assert_eq!(exit, 0, "{}", terminal.told);
    use base64::Engine as _;
    let wrapped = base64::engine::general_purpose::STANDARD.decode(wrapped.trim()).unwrap();
    std::fs::write(terminal.folder.file("wrapped"), wrapped).unwrap();
    let (file, out) = (terminal.folder.file("wrapped"), terminal.folder.file("key"));
    assert!(openssl(&[
        "pkeyutl",
        "-decrypt",
        "-inkey",
        private,
        "-pkeyopt",
        "rsa_padding_mode:oaep",
        "-pkeyopt",
        "rsa_oaep_md:sha256",
        "-in",
        file.to_str().unwrap(),
        "-out",
        out.to_str().unwrap(),
    ]));
    assert_eq!(std::fs::read(out).unwrap().len(), 32);
}
