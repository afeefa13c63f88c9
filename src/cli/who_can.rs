//! `ocipol who-can`: everybody who may do something.

mod human;
mod json;

use std::io;

use super::question::Question;
use super::{Exit, Format, Output, model};
use crate::request::Asker;
use crate::resolve::resolve;
use crate::source::Sources;
use crate::who_can::{WhoCan, who_can};

/// Arguments of `ocipol who-can`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  ocipol who-can --tenancies fixtures/oke/cross-tenancy.tenancy.yaml --operation Decrypt --target etcd-key

Exit code: 0 somebody may, 3 nobody may, 4 nobody certainly, somebody perhaps, 2 input that cannot be read.")]
pub(super) struct Arguments {
    #[command(flatten)]
    world: model::World,
    #[command(flatten)]
    question: Question,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let mut sources = Sources::new();
    let Some(tenancies) = arguments.world.read(&mut sources, output)? else { return Ok(Exit::Usage) };
    let (program, _) = resolve(&tenancies, arguments.question.reading.mode());
    // Everybody is asked for; whoever is named here is not.
    let anybody = Asker::Named(String::new());
    let answer = match arguments.question.ask(anybody).and_then(|question| who_can(&program, &question)) {
        Ok(answer) => answer,
        Err(error) => return output.refuse(&error, &error.help()),
    };
    match arguments.format {
        Format::Human => human::write(output, &sources, &program, &answer)?,
        Format::Json => output.json(&json::Answer::of(&sources, &program, &answer))?,
    }
    Ok(exit(&answer))
}

fn exit(answer: &WhoCan) -> Exit {
    if answer.certain().next().is_some() {
        Exit::Fine
    } else if answer.possible().next().is_some() {
        Exit::Indeterminate
    } else {
        Exit::Denied
    }
}
