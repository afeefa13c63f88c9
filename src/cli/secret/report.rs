//! What is stored, told without any key: reports, and their checks.

use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Arguments;
use crate::census::{Census, Form, Object};
use crate::cli::output::Answer;
use crate::cli::stage::{NoStage, Undone};
use crate::cli::{Exit, Format, Output};
use crate::engine::{Cluster, Engine, Reencrypted, RunState};
use crate::ocid::Ocid;
use crate::store::Revision;
use crate::suggest;

/// A report: schema version 1.
#[derive(Serialize, Deserialize)]
pub(super) struct Report {
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
    pub(super) fn of(cluster: &Ocid, census: &Census) -> Self {
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

    pub(super) fn with(mut self, done: &Reencrypted) -> Self {
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
        let bytes = if path == Path::new("-") {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
        } else {
            std::fs::read(path)
        };
        let bytes = bytes.map_err(|error| NoStage::File(path.to_owned(), error))?;
        let report: Self =
            serde_json::from_slice(&bytes).map_err(|error| NoStage::NoReport(path.to_owned(), error))?;
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

pub(super) fn counts(output: &mut Output<'_>, report: &Report) -> io::Result<()> {
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
    let mut clusters = engine.clusters()?;
    clusters.retain(|cluster| cluster.deleted.is_none());
    let found = clusters.iter().filter(|cluster| named.is_none_or(|name| is_named(cluster, name)));
    let found: Vec<Ocid> = found.map(|cluster| cluster.id.clone()).collect();
    match named {
        Some(name) if found.is_empty() => {
            let names = clusters.iter().map(|cluster| cluster.name.as_str());
            let near = suggest::did_you_mean(name, names).map(str::to_owned);
            Err(NoStage::NoCluster { name: name.to_owned(), near }.into())
        }
        None if found.is_empty() => Err(NoStage::Argument("the store has no cluster").into()),
        Some(_) | None => Ok(found),
    }
}

/// Whether a cluster has this OCID, or this name.
fn is_named(cluster: &Cluster, name: &str) -> bool {
    Ocid::parse(name).map_or(cluster.name == name, |id| cluster.id == id)
}

pub(super) fn scan(
    arguments: &Arguments,
    against: Option<&Path>,
    output: &mut Output<'_>,
) -> Result<Exit, Undone> {
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

pub(super) fn verify(arguments: &Arguments, path: &Path, output: &mut Output<'_>) -> Result<Exit, Undone> {
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
        let target =
            Ocid::parse(&run.target).map_err(|_| NoStage::Argument("the report names no key version"))?;
        let others = now.objects.iter().filter(|object| !object.names(&target)).count();
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
