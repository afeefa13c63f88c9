//! Regions: the keys that `request.region` compares with, and the long names that it does not.

use std::fmt;

use super::tables::{self, REGIONS, RegionRow};

/// A region of the commercial realm, and the one Serbian region. Other realms have others: not a closed list.
///
/// # Source
/// Oracle IAM documentation, "General Variables", 2026-09; long names: public region identifiers, 2026-11.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(u16);

impl Region {
    /// The region of that key, in any case: what `request.region` compares with.
    ///
    /// # Example
    /// ```
    /// use ocipol::catalog::Region;
    /// let phoenix = Region::find("phx").ok_or("a region")?;
    /// assert_eq!((phoenix.key(), phoenix.long_name()), ("PHX", "us-phoenix-1"));
    /// assert_eq!(Region::find("us-phoenix-1"), None);
    /// assert_eq!(Region::find_long("us-phoenix-1"), Some(phoenix));
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn find(key: &str) -> Option<Self> {
        tables::find(&REGIONS, key, |row| row.key).map(Self)
    }

    /// The region of that long name, in any case: a value that `request.region` never has.
    #[must_use]
    pub fn find_long(name: &str) -> Option<Self> {
        Self::all().find(|region| region.long_name().eq_ignore_ascii_case(name))
    }

    /// All regions, by key.
    pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
        tables::ids(&REGIONS).map(Self)
    }

    /// The key in capitals, as the page prints it; policies write it in small letters.
    #[must_use]
    pub fn key(self) -> &'static str {
        self.row().key.get()
    }

    /// The long name: `us-phoenix-1`.
    #[must_use]
    pub fn long_name(self) -> &'static str {
        self.row().long_name.get()
    }

    /// The name people use: `US West (Phoenix)`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name.get()
    }

    fn row(self) -> &'static RegionRow {
        tables::row(&REGIONS, self.0)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
