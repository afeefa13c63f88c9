//! Operations of the services' interfaces, and the permissions they need.

use std::fmt;

use super::permission::Permission;
use super::resource_type::{ResourceType, VerbRow};
use super::service::Service;
use super::tables::{
    self, CASES, COVERERS, CaseRow, DETAILS, DetailRow, GROUPS, OPERATION_IDS, OPERATION_LISTS,
    OPERATION_SPELLINGS, OPERATIONS, OperationRow, PERMISSION_LISTS, PLACES, Run, TYPE_LISTS,
};

/// One operation of one service: `Encrypt` of the vault.
///
/// Names are not unique: `GetWorkRequest` stands in 29 services, so that the resource type belongs to the question.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operation(pub(super) u16);

/// Whether an operation names an existing resource.
///
/// Decided by name: `List` begins with the word List. `Create` begins with the word Create or Launch, and one of the
/// permissions it always needs ends in `_CREATE`, or its permissions are not known: `CreateKeyVersion`, `CreateBackend`
/// or `CreateTag` make a part of a resource that exists, and are `Other`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OperationKind {
    /// Lists resources: there is no single target.
    List,
    /// Makes the target, which does not exist before.
    Create,
    /// Anything else.
    Other,
}

impl Operation {
    /// All operations of that name, in any case, by service.
    ///
    /// # Example
    /// ```
    /// use ocipol::catalog::Operation;
    /// let [encrypt] = Operation::find("encrypt") else { return };
    /// assert_eq!((encrypt.name(), encrypt.service().slug()), ("Encrypt", "vault"));
    /// assert_eq!(Operation::find("ListPolicies").len(), 3);
    /// assert!(Operation::find("DrinkTea").is_empty());
    /// ```
    #[must_use]
    pub fn find(name: &str) -> &'static [Self] {
        let Some(place) = tables::find(&OPERATIONS, name, |row| row.name).map(usize::from) else {
            return &[];
        };
        let same = |row: &&OperationRow| row.name.get().eq_ignore_ascii_case(name);
        let [before, after] = OPERATIONS.split_at_checked(place).map_or([0; 2], |(before, after)| {
            [before.iter().rev().take_while(same).count(), after.iter().take_while(same).count()]
        });
        OPERATION_IDS.get(place - before..place + after).unwrap_or_default()
    }

    /// The operations that a misprint or variant found on an official page means.
    ///
    /// # Example
    /// ```
    /// use ocipol::catalog::Operation;
    /// let meant: Vec<&str> = Operation::corrected("UpdateSreamPool").iter().map(|meant| meant.name()).collect();
    /// assert_eq!(meant, ["UpdateStreamPool"]);
    /// ```
    #[must_use]
    pub fn corrected(name: &str) -> &'static [Self] {
        let place = tables::find(&OPERATION_SPELLINGS, name, |row| row.printed);
        place.map_or(&[], |place| tables::row(&OPERATION_SPELLINGS, place).operations.of(&OPERATION_LISTS))
    }

    /// All operations, by name, then by service.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &OPERATION_IDS
    }

    /// The name as the page prints it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name.get()
    }

    /// The service it belongs to.
    #[must_use]
    pub fn service(self) -> Service {
        self.row().service
    }

    /// Whether it names an existing resource.
    #[must_use]
    pub fn kind(self) -> OperationKind {
        self.row().kind
    }

    /// The types of its service that hold a permission which it always, or in some variant, needs; by name.
    ///
    /// For an operation that only verb tables name, the types of those tables. Empty where the permissions are not
    /// known, or belong to types of other services.
    #[must_use]
    pub fn resource_types(self) -> &'static [ResourceType] {
        self.row().resource_types.of(&TYPE_LISTS)
    }

    /// Whether it concerns a user's credentials, which everybody may manage for themselves without a statement.
    ///
    /// # Source
    /// Oracle IAM documentation, "Common Policies", "Getting Started with Policies", 2026-09.
    #[must_use]
    pub fn is_of_credentials(self) -> bool {
        self.row().credentials
    }

    /// What it needs.
    #[must_use]
    pub fn requirement(self) -> Requirement {
        let row = self.row();
        Requirement { permissions: row.permissions, detail: tables::row(&DETAILS, row.detail) }
    }

    fn row(self) -> &'static OperationRow {
        tables::row(&OPERATIONS, self.0)
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service().slug(), self.name())
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What an operation needs.
///
/// Allowed if all [`permissions`](Self::permissions) are, one permission of each group of [`one_of`](Self::one_of) is,
/// the [`variant`](Self::variants) that applies is satisfied, and every [`conditional`](Self::conditional) case that
/// applies is. Where verb tables and operation tables of a page disagree, this is the operation table.
///
/// # Example
/// ```
/// use ocipol::catalog::{Operation, Permission};
/// let [create] = Operation::find("CreateKey") else { return };
/// let needed = create.requirement();
/// assert_eq!(needed.permissions().map(|all| all.to_vec()), Some(vec![
///     Permission::find("KEY_CREATE").unwrap(),
///     Permission::find("VAULT_CREATE_KEY").unwrap(),
/// ]));
/// ```
#[derive(Clone, Copy)]
pub struct Requirement {
    permissions: Run,
    detail: &'static DetailRow,
}

impl Requirement {
    /// All of these are needed; empty where none is, `None` where the sources do not say.
    ///
    /// With `None`, see [`requires`](Self::requires), [`covered_by`](Self::covered_by) and [`note`](Self::note).
    #[must_use]
    pub fn permissions(self) -> Option<&'static [Permission]> {
        self.detail.permissions_known.then(|| self.permissions.of(&PERMISSION_LISTS))
    }

    /// Whether the sources say nothing of use: neither permissions nor a statement in their place.
    #[must_use]
    pub fn is_unknown(self) -> bool {
        !self.detail.permissions_known && self.detail.requires.is_none()
    }

    /// One permission of each of these groups is needed besides.
    pub fn one_of(self) -> impl ExactSizeIterator<Item = &'static [Permission]> + Clone {
        groups(self.detail.one_of)
    }

    /// Cases that add to what is needed, each where it applies.
    pub fn conditional(self) -> impl ExactSizeIterator<Item = Case> + Clone {
        self.detail.conditional.of(&CASES).iter().map(Case)
    }

    /// Cases of which exactly one applies, and adds to what is needed; none where there is no such choice.
    pub fn variants(self) -> impl ExactSizeIterator<Item = Case> + Clone {
        self.detail.variants.of(&CASES).iter().map(Case)
    }

    /// On which resource, or in which compartment, a permission is needed, where that is not the target.
    pub fn places(self) -> impl ExactSizeIterator<Item = (Permission, &'static str)> + Clone {
        places(self.detail.places)
    }

    /// The statement that the operation needs in place of permissions: `manage all-resources`.
    #[must_use]
    pub fn requires(self) -> Option<VerbRow> {
        self.detail.requires
    }

    /// Verb rows that name the operation, where no operation table does.
    #[must_use]
    pub fn covered_by(self) -> &'static [Coverer] {
        self.detail.covered_by.of(&COVERERS)
    }

    /// What else the page says.
    #[must_use]
    pub fn note(self) -> Option<&'static str> {
        self.detail.note.known()
    }
}

/// What one case of an operation needs besides.
#[derive(Clone, Copy)]
pub struct Case(&'static CaseRow);

impl Case {
    /// When the case applies, in words.
    #[must_use]
    pub fn when(self) -> &'static str {
        self.0.when.get()
    }

    /// The OCID type of a thing that exists where the case applies: an object that is there already.
    #[must_use]
    pub fn exists(self) -> Option<&'static str> {
        self.0.exists.known()
    }

    /// All of these are needed.
    #[must_use]
    pub fn permissions(self) -> &'static [Permission] {
        self.0.permissions.of(&PERMISSION_LISTS)
    }

    /// One permission of each of these groups is needed besides.
    pub fn one_of(self) -> impl ExactSizeIterator<Item = &'static [Permission]> + Clone {
        groups(self.0.one_of)
    }

    /// On which resource, or in which compartment, a permission is needed, where that is not the target.
    pub fn places(self) -> impl ExactSizeIterator<Item = (Permission, &'static str)> + Clone {
        places(self.0.places)
    }
}

/// A verb row that lists an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Coverer {
    /// The row.
    pub row: VerbRow,
    /// Whether the page says that the row alone is enough.
    pub fully: bool,
}

fn groups(runs: Run) -> impl ExactSizeIterator<Item = &'static [Permission]> + Clone {
    runs.of(&GROUPS).iter().map(|run| run.of(&PERMISSION_LISTS))
}

fn places(run: Run) -> impl ExactSizeIterator<Item = (Permission, &'static str)> + Clone {
    run.of(&PLACES).iter().map(|row| (row.permission, row.place.get()))
}

impl fmt::Debug for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Requirement")
            .field("permissions", &self.permissions())
            .field("one_of", &self.one_of().collect::<Vec<_>>())
            .field("conditional", &self.conditional().collect::<Vec<_>>())
            .field("variants", &self.variants().collect::<Vec<_>>())
            .field("requires", &self.requires())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case")
            .field("when", &self.when())
            .field("permissions", &self.permissions())
            .field("one_of", &self.one_of().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
