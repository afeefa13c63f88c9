//! One line of a file of requests, and its answer.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::cli::question;
use crate::request::{self, Action, Ask, AskError, Object};

/// A request: the keys of policy tests, and an `id` that the answer repeats.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a mapping with the keys of a request")]
pub(super) struct Line {
    /// Repeated as it was written: no number of it is rounded.
    #[serde(default)]
    pub(super) id: Option<Box<RawValue>>,
    principal: String,
    operation: Option<String>,
    #[serde(default)]
    permission: Texts,
    #[serde(default)]
    associate: Texts,
    #[serde(default)]
    target: Texts,
    case: Option<String>,
    region: Option<String>,
    availability_domain: Option<String>,
    time: Option<String>,
    from: Option<String>,
    #[serde(default, deserialize_with = "in_order")]
    set: Vec<(String, Texts)>,
    #[serde(default)]
    absent: Texts,
    #[serde(default)]
    unknown: Texts,
}

/// One text, or several.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged, expecting = "a text, or a list of texts")]
enum Texts {
    #[default]
    None,
    One(String),
    Many(Vec<String>),
}

impl From<Texts> for Vec<String> {
    fn from(texts: Texts) -> Self {
        match texts {
            Texts::None => Self::new(),
            Texts::One(text) => vec![text],
            Texts::Many(texts) => texts,
        }
    }
}

/// A mapping of variables in the order of the text.
fn in_order<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, Texts)>, D::Error> {
    let map = std::collections::BTreeMap::<String, Texts>::deserialize(deserializer)?;
    Ok(map.into_iter().collect())
}

/// Why a line is no question.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoQuestion {
    #[error("this is no request: {0}")]
    Shape(String),
    #[error("a request names one `operation`, or `permission`s, or two types to `associate`")]
    Action,
    #[error("the line is longer than a megabyte")]
    TooLong,
    #[error("this is no text: byte {0} of the line is not UTF-8")]
    NotText(usize),
    #[error("{0}")]
    Ask(#[from] AskError),
}

impl NoQuestion {
    pub(super) fn help(&self) -> String {
        match self {
            Self::NotText(_) => "save the file as UTF-8".to_owned(),
            Self::Shape(_) | Self::TooLong => {
                r#"write one line: {"principal": "kim", "operation": "GetBucket", "target": "logs"}"#
                    .to_owned()
            }
            Self::Action => r#"write "operation": "Decrypt""#.to_owned(),
            Self::Ask(error) => error.help(),
        }
    }
}

impl Line {
    /// Reads a line.
    ///
    /// # Errors
    /// [`NoQuestion::Shape`] for anything but a JSON mapping with the keys of a request.
    pub(super) fn read(text: &str) -> Result<Self, NoQuestion> {
        // serde takes a list for the values of a mapping in order.
        if text.starts_with('[') {
            return Err(NoQuestion::Shape(
                "a list, expected a mapping with the keys of a request".to_owned(),
            ));
        }
        serde_json::from_str(text).map_err(|error| NoQuestion::Shape(in_line(&error)))
    }

    /// The question in people's words.
    ///
    /// # Errors
    /// [`NoQuestion`] where it names no action, or an instant or address that is none.
    pub(super) fn ask(self) -> Result<Ask, NoQuestion> {
        let (permission, associate): (Vec<_>, Vec<_>) = (self.permission.into(), self.associate.into());
        let action = match (self.operation, permission.is_empty(), associate.as_slice()) {
            (Some(operation), true, []) => Action::Operation(operation),
            (None, false, []) => Action::Permissions(permission),
            (None, true, [first, second]) => {
                Action::Associate { first: first.clone(), second: second.clone() }
            }
            _ => return Err(NoQuestion::Action),
        };
        Ok(Ask {
            principal: request::asker(&self.principal),
            action,
            targets: Vec::from(self.target).into_iter().map(Object::Named).collect(),
            case: self.case,
            region: self.region,
            availability_domain: self.availability_domain,
            time: self.time.as_deref().map(question::time).transpose()?,
            address: self.from.as_deref().map(question::address).transpose()?,
            given: self.set.into_iter().map(|(name, values)| (name, values.into())).collect(),
            absent: self.absent.into(),
            unknown: self.unknown.into(),
        })
    }
}

/// The message of the reader, which counts lines from the start of what it was given: one line.
fn in_line(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match message.strip_suffix(&place) {
        Some(message) => format!("{message}, at column {}", error.column()),
        None => message,
    }
}

/// The answer to a line: schema version 1, `book/src/schema/simulate-line.v1.json`.
#[derive(Default, Serialize)]
pub(super) struct Reply {
    pub(super) version: u32,
    /// The number of the line, from 1.
    pub(super) line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) because: Vec<Because>,
    /// Why not, one clause a permission that is not allowed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) reasons: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<crate::cli::account::Answer>,
    /// Why there is no verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) help: Option<String>,
}

/// A statement that an answer rests on.
#[derive(Debug, Serialize)]
pub(super) struct Because {
    pub(super) policy: String,
    pub(super) number: u32,
    /// `FILE:LINE:COLUMN`
    pub(super) at: String,
}
