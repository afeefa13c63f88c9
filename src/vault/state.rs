//! The states of vaults, keys and key versions, and what may be done in each: one table.
//!
//! # Source
//! Oracle Vault documentation and API reference, "Lifecycle state" of Vault, Key and KeyVersion, read 2026-08; cells
//! that are not documented are in [`super::assumed`].

use std::fmt;

use super::assumed;

/// A lifecycle state of a key.
///
/// Vaults and key versions use the ones they have: a version is never updated, backed up or restored; a vault's
/// `ACTIVE` is [`State::Enabled`], and it is never disabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// On its way into being.
    Creating,
    /// On its way into use.
    Enabling,
    /// In use.
    Enabled,
    /// On its way out of use.
    Disabling,
    /// Out of use, until it is enabled.
    Disabled,
    /// Being changed; usable.
    Updating,
    /// Being backed up; usable.
    BackupInProgress,
    /// Being restored from a backup.
    Restoring,
    /// On its way to pending deletion.
    SchedulingDeletion,
    /// Unusable; deleted when its time comes, unless that is cancelled.
    PendingDeletion,
    /// On its way back to the state it had.
    CancellingDeletion,
    /// Being deleted; there is no way back.
    Deleting,
    /// Deleted. A tombstone without material remains.
    Deleted,
}

impl State {
    /// All states, in the order of the documentation.
    pub const ALL: [Self; 13] = [
        Self::Creating,
        Self::Enabling,
        Self::Enabled,
        Self::Disabling,
        Self::Disabled,
        Self::Updating,
        Self::BackupInProgress,
        Self::Restoring,
        Self::SchedulingDeletion,
        Self::PendingDeletion,
        Self::CancellingDeletion,
        Self::Deleting,
        Self::Deleted,
    ];

    /// The service's name of the state of a key or version.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Creating => "CREATING",
            Self::Enabling => "ENABLING",
            Self::Enabled => "ENABLED",
            Self::Disabling => "DISABLING",
            Self::Disabled => "DISABLED",
            Self::Updating => "UPDATING",
            Self::BackupInProgress => "BACKUP_IN_PROGRESS",
            Self::Restoring => "RESTORING",
            Self::SchedulingDeletion => "SCHEDULING_DELETION",
            Self::PendingDeletion => "PENDING_DELETION",
            Self::CancellingDeletion => "CANCELLING_DELETION",
            Self::Deleting => "DELETING",
            Self::Deleted => "DELETED",
        }
    }

    /// The service's name of the state of a vault.
    #[must_use]
    pub const fn of_vault(self) -> &'static str {
        if matches!(self, Self::Enabled) { "ACTIVE" } else { self.as_str() }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What may be tried with a vault, key or version: the columns of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Encrypt, generate a data encryption key.
    Encrypt,
    /// Decrypt.
    Decrypt,
    /// Sign, verify.
    Sign,
    /// Make a new key version; in a vault, make a key.
    NewVersion,
    /// Enable.
    Enable,
    /// Disable.
    Disable,
    /// Update, move to another compartment.
    Update,
    /// Schedule the deletion.
    ScheduleDeletion,
    /// Cancel the deletion.
    CancelDeletion,
    /// Get, list.
    Get,
}

impl Act {
    /// All acts, in the order of the table's columns.
    pub const ALL: [Self; 10] = [
        Self::Encrypt,
        Self::Decrypt,
        Self::Sign,
        Self::NewVersion,
        Self::Enable,
        Self::Disable,
        Self::Update,
        Self::ScheduleDeletion,
        Self::CancelDeletion,
        Self::Get,
    ];
}

/// What comes of an act in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It is done, and the state stays.
    Done,
    /// It is done, and the state becomes this one.
    Goes(State),
    /// 409 IncorrectState.
    Refused,
    /// 404: there is nothing left to act on.
    Missing,
}

/// What comes of an act in a state.
///
/// # Example
/// ```
/// use ocipol::vault::{Act, Outcome, State, outcome};
/// assert_eq!(outcome(State::Enabled, Act::Encrypt), Outcome::Done);
/// assert_eq!(outcome(State::Disabled, Act::Enable), Outcome::Goes(State::Enabling));
/// assert_eq!(outcome(State::PendingDeletion, Act::Decrypt), Outcome::Refused);
/// ```
#[must_use]
pub fn outcome(state: State, act: Act) -> Outcome {
    let row = TABLE.iter().find(|(of, _)| *of == state);
    let cell = row.and_then(|(_, cells)| Act::ALL.iter().zip(cells).find(|(column, _)| **column == act));
    match cell {
        Some((_, Cell::Documented(outcome))) => *outcome,
        Some((_, Cell::Assumed)) => assumed::outcome(state, act),
        // Invariant: the table has a row for each state and a cell for each act.
        None => Outcome::Refused,
    }
}

/// A cell of the table.
#[derive(Clone, Copy)]
enum Cell {
    /// Documented by the service, or decided by us.
    Documented(Outcome),
    /// Assumed: the outcome is in the table of assumptions.
    Assumed,
}

const OK: Cell = Cell::Documented(Outcome::Done);
const NO: Cell = Cell::Documented(Outcome::Refused);
const NF: Cell = Cell::Documented(Outcome::Missing);
const AS: Cell = Cell::Assumed;
const ENABLING: Cell = Cell::Documented(Outcome::Goes(State::Enabling));
const DISABLING: Cell = Cell::Documented(Outcome::Goes(State::Disabling));
const SCHEDULING: Cell = Cell::Documented(Outcome::Goes(State::SchedulingDeletion));
const CANCELLING: Cell = Cell::Documented(Outcome::Goes(State::CancellingDeletion));

#[rustfmt::skip]
const TABLE: [(State, [Cell; 10]); 13] = [
    //                          Encrypt Decrypt Sign Version Enable   Disable    Update Schedule    Cancel      Get
    (State::Creating,           [NO,    NO,     NO,  NO,     NO,       NO,        OK,    NO,         NO,         OK]),
    (State::Enabling,           [NO,    NO,     NO,  NO,     NO,       NO,        NO,    NO,         NO,         OK]),
    (State::Enabled,            [OK,    OK,     OK,  OK,     AS,       DISABLING, OK,    SCHEDULING, NO,         OK]),
    (State::Disabling,          [NO,    NO,     NO,  NO,     NO,       NO,        NO,    NO,         NO,         OK]),
    (State::Disabled,           [NO,    NO,     AS,  NO,     ENABLING, AS,        NO,    AS,         NO,         OK]),
    (State::Updating,           [AS,    AS,     AS,  NO,     NO,       NO,        NO,    NO,         NO,         OK]),
    (State::BackupInProgress,   [AS,    AS,     AS,  NO,     NO,       NO,        NO,    NO,         NO,         OK]),
    (State::Restoring,          [NO,    NO,     NO,  NO,     NO,       NO,        NO,    NO,         NO,         OK]),
    (State::SchedulingDeletion, [NO,    NO,     NO,  NO,     NO,       NO,        NO,    NO,         NO,         OK]),
    (State::PendingDeletion,    [NO,    NO,     NO,  NO,     NO,       NO,        NO,    AS,         CANCELLING, OK]),
    (State::CancellingDeletion, [NO,    NO,     NO,  NO,     NO,       NO,        NO,    NO,         NO,         OK]),
    (State::Deleting,           [NO,    NO,     NO,  NO,     NO,       NO,        NO,    NO,         AS,         OK]),
    (State::Deleted,            [NF,    NF,     NF,  NF,     NF,       NF,        NF,    NF,         NF,         OK]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_each_state_once_and_each_assumed_cell_an_assumption() {
        let rows: Vec<State> = TABLE.iter().map(|(state, _)| *state).collect();
        assert_eq!(rows, State::ALL);
        let mut assumed_cells = 0;
        for (state, cells) in TABLE {
            for (act, cell) in Act::ALL.into_iter().zip(cells) {
                let is_assumed = matches!(cell, Cell::Assumed);
                assert_eq!(assumed::covers(state, act), is_assumed, "{state} {act:?}");
                assumed_cells += usize::from(is_assumed);
            }
        }
        assert_eq!(assumed_cells, 12);
    }
}
