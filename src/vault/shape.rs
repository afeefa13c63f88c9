//! Key shapes, protection modes, kinds of vaults: what a key is made as, and what it can do.

use std::fmt;

use crate::envelope::asymmetric::{KeyPair, Signing};
use crate::envelope::material::Form;
use crate::envelope::{AesLength, Suite};

/// The algorithm of a key and its length.
///
/// # Source
/// Oracle Vault API reference, `KeyShape`: AES 16, 24, 32 bytes; RSA 256, 384, 512; ECDSA 32, 48, 66, read 2026-08.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// AES: encrypts, makes data keys.
    Aes(AesLength),
    /// RSA: encrypts and signs; the caller keeps the key version.
    Rsa(RsaLength),
    /// ECDSA: signs, and cannot encrypt.
    Ecdsa(Curve),
}

/// The length of an RSA modulus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RsaLength {
    /// 256 bytes.
    Rsa2048,
    /// 384 bytes.
    Rsa3072,
    /// 512 bytes.
    Rsa4096,
}

/// The curve of an ECDSA key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Curve {
    /// NIST P-256: 32 bytes.
    P256,
    /// NIST P-384: 48 bytes.
    P384,
    /// NIST P-521: 66 bytes.
    P521,
}

impl Shape {
    /// All shapes a key can be created with.
    pub const ALL: [Self; 9] = [
        Self::Aes(AesLength::Aes128),
        Self::Aes(AesLength::Aes192),
        Self::Aes(AesLength::Aes256),
        Self::Rsa(RsaLength::Rsa2048),
        Self::Rsa(RsaLength::Rsa3072),
        Self::Rsa(RsaLength::Rsa4096),
        Self::Ecdsa(Curve::P256),
        Self::Ecdsa(Curve::P384),
        Self::Ecdsa(Curve::P521),
    ];

    /// The shape the service calls by this algorithm and length in bytes, where there is one.
    ///
    /// # Example
    /// ```
    /// use ocipol::vault::Shape;
    /// assert_eq!(Shape::named("AES", 32).map(|shape| shape.encrypts()), Some(true));
    /// assert_eq!(Shape::named("AES", 33), None);
    /// ```
    #[must_use]
    pub fn named(algorithm: &str, bytes: usize) -> Option<Self> {
        let mut shapes = Self::ALL.into_iter();
        shapes.find(|shape| shape.algorithm().eq_ignore_ascii_case(algorithm) && shape.bytes() == bytes)
    }

    /// The service's name of the algorithm.
    #[must_use]
    pub const fn algorithm(self) -> &'static str {
        match self {
            Self::Aes(_) => "AES",
            Self::Rsa(_) => "RSA",
            Self::Ecdsa(_) => "ECDSA",
        }
    }

    /// The length in bytes.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::Aes(length) => length.bytes(),
            Self::Rsa(RsaLength::Rsa2048) => 256,
            Self::Rsa(RsaLength::Rsa3072) => 384,
            Self::Rsa(RsaLength::Rsa4096) => 512,
            Self::Ecdsa(Curve::P256) => 32,
            Self::Ecdsa(Curve::P384) => 48,
            Self::Ecdsa(Curve::P521) => 66,
        }
    }

    /// Whether the service encrypts and decrypts with it.
    #[must_use]
    pub const fn encrypts(self) -> bool {
        match self {
            Self::Aes(_) | Self::Rsa(_) => true,
            Self::Ecdsa(_) => false,
        }
    }

    /// Whether the service makes data encryption keys under it.
    #[must_use]
    pub const fn makes_data_keys(self) -> bool {
        match self {
            Self::Aes(_) => true,
            Self::Rsa(_) | Self::Ecdsa(_) => false,
        }
    }

    /// Whether the service signs and verifies with it.
    #[must_use]
    pub const fn signs(self) -> bool {
        match self {
            Self::Aes(_) => false,
            Self::Rsa(_) | Self::Ecdsa(_) => true,
        }
    }

    /// Whether the caller must name the key version to decrypt; otherwise the ciphertext carries it.
    #[must_use]
    pub const fn needs_version(self) -> bool {
        match self {
            Self::Aes(_) => false,
            Self::Rsa(_) | Self::Ecdsa(_) => true,
        }
    }

    /// How a master key of this shape wraps content keys; `None` where it cannot encrypt.
    ///
    /// A token has GCM and nothing to derive keys with, so keys in one wrap directly, and are counted.
    #[must_use]
    pub const fn suite(self, protection: Protection) -> Option<Suite> {
        match (self, protection) {
            (Self::Aes(_), Protection::Software | Protection::External) => Some(Suite::HkdfGcm),
            (Self::Aes(_), Protection::Hsm) => Some(Suite::Gcm),
            (Self::Rsa(_), _) => Some(Suite::OaepSha256),
            (Self::Ecdsa(_), _) => None,
        }
    }

    /// Whether it signs by an algorithm.
    #[must_use]
    pub const fn signs_by(self, signing: Signing) -> bool {
        match signing {
            Signing::RsaPssSha256
            | Signing::RsaPssSha384
            | Signing::RsaPssSha512
            | Signing::RsaPkcs1Sha256
            | Signing::RsaPkcs1Sha384
            | Signing::RsaPkcs1Sha512 => matches!(self, Self::Rsa(_)),
            Signing::EcdsaSha256 => matches!(self, Self::Ecdsa(Curve::P256)),
            Signing::EcdsaSha384 => matches!(self, Self::Ecdsa(Curve::P384)),
            Signing::EcdsaSha512 => matches!(self, Self::Ecdsa(Curve::P521)),
        }
    }

    /// What a key pair of this shape is made as; `None` for AES, which has none.
    #[must_use]
    pub const fn key_pair(self) -> Option<KeyPair> {
        match self {
            Self::Aes(_) => None,
            Self::Rsa(RsaLength::Rsa2048) => Some(KeyPair::Rsa2048),
            Self::Rsa(RsaLength::Rsa3072) => Some(KeyPair::Rsa3072),
            Self::Rsa(RsaLength::Rsa4096) => Some(KeyPair::Rsa4096),
            Self::Ecdsa(Curve::P256) => Some(KeyPair::P256),
            Self::Ecdsa(Curve::P384) => Some(KeyPair::P384),
            Self::Ecdsa(Curve::P521) => Some(KeyPair::P521),
        }
    }

    /// What the material of a version is.
    #[must_use]
    pub const fn form(self) -> Form {
        match self {
            Self::Aes(length) => Form::Aes(length),
            Self::Rsa(_) | Self::Ecdsa(_) => Form::Pkcs8,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = match self {
            Self::Aes(_) | Self::Rsa(_) => self.bytes() * 8,
            Self::Ecdsa(Curve::P256) => return f.write_str("ECDSA-P256"),
            Self::Ecdsa(Curve::P384) => return f.write_str("ECDSA-P384"),
            Self::Ecdsa(Curve::P521) => return f.write_str("ECDSA-P521"),
        };
        write!(f, "{}-{bits}", self.algorithm())
    }
}

/// Where the material of a key lives. Fixed when the key is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protection {
    /// In a hardware security module, which it never leaves. The service's default.
    Hsm,
    /// In our store, wrapped.
    Software,
    /// With a key manager outside the cloud.
    External,
}

impl Protection {
    pub(crate) const ALL: [Self; 3] = [Self::Hsm, Self::Software, Self::External];

    /// The service's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hsm => "HSM",
            Self::Software => "SOFTWARE",
            Self::External => "EXTERNAL",
        }
    }
}

/// The kind of a vault. Fixed when the vault is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VaultKind {
    /// Shares its partition of the hardware with others.
    Default,
    /// Has a partition of its own.
    VirtualPrivate,
    /// Points at keys outside the cloud.
    External,
}

impl VaultKind {
    pub(crate) const ALL: [Self; 3] = [Self::Default, Self::VirtualPrivate, Self::External];

    /// The service's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "DEFAULT",
            Self::VirtualPrivate => "VIRTUAL_PRIVATE",
            Self::External => "EXTERNAL",
        }
    }
}

/// Where the material of a key version came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// It was generated here.
    Internal,
    /// It was imported.
    External,
}

impl Origin {
    pub(crate) const ALL: [Self; 2] = [Self::Internal, Self::External];
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SC-18, SR-23: the table of shapes, row by row.
    #[test]
    fn sc_18_shapes_can_do_what_the_service_says() {
        // bytes; encrypts, makes data keys, signs, needs a version, is a master key here
        let table = [
            ("AES", [16, 24, 32], [true, true, false, false, true]),
            ("RSA", [256, 384, 512], [true, false, true, true, true]),
            ("ECDSA", [32, 48, 66], [false, false, true, true, false]),
        ];
        let mut seen = Vec::new();
        for (algorithm, lengths, can) in table {
            for bytes in lengths {
                let shape = Shape::named(algorithm, bytes).unwrap();
                assert_eq!((shape.algorithm(), shape.bytes()), (algorithm, bytes));
                let does = [
                    shape.encrypts(),
                    shape.makes_data_keys(),
                    shape.signs(),
                    shape.needs_version(),
                    shape.suite(Protection::Software).is_some(),
                ];
                assert_eq!(does, can, "{shape}");
                seen.push(shape);
            }
        }
        assert_eq!(seen, Shape::ALL);
    }
}
