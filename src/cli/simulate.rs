//! `ocipol simulate`: one request, decided and explained.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::ValueEnum;
use serde::Serialize;

use super::{Exit, Output, model};
use crate::catalog::Permission;
use crate::decide::{Verdict, decide};
use crate::diagnostic::Severity;
use crate::explain::{Account, Cited, explain};
use crate::instant;
use crate::program::{Mode, Scope, Tolerance};
use crate::request::{self, Action, Ask, AskError, Object};
use crate::resolve::resolve;
use crate::source::Sources;

/// Arguments of `ocipol simulate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  ocipol simulate --tenancies fixtures/oke/cross-tenancy.tenancy.yaml \\
    --principal ocid1.cluster.oc1.iad.prod --operation Decrypt --target ocid1.key.oc1.iad.bbvault.etcdkey

Exit code: 0 allowed, 3 denied, 4 indeterminate, 2 input that cannot be read.")]
pub(super) struct Arguments {
    /// The tenancy model; `-` for standard input
    #[arg(long, value_name = "FILE")]
    tenancies: PathBuf,
    /// Who asks: a user or resource by OCID or name, `service:NAME@TENANCY`, `workload:CLUSTER/NAMESPACE/SERVICE-ACCOUNT`
    #[arg(long, value_name = "WHO")]
    principal: String,
    /// The API operation, such as `Decrypt`, or `vault/Decrypt`
    #[arg(long, value_name = "NAME", required_unless_present = "permission")]
    operation: Option<String>,
    /// A permission, such as `KEY_DECRYPT`, in place of an operation; may be given several times
    #[arg(long, value_name = "NAME", conflicts_with = "operation")]
    permission: Vec<String>,
    /// What is asked for: a resource, user or group by OCID or name, or a compartment as `TENANCY[/path:to:it]`
    #[arg(long, value_name = "WHAT", required = true)]
    target: Vec<String>,
    /// Words of the case that applies, for operations that need different permissions in different cases
    #[arg(long, value_name = "WORDS")]
    case: Option<String>,
    /// The value of a condition variable; may be given several times, also for one variable
    #[arg(long, value_name = "VARIABLE=VALUE")]
    set: Vec<String>,
    /// A condition variable that does not apply
    #[arg(long, value_name = "VARIABLE")]
    absent: Vec<String>,
    /// A condition variable whose value nobody knows
    #[arg(long, value_name = "VARIABLE")]
    unknown: Vec<String>,
    /// The three-letter key of the region the request goes to
    #[arg(long, value_name = "KEY")]
    region: Option<String>,
    /// When, in UTC: `2026-04-01T15:00:00Z`
    #[arg(long, value_name = "INSTANT")]
    time: Option<String>,
    /// The address the request comes from: `IP`, or `IP@VCN-OCID` for a private one
    #[arg(long, value_name = "ADDRESS")]
    from: Option<String>,
    /// Drop only bad statements, not whole policies
    #[arg(long)]
    lenient: bool,
    /// Evaluate repaired statements too
    #[arg(long)]
    tolerant: bool,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How to answer.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Human,
    /// For programs
    Json,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let mut sources = Sources::new();
    let (tenancies, mut findings) = match model::read(&mut sources, &arguments.tenancies) {
        Ok(read) => read,
        Err(error) => return output.refuse(&error, error.help()),
    };
    findings.retain(|finding| finding.severity == Severity::Error && finding.code.area() != "syntax");
    if !findings.is_empty() {
        output.findings(&sources, &findings)?;
        return Ok(Exit::Usage);
    }
    let mode = Mode {
        scope: if arguments.lenient { Scope::Statement } else { Scope::Policy },
        reading: if arguments.tolerant { Tolerance::Repaired } else { Tolerance::Strict },
    };
    let (program, _) = resolve(&tenancies, mode);
    let ask = match arguments.ask() {
        Ok(ask) => ask,
        Err(error) => return output.refuse(&error, &error.help()),
    };
    let request = match ask.prepare(&program) {
        Ok(request) => request,
        Err(error) => return output.refuse(&error, &error.help()),
    };
    let decision = decide(&program, &request);
    let account = explain(&program, &request, &decision);
    match arguments.format {
        Format::Human => human(output.out, &sources, &account)?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut *output.out, &Answer::of(&sources, &account))?;
            writeln!(output.out)?;
        }
    }
    Ok(match decision.verdict {
        Verdict::Allow => Exit::Fine,
        Verdict::ImplicitDeny | Verdict::ExplicitDeny => Exit::Denied,
        Verdict::Indeterminate => Exit::Indeterminate,
    })
}

impl Arguments {
    fn ask(&self) -> Result<Ask, AskError> {
        let action = match &self.operation {
            Some(operation) => Action::Operation(operation.clone()),
            None => Action::Permissions(self.permission.clone()),
        };
        let mut given: Vec<(String, Vec<String>)> = Vec::new();
        for pair in &self.set {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match given.iter_mut().find(|(known, _)| known == name) {
                Some((_, values)) => values.push(value.to_owned()),
                None => given.push((name.to_owned(), vec![value.to_owned()])),
            }
        }
        Ok(Ask {
            principal: request::asker(&self.principal),
            action,
            targets: self.target.iter().cloned().map(Object::Named).collect(),
            case: self.case.clone(),
            region: self.region.clone(),
            availability_domain: None,
            time: self.time.as_deref().map(time).transpose()?,
            address: match self.from.as_deref() {
                Some(from) => Some(request::address(from).ok_or_else(|| AskError::Address(from.to_owned()))?),
                None => None,
            },
            given,
            absent: self.absent.clone(),
            unknown: self.unknown.clone(),
        })
    }
}

fn time(text: &str) -> Result<jiff::Timestamp, AskError> {
    instant::parse(text).ok_or_else(|| AskError::Time(text.to_owned()))
}

/// The account as people read it.
pub(super) fn human(out: &mut dyn Write, sources: &Sources, account: &Account) -> io::Result<()> {
    let invalid = if account.invalid { " (INVALID: no policy is in force)" } else { "" };
    writeln!(out, "{}{invalid}", account.headline)?;
    for finding in &account.permissions {
        let permission = finding.permission.map_or("association", Permission::name);
        writeln!(out, "\n  {permission}: {} - {}", finding.verdict.as_str(), finding.reason)?;
        for cited in &finding.because {
            writeln!(out, "    because of {}", shown(sources, cited))?;
        }
        for unknown in &finding.unknown {
            writeln!(out, "    not known: {unknown}")?;
        }
        for near in &finding.near {
            writeln!(out, "    near miss: {}", shown(sources, &near.statement))?;
            writeln!(out, "      {}", near.obstacle)?;
        }
    }
    if !account.rejected.is_empty() {
        writeln!(out, "\n  not in force:")?;
        for rejected in &account.rejected {
            let place = rejected.place.map(|place| sources.locate(place)).unwrap_or_default();
            writeln!(
                out,
                "    policy {}, statement {} ({place}): {}",
                rejected.policy, rejected.number, rejected.reason
            )?;
            if let Some(help) = &rejected.help {
                writeln!(out, "      {help}")?;
            }
        }
    }
    for repair in &account.repairs {
        writeln!(out, "\n  to add in {} - {}:", repair.tenancy, repair.purpose)?;
        for statement in &repair.statements {
            writeln!(out, "    {statement}")?;
        }
    }
    for note in &account.notes {
        writeln!(out, "\n  note: {note}")?;
    }
    Ok(())
}

/// A statement with its policy, number, place and text.
pub(super) fn shown(sources: &Sources, cited: &Cited) -> String {
    let text =
        sources.get(cited.place.source).map(|source| source.slice(cited.place.span)).unwrap_or_default();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{} #{} ({}): {text}", cited.policy, cited.number, sources.locate(cited.place))
}

/// The answer for programs. Schema version 1.
#[derive(Serialize)]
struct Answer {
    version: u32,
    verdict: &'static str,
    invalid: bool,
    headline: String,
    permissions: Vec<PermissionAnswer>,
    rejected: Vec<RejectedAnswer>,
    repairs: Vec<RepairAnswer>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct PermissionAnswer {
    permission: Option<&'static str>,
    verdict: &'static str,
    reason: String,
    because: Vec<StatementAnswer>,
    near: Vec<NearAnswer>,
    unknown: Vec<String>,
}

#[derive(Serialize)]
struct StatementAnswer {
    policy: String,
    number: u32,
    file: String,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct NearAnswer {
    #[serde(flatten)]
    statement: StatementAnswer,
    obstacle: String,
}

#[derive(Serialize)]
struct RejectedAnswer {
    policy: String,
    number: u32,
    reason: String,
    help: Option<String>,
}

#[derive(Serialize)]
struct RepairAnswer {
    tenancy: String,
    purpose: String,
    statements: Vec<String>,
}

impl Answer {
    fn of(sources: &Sources, account: &Account) -> Self {
        let statement = |cited: &Cited| {
            let source = sources.get(cited.place.source);
            let position = source.map(|source| source.position(cited.place.span.start));
            StatementAnswer {
                policy: cited.policy.clone(),
                number: cited.number,
                file: source.map_or_else(String::new, |source| source.name().to_owned()),
                line: position.map_or(0, |position| position.line),
                column: position.map_or(0, |position| position.column),
            }
        };
        Self {
            version: 1,
            verdict: account.verdict.as_str(),
            invalid: account.invalid,
            headline: account.headline.clone(),
            permissions: account
                .permissions
                .iter()
                .map(|finding| PermissionAnswer {
                    permission: finding.permission.map(Permission::name),
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
            repairs: account
                .repairs
                .iter()
                .map(|repair| RepairAnswer {
                    tenancy: repair.tenancy.clone(),
                    purpose: repair.purpose.clone(),
                    statements: repair.statements.clone(),
                })
                .collect(),
            notes: account.notes.clone(),
        }
    }
}
