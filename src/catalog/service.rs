//! Services, and how much the catalogue knows of each.

use std::fmt;

use super::tables::{self, SERVICES, ServiceRow};

/// A service: one page of Oracle's policy reference, one file of the data.
///
/// IAM without identity domains is a service of its own with few names, see [`Service::environment`]; IAM on a
/// Roving Edge device, which is another system, is none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Service(pub(super) u16);

/// How much of a service's page the catalogue has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coverage {
    /// Verb tables and operations of the whole page.
    Full,
    /// Parts of it.
    Partial,
    /// Names, and the permission some verbs grant.
    NamesOnly,
}

/// What [`Service::completeness`] speaks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    /// The list of resource-types.
    TypeNames,
    /// Their verb rows.
    TypePermissions,
    /// Families and their members.
    Families,
    /// Operations and what they need.
    Operations,
    /// Variables.
    Variables,
}

/// How much of one section is known. Only of a complete one may be said that a name is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Completeness {
    /// Everything the page has.
    Complete,
    /// Something is missing.
    Incomplete,
    /// Nothing is known.
    Unknown,
}

impl Service {
    /// The service of that slug, in any case.
    ///
    /// # Example
    /// ```
    /// use ocipol::catalog::{Coverage, Service};
    /// let vault = Service::find("vault").ok_or("the vault has a file")?;
    /// assert_eq!(vault.name(), "Vault (Key Management and Secrets)");
    /// assert_eq!(vault.coverage(), Coverage::Full);
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn find(slug: &str) -> Option<Self> {
        tables::find(&SERVICES, slug, |row| row.slug).map(Self)
    }

    /// All services, by slug.
    pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
        tables::ids(&SERVICES).map(Self)
    }

    /// The short name, also the data file's: `vault`, `core-services`.
    #[must_use]
    pub fn slug(self) -> &'static str {
        self.row().slug.get()
    }

    /// The name people use.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name.get()
    }

    /// How much of the service's page is known.
    #[must_use]
    pub fn coverage(self) -> Coverage {
        self.row().coverage
    }

    /// How much of one section is known.
    #[must_use]
    pub fn completeness(self, section: Section) -> Completeness {
        let [type_names, type_permissions, families, operations, variables] = self.row().completeness;
        match section {
            Section::TypeNames => type_names,
            Section::TypePermissions => type_permissions,
            Section::Families => families,
            Section::Operations => operations,
            Section::Variables => variables,
        }
    }

    /// Where the service exists, if not in every tenancy.
    #[must_use]
    pub fn environment(self) -> Option<&'static str> {
        self.row().environment.known()
    }

    fn row(self) -> &'static ServiceRow {
        tables::row(&SERVICES, self.0)
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
