//! OENV version 1: the blob that stands where Kubernetes keeps an encrypted data key.
//!
//! ```text
//! "OENV"  01  suite(1)  flags(1)  k(1)  key OCID(k)  v(1)  version OCID(v)  context digest(32)      = header H
//! u16be w  wrapped(w)  [ tag(32) if SEALED ]
//! ```
//! One header for every blob, in clear, so that suites can change, and so that a scan tells which key version protects
//! what without any key. A blob ends exactly there and has at most 1,023 bytes: KMS v2 takes no more.
//!
//! # Source
//! Our own.

use super::a256cbc_hs512::TAG;
use super::context::ContextDigest;
use super::rejected::{Cause, Rejected};
use super::suite::Suite;
use crate::ocid::Ocid;

const MAGIC: &[u8; 4] = b"OENV";
const VERSION: u8 = 1;

/// The most bytes a blob may have.
pub const BLOB_LENGTH: usize = 1023;

/// What a blob is bound to, and whether a tag follows. The three values are the only legal ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flags {
    /// 0: bound to cluster, tenancies and provider; what a KMS plugin makes, which is told no path.
    Plain,
    /// PATH: bound to resource and path too.
    Path,
    /// SEALED and PATH: a tag authenticates the whole value.
    Sealed,
}

impl Flags {
    /// The byte in the blob: bit 0 SEALED, bit 1 PATH.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Plain => 0b00,
            Self::Path => 0b10,
            Self::Sealed => 0b11,
        }
    }

    /// Whether the context includes resource and path.
    #[must_use]
    pub const fn has_path(self) -> bool {
        match self {
            Self::Plain => false,
            Self::Path | Self::Sealed => true,
        }
    }

    fn of(byte: u8) -> Option<Self> {
        [Self::Plain, Self::Path, Self::Sealed].into_iter().find(|flags| flags.byte() == byte)
    }

    const fn tag_length(self) -> usize {
        match self {
            Self::Plain | Self::Path => 0,
            Self::Sealed => TAG,
        }
    }
}

/// The header of a blob to be made.
#[derive(Debug)]
pub struct Header {
    bytes: Vec<u8>,
    flags: Flags,
}

/// Why no blob can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// An OCID does not fit its length byte.
    #[error("an OCID of {0} bytes does not fit a blob; 255 is the most")]
    Ocid(usize),
    /// The whole blob would be too long.
    #[error("a blob of {0} bytes is too long; {BLOB_LENGTH} is the most")]
    Blob(usize),
}

impl Header {
    /// Names suite, flags, key, version and context.
    ///
    /// # Errors
    /// [`Unfit::Ocid`] when an OCID has more than 255 bytes.
    pub fn new(
        suite: Suite,
        flags: Flags,
        key: &Ocid,
        version: &Ocid,
        context: &ContextDigest,
    ) -> Result<Self, Unfit> {
        let mut bytes = Vec::with_capacity(header_length(key.as_str().len(), version.as_str().len()));
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&[VERSION, suite.number(), flags.byte()]);
        for ocid in [key, version] {
            let ocid = ocid.as_str().as_bytes();
            bytes.push(u8::try_from(ocid.len()).map_err(|_| Unfit::Ocid(ocid.len()))?);
            bytes.extend_from_slice(ocid);
        }
        bytes.extend_from_slice(context.as_bytes());
        Ok(Self { bytes, flags })
    }

    /// The bytes a wrap is bound to: H.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The blob without its tag, and the length of the whole blob.
    ///
    /// # Errors
    /// [`Unfit::Blob`] when the whole blob would have more than [`BLOB_LENGTH`] bytes.
    pub fn with_wrapped(self, wrapped: &[u8]) -> Result<(Vec<u8>, u16), Unfit> {
        let whole = self.bytes.len() + 2 + wrapped.len() + self.flags.tag_length();
        if whole > BLOB_LENGTH {
            return Err(Unfit::Blob(whole));
        }
        let (Ok(length), Ok(wrapped_length)) = (u16::try_from(whole), u16::try_from(wrapped.len())) else {
            return Err(Unfit::Blob(whole));
        };
        let mut bytes = self.bytes;
        bytes.extend_from_slice(&wrapped_length.to_be_bytes());
        bytes.extend_from_slice(wrapped);
        Ok((bytes, length))
    }
}

const fn header_length(key: usize, version: usize) -> usize {
    MAGIC.len() + 3 + 1 + key + 1 + version + ContextDigest::LENGTH
}

/// The longest blob a provider with this key can come to make: with a version OCID of 255 bytes.
///
/// # Errors
/// [`Unfit`] when that is too long: such a provider must not be configured.
pub fn worst_length(suite: Suite, flags: Flags, key: &Ocid, cek: usize) -> Result<usize, Unfit> {
    let key = key.as_str().len();
    if key > 255 {
        return Err(Unfit::Ocid(key));
    }
    let whole = header_length(key, 255) + 2 + suite.wrapped_length(cek) + flags.tag_length();
    if whole > BLOB_LENGTH {
        return Err(Unfit::Blob(whole));
    }
    Ok(whole)
}

/// A blob that was read: the grammar is right, nothing else is known.
#[derive(Debug, Clone, Copy)]
pub struct Blob<'a> {
    /// How the material is wrapped.
    pub suite: Suite,
    /// What it is bound to.
    pub flags: Flags,
    /// The key's OCID as written.
    pub key: &'a str,
    /// The version's OCID as written.
    pub version: &'a str,
    /// The context digest it carries.
    pub context: &'a [u8; ContextDigest::LENGTH],
    /// The bytes the wrap is bound to: H.
    pub header: &'a [u8],
    /// The wrapped material.
    pub wrapped: &'a [u8],
    /// The whole blob but the tag.
    pub untagged: &'a [u8],
    /// The tag; present exactly when the flags are [`Flags::Sealed`].
    pub tag: Option<&'a [u8; TAG]>,
}

impl<'a> Blob<'a> {
    /// Reads a blob.
    ///
    /// # Errors
    /// [`Rejected`] when the bytes are not a whole blob of version 1 and nothing more.
    ///
    /// # Example
    /// ```
    /// use ocipol::envelope::Blob;
    /// assert!(Blob::parse(b"OENV\x01").is_err());
    /// ```
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Rejected> {
        Self::read(bytes).ok_or(Rejected::at(Cause::Blob))
    }

    fn read(bytes: &'a [u8]) -> Option<Self> {
        if bytes.len() > BLOB_LENGTH {
            return None;
        }
        let ([magic @ .., version, suite, flags], rest) = bytes.split_first_chunk::<7>()?;
        if magic != MAGIC || *version != VERSION {
            return None;
        }
        let suite = Suite::numbered(*suite)?;
        let flags = Flags::of(*flags)?;
        let (key, rest) = name(rest)?;
        let (version, rest) = name(rest)?;
        let (context, rest) = rest.split_first_chunk()?;
        let header = before(bytes, rest)?;
        let (length, rest) = rest.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes(*length));
        if length == 0 {
            return None;
        }
        let (wrapped, rest) = rest.split_at_checked(length)?;
        let untagged = before(bytes, rest)?;
        let tag = match flags {
            Flags::Plain | Flags::Path => rest.is_empty().then_some(None)?,
            Flags::Sealed => Some(rest.try_into().ok()?),
        };
        Some(Self { suite, flags, key, version, context, header, wrapped, untagged, tag })
    }
}

/// A length byte and as many bytes 21 to 7E, at least one.
fn name(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = bytes.split_first()?;
    let (name, rest) = rest.split_at_checked(usize::from(*length))?;
    let sound = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    sound.then_some(())?;
    Some((std::str::from_utf8(name).ok()?, rest))
}

/// What of `whole` stands before its end `rest`.
fn before<'a>(whole: &'a [u8], rest: &[u8]) -> Option<&'a [u8]> {
    whole.get(..whole.len().checked_sub(rest.len())?)
}
