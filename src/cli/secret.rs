//! `ocipol secret`: the secrets of a cluster by hand, as a principal under policies.

mod report;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use zeroize::Zeroizing;

use self::report::{Report, counts, scan, verify};
use super::output::Answer;
use super::replace::private;
use super::stage::{Begins, NoStage, Set, Stage, Undone, end};
use super::{Exit, Format, Output, encryption};
use crate::engine::{Backup, Code, Pace, Progress, RunState, SecretName, Session, Write as Writing};
use crate::envelope::PLAINTEXT_LENGTH;
use crate::ocid::Ocid;
use crate::store::Revision;
use crate::vault::State;

/// Arguments of `ocipol secret`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  printf hunter2 | ocipol secret put default/db-password --tenancies meadow.tenancy.yaml --as prod
  ocipol secret rotate --report report.json --tenancies meadow.tenancy.yaml --as prod
  ocipol secret verify report.json

Things are kept in the file ocipol.store unless --store says otherwise.

Exit code: 0 done, 1 a secret to get or delete that is not there, a verification or a rotation that found something,
2 input that cannot be read,
20 to 31 and 70 as the table of failures says.")]
pub(super) struct Arguments {
    #[command(flatten)]
    stage: Stage,
    /// The cluster, by name or OCID; without it the one that acts
    #[arg(long, value_name = "CLUSTER", global = true)]
    cluster: Option<String>,
    #[command(subcommand)]
    command: Command,
}

impl Arguments {
    /// Whether people read the answer; a secret is written as it is.
    pub(super) fn answers_in_words(&self) -> bool {
        self.stage.format == Format::Human && !self.writes_a_secret()
    }

    const fn writes_a_secret(&self) -> bool {
        match &self.command {
            Command::Acting(Acting::Get { show, .. }) => *show,
            Command::Keyless(Keyless::Open(_)) => true,
            Command::Acting(_) | Command::Keyless(_) => false,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    Acting(Acting),
    #[command(flatten)]
    Keyless(Keyless),
}

/// What a principal does, under policies.
#[derive(Debug, Subcommand)]
enum Acting {
    /// Seals a secret and writes it
    Put {
        /// NAMESPACE/NAME
        #[arg(value_parser = secret_name)]
        name: SecretName,
        /// What it holds; `-` for standard input
        #[arg(long, default_value = "-")]
        file: PathBuf,
        /// Only where there is none of that name
        #[arg(long)]
        create: bool,
    },
    /// Opens a secret; what it holds is shown only when asked for
    Get {
        /// NAMESPACE/NAME
        #[arg(value_parser = secret_name)]
        name: SecretName,
        /// Print what it holds, and nothing else
        #[arg(long, conflicts_with = "output")]
        show: bool,
        /// Write what it holds to a file
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Lists secrets by name
    List {
        /// Of one namespace
        #[arg(long)]
        namespace: Option<String>,
    },
    /// Deletes a secret
    Delete {
        /// NAMESPACE/NAME
        #[arg(value_parser = secret_name)]
        name: SecretName,
    },
    /// Seals every secret again under the current version of the key, and proves it
    Rotate {
        /// Where to write the report that `verify` checks again
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
        /// How many secrets are worked on at once, 1 to 64
        #[arg(long, default_value_t = 8, value_parser = workers)]
        workers: usize,
    },
    /// Records that a backup of the secrets is made now: no key version it needs is retired until it is forgotten
    Backup {
        /// What it is called
        name: String,
        /// It is gone, or nobody will restore it
        #[arg(long)]
        forget: bool,
    },
    /// Lists the recorded backups with the key versions they need
    Backups,
}

/// What needs no key of a vault and nobody who acts.
#[derive(Debug, Subcommand)]
enum Keyless {
    /// Tells, without any key, which version protects what
    Scan {
        /// A report to compare with, `-` for standard input: what was written, added, removed or put back since
        #[arg(long, value_name = "REPORT")]
        against: Option<PathBuf>,
    },
    /// Checks a report again, without any key
    Verify {
        /// The report of `rotate`; `-` for standard input
        report: PathBuf,
    },
    /// Checks an EncryptionConfiguration of kube-apiserver, and tells what it writes and reads
    CheckConfig(encryption::CheckConfig),
    /// Opens one stored value under the keys of an EncryptionConfiguration
    Open(encryption::OpenValue),
}

fn secret_name(text: &str) -> Result<SecretName, String> {
    let (namespace, name) = text.split_once('/').ok_or("write NAMESPACE/NAME")?;
    SecretName::new(namespace, name).map_err(|error| error.to_string())
}

fn workers(text: &str) -> Result<usize, String> {
    let most = Pace::MOST_WORKERS;
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| format!("write a number from 1 to {most}"))
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let format = arguments.stage.format;
    let done = match &arguments.command {
        Command::Keyless(Keyless::Scan { against }) => scan(arguments, against.as_deref(), output),
        Command::Keyless(Keyless::Verify { report }) => verify(arguments, report, output),
        Command::Keyless(Keyless::CheckConfig(checked)) => encryption::check_config(checked, format, output),
        Command::Keyless(Keyless::Open(opened)) => encryption::open(opened, format, output),
        Command::Acting(acting) => arguments.stage.set(Begins::WithOneThatIsThere).and_then(|set| {
            let session = set.engine.session(set.actor.clone());
            let cluster = match (&arguments.cluster, &set.actor.ocid) {
                (Some(name), _) => set.id("cluster", name)?,
                (None, Some(id)) if id.resource_kind().eq_ignore_ascii_case("cluster") => id.clone(),
                (None, _) => return Err(NoStage::Argument("`--cluster` is needed: whose secrets").into()),
            };
            act(acting, &set, &session, &cluster, format, output).map_err(|undone| set.told(undone))
        }),
    };
    end(done, format, output)
}

#[derive(Serialize)]
struct SecretAnswer {
    name: String,
    revision: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authenticated: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<usize>,
}

#[derive(Serialize)]
struct BackupAnswer {
    name: String,
    taken: String,
    revision: u64,
    key_versions: Vec<String>,
}

impl BackupAnswer {
    fn of(backup: &Backup) -> Self {
        Self {
            name: backup.name.clone(),
            taken: backup.taken.to_string(),
            revision: backup.revision.0,
            key_versions: backup.versions.iter().map(ToString::to_string).collect(),
        }
    }

    fn line(&self) -> String {
        let Self { name, taken, revision, key_versions } = self;
        let versions = if key_versions.is_empty() { "no key".to_owned() } else { key_versions.join(", ") };
        format!("{name}, taken {taken} at revision {revision}, needs {versions}")
    }
}

fn act(
    command: &Acting,
    set: &Set,
    session: &Session<'_>,
    cluster: &Ocid,
    format: Format,
    output: &mut Output<'_>,
) -> Result<Exit, Undone> {
    let secrets = session.secrets(cluster)?;
    match command {
        Acting::Put { name, file, create } => {
            let plaintext = bytes_of(file, PLAINTEXT_LENGTH)?;
            let writing = if *create { Writing::Create } else { Writing::Put };
            let written = secrets.put(name, &plaintext, writing).map_err(|failure| {
                let undone = Undone::from(failure);
                if *create {
                    let help =
                        format!("{name} exists: leave `--create` out to write over it, or take another name");
                    undone.helped(Code::WriteConflict, || Some(help))
                } else {
                    undone
                }
            })?;
            let written = written.value;
            let answer = SecretAnswer {
                name: name.to_string(),
                revision: written.revision.0,
                key_version: Some(written.version.to_string()),
                authenticated: None,
                bytes: Some(plaintext.len()),
            };
            match format {
                Format::Json => output.json(&Answer { version: 1, answer })?,
                Format::Human => {
                    writeln!(
                        output.out,
                        "{name}: sealed under {}, revision {}",
                        written.version, written.revision
                    )?;
                }
            }
        }
        Acting::Get { name, show, output: file } => {
            let Some(opened) = secrets.get(name)? else {
                writeln!(output.err, "{name}: there is none")?;
                return Ok(Exit::Findings);
            };
            let opened = opened.value;
            if *show {
                output.out.write_all(opened.plaintext.as_bytes())?;
                return Ok(Exit::Fine);
            }
            if let Some(file) = file {
                private(file, opened.plaintext.as_bytes())
                    .map_err(|error| NoStage::File(file.clone(), error))?;
            }
            let answer = SecretAnswer {
                name: name.to_string(),
                revision: opened.revision.0,
                key_version: Some(opened.version.to_string()),
                authenticated: Some(opened.authenticated),
                bytes: Some(opened.plaintext.as_bytes().len()),
            };
            match format {
                Format::Json => output.json(&Answer { version: 1, answer })?,
                Format::Human => {
                    let proved = if opened.authenticated { "authenticated" } else { "NOT AUTHENTICATED" };
                    let bytes = opened.plaintext.as_bytes().len();
                    writeln!(output.out, "{name}: {bytes} bytes, {proved}, sealed under {}", opened.version)?;
                    if file.is_none() {
                        writeln!(output.err, "note: `--show` prints what it holds")?;
                    }
                }
            }
        }
        Acting::List { namespace } => {
            #[derive(Serialize)]
            struct Names {
                secrets: Vec<SecretAnswer>,
            }
            let names = secrets.list(namespace.as_deref())?;
            match format {
                Format::Json => {
                    let answer = |(name, revision): &(SecretName, Revision)| SecretAnswer {
                        name: name.to_string(),
                        revision: revision.0,
                        key_version: None,
                        authenticated: None,
                        bytes: None,
                    };
                    let secrets = names.iter().map(answer).collect();
                    output.json(&Answer { version: 1, answer: Names { secrets } })?;
                }
                Format::Human => {
                    for (name, _) in names {
                        writeln!(output.out, "{name}")?;
                    }
                }
            }
        }
        Acting::Delete { name } => {
            let listed = secrets.list(Some(name.namespace()))?;
            let Some((_, revision)) = listed.into_iter().find(|(listed, _)| listed == name) else {
                writeln!(output.err, "{name}: there is none")?;
                return Ok(Exit::Findings);
            };
            let revision = secrets.delete(name, revision)?;
            let answer = SecretAnswer {
                name: name.to_string(),
                revision: revision.0,
                key_version: None,
                authenticated: None,
                bytes: None,
            };
            match format {
                Format::Json => output.json(&Answer { version: 1, answer })?,
                Format::Human => writeln!(output.out, "{name}: deleted")?,
            }
        }
        Acting::Rotate { report, workers } => {
            return rotate(set, session, cluster, report.as_deref(), *workers, format, output);
        }
        Acting::Backup { name, forget } => {
            let backup = if *forget {
                session.forget_backup(cluster, name)?
            } else {
                session.record_backup(cluster, name)?
            };
            let what = if *forget { "forgotten" } else { "recorded" };
            match format {
                Format::Json => output.json(&Answer { version: 1, answer: BackupAnswer::of(&backup) })?,
                Format::Human => writeln!(output.out, "{what}: {}", BackupAnswer::of(&backup).line())?,
            }
        }
        Acting::Backups => {
            #[derive(Serialize)]
            struct Backups {
                backups: Vec<BackupAnswer>,
            }
            let backups: Vec<BackupAnswer> = session.backups(cluster)?.iter().map(BackupAnswer::of).collect();
            match format {
                Format::Json => output.json(&Answer { version: 1, answer: Backups { backups } })?,
                Format::Human => {
                    for backup in backups {
                        writeln!(output.out, "{}", backup.line())?;
                    }
                }
            }
        }
    }
    Ok(Exit::Fine)
}

fn rotate(
    set: &Set,
    session: &Session<'_>,
    cluster: &Ocid,
    file: Option<&Path>,
    workers: usize,
    format: Format,
    output: &mut Output<'_>,
) -> Result<Exit, Undone> {
    // Draws on standard error where that is a terminal, and nowhere else.
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} secrets") {
        bar.set_style(style);
    }
    let told = |progress: Progress| {
        bar.set_length(progress.of as u64);
        bar.set_position(progress.done as u64);
    };
    let done = session.reencrypt(cluster, Pace { workers, ..Pace::default() }, &told);
    bar.finish_and_clear();
    let done = done?;
    let report = Report::of(cluster, &done.census).with(&done);
    if let Some(file) = file {
        let text = serde_json::to_vec_pretty(&report).map_err(io::Error::other)?;
        std::fs::write(file, text).map_err(|error| NoStage::File(file.to_owned(), error))?;
    }
    match format {
        Format::Json => output.json(&report)?,
        Format::Human => {
            let state = done.run.state.as_str();
            let target = &done.run.target;
            writeln!(output.out, "{state}: {} sealed again under {target}", done.rewritten)?;
            counts(output, &report)?;
            for (path, code) in &done.unreadable {
                writeln!(output.out, "  cannot be opened: {path} ({})", code.row().name)?;
            }
            if done.run.state == RunState::Complete {
                let key = set.engine_key(cluster)?;
                for version in idle(set, &key, target)? {
                    let key = set.name(&key);
                    writeln!(
                        output.err,
                        "note: nothing needs {version} any more: `ocipol vault schedule-deletion {key} --version {version}`"
                    )?;
                }
            }
        }
    }
    Ok(if done.run.state == RunState::Complete { Exit::Fine } else { Exit::Findings })
}

/// The versions of a key, but for the current one, that no value and no backup of any cluster needs and whose deletion
/// is not under way.
fn idle(set: &Set, key: &Ocid, current: &Ocid) -> Result<Vec<Ocid>, Undone> {
    let mut idle: Vec<Ocid> = set
        .engine
        .vaults()
        .versions(key)
        .unwrap_or_default()
        .into_iter()
        .filter(|version| version.lifecycle.state == State::Enabled && version.id != *current)
        .map(|version| version.id)
        .collect();
    for cluster in set.engine.clusters()? {
        if idle.is_empty() {
            break;
        }
        if cluster.deleted.is_some() || cluster.key.id != *key {
            continue;
        }
        let census = set.engine.census(&cluster.id)?;
        idle.retain(|version| {
            let is_sealed_under = census.objects.iter().any(|object| object.names(version));
            !is_sealed_under && !cluster.backups.iter().any(|backup| backup.versions.contains(version))
        });
    }
    Ok(idle)
}

impl Set {
    fn engine_key(&self, cluster: &Ocid) -> Result<Ocid, Undone> {
        let clusters = self.engine.clusters()?;
        let found = clusters.into_iter().find(|other| other.id == *cluster);
        found
            .map(|cluster| cluster.key.id)
            .ok_or_else(|| NoStage::Argument("there is no such cluster").into())
    }
}

/// The bytes of a file that may hold a secret, and no more than one byte over a limit.
pub(super) fn bytes_of(path: &Path, limit: usize) -> Result<Zeroizing<Vec<u8>>, NoStage> {
    let most = limit + 1;
    let io = |error| NoStage::File(path.to_owned(), error);
    // All at once into memory that is wiped: growing would leave copies of the secret behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(most));
    let mut read = |file: &mut dyn Read| file.take(most as u64).read_to_end(&mut bytes);
    if path == Path::new("-") {
        read(&mut io::stdin().lock()).map_err(io)?;
    } else {
        std::fs::File::open(path).and_then(|mut file| read(&mut file)).map_err(io)?;
    }
    Ok(bytes)
}
