//! Changing vaults, keys and versions that are there.

use jiff::{SignedDuration, Timestamp};

use super::VaultError;
use super::assumed;
use super::check::{check, check_key};
use super::lifecycle::{Lifecycle, Step};
use super::record::{AutoRotation, Key, KeyVersion, Vault};
use super::registry::Record;
use super::service::{About, Draft, Vaults};
use super::shape::VaultKind;
use super::state::{Act, Outcome};
use crate::audit::{Action, By};
use crate::ocid::Ocid;

/// How far ahead a deletion may be scheduled, in days of 24 hours: at least and at most.
pub const DELETION_DAYS: (i64, i64) = (7, 30);
/// How far ahead a deletion is scheduled where nobody says, in days.
pub const DELETION_DEFAULT_DAYS: i64 = 30;

impl Vaults {
    /// Puts a key into use.
    ///
    /// # Errors
    /// [`VaultError::State`] where the state table says 409, [`VaultError::Gone`] where it says 404; the same for the
    /// next ones.
    pub fn enable_key(&self, key: &Ocid, by: &By) -> Result<Key, VaultError> {
        self.act_on_key(key, Act::Enable, None, by)
    }

    /// Takes a key out of use.
    ///
    /// # Errors
    /// As [`Vaults::enable_key`].
    pub fn disable_key(&self, key: &Ocid, by: &By) -> Result<Key, VaultError> {
        self.act_on_key(key, Act::Disable, None, by)
    }

    /// Schedules the deletion of a key and all its versions; from now on it is unusable. `None` means 30 days ahead.
    ///
    /// # Errors
    /// As [`Vaults::enable_key`]; [`VaultError::DeletionTime`] when the time is not 7 to 30 days ahead.
    pub fn schedule_key_deletion(
        &self,
        key: &Ocid,
        time: Option<Timestamp>,
        by: &By,
    ) -> Result<Key, VaultError> {
        self.act_on_key(key, Act::ScheduleDeletion, time, by)
    }

    /// Cancels the deletion of a key: it goes back to the state it had.
    ///
    /// # Errors
    /// As [`Vaults::enable_key`].
    pub fn cancel_key_deletion(&self, key: &Ocid, by: &By) -> Result<Key, VaultError> {
        self.act_on_key(key, Act::CancelDeletion, None, by)
    }

    /// Gives a key another display name.
    ///
    /// # Errors
    /// As [`Vaults::enable_key`].
    pub fn rename_key(&self, key: &Ocid, name: &str, by: &By) -> Result<Key, VaultError> {
        self.update_key(key, by, |key| name.clone_into(&mut key.name))
    }

    /// Lets a key rotate by itself every so many days, or no longer.
    ///
    /// # Errors
    /// As [`Vaults::enable_key`]; [`VaultError::AutoRotation`] for a key outside a virtual private vault, and for fewer
    /// than 60 or more than 365 days.
    pub fn set_auto_rotation(&self, id: &Ocid, days: Option<u16>, by: &By) -> Result<Key, VaultError> {
        let (vault, _) = self.settled_key(id)?;
        let (least, most) = AutoRotation::DAYS;
        let fits = days.is_none_or(|days| (least..=most).contains(&days));
        if days.is_some() && (vault.kind != VaultKind::VirtualPrivate || !fits) {
            return Err(VaultError::AutoRotation);
        }
        let now = self.clock.now();
        self.update_key(id, by, |key| {
            key.auto_rotation = days.map(|days| {
                let rotation = AutoRotation { days, next: now };
                AutoRotation { next: rotation.after(now), ..rotation }
            });
        })
    }

    /// Moves a key into another compartment of its tenancy. `tenancy` is that of the compartment.
    ///
    /// # Errors
    /// As [`Vaults::enable_key`]; [`VaultError::OtherTenancy`].
    pub fn move_key(
        &self,
        key: &Ocid,
        compartment: &Ocid,
        tenancy: &Ocid,
        by: &By,
    ) -> Result<Key, VaultError> {
        let (_, found) = self.settled_key(key)?;
        // It never changes, so it can be looked at before.
        if found.tenancy != *tenancy {
            return Err(VaultError::OtherTenancy(compartment.clone()));
        }
        self.update_key(key, by, |key| key.compartment.clone_from(compartment))
    }

    /// Schedules the deletion of one version. Only what it encrypted becomes unreadable.
    ///
    /// # Errors
    /// As [`Vaults::schedule_key_deletion`]; [`VaultError::CurrentVersion`] for the current version.
    pub fn schedule_version_deletion(
        &self,
        key: &Ocid,
        version: &Ocid,
        time: Option<Timestamp>,
        by: &By,
    ) -> Result<KeyVersion, VaultError> {
        self.act_on_version(key, version, Act::ScheduleDeletion, time, by)
    }

    /// Cancels the deletion of one version.
    ///
    /// # Errors
    /// As [`Vaults::enable_key`].
    pub fn cancel_version_deletion(
        &self,
        key: &Ocid,
        version: &Ocid,
        by: &By,
    ) -> Result<KeyVersion, VaultError> {
        self.act_on_version(key, version, Act::CancelDeletion, None, by)
    }

    /// Schedules the deletion of a vault; its keys are pending deletion with it.
    ///
    /// # Errors
    /// As [`Vaults::schedule_key_deletion`].
    pub fn schedule_vault_deletion(
        &self,
        vault: &Ocid,
        time: Option<Timestamp>,
        by: &By,
    ) -> Result<Vault, VaultError> {
        self.act_on_vault(vault, Act::ScheduleDeletion, time, by)
    }

    /// Cancels the deletion of a vault; each of its keys has its own earlier state again.
    ///
    /// # Errors
    /// As [`Vaults::enable_key`].
    pub fn cancel_vault_deletion(&self, vault: &Ocid, by: &By) -> Result<Vault, VaultError> {
        self.act_on_vault(vault, Act::CancelDeletion, None, by)
    }

    fn act_on_vault(
        &self,
        id: &Ocid,
        act: Act,
        time: Option<Timestamp>,
        by: &By,
    ) -> Result<Vault, VaultError> {
        self.settled_vault(id)?;
        self.change(|draft| {
            let mut vault = self.find_vault(id)?;
            let steps = self.act(draft, &vault.id, &mut vault.lifecycle, act, time)?;
            draft.steps(by, About::Vault(&vault.id), &steps);
            draft.records.push(Record::Vault(vault.clone()));
            Ok(vault)
        })
    }

    fn act_on_key(&self, id: &Ocid, act: Act, time: Option<Timestamp>, by: &By) -> Result<Key, VaultError> {
        self.settled_key(id)?;
        self.change(|draft| {
            let (vault, mut key) = self.find_key(id)?;
            check_key(&vault, &key, act)?;
            let steps = self.act(draft, &key.id, &mut key.lifecycle, act, time)?;
            if !steps.is_empty() {
                draft.steps(by, About::Key(&key), &steps);
                draft.records.push(Record::Key(key.clone()));
            }
            Ok(key)
        })
    }

    fn act_on_version(
        &self,
        key: &Ocid,
        id: &Ocid,
        act: Act,
        time: Option<Timestamp>,
        by: &By,
    ) -> Result<KeyVersion, VaultError> {
        let (vault, found) = self.settled_key(key)?;
        self.settled_version(&vault, &found, id)?;
        self.change(|draft| {
            let (vault, key) = self.find_key(key)?;
            // The key must be one whose versions can be managed: in use, or out of use for a while.
            check_key(&vault, &key, Act::ScheduleDeletion)?;
            let mut version = self.find_version(&key, id)?;
            check(&version.id, &version.lifecycle, act)?;
            let is_coming = key.coming.as_ref().is_some_and(|coming| coming.version == version.id);
            let is_current = version.id == key.current_version || is_coming;
            if is_current
                && act == Act::ScheduleDeletion
                && assumed::CURRENT_VERSION_DELETION != Outcome::Done
            {
                return Err(VaultError::CurrentVersion(version.id));
            }
            let steps = self.act(draft, &version.id, &mut version.lifecycle, act, time)?;
            draft.steps(by, About::Version(&version), &steps);
            draft.records.push(Record::Version(version.clone()));
            Ok(version)
        })
    }

    fn update_key(&self, id: &Ocid, by: &By, update: impl Fn(&mut Key)) -> Result<Key, VaultError> {
        self.settled_key(id)?;
        self.change(|draft| {
            let (vault, mut key) = self.find_key(id)?;
            check_key(&vault, &key, Act::Update)?;
            update(&mut key);
            draft.say(Action::Manage, by, About::Key(&key), "updated".to_owned());
            draft.records.push(Record::Key(key.clone()));
            Ok(key)
        })
    }

    /// Acts on a lifecycle, and follows the states that last no time.
    fn act(
        &self,
        draft: &Draft,
        id: &Ocid,
        lifecycle: &mut Lifecycle,
        act: Act,
        time: Option<Timestamp>,
    ) -> Result<Vec<Step>, VaultError> {
        check(id, lifecycle, act)?;
        let time_of_deletion = deletion_time(draft.now, time)?;
        let from = lifecycle.state;
        lifecycle.act(act, draft.now, time_of_deletion, &self.timing);
        let mut steps = Vec::new();
        if lifecycle.state != from {
            let to = lifecycle.state;
            steps.push(Step { from, to, at: draft.now });
        }
        steps.extend(lifecycle.pass(draft.now, &self.timing));
        Ok(steps)
    }
}

/// The time a deletion is set for: as asked, or 30 days ahead.
fn deletion_time(now: Timestamp, asked: Option<Timestamp>) -> Result<Timestamp, VaultError> {
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    let Some(time) = asked else {
        let default = now.checked_add(days(DELETION_DEFAULT_DAYS));
        return default.map_err(|_| VaultError::DeletionTime(now));
    };
    let (least, most) = (days(DELETION_DAYS.0), days(DELETION_DAYS.1));
    let ahead = time.duration_since(now);
    let fits = if assumed::WINDOW_INCLUDES_ITS_ENDS {
        least <= ahead && ahead <= most
    } else {
        least < ahead && ahead < most
    };
    if fits { Ok(time) } else { Err(VaultError::DeletionTime(time)) }
}
