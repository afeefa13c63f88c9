//! The secrets of one cluster, sealed and opened by decision.

use std::fmt;

use super::cluster::{Cluster, KeyOwner};
use super::failure::{Code, Failure};
use super::{Decided, Session, Trail};
use crate::audit::{Action, Entry, PathDigest};
use crate::decider::{Evidence, Operation, Permit, Request};
use crate::envelope::{
    Cause, Context, MasterKey, PLAINTEXT_LENGTH, Plaintext, Profile, Reading, RecogniseError, Rejected,
    kms_v1, recognise, seal, sealing_operation,
};
use crate::failpoint::Point;
use crate::ocid::Ocid;
use crate::store::{Expected, Listing, Revision, StoredValue, ValueKey};
use crate::vault::Purpose;

/// How often one value is tried when others write it too.
const REWRITES: usize = 8;
const RESOURCE: &str = "secrets";
const PREFIX: &str = "/registry/secrets/";

/// The name of a Kubernetes secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretName {
    namespace: String,
    name: String,
}

impl SecretName {
    /// Names a secret of a namespace.
    ///
    /// # Errors
    /// [`NoSecretName`] unless the namespace is a DNS label of at most 63 characters, and the name consists of such
    /// labels with dots between them, at most 253 characters in all.
    ///
    /// # Source
    /// RFC 1123, section 2.1; Kubernetes documentation, "Object Names and IDs", read 2026-08.
    pub fn new(namespace: &str, name: &str) -> Result<Self, NoSecretName> {
        let fits = is_label(namespace)
            && namespace.len() <= 63
            && name.len() <= 253
            && name.split('.').all(is_label);
        fits.then(|| Self { namespace: namespace.to_owned(), name: name.to_owned() }).ok_or(NoSecretName)
    }

    /// The namespace.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The name in its namespace.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The etcd key: `/registry/secrets/<namespace>/<name>`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{PREFIX}{}/{}", self.namespace, self.name)
    }

    fn of_path(path: &str) -> Option<Self> {
        let (namespace, name) = path.strip_prefix(PREFIX)?.split_once('/')?;
        Self::new(namespace, name).ok()
    }
}

fn is_label(text: &str) -> bool {
    let inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(inside) && !text.starts_with('-') && !text.ends_with('-')
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// A text that names no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret is named by lower-case letters, digits, `-` and `.`, in a namespace without `.`")]
pub struct NoSecretName;

/// What a write expects to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Write {
    /// Nothing.
    Create,
    /// The value of this write.
    Replace(Revision),
    /// Whatever is there when the write begins.
    Put,
}

/// A secret that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The write.
    pub revision: Revision,
    /// The key it is sealed under.
    pub key: Ocid,
    /// The version of it: the current one.
    pub version: Ocid,
}

/// A secret that was opened.
pub struct Secret {
    /// What it holds.
    pub plaintext: Plaintext,
    /// Whether a tag proved it.
    pub authenticated: bool,
    /// The write that made it.
    pub revision: Revision,
    /// The key it is sealed under.
    pub key: Ocid,
    /// The version of it.
    pub version: Ocid,
}

/// What came of sealing one value again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rewrite {
    Rewritten,
    Fresh,
    /// Somebody deleted it.
    Gone,
    /// Others wrote it again and again.
    Contended,
}

/// The secrets of a cluster, as one principal.
pub struct Secrets<'s> {
    session: &'s Session<'s>,
    cluster: Cluster,
}

impl Session<'_> {
    /// The secrets of a cluster.
    ///
    /// Any principal may ask for them; each operation then decides. Only the cluster itself is ever served.
    ///
    /// # Errors
    /// [`Code::NotAuthorizedOrNotFound`] when there is no such cluster.
    pub fn secrets(&self, cluster: &Ocid) -> Result<Secrets<'_>, Failure> {
        Ok(Secrets { session: self, cluster: self.engine.living_cluster(cluster)? })
    }
}

impl Secrets<'_> {
    /// Seals a secret and writes it.
    ///
    /// # Errors
    /// [`Code::NotAuthorizedOrNotFound`], [`Code::PolicyUnusable`], [`Code::KeyState`], [`Code::KeyGone`],
    /// [`Code::KeyShapeCannotEncrypt`], [`Code::TooLarge`], [`Code::WriteConflict`]; nothing is written then.
    pub fn put(
        &self,
        name: &SecretName,
        plaintext: &[u8],
        write: Write,
    ) -> Result<Decided<Written>, Failure> {
        let path = name.path();
        self.recorded(Action::Seal, &path, |_| self.try_put(&path, plaintext, write))
    }

    fn try_put(&self, path: &str, plaintext: &[u8], write: Write) -> Result<Decided<Written>, Failure> {
        let engine = self.session.engine;
        let at = self.at(path);
        if plaintext.len() > PLAINTEXT_LENGTH {
            return Err(Failure::new(Code::TooLarge, format!("{} bytes", plaintext.len())));
        }
        let expected = match write {
            Write::Create => Expected::Absent,
            Write::Replace(revision) => Expected::At(revision),
            Write::Put => match engine.values.get(at)? {
                Some(found) => Expected::At(found.revision),
                None => Expected::Absent,
            },
        };
        // Which operation sealing is depends on the shape of the key, which never changes.
        let shape = engine.find_key(&self.cluster.key.id)?.and_then(|key| key.shape.suite(key.protection));
        let operation = shape.map_or(Operation::GenerateDataEncryptionKey, sealing_operation);
        let permit = self.permit(operation, &self.cluster.key.id)?;
        let evidence = permit.evidence().clone();
        let master = engine.vaults.usable(&self.cluster.key.id, Purpose::Seal)?;
        let context = self.context(path);
        let value = seal(permit, &master, &context, self.cluster.profile, plaintext, &*engine.rng)?;
        let (key, version) = (master.key().clone(), master.version().clone());
        engine.failpoint.reach(Point::ValueSealed);
        let entry = self.entry(Action::Seal, path, &key, &version, evidence.clone());
        let revision = engine.values.put(at, expected, &value, &entry)?;
        Ok(Decided { value: Written { revision, key, version }, evidence: vec![evidence] })
    }

    /// Opens a secret; `None` when there is none of that name.
    ///
    /// # Errors
    /// [`Code::NoTransformer`], [`Code::CiphertextRejected`], [`Code::UnauthenticatedValue`],
    /// [`Code::NotAuthorizedOrNotFound`], [`Code::PolicyUnusable`], [`Code::KeyState`], [`Code::KeyGone`]. An opening
    /// that cannot be recorded fails with [`Code::BackendUnavailable`].
    pub fn get(&self, name: &SecretName) -> Result<Option<Decided<Secret>>, Failure> {
        let path = name.path();
        self.recorded(Action::Open, &path, |trail| self.try_get(&path, trail))
    }

    fn try_get(&self, path: &str, trail: &mut Trail) -> Result<Option<Decided<Secret>>, Failure> {
        let engine = self.session.engine;
        let Some(stored) = engine.values.get(self.at(path))? else {
            self.check_own()?;
            return Ok(None);
        };
        self.open(path, &stored, trail).map(Some)
    }

    /// Opens a stored value, and records that.
    fn open(&self, path: &str, stored: &StoredValue, trail: &mut Trail) -> Result<Decided<Secret>, Failure> {
        let (opened, entry) = self.unrecorded(path, stored, trail)?;
        self.session.engine.audit.append(&[entry])?;
        Ok(opened)
    }

    /// Opens a stored value. Nobody may be given it before the entry is in the log.
    pub(super) fn unrecorded(
        &self,
        path: &str,
        stored: &StoredValue,
        trail: &mut Trail,
    ) -> Result<(Decided<Secret>, Entry), Failure> {
        let engine = self.session.engine;
        if !kms_v1::is_of(&stored.bytes, &self.cluster.provider) {
            return Err(Failure::new(
                Code::NoTransformer,
                format!("the value does not start with the prefix of {}", self.cluster.provider.as_str()),
            ));
        }
        let context = self.context(path);
        let recognised =
            recognise(&stored.bytes, &context, self.reading()).map_err(|error| self.traced(error))?;
        let (key, version) = (recognised.key().clone(), recognised.version().clone());
        // A cluster has one key for its whole life. A value under another one was planted by somebody who holds that
        // key: whether this cluster may use it too is no matter.
        if key != self.cluster.key.id {
            return Err(self.traced(Rejected::at(Cause::Context).into()));
        }
        (trail.key, trail.version) = (Some(key.clone()), Some(version.clone()));
        let permit = self.permit(Operation::Decrypt, &key)?;
        let evidence = permit.evidence().clone();
        let authorised = recognised.authorise(permit)?;
        let master = engine.vaults.usable(&key, Purpose::Open { version: &version })?;
        let opened = authorised.unwrap(&master).and_then(|unwrapped| unwrapped.open());
        let opened = opened.map_err(|refusal| self.traced(refusal.into()))?;
        let entry = self.entry(Action::Open, path, &key, &version, evidence.clone());
        let value = Secret {
            plaintext: opened.plaintext,
            authenticated: opened.authenticated,
            revision: stored.revision,
            key,
            version,
        };
        Ok((Decided { value, evidence: vec![evidence] }, entry))
    }

    /// Seals one value again under the current version, unless it is fresh. What it holds does not change, and what
    /// others write in between is not lost.
    pub(super) fn rewrite(
        &self,
        path: &str,
        is_fresh: impl Fn(&StoredValue) -> bool,
    ) -> Result<Rewrite, Failure> {
        let failpoint = &self.session.engine.failpoint;
        for _ in 0..REWRITES {
            let Some(stored) = self.session.engine.values.get(self.at(path))? else {
                return Ok(Rewrite::Gone);
            };
            if is_fresh(&stored) {
                return Ok(Rewrite::Fresh);
            }
            failpoint.reach(Point::ValueRead);
            let opened = self.recorded(Action::Open, path, |trail| self.open(path, &stored, trail))?;
            let plaintext = opened.value.plaintext.as_bytes();
            let write = Write::Replace(stored.revision);
            match self.recorded(Action::Seal, path, |_| self.try_put(path, plaintext, write)) {
                Ok(_) => {
                    failpoint.reach(Point::ValueWritten);
                    return Ok(Rewrite::Rewritten);
                }
                Err(failure) if failure.code() == Code::WriteConflict => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(Rewrite::Contended)
    }

    /// All values as they are stored, secrets or not.
    pub(super) fn stored(&self) -> Result<Listing, Failure> {
        Ok(self.session.engine.values.list(&self.cluster.id, PREFIX)?)
    }

    /// The values written after a revision, as they are stored.
    pub(super) fn stored_since(&self, revision: Revision) -> Result<Vec<(String, StoredValue)>, Failure> {
        Ok(self.session.engine.values.written_since(&self.cluster.id, PREFIX, revision)?)
    }

    pub(super) fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Deletes a secret as it was at a revision. No key is needed, so a secret that does not open can go too.
    ///
    /// # Errors
    /// [`Code::NotAuthorizedOrNotFound`] unless the principal is the cluster; [`Code::WriteConflict`].
    pub fn delete(&self, name: &SecretName, revision: Revision) -> Result<Revision, Failure> {
        let path = name.path();
        self.recorded(Action::DeleteValue, &path, |_| {
            self.check_own()?;
            let entry = Entry {
                path: Some(PathDigest::of(&path)),
                ..self.session.entry(Action::DeleteValue, None, "ok")
            };
            Ok(self.session.engine.values.delete(self.at(&path), revision, &entry)?)
        })
    }

    /// The names of the secrets, of one namespace or of all, with the writes that made them.
    ///
    /// # Errors
    /// [`Code::NotAuthorizedOrNotFound`] unless the principal is the cluster; [`Code::BackendUnavailable`] when the store
    /// does not answer. No key is needed, so no policy is asked.
    pub fn list(&self, namespace: Option<&str>) -> Result<Vec<(SecretName, Revision)>, Failure> {
        self.check_own()?;
        let named = self.values(namespace)?.into_iter();
        Ok(named.map(|(name, _, value)| (name, value.revision)).collect())
    }

    /// The secrets of one namespace or of all as they are stored, all as of one revision: names, paths, values.
    pub(super) fn values(
        &self,
        namespace: Option<&str>,
    ) -> Result<Vec<(SecretName, String, StoredValue)>, Failure> {
        let prefix = namespace.map_or_else(|| PREFIX.to_owned(), |namespace| format!("{PREFIX}{namespace}/"));
        let listing = self.session.engine.values.list(&self.cluster.id, &prefix)?;
        let named = listing.values.into_iter();
        Ok(named.filter_map(|(path, value)| Some((SecretName::of_path(&path)?, path, value))).collect())
    }

    fn at<'a>(&'a self, path: &'a str) -> ValueKey<'a> {
        ValueKey { cluster: &self.cluster.id, path }
    }

    pub(super) fn context<'a>(&'a self, path: &'a str) -> Context<'a> {
        Context {
            cluster: &self.cluster.id,
            cluster_tenancy: &self.cluster.tenancy,
            key_tenancy: &self.cluster.key.tenancy,
            provider: &self.cluster.provider,
            resource: RESOURCE,
            path,
        }
    }

    fn reading(&self) -> Reading {
        match self.cluster.profile {
            Profile::Sealed => Reading::Strict,
            Profile::Compat => Reading::Lenient,
        }
    }

    /// A permit for the principal to use a key on this cluster's behalf.
    ///
    /// The decision comes first: whoever is not allowed learns nothing but that. That the principal must be the
    /// cluster itself is no matter of policy.
    pub(super) fn permit(&self, operation: Operation, key: &Ocid) -> Result<Permit, Failure> {
        let session = self.session;
        let found = session.engine.find_key(key)?;
        let target = session.key_target(key, found.as_ref());
        if self.cluster.key.owner == KeyOwner::Provider && *key == self.cluster.key.id {
            self.check_own()?;
            return Ok(Permit::provider_managed(Request {
                principal: session.principal.clone(),
                operation,
                target,
                include_plaintext_key: None,
                time: session.engine.clock.now(),
            }));
        }
        let permit = session.permit(operation, target)?;
        self.check_own()?;
        Ok(permit)
    }

    fn check_own(&self) -> Result<(), Failure> {
        if self.session.principal.ocid.as_ref() == Some(&self.cluster.id) {
            return Ok(());
        }
        Err(Failure::new(
            Code::NotAuthorizedOrNotFound,
            format!("only cluster {} itself seals and opens its secrets", self.cluster.name),
        ))
    }

    fn entry(&self, action: Action, path: &str, key: &Ocid, version: &Ocid, evidence: Evidence) -> Entry {
        Entry {
            key: Some(key.clone()),
            version: Some(version.clone()),
            path: Some(PathDigest::of(path)),
            ..self.session.entry(action, Some(evidence), "ok")
        }
    }

    /// Runs an operation, and records it where it fails. Where it succeeds it has recorded itself.
    fn recorded<T>(
        &self,
        action: Action,
        path: &str,
        operation: impl FnOnce(&mut Trail) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut trail = self.trail(path);
        let done = self.living().and_then(|()| operation(&mut trail));
        done.inspect_err(|failure| self.session.refused(action, &trail, failure))
    }

    pub(super) fn trail(&self, path: &str) -> Trail {
        Trail { path: Some(PathDigest::of(path)), ..Trail::of_key(Some(&self.cluster.key.id)) }
    }

    /// The cluster may be gone since these secrets were asked for.
    pub(super) fn living(&self) -> Result<(), Failure> {
        self.session.engine.living_cluster(&self.cluster.id).map(drop)
    }

    pub(super) fn session(&self) -> &Session<'_> {
        self.session
    }

    fn traced(&self, error: RecogniseError) -> Failure {
        if let (RecogniseError::Rejected(refusal), Some(trace)) = (&error, &self.session.engine.trace) {
            trace(refusal.cause());
        }
        error.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_named_as_in_kubernetes() {
        let name = SecretName::new("default", "db.password-1").unwrap();
        assert_eq!(name.path(), "/registry/secrets/default/db.password-1");
        assert_eq!(SecretName::of_path(&name.path()), Some(name));
        let long = "a".repeat(64);
        for (namespace, name) in [
            ("", "a"),
            ("default", ""),
            ("De", "a"),
            ("a.b", "a"),
            ("default", "a/b"),
            ("default", "-a"),
            ("default", "a..b"),
            (long.as_str(), "a"),
        ] {
            assert_eq!(SecretName::new(namespace, name), Err(NoSecretName), "{namespace}/{name}");
        }
    }
}
