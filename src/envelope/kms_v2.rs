//! The KMS v2 value: a protobuf message that names the key.
//!
//! ```text
//! value = "k8s:enc:kms:v2:" ‖ name ‖ ":" ‖ EncryptedObject
//! EncryptedObject { 1 encryptedData  2 keyID  3 encryptedDEKSource  4 annotations map<string, bytes>
//!                   5 encryptedDEKSourceType: 0 AES_GCM_KEY, 1 HKDF_SHA256_XNONCE_AES_GCM_SEED }
//! type 1: encryptedData = info(32) ‖ nonce(12) ‖ C ‖ tag(16)     key = HKDF-Expand-SHA256(seed, info, 32)
//! type 0: encryptedData = nonce(12) ‖ C ‖ tag(16)                key = the DEK source itself
//! C, tag = AES-256-GCM(key, nonce, AAD = path)
//! ```
//! Fields are read in any order and unknown ones are passed over; everything is checked before a key is asked for.
//!
//! # Source
//! k8s.io/apiserver v0.28.15, `storage/value/encrypt/envelope/kmsv2`; Protocol Buffers, "Encoding", read 2026-08.

use std::collections::BTreeMap;

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::context::ProviderName;
use super::kms_v1::{open_gcm, seal_gcm};
use super::rejected::{Cause, Rejected};
use super::secret::{Cek, Plaintext};
use crate::random::{self, Rng};

const PREFIX: &[u8] = b"k8s:enc:kms:v2:";
/// The most bytes a key id, and an encrypted DEK source, may have.
pub const ID_LENGTH: usize = 1024;
/// The most bytes that keys and values of annotations may have together.
pub const ANNOTATIONS_LENGTH: usize = 32 << 10;
const INFO: usize = 32;

/// What the unwrapped DEK source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceType {
    /// 0: the AES key.
    Key,
    /// 1: a seed, from which each value derives a key of its own. What current servers write.
    Seed,
}

impl SourceType {
    const fn number(self) -> u64 {
        match self {
            Self::Key => 0,
            Self::Seed => 1,
        }
    }

    fn numbered(number: u64) -> Option<Self> {
        [Self::Key, Self::Seed].into_iter().find(|kind| kind.number() == number)
    }
}

/// A stored value taken apart. Lengths and names are within their limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptedObject {
    /// What was encrypted: not empty.
    pub data: Vec<u8>,
    /// Which key the KMS says it used: 1 to 1024 bytes.
    pub key_id: String,
    /// The wrapped key or seed: 1 to 1024 bytes.
    pub source: Vec<u8>,
    /// What the KMS wants to see again; keys are domain names.
    pub annotations: BTreeMap<String, Vec<u8>>,
    /// What the source is.
    pub source_type: SourceType,
}

/// Whether a stored value says that this provider made it.
#[must_use]
pub fn is_of(bytes: &[u8], provider: &ProviderName) -> bool {
    message(bytes, provider).is_some()
}

fn message<'a>(bytes: &'a [u8], provider: &ProviderName) -> Option<&'a [u8]> {
    bytes.strip_prefix(PREFIX)?.strip_prefix(provider.as_str().as_bytes())?.strip_prefix(b":")
}

impl EncryptedObject {
    /// Takes a stored value of this provider apart.
    ///
    /// # Errors
    /// [`Rejected`] when it is another provider's, no such message, or breaks one of the rules for its fields.
    pub fn parse(bytes: &[u8], provider: &ProviderName) -> Result<Self, Rejected> {
        message(bytes, provider).and_then(Self::decode).ok_or(Rejected::at(Cause::Frame))
    }

    /// Reads the message alone.
    fn decode(mut bytes: &[u8]) -> Option<Self> {
        let mut object = Self {
            data: Vec::new(),
            key_id: String::new(),
            source: Vec::new(),
            annotations: BTreeMap::new(),
            source_type: SourceType::Key,
        };
        while !bytes.is_empty() {
            match field(&mut bytes)? {
                (1, Content::Bytes(data)) => object.data = data.to_vec(),
                (2, Content::Bytes(id)) => object.key_id = std::str::from_utf8(id).ok()?.to_owned(),
                (3, Content::Bytes(source)) => object.source = source.to_vec(),
                (4, Content::Bytes(entry)) => {
                    let (key, value) = annotation(entry)?;
                    object.annotations.insert(key, value);
                }
                (5, Content::Number(number)) => object.source_type = SourceType::numbered(number)?,
                // A known field of another type is no message of this kind; an unknown field is passed over.
                (1..=5, _) => return None,
                _ => {}
            }
        }
        object.is_sound().then_some(object)
    }

    fn is_sound(&self) -> bool {
        let annotations: usize = self.annotations.iter().map(|(key, value)| key.len() + value.len()).sum();
        let least = match self.source_type {
            SourceType::Key => 12 + 16,
            SourceType::Seed => INFO + 12 + 16,
        };
        self.data.len() >= least
            && (1..=ID_LENGTH).contains(&self.key_id.len())
            && (1..=ID_LENGTH).contains(&self.source.len())
            && annotations <= ANNOTATIONS_LENGTH
            && self.annotations.keys().all(|key| is_domain(key))
    }

    /// The stored value: fields in the order of their numbers, annotations by key.
    #[must_use]
    pub fn encode(&self, provider: &ProviderName) -> Vec<u8> {
        let mut bytes = [PREFIX, provider.as_str().as_bytes(), b":"].concat();
        put_bytes(&mut bytes, 1, &self.data);
        put_bytes(&mut bytes, 2, self.key_id.as_bytes());
        put_bytes(&mut bytes, 3, &self.source);
        for (key, value) in &self.annotations {
            let mut entry = Vec::new();
            put_bytes(&mut entry, 1, key.as_bytes());
            put_bytes(&mut entry, 2, value);
            put_bytes(&mut bytes, 4, &entry);
        }
        if self.source_type != SourceType::Key {
            bytes.push(5 << 3);
            put_number(&mut bytes, self.source_type.number());
        }
        bytes
    }

    /// Decrypts under what the KMS unwrapped: a key or a seed of 32 bytes.
    ///
    /// # Errors
    /// [`Rejected`] when source or path are others, or the data were changed.
    pub fn decrypt(&self, source: &Cek, path: &str) -> Result<Plaintext, Rejected> {
        let source = source.dek()?;
        match self.source_type {
            SourceType::Key => open_gcm(source, &self.data, path.as_bytes()),
            SourceType::Seed => {
                let (info, body) = self.data.split_first_chunk::<INFO>().ok_or(Rejected::at(Cause::Frame))?;
                open_gcm(&derived(source, info)?[..], body, path.as_bytes())
            }
        }
    }

    /// Encrypts under a seed, with a fresh key of its own, as current servers do.
    ///
    /// # Errors
    /// [`Rejected`] when the seed has not 32 bytes, no randomness can be drawn, or id, wrapped seed and annotations
    /// break their rules.
    pub fn encrypt(
        seed: &Cek,
        wrapped: Wrapped,
        path: &str,
        plaintext: &[u8],
        rng: &dyn Rng,
    ) -> Result<Self, Rejected> {
        let info: [u8; INFO] = random::array(rng).map_err(|_| Rejected::at(Cause::Unwrap))?;
        let key = derived(seed.dek()?, &info)?;
        let body = seal_gcm(&key[..], plaintext, path.as_bytes(), rng)?;
        let Wrapped { key_id, source, annotations } = wrapped;
        let object = Self {
            data: [&info[..], &body].concat(),
            key_id,
            source,
            annotations,
            source_type: SourceType::Seed,
        };
        if object.is_sound() { Ok(object) } else { Err(Rejected::at(Cause::Blob)) }
    }
}

/// What a KMS answers when it has wrapped a seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// Which key it used.
    pub key_id: String,
    /// The wrapped seed.
    pub source: Vec<u8>,
    /// What it wants to see again.
    pub annotations: BTreeMap<String, Vec<u8>>,
}

fn derived(seed: &[u8; 32], info: &[u8; INFO]) -> Result<Zeroizing<[u8; 32]>, Rejected> {
    let rejected = Rejected::at(Cause::Unwrap);
    let mut key = Zeroizing::new([0; 32]);
    // Expand alone: the seed is uniformly random already.
    Hkdf::<Sha256>::from_prk(seed).map_err(|_| rejected)?.expand(info, &mut key[..]).map_err(|_| rejected)?;
    Ok(key)
}

/// The content of a field, as far as its wire type tells.
enum Content<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Fixed,
}

/// The next field: its number and content.
fn field<'a>(bytes: &mut &'a [u8]) -> Option<(u64, Content<'a>)> {
    let key = number(bytes)?;
    let content = match key & 7 {
        0 => Content::Number(number(bytes)?),
        1 => skip(bytes, 8)?,
        2 => {
            let length = usize::try_from(number(bytes)?).ok()?;
            let (content, rest) = bytes.split_at_checked(length)?;
            *bytes = rest;
            Content::Bytes(content)
        }
        5 => skip(bytes, 4)?,
        _ => return None,
    };
    let number = key >> 3;
    (1..=u64::from(u32::MAX >> 3)).contains(&number).then_some((number, content))
}

fn skip<'a>(bytes: &mut &'a [u8], length: usize) -> Option<Content<'a>> {
    let (_, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(Content::Fixed)
}

/// A number in base 128, least significant digit first, at most 64 bits.
fn number(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let digit = u64::from(byte & 0x7F);
        if shift == 63 && digit > 1 {
            return None;
        }
        value |= digit << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn annotation(mut bytes: &[u8]) -> Option<(String, Vec<u8>)> {
    let (mut key, mut value) = (String::new(), Vec::new());
    while !bytes.is_empty() {
        match field(&mut bytes)? {
            (1, Content::Bytes(text)) => key = std::str::from_utf8(text).ok()?.to_owned(),
            (2, Content::Bytes(content)) => value = content.to_vec(),
            (1 | 2, _) => return None,
            _ => {}
        }
    }
    Some((key, value))
}

fn put_bytes(bytes: &mut Vec<u8>, field: u8, content: &[u8]) {
    // proto3 leaves out what is empty.
    if !content.is_empty() {
        bytes.push(field << 3 | 2);
        put_number(bytes, content.len() as u64);
        bytes.extend_from_slice(content);
    }
}

fn put_number(bytes: &mut Vec<u8>, mut value: u64) {
    loop {
        let digit = (value & 0x7F) as u8;
        value >>= 7;
        if value == 0 {
            bytes.push(digit);
            return;
        }
        bytes.push(digit | 0x80);
    }
}

/// A domain name of at least two labels, as Kubernetes wants the keys of annotations.
fn is_domain(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_label = |label: &str| {
        let inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(inside)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.contains('.') && name.split('.').all(is_label)
}
