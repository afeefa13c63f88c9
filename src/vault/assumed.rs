//! What we assume about the service because we cannot ask it: all of it, in one table, to be corrected here.

use super::state::{Act, Outcome, State};

/// One assumption.
#[derive(Debug, Clone, Copy)]
pub struct Assumption {
    /// Its name.
    pub id: &'static str,
    /// What is assumed.
    pub says: &'static str,
    /// The cells of the state table that rest on it.
    pub cells: &'static [(State, Act, Outcome)],
}

/// All assumptions about the service.
pub const ASSUMED: &[Assumption] = &[
    Assumption {
        id: "enable-enabled",
        says: "enabling an enabled key is accepted and changes nothing",
        cells: &[(State::Enabled, Act::Enable, Outcome::Done)],
    },
    Assumption {
        id: "disable-disabled",
        says: "disabling a disabled key is accepted and changes nothing",
        cells: &[(State::Disabled, Act::Disable, Outcome::Done)],
    },
    Assumption {
        id: "sign-disabled",
        says: "a disabled key neither signs nor verifies",
        cells: &[(State::Disabled, Act::Sign, Outcome::Refused)],
    },
    Assumption {
        id: "schedule-disabled",
        says: "the deletion of a disabled key can be scheduled",
        cells: &[(State::Disabled, Act::ScheduleDeletion, Outcome::Goes(State::SchedulingDeletion))],
    },
    Assumption {
        id: "crypto-while-updating",
        says: "a key that is being updated or backed up, or whose vault is, goes on working",
        cells: &[
            (State::Updating, Act::Encrypt, Outcome::Done),
            (State::Updating, Act::Decrypt, Outcome::Done),
            (State::Updating, Act::Sign, Outcome::Done),
            (State::BackupInProgress, Act::Encrypt, Outcome::Done),
            (State::BackupInProgress, Act::Decrypt, Outcome::Done),
            (State::BackupInProgress, Act::Sign, Outcome::Done),
        ],
    },
    Assumption {
        id: "schedule-pending",
        says: "a deletion that is pending cannot be scheduled again",
        cells: &[(State::PendingDeletion, Act::ScheduleDeletion, Outcome::Refused)],
    },
    Assumption {
        id: "cancel-deleting",
        says: "a deletion that has begun cannot be cancelled",
        cells: &[(State::Deleting, Act::CancelDeletion, Outcome::Refused)],
    },
    Assumption {
        id: "current-version-deletion",
        says: "the deletion of a key's current version cannot be scheduled: CURRENT_VERSION_DELETION",
        cells: &[],
    },
    Assumption {
        id: "deletion-window-ends",
        says: "a deletion exactly 7 or exactly 30 days ahead is accepted: WINDOW_INCLUDES_ITS_ENDS",
        cells: &[],
    },
    Assumption {
        id: "keys-of-a-pending-vault",
        says: "while a vault is not active its keys are in the vault's state, and nothing changes them one by one",
        cells: &[],
    },
    Assumption {
        id: "too-large-answer",
        says: "a request that is too large is answered with 413 RequestEntityTooLarge: TOO_LARGE",
        cells: &[],
    },
];

/// What comes of scheduling the deletion of a key's current version.
pub const CURRENT_VERSION_DELETION: Outcome = Outcome::Refused;

/// Whether exactly 7 and exactly 30 days are in the window of a deletion.
pub const WINDOW_INCLUDES_ITS_ENDS: bool = true;

/// The answer to what is too large: status and code.
pub const TOO_LARGE: (u16, &str) = (413, "RequestEntityTooLarge");

/// The assumed outcome of a cell; refused where there is no assumption.
pub(super) fn outcome(state: State, act: Act) -> Outcome {
    find(state, act).unwrap_or(Outcome::Refused)
}

#[cfg(test)]
pub(super) fn covers(state: State, act: Act) -> bool {
    find(state, act).is_some()
}

fn find(state: State, act: Act) -> Option<Outcome> {
    let mut cells = ASSUMED.iter().flat_map(|assumption| assumption.cells);
    let found = cells.find(|(of, column, _)| *of == state && *column == act);
    found.map(|(_, _, outcome)| *outcome)
}
