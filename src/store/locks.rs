//! Locks of a store that one process has open: a list of who has which.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::record::key as folded;
use super::{Held, LockError};
use crate::ocid::Ocid;

/// Who has which lock.
#[derive(Default)]
pub(super) struct Locks(Arc<Mutex<BTreeMap<String, String>>>);

impl Locks {
    pub(super) fn take(&self, cluster: &Ocid, owner: &str) -> Result<Box<dyn Held>, LockError> {
        let mut owners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cluster = folded(cluster);
        if let Some(other) = owners.get(&cluster) {
            return Err(LockError::Held(other.clone()));
        }
        owners.insert(cluster.clone(), owner.to_owned());
        Ok(Box::new(Taken { locks: self.0.clone(), cluster }))
    }
}

struct Taken {
    locks: Arc<Mutex<BTreeMap<String, String>>>,
    cluster: String,
}

impl Held for Taken {}

impl Drop for Taken {
    fn drop(&mut self) {
        self.locks.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.cluster);
    }
}
