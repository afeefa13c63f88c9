//! `--fix`: makes the repairs of findings in the files themselves.
//!
//! A repair may uncover the next one, so the files are read again and repaired until nothing changes. Each round replaces a
//! file as a whole; two repairs that touch wait for each other a round.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::{Checked, Examine, Fixes, View};
use crate::cli::replace::{ReplaceError, replace};
use crate::cli::{Exit, Output};
use crate::diagnostic::{Diagnostic, Edit, Safety};
use crate::edit::Edits;
use crate::source::{Place, SourceId};

/// The most rounds: text that still changes then has repairs that undo each other.
const ROUNDS: usize = 20;

/// Why nothing is repaired.
#[derive(Debug, thiserror::Error)]
#[error("standard input cannot be repaired in place")]
struct StandardInput;

/// Repairs the files and gives what is found in them afterwards; the exit code where that is not possible.
pub(super) fn run(
    mut checked: Checked,
    examine: &Examine,
    fixes: Fixes,
    output: &mut Output<'_>,
) -> io::Result<Result<Checked, Exit>> {
    if examine.wanted.paths.iter().any(|path| path == Path::new("-")) {
        return output.refuse(&StandardInput, "write the text to a file and name it").map(Err);
    }
    let (mut repairs, mut files) = (0, BTreeMap::new());
    for _ in 0..ROUNDS {
        let round = chosen(&checked, fixes);
        if round.is_empty() {
            break;
        }
        for (id, (edits, count)) in round {
            let Some(source) = checked.sources.get(id) else { continue };
            if let Err(error) = replace(source, &edits.apply(source.text())) {
                return refuse(&error, output).map(Err);
            }
            repairs += count;
            files.insert(source.name().to_owned(), ());
        }
        // What could not be read was told the first time.
        let mut told = Output {
            out: &mut io::sink(),
            err: &mut io::sink(),
            colour: false,
            notes_colour: false,
            width: output.width,
        };
        checked = examine.run(&mut told)?;
    }
    let (made, of) = (super::human::several(repairs, "repair", "repairs"), files.len());
    writeln!(output.err, "made {made} in {}", super::human::several(of, "file", "files"))?;
    if !chosen(&checked, fixes).is_empty() {
        writeln!(output.err, "note: some repairs undo each other; the rest is left to you")?;
    }
    Ok(Ok(checked))
}

fn refuse(error: &ReplaceError, output: &mut Output<'_>) -> io::Result<Exit> {
    output.refuse(error, error.help())
}

/// The repairs that can be made at once, by source, and how many they are.
fn chosen(checked: &Checked, fixes: Fixes) -> BTreeMap<SourceId, (Edits, usize)> {
    let view = checked.view();
    let mut chosen: BTreeMap<SourceId, (Edits, usize)> = BTreeMap::new();
    for finding in &checked.report.findings {
        let Some((source, edits)) = wanted(&view, finding, fixes) else { continue };
        let (taken, count) = chosen.entry(source).or_default();
        *count += usize::from(taken.take(edits));
    }
    chosen.retain(|_, (edits, _)| !edits.is_empty());
    chosen
}

/// The repair of a finding as the file must be written; `None` where it has none, or none that is asked for.
fn wanted(view: &View<'_>, finding: &Diagnostic, fixes: Fixes) -> Option<(SourceId, Vec<Edit>)> {
    let fix = finding.fix.as_ref()?;
    let asked = match (fixes, fix.safety) {
        (Fixes::Safe | Fixes::All, Safety::Safe) | (Fixes::All, Safety::Unsafe) => true,
        (Fixes::Safe, Safety::Unsafe) => false,
    };
    let source = finding.place().filter(|_| asked)?.source;
    let edits = fix.edits.iter().map(|edit| {
        let patch = view.patch(Place { source, span: edit.span }, &edit.text)?;
        Some(Edit { span: patch.span, text: patch.text })
    });
    Some((source, edits.collect::<Option<Vec<_>>>()?))
}
