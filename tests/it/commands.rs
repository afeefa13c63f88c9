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
        self.run_on(words, std::path::Path::new(MODEL))
    }

    fn run_on(&mut self, words: &str, model: &std::path::Path) -> (u8, String) {
        let store = self.folder.file("store");
        let line = words.replace("FOLDER", &self.folder.file("").display().to_string());
        let mut arguments: Vec<std::ffi::OsString> = vec!["ocipol".into()];
        arguments.extend(line.split(' ').map(Into::into));
        if !words.contains("--store") {
            arguments.extend(["--store".into(), store.into()]);
        }
        arguments.extend(["--tenancies".into(), model.into()]);
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
        "vault list --as eve",
        "vault list vault --as eve",
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
    std::fs::write(terminal.folder.file("empty"), "").unwrap();
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
        "secret rotate --workers 0 --as prod",
        "secret rotate --workers 65 --as prod",
        "secret put default/db --file FOLDER/missing --as prod",
        "secret verify FOLDER/missing",
        "vault create-key etcd-key --vault vault --protection EXTERNAL --as cid",
        "vault schedule-deletion etcd-key --days 6 --as cid",
        "vault schedule-deletion etcd-key --days 31 --as cid",
        "vault auto-rotate etcd-key --days 60 --as cid",
        "vault rotate etcd-key --format json --as eve",
        "secret list --as eve --cluster prod",
        "secret delete default/db --as eve --cluster prod",
        "secret scan --cluster prud",
        "secret verify FOLDER/db",
        "vault list vaultt --as cid",
        "vault list --as cid --store FOLDER/empty",
        "vault get etcd-key --as cid --at 2020-01-01T00:00:00Z",
    ] {
        assert_ne!(terminal.run(words).0, 0, "{words}");
        assert!(!terminal.told.is_empty());
    }
    insta::assert_snapshot!(
        terminal.told.replace(&terminal.folder.file("").display().to_string(), "FOLDER/")
    );
}

/// Everything a key goes through, by hand: time passes where `--at` says so.
#[test]
fn time_passes_where_it_is_told_to() {
    let mut terminal = furnished();
    let fresh = |at: i64| (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * at)).to_string();
    let (soon, late) = (fresh(2), fresh(60));
    for (words, exit) in [
        ("secret put default/db --file FOLDER/db --as prod".to_owned(), 0),
        ("vault schedule-deletion etcd-key --days 7 --as cid".to_owned(), 0),
        (format!("secret get default/db --as prod --at {soon}"), 22),
        (format!("secret get default/db --as prod --at {late}"), 23),
        (format!("vault get etcd-key --as cid --at {late}"), 0),
        (format!("vault upgrade-cluster prod --kubernetes 1.35.0 --as cid --at {late}"), 23),
        (format!("vault delete-cluster prod --as cid --at {late}"), 0),
        (format!("vault get etcd-key --as cid --at {soon}"), 2),
    ] {
        assert_eq!(terminal.run(&words).0, exit, "{words}: {}", terminal.told);
    }
    insta::assert_snapshot!(terminal.told.replace(&soon, "SOON").replace(&late, "LATE"));
}

/// SC-07, SC-10, SC-16 by hand.
#[test]
fn a_cluster_is_created_upgraded_and_deleted_by_hand() {
    let mut terminal = Terminal::new();
    for (words, exit) in [
        ("vault create-vault vault --as cid", 0),
        ("vault create-key etcd-key --vault vault --protection SOFTWARE --shape aes-128 --as cid", 0),
        ("vault create-cluster prod --key etcd-key --workflow quick --as cid", 24),
        ("vault create-cluster prod --key etcd-key --client CONSOLE --as cid", 0),
        ("vault upgrade-cluster prod --kubernetes 1.35.0 --as cid", 0),
        ("vault upgrade-cluster prod --kubernetes 1.30.0 --as cid", 24),
        ("vault delete-cluster prod --as cid", 0),
        ("vault delete-cluster prod --as cid", 20),
    ] {
        assert_eq!(terminal.run(words).0, exit, "{words}: {}", terminal.told);
    }
    insta::assert_snapshot!(terminal.told);
}

/// A version goes when nothing of any cluster needs it, and what holds it is named.
#[test]
fn only_versions_that_nothing_needs_are_called_idle() {
    let mut terminal = furnished();
    for words in [
        "secret put default/db --file FOLDER/db --as prod",
        "secret backup monday --as prod",
        "vault rotate etcd-key --as cid",
        "secret rotate --as prod",
    ] {
        assert_eq!(terminal.run(words).0, 0, "{}", terminal.told);
    }
    assert!(!terminal.told.contains("nothing needs"), "{}", terminal.told);
    let first = terminal.version(1);
    assert_eq!(terminal.run(&format!("vault schedule-deletion etcd-key --version {first} --as cid")).0, 22);
    let second = terminal.version(2);
    terminal.run(&format!("vault schedule-deletion etcd-key --version {second} --as cid"));
    assert!(terminal.told.contains("help: `ocipol vault rotate etcd-key`"), "{}", terminal.told);
    assert!(
        terminal.told.contains("`ocipol secret backup monday --forget --cluster prod`"),
        "{}",
        terminal.told
    );
    assert!(terminal.told.contains("--force"), "{}", terminal.told);
    terminal.run("secret backup monday --forget --as prod");
    terminal.run("secret rotate --as prod");
    assert!(
        terminal.told.contains("nothing needs ocid1.keyversion")
            || terminal.told.contains("nothing needs VERSION-1")
    );
    assert_eq!(terminal.run(&format!("vault schedule-deletion etcd-key --version {first} --as cid")).0, 0);
    terminal.told.clear();
    terminal.run("secret rotate --as prod");
    assert!(!terminal.told.contains("nothing needs"), "{}", terminal.told);
}

/// A report comes from wherever it is told to: another program may hand it over.
#[test]
fn a_report_is_read_from_standard_input() {
    use std::process::{Command, Stdio};
    let mut terminal = furnished();
    terminal.run("secret put default/db --file FOLDER/db --as prod");
    terminal.run("secret rotate --report FOLDER/report --as prod");
    for arguments in [&["secret", "verify", "-"][..], &["secret", "scan", "--against", "-"]] {
        let report = std::fs::File::open(terminal.folder.file("report")).unwrap();
        let run = Command::new(env!("CARGO_BIN_EXE_ocipol"))
            .args(arguments)
            .arg("--store")
            .arg(terminal.folder.file("store"))
            .stdin(Stdio::from(report))
            .output()
            .unwrap();
        assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    }
}

/// What cannot be read of a model may be what denies: nothing is decided by the rest of it.
#[test]
fn a_model_that_cannot_be_read_as_a_whole_decides_nothing() {
    let mut terminal = furnished();
    let model = std::fs::read_to_string(MODEL).unwrap();
    let policy = "      - {name: denials, file: denials.policy}\n";
    let broken = terminal.folder.file("broken.tenancy.yaml");
    std::fs::write(&broken, format!("{}{policy}", model.trim_end().to_owned() + "\n")).unwrap();
    for words in ["vault rotate etcd-key --as cid", "secret put default/db --file FOLDER/db --as prod"] {
        let (exit, said) = terminal.run_on(words, &broken);
        assert_eq!(exit, 2, "{said}");
        assert!(said.contains("denials.policy"), "{said}");
    }
}

/// A name mistyped is no empty store whose chain is unbroken.
#[test]
fn a_store_that_is_not_there_is_not_made_by_looking_into_it() {
    let mut terminal = Terminal::new();
    std::fs::write(terminal.folder.file("db"), SECRET).unwrap();
    for words in [
        "vault audit",
        "vault list --as cid",
        "vault get etcd-key --as cid",
        "secret scan",
        "secret list --as prod",
        "secret get default/db --as prod",
        "secret put default/db --file FOLDER/db --as prod",
    ] {
        assert_eq!(terminal.run(words).0, 2, "{words}");
        assert!(!terminal.folder.file("store").exists(), "{words}");
        assert!(!terminal.folder.file("store.keys").exists(), "{words}");
    }
    assert!(terminal.told.contains("there is no store"), "{}", terminal.told);
}

#[test]
fn a_store_that_another_program_holds_is_unavailable() {
    let mut terminal = Terminal::new();
    let held = ocipol::store::Embedded::open(&terminal.folder.file("store")).unwrap();
    for words in ["vault create-vault vault --as cid", "vault audit"] {
        assert_eq!(terminal.run(words).0, 31, "{words}: {}", terminal.told);
    }
    assert!(terminal.told.contains("BACKEND_UNAVAILABLE"), "{}", terminal.told);
    assert!(terminal.told.contains("help: end the program that has it open"), "{}", terminal.told);
    drop(held);
    assert_eq!(terminal.run("vault create-vault vault --as cid").0, 0, "{}", terminal.told);
}

/// A secret is written for its owner alone, over whatever was there, and never through a link.
#[cfg(unix)]
#[test]
fn sr_14_a_secret_in_a_file_is_its_owners_alone() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let mut terminal = furnished();
    terminal.run("secret put default/db --file FOLDER/db --as prod");
    let copy = terminal.folder.file("copy");
    std::fs::write(&copy, "open to all, and longer than the secret that takes its place").unwrap();
    std::fs::set_permissions(&copy, PermissionsExt::from_mode(0o644)).unwrap();
    assert_eq!(terminal.run("secret get default/db --output FOLDER/copy --as prod").0, 0);
    assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_to_string(&copy).unwrap(), SECRET);

    let elsewhere = terminal.folder.file("elsewhere");
    std::fs::write(&elsewhere, "theirs").unwrap();
    symlink(&elsewhere, terminal.folder.file("link")).unwrap();
    let (exit, _) = terminal.run("secret get default/db --output FOLDER/link --as prod");
    assert_eq!(exit, 2, "{}", terminal.told);
    assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), "theirs");
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
    // OCIDs compare without case, in reports and in arguments.
    std::fs::write(&report, text.replace("\"target\": \"ocid1.keyversion", "\"target\": \"OCID1.KeyVersion"))
        .unwrap();
    assert_eq!(terminal.run("secret verify FOLDER/report").0, 0, "{}", terminal.told);
    assert_eq!(terminal.run("secret scan --cluster OCID1.Cluster.oc1.iad.prod").0, 0, "{}", terminal.told);
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

/// What kube-apiserver's configuration says, and what is wrong with it: never with a line of the file, which holds keys.
#[test]
fn sr_14_an_encryption_configuration_is_checked_without_showing_a_key() {
    let mut terminal = Terminal::new();
    for (file, exit) in [("sound", 1), ("legacy", 1), ("mistakes", 1)] {
        let words = format!("secret check-config fixtures/encryption/{file}.yaml");
        assert_eq!(terminal.run(&words).0, exit, "{}", terminal.told);
    }
    let allowed = "secret check-config fixtures/encryption/sound.yaml --allow-plaintext";
    assert_eq!(terminal.run(allowed).0, 0, "{}", terminal.told);
    assert_eq!(terminal.run("secret check-config fixtures/encryption/none.yaml").0, 2);
    // Keys in one line with everything, in files that are not even YAML.
    for (name, text) in [
        (
            "flow",
            "{kind: x, resources: [{resources: [secrets], providers: [{aescbc: {keys: [{name: 'a:', secret: Y2FuYXJ5}]}}]}]}",
        ),
        ("torn", "resources:\n- providers:\n  - aescbc: {keys: [{name: a, secret: Y2FuYXJ5}\n"),
    ] {
        std::fs::write(terminal.folder.file(name), text).unwrap();
        for format in ["human", "json"] {
            let words = format!("secret check-config FOLDER/{name} --format {format}");
            assert_eq!(terminal.run(&words).0, 1, "{}", terminal.told);
        }
    }
    for secret in ["Y2FuYXJ5", "canary", "MDEy"] {
        assert!(!terminal.told.contains(secret), "{}", terminal.told);
    }
    let folder = terminal.folder.file("").display().to_string();
    insta::assert_snapshot!(terminal.told.replace(&folder, "FOLDER/"));
}

/// A value out of an etcd, opened under the keys of the configuration that wrote it.
#[test]
fn a_value_of_kube_apiserver_is_opened_under_its_configuration() {
    use ocipol::encryption_configuration;
    use ocipol::envelope::transformers::PlaintextWrites;
    let mut terminal = Terminal::new();
    let path = "/registry/secrets/default/db";
    let key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    let config = |provider: &str| {
        format!(
            "kind: EncryptionConfiguration\napiVersion: apiserver.config.k8s.io/v1\nresources:\n- resources: [secrets]\n  providers:\n  - {provider}: {{keys: [{{name: key1, secret: {key}}}]}}\n"
        )
    };
    for provider in ["aesgcm", "aescbc"] {
        let text = config(provider);
        let file = terminal.folder.file(&format!("{provider}.yaml"));
        std::fs::write(&file, &text).unwrap();
        let mut sources = ocipol::source::Sources::new();
        let id = sources.add(ocipol::source::Source::new("c", text).unwrap());
        let (configuration, _) = encryption_configuration::read(sources.get(id).unwrap(), id);
        let rule = configuration.unwrap().into_rule_for("secrets").unwrap();
        let transformers = rule.transformers(|_| unreachable!(), PlaintextWrites::Refused).unwrap();
        let mut value = transformers.write(SECRET.as_bytes(), path, &ocipol::random::SystemRng).unwrap();
        std::fs::write(terminal.folder.file(provider), &value).unwrap();
        value.push(b'\n');
        std::fs::write(terminal.folder.file(&format!("{provider}.etcdctl")), &value).unwrap();
    }
    let open = "secret open FOLDER/aesgcm --config FOLDER/aesgcm.yaml --path /registry/secrets/default/db";
    assert_eq!(terminal.run(open).0, 0, "{}", terminal.told);
    assert!(!terminal.told.contains("canary"), "{}", terminal.told);
    for (words, exit) in [
        (format!("{open} --show"), 0),
        (format!("{} --show", open.replacen("/aesgcm ", "/aesgcm.etcdctl ", 1)), 0),
        (format!("{open}x --show"), 1),
        (format!("{} --show", open.replace("aesgcm", "aescbc")), 1),
        (format!("{} --show --accept-unauthenticated", open.replace("aesgcm", "aescbc")), 0),
        (format!("{} --show", open.replacen("/aesgcm ", "/aescbc ", 1)), 1),
        (format!("{open} --resource pods"), 2),
    ] {
        let (found, said) = terminal.run(&words);
        assert_eq!(found, exit, "{words}: {}", terminal.told);
        assert_eq!(said == SECRET, exit == 0, "{words}");
    }
}

#[test]
fn one_option_says_where_things_are_kept() {
    let mut terminal = furnished();
    for (words, says) in [
        ("vault list --as cid --store FOLDER/other --store FOLDER/store", "names two files"),
        ("vault list --as cid --store etcd://", "write etcd://HOST:PORT"),
        ("vault list --as cid --store etcd://a:1,b", "write etcd://HOST:PORT"),
        ("vault list --as cid --store etcd://a:1 --store etcd://b:1", "names two etcds"),
    ] {
        assert_eq!(terminal.run(words).0, 2, "{words}");
        assert!(terminal.told.contains(says), "{words}: {}", terminal.told);
    }
    if cfg!(not(feature = "etcd")) {
        assert_eq!(
            terminal.run("vault list --as cid --store FOLDER/store --store etcd://127.0.0.1:1,127.0.0.1:2").0,
            2
        );
        assert!(terminal.told.contains("--features etcd"), "{}", terminal.told);
    }
}
