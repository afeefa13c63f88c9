//! Retiring a key version: only when nothing is left under it.

use jiff::Timestamp;

use super::failure::{Code, Failure};
use super::run::{Run, RunState};
use super::{Decided, Session};
use crate::census::Census;
use crate::ocid::Ocid;
use crate::vault::KeyVersion;

impl Session<'_> {
    /// Schedules the deletion of a key version that no stored value of any cluster names, and no unfinished run.
    ///
    /// `force` goes ahead all the same where it is the version's own OCID, typed again: what is still sealed under the
    /// version is lost when it is deleted.
    ///
    /// # Errors
    /// [`Code::KeyState`] while values name it or a run is unfinished; else as
    /// [`Vaults::schedule_version_deletion`](crate::vault::Vaults::schedule_version_deletion).
    pub fn retire_version(
        &self,
        key: &Ocid,
        version: &Ocid,
        time: Option<Timestamp>,
        force: Option<&Ocid>,
    ) -> Result<Decided<KeyVersion>, Failure> {
        // Decided first: whoever may not see the key learns nothing about what is sealed under it.
        self.key(key)?;
        if force != Some(version) {
            self.check_unused(key, version)?;
        }
        self.schedule_version_deletion(key, version, time)
    }

    fn check_unused(&self, key: &Ocid, version: &Ocid) -> Result<(), Failure> {
        for cluster in self.engine.clusters()? {
            if cluster.deleted.is_some() || cluster.key.id != *key {
                continue;
            }
            let listing = self.engine.values.list(&cluster.id, "/registry/")?;
            let census = Census::of(&listing);
            let named = census.objects.iter().filter(|object| object.names(version)).count();
            if named > 0 {
                let explanation = format!("{named} values of cluster {} name {version}", cluster.name);
                return Err(Failure::new(Code::KeyState, explanation));
            }
            let run = self.engine.values.note(&cluster.id, Run::NOTE)?.and_then(|note| Run::decode(&note));
            if run.is_some_and(|run| run.state == RunState::Running) {
                let explanation = format!("the re-encryption of cluster {} is not finished", cluster.name);
                return Err(Failure::new(Code::KeyState, explanation));
            }
        }
        Ok(())
    }
}
