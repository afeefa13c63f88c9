//! Names that public policies use and no page with a table defines.

use super::resource_type::ResourceType;
use super::tables::{self, SEEN_OPERATIONS, SEEN_PERMISSIONS, SEEN_TYPES, SeenRow};

/// What is known about a name that is in no table: enough for a milder finding, or for "did you mean".
///
/// Seen is not valid: some are slips of the pen.
#[derive(Clone, Copy)]
pub struct Seen(&'static SeenRow);

impl Seen {
    /// A name seen, or named by an official page, in the place of a resource type.
    ///
    /// # Example
    /// ```
    /// use ocipol::catalog::Seen;
    /// let slip = Seen::resource_type("bucket").ok_or("a frequent slip")?;
    /// assert_eq!(slip.like().map(|like| like.name()), Some("buckets"));
    /// let real = Seen::resource_type("bds-instance").ok_or("a service without a file")?;
    /// assert_eq!(real.service(), Some("Big Data Service"));
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn resource_type(name: &str) -> Option<Self> {
        Self::find(&SEEN_TYPES, name)
    }

    /// A name seen in the place of an operation.
    #[must_use]
    pub fn operation(name: &str) -> Option<Self> {
        Self::find(&SEEN_OPERATIONS, name)
    }

    /// A name seen in the place of a permission.
    #[must_use]
    pub fn permission(name: &str) -> Option<Self> {
        Self::find(&SEEN_PERMISSIONS, name)
    }

    /// The name as it was seen.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name.get()
    }

    /// How many public repositories use it; 0 for a name that only an official page has.
    #[must_use]
    pub fn repositories(self) -> u16 {
        self.0.repositories
    }

    /// The type that is probably meant.
    #[must_use]
    pub fn like(self) -> Option<ResourceType> {
        self.0.like
    }

    /// The service it probably belongs to: a slug, or the name of a service without a file.
    #[must_use]
    pub fn service(self) -> Option<&'static str> {
        self.0.service.known()
    }

    /// Where an official page uses the name without a table for it.
    #[must_use]
    pub fn note(self) -> Option<&'static str> {
        self.0.note.known()
    }

    fn find(table: &'static [SeenRow], name: &str) -> Option<Self> {
        let place = tables::find(table, name, |row| row.name)?;
        Some(Self(tables::row(table, place)))
    }
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
