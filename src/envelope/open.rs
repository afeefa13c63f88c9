//! Opening: a stored value becomes a plaintext again, in an order that cannot be left.
//!
//! ```text
//! bytes ──recognise──▶ Recognised ──authorise──▶ Authorised ──unwrap──▶ Unwrapped ──open──▶ Opened
//!         1 frame                   4 decision     5 key state           8 tag, then 9 decryption
//!         2 blob                      (Permit)     6 unwrap              10 padding
//!         3 context                                (MasterKey)
//!                                                  7 length
//! ```
//! Each stage is a type that only the one before it yields, and each takes the evidence it needs: a [`Permit`], which
//! only a decision gives, and a [`MasterKey`], which a vault gives only after it has looked at the states. So on this way
//! no value is unwrapped without a decision, and nothing is decrypted before its tag was checked. Whoever holds key
//! material itself needs neither: the primitives beside this module take it as it is.

use super::context::Context;
use super::kms_v1::Value;
use super::master_key::MasterKey;
use super::oenv::{Blob, Flags};
use super::rejected::{Cause, Rejected};
use super::seal::PathSuffix;
use super::secret::{Cek, Plaintext};
use super::{a256cbc_hs512, aes_cbc, stack};
use crate::decider::{Operation, Permit};
use crate::ocid::Ocid;

/// Which values a reader accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reading {
    /// Authenticated values only.
    Strict,
    /// Values of the profile `compat` too; they are marked as unauthenticated.
    Lenient,
}

/// Why a value is not recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecogniseError {
    /// It was not sealed for this context, or is not whole.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// It has no tag, and the reader is strict. This depends on public bytes only, so it may be told apart.
    #[error("the stored value is not authenticated")]
    Unauthenticated,
}

/// A value of this context: frame, blob and context digest are right. Nothing is known about its authenticity.
#[derive(Debug)]
pub struct Recognised<'a> {
    value: Value<'a>,
    blob: Blob<'a>,
    path: &'a str,
    key: Ocid,
    version: Ocid,
}

/// Steps 1 to 3: takes a stored value apart and checks that it was sealed for this context.
///
/// # Errors
/// [`RecogniseError`]; no key is needed to come to it.
pub fn recognise<'a>(
    bytes: &'a [u8],
    context: &Context<'a>,
    reading: Reading,
) -> Result<Recognised<'a>, RecogniseError> {
    let value = Value::parse(bytes, context.provider)?;
    let blob = Blob::parse(value.blob)?;
    let ocid = |text| Ocid::parse(text).map_err(|_| Rejected::at(Cause::Blob));
    let (key, version) = (ocid(blob.key)?, ocid(blob.version)?);
    let expected = context.digest(blob.flags).map_err(|_| Rejected::at(Cause::Context))?;
    if !expected.matches(blob.context) {
        return Err(Rejected::at(Cause::Context).into());
    }
    let authenticated = match blob.flags {
        Flags::Plain | Flags::Path => false,
        Flags::Sealed => true,
    };
    match reading {
        Reading::Strict if !authenticated => Err(RecogniseError::Unauthenticated),
        Reading::Strict | Reading::Lenient => {
            Ok(Recognised { value, blob, path: context.path, key, version })
        }
    }
}

impl<'a> Recognised<'a> {
    /// The key it names.
    #[must_use]
    pub fn key(&self) -> &Ocid {
        &self.key
    }

    /// The key version it names.
    #[must_use]
    pub fn version(&self) -> &Ocid {
        &self.version
    }

    /// Step 4: goes on with a permit to decrypt with the key it names.
    ///
    /// # Errors
    /// [`WrongPermit`] when the permit is for something else.
    pub fn authorise(self, permit: Permit) -> Result<Authorised<'a>, WrongPermit> {
        if permit.covers(Operation::Decrypt, &self.key) { Ok(Authorised(self)) } else { Err(WrongPermit) }
    }
}

/// A permit was shown for another operation or key than the one it is for: a bug of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the permit is for another operation or key")]
pub struct WrongPermit;

/// A value that this principal may have unwrapped.
#[derive(Debug)]
pub struct Authorised<'a>(Recognised<'a>);

impl<'a> Authorised<'a> {
    /// Steps 6 and 7: unwraps the content key material. Step 5, the states, is behind whoever has a [`MasterKey`].
    ///
    /// # Errors
    /// [`Rejected`] when another version wrapped it, or another header, or the material has a length that does not fit
    /// the flags.
    pub fn unwrap(self, master: &dyn MasterKey) -> Result<Unwrapped<'a>, Rejected> {
        let Recognised { value, blob, path, key, version } = self.0;
        if master.key() != &key || master.version() != &version {
            return Err(Rejected::at(Cause::Unwrap));
        }
        let cek = stack::wiped(|| master.unwrap(blob.suite, blob.header, blob.wrapped))?;
        let tag = match (blob.flags, blob.tag) {
            (Flags::Sealed, Some(tag)) => {
                cek.sealed_parts()?;
                Some(tag)
            }
            (Flags::Plain | Flags::Path, None) => {
                cek.dek()?;
                None
            }
            // Invariant: the blob's grammar has a tag exactly when the flags say so.
            (Flags::Sealed, None) | (Flags::Plain | Flags::Path, Some(_)) => {
                return Err(Rejected::at(Cause::Length));
            }
        };
        Ok(Unwrapped { value, untagged: blob.untagged, tag, path, cek })
    }
}

/// A value with the key material that decrypts it.
pub struct Unwrapped<'a> {
    value: Value<'a>,
    untagged: &'a [u8],
    tag: Option<&'a [u8; a256cbc_hs512::TAG]>,
    path: &'a str,
    cek: Cek,
}

impl Unwrapped<'_> {
    /// Steps 8 to 10: checks the tag of a sealed value, decrypts, takes the padding off. The material is wiped.
    ///
    /// # Errors
    /// [`Rejected`]: no byte of what may have been decrypted is handed out.
    pub fn open(self) -> Result<Opened, Rejected> {
        stack::wiped(|| self.decrypt())
    }

    fn decrypt(self) -> Result<Opened, Rejected> {
        let Value { head, iv, ciphertext, .. } = self.value;
        match self.tag {
            Some(tag) => {
                let path = PathSuffix::new(self.path).map_err(|_| Rejected::at(Cause::Context))?;
                let associated = [head, self.untagged, &path.length, path.text];
                let plaintext = a256cbc_hs512::decrypt(&self.cek, iv, &associated, ciphertext, tag)?;
                Ok(Opened { plaintext, authenticated: true })
            }
            None => Ok(Opened {
                plaintext: aes_cbc::decrypt(self.cek.dek()?, iv, ciphertext)?,
                authenticated: false,
            }),
        }
    }
}

/// A value that was opened.
pub struct Opened {
    /// What was sealed.
    pub plaintext: Plaintext,
    /// Whether a tag proved it. `false` says that the bytes may have been changed, or moved from another path.
    pub authenticated: bool,
}
