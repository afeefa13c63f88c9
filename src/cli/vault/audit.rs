//! The audit log as it is shown.

use serde::Serialize;

use crate::audit::{self, Actor, Record};
use crate::cli::output::Answer;
use crate::cli::stage::{Stage, Undone};
use crate::cli::{Exit, Format, Output};

#[derive(Serialize)]
struct Log {
    records: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    newest_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    broken_at: Option<u64>,
    entries: Vec<EntryAnswer>,
}

#[derive(Serialize)]
struct EntryAnswer {
    number: u64,
    time: String,
    /// An OCID, `a new cluster`, `operator` or `time`.
    who: String,
    action: &'static str,
    /// `ok`, or the code of the failure.
    outcome: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_version: Option<String>,
    /// SHA-256 of the path of the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_digest: Option<String>,
    /// The statements of the decision that allowed it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    because: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    note: String,
}

impl EntryAnswer {
    fn of(record: &Record) -> Self {
        let entry = &record.entry;
        Self {
            number: record.number,
            time: entry.time.to_string(),
            who: match &entry.by.actor {
                Actor::Principal(Some(ocid)) => ocid.to_string(),
                Actor::Principal(None) => "a new cluster".to_owned(),
                Actor::Operator => "operator".to_owned(),
                Actor::Clock => "time".to_owned(),
            },
            action: entry.action.as_str(),
            outcome: entry.outcome.clone(),
            key: entry.key.as_ref().map(ToString::to_string),
            key_version: entry.version.as_ref().map(ToString::to_string),
            path_digest: entry.path.as_ref().map(ToString::to_string),
            because: entry.by.evidence.iter().flat_map(|evidence| evidence.because.clone()).collect(),
            note: entry.note.clone(),
        }
    }

    /// On one line what there always is, below it what else there is.
    fn lines(&self) -> String {
        let Self { number, time, who, action, outcome, .. } = self;
        let mut lines = format!("{number}  {time}  {action}  {outcome}  by {who}");
        let version = self.key_version.as_ref().map(|version| format!("version {version}"));
        let key = self.key.as_ref().map(|key| format!("key {key}"));
        let because = self.because.join(", ");
        let because = (!because.is_empty()).then(|| format!("because of {because}"));
        let note = (!self.note.is_empty()).then(|| self.note.clone());
        for line in [key, version, because, note].into_iter().flatten() {
            lines += &format!("\n     {line}");
        }
        lines
    }
}

pub(super) fn run(stage: &Stage, output: &mut Output<'_>) -> Result<Exit, Undone> {
    let engine = stage.engine_without_principal()?;
    let records = engine.audit().records().map_err(|error| stage.cannot_read(error))?;
    let (newest_hash, broken_at) = match audit::verify(&records) {
        Ok(hash) => (Some(hash.to_string()), None),
        Err(audit::Broken(number)) => (None, Some(number)),
    };
    let entries = records.iter().map(EntryAnswer::of).collect();
    let answer = Log { records: records.len(), newest_hash, broken_at, entries };
    match stage.format {
        Format::Json => output.json(&Answer { version: 1, answer })?,
        Format::Human => {
            for entry in &answer.entries {
                writeln!(output.out, "{}", entry.lines())?;
            }
            let records = answer.records;
            match &answer.newest_hash {
                Some(hash) => {
                    writeln!(output.out, "{records} records, unbroken; the newest hash is {hash}")?;
                }
                None => {
                    let at = broken_at.unwrap_or_default();
                    writeln!(output.out, "{records} records; the chain is broken at record {at}")?;
                }
            }
        }
    }
    Ok(if broken_at.is_none() { Exit::Fine } else { Exit::Findings })
}
