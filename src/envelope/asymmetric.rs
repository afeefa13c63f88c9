//! RSA and ECDSA: key pairs, OAEP, signatures.
//!
//! ```text
//! RSAES-OAEP     EM = 00 ‖ maskedSeed ‖ maskedDB,  C = EMᵉ mod n
//! RSASSA-PSS, RSASSA-PKCS1-v1_5, ECDSA           over SHA-256, SHA-384 or SHA-512 of the message
//! ```
//! Everything here is done by AWS-LC, whose private-key operations take a time that does not depend on the key (the
//! `rsa` crate's do: RUSTSEC-2023-0071). It is built with the feature `asymmetric`; without it there are no such keys,
//! and every operation is refused.
//!
//! AWS-LC draws its own randomness, seeded by the operating system and reseeded after a fork or a restored snapshot: a
//! generator cannot be handed in.
//!
//! # Source
//! RFC 8017, sections 7.1, 8.1 and 8.2; FIPS 186-5, section 6; RFC 5958 for private keys.

use std::fmt;

use zeroize::Zeroizing;

use super::aes_kw;
use super::rejected::{Cause, Rejected};
use super::secret::{AesLength, Mek};
use crate::random::Rng;

/// Whether this program was built with RSA and ECDSA.
pub const AVAILABLE: bool = cfg!(feature = "asymmetric");

/// The hash of OAEP and of its mask generation function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oaep {
    /// SHA-1: for reading what others wrapped.
    Sha1,
    /// SHA-256.
    Sha256,
}

/// What a key pair is made as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPair {
    /// RSA with a modulus of 2,048 bits.
    Rsa2048,
    /// RSA with a modulus of 3,072 bits.
    Rsa3072,
    /// RSA with a modulus of 4,096 bits.
    Rsa4096,
    /// ECDSA on NIST P-256.
    P256,
    /// ECDSA on NIST P-384.
    P384,
    /// ECDSA on NIST P-521.
    P521,
}

/// How a message is signed.
///
/// # Source
/// Oracle Vault API reference, `SignDataDetails.signingAlgorithm`, read 2026-08. SHA-224 is left out: AWS-LC does not
/// sign with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signing {
    /// `SHA_256_RSA_PKCS_PSS`
    RsaPssSha256,
    /// `SHA_384_RSA_PKCS_PSS`
    RsaPssSha384,
    /// `SHA_512_RSA_PKCS_PSS`
    RsaPssSha512,
    /// `SHA_256_RSA_PKCS1_V1_5`
    RsaPkcs1Sha256,
    /// `SHA_384_RSA_PKCS1_V1_5`
    RsaPkcs1Sha384,
    /// `SHA_512_RSA_PKCS1_V1_5`
    RsaPkcs1Sha512,
    /// `ECDSA_SHA_256`, for P-256
    EcdsaSha256,
    /// `ECDSA_SHA_384`, for P-384
    EcdsaSha384,
    /// `ECDSA_SHA_512`, for P-521
    EcdsaSha512,
}

impl Signing {
    /// All algorithms.
    pub const ALL: [Self; 9] = [
        Self::RsaPssSha256,
        Self::RsaPssSha384,
        Self::RsaPssSha512,
        Self::RsaPkcs1Sha256,
        Self::RsaPkcs1Sha384,
        Self::RsaPkcs1Sha512,
        Self::EcdsaSha256,
        Self::EcdsaSha384,
        Self::EcdsaSha512,
    ];

    /// The service's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RsaPssSha256 => "SHA_256_RSA_PKCS_PSS",
            Self::RsaPssSha384 => "SHA_384_RSA_PKCS_PSS",
            Self::RsaPssSha512 => "SHA_512_RSA_PKCS_PSS",
            Self::RsaPkcs1Sha256 => "SHA_256_RSA_PKCS1_V1_5",
            Self::RsaPkcs1Sha384 => "SHA_384_RSA_PKCS1_V1_5",
            Self::RsaPkcs1Sha512 => "SHA_512_RSA_PKCS1_V1_5",
            Self::EcdsaSha256 => "ECDSA_SHA_256",
            Self::EcdsaSha384 => "ECDSA_SHA_384",
            Self::EcdsaSha512 => "ECDSA_SHA_512",
        }
    }

    /// The algorithm of a name, where there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }
}

impl fmt::Display for Signing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How the material of a key version is wrapped for somebody else.
///
/// # Source
/// Oracle Vault API reference, `ExportKeyDetails.algorithm`, read 2026-08.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Export {
    /// `RSA_OAEP_SHA256`: the AES key itself, by OAEP.
    Oaep,
    /// `RSA_OAEP_AES_SHA256`: OAEP of a fresh AES key ‖ AES-KWP of the private key (PKCS#8) under it.
    OaepAes,
}

impl Export {
    /// The service's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Oaep => "RSA_OAEP_SHA256",
            Self::OaepAes => "RSA_OAEP_AES_SHA256",
        }
    }
}

/// Wraps master key material for whoever holds the private half of `public` (X.509 SubjectPublicKeyInfo in DER).
///
/// # Errors
/// [`Rejected`] when `public` is no RSA key, or no randomness can be drawn.
pub fn export(mek: &Mek, public: &[u8], way: Export, rng: &dyn Rng) -> Result<Vec<u8>, Rejected> {
    match way {
        Export::Oaep => oaep_encrypt_for(public, Oaep::Sha256, mek.aes()?),
        Export::OaepAes => {
            let fresh = Mek::fresh(AesLength::Aes256, rng).map_err(|_| REJECTED)?;
            let wrapped = aes_kw::wrap_padded(fresh.aes()?, mek.pkcs8()?)?;
            Ok([oaep_encrypt_for(public, Oaep::Sha256, fresh.aes()?)?, wrapped].concat())
        }
    }
}

/// Why nothing was made or signed: the backend failed, the algorithm does not fit the key, or it was not built in.
const REJECTED: Rejected = Rejected::at(Cause::Unwrap);

#[cfg(feature = "asymmetric")]
mod backend {
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::rsa::{
        KeySize, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPrivateDecryptingKey,
        OaepPublicEncryptingKey, PrivateDecryptingKey, PublicEncryptingKey,
    };
    use aws_lc_rs::signature::{
        self, EcdsaKeyPair, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, KeyPair as _, RsaEncoding,
        RsaKeyPair, RsaParameters, UnparsedPublicKey,
    };

    use super::{KeyPair, Mek, Oaep, REJECTED, Rejected, Signing, Zeroizing};

    /// Makes a key pair.
    ///
    /// # Errors
    /// [`Rejected`] when the backend fails.
    pub fn generate(kind: KeyPair) -> Result<Mek, Rejected> {
        let ecdsa = |algorithm: &'static EcdsaSigningAlgorithm| {
            let pair = EcdsaKeyPair::generate(algorithm).map_err(|_| REJECTED)?;
            let document = pair.to_pkcs8v1().map_err(|_| REJECTED)?;
            Ok(Mek::from_pkcs8(document.as_ref()))
        };
        let rsa = |size| {
            let pair = PrivateDecryptingKey::generate(size).map_err(|_| REJECTED)?;
            let document: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| REJECTED)?;
            Ok(Mek::from_pkcs8(document.as_ref()))
        };
        match kind {
            KeyPair::Rsa2048 => rsa(KeySize::Rsa2048),
            KeyPair::Rsa3072 => rsa(KeySize::Rsa3072),
            KeyPair::Rsa4096 => rsa(KeySize::Rsa4096),
            KeyPair::P256 => ecdsa(&signature::ECDSA_P256_SHA256_ASN1_SIGNING),
            KeyPair::P384 => ecdsa(&signature::ECDSA_P384_SHA384_ASN1_SIGNING),
            KeyPair::P521 => ecdsa(&signature::ECDSA_P521_SHA512_ASN1_SIGNING),
        }
    }

    /// The public half, as an X.509 SubjectPublicKeyInfo in DER.
    ///
    /// # Errors
    /// [`Rejected`] when the material is no key pair.
    pub fn public_key(mek: &Mek) -> Result<Vec<u8>, Rejected> {
        let pkcs8 = mek.pkcs8()?;
        if let Ok(pair) = PrivateDecryptingKey::from_pkcs8(pkcs8) {
            let der: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| REJECTED)?;
            return Ok(der.as_ref().to_vec());
        }
        for algorithm in [
            &signature::ECDSA_P256_SHA256_ASN1_SIGNING,
            &signature::ECDSA_P384_SHA384_ASN1_SIGNING,
            &signature::ECDSA_P521_SHA512_ASN1_SIGNING,
        ] {
            if let Ok(pair) = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8) {
                let der: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| REJECTED)?;
                return Ok(der.as_ref().to_vec());
            }
        }
        Err(REJECTED)
    }

    /// Encrypts under the public half of an RSA key pair, with an empty label.
    ///
    /// # Errors
    /// [`Rejected`] when the material is no RSA key pair, or there are too many bytes.
    pub fn oaep_encrypt(mek: &Mek, oaep: Oaep, bytes: &[u8]) -> Result<Vec<u8>, Rejected> {
        let pair = PrivateDecryptingKey::from_pkcs8(mek.pkcs8()?).map_err(|_| REJECTED)?;
        encrypt(pair.public_key(), oaep, bytes)
    }

    /// Encrypts under an RSA public key in DER (X.509 SubjectPublicKeyInfo), with an empty label.
    ///
    /// # Errors
    /// [`Rejected`] when it is no RSA public key, or there are too many bytes.
    pub fn oaep_encrypt_for(public: &[u8], oaep: Oaep, bytes: &[u8]) -> Result<Vec<u8>, Rejected> {
        encrypt(PublicEncryptingKey::from_der(public).map_err(|_| REJECTED)?, oaep, bytes)
    }

    fn encrypt(public: PublicEncryptingKey, oaep: Oaep, bytes: &[u8]) -> Result<Vec<u8>, Rejected> {
        let public = OaepPublicEncryptingKey::new(public).map_err(|_| REJECTED)?;
        let mut wrapped = vec![0; public.ciphertext_size()];
        let length = public.encrypt(algorithm(oaep), bytes, &mut wrapped, None).map_err(|_| REJECTED)?.len();
        wrapped.truncate(length);
        Ok(wrapped)
    }

    /// Decrypts with an RSA key pair; whatever is wrong, it is one answer.
    ///
    /// # Errors
    /// [`Rejected`].
    pub fn oaep_decrypt(mek: &Mek, oaep: Oaep, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, Rejected> {
        let pair = PrivateDecryptingKey::from_pkcs8(mek.pkcs8()?).map_err(|_| REJECTED)?;
        let pair = OaepPrivateDecryptingKey::new(pair).map_err(|_| REJECTED)?;
        let mut bytes = Zeroizing::new(vec![0; pair.min_output_size()]);
        let length = pair.decrypt(algorithm(oaep), wrapped, &mut bytes, None).map_err(|_| REJECTED)?.len();
        bytes.truncate(length);
        Ok(bytes)
    }

    fn algorithm(oaep: Oaep) -> &'static OaepAlgorithm {
        match oaep {
            Oaep::Sha1 => &OAEP_SHA1_MGF1SHA1,
            Oaep::Sha256 => &OAEP_SHA256_MGF1SHA256,
        }
    }

    enum Way {
        Rsa(&'static dyn RsaEncoding, &'static RsaParameters),
        Ecdsa(&'static EcdsaSigningAlgorithm, &'static EcdsaVerificationAlgorithm),
    }

    fn way(signing: Signing) -> Way {
        use aws_lc_rs::signature as s;
        match signing {
            Signing::RsaPssSha256 => Way::Rsa(&s::RSA_PSS_SHA256, &s::RSA_PSS_2048_8192_SHA256),
            Signing::RsaPssSha384 => Way::Rsa(&s::RSA_PSS_SHA384, &s::RSA_PSS_2048_8192_SHA384),
            Signing::RsaPssSha512 => Way::Rsa(&s::RSA_PSS_SHA512, &s::RSA_PSS_2048_8192_SHA512),
            Signing::RsaPkcs1Sha256 => Way::Rsa(&s::RSA_PKCS1_SHA256, &s::RSA_PKCS1_2048_8192_SHA256),
            Signing::RsaPkcs1Sha384 => Way::Rsa(&s::RSA_PKCS1_SHA384, &s::RSA_PKCS1_2048_8192_SHA384),
            Signing::RsaPkcs1Sha512 => Way::Rsa(&s::RSA_PKCS1_SHA512, &s::RSA_PKCS1_2048_8192_SHA512),
            Signing::EcdsaSha256 => {
                Way::Ecdsa(&s::ECDSA_P256_SHA256_ASN1_SIGNING, &s::ECDSA_P256_SHA256_ASN1)
            }
            Signing::EcdsaSha384 => {
                Way::Ecdsa(&s::ECDSA_P384_SHA384_ASN1_SIGNING, &s::ECDSA_P384_SHA384_ASN1)
            }
            Signing::EcdsaSha512 => {
                Way::Ecdsa(&s::ECDSA_P521_SHA512_ASN1_SIGNING, &s::ECDSA_P521_SHA512_ASN1)
            }
        }
    }

    /// Signs a message. ECDSA signatures are in DER.
    ///
    /// # Errors
    /// [`Rejected`] when the algorithm does not fit the key.
    pub fn sign(mek: &Mek, signing: Signing, message: &[u8]) -> Result<Vec<u8>, Rejected> {
        let random = SystemRandom::new();
        match way(signing) {
            Way::Rsa(encoding, _) => {
                let pair = RsaKeyPair::from_pkcs8(mek.pkcs8()?).map_err(|_| REJECTED)?;
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &random, message, &mut signature).map_err(|_| REJECTED)?;
                Ok(signature)
            }
            Way::Ecdsa(algorithm, _) => {
                let pair = EcdsaKeyPair::from_pkcs8(algorithm, mek.pkcs8()?).map_err(|_| REJECTED)?;
                Ok(pair.sign(&random, message).map_err(|_| REJECTED)?.as_ref().to_vec())
            }
        }
    }

    /// Whether a signature is this key's for this message.
    ///
    /// # Errors
    /// [`Rejected`] when the algorithm does not fit the key.
    pub fn verify(mek: &Mek, signing: Signing, message: &[u8], signature: &[u8]) -> Result<bool, Rejected> {
        match way(signing) {
            Way::Rsa(_, parameters) => {
                let pair = RsaKeyPair::from_pkcs8(mek.pkcs8()?).map_err(|_| REJECTED)?;
                let public = UnparsedPublicKey::new(parameters, pair.public_key().as_ref());
                Ok(public.verify(message, signature).is_ok())
            }
            Way::Ecdsa(algorithm, verification) => {
                let pair = EcdsaKeyPair::from_pkcs8(algorithm, mek.pkcs8()?).map_err(|_| REJECTED)?;
                let public = UnparsedPublicKey::new(verification, pair.public_key().as_ref());
                Ok(public.verify(message, signature).is_ok())
            }
        }
    }
}

#[cfg(not(feature = "asymmetric"))]
mod backend {
    use super::{KeyPair, Mek, Oaep, REJECTED, Rejected, Signing, Zeroizing};

    /// Not built in.
    ///
    /// # Errors
    /// Always.
    pub fn generate(_: KeyPair) -> Result<Mek, Rejected> {
        Err(REJECTED)
    }

    /// Not built in.
    ///
    /// # Errors
    /// Always.
    pub fn public_key(_: &Mek) -> Result<Vec<u8>, Rejected> {
        Err(REJECTED)
    }

    /// Not built in.
    ///
    /// # Errors
    /// Always.
    pub fn oaep_encrypt(_: &Mek, _: Oaep, _: &[u8]) -> Result<Vec<u8>, Rejected> {
        Err(REJECTED)
    }

    /// Not built in.
    ///
    /// # Errors
    /// Always.
    pub fn oaep_encrypt_for(_: &[u8], _: Oaep, _: &[u8]) -> Result<Vec<u8>, Rejected> {
        Err(REJECTED)
    }

    /// Not built in.
    ///
    /// # Errors
    /// Always.
    pub fn oaep_decrypt(mek: &Mek, _: Oaep, _: &[u8]) -> Result<Zeroizing<Vec<u8>>, Rejected> {
        mek.pkcs8()?;
        Err(REJECTED)
    }

    /// Not built in.
    ///
    /// # Errors
    /// Always.
    pub fn sign(_: &Mek, _: Signing, _: &[u8]) -> Result<Vec<u8>, Rejected> {
        Err(REJECTED)
    }

    /// Not built in.
    ///
    /// # Errors
    /// Always.
    pub fn verify(_: &Mek, _: Signing, _: &[u8], _: &[u8]) -> Result<bool, Rejected> {
        Err(REJECTED)
    }
}

pub use backend::{generate, oaep_decrypt, oaep_encrypt, oaep_encrypt_for, public_key, sign, verify};
