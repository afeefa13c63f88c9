//! The frame of a stored value: Kubernetes's KMS v1 envelope.
//!
//! ```text
//! value = "k8s:enc:kms:v1:" ‖ name ‖ ":" ‖ u16be(length of blob) ‖ blob ‖ IV(16) ‖ C
//! ```
//! The blob is opaque here. C is AES-256-CBC with PKCS#7, hence at least one block and whole blocks only. From 1.25 on,
//! kube-apiserver writes another body, and reads both, this one first:
//! ```text
//! body  = nonce(12) ‖ AES-256-GCM(DEK, nonce, AAD = path, plaintext) ‖ tag(16)
//! ```
//!
//! # Source
//! k8s.io/apiserver v0.23.17 and v0.26.15, `storage/value/encrypt/envelope` and `…/aes`.

use zeroize::Zeroizing;

use super::aes_cbc::{self, BLOCK};
use super::aes_gcm;
use super::context::ProviderName;
use super::open::{Opened, Reading};
use super::rejected::{Cause, Rejected};
use super::secret::{Cek, Plaintext};
use crate::random::{self, Rng};

const PREFIX: &[u8] = b"k8s:enc:kms:v1:";

/// A stored value whose body may be of either kind.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// Prefix, name, colon and length field.
    pub head: &'a [u8],
    /// What the KMS provider made.
    pub blob: &'a [u8],
    /// What stands behind the blob.
    pub body: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Takes a stored value apart as far as its blob.
    ///
    /// # Errors
    /// [`Rejected`] when it does not start with the provider's prefix, ends early, or has an empty blob.
    pub fn parse(bytes: &'a [u8], provider: &ProviderName) -> Result<Self, Rejected> {
        Self::read(bytes, provider).ok_or(Rejected::at(Cause::Frame))
    }

    fn read(bytes: &'a [u8], provider: &ProviderName) -> Option<Self> {
        let rest = behind_prefix(bytes, provider)?;
        let (length, rest) = rest.split_first_chunk()?;
        let head = bytes.get(..bytes.len().checked_sub(rest.len())?)?;
        let (blob, body) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        (!blob.is_empty()).then_some(Self { head, blob, body })
    }

    /// Decrypts the body under a data key: as GCM bound to the path, and where that fails and the reader is lenient as
    /// CBC, which is not authenticated. Nothing tells the two apart but trying: a strict reader never tries CBC, so that
    /// a GCM value that was changed is not looked at as if it were one.
    ///
    /// # Errors
    /// [`Rejected`] when the key is no DEK of 32 bytes, or the body is nothing this reader accepts.
    pub fn decrypt(&self, dek: &Cek, path: &str, reading: Reading) -> Result<Opened, Rejected> {
        let dek = dek.dek()?;
        match (open_gcm(dek, self.body, path.as_bytes()), reading) {
            (Ok(plaintext), _) => return Ok(Opened { plaintext, authenticated: true }),
            (Err(rejected), Reading::Strict) => return Err(rejected),
            (Err(_), Reading::Lenient) => {}
        }
        let (iv, ciphertext) = self.body.split_first_chunk().ok_or(Rejected::at(Cause::Frame))?;
        Ok(Opened { plaintext: aes_cbc::decrypt(dek, iv, ciphertext)?, authenticated: false })
    }
}

/// `nonce(12) ‖ C ‖ tag(16)` under an AES key.
///
/// # Errors
/// [`Rejected`] when no nonce can be drawn or the key has no AES length.
pub(super) fn seal_gcm(key: &[u8], plaintext: &[u8], aad: &[u8], rng: &dyn Rng) -> Result<Vec<u8>, Rejected> {
    let nonce: [u8; aes_gcm::NONCE] = random::array(rng).map_err(|_| Rejected::at(Cause::Unwrap))?;
    let mut body = Vec::with_capacity(aes_gcm::NONCE + plaintext.len() + aes_gcm::TAG);
    body.extend_from_slice(&nonce);
    body.extend_from_slice(plaintext);
    let (_, plain) = body.split_at_mut(aes_gcm::NONCE);
    let tag = aes_gcm::encrypt(key, &nonce, aad, plain)?;
    body.extend_from_slice(&tag);
    Ok(body)
}

/// Opens what [`seal_gcm`] makes.
///
/// # Errors
/// [`Rejected`].
pub(super) fn open_gcm(key: &[u8], body: &[u8], aad: &[u8]) -> Result<Plaintext, Rejected> {
    let rejected = Rejected::at(Cause::Frame);
    let (nonce, rest) = body.split_first_chunk().ok_or(rejected)?;
    let (ciphertext, tag) = rest.split_last_chunk().ok_or(rejected)?;
    let mut bytes = Zeroizing::new(ciphertext.to_vec());
    aes_gcm::decrypt(key, nonce, aad, &mut bytes, tag)?;
    Ok(Plaintext::new(bytes))
}

/// A value as kube-apiserver stores it from 1.25 on: under a DEK that a KMS has wrapped into `blob`.
///
/// # Errors
/// [`Rejected`] when the key is no DEK, no nonce can be drawn, or the blob is empty or over 65,535 bytes.
pub fn seal_with(
    provider: &ProviderName,
    blob: &[u8],
    dek: &Cek,
    path: &str,
    plaintext: &[u8],
    rng: &dyn Rng,
) -> Result<Vec<u8>, Rejected> {
    let length = u16::try_from(blob.len()).ok().filter(|length| *length > 0);
    let head = head(provider, length.ok_or(Rejected::at(Cause::Blob))?);
    Ok([&head, blob, &seal_gcm(dek.dek()?, plaintext, path.as_bytes(), rng)?].concat())
}

/// A stored value taken apart.
#[derive(Debug, Clone, Copy)]
pub struct Value<'a> {
    /// Prefix, name, colon and length field.
    pub head: &'a [u8],
    /// What the KMS provider made.
    pub blob: &'a [u8],
    /// The initialisation vector.
    pub iv: &'a [u8; BLOCK],
    /// The ciphertext: one block or more.
    pub ciphertext: &'a [u8],
}

impl<'a> Value<'a> {
    /// Takes a stored value apart.
    ///
    /// # Errors
    /// [`Rejected`] when it does not start with the provider's prefix, ends early, or has a body that is not an IV and
    /// whole blocks.
    pub fn parse(bytes: &'a [u8], provider: &ProviderName) -> Result<Self, Rejected> {
        Self::read(bytes, provider).ok_or(Rejected::at(Cause::Frame))
    }

    fn read(bytes: &'a [u8], provider: &ProviderName) -> Option<Self> {
        let Frame { head, blob, body } = Frame::read(bytes, provider)?;
        let (iv, ciphertext) = body.split_first_chunk()?;
        // An IV alone has no padding to look at: Kubernetes's own reader panics on it.
        let whole_blocks = !ciphertext.is_empty() && ciphertext.len().is_multiple_of(BLOCK);
        whole_blocks.then_some(Self { head, blob, iv, ciphertext })
    }

    /// Decrypts the body under a data key that is not one of ours, as kube-apiserver does: unauthenticated.
    ///
    /// # Errors
    /// [`Rejected`] when the key is no DEK of 32 bytes, or the padding is wrong.
    pub fn decrypt_unauthenticated(&self, dek: &Cek) -> Result<Plaintext, Rejected> {
        aes_cbc::decrypt(dek.dek()?, self.iv, self.ciphertext)
    }
}

/// Whether a stored value says that this provider made it.
#[must_use]
pub fn is_of(bytes: &[u8], provider: &ProviderName) -> bool {
    behind_prefix(bytes, provider).is_some()
}

/// The part of a stored value before the blob.
#[must_use]
pub fn head(provider: &ProviderName, blob: u16) -> Vec<u8> {
    [PREFIX, provider.as_str().as_bytes(), b":", &blob.to_be_bytes()].concat()
}

/// The configured name is taken as it is: it may itself contain a colon.
fn behind_prefix<'a>(bytes: &'a [u8], provider: &ProviderName) -> Option<&'a [u8]> {
    bytes.strip_prefix(PREFIX)?.strip_prefix(provider.as_str().as_bytes())?.strip_prefix(b":")
}
