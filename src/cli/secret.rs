//! `ocipol secret`: the secrets of a cluster by hand, as a principal under policies.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::stage::{Begins, NoStage, Set, Stage, Undone, end};
use super::{Exit, Format, Output};
use crate::census::{Census, Form, Object};
use crate::engine::{
    Backup, Engine, Pace, Progress, Reencrypted, RunState, SecretName, Session, Write as Writing,
};
use crate::ocid::Ocid;
use crate::store::Revision;

/// Arguments of `ocipol secret`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  printf hunter2 | ocipol secret put default/db-password --tenancies meadow.tenancy.yaml --as prod
  ocipol secret rotate --report report.json --tenancies meadow.tenancy.yaml --as prod
  ocipol secret verify report.json

Exit code: 0 done, 1 a verification or a rotation that found something, 2 input that cannot be read,
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

#[derive(Debug, Subcommand)]
enum Command {
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
        /// How many secrets are worked on at once
        #[arg(long, default_value_t = 8)]
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
    /// Tells, without any key, which version protects what
    Scan {
        /// A report to compare with: what was written, added, removed or put back since
        #[arg(long, value_name = "REPORT")]
        against: Option<PathBuf>,
    },
    /// Checks a report again, without any key
    Verify {
        /// The report of `rotate`
        report: PathBuf,
    },
}

fn secret_name(text: &str) -> Result<SecretName, String> {
    let (namespace, name) = text.split_once('/').ok_or("write NAMESPACE/NAME")?;
    SecretName::new(namespace, name).map_err(|error| error.to_string())
}

/// A report: schema version 1.
#[derive(Serialize, Deserialize)]
struct Report {
    version: u32,
    cluster: String,
    revision: u64,
    /// SHA-256 over path, revision and version of every value.
    digest: String,
    /// The re-encryption it is of; absent in a scan.
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<RunReport>,
    counts: Vec<Count>,
    objects: Vec<ObjectReport>,
}

#[derive(Serialize, Deserialize)]
struct RunReport {
    id: String,
    state: String,
    target: String,
    rewritten: u64,
    milliseconds: i64,
    unreadable: Vec<Unreadable>,
}

#[derive(Serialize, Deserialize)]
struct Unreadable {
    path: String,
    error: String,
}

#[derive(Serialize, Deserialize)]
struct Count {
    key_version: Option<String>,
    form: String,
    provider: Option<String>,
    count: usize,
}

#[derive(Serialize, Deserialize)]
struct ObjectReport {
    path: String,
    revision: u64,
    form: String,
    provider: Option<String>,
    key_version: Option<String>,
}

impl Report {
    fn of(cluster: &Ocid, census: &Census) -> Self {
        let counts = census.counts().into_iter().map(|((version, form, provider), count)| Count {
            key_version: version,
            form: form.as_str().to_owned(),
            provider,
            count,
        });
        let objects = census.objects.iter().map(|object| ObjectReport {
            path: object.path.clone(),
            revision: object.revision.0,
            form: object.form.as_str().to_owned(),
            provider: object.provider.clone(),
            key_version: object.version.clone(),
        });
        Self {
            version: 1,
            cluster: cluster.to_string(),
            revision: census.revision.0,
            digest: census.digest(),
            run: None,
            counts: counts.collect(),
            objects: objects.collect(),
        }
    }

    fn with(mut self, done: &Reencrypted) -> Self {
        let unreadable = done
            .unreadable
            .iter()
            .map(|(path, code)| Unreadable { path: path.clone(), error: code.row().name.to_owned() });
        self.run = Some(RunReport {
            id: done.run.id.clone(),
            state: done.run.state.as_str().to_owned(),
            target: done.run.target.to_string(),
            rewritten: done.rewritten,
            milliseconds: i64::try_from(done.took.as_millis()).unwrap_or(i64::MAX),
            unreadable: unreadable.collect(),
        });
        self
    }

    fn read(path: &Path) -> Result<Self, NoStage> {
        let bytes = std::fs::read(path).map_err(|error| NoStage::File(path.to_owned(), error))?;
        let report: Self = serde_json::from_slice(&bytes)
            .map_err(|error| NoStage::File(path.to_owned(), io::Error::other(error)))?;
        if report.version == 1 {
            Ok(report)
        } else {
            Err(NoStage::Argument("the report is of another version"))
        }
    }

    /// What it says was stored.
    fn census(&self) -> Census {
        let objects = self.objects.iter().map(|object| Object {
            path: object.path.clone(),
            revision: Revision(object.revision),
            form: Form::named(&object.form).unwrap_or(Form::Unknown),
            provider: object.provider.clone(),
            version: object.key_version.clone(),
        });
        Census { revision: Revision(self.revision), objects: objects.collect() }
    }
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let format = arguments.stage.format;
    let done = if let Command::Scan { against } = &arguments.command {
        scan(arguments, against.as_deref(), output)
    } else if let Command::Verify { report } = &arguments.command {
        verify(arguments, report, output)
    } else {
        arguments.stage.set(Begins::WithOneThatIsThere).map_err(Undone::from).and_then(|set| {
            let session = set.engine.session(set.actor.clone());
            let cluster = match (&arguments.cluster, &set.actor.ocid) {
                (Some(name), _) => set.id("cluster", name)?,
                (None, Some(id)) if id.resource_kind().eq_ignore_ascii_case("cluster") => id.clone(),
                (None, _) => return Err(NoStage::Argument("`--cluster` is needed: whose secrets").into()),
            };
            act(&arguments.command, &set, &session, &cluster, format, output)
        })
    };
    end(done, format, output)
}

#[derive(Serialize)]
struct Answer<T: Serialize> {
    version: u32,
    #[serde(flatten)]
    answer: T,
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
    command: &Command,
    set: &Set,
    session: &Session<'_>,
    cluster: &Ocid,
    format: Format,
    output: &mut Output<'_>,
) -> Result<Exit, Undone> {
    let secrets = session.secrets(cluster)?;
    match command {
        Command::Put { name, file, create } => {
            let plaintext = bytes_of(file)?;
            let writing = if *create { Writing::Create } else { Writing::Put };
            let written = secrets.put(name, &plaintext, writing)?.value;
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
        Command::Get { name, show, output: file } => {
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
        Command::List { namespace } => {
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
        Command::Delete { name } => {
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
        Command::Rotate { report, workers } => {
            return rotate(set, session, cluster, report.as_deref(), *workers, format, output);
        }
        Command::Backup { name, forget } => {
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
        Command::Backups => {
            #[derive(Serialize)]
            struct Backups {
                backups: Vec<BackupAnswer>,
            }
            let found = set.engine.clusters()?.into_iter().find(|found| found.id == *cluster);
            let backups: Vec<BackupAnswer> =
                found.iter().flat_map(|found| &found.backups).map(BackupAnswer::of).collect();
            match format {
                Format::Json => output.json(&Answer { version: 1, answer: Backups { backups } })?,
                Format::Human => {
                    for backup in backups {
                        writeln!(output.out, "{}", backup.line())?;
                    }
                }
            }
        }
        Command::Scan { .. } | Command::Verify { .. } => {}
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
            let stale = set.engine.vaults().versions(&set.engine_key(cluster)?).unwrap_or_default().len();
            if done.run.state == RunState::Complete && stale > 1 {
                writeln!(
                    output.err,
                    "note: older versions can be retired: `ocipol vault schedule-deletion KEY --version OCID`"
                )?;
            }
        }
    }
    Ok(if done.run.state == RunState::Complete { Exit::Fine } else { Exit::Findings })
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

fn counts(output: &mut Output<'_>, report: &Report) -> io::Result<()> {
    for Count { key_version, form, provider, count } in &report.counts {
        let version = key_version.as_deref().unwrap_or("no key version");
        let provider = provider.as_deref().unwrap_or("no provider");
        writeln!(output.out, "  {count} {form} by {provider} under {version}")?;
    }
    writeln!(output.out, "  as of revision {}, digest {}", report.revision, report.digest)
}

/// The clusters a keyless command looks at: the one that was named, or all.
fn looked_at(arguments: &Arguments, engine: &Engine) -> Result<Vec<Ocid>, Undone> {
    let named = arguments.cluster.as_deref();
    let clusters = engine.clusters()?.into_iter().filter(|cluster| cluster.deleted.is_none());
    let found: Vec<Ocid> = clusters
        .filter(|cluster| named.is_none_or(|name| cluster.id.as_str() == name || cluster.name == name))
        .map(|cluster| cluster.id)
        .collect();
    if found.is_empty() { Err(NoStage::Argument("there is no such cluster").into()) } else { Ok(found) }
}

fn scan(arguments: &Arguments, against: Option<&Path>, output: &mut Output<'_>) -> Result<Exit, Undone> {
    let engine = arguments.stage.engine_without_principal()?;
    if let Some(path) = against {
        return compare(arguments, &engine, &Report::read(path)?, output);
    }
    let mut reports = Vec::new();
    for cluster in looked_at(arguments, &engine)? {
        reports.push(Report::of(&cluster, &engine.census(&cluster)?));
    }
    match arguments.stage.format {
        Format::Json => output.json(&reports)?,
        Format::Human => {
            for report in &reports {
                writeln!(output.out, "{}", report.cluster)?;
                counts(output, report)?;
                for object in report.objects.iter().filter(|object| object.form == Form::Plain.as_str()) {
                    writeln!(output.out, "  IN CLEAR: {}", object.path)?;
                }
            }
        }
    }
    let plain = Form::Plain.as_str();
    let in_clear = reports.iter().flat_map(|report| &report.objects).any(|object| object.form == plain);
    Ok(if in_clear { Exit::Findings } else { Exit::Fine })
}

fn compare(
    arguments: &Arguments,
    engine: &Engine,
    report: &Report,
    output: &mut Output<'_>,
) -> Result<Exit, Undone> {
    #[derive(Serialize)]
    struct Changes {
        cluster: String,
        since: u64,
        revision: u64,
        changes: Vec<ChangeReport>,
    }
    #[derive(Serialize)]
    struct ChangeReport {
        path: String,
        change: &'static str,
    }
    let cluster =
        Ocid::parse(&report.cluster).map_err(|_| NoStage::Argument("the report names no cluster"))?;
    let now = engine.census(&cluster)?;
    let changes = now.changed_since(&report.census());
    let is_same = changes.is_empty();
    match arguments.stage.format {
        Format::Json => {
            let changes = changes.into_iter();
            let changes = changes
                .map(|change| ChangeReport { path: change.path, change: change.what.as_str() })
                .collect();
            let (since, revision) = (report.revision, now.revision.0);
            let answer = Changes { cluster: report.cluster.clone(), since, revision, changes };
            output.json(&Answer { version: 1, answer })?;
        }
        Format::Human => {
            for change in &changes {
                writeln!(output.out, "{}: {}", change.path, change.what.as_str())?;
            }
            writeln!(output.out, "{} of {} differ from the report", changes.len(), now.objects.len())?;
        }
    }
    Ok(if is_same { Exit::Fine } else { Exit::Findings })
}

fn verify(arguments: &Arguments, path: &Path, output: &mut Output<'_>) -> Result<Exit, Undone> {
    #[derive(Serialize)]
    struct Verified {
        holds: bool,
        values: usize,
        digest: String,
        problems: Vec<String>,
    }
    let engine = arguments.stage.engine_without_principal()?;
    let report = Report::read(path)?;
    let cluster =
        Ocid::parse(&report.cluster).map_err(|_| NoStage::Argument("the report names no cluster"))?;
    let now = engine.census(&cluster)?;
    let mut problems = Vec::new();
    if !report.census().has_digest(&report.digest) {
        problems.push("the report itself was changed: its digest is not that of its values".to_owned());
    }
    if !now.has_digest(&report.digest) {
        let changed = now.changed_since(&report.census()).len();
        problems.push(format!("{changed} values differ from the report"));
    }
    if let Some(run) = &report.run {
        if run.state != RunState::Complete.as_str() {
            problems.push(format!("the re-encryption ended {}", run.state));
        }
        let other = |object: &&Object| object.version.as_deref() != Some(run.target.as_str());
        let others = now.objects.iter().filter(other).count();
        if others > 0 {
            problems.push(format!("{others} values are not under {}", run.target));
        }
    }
    let answer =
        Verified { holds: problems.is_empty(), values: now.objects.len(), digest: now.digest(), problems };
    let holds = answer.holds;
    match arguments.stage.format {
        Format::Json => output.json(&Answer { version: 1, answer })?,
        Format::Human => {
            for problem in &answer.problems {
                writeln!(output.out, "{problem}")?;
            }
            let verdict = if holds { "the report holds" } else { "the report does not hold" };
            writeln!(output.out, "{} values, digest {}: {verdict}", answer.values, answer.digest)?;
        }
    }
    Ok(if holds { Exit::Fine } else { Exit::Findings })
}

fn bytes_of(path: &Path) -> Result<Zeroizing<Vec<u8>>, NoStage> {
    let io = |error| NoStage::File(path.to_owned(), error);
    let mut bytes = Zeroizing::new(Vec::new());
    if path == Path::new("-") {
        io::stdin().lock().read_to_end(&mut bytes).map_err(io)?;
    } else {
        std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(io)?;
    }
    Ok(bytes)
}

/// Writes a file that its owner alone may read.
fn private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)?.write_all(bytes)
}
