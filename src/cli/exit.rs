//! Exit codes of all commands.

use std::process::ExitCode;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All is well, or the request is allowed.
    Fine,
    /// Findings at or above the failing severity, a test or expectation that failed, or a file that would change.
    Findings,
    /// Wrong arguments, or input that cannot be read.
    Usage,
    /// The request is denied.
    Denied,
    /// The answer depends on something nobody said.
    Indeterminate,
    /// A failure of the envelope engine, by its own number.
    Envelope(u8),
}

impl Exit {
    /// The number the shell sees.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Denied => 3,
            Self::Indeterminate => 4,
            Self::Envelope(code) => code,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
