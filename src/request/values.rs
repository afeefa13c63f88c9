//! States of a variable.

use crate::caseless;
use crate::instant;
use crate::program::TextId;

/// Whether a variable has a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Known<T> {
    /// Nobody said.
    Unknown,
    /// It does not apply.
    Absent,
    /// It has this value.
    Present(T),
}

impl<T> Known<T> {
    pub(crate) fn from_option(value: Option<T>) -> Self {
        value.map_or(Self::Unknown, Self::Present)
    }
}

/// Values that a question gives to a variable.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) texts: Box<[TextId]>,
    /// The only value as a number, where it is one.
    pub(crate) number: Option<u32>,
    /// The only value as a time of day in seconds, where it is one.
    pub(crate) seconds: Option<u32>,
    /// The only value as an instant, where it is one.
    pub(crate) instant: Option<i64>,
}

impl Given {
    pub(crate) fn new(values: &[String], mut intern: impl FnMut(&str) -> TextId) -> Self {
        let only = match values {
            [only] => Some(caseless::fold(only)),
            _ => None,
        };
        let read = only.as_deref();
        Self {
            texts: values.iter().map(|value| intern(value)).collect(),
            number: read.and_then(|text| text.trim().parse().ok()),
            seconds: read.and_then(instant::time_of_day),
            instant: read.and_then(instant::parse).map(jiff::Timestamp::as_second),
        }
    }
}
