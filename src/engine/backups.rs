//! Backups of a cluster's values: recorded, so that no key version they need is retired.

use super::cluster::Backup;
use super::failure::{Code, Failure};
use super::{Cluster, Session, Trail};
use crate::audit::{Action, Entry};
use crate::ocid::Ocid;

/// The longest name of a backup, in bytes.
const NAME_LENGTH: usize = 255;

/// As with other changes to a cluster, who may is not decided here: retiring a version, which a backup stands against, is.
impl Session<'_> {
    /// Records that a backup of a cluster's values is made now, with the key versions they name.
    ///
    /// Nothing is copied: the values are whatever the backup of the store holds. Until it is forgotten, none of those
    /// versions can be retired. No key is needed.
    ///
    /// # Errors
    /// [`Code::InvalidParameter`] for a name that is taken, empty or over 255 bytes; [`Code::NotAuthorizedOrNotFound`]
    /// when there is no such cluster.
    pub fn record_backup(&self, cluster: &Ocid, name: &str) -> Result<Backup, Failure> {
        let recorded = self.own_cluster(cluster).and_then(|before| {
            let mut cluster = before.clone();
            if name.is_empty() || name.len() > NAME_LENGTH {
                let explanation = format!("a backup has a name of 1 to {NAME_LENGTH} bytes");
                return Err(Failure::new(Code::InvalidParameter, explanation));
            }
            let place = cluster.backups.binary_search_by(|backup| backup.name.as_str().cmp(name));
            let Err(place) = place else {
                let explanation = format!("cluster {} has a backup `{name}`", cluster.name);
                return Err(Failure::new(Code::InvalidParameter, explanation));
            };
            let census = self.engine.census(&cluster.id)?;
            let named = census.objects.iter().filter_map(|object| object.version.as_deref());
            let mut versions: Vec<Ocid> = named.filter_map(|version| Ocid::parse(version).ok()).collect();
            versions.sort();
            versions.dedup();
            let backup = Backup {
                name: name.to_owned(),
                taken: self.engine.clock.now(),
                revision: census.revision,
                versions,
            };
            cluster.backups.insert(place, backup.clone());
            self.keep_backups(&before, &cluster, &format!("backup {name} recorded"))?;
            Ok(backup)
        });
        recorded.inspect_err(|failure| self.refused(Action::UpdateCluster, &Trail::default(), failure))
    }

    /// The recorded backups of a cluster, by name.
    ///
    /// # Errors
    /// [`Code::NotAuthorizedOrNotFound`] when there is no such cluster.
    pub fn backups(&self, cluster: &Ocid) -> Result<Vec<Backup>, Failure> {
        self.own_cluster(cluster).map(|cluster| cluster.backups)
    }

    /// Forgets a backup, because it is gone or nobody will restore it.
    ///
    /// # Errors
    /// [`Code::NotAuthorizedOrNotFound`] when there is no such cluster or backup.
    pub fn forget_backup(&self, cluster: &Ocid, name: &str) -> Result<Backup, Failure> {
        let forgotten = self.own_cluster(cluster).and_then(|before| {
            let mut cluster = before.clone();
            let Some(place) = cluster.backups.iter().position(|backup| backup.name == name) else {
                let explanation = format!("cluster {} has no backup `{name}`", cluster.name);
                return Err(Failure::new(Code::NotAuthorizedOrNotFound, explanation));
            };
            let backup = cluster.backups.remove(place);
            self.keep_backups(&before, &cluster, &format!("backup {name} forgotten"))?;
            Ok(backup)
        });
        forgotten.inspect_err(|failure| self.refused(Action::UpdateCluster, &Trail::default(), failure))
    }

    fn keep_backups(&self, before: &Cluster, cluster: &Cluster, what: &str) -> Result<(), Failure> {
        let entry = Entry {
            key: Some(cluster.key.id.clone()),
            note: format!("{}: {what}", cluster.id),
            ..self.entry(Action::UpdateCluster, None, "ok")
        };
        Ok(self.engine.clusters.keep_cluster(Some(before), cluster, &entry)?)
    }
}
