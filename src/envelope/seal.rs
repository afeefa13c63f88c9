//! Sealing: a plaintext becomes a stored value.

use super::context::{Context, TooLong};
use super::master_key::{MasterKey, WrapError};
use super::oenv::{Flags, Header, Unfit};
use super::rejected::Rejected;
use super::secret::Cek;
use super::suite::Suite;
use super::{a256cbc_hs512, aes_cbc, kms_v1, stack};
use crate::decider::{Operation, Permit};
use crate::random::{NoRandomness, Rng};

/// The longest plaintext that is sealed, in bytes: 1 MiB.
pub const PLAINTEXT_LENGTH: usize = 1 << 20;

/// What a stored value looks like inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// AES-CBC with PKCS#7, authenticated; bound to its path; readable by an unmodified kube-apiserver.
    Sealed,
    /// AES-CBC with PKCS#7 and nothing else, as kube-apiserver up to 1.24 stores it. For interoperability.
    Compat,
}

impl Profile {
    /// Both profiles.
    pub const ALL: [Self; 2] = [Self::Sealed, Self::Compat];

    /// The flags of its blobs.
    #[must_use]
    pub const fn flags(self) -> Flags {
        match self {
            Self::Sealed => Flags::Sealed,
            Self::Compat => Flags::Plain,
        }
    }

    /// The length of its content key material in bytes.
    #[must_use]
    pub const fn cek_length(self) -> usize {
        match self {
            Self::Sealed => Cek::SEALED,
            Self::Compat => super::secret::DEK_LENGTH,
        }
    }
}

/// Why nothing was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The plaintext or the blob is over its limit.
    #[error("too large: {0} bytes, {1} is the most")]
    TooLarge(usize, usize),
    /// The generator failed; nothing was made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The key version has made all the wraps it may.
    #[error("the key version is worn out: rotate the key")]
    WornOut,
    /// The count of wraps could not be kept.
    #[error("the count of wraps cannot be kept")]
    Count,
    /// The permit is not for sealing under this key, or a part did not fit its format: our bug.
    #[error("an invariant of sealing is broken")]
    Internal,
}

impl From<Unfit> for SealError {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Ocid(length) => Self::TooLarge(length, 255),
            Unfit::Blob(length) => Self::TooLarge(length, super::oenv::BLOB_LENGTH),
        }
    }
}

impl From<WrapError> for SealError {
    fn from(error: WrapError) -> Self {
        match error {
            WrapError::NoRandomness(error) => Self::NoRandomness(error),
            WrapError::WornOut => Self::WornOut,
            WrapError::Count => Self::Count,
            WrapError::Unfit => Self::Internal,
        }
    }
}

impl From<TooLong> for SealError {
    fn from(_: TooLong) -> Self {
        Self::Internal
    }
}

impl From<Rejected> for SealError {
    fn from(_: Rejected) -> Self {
        Self::Internal
    }
}

/// Seals a plaintext for one context under one master key version, with a fresh DEK and IV.
///
/// The permit is used up. Randomness is drawn in the order content key material, IV, then whatever the wrap needs
/// (suite 01: salt, nonce): in two draws.
///
/// # Errors
/// [`SealError`]: too large, no randomness, or a permit for something else.
///
/// # Source
/// Steps 7 to 10 of the sealing order; the key schedule is in the [module documentation](super).
pub fn seal(
    permit: Permit,
    master: &dyn MasterKey,
    context: &Context<'_>,
    profile: Profile,
    plaintext: &[u8],
    rng: &dyn Rng,
) -> Result<Vec<u8>, SealError> {
    if !permit.covers(sealing_operation(master.suite()), master.key()) {
        return Err(SealError::Internal);
    }
    drop(permit);
    if plaintext.len() > PLAINTEXT_LENGTH {
        return Err(SealError::TooLarge(plaintext.len(), PLAINTEXT_LENGTH));
    }
    stack::wiped(|| make(master, context, profile, plaintext, rng))
}

/// The operation that sealing under a suite is: the service makes data keys under AES keys; under RSA keys the data key
/// is made here and encrypted there.
#[must_use]
pub const fn sealing_operation(suite: Suite) -> Operation {
    match suite {
        Suite::HkdfGcm | Suite::Gcm | Suite::Kwp => Operation::GenerateDataEncryptionKey,
        Suite::OaepSha256 | Suite::OaepSha1 => Operation::Encrypt,
    }
}

fn make(
    master: &dyn MasterKey,
    context: &Context<'_>,
    profile: Profile,
    plaintext: &[u8],
    rng: &dyn Rng,
) -> Result<Vec<u8>, SealError> {
    let flags = profile.flags();
    let header = Header::new(master.suite(), flags, master.key(), master.version(), &context.digest(flags)?)?;
    let (cek, iv) = Cek::fresh(profile.cek_length(), rng)?;
    let wrapped = master.wrap(&header, &cek, rng)?;
    let (blob, blob_length) = header.with_wrapped(&wrapped)?;
    let head = kms_v1::head(context.provider, blob_length);
    match profile {
        Profile::Sealed => {
            let path = PathSuffix::new(context.path)?;
            let associated = [&head, &blob, &path.length[..], path.text];
            let (ciphertext, tag) = a256cbc_hs512::encrypt(&cek, &iv, &associated, plaintext)?;
            Ok([&head, &blob, &tag[..], &iv, &ciphertext].concat())
        }
        Profile::Compat => {
            let ciphertext = aes_cbc::encrypt(cek.dek()?, &iv, plaintext)?;
            Ok([&head, &blob, &iv[..], &ciphertext].concat())
        }
    }
}

/// The end of what a tag authenticates: `u32be(length of path) ‖ path`.
pub(super) struct PathSuffix<'a> {
    pub(super) length: [u8; 4],
    pub(super) text: &'a [u8],
}

impl<'a> PathSuffix<'a> {
    pub(super) fn new(path: &'a str) -> Result<Self, TooLong> {
        let length = u32::try_from(path.len()).map_err(|_| TooLong)?.to_be_bytes();
        let text = path.as_bytes();
        Ok(Self { length, text })
    }
}
