//! `ocipol generate`

use super::{Exit, Output};

/// Arguments of `ocipol generate`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_: &Arguments, _: &mut Output<'_>) -> std::io::Result<Exit> {
    Ok(Exit::Usage)
}
