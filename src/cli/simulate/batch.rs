//! A file of requests: read, decided on all cores and answered in order, a piece at a time.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::Arguments;
use super::line::{Because, Line, NoQuestion, Reply};
use crate::cli::{Exit, Output, account};
use crate::decide::{Verdict, decide};
use crate::explain::explain;
use crate::files::ReadError;
use crate::program::{Program, StatementId};
use crate::source::Sources;

/// How many lines are held at once: enough for all cores, few enough not to matter.
const PIECE: usize = 4096;

/// The longest line that is read. What is longer is no request, and must not fill the memory.
const LONGEST: u64 = 1 << 20;

/// How many answers there were, kind by kind.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    allowed: u64,
    denied: u64,
    indeterminate: u64,
    unread: u64,
}

/// What came of a line.
struct Answered {
    text: Vec<u8>,
    verdict: Option<Verdict>,
}

pub(super) fn run(
    arguments: &Arguments,
    sources: &Sources,
    program: &Program,
    path: &Path,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let unreadable = |source| ReadError::Io { path: path.to_owned(), source };
    let (mut reader, size): (Box<dyn BufRead>, Option<u64>) = if path == Path::new("-") {
        if arguments.world.is_standard_input() {
            let error = unreadable(io::Error::other("standard input already holds the tenancy model"));
            return output.refuse(&error, "name a file for one of the two");
        }
        (Box::new(io::stdin().lock()), None)
    } else if path.is_dir() {
        let error = ReadError::Folder { path: path.to_owned() };
        return output.refuse(&error, error.help());
    } else {
        match File::open(path) {
            Ok(file) => {
                let size = file.metadata().ok().map(|data| data.len());
                (Box::new(BufReader::with_capacity(1 << 16, file)), size)
            }
            Err(error) => {
                let error = unreadable(error);
                return output.refuse(&error, error.help());
            }
        }
    };
    let bar = bar(size);
    let mut counts = Counts::default();
    let mut number = 0;
    let mut lines: Vec<(u64, Vec<u8>)> = Vec::new();
    loop {
        let more = match piece(&mut reader, &mut lines, &mut number, &bar) {
            Ok(more) => more,
            Err(error) => {
                bar.finish_and_clear();
                let error = unreadable(error);
                return output.refuse(&error, error.help());
            }
        };
        let answers =
            lines.par_iter().map(|(number, text)| answer(arguments, sources, program, *number, text));
        let mut answered = Vec::with_capacity(lines.len());
        answers.collect_into_vec(&mut answered);
        for one in answered {
            counts.add(one.verdict);
            output.out.write_all(&one.text)?;
        }
        // Whoever reads from us need not wait for the next piece.
        output.out.flush()?;
        if !more {
            break;
        }
    }
    bar.finish_and_clear();
    writeln!(output.err, "{}", counts.words())?;
    Ok(counts.exit())
}

/// Shown on a terminal only.
fn bar(size: Option<u64>) -> ProgressBar {
    let (bar, template) = match size {
        Some(size) => (ProgressBar::new(size), "{bar:40} {bytes} of {total_bytes}, {eta} to go"),
        None => (ProgressBar::no_length(), "{spinner} {bytes}"),
    };
    ProgressStyle::with_template(template).map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
}

/// Reads the next lines, empty ones left out; gives whether there may be more.
fn piece(
    reader: &mut impl BufRead,
    lines: &mut Vec<(u64, Vec<u8>)>,
    number: &mut u64,
    bar: &ProgressBar,
) -> io::Result<bool> {
    lines.clear();
    while lines.len() < PIECE {
        let mut text = Vec::new();
        let read = reader.by_ref().take(LONGEST + 1).read_until(b'\n', &mut text)?;
        if read == 0 {
            return Ok(false);
        }
        *number += 1;
        if read as u64 > LONGEST && !text.ends_with(b"\n") {
            let rest = reader.skip_until(b'\n')?;
            bar.inc(rest as u64);
        }
        bar.inc(read as u64);
        if !text.trim_ascii().is_empty() {
            lines.push((*number, text));
        }
    }
    Ok(true)
}

fn answer(arguments: &Arguments, sources: &Sources, program: &Program, number: u64, text: &[u8]) -> Answered {
    let mut reply = Reply { version: 1, line: number, ..Reply::default() };
    let verdict = match put(arguments, sources, program, text, &mut reply) {
        Ok(verdict) => {
            reply.verdict = Some(verdict.as_str());
            Some(verdict)
        }
        Err(error) => {
            reply.error = Some(error.to_string());
            reply.help = Some(error.help());
            None
        }
    };
    // Invariant: texts and numbers can always be written as JSON.
    let mut text = serde_json::to_vec(&reply).unwrap_or_default();
    text.push(b'\n');
    Answered { text, verdict }
}

fn put(
    arguments: &Arguments,
    sources: &Sources,
    program: &Program,
    text: &[u8],
    reply: &mut Reply,
) -> Result<Verdict, NoQuestion> {
    if text.len() as u64 > LONGEST {
        return Err(NoQuestion::TooLong);
    }
    let text = std::str::from_utf8(text).map_err(|error| NoQuestion::NotText(error.valid_up_to()))?;
    // A byte-order mark in front of a file is no part of it.
    let text = if reply.line == 1 { text.trim_start_matches('\u{feff}') } else { text };
    let line = Line::read(text.trim())?;
    reply.id.clone_from(&line.id);
    let request = line.ask()?.prepare(program)?;
    let decision = decide(program, &request);
    let mut because: Vec<StatementId> =
        decision.tests.iter().flat_map(|test| test.because.iter().copied()).collect();
    because.sort_unstable();
    because.dedup();
    reply.because = because.iter().filter_map(|&id| cited(sources, program, id)).collect();
    // An allow needs no words unless somebody wants them; they cost more than the decision.
    if arguments.explain || !decision.verdict.is_allow() {
        let account = explain(program, &request, &decision);
        let refused = account.permissions.iter().filter(|finding| !finding.verdict.is_allow());
        reply.reasons = refused
            .map(|finding| {
                let permission = finding.need.permission().map(|permission| format!("{permission}: "));
                let unknown = if finding.unknown.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", finding.unknown.join(", "))
                };
                format!("{}{}{unknown}", permission.unwrap_or_default(), finding.reason)
            })
            .collect();
        reply.account = arguments.explain.then(|| account::Answer::of(sources, &account));
    }
    Ok(decision.verdict)
}

fn cited(sources: &Sources, program: &Program, id: StatementId) -> Option<Because> {
    let statement = program.statement(id)?;
    let policy = program.policy(statement.policy)?.name.clone();
    Some(Because { policy, number: statement.number, at: sources.locate(statement.place) })
}

impl Counts {
    fn add(&mut self, verdict: Option<Verdict>) {
        let count = match verdict {
            Some(Verdict::Allow) => &mut self.allowed,
            Some(Verdict::ImplicitDeny | Verdict::ExplicitDeny) => &mut self.denied,
            Some(Verdict::Indeterminate) => &mut self.indeterminate,
            None => &mut self.unread,
        };
        *count += 1;
    }

    fn words(self) -> String {
        let Self { allowed, denied, indeterminate, unread } = self;
        let all = allowed + denied + indeterminate + unread;
        if all == 0 {
            return "no request: the file holds no line".to_owned();
        }
        let noun = if all == 1 { "request" } else { "requests" };
        let unread = if unread == 0 { String::new() } else { format!(", {unread} that cannot be put") };
        format!("{all} {noun}: {allowed} allowed, {denied} denied, {indeterminate} indeterminate{unread}")
    }

    const fn exit(self) -> Exit {
        let Self { allowed, denied, indeterminate, unread } = self;
        if unread > 0 || allowed + denied + indeterminate == 0 {
            Exit::Usage
        } else if denied > 0 {
            Exit::Denied
        } else if indeterminate > 0 {
            Exit::Indeterminate
        } else {
            Exit::Fine
        }
    }
}
