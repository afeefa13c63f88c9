//! What the service does with keys directly: encrypt, decrypt, sign, verify, export.

use super::failure::{Code, Failure};
use super::{Decided, Session, Trail};
use crate::audit::{Action, Entry};
use crate::decider::Operation;
use crate::envelope::asymmetric::Signing;
use crate::envelope::{
    Blob, Cek, ContextDigest, Flags, Header, MasterKey, PAYLOAD_LENGTH, Plaintext, Rejected,
};
use crate::ocid::Ocid;
use crate::vault::{Exported, Purpose, VaultError, Vaults};

/// The longest string form of associated data, in characters.
const ASSOCIATED_LENGTH: usize = 4_096;

/// A signature and the version that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The version.
    pub version: Ocid,
    /// The signature; of ECDSA in DER.
    pub bytes: Vec<u8>,
}

impl Session<'_> {
    /// Encrypts up to 158 bytes with a key, and binds them to associated data.
    ///
    /// A key of the shape RSA must be told its version, which must be the current one: nothing new is encrypted under
    /// an older one. The ciphertext names key and version.
    ///
    /// # Errors
    /// [`Code::KeyShapeCannotEncrypt`], [`Code::KeyVersionRequired`], [`Code::KeyState`], [`Code::TooLarge`] for more
    /// bytes or for associated data of 4,096 characters, [`Code::NotAuthorizedOrNotFound`].
    pub fn encrypt(
        &self,
        key: &Ocid,
        version: Option<&Ocid>,
        plaintext: &[u8],
        associated: &[(&str, &str)],
    ) -> Result<Decided<Vec<u8>>, Failure> {
        let digest = digest(associated)?;
        let too_large =
            || Failure::new(Code::TooLarge, format!("1 to {PAYLOAD_LENGTH} bytes can be encrypted"));
        self.use_key(Operation::Encrypt, key, too_large, |vaults| {
            let found = vaults.key(key)?;
            match version {
                None if found.shape.encrypts() && found.shape.needs_version() => {
                    return Err(VaultError::VersionRequired(found.shape));
                }
                Some(version) if *version != found.current_version => {
                    return Err(VaultError::NotCurrent(version.clone()));
                }
                Some(_) | None => {}
            }
            let master = vaults.usable(key, Purpose::Seal)?;
            let flags = Flags::Plain;
            let header = Header::new(master.suite(), flags, master.key(), master.version(), &digest);
            let cek = Cek::from_bytes(plaintext);
            let (Ok(header), Some(cek)) = (header, cek) else { return Ok(None) };
            let wrapped = vaults.wrap_with(&master, &header, &cek)?;
            Ok(header.with_wrapped(&wrapped).ok().map(|(blob, _)| blob))
        })
    }

    /// Decrypts what [`Session::encrypt`] encrypted with this key and the same associated data.
    ///
    /// # Errors
    /// [`Code::CiphertextRejected`] for anything else, [`Code::KeyVersionRequired`], [`Code::KeyState`],
    /// [`Code::NotAuthorizedOrNotFound`].
    pub fn decrypt(
        &self,
        key: &Ocid,
        version: Option<&Ocid>,
        ciphertext: &[u8],
        associated: &[(&str, &str)],
    ) -> Result<Decided<Plaintext>, Failure> {
        let digest = digest(associated)?;
        let rejected = || Failure::new(Code::CiphertextRejected, "the ciphertext is not this key's");
        self.use_key(Operation::Decrypt, key, rejected, |vaults| {
            let found = vaults.key(key)?;
            if !found.shape.encrypts() {
                return Err(VaultError::CannotEncrypt(found.shape));
            }
            if found.shape.needs_version() && version.is_none() {
                return Err(VaultError::VersionRequired(found.shape));
            }
            let Ok(blob) = Blob::parse(ciphertext) else { return Ok(None) };
            let Ok(named) = Ocid::parse(blob.version) else { return Ok(None) };
            let is_right = Ocid::parse(blob.key).is_ok_and(|of| of == *key)
                && version.is_none_or(|version| *version == named)
                && blob.flags == Flags::Plain
                && digest.matches(blob.context);
            if !is_right {
                return Ok(None);
            }
            let master = match vaults.usable(key, Purpose::Open { version: &named }) {
                // A version that the ciphertext names and nobody knows: changed bytes.
                Err(VaultError::NotFound(_)) => return Ok(None),
                master => master?,
            };
            let opened: Result<Cek, Rejected> = master.unwrap(blob.suite, blob.header, blob.wrapped);
            Ok(opened.ok().map(|cek| cek.into_plaintext()))
        })
    }

    /// Signs a message with a version of a key; `None` is the current one.
    ///
    /// # Errors
    /// As [`Vaults::sign`](crate::vault::Vaults::sign).
    pub fn sign(
        &self,
        key: &Ocid,
        version: Option<&Ocid>,
        signing: Signing,
        message: &[u8],
    ) -> Result<Decided<Signature>, Failure> {
        self.use_key(Operation::Sign, key, never, |vaults| {
            let (version, bytes) = vaults.sign(key, version, signing, message)?;
            Ok(Some(Signature { version, bytes }))
        })
    }

    /// Whether a signature is that of a version of a key; `None` is the current one.
    ///
    /// # Errors
    /// As [`Vaults::verify`](crate::vault::Vaults::verify).
    pub fn verify(
        &self,
        key: &Ocid,
        version: Option<&Ocid>,
        signing: Signing,
        message: &[u8],
        signature: &[u8],
    ) -> Result<Decided<bool>, Failure> {
        self.use_key(Operation::Verify, key, never, |vaults| {
            vaults.verify(key, version, signing, message, signature).map(Some)
        })
    }

    /// Wraps a version of a SOFTWARE key for whoever holds the private half of an RSA key.
    ///
    /// # Errors
    /// As [`Vaults::export`](crate::vault::Vaults::export).
    pub fn export_key(
        &self,
        key: &Ocid,
        version: Option<&Ocid>,
        public_key: &[u8],
    ) -> Result<Decided<Exported>, Failure> {
        self.use_key(Operation::ExportKey, key, never, |vaults| {
            vaults.export(key, version, public_key).map(Some)
        })
    }
}

impl Session<'_> {
    /// Decides, uses a key, and records it. Where there is nothing to answer with, it fails as `otherwise` says.
    fn use_key<T>(
        &self,
        operation: Operation,
        key: &Ocid,
        otherwise: impl FnOnce() -> Failure,
        act: impl FnOnce(&Vaults) -> Result<Option<T>, VaultError>,
    ) -> Result<Decided<T>, Failure> {
        let Decided { value, evidence } =
            self.act_on_key(operation, Action::Use, key, |vaults, _| act(vaults))?;
        let Some(value) = value else {
            let failure = otherwise();
            self.refused(Action::Use, &Trail::of_key(Some(key)), &failure);
            return Err(failure);
        };
        let entry = Entry {
            key: Some(key.clone()),
            note: operation.as_str().to_owned(),
            ..self.entry(Action::Use, evidence.first().cloned(), "ok")
        };
        self.engine.audit.append(&[entry])?;
        Ok(Decided { value, evidence })
    }
}

/// For operations that always have something to answer with.
fn never() -> Failure {
    Failure::new(Code::Internal, "an operation gave no answer")
}

fn digest(associated: &[(&str, &str)]) -> Result<ContextDigest, Failure> {
    // The string form the service measures: `{"name":"value",…}`.
    let length: usize = associated.iter().map(|(name, value)| name.len() + value.len() + 6).sum();
    if length + 2 >= ASSOCIATED_LENGTH {
        return Err(Failure::new(Code::TooLarge, "the associated data has 4,096 characters or more"));
    }
    ContextDigest::of_associated(associated).map_err(|error| Failure::new(Code::TooLarge, error.to_string()))
}
