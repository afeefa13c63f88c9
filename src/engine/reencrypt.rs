//! Re-encryption: every value of a cluster under the current version of its key, and proof of it.
//!
//! ```text
//! lock ▶ list at one revision ▶ per page: rewrite what is not fresh ▶ remember how far ▶ … ▶ end of the pass
//!      ▶ list at R₂: all fresh? and nothing stale written since R₂? ── no ▶ another pass
//!                                                                   └─ yes ▶ report
//! ```
//! Fresh is a value whose blob names the current version of the cluster's key, has the cluster's profile and is bound to
//! its own path: that takes no key to see. At each instant each value is the old one or the new one, whole: a rewrite is
//! one write that compares. So the process may die anywhere; starting it again ends in the same state.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;

use super::Session;
use super::failure::{Code, Failure};
use super::run::{Run, RunState};
use super::secrets::{Rewrite, Secrets};
use crate::census::Census;
use crate::decider::Operation;
use crate::envelope::{Blob, kms_v1, sealing_operation};
use crate::failpoint::Point;
use crate::ocid::Ocid;
use crate::random;
use crate::store::StoredValue;
use crate::vault::VaultError;

/// How many passes are made while writers keep at it under older versions.
const PASSES: usize = 64;

/// How a re-encryption goes about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How many values lie between two records of progress: 1 or more.
    pub page: usize,
    /// How many values are worked on at once: 1 to [`Pace::MOST_WORKERS`], and no more whatever stands here.
    pub workers: usize,
    /// How long one value is tried while the store does not answer.
    pub patience: Duration,
}

impl Pace {
    /// The most values that are worked on at once: each one has a thread of its own.
    pub const MOST_WORKERS: usize = 64;
}

impl Default for Pace {
    fn default() -> Self {
        Self { page: 500, workers: 8, patience: Duration::from_secs(60) }
    }
}

/// How far a pass has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Values looked at.
    pub done: usize,
    /// Values there were when the pass began.
    pub of: usize,
}

/// What came of a re-encryption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reencrypted {
    /// How it ended, and under which version.
    pub run: Run,
    /// How many values this process wrote.
    pub rewritten: u64,
    /// Paths that could not be opened, and why; the run is incomplete then.
    pub unreadable: Vec<(String, Code)>,
    /// What is stored, as of the verification.
    pub census: Census,
    /// How long it took.
    pub took: SignedDuration,
}

impl Session<'_> {
    /// Seals every value of a cluster that is not fresh again under the current version of its key.
    ///
    /// `told` hears of the progress, from one thread at a time.
    ///
    /// # Errors
    /// [`Code::NotAuthorizedOrNotFound`] when this principal may not seal and open for the cluster;
    /// [`Code::WriteConflict`] while somebody else is at it; [`Code::KeyState`]; [`Code::BackendUnavailable`].
    pub fn reencrypt(
        &self,
        cluster: &Ocid,
        pace: Pace,
        told: &(dyn Fn(Progress) + Sync),
    ) -> Result<Reencrypted, Failure> {
        let begun = self.engine.clock.now();
        let secrets = self.secrets(cluster)?;
        self.check_may(&secrets)?;
        let id = hex(&random::array::<8>(&*self.engine.rng)?);
        let _held = self.engine.values.lock(cluster, &id)?;
        let mut work = Work { session: self, secrets, pace, told, rewritten: 0, note: None };
        let (run, unreadable, census) = work.until_fresh(id)?;
        let took = self.engine.clock.now().duration_since(begun);
        Ok(Reencrypted { run, rewritten: work.rewritten, unreadable, census, took })
    }

    /// How far the newest re-encryption of a cluster has come; `None` where there was none.
    ///
    /// # Errors
    /// [`Code::BackendUnavailable`] when the store does not answer.
    pub fn reencryption(&self, cluster: &Ocid) -> Result<Option<Run>, Failure> {
        let note = self.engine.values.note(cluster, Run::NOTE)?;
        Ok(note.and_then(|note| Run::decode(&note)))
    }

    /// Asked before the first value is touched, so that whoever may not is told so once and not for each value.
    fn check_may(&self, secrets: &Secrets<'_>) -> Result<(), Failure> {
        let id = &secrets.cluster().key.id;
        let suite = self.engine.find_key(id)?.and_then(|key| key.shape.suite(key.protection));
        let sealing = suite.map_or(Operation::GenerateDataEncryptionKey, sealing_operation);
        for operation in [sealing, Operation::Decrypt] {
            secrets.permit(operation, id)?;
        }
        self.engine.vaults.usable(id, crate::vault::Purpose::Seal)?;
        Ok(())
    }
}

struct Work<'s> {
    session: &'s Session<'s>,
    secrets: Secrets<'s>,
    pace: Pace,
    told: &'s (dyn Fn(Progress) + Sync),
    rewritten: u64,
    /// What the record says, so that a run that changes nothing writes nothing.
    note: Option<Run>,
}

/// How many values of a page were written, which ones do not open, and why the store was given up.
type PageDone = (u64, Vec<(String, Code)>, Option<Failure>);

type Ended = (Run, Vec<(String, Code)>, Census);

impl Work<'_> {
    fn until_fresh(&mut self, id: String) -> Result<Ended, Failure> {
        self.note = self.session.reencryption(&self.secrets.cluster().id)?;
        let resumed = self.note.clone().filter(|run| run.state == RunState::Running);
        let mut run = match resumed {
            Some(run) => run,
            None => Run { id, target: self.current()?, cursor: None, rewritten: 0, state: RunState::Running },
        };
        for _ in 0..PASSES {
            let current = self.current()?;
            if run.target != current {
                // Rotated in between: everything is to be looked at again.
                run = Run { target: current, cursor: None, ..run };
            }
            let unreadable = self.pass(&mut run)?;
            self.session.engine.failpoint.reach(Point::BeforeVerification);
            if let Some(census) = self.verified(&run.target, &unreadable)? {
                self.session.engine.failpoint.reach(Point::Verified);
                run.state = if unreadable.is_empty() { RunState::Complete } else { RunState::Incomplete };
                self.remember(&run)?;
                return Ok((run, unreadable, census));
            }
            run.cursor = None;
        }
        let explanation = "values under older versions were written faster than they could be sealed again";
        Err(Failure::new(Code::WriteConflict, explanation))
    }

    /// Looks at every value once, from the cursor on.
    fn pass(&mut self, run: &mut Run) -> Result<Vec<(String, Code)>, Failure> {
        let listing = self.secrets.stored()?;
        let of = listing.values.len();
        let from = match &run.cursor {
            Some(cursor) => listing.values.partition_point(|(path, _)| path <= cursor),
            None => 0,
        };
        // What stands before the cursor was done by a process that was killed; what it could not open is found by the
        // verification, which looks at everything.
        let left = listing.values.get(from..).unwrap_or_default();
        let mut unreadable = Vec::new();
        let mut done = from;
        for page in left.chunks(self.pace.page.max(1)) {
            let (rewritten, failed) = self.page(&run.target, page)?;
            self.rewritten += rewritten;
            run.rewritten += rewritten;
            unreadable.extend(failed);
            done += page.len();
            (self.told)(Progress { done, of });
            run.cursor = page.last().map(|(path, _)| path.clone());
            if rewritten > 0 {
                self.remember(run)?;
            }
            self.session.engine.failpoint.reach(Point::PageDone);
        }
        if from > 0 {
            // The unreadable ones before the cursor belong to the report too.
            let before = listing.values.get(..from).unwrap_or_default();
            let (rewritten, failed) = self.page(&run.target, before)?;
            self.rewritten += rewritten;
            run.rewritten += rewritten;
            unreadable.extend(failed);
        }
        unreadable.sort();
        Ok(unreadable)
    }

    /// Works on the values of one page at once; the failures are sorted by path when the pass ends.
    fn page(
        &self,
        target: &Ocid,
        page: &[(String, StoredValue)],
    ) -> Result<(u64, Vec<(String, Code)>), Failure> {
        let next = AtomicUsize::new(0);
        let outcome: Mutex<PageDone> = Mutex::default();
        let work = || {
            while let Some((path, stored)) = page.get(next.fetch_add(1, Ordering::Relaxed)) {
                if self.is_fresh(target, path, stored) {
                    continue;
                }
                let rewritten = self.patiently(target, path);
                let mut outcome = outcome.lock().unwrap_or_else(PoisonError::into_inner);
                match rewritten {
                    Ok(Rewrite::Rewritten) => outcome.0 += 1,
                    Ok(Rewrite::Fresh | Rewrite::Gone | Rewrite::Contended) => {}
                    Err(failure) if failure.code() == Code::BackendUnavailable => {
                        outcome.2 = Some(failure);
                        return;
                    }
                    Err(failure) => outcome.1.push((path.clone(), failure.code())),
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..self.pace.workers.min(Pace::MOST_WORKERS) {
                // The system may have no more threads to give: those that are there do the work.
                if std::thread::Builder::new().spawn_scoped(scope, work).is_err() {
                    break;
                }
            }
            work();
        });
        let (rewritten, failed, broken) = outcome.into_inner().unwrap_or_else(PoisonError::into_inner);
        broken.map_or(Ok((rewritten, failed)), Err)
    }

    /// Tries one value until the store answers, or patience runs out.
    fn patiently(&self, target: &Ocid, path: &str) -> Result<Rewrite, Failure> {
        let begun = std::time::Instant::now();
        loop {
            match self.secrets.rewrite(path, |stored| self.is_fresh(target, path, stored)) {
                Err(failure)
                    if failure.code() == Code::BackendUnavailable && begun.elapsed() < self.pace.patience =>
                {
                    std::thread::sleep(Duration::from_millis(100));
                }
                done => return done,
            }
        }
    }

    /// What is stored, if every value but the unreadable ones is fresh and nothing stale was written since.
    fn verified(&self, target: &Ocid, unreadable: &[(String, Code)]) -> Result<Option<Census>, Failure> {
        if self.current()? != *target {
            return Ok(None);
        }
        let excused = |path: &str| unreadable.binary_search_by(|(other, _)| other.as_str().cmp(path)).is_ok();
        let listing = self.secrets.stored()?;
        let fresh =
            |(path, stored): &(String, StoredValue)| excused(path) || self.is_fresh(target, path, stored);
        if !listing.values.iter().all(fresh) {
            return Ok(None);
        }
        let since = self.secrets.stored_since(listing.revision)?;
        Ok(since.iter().all(fresh).then(|| Census::of(&listing)))
    }

    fn is_fresh(&self, target: &Ocid, path: &str, stored: &StoredValue) -> bool {
        let cluster = self.secrets.cluster();
        let Ok(value) = kms_v1::Value::parse(&stored.bytes, &cluster.provider) else { return false };
        let Ok(blob) = Blob::parse(value.blob) else { return false };
        let context = self.secrets.context(path).digest(blob.flags);
        blob.flags == cluster.profile.flags()
            && Ocid::parse(blob.key).is_ok_and(|key| key == cluster.key.id)
            && Ocid::parse(blob.version).is_ok_and(|version| version == *target)
            && context.is_ok_and(|context| context.matches(blob.context))
    }

    fn current(&self) -> Result<Ocid, Failure> {
        let key = self.session.engine.vaults.key(&self.secrets.cluster().key.id)?;
        match key.coming {
            // Until then new data goes under either version, and nothing would be fresh for long.
            Some(coming) => Err(VaultError::Rotating(coming).into()),
            None => Ok(key.current_version),
        }
    }

    fn remember(&mut self, run: &Run) -> Result<(), Failure> {
        // The same end as before is no news, whoever came to it.
        let is_news = self.note.as_ref().is_none_or(|note| {
            (&note.target, note.state, &note.cursor) != (&run.target, run.state, &run.cursor)
        });
        if is_news {
            self.session.engine.values.keep_note(&self.secrets.cluster().id, Run::NOTE, &run.encode())?;
            self.note = Some(run.clone());
        }
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
