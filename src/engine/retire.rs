//! Retiring a key version: only when nothing is left under it.

use jiff::Timestamp;

use super::failure::{Code, Failure};
use super::run::{Run, RunState};
use super::{Decided, Session};
use crate::audit::{Action, Entry};
use crate::census::Census;
use crate::ocid::Ocid;
use crate::vault::KeyVersion;

impl Session<'_> {
    /// Schedules the deletion of a key version that no stored value of any cluster names, no recorded backup and no
    /// unfinished run.
    ///
    /// `force` goes ahead all the same where it is the version's own OCID, typed again: what is still sealed under the
    /// version is lost when it is deleted. What stood against it is then in the audit log.
    ///
    /// # Errors
    /// [`Code::KeyState`] while values or a backup name it or a run is unfinished; else as
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
        let unused = self.check_unused(key, version);
        if force != Some(version) {
            unused?;
        } else if let Err(use_of_it) = unused {
            let entry = Entry {
                key: Some(key.clone()),
                version: Some(version.clone()),
                note: format!("forced although {}", use_of_it.explain()),
                ..self.entry(Action::Manage, None, "ok")
            };
            self.engine.audit.append(&[entry])?;
        }
        self.schedule_version_deletion(key, version, time)
    }

    fn check_unused(&self, key: &Ocid, version: &Ocid) -> Result<(), Failure> {
        for cluster in self.engine.clusters()? {
            if cluster.deleted.is_some() || cluster.key.id != *key {
                continue;
            }
            if let Some(backup) = cluster.backups.iter().find(|backup| backup.versions.contains(version)) {
                let explanation =
                    format!("backup {} of cluster {} names {version}", backup.name, cluster.name);
                return Err(Failure::new(Code::KeyState, explanation));
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
