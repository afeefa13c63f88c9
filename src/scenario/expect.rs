//! What must come of a step.

use std::fmt;

use crate::engine::Code;

/// What must come of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Expected {
    /// `allowed`: it is done.
    Allowed,
    /// `absent`: it is done, and there is no such secret.
    Absent,
    /// A code of the engine; `denied` is short for `NOT_AUTHORIZED_OR_NOT_FOUND`.
    Refused(Code),
}

impl Expected {
    /// Every word files may use.
    pub(super) fn words() -> Vec<(&'static str, Self)> {
        let own = [
            ("allowed", Self::Allowed),
            ("absent", Self::Absent),
            ("denied", Self::Refused(Code::NotAuthorizedOrNotFound)),
        ];
        let codes = Code::ALL.into_iter().map(|code| (code.row().name, Self::Refused(code)));
        own.into_iter().chain(codes).collect()
    }

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Absent => "absent",
            Self::Refused(code) => code.row().name,
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
