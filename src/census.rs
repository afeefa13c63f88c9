//! What is stored, told without any key.
//!
//! Every stored form names what made it in clear: the provider in the prefix, and in a blob of ours the suite, the key and
//! its version. So a scan of etcd tells which version protects what, and a report can be checked again by anybody who can
//! read etcd. Names, namespaces and sizes are in clear too: nothing here protects them.
//!
//! # Example
//! ```
//! use ocipol::census::{Form, inspect};
//! assert_eq!(inspect(b"{\"password\":\"hunter2\"}").form, Form::Plain);
//! ```

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::envelope::{Blob, Flags, ProviderName, Suite, kms_v1};
use crate::ocid::Ocid;
use crate::store::{Listing, Revision};

/// What a stored value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// A plaintext.
    Plain,
    /// `aescbc`
    AesCbc,
    /// `aesgcm`
    AesGcm,
    /// `secretbox`
    Secretbox,
    /// KMS v1 with a blob of ours, sealed.
    Sealed,
    /// KMS v1 with a blob of ours and no tag.
    Compat,
    /// KMS v1 with a blob of somebody else's.
    KmsV1,
    /// KMS v2.
    KmsV2,
    /// It says that it is encrypted, and nothing else that is known.
    Unknown,
}

impl Form {
    /// All forms.
    pub const ALL: [Self; 9] = [
        Self::Plain,
        Self::AesCbc,
        Self::AesGcm,
        Self::Secretbox,
        Self::Sealed,
        Self::Compat,
        Self::KmsV1,
        Self::KmsV2,
        Self::Unknown,
    ];

    /// The form of a word, where there is one.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.as_str() == word)
    }

    /// In one word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::AesCbc => "aescbc",
            Self::AesGcm => "aesgcm",
            Self::Secretbox => "secretbox",
            Self::Sealed => "sealed",
            Self::Compat => "compat",
            Self::KmsV1 => "kms-v1",
            Self::KmsV2 => "kms-v2",
            Self::Unknown => "unknown",
        }
    }
}

/// What a stored value says about itself. Nothing of it is proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// What it is.
    pub form: Form,
    /// The name in its prefix; `None` for plaintexts.
    pub provider: Option<String>,
    /// How its content key is wrapped; `None` unless the blob is ours, and so for the next ones.
    pub suite: Option<Suite>,
    /// The master key.
    pub key: Option<String>,
    /// The version of it. Under KMS v2, the key id.
    pub version: Option<String>,
    /// The digest of what it is bound to, in hex.
    pub context: Option<String>,
    /// Its length in bytes.
    pub size: usize,
}

/// Looks at a stored value.
#[must_use]
pub fn inspect(bytes: &[u8]) -> Inspection {
    let mut found = Inspection {
        form: Form::Plain,
        provider: None,
        suite: None,
        key: None,
        version: None,
        context: None,
        size: bytes.len(),
    };
    let Some(rest) = bytes.strip_prefix(b"k8s:enc:") else { return found };
    found.form = Form::Unknown;
    for (prefix, form) in [
        (&b"aescbc:v1:"[..], Form::AesCbc),
        (b"aesgcm:v1:", Form::AesGcm),
        (b"secretbox:v1:", Form::Secretbox),
        (b"kms:v1:", Form::KmsV1),
        (b"kms:v2:", Form::KmsV2),
    ] {
        let Some(rest) = rest.strip_prefix(prefix) else { continue };
        found.form = form;
        let names = names(rest);
        found.provider = names.first().map(|name| (*name).to_owned());
        match form {
            Form::KmsV1 => kms_v1_blob(&mut found, bytes, &names),
            Form::KmsV2 => {
                let provider = names.first().and_then(|name| ProviderName::new(name).ok());
                let object = provider
                    .and_then(|name| crate::envelope::kms_v2::EncryptedObject::parse(bytes, &name).ok());
                found.version = object.map(|object| object.key_id);
            }
            Form::Plain
            | Form::AesCbc
            | Form::AesGcm
            | Form::Secretbox
            | Form::Sealed
            | Form::Compat
            | Form::Unknown => {}
        }
    }
    found
}

/// Everything that may be the name: a name under v1 may hold colons, so each one may be the end.
fn names(rest: &[u8]) -> Vec<&str> {
    let front = rest.get(..rest.len().min(256)).unwrap_or_default();
    let ends = front.iter().enumerate().filter(|(_, byte)| **byte == b':').map(|(at, _)| at);
    ends.filter_map(|end| std::str::from_utf8(front.get(..end)?).ok()).take(16).collect()
}

fn kms_v1_blob(found: &mut Inspection, bytes: &[u8], names: &[&str]) {
    for name in names {
        let Ok(provider) = ProviderName::new(name) else { continue };
        let Ok(frame) = kms_v1::Frame::parse(bytes, &provider) else { continue };
        let Ok(blob) = Blob::parse(frame.blob) else { continue };
        found.form = match blob.flags {
            Flags::Sealed => Form::Sealed,
            Flags::Plain | Flags::Path => Form::Compat,
        };
        found.provider = Some((*name).to_owned());
        found.suite = Some(blob.suite);
        found.key = Some(blob.key.to_owned());
        found.version = Some(blob.version.to_owned());
        found.context = Some(blob.context.iter().map(|byte| format!("{byte:02x}")).collect());
        return;
    }
}

/// One stored value in a census.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its path.
    pub path: String,
    /// The write that made it.
    pub revision: Revision,
    /// What it is.
    pub form: Form,
    /// The name in its prefix.
    pub provider: Option<String>,
    /// The key version it names.
    pub version: Option<String>,
}

impl Object {
    /// Whether it names this key version, in whatever case its OCID is written there.
    #[must_use]
    pub fn names(&self, version: &Ocid) -> bool {
        let named = self.version.as_deref().map(Ocid::parse);
        matches!(named, Some(Ok(named)) if named == *version)
    }
}

/// All values of a listing, by path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Census {
    /// The newest write when the list was made.
    pub revision: Revision,
    /// The values, by path.
    pub objects: Vec<Object>,
}

/// What a census counts by: version, form, provider.
pub type Kind = (Option<String>, Form, Option<String>);

impl Census {
    /// Looks at every value of a listing.
    #[must_use]
    pub fn of(listing: &Listing) -> Self {
        let objects = listing.values.iter().map(|(path, stored)| {
            let Inspection { form, provider, version, .. } = inspect(&stored.bytes);
            Object { path: path.clone(), revision: stored.revision, form, provider, version }
        });
        let mut objects: Vec<Object> = objects.collect();
        objects.sort_by(|a, b| a.path.cmp(&b.path));
        Self { revision: listing.revision, objects }
    }

    /// How many values there are of each kind.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<Kind, usize> {
        let mut counts = BTreeMap::new();
        for object in &self.objects {
            let kind = (object.version.clone(), object.form, object.provider.clone());
            *counts.entry(kind).or_default() += 1;
        }
        counts
    }

    /// SHA-256 over path, revision and version of every value, in hex: two censuses of the same writes have the same.
    ///
    /// ```text
    /// SHA-256((u32be(length) ‖ path ‖ u64be(revision) ‖ u32be(length) ‖ version)…), by path
    /// ```
    #[must_use]
    pub fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for object in &self.objects {
            let version = object.version.as_deref().unwrap_or_default();
            // Invariant: paths and OCIDs are far shorter than 4 GiB.
            let length = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes();
            digest.update(length(&object.path));
            digest.update(&object.path);
            digest.update(object.revision.0.to_be_bytes());
            digest.update(length(version));
            digest.update(version);
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether this is the digest, compared in constant time as all digests are.
    #[must_use]
    pub fn has_digest(&self, digest: &str) -> bool {
        self.digest().as_bytes().ct_eq(digest.as_bytes()).into()
    }

    /// The paths that differ from an earlier census: written since, new, or gone. A value that was put back as it was
    /// once is among them: its write is a new one.
    #[must_use]
    pub fn changed_since(&self, earlier: &Self) -> Vec<Change> {
        let before: BTreeMap<&str, &Object> =
            earlier.objects.iter().map(|object| (object.path.as_str(), object)).collect();
        let now: BTreeMap<&str, &Object> =
            self.objects.iter().map(|object| (object.path.as_str(), object)).collect();
        let mut changes = Vec::new();
        for (path, object) in &now {
            let what = match before.get(path) {
                None => What::New,
                Some(old) if old.version != object.version => What::OtherVersion,
                Some(old) if old.revision != object.revision => What::Written,
                Some(_) => continue,
            };
            changes.push(Change { path: (*path).to_owned(), what });
        }
        let gone = before.keys().filter(|path| !now.contains_key(*path));
        changes.extend(gone.map(|path| Change { path: (*path).to_owned(), what: What::Gone }));
        changes.sort_by(|a, b| a.path.cmp(&b.path));
        changes
    }
}

/// A difference between two censuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The path.
    pub path: String,
    /// What differs.
    pub what: What,
}

/// What differs between two censuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// It was not there.
    New,
    /// It was written again, under the same version.
    Written,
    /// It names another version: rotated on, or an older value put back.
    OtherVersion,
    /// It is not there any more.
    Gone,
}

impl What {
    /// In a few words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Written => "written since",
            Self::OtherVersion => "names another version",
            Self::Gone => "gone",
        }
    }
}
