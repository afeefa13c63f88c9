//! The question of a command line: the same words for every command that decides.

use super::model;
use crate::instant;
use crate::request::{self, Action, Ask, AskError, Asker, Object};

/// What is asked, but for who asks.
#[derive(Debug, clap::Args)]
pub(super) struct Question {
    /// The API operation, such as `Decrypt`, or `vault/Decrypt`
    #[arg(long, value_name = "NAME", required_unless_present = "permission")]
    operation: Option<String>,
    /// A permission, such as `KEY_DECRYPT`, in place of an operation; may be given several times. Such a question has no
    /// `request.operation`: conditions on it do not hold unless `--set` or `--unknown` says more
    #[arg(long, value_name = "NAME", conflicts_with = "operation")]
    permission: Vec<String>,
    /// What is asked for: a resource, user or group by OCID or name, a compartment as `TENANCY[/path:to:it]`, or
    /// `resource:OCID@TENANCY[/path:to:it]` for what the model does not have
    #[arg(long, value_name = "WHAT", required = true)]
    target: Vec<String>,
    /// Words of the case that applies, for operations that need different permissions in different cases
    #[arg(long, value_name = "WORDS")]
    case: Option<String>,
    /// The value of a condition variable, but for those the question itself fixes; may be given several times, also for
    /// one variable
    #[arg(long, value_name = "VARIABLE=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
    /// A condition variable that does not apply
    #[arg(long, value_name = "VARIABLE")]
    absent: Vec<String>,
    /// A condition variable whose value nobody knows
    #[arg(long, value_name = "VARIABLE")]
    unknown: Vec<String>,
    /// The region the request goes to, by its key (`iad`) or long name (`us-ashburn-1`)
    #[arg(long, value_name = "KEY")]
    region: Option<String>,
    /// When, in UTC: `2026-04-01T15:00:00Z`
    #[arg(long, value_name = "INSTANT")]
    time: Option<String>,
    /// The address the request comes from: `IP`, or `IP@VCN-OCID` for a private one
    #[arg(long, value_name = "ADDRESS")]
    from: Option<String>,
    #[command(flatten)]
    pub(super) reading: model::Reading,
}

impl Question {
    /// The question as put by somebody.
    ///
    /// # Errors
    /// [`AskError`] for an instant or address that is none.
    pub(super) fn ask(&self, principal: Asker) -> Result<Ask, AskError> {
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
            principal,
            action,
            targets: self.target.iter().cloned().map(Object::Named).collect(),
            case: self.case.clone(),
            region: self.region.clone(),
            availability_domain: None,
            time: self.time.as_deref().map(time).transpose()?,
            address: self.from.as_deref().map(address).transpose()?,
            given,
            absent: self.absent.clone(),
            unknown: self.unknown.clone(),
        })
    }
}

/// Reads an instant.
///
/// # Errors
/// [`AskError::Time`]
pub(super) fn time(text: &str) -> Result<jiff::Timestamp, AskError> {
    instant::parse(text).ok_or_else(|| AskError::Time(text.to_owned()))
}

/// Reads an address.
///
/// # Errors
/// [`AskError::Address`]
pub(super) fn address(text: &str) -> Result<crate::tenancy::Address, AskError> {
    request::address(text).ok_or_else(|| AskError::Address(text.to_owned()))
}

fn pair(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("write VARIABLE=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
