//! Master key material at rest: wrapped under a store key of its own.
//!
//! ```text
//! wrapped = nonce(12) ‖ AES-256-GCM(store key, nonce, AAD = "ocipol/1 material" ‖ version OCID, MEK) ‖ tag(16)
//! ```
//! Each version has its own store key, kept in another place than the wrapped material: overwriting those 32 bytes
//! erases the version in the store and in every copy of the store. A store key wraps once.
//!
//! # Source
//! Our own; NIST SP 800-38D.

use zeroize::Zeroizing;

use super::rejected::{Cause, Rejected};
use super::secret::{AesLength, Mek, StoreKey};
use super::{aes_gcm, stack};
use crate::ocid::Ocid;
use crate::random::{self, NoRandomness, Rng};

/// Wraps the material of one version.
///
/// # Errors
/// [`NoRandomness`] when the nonce cannot be drawn.
pub fn wrap(key: &StoreKey, version: &Ocid, mek: &Mek, rng: &dyn Rng) -> Result<Vec<u8>, NoRandomness> {
    let nonce: [u8; aes_gcm::NONCE] = random::array(rng)?;
    let mut body = Zeroizing::new(mek.as_bytes().to_vec());
    let tag = stack::wiped(|| aes_gcm::encrypt(key.as_bytes(), &nonce, &associated(version), &mut body))
        // Invariant: a store key has 32 bytes.
        .map_err(|_| NoRandomness)?;
    Ok([&nonce[..], &body, &tag].concat())
}

/// What the material of a version is, which its key's shape says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// An AES key of this length.
    Aes(AesLength),
    /// A private key, as PKCS#8 in DER.
    Pkcs8,
}

/// Unwraps the material of one version.
///
/// # Errors
/// [`Rejected`] when key, version or bytes are not those of the wrap.
pub fn unwrap(key: &StoreKey, version: &Ocid, form: Form, wrapped: &[u8]) -> Result<Mek, Rejected> {
    let rejected = Rejected::at(Cause::Unwrap);
    let (nonce, rest) = wrapped.split_first_chunk().ok_or(rejected)?;
    let (body, tag) = rest.split_last_chunk().ok_or(rejected)?;
    let mut body = Zeroizing::new(body.to_vec());
    stack::wiped(|| aes_gcm::decrypt(key.as_bytes(), nonce, &associated(version), &mut body, tag))?;
    match form {
        Form::Aes(length) if body.len() == length.bytes() => Mek::from_bytes(&body).ok_or(rejected),
        Form::Aes(_) => Err(rejected),
        Form::Pkcs8 => Ok(Mek::from_pkcs8(&body)),
    }
}

fn associated(version: &Ocid) -> Vec<u8> {
    [b"ocipol/1 material", version.as_str().as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRng;

    #[test]
    fn material_comes_back_only_under_its_key_and_version() {
        let ocid = |unique: &str| Ocid::parse(&format!("ocid1.keyversion.oc1.iad.v.{unique}")).unwrap();
        for length in AesLength::ALL {
            let mek = Mek::fresh(length, &SystemRng).unwrap();
            let key = StoreKey::fresh(&SystemRng).unwrap();
            let wrapped = wrap(&key, &ocid("a"), &mek, &SystemRng).unwrap();
            assert_eq!(wrapped.len(), length.bytes() + 28);
            let back = unwrap(&key, &ocid("a"), Form::Aes(length), &wrapped).ok().unwrap();
            assert_eq!(back.as_bytes(), mek.as_bytes());
            assert!(unwrap(&key, &ocid("b"), Form::Aes(length), &wrapped).is_err());
            let other = StoreKey::fresh(&SystemRng).unwrap();
            assert!(unwrap(&other, &ocid("a"), Form::Aes(length), &wrapped).is_err());
            for cut in 0..wrapped.len() {
                assert!(unwrap(&key, &ocid("a"), Form::Aes(length), &wrapped[..cut]).is_err());
            }
        }
    }
}
