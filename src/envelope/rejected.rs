//! The one refusal for every cryptographic cause.

use std::fmt;

/// The bytes are not what this context, this key and this path sealed.
///
/// Wrong key, changed bytes, truncation, a value of another path: all are this one answer, with the same text, and all
/// of these are equal. What failed is kept for a debug trace and never shown otherwise: each distinction a caller can
/// see is a question an attacker can ask.
#[derive(Clone, Copy)]
pub struct Rejected(Cause);

/// The step of opening at which a value was refused; the numbers are those of the order of work.
///
/// For the operator's debug trace alone, never part of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// 1: prefix, length field or body of the stored value.
    Frame,
    /// 2: the grammar of the blob.
    Blob,
    /// 3: sealed for another cluster, tenancy, provider, resource or path.
    Context,
    /// 6: the master key does not unwrap it.
    Unwrap,
    /// 7: what was unwrapped has a length that does not fit the blob's flags.
    Length,
    /// 8: the tag.
    Tag,
    /// 9: the length of the ciphertext.
    Blocks,
    /// 10: the padding.
    Padding,
}

impl Rejected {
    pub(crate) const fn at(cause: Cause) -> Self {
        Self(cause)
    }

    /// The step that failed, for the debug trace.
    #[must_use]
    pub(crate) fn cause(&self) -> Cause {
        self.0
    }
}

impl PartialEq for Rejected {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Rejected {}

impl fmt::Debug for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rejected")
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the stored value was rejected")
    }
}

impl std::error::Error for Rejected {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_cannot_be_told_apart() {
        let (tag, padding) = (Rejected::at(Cause::Tag), Rejected::at(Cause::Padding));
        assert_eq!(tag, padding);
        assert_eq!(tag.to_string(), padding.to_string());
        assert_eq!(format!("{tag:?}"), format!("{padding:?}"));
    }
}
