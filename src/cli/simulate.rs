//! `ocipol simulate`: requests, decided and explained.

mod batch;
mod line;

use std::io;
use std::path::PathBuf;

use serde::Serialize;

use super::question::Question;
use super::{Exit, Format, Output, account, model};
use crate::decide::{Verdict, decide};
use crate::explain::explain;
use crate::program::Program;
use crate::request;
use crate::resolve::resolve;
use crate::source::Sources;

/// Arguments of `ocipol simulate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ocipol simulate --tenancies fixtures/oke/cross-tenancy.tenancy.yaml \\
    --principal ocid1.cluster.oc1.iad.prod --operation Decrypt --target ocid1.key.oc1.iad.bbvault.etcdkey
  ocipol simulate --tenancies fixtures/oke/cross-tenancy.tenancy.yaml --requests fixtures/simulate/requests.jsonl

A line of a file of requests, with the keys of policy tests:
  {\"id\": 7, \"principal\": \"prod\", \"operation\": \"Decrypt\", \"target\": \"etcd-key\", \"set\": {\"request.region\": \"iad\"}}

Exit code: 0 allowed, 3 denied, 4 indeterminate, 2 input that cannot be read. With --requests the first of these that
applies: 2 some line cannot be read, 3 some request is denied, 4 some is indeterminate, 0 all are allowed.")]
// A file of requests stands in place of the one request that is needed otherwise.
#[command(mut_arg("operation", |arg| arg.required_unless_present_any(["permission", "requests"])))]
#[command(mut_arg("target", |arg| arg.required(false).required_unless_present("requests")))]
pub(super) struct Arguments {
    #[command(flatten)]
    world: model::World,
    /// Who asks: a user or resource by OCID or name, `service:NAME@TENANCY`, `workload:CLUSTER/NAMESPACE/SERVICE-ACCOUNT`
    #[arg(long, value_name = "WHO", required_unless_present = "requests")]
    principal: Option<String>,
    #[command(flatten)]
    question: Question,
    /// A file with one request a line, as JSON, in place of one request; `-` for standard input. One answer a line, as
    /// JSON, in the same order
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = [
            "principal", "operation", "permission", "target", "case", "set", "absent", "unknown", "region", "time",
            "from", "format",
        ]
    )]
    requests: Option<PathBuf>,
    /// With --requests: put the whole account into each answer
    #[arg(long, requires = "requests", conflicts_with = "principal")]
    explain: bool,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
}

/// The answer for programs: schema version 1, `book/src/schema/simulate.v1.json`.
#[derive(Serialize)]
struct Reply {
    version: u32,
    #[serde(flatten)]
    answer: account::Answer,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let mut sources = Sources::new();
    let Some(tenancies) = arguments.world.read(&mut sources, output)? else { return Ok(Exit::Usage) };
    let (program, _) = resolve(&tenancies, arguments.question.reading.mode());
    match &arguments.requests {
        Some(requests) => batch::run(arguments, &sources, &program, requests, output),
        None => one(arguments, &sources, &program, output),
    }
}

/// Decides the request of the command line.
fn one(
    arguments: &Arguments,
    sources: &Sources,
    program: &Program,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let principal = request::asker(arguments.principal.as_deref().unwrap_or_default());
    let ask = match arguments.question.ask(principal) {
        Ok(ask) => ask,
        Err(error) => return output.refuse(&error, &error.help()),
    };
    let request = match ask.prepare(program) {
        Ok(request) => request,
        Err(error) => return output.refuse(&error, &error.help()),
    };
    let decision = decide(program, &request);
    let account = explain(program, &request, &decision);
    match arguments.format {
        Format::Human => account::human(output, sources, &account)?,
        Format::Json => {
            let reply = Reply { version: 1, answer: account::Answer::of(sources, &account) };
            output.json(&reply)?;
        }
    }
    Ok(match decision.verdict {
        Verdict::Allow => Exit::Fine,
        Verdict::ImplicitDeny | Verdict::ExplicitDeny => Exit::Denied,
        Verdict::Indeterminate => Exit::Indeterminate,
    })
}
