//! Resource types, families, and `all-resources`.

use std::fmt;

use super::expansion::Rung;
use super::permission::Permission;
use super::service::Service;
use super::tables::{self, ALIASES, PERMISSION_LISTS, RUNGS, SERVICE_LISTS, TYPE_LISTS, TYPES, TypeRow};
use super::verb::Verb;

/// What a statement names behind the verb: an individual type, a family, or `all-resources`.
///
/// One name is one type, also where several services use it (`work-requests`): a statement for it covers all of them.
/// What a verb on it grants is told at [`Expansion`](super::Expansion).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceType(pub(super) u16);

/// What kind of name a [`ResourceType`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TypeKind {
    /// A type with verb rows of its own: `buckets`.
    Individual,
    /// Several types under one name: `object-family`, and also `dns` and `drgs`.
    Family,
    /// `all-resources`
    AllResources,
}

/// How a name was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spelling {
    /// The documented name, in any case.
    Canonical,
    /// Another spelling that texts of Oracle use (`key-delegates`). Whether the service takes it is not known.
    Alias,
}

/// A type found by a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Found {
    /// The type.
    pub resource_type: ResourceType,
    /// Whether the name is its documented one.
    pub spelling: Spelling,
}

/// A verb on a type, or on a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VerbRow {
    /// The type or family.
    pub resource_type: ResourceType,
    /// The verb.
    pub verb: Verb,
}

impl ResourceType {
    /// The type, family or `all-resources` of that name or alias, in any case.
    ///
    /// # Example
    /// ```
    /// use ocipol::catalog::{ResourceType, TypeKind, Spelling};
    /// let found = ResourceType::find("Secret-Family").ok_or("a family of the vault")?;
    /// assert_eq!(found.resource_type.kind(), TypeKind::Family);
    /// assert_eq!(found.spelling, Spelling::Canonical);
    ///
    /// let found = ResourceType::find("key-delegates").ok_or("an alias")?;
    /// assert_eq!(found.resource_type.name(), "key-delegate");
    /// assert_eq!(found.spelling, Spelling::Alias);
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn find(name: &str) -> Option<Found> {
        if let Some(place) = tables::find(&TYPES, name, |row| row.name) {
            return Some(Found { resource_type: Self(place), spelling: Spelling::Canonical });
        }
        let place = tables::find(&ALIASES, name, |row| row.name)?;
        Some(Found { resource_type: tables::row(&ALIASES, place).resource_type, spelling: Spelling::Alias })
    }

    /// All types, families and `all-resources`, by name.
    pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
        tables::ids(&TYPES).map(Self)
    }

    /// Every alias, with what it means.
    pub fn aliases() -> impl ExactSizeIterator<Item = (&'static str, Self)> + Clone {
        ALIASES.iter().map(|row| (row.name.get(), row.resource_type))
    }

    /// The documented name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name.get()
    }

    /// What kind of name it is.
    #[must_use]
    pub fn kind(self) -> TypeKind {
        self.row().kind
    }

    /// The services whose pages define it; all of them for `all-resources`.
    #[must_use]
    pub fn services(self) -> &'static [Service] {
        self.row().services.of(&SERVICE_LISTS)
    }

    /// What a statement for it names indirectly, in page order.
    ///
    /// The direct members of a family, families among them; the types that an individual type includes, nearly always
    /// none; everything else for `all-resources`. Empty for the one family whose members no source tells.
    #[must_use]
    pub fn members(self) -> &'static [Self] {
        self.row().members.of(&TYPE_LISTS)
    }

    /// Every individual type that a statement for it covers, by name: itself, included types, members, recursively.
    ///
    /// # Example
    /// ```
    /// use ocipol::catalog::ResourceType;
    /// let family = ResourceType::find("secret-family").ok_or("a family")?.resource_type;
    /// let names: Vec<&str> = family.types().iter().map(|member| member.name()).collect();
    /// assert_eq!(names, ["secret-bundles", "secret-versions", "secrets"]);
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn types(self) -> &'static [Self] {
        self.row().types.of(&TYPE_LISTS)
    }

    /// Whether a statement for it covers the other: the same one, a member, or a part of each of the other's types.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        let own = self.types();
        self == other
            || self.kind() == TypeKind::AllResources
            || (!other.types().is_empty()
                && other.types().iter().all(|inner| own.binary_search(inner).is_ok()))
    }

    /// Whether only tenancies without identity domains have it.
    #[must_use]
    pub fn is_without_domains(self) -> bool {
        self.row().without_domains
    }

    /// Whether a target of this type can have `target.resource.tag.*`.
    ///
    /// # Source
    /// Oracle IAM documentation, "Using Tags to Manage Access", 2026-09.
    #[must_use]
    pub fn has_target_tags(self) -> bool {
        self.row().target_tags
    }

    pub(super) fn rungs(self) -> &'static [Rung] {
        self.row().rungs.of(&RUNGS)
    }

    pub(super) fn unknown_bits(self) -> u8 {
        self.row().unknown
    }

    pub(super) fn unassigned(self) -> &'static [Permission] {
        self.row().unassigned.of(&PERMISSION_LISTS)
    }

    fn row(self) -> &'static TypeRow {
        tables::row(&TYPES, self.0)
    }
}

impl fmt::Debug for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// As a statement writes it: `use keys`.
impl fmt::Display for VerbRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.resource_type)
    }
}
