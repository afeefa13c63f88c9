//! The frame of a stored value: Kubernetes's KMS v1 envelope.
//!
//! ```text
//! value = "k8s:enc:kms:v1:" ‖ name ‖ ":" ‖ u16be(length of blob) ‖ blob ‖ IV(16) ‖ C
//! ```
//! The blob is opaque here. C is AES-256-CBC with PKCS#7, hence at least one block and whole blocks only.
//!
//! # Source
//! k8s.io/apiserver v0.23.17, `storage/value/encrypt/envelope` and `…/aes`.

use super::aes_cbc::{self, BLOCK};
use super::context::ProviderName;
use super::rejected::{Cause, Rejected};
use super::secret::{Cek, Plaintext};

const PREFIX: &[u8] = b"k8s:enc:kms:v1:";

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
        let rest = behind_prefix(bytes, provider)?;
        let (length, rest) = rest.split_first_chunk()?;
        let head = bytes.get(..bytes.len().checked_sub(rest.len())?)?;
        let (blob, body) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        let (iv, ciphertext) = body.split_first_chunk()?;
        // An IV alone has no padding to look at: Kubernetes's own reader panics on it.
        let whole_blocks = !ciphertext.is_empty() && ciphertext.len().is_multiple_of(BLOCK);
        (!blob.is_empty() && whole_blocks).then_some(Self { head, blob, iv, ciphertext })
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
