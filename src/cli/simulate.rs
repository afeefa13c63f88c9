//! `ocipol simulate`: one request, decided and explained.

use std::io;
use std::path::PathBuf;

use serde::Serialize;

use super::{Exit, Format, Output, account, model};
use crate::decide::{Verdict, decide};
use crate::explain::explain;
use crate::instant;
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
    #[arg(long, value_name = "VARIABLE=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
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
    #[command(flatten)]
    reading: model::Reading,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// The answer for programs: schema version 1.
#[derive(Serialize)]
struct Reply {
    version: u32,
    #[serde(flatten)]
    answer: account::Answer,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let mut sources = Sources::new();
    let (tenancies, mut findings) = match model::read(&mut sources, &arguments.tenancies) {
        Ok(read) => read,
        Err(error) => return output.refuse(&error, error.help()),
    };
    findings.retain(model::is_fatal);
    if !findings.is_empty() {
        output.findings(&sources, &findings)?;
        return Ok(Exit::Usage);
    }
    let (program, _) = resolve(&tenancies, arguments.reading.mode());
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
        Format::Human => account::human(output.out, &sources, &account)?,
        Format::Json => {
            let reply = Reply { version: 1, answer: account::Answer::of(&sources, &account) };
            output.json(&reply)?;
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
        for (name, value) in &self.set {
            match given.iter_mut().find(|(known, _)| known == name) {
                Some((_, values)) => values.push(value.clone()),
                None => given.push((name.clone(), vec![value.clone()])),
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

fn pair(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("write VARIABLE=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
