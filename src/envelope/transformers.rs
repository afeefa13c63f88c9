//! An ordered list of providers, as kube-apiserver has one for each resource: the first writes, all of them read.
//!
//! ```text
//! identity   the plaintext itself
//! aescbc     "k8s:enc:aescbc:v1:" name ":" IV(16) AES-CBC(key, PKCS7(plaintext))
//! aesgcm     "k8s:enc:aesgcm:v1:" name ":" nonce(12) AES-GCM(key, AAD = path) tag(16)
//! kms        super::kms_v1, super::kms_v2
//! ```
//! On reading, every provider whose prefix matches is tried in order, and the first success wins; a value read by any
//! but the first is *stale*. Inside `aescbc` and `aesgcm` the same rule holds for the names of keys.
//!
//! A strict reader opens nothing that is not authenticated: no plaintext, no `aescbc`, no CBC body under KMS v1.
//!
//! # Source
//! k8s.io/apiserver, `storage/value/transformer.go` and `storage/value/encrypt`, 0.37 line.

use super::aes_cbc::{self, BLOCK};
use super::context::ProviderName;
use super::kms_v1::{self, Frame, open_gcm, seal_gcm};
use super::kms_v2::{EncryptedObject, Wrapped};
use super::open::{Opened, Reading};
use super::rejected::{Cause, Rejected};
use super::secret::{Cek, Mek, Plaintext};
use crate::random::{self, NoRandomness, Rng};

const AESCBC: &[u8] = b"k8s:enc:aescbc:v1:";
const AESGCM: &[u8] = b"k8s:enc:aesgcm:v1:";
const SECRETBOX: &[u8] = b"k8s:enc:secretbox:v1:";
const ENCRYPTED: &[u8] = b"k8s:enc:";

/// A key that stands in a configuration, with its name.
pub struct LocalKey {
    /// Its name in stored values: no colon.
    pub name: String,
    /// An AES key.
    pub key: Mek,
}

/// A KMS as a transformer sees it.
pub trait Kms: Send + Sync {
    /// Unwraps a DEK or a seed. `key_id` is what the value says, under v2.
    ///
    /// # Errors
    /// [`KmsRefused`]; why is no matter of the transformer.
    fn unwrap(&self, wrapped: &[u8], key_id: Option<&str>) -> Result<Cek, KmsRefused>;

    /// A fresh DEK or seed of 32 bytes, and what it is wrapped into.
    ///
    /// # Errors
    /// [`KmsRefused`].
    fn fresh(&self, rng: &dyn Rng) -> Result<(Cek, Wrapped), KmsRefused>;
}

/// A KMS said no, or said nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the KMS refused")]
pub struct KmsRefused;

/// One provider of a list.
pub enum Provider {
    /// Stores plaintexts.
    Identity,
    /// AES-CBC under keys of the configuration, the first of which writes: not authenticated.
    AesCbc(Vec<LocalKey>),
    /// AES-GCM under keys of the configuration, the first of which writes.
    AesGcm(Vec<LocalKey>),
    /// XSalsa20 and Poly1305: known, and neither read nor written here.
    Secretbox,
    /// A KMS of version 1: writes GCM bodies, reads CBC ones too.
    KmsV1(ProviderName, Box<dyn Kms>),
    /// A KMS of version 2.
    KmsV2(ProviderName, Box<dyn Kms>),
}

/// Whether plaintexts may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaintextWrites {
    /// A list that would write them is refused.
    Refused,
    /// Somebody has asked for it.
    Allowed,
}

/// Why a list of providers is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoTransformers {
    /// There is nobody to write.
    #[error("there is no provider")]
    Empty,
    /// The first provider stores plaintexts.
    #[error("the first provider is `identity`, which would store secrets in clear")]
    Plaintext,
    /// The first provider is one that is not written here.
    #[error("the first provider is `secretbox`, which is not written here")]
    Secretbox,
    /// A provider with keys has none.
    #[error("a provider has no key")]
    NoKey,
}

/// Why a value cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No provider's prefix matches.
    #[error("the stored value is of no configured provider")]
    NoTransformer,
    /// Its provider stores nothing that is authenticated, and the reader is strict. The prefix says so to everybody.
    #[error("the stored value is not authenticated")]
    Unauthenticated,
    /// It is a `secretbox`, which is not read here.
    #[error("values of `secretbox` are not read here")]
    Secretbox,
    /// A provider's prefix matches, and it does not open.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// The KMS did not unwrap it.
    #[error(transparent)]
    Kms(#[from] KmsRefused),
}

/// Why a value is not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The KMS made no key.
    #[error(transparent)]
    Kms(#[from] KmsRefused),
    /// The generator failed.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// A part did not fit its format.
    #[error("the value cannot be made")]
    Unfit,
}

impl From<Rejected> for WriteError {
    fn from(_: Rejected) -> Self {
        Self::Unfit
    }
}

/// A value that was read.
pub struct Read {
    /// What it holds, and whether that was proved.
    pub opened: Opened,
    /// Whether another provider or key than the first one made it, so that it should be written again.
    pub stale: bool,
}

/// An ordered list of providers.
pub struct Transformers(Vec<Provider>);

impl Transformers {
    /// Takes a list.
    ///
    /// # Errors
    /// [`NoTransformers`]: empty, without keys, or one that would write plaintexts unasked.
    pub fn new(providers: Vec<Provider>, plaintext: PlaintextWrites) -> Result<Self, NoTransformers> {
        match (providers.first(), plaintext) {
            (None, _) => return Err(NoTransformers::Empty),
            (Some(Provider::Identity), PlaintextWrites::Refused) => return Err(NoTransformers::Plaintext),
            (Some(Provider::Secretbox), _) => return Err(NoTransformers::Secretbox),
            (Some(_), _) => {}
        }
        let lacks_key = providers.iter().any(|provider| match provider {
            Provider::AesCbc(keys) | Provider::AesGcm(keys) => keys.is_empty(),
            Provider::Identity | Provider::Secretbox | Provider::KmsV1(..) | Provider::KmsV2(..) => false,
        });
        if lacks_key { Err(NoTransformers::NoKey) } else { Ok(Self(providers)) }
    }

    /// Reads a stored value.
    ///
    /// # Errors
    /// [`ReadError::NoTransformer`] when no prefix matches; else what the last matching provider said.
    pub fn read(&self, bytes: &[u8], path: &str, reading: Reading) -> Result<Read, ReadError> {
        let mut refusal = ReadError::NoTransformer;
        for (place, provider) in self.0.iter().enumerate() {
            match provider.read(bytes, path, reading) {
                None => {}
                Some(Ok(read)) => return Ok(Read { stale: read.stale || place > 0, ..read }),
                Some(Err(error)) => refusal = error,
            }
        }
        Err(refusal)
    }

    /// Makes a stored value with the first provider.
    ///
    /// # Errors
    /// [`WriteError`]; there is no falling back to another provider.
    pub fn write(&self, plaintext: &[u8], path: &str, rng: &dyn Rng) -> Result<Vec<u8>, WriteError> {
        self.0.first().ok_or(WriteError::Unfit)?.write(plaintext, path, rng)
    }
}

impl Provider {
    /// `None` where the prefix is another's.
    fn read(&self, bytes: &[u8], path: &str, reading: Reading) -> Option<Result<Read, ReadError>> {
        let is_strict = reading == Reading::Strict;
        match self {
            Self::Identity if bytes.starts_with(ENCRYPTED) => Some(Err(Rejected::at(Cause::Frame).into())),
            Self::Identity if is_strict => Some(Err(ReadError::Unauthenticated)),
            Self::AesCbc(_) if is_strict && bytes.starts_with(AESCBC) => {
                Some(Err(ReadError::Unauthenticated))
            }
            Self::Secretbox => bytes.starts_with(SECRETBOX).then_some(Err(ReadError::Secretbox)),
            Self::Identity => {
                let plaintext = Plaintext::new(zeroize::Zeroizing::new(bytes.to_vec()));
                Some(Ok(Read { opened: Opened { plaintext, authenticated: false }, stale: false }))
            }
            Self::AesCbc(keys) => by_name(keys, bytes.strip_prefix(AESCBC)?, |key, body| {
                let (iv, ciphertext) = body.split_first_chunk().ok_or(Rejected::at(Cause::Frame))?;
                let plaintext = aes_cbc::decrypt(key.aes()?, iv, ciphertext)?;
                Ok(Opened { plaintext, authenticated: false })
            }),
            Self::AesGcm(keys) => by_name(keys, bytes.strip_prefix(AESGCM)?, |key, body| {
                Ok(Opened { plaintext: open_gcm(key.aes()?, body, path.as_bytes())?, authenticated: true })
            }),
            Self::KmsV1(name, kms) => kms_v1::is_of(bytes, name).then(|| {
                let frame = Frame::parse(bytes, name)?;
                let opened = frame.decrypt(&kms.unwrap(frame.blob, None)?, path, reading)?;
                // What is not authenticated is of an older server: to be written again.
                Ok(Read { stale: !opened.authenticated, opened })
            }),
            Self::KmsV2(name, kms) => super::kms_v2::is_of(bytes, name).then(|| {
                let object = EncryptedObject::parse(bytes, name)?;
                let source = kms.unwrap(&object.source, Some(&object.key_id))?;
                let plaintext = object.decrypt(&source, path)?;
                Ok(Read { opened: Opened { plaintext, authenticated: true }, stale: false })
            }),
        }
    }

    fn write(&self, plaintext: &[u8], path: &str, rng: &dyn Rng) -> Result<Vec<u8>, WriteError> {
        match self {
            Self::Identity => Ok(plaintext.to_vec()),
            Self::Secretbox => Err(WriteError::Unfit),
            Self::AesCbc(keys) => {
                let LocalKey { name, key } = keys.first().ok_or(WriteError::Unfit)?;
                let iv: [u8; BLOCK] = random::array(rng)?;
                let ciphertext = aes_cbc::encrypt(key.aes()?, &iv, plaintext)?;
                Ok([AESCBC, name.as_bytes(), b":", &iv, &ciphertext].concat())
            }
            Self::AesGcm(keys) => {
                let LocalKey { name, key } = keys.first().ok_or(WriteError::Unfit)?;
                let body = seal_gcm(key.aes()?, plaintext, path.as_bytes(), rng)?;
                Ok([AESGCM, name.as_bytes(), b":", &body].concat())
            }
            Self::KmsV1(name, kms) => {
                let (dek, wrapped) = kms.fresh(rng)?;
                Ok(kms_v1::seal_with(name, &wrapped.source, &dek, path, plaintext, rng)?)
            }
            Self::KmsV2(name, kms) => {
                let (seed, wrapped) = kms.fresh(rng)?;
                Ok(EncryptedObject::encrypt(&seed, wrapped, path, plaintext, rng)?.encode(name))
            }
        }
    }
}

/// Tries the keys whose name stands before the body, in order.
fn by_name(
    keys: &[LocalKey],
    rest: &[u8],
    open: impl Fn(&Mek, &[u8]) -> Result<Opened, Rejected>,
) -> Option<Result<Read, ReadError>> {
    let mut refusal = ReadError::NoTransformer;
    for (place, LocalKey { name, key }) in keys.iter().enumerate() {
        let body = rest.strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b":"));
        match body.map(|body| open(key, body)) {
            None => {}
            Some(Ok(opened)) => return Some(Ok(Read { opened, stale: place > 0 })),
            Some(Err(error)) => refusal = error.into(),
        }
    }
    Some(Err(refusal))
}
