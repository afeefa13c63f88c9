//! Decisions in words, for people and for programs.

use std::io;

use serde::Serialize;

use super::Output;
use super::output::Tone;
use crate::catalog::Permission;
use crate::decide::Verdict;
use crate::explain::{Account, Cited, Confidence};
use crate::source::{Place, Source, Sources, Span};

/// The account as people read it.
pub(super) fn human(output: &mut Output<'_>, sources: &Sources, account: &Account) -> io::Result<()> {
    if let Some(nonsense) = &account.nonsense {
        writeln!(output.out, "the question makes no sense: {nonsense}\n")?;
    }
    let invalid = if account.invalid { " (INVALID: no policy is in force)" } else { "" };
    let (verdict, question) = account.headline.split_once(':').unwrap_or((&account.headline, ""));
    let verdict = output.paint(tone(account.verdict), verdict);
    let colon = if question.is_empty() { "" } else { ":" };
    writeln!(output.out, "{verdict}{colon}{question}{invalid}")?;
    for finding in &account.permissions {
        let verdict = output.paint(tone(finding.verdict), finding.verdict.as_str());
        writeln!(output.out, "\n  {}: {verdict} - {}", finding.need, finding.reason)?;
        for cited in &finding.because {
            writeln!(output.out, "    because of {}", shown(sources, cited))?;
        }
        for unknown in &finding.unknown {
            writeln!(output.out, "    not known: {unknown}")?;
        }
        let unsure = finding.rules.iter().filter(|rule| rule.confidence != Confidence::Documented);
        for rule in unsure {
            let said = output.paint(Tone::Faint, &format!("{}: {}", rule.confidence.as_str(), rule.text));
            writeln!(output.out, "    {said}")?;
        }
        for near in &finding.near {
            writeln!(output.out, "    near miss: {}", shown(sources, &near.statement))?;
            writeln!(output.out, "      {}", near.obstacle)?;
        }
    }
    if !account.rejected.is_empty() {
        writeln!(output.out, "\n  not in force:")?;
        let mut told: Option<&String> = None;
        for rejected in &account.rejected {
            let place = rejected.place.map(|place| sources.locate(place)).unwrap_or_default();
            writeln!(
                output.out,
                "    policy {}, statement {} ({place}): {}",
                rejected.policy, rejected.number, rejected.reason
            )?;
            // What is said below, among the changes, or was said of the statement before is not said again.
            let changed = |help: &&String| !account.changes.iter().any(|change| change.how == **help);
            if let Some(help) = rejected.help.as_ref().filter(changed)
                && told.replace(help) != Some(help)
            {
                writeln!(output.out, "      {help}")?;
            }
        }
    }
    if !account.unread_rules.is_empty() {
        writeln!(output.out, "\n  matching rules that do not count:")?;
        for unread in &account.unread_rules {
            let place = unread.place.map(|place| sources.locate(place)).unwrap_or_default();
            writeln!(output.out, "    dynamic group {} ({place}): {}", unread.group, unread.reason)?;
        }
    }
    if !account.changes.is_empty() {
        writeln!(output.out, "\n  to change in what is there:")?;
        for change in &account.changes {
            let place = change.place.map(|place| sources.locate(place)).unwrap_or_default();
            writeln!(output.out, "    {} ({place}): {}", change.what, change.how)?;
        }
    }
    for repair in &account.repairs {
        writeln!(output.out, "\n  to add in {} - {}:", repair.tenancy, repair.purpose)?;
        for statement in &repair.statements {
            let statement = output.paint(Tone::Good, statement);
            writeln!(output.out, "    {statement}")?;
        }
        for also in &repair.also {
            writeln!(output.out, "    also counts {also}")?;
        }
    }
    for note in account.notes.iter().filter(|note| account.nonsense.as_ref() != Some(note)) {
        writeln!(output.out, "\n  note: {note}")?;
    }
    Ok(())
}

const fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Allow => Tone::Good,
        Verdict::ImplicitDeny | Verdict::ExplicitDeny => Tone::Bad,
        Verdict::Indeterminate => Tone::Unsure,
    }
}

/// The account as lines of text.
pub(super) fn lines(sources: &Sources, account: &Account) -> Vec<String> {
    let mut text = Vec::new();
    let (err, width) = (&mut io::sink(), super::output::width());
    let mut plain = Output { out: &mut text, err, colour: false, notes_colour: false, width };
    // Invariant: writing into memory does not fail.
    let _ = human(&mut plain, sources, account);
    String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
}

/// A statement with its policy, number, place and text.
fn shown(sources: &Sources, cited: &Cited) -> String {
    format!("{}: {}", named(sources, cited), text(sources, cited))
}

/// A statement's policy, number and place.
pub(super) fn named(sources: &Sources, cited: &Cited) -> String {
    format!("{} #{} ({})", cited.policy, cited.number, sources.locate(cited.place))
}

/// A statement as it was written, on one line.
pub(super) fn text(sources: &Sources, cited: &Cited) -> String {
    let text = sources.get(cited.place.source).map(|source| source.slice(cited.place.span));
    text.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The account as programs read it.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    verdict: &'static str,
    invalid: bool,
    headline: String,
    permissions: Vec<PermissionAnswer>,
    rejected: Vec<RejectedAnswer>,
    unread_rules: Vec<UnreadRuleAnswer>,
    changes: Vec<ChangeAnswer>,
    repairs: Vec<RepairAnswer>,
    notes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct PermissionAnswer {
    permission: Option<&'static str>,
    verdict: &'static str,
    reason: String,
    because: Vec<StatementAnswer>,
    near: Vec<NearAnswer>,
    unknown: Vec<String>,
    rules: Vec<RuleAnswer>,
}

#[derive(Debug, Serialize)]
struct RuleAnswer {
    rule: &'static str,
    confidence: &'static str,
}

#[derive(Debug, Serialize)]
struct StatementAnswer {
    policy: String,
    number: u32,
    file: String,
    line: usize,
    column: usize,
    text: String,
}

#[derive(Debug, Serialize)]
struct NearAnswer {
    #[serde(flatten)]
    statement: StatementAnswer,
    obstacle: String,
}

#[derive(Debug, Serialize)]
struct RejectedAnswer {
    policy: String,
    number: u32,
    reason: String,
    help: Option<String>,
}

#[derive(Debug, Serialize)]
struct UnreadRuleAnswer {
    group: String,
    reason: String,
    help: Option<String>,
    file: Option<String>,
    line: Option<usize>,
}

#[derive(Debug, Serialize)]
struct ChangeAnswer {
    what: String,
    how: String,
    file: Option<String>,
    line: Option<usize>,
}

#[derive(Debug, Serialize)]
struct RepairAnswer {
    tenancy: String,
    purpose: String,
    statements: Vec<String>,
    also: Vec<String>,
}

impl Answer {
    pub(super) fn of(sources: &Sources, account: &Account) -> Self {
        let statement = |cited: &Cited| {
            let source = sources.get(cited.place.source);
            let position = source.map(|source| source.position(cited.place.span.start));
            StatementAnswer {
                policy: cited.policy.clone(),
                number: cited.number,
                file: source.map_or_else(String::new, |source| source.name().to_owned()),
                line: position.map_or(0, |position| position.line),
                column: position.map_or(0, |position| position.column),
                text: text(sources, cited),
            }
        };
        Self {
            verdict: account.verdict.as_str(),
            invalid: account.invalid,
            headline: account.headline.clone(),
            permissions: account
                .permissions
                .iter()
                .map(|finding| PermissionAnswer {
                    permission: finding.need.permission().map(Permission::name),
                    verdict: finding.verdict.as_str(),
                    reason: finding.reason.clone(),
                    because: finding.because.iter().map(statement).collect(),
                    near: finding
                        .near
                        .iter()
                        .map(|near| NearAnswer {
                            statement: statement(&near.statement),
                            obstacle: near.obstacle.clone(),
                        })
                        .collect(),
                    unknown: finding.unknown.clone(),
                    rules: finding
                        .rules
                        .iter()
                        .map(|rule| RuleAnswer { rule: rule.text, confidence: rule.confidence.as_str() })
                        .collect(),
                })
                .collect(),
            rejected: account
                .rejected
                .iter()
                .map(|rejected| RejectedAnswer {
                    policy: rejected.policy.clone(),
                    number: rejected.number,
                    reason: rejected.reason.clone(),
                    help: rejected.help.clone(),
                })
                .collect(),
            unread_rules: account
                .unread_rules
                .iter()
                .map(|unread| {
                    let (file, line) = file_and_line(sources, unread.place);
                    UnreadRuleAnswer {
                        group: unread.group.clone(),
                        reason: unread.reason.clone(),
                        help: unread.help.clone(),
                        file,
                        line,
                    }
                })
                .collect(),
            changes: account
                .changes
                .iter()
                .map(|change| {
                    let (file, line) = file_and_line(sources, change.place);
                    ChangeAnswer { what: change.what.clone(), how: change.how.clone(), file, line }
                })
                .collect(),
            repairs: account
                .repairs
                .iter()
                .map(|repair| RepairAnswer {
                    tenancy: repair.tenancy.clone(),
                    purpose: repair.purpose.clone(),
                    statements: repair.statements.clone(),
                    also: repair.also.clone(),
                })
                .collect(),
            notes: account.notes.clone(),
        }
    }
}

/// The name of the file of a place, and its line.
fn file_and_line(sources: &Sources, place: Option<Place>) -> (Option<String>, Option<usize>) {
    let found = place.and_then(|place| Some((sources.get(place.source)?, place.span)));
    let named =
        |(source, span): (&Source, Span)| (source.name().to_owned(), source.position(span.start).line);
    found.map(named).unzip()
}
