//! How far a re-encryption has come: kept beside the values, so that the next run goes on where a killed one stopped.

use crate::codec::{Malformed, Reader, Writer, number_of, numbered};
use crate::ocid::Ocid;

/// The progress of a re-encryption. Losing it costs time and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its name: 16 hex digits.
    pub id: String,
    /// The key version it seals under.
    pub target: Ocid,
    /// The last path that is done in this pass; `None` at the start of one.
    pub cursor: Option<String>,
    /// How many values were written.
    pub rewritten: u64,
    /// How it stands.
    pub state: RunState,
}

/// How a re-encryption stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunState {
    /// It is under way, or its process was killed.
    Running,
    /// It ended, and some values could not be opened.
    Incomplete,
    /// Every value is fresh.
    Complete,
}

impl RunState {
    const ALL: [Self; 3] = [Self::Running, Self::Incomplete, Self::Complete];

    /// In one word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Incomplete => "incomplete",
            Self::Complete => "complete",
        }
    }
}

impl Run {
    /// What the record is called.
    pub(super) const NOTE: &'static str = "reencryption";

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut record = Writer::new();
        record.byte(1).text(&self.id).ocid(&self.target).number(self.rewritten);
        record.option(self.cursor.as_ref(), |record, cursor| {
            record.text(cursor);
        });
        record.byte(number_of(&RunState::ALL, &self.state));
        record.finish()
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let read = || -> Result<Self, Malformed> {
            let mut record = Reader::new(bytes);
            if record.byte()? != 1 {
                return Err(Malformed);
            }
            let (id, target, rewritten) = (record.text()?.to_owned(), record.ocid()?, record.number()?);
            let cursor = record.option(|record| record.text().map(str::to_owned))?;
            let state = numbered(&RunState::ALL, record.byte()?)?;
            record.end()?;
            Ok(Self { id, target, cursor, rewritten, state })
        };
        // A record that cannot be read is one that was lost.
        read().ok()
    }
}
