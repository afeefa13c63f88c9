//! Oracle Cloud identifiers.

use std::fmt;

use crate::caseless::Caseless;

/// An Oracle Cloud identifier: `ocid1.TYPE.REALM.[REGION].[…].UNIQUE`.
///
/// Compares without regard to case, as conditions do. The region part is empty for global resources (tenancies,
/// compartments, users, groups, dynamic groups, policies); key OCIDs carry a vault's fragment before the last part.
///
/// # Source
/// Oracle documentation, "Resource Identifiers", 2025-03; `ocid1.key.oc1.iad.VAULT.KEY` is what real keys look like.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ocid(Caseless);

/// Why a text is no OCID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnOcid {
    /// It does not begin with `ocid1.`.
    #[error("an OCID starts with `ocid1.`")]
    Version,
    /// It has fewer than five parts.
    #[error("an OCID has at least five parts: `ocid1.TYPE.REALM.REGION.UNIQUE`")]
    Parts,
    /// A part that must not be empty is, or a part has a character that no OCID has.
    #[error("the {0} of an OCID is made of letters, digits, `-` and `_`")]
    Letters(&'static str),
}

impl Ocid {
    /// Reads an OCID.
    ///
    /// # Errors
    /// [`NotAnOcid`] says which rule of the shape is broken.
    ///
    /// # Example
    /// ```
    /// use ocipol::ocid::Ocid;
    /// let key = Ocid::parse("ocid1.key.oc1.iad.bbvault.abkey")?;
    /// assert_eq!(key.resource_kind(), "key");
    /// assert_eq!(key.region(), Some("iad"));
    /// assert!(Ocid::parse("ocid1.tenancy.oc1").is_err());
    /// # Ok::<(), ocipol::ocid::NotAnOcid>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, NotAnOcid> {
        let mut parts = text.split('.');
        if !parts.next().is_some_and(|version| version.eq_ignore_ascii_case("ocid1")) {
            return Err(NotAnOcid::Version);
        }
        // Without a list of the parts: records are full of OCIDs, and each one is read again.
        let (Some(kind), Some(realm), Some(region), Some(unique)) =
            (parts.next(), parts.next(), parts.next(), parts.next_back())
        else {
            return Err(NotAnOcid::Parts);
        };
        let mut middle = parts;
        let named = [("type", kind, false), ("realm", realm, false), ("region", region, true)];
        for (name, part, may_be_empty) in named.into_iter().chain([("unique part", unique, false)]) {
            if !letters(part, may_be_empty) {
                return Err(NotAnOcid::Letters(name));
            }
        }
        if !middle.all(|part| letters(part, true)) {
            return Err(NotAnOcid::Letters("middle"));
        }
        Ok(Self(Caseless::from(text)))
    }

    /// The text as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The second part: `cluster`, `key`, `tenancy`, … It is what `resource.type` of a matching rule compares with.
    #[must_use]
    pub fn resource_kind(&self) -> &str {
        self.part(1).unwrap_or_default()
    }

    /// The region part; `None` where it is empty, as for every global resource.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.part(3).filter(|region| !region.is_empty())
    }

    fn part(&self, index: usize) -> Option<&str> {
        self.as_str().split('.').nth(index)
    }
}

fn letters(part: &str, may_be_empty: bool) -> bool {
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (may_be_empty || !part.is_empty()) && part.bytes().all(inside)
}

impl fmt::Display for Ocid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_is_checked_part_by_part() {
        let table = [
            ("ocid1.tenancy.oc1..aaaa", Ok(())),
            ("ocid1.key.oc1.phx.bb.cc", Ok(())),
            ("OCID1.Key.oc1.phx.bb.cc", Ok(())),
            ("ocid1:tenancy:oc1::aaaa", Err(NotAnOcid::Version)),
            ("ocd1.group.oc1..aaaa", Err(NotAnOcid::Version)),
            ("ocid1.group.oc1.", Err(NotAnOcid::Parts)),
            ("ocid1.group.oc1..", Err(NotAnOcid::Letters("unique part"))),
            ("ocid1..oc1..aaaa", Err(NotAnOcid::Letters("type"))),
            ("ocid1.group.oc1..<unique_ID>", Err(NotAnOcid::Letters("unique part"))),
        ];
        for (text, expected) in table {
            assert_eq!(Ocid::parse(text).map(|_| ()), expected, "{text}");
        }
    }
}
