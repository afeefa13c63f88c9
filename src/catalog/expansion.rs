//! What a verb and a type mean: the permissions an allow grants and a deny removes.

use super::permission::Permission;
use super::permission_set::PermissionSet;
use super::resource_type::{ResourceType, TypeKind};
use super::tables::{UNGRANTED, UNPLACED};
use super::verb::Verb;

/// What an action stands for, as far as the catalogue knows: for each permission yes, no, or unknown.
///
/// A permission is in one of the two sets, or in none: then the action certainly does not concern it. No permission
/// is in both.
///
/// *Allow* with a verb grants every permission whose row stands at that verb or a lower one, in any type that the
/// statement covers: the type itself, the types it includes, the members of a family, recursively, and the family's
/// own table. *Deny* removes every permission whose row stands at that verb or a higher one, judged for each covered
/// type by itself: a family denied at `manage` keeps what one member grants at `use`, unless another member grants the
/// same permission at `manage`.
///
/// What is *unknown* is decided here and nowhere else:
///
/// 1. A row can be unknown (`null` in the data, or only partly readable). It may then hold any permission that no row
///    of the catalogue places, the *unplaced* ones ([`Placement::Ungranted`](super::Placement) and
///    [`Placement::Unassigned`](super::Placement)), and the type's own permissions whose verb is not known. Every
///    other permission has its row elsewhere and is certainly not meant. An allow meets unknown rows at its verb and
///    below, a deny at its verb and above.
/// 2. A family without a list of members may have any type of its service as a member: their permissions are unknown.
/// 3. An ungranted permission (an operation needs it, no row grants it) is granted by `manage all-resources`, and
///    unknown for every other allow, whatever the type: the pages contradict themselves there, and the type that has
///    it may belong to another service. A deny on `all-resources` removes it; a deny on types whose rows are all known
///    does not.
/// 4. `manage all-resources` is every permission, and so is what `deny … to inspect all-resources` removes.
/// 5. A type that the catalogue does not have is one whose rows are all unknown: [`Expansion::unknown_type`]. A
///    misspelled `keys` gives no KEY_DECRYPT, whose row stands elsewhere.
///
/// # Source
/// Oracle IAM documentation, "Verbs", 2025-02, "Deny Policies", 2026-03, and the policy reference of each service.
///
/// # Example
/// ```
/// use ocipol::catalog::{Permission, ResourceType, Verb};
/// let keys = ResourceType::find("keys").ok_or("a type of the vault")?.resource_type;
/// let encrypt = Permission::find("KEY_ENCRYPT").ok_or("a permission of the vault")?;
/// assert_eq!(keys.granted(Verb::Use).holds(encrypt), Some(true));
/// assert_eq!(keys.granted(Verb::Read).holds(encrypt), Some(false));
/// assert_eq!(keys.denied(Verb::Read).holds(encrypt), Some(true));
/// assert_eq!(keys.denied(Verb::Manage).holds(encrypt), Some(false));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Expansion {
    /// Certainly meant.
    pub certain: PermissionSet,
    /// Perhaps meant: the sources do not say.
    pub unknown: PermissionSet,
}

impl Expansion {
    /// A set of permissions written out, `{P, Q}`: exactly these.
    #[must_use]
    pub const fn of(permissions: PermissionSet) -> Self {
        Self { certain: permissions, unknown: PermissionSet::EMPTY }
    }

    /// A type that the catalogue does not have: all its rows are unknown.
    #[must_use]
    pub const fn unknown_type() -> Self {
        Self { certain: PermissionSet::EMPTY, unknown: UNPLACED }
    }

    /// Whether the permission is meant; `None` where the sources do not say.
    #[must_use]
    pub fn holds(&self, permission: Permission) -> Option<bool> {
        if self.certain.contains(permission) {
            Some(true)
        } else if self.unknown.contains(permission) {
            None
        } else {
            Some(false)
        }
    }

    fn new(certain: PermissionSet, unknown: PermissionSet) -> Self {
        Self { certain, unknown: unknown - certain }
    }
}

impl ResourceType {
    /// What `allow … to VERB TYPE` grants.
    ///
    /// Made at each call, in at most a few microseconds (`all-resources`); keep it where it is needed often.
    #[must_use]
    pub fn granted(self, verb: Verb) -> Expansion {
        if self.kind() == TypeKind::AllResources && verb == Verb::Manage {
            return Expansion::of(PermissionSet::all());
        }
        let bits = verb.bits_up_to();
        Expansion::new(self.placed(bits), self.possible(bits) | UNGRANTED)
    }

    /// What `deny … to VERB TYPE` removes: the verb named and the higher ones.
    #[must_use]
    pub fn denied(self, verb: Verb) -> Expansion {
        if self.kind() == TypeKind::AllResources && verb == Verb::Inspect {
            return Expansion::of(PermissionSet::all());
        }
        let bits = verb.bits_from();
        Expansion::new(self.placed(bits), self.possible(bits))
    }

    /// The lowest verb with which a statement for the type certainly grants the permission.
    ///
    /// # Example
    /// ```
    /// use ocipol::catalog::{Permission, ResourceType, Verb};
    /// let family = ResourceType::find("object-family").ok_or("a family")?.resource_type;
    /// let create = Permission::find("OBJECT_CREATE").ok_or("a permission")?;
    /// assert_eq!(family.level(create), Some(Verb::Manage));
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn level(self, permission: Permission) -> Option<Verb> {
        let rungs = self.rungs();
        let rung = rungs.binary_search_by_key(&permission, |rung| rung.permission()).ok();
        match rung.and_then(|place| rungs.get(place)) {
            Some(rung) => rung.lowest(),
            None => (self.kind() == TypeKind::AllResources).then_some(Verb::Manage),
        }
    }

    /// The lowest verb with which a statement for the type certainly grants anything.
    #[must_use]
    pub fn lowest_verb(self) -> Option<Verb> {
        Verb::ALL.into_iter().find(|verb| self.meets(verb.bit()))
    }

    /// Whether it is known that a statement with this verb grants nothing.
    ///
    /// # Example
    /// ```
    /// use ocipol::catalog::{ResourceType, Verb};
    /// let delegate = ResourceType::find("key-delegate").ok_or("a type of the vault")?.resource_type;
    /// assert!(delegate.grants_nothing(Verb::Read));
    /// assert_eq!(delegate.lowest_verb(), Some(Verb::Use));
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn grants_nothing(self, verb: Verb) -> bool {
        !self.meets(verb.bits_up_to()) && self.unknown_bits() & verb.bits_up_to() == 0
    }

    /// Whether it is known that this verb grants exactly what the next lower one grants.
    ///
    /// For `inspect`, which has no lower one, the same as [`ResourceType::grants_nothing`].
    ///
    /// # Example
    /// ```
    /// use ocipol::catalog::{ResourceType, Verb};
    /// let volumes = ResourceType::find("volumes").ok_or("a type")?.resource_type;
    /// assert!(volumes.adds_nothing(Verb::Read));
    /// assert!(!volumes.adds_nothing(Verb::Use));
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn adds_nothing(self, verb: Verb) -> bool {
        let adds = self.rungs().iter().any(|rung| rung.lowest() == Some(verb));
        !adds && self.row_is_known(verb)
    }

    /// Whether the catalogue knows everything that this verb adds, for each type that a statement covers.
    #[must_use]
    pub fn row_is_known(self, verb: Verb) -> bool {
        self.unknown_bits() & verb.bit() == 0
    }

    fn meets(self, bits: u8) -> bool {
        self.rungs().iter().any(|rung| rung.bits() & bits != 0)
    }

    fn placed(self, bits: u8) -> PermissionSet {
        let met = self.rungs().iter().filter(|rung| rung.bits() & bits != 0);
        met.map(|rung| rung.permission()).collect()
    }

    fn possible(self, bits: u8) -> PermissionSet {
        if self.unknown_bits() & bits == 0 {
            return PermissionSet::EMPTY;
        }
        let mut possible = UNPLACED;
        possible.extend(self.unassigned().iter().copied());
        possible
    }
}

/// A permission, and the verbs at which some type that a statement covers has it in a row.
///
/// The rungs of one type stand in the order of their permissions.
#[derive(Clone, Copy)]
pub(super) struct Rung(pub(super) u16);

impl Rung {
    const PERMISSION_BITS: u16 = 12;

    fn permission(self) -> Permission {
        Permission(self.0 & ((1 << Self::PERMISSION_BITS) - 1))
    }

    fn bits(self) -> u8 {
        // Invariant: four bits are left.
        u8::try_from(self.0 >> Self::PERMISSION_BITS).unwrap_or_default()
    }

    fn lowest(self) -> Option<Verb> {
        Verb::ALL.into_iter().find(|verb| self.bits() & verb.bit() != 0)
    }
}
