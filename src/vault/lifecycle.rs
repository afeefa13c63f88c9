//! A state in time: since when it holds, when it ends by itself, and what a cancelled deletion goes back to.

use jiff::{SignedDuration, Timestamp};

use super::state::{Act, Outcome, State, outcome};

/// The state of a vault, key or version, and what is to come of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifecycle {
    /// The state.
    pub state: State,
    /// Since when.
    pub since: Timestamp,
    /// When it ends by itself; `None` for a state that lasts until somebody acts.
    pub until: Option<Timestamp>,
    /// The state a cancelled deletion goes back to; `None` where no deletion is under way.
    pub before: Option<State>,
    /// When it is deleted, or was; `None` where no deletion is under way.
    pub time_of_deletion: Option<Timestamp>,
}

/// How long the states last that end by themselves. By default no time at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timing {
    /// CREATING, of vaults and keys.
    pub creating: SignedDuration,
    /// ENABLING.
    pub enabling: SignedDuration,
    /// DISABLING.
    pub disabling: SignedDuration,
    /// SCHEDULING_DELETION.
    pub scheduling: SignedDuration,
    /// CANCELLING_DELETION.
    pub cancelling: SignedDuration,
    /// DELETING.
    pub deleting: SignedDuration,
    /// How long a new version is on its way to be the current one. Until then data is encrypted with the old one and the
    /// new one in turn, as the service may while a key is rotated; RSA keys, whose version the caller names, with the
    /// current one.
    pub rotating: SignedDuration,
}

/// One change of state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// From this state.
    pub from: State,
    /// To this one.
    pub to: State,
    /// At this time.
    pub at: Timestamp,
}

impl Lifecycle {
    /// Something that comes into being now.
    #[must_use]
    pub fn beginning(now: Timestamp, timing: &Timing) -> Self {
        let unborn =
            Self { state: State::Creating, since: now, until: None, before: None, time_of_deletion: None };
        unborn.entering(State::Creating, now, timing)
    }

    /// Whether its state has ended by itself by now.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// Lets time pass: follows the states that have ended by now, one after the other, and names the steps.
    pub fn pass(&mut self, now: Timestamp, timing: &Timing) -> Vec<Step> {
        let mut steps = Vec::new();
        while let (Some(at), true, Some(to)) = (self.until, self.is_due(now), self.successor()) {
            steps.push(self.go(to, at, timing));
        }
        steps
    }

    /// Tries an act that may change the state.
    ///
    /// A deletion is set for `time_of_deletion`, which the caller has checked.
    pub fn act(&mut self, act: Act, now: Timestamp, time_of_deletion: Timestamp, timing: &Timing) -> Outcome {
        let outcome = outcome(self.state, act);
        if let Outcome::Goes(next) = outcome {
            if next == State::SchedulingDeletion {
                self.before = Some(self.state);
                self.time_of_deletion = Some(time_of_deletion);
            }
            self.go(next, now, timing);
        }
        outcome
    }

    /// Goes to DELETED at once, because what it belongs to does.
    pub(super) fn delete_with(&mut self, at: Timestamp, timing: &Timing) -> Step {
        self.time_of_deletion = Some(at);
        self.go(State::Deleted, at, timing)
    }

    fn go(&mut self, to: State, at: Timestamp, timing: &Timing) -> Step {
        let from = self.state;
        *self = self.entering(to, at, timing);
        Step { from, to, at }
    }

    fn entering(self, state: State, at: Timestamp, timing: &Timing) -> Self {
        let after = |duration: SignedDuration| at.checked_add(duration).ok();
        let until = match state {
            State::Creating => after(timing.creating),
            State::Enabling => after(timing.enabling),
            State::Disabling => after(timing.disabling),
            State::SchedulingDeletion => after(timing.scheduling),
            State::CancellingDeletion => after(timing.cancelling),
            State::Deleting => after(timing.deleting),
            State::PendingDeletion => self.time_of_deletion,
            State::Enabled
            | State::Disabled
            | State::Updating
            | State::BackupInProgress
            | State::Restoring
            | State::Deleted => None,
        };
        let deletion_is_off = matches!(state, State::Enabled | State::Disabled);
        Self {
            state,
            since: at,
            until,
            before: self.before.filter(|_| !deletion_is_off),
            time_of_deletion: self.time_of_deletion.filter(|_| !deletion_is_off),
        }
    }

    /// The state that follows by itself.
    fn successor(&self) -> Option<State> {
        match self.state {
            State::Creating | State::Enabling => Some(State::Enabled),
            State::Disabling => Some(State::Disabled),
            State::SchedulingDeletion => Some(State::PendingDeletion),
            State::PendingDeletion => Some(State::Deleting),
            // What it was, and nothing better: a disabled key comes back disabled.
            State::CancellingDeletion => self.before,
            State::Deleting => Some(State::Deleted),
            State::Enabled
            | State::Disabled
            | State::Updating
            | State::BackupInProgress
            | State::Restoring
            | State::Deleted => None,
        }
    }
}
