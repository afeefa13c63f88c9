//! Opening all secrets of a cluster: one list instead of a read each, and one write to the audit log for many of them.
//!
//! ```text
//! list at one revision ▶ per batch: decision ▶ states ▶ unwrap ▶ tag ▶ CBC, padding, each value on its own
//!                                   ▶ their records, in one write ▶ the plaintexts
//! ```

use std::sync::atomic::{AtomicUsize, Ordering};

use super::failure::Failure;
use super::secrets::{Secret, SecretName, Secrets};
use super::{Decided, Trail};
use crate::audit::Action;
use crate::store::StoredValue;

/// How many openings are recorded in one write. Ten thousand secrets took 4 s when each one had its own read and write.
const BATCH: usize = 64;

/// What opening one secret came to.
pub type Opening = Result<Decided<Secret>, Failure>;

/// What stands in a list: name, path, value.
type Listed = (SecretName, String, StoredValue);

impl Secrets<'_> {
    /// Opens every secret of one namespace or of all, as they are in one list, and says how many there were.
    ///
    /// Each one is decided, and the states of its key are looked at, as [`Secrets::get`] does it. `each` is given what came
    /// of it, from several threads and in no order: a secret that does not open keeps no other from it. `workers` are as
    /// many threads as work on it, at least one.
    ///
    /// # Errors
    /// [`Code::BackendUnavailable`](super::Code::BackendUnavailable) when there is no list. What one secret comes to is
    /// what [`Secrets::get`] comes to; one that cannot be recorded fails, and with it those that share its write.
    pub fn open_all(
        &self,
        namespace: Option<&str>,
        workers: usize,
        each: &(dyn Fn(&SecretName, Opening) + Sync),
    ) -> Result<usize, Failure> {
        let values = self.values(namespace)?;
        let batches: Vec<&[Listed]> = values.chunks(BATCH).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                self.open_batch(batch, each);
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..workers.min(batches.len()) {
                // The system may have no more threads to give: those that are there do the work.
                if std::thread::Builder::new().spawn_scoped(scope, work).is_err() {
                    break;
                }
            }
            work();
        });
        Ok(values.len())
    }

    fn open_batch(&self, batch: &[Listed], each: &dyn Fn(&SecretName, Opening)) {
        let (mut opened, mut entries) = (Vec::new(), Vec::new());
        let refuse = |name: &SecretName, trail: &Trail, failure: Failure| {
            self.session().refused(Action::Open, trail, &failure);
            each(name, Err(failure));
        };
        for (name, path, stored) in batch {
            let mut trail = self.trail(path);
            match self.living().and_then(|()| self.unrecorded(path, stored, &mut trail)) {
                Ok((secret, entry)) => {
                    opened.push((name, trail, secret));
                    entries.push(entry);
                }
                Err(failure) => refuse(name, &trail, failure),
            }
        }
        if entries.is_empty() {
            return;
        }
        match self.session().engine.audit.append(&entries).map_err(Failure::from) {
            Ok(()) => opened.into_iter().for_each(|(name, _, secret)| each(name, Ok(secret))),
            Err(failure) => {
                opened.iter().for_each(|(name, trail, _)| refuse(name, trail, failure.clone()));
            }
        }
    }
}
