//! Permissions: what a statement grants and an operation needs.

use std::fmt;

use super::operation::Operation;
use super::resource_type::VerbRow;
use super::tables::{
    self, GRANTS, OPERATION_LISTS, PERMISSION_SPELLINGS, PERMISSIONS, PermissionRow, UNGRANTED,
};

/// A permission that some page names, in a verb row or for an operation: `KEY_ENCRYPT`.
///
/// Ordered by name. The number of a permission ([`Permission::index`]) holds for one build only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission(pub(super) u16);

/// How the catalogue knows a permission; what follows for grants is told at [`Expansion`](super::Expansion).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Placement {
    /// A verb row, or the own table of a family, grants it.
    Row,
    /// It belongs to a type, but its verb is not known.
    Unassigned,
    /// An operation needs it and no row grants it.
    Ungranted,
}

impl Permission {
    /// The permission of that name, in any case.
    ///
    /// # Example
    /// ```
    /// use ocipol::catalog::Permission;
    /// let encrypt = Permission::find("key_encrypt").ok_or("a permission of the vault")?;
    /// assert_eq!(encrypt.name(), "KEY_ENCRYPT");
    /// assert_eq!(Permission::find("KEY_ENCYRPT"), None);
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        tables::find(&PERMISSIONS, name, |row| row.name).map(Self)
    }

    /// The permission that a misprint or variant found on an official page means.
    ///
    /// # Example
    /// ```
    /// use ocipol::catalog::Permission;
    /// let meant = Permission::corrected("WAAS_CERTFICATE_MOVE");
    /// assert_eq!(meant.map(Permission::name), Some("WAAS_CERTIFICATE_MOVE"));
    /// ```
    #[must_use]
    pub fn corrected(name: &str) -> Option<Self> {
        let place = tables::find(&PERMISSION_SPELLINGS, name, |row| row.printed)?;
        Some(tables::row(&PERMISSION_SPELLINGS, place).permission)
    }

    /// All permissions, by name.
    pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
        tables::ids(&PERMISSIONS).map(Self)
    }

    /// The name as the pages print it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name.get()
    }

    /// The permission's place among [`Permission::all`].
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// How the catalogue knows it.
    #[must_use]
    pub fn placement(self) -> Placement {
        if UNGRANTED.contains(self) {
            Placement::Ungranted
        } else if self.row().granted_by.is_empty() {
            Placement::Unassigned
        } else {
            Placement::Row
        }
    }

    /// What the sources say about an ungranted permission besides: which verb the verb tables ask for, for example.
    #[must_use]
    pub fn hint(self) -> Option<&'static str> {
        self.row().hint.known()
    }

    /// Every row that adds this permission: the type, or the family with a table of its own, and the verb.
    ///
    /// Only `manage all-resources` for an ungranted permission; empty for an unassigned one. Families that grant it
    /// through a member are not listed.
    ///
    /// # Example
    /// ```
    /// use ocipol::catalog::Permission;
    /// let create = Permission::find("VAULT_CREATE_KEY").ok_or("a permission of the vault")?;
    /// let rows: Vec<String> = create.granted_by().iter().map(ToString::to_string).collect();
    /// assert_eq!(rows, ["use vaults"]);
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn granted_by(self) -> &'static [VerbRow] {
        self.row().granted_by.of(&GRANTS)
    }

    /// Every operation that names this permission, be it in one case only.
    #[must_use]
    pub fn operations(self) -> &'static [Operation] {
        self.row().operations.of(&OPERATION_LISTS)
    }

    /// Whether a target has `target.resource.tag.*` while this permission is tested; few permissions do without.
    ///
    /// # Source
    /// Oracle IAM documentation, "Using Tags to Manage Access", 2026-09.
    #[must_use]
    pub fn has_target_tags(self) -> bool {
        self.row().target_tags
    }

    fn row(self) -> &'static PermissionRow {
        tables::row(&PERMISSIONS, self.0)
    }
}

impl fmt::Debug for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
