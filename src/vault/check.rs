//! Whether states allow an act.

use super::VaultError;
use super::lifecycle::Lifecycle;
use super::record::{Key, Vault, is_active};
use super::state::{Act, Outcome, outcome};
use crate::ocid::Ocid;

/// Whether vault and key allow an act on the key.
pub(super) fn check_key(vault: &Vault, key: &Key, act: Act) -> Result<(), VaultError> {
    if outcome(vault.lifecycle.state, act) == Outcome::Missing {
        check(&vault.id, &vault.lifecycle, act)?;
    }
    if !is_active(vault.lifecycle.state) {
        return Err(incorrect_state(&vault.id, &vault.lifecycle));
    }
    check(&key.id, &key.lifecycle, act)
}

pub(super) fn check(id: &Ocid, lifecycle: &Lifecycle, act: Act) -> Result<(), VaultError> {
    match outcome(lifecycle.state, act) {
        Outcome::Done | Outcome::Goes(_) => Ok(()),
        Outcome::Refused => Err(incorrect_state(id, lifecycle)),
        Outcome::Missing => Err(VaultError::Gone { id: id.clone(), since: lifecycle.since }),
    }
}

fn incorrect_state(id: &Ocid, lifecycle: &Lifecycle) -> VaultError {
    VaultError::State { id: id.clone(), state: lifecycle.state, since: lifecycle.since }
}
