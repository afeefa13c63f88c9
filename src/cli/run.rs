//! `ocipol run`: a scenario, told as it goes.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use super::place::{self, NoPlace, Places};
use super::{Exit, Format, Output, account, memory, model};
use crate::explain::Cited;
use crate::files;
use crate::random::SystemRng;
use crate::scenario::{self, Outcome, Scenario, Told};
use crate::source::Sources;
use crate::store::{Embedded, ValueStore};

/// Arguments of `ocipol run`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  ocipol run fixtures/oke/cross-tenancy.scenario.yaml
  ocipol run fixtures/oke/cross-tenancy.scenario.yaml --store etcd://127.0.0.1:2379

Keys, clusters and secrets are gone when the scenario ends unless --store says where to keep them.

Exit code: 0 every expectation held, 1 one did not, 2 input that cannot be read.")]
pub(super) struct Arguments {
    /// The scenario; `-` for standard input
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    // Without a file keys and clusters are gone when the scenario ends.
    #[command(flatten)]
    places: Places,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let mut sources = Sources::new();
    let path = &arguments.scenario;
    let id = match files::open(&mut sources, path) {
        Ok(id) => id,
        Err(error) => return output.refuse(&error, error.help()),
    };
    let (read, findings) = scenario::read(&mut sources, id, &mut files::beside(path));
    let (fatal, others): (Vec<_>, Vec<_>) = findings.into_iter().partition(model::is_fatal);
    let Some(scenario) = read.filter(|_| fatal.is_empty()) else {
        output.findings(&sources, &fatal)?;
        return Ok(Exit::Usage);
    };
    if !others.is_empty() {
        writeln!(output.err, "note: `ocipol check` has something to say about these policies")?;
    }
    let told = match on_store(&scenario, &arguments.places) {
        Ok(told) => told,
        Err(error) => return output.refuse(&error, error.help()),
    };
    match arguments.format {
        Format::Human => human(output.out, &sources, &scenario, &told)?,
        Format::Json => output.json(&Report::of(&sources, &scenario, &told))?,
    }
    Ok(if has_held(&scenario, &told) { Exit::Fine } else { Exit::Findings })
}

/// Why there is no store to run on.
#[derive(Debug, thiserror::Error)]
enum NoStore {
    #[error("there is no folder for a store")]
    Folder(#[source] io::Error),
    #[error("the store cannot be opened")]
    Store(#[source] crate::store::StoreError),
    #[error(transparent)]
    Place(#[from] NoPlace),
}

impl NoStore {
    fn help(&self) -> &'static str {
        match self {
            Self::Folder(_) => "name a file for the store: `--store FILE`",
            Self::Store(error) => error.help(),
            Self::Place(error) => error.help(),
        }
    }
}

fn on_store<'s>(scenario: &'s Scenario, places: &Places) -> Result<Vec<Told<'s>>, NoStore> {
    let (file, nodes) = places.file_and_nodes()?;
    memory::keep_to_itself();
    // The folder lives as long as the run.
    let (_folder, path) = match file {
        Some(file) => (None, file.to_owned()),
        None => {
            let folder = tempfile::tempdir().map_err(NoStore::Folder)?;
            let path = folder.path().join("store");
            (Some(folder), path)
        }
    };
    let store = Arc::new(Embedded::open(&path).map_err(NoStore::Store)?);
    let own: Arc<dyn ValueStore> = store.clone();
    let values = place::values(nodes, store.clone())?.unwrap_or(own);
    Ok(scenario::run(scenario, &store, values, Arc::new(SystemRng)))
}

/// Whether every step was run and every expectation held.
fn has_held(scenario: &Scenario, told: &[Told<'_>]) -> bool {
    told.len() == scenario.steps.len() && told.iter().all(|one| one.broken.is_none())
}

/// The story as people read it.
fn human(out: &mut dyn Write, sources: &Sources, scenario: &Scenario, told: &[Told<'_>]) -> io::Result<()> {
    writeln!(out, "{}", scenario.title)?;
    for one in told {
        writeln!(out)?;
        if let Some(title) = &one.step.title {
            writeln!(out, "{:>2}. {title}", one.number)?;
            writeln!(out, "    {}", one.step.event)?;
        } else {
            writeln!(out, "{:>2}. {}", one.number, one.step.event)?;
        }
        match &one.broken {
            None => as_expected(out, sources, one)?,
            Some(broken) => {
                let place = sources.locate(one.step.place);
                writeln!(out, "    NOT AS EXPECTED ({place}): {broken}")?;
                otherwise(out, sources, one)?;
            }
        }
    }
    let (run, all) = (told.len(), scenario.steps.len());
    let held = told.iter().filter(|one| one.broken.is_none()).count();
    writeln!(out)?;
    if held == all {
        writeln!(out, "All {all} steps went as expected.")
    } else {
        write!(out, "{held} of {all} steps went as expected, {} did not", run - held)?;
        match all - run {
            0 => writeln!(out, "."),
            left => writeln!(out, "; the {left} after it were not run."),
        }
    }
}

fn as_expected(out: &mut dyn Write, sources: &Sources, one: &Told<'_>) -> io::Result<()> {
    let mut shown: Vec<&Cited> = Vec::new();
    for consultation in &one.consultations {
        let account = &consultation.account;
        writeln!(out, "    {}", account.headline)?;
        if account.verdict.is_allow() {
            for cited in account.permissions.iter().flat_map(|finding| &finding.because) {
                if !shown.contains(&cited) {
                    shown.push(cited);
                    writeln!(out, "      by {}", account::named(sources, cited))?;
                    writeln!(out, "         {}", account::text(sources, cited))?;
                }
            }
        } else {
            let mut reasons: Vec<&str> =
                account.permissions.iter().map(|finding| finding.reason.as_str()).collect();
            reasons.dedup();
            for reason in reasons {
                writeln!(out, "      {reason}")?;
            }
            for rejected in &account.rejected {
                writeln!(
                    out,
                    "      policy {} is not in force, because of statement {}: {}",
                    rejected.policy, rejected.number, rejected.reason
                )?;
            }
            for unread in &account.unread_rules {
                let place = unread.place.map(|place| sources.locate(place)).unwrap_or_default();
                writeln!(
                    out,
                    "      the rule of dynamic group {} ({place}) does not count: {}",
                    unread.group, unread.reason
                )?;
            }
        }
    }
    for effect in &one.effects {
        writeln!(out, "    => {effect}")?;
    }
    match &one.outcome {
        Outcome::Done => Ok(()),
        Outcome::Absent => writeln!(out, "    => there is no such secret, as expected"),
        Outcome::Refused { code, explanation } => {
            let row = code.row();
            writeln!(out, "    => refused, as expected: {} ({})", row.name, row.message)?;
            // Where the policies said no, the reason stands above already.
            if one.consultations.iter().all(|one| one.account.verdict.is_allow()) {
                writeln!(out, "       {explanation}")?;
            }
            Ok(())
        }
    }
}

/// All there is to say about a step that did not go as expected.
fn otherwise(out: &mut dyn Write, sources: &Sources, one: &Told<'_>) -> io::Result<()> {
    for effect in &one.effects {
        writeln!(out, "    => {effect}")?;
    }
    match &one.outcome {
        Outcome::Done | Outcome::Absent => {}
        Outcome::Refused { code, explanation } => {
            writeln!(out, "    => {} ({})", code.row().name, code.row().message)?;
            if one.consultations.iter().all(|one| one.account.verdict.is_allow()) {
                writeln!(out, "       {explanation}")?;
            }
        }
    }
    for consultation in &one.consultations {
        if consultation.account.verdict.is_allow() {
            writeln!(out, "    {}", consultation.account.headline)?;
            continue;
        }
        for line in account::lines(sources, &consultation.account) {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(())
}

/// The story as programs read it: schema version 1.
#[derive(Serialize)]
struct Report<'s> {
    version: u32,
    title: &'s str,
    /// Whether every step was run and every expectation held.
    held: bool,
    /// How many steps the scenario has; those after a broken expectation are not run.
    steps_in_all: usize,
    steps: Vec<StepReport<'s>>,
}

#[derive(Serialize)]
struct StepReport<'s> {
    number: usize,
    title: Option<&'s str>,
    event: String,
    file: String,
    line: usize,
    expected: &'static str,
    /// The same words as in `expected`.
    outcome: &'static str,
    /// Why it was refused, for the operator; absent where it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<&'s str>,
    /// What does not hold; absent where all holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken: Option<&'s str>,
    effects: &'s [String],
    decisions: Vec<DecisionReport>,
}

#[derive(Serialize)]
struct DecisionReport {
    operation: &'static str,
    #[serde(flatten)]
    account: account::Answer,
}

impl<'s> Report<'s> {
    fn of(sources: &Sources, scenario: &'s Scenario, told: &'s [Told<'s>]) -> Self {
        let step = |one: &'s Told<'s>| {
            let source = sources.get(one.step.place.source);
            StepReport {
                number: one.number,
                title: one.step.title.as_deref(),
                event: one.step.event.to_string(),
                file: source.map_or_else(String::new, |source| source.name().to_owned()),
                line: source.map_or(0, |source| source.position(one.step.place.span.start).line),
                expected: one.step.expected.as_str(),
                outcome: one.outcome.expected().as_str(),
                explanation: match &one.outcome {
                    Outcome::Refused { explanation, .. } => Some(explanation),
                    Outcome::Done | Outcome::Absent => None,
                },
                broken: one.broken.as_deref(),
                effects: &one.effects,
                decisions: one
                    .consultations
                    .iter()
                    .map(|one| DecisionReport {
                        operation: one.operation.as_str(),
                        account: account::Answer::of(sources, &one.account),
                    })
                    .collect(),
            }
        };
        Self {
            version: 1,
            title: &scenario.title,
            held: has_held(scenario, told),
            steps_in_all: scenario.steps.len(),
            steps: told.iter().map(step).collect(),
        }
    }
}
