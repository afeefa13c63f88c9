//! The tables the build writes, and what their rows look like.
//!
//! Rows hold numbers only: a text is a place in one long text, a list a place in one long list. So the tables need no
//! relocation when the program starts, and nothing is built at run time.

use std::cmp::Ordering;
use std::ops::Range;

use super::expansion::Rung;
use super::operation::{Coverer, Operation, OperationKind};
use super::permission::Permission;
use super::permission_set::PermissionSet;
use super::resource_type::{ResourceType, TypeKind, VerbRow};
use super::service::{Completeness, Coverage, Service};
use super::variable::{NameList, Origin, ValueType, Variable};
use super::verb::Verb;

include!(concat!(env!("OUT_DIR"), "/catalog.rs"));

/// Every text of the tables, one behind the other.
static TEXT: &str = include_str!(concat!(env!("OUT_DIR"), "/catalog.txt"));

/// A text: where it starts in [`TEXT`], and its length.
#[derive(Clone, Copy)]
pub(super) struct Text(u32, u16);

impl Text {
    pub(super) fn get(self) -> &'static str {
        let start = self.0 as usize;
        TEXT.get(start..start + usize::from(self.1)).unwrap_or_default()
    }

    /// The text; `None` where there is none.
    pub(super) fn known(self) -> Option<&'static str> {
        (self.1 > 0).then(|| self.get())
    }
}

/// A list: where it starts in its pool, and its length.
#[derive(Clone, Copy)]
pub(super) struct Run(u16, u16);

impl Run {
    pub(super) fn of<T>(self, pool: &'static [T]) -> &'static [T] {
        let start = usize::from(self.0);
        pool.get(start..start + usize::from(self.1)).unwrap_or_default()
    }

    pub(super) const fn is_empty(self) -> bool {
        self.1 == 0
    }
}

/// The row an id stands for.
pub(super) fn row<T>(table: &'static [T], id: u16) -> &'static T {
    #[expect(
        clippy::indexing_slicing,
        reason = "ids are made from their table only: by the build, by a look-up, by counting it"
    )]
    &table[usize::from(id)]
}

/// The ids of a table's rows.
pub(super) fn ids<T>(table: &'static [T]) -> Range<u16> {
    // Invariant: the build refuses a table of more rows.
    0..u16::try_from(table.len()).unwrap_or(u16::MAX)
}

/// Where a name stands in a table that is sorted by it, case ignored.
pub(super) fn find<T>(table: &[T], name: &str, spelled: impl Fn(&T) -> Text) -> Option<u16> {
    let place = table.binary_search_by(|row| without_case(spelled(row).get(), name));
    place.ok().and_then(|place| u16::try_from(place).ok())
}

/// The order of the tables: by bytes, capitals as small letters.
pub(super) fn without_case(a: &str, b: &str) -> Ordering {
    let unlike = a.bytes().zip(b.bytes()).find(|(a, b)| a != b && !a.eq_ignore_ascii_case(b));
    match unlike {
        Some((a, b)) => a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase()),
        None => a.len().cmp(&b.len()),
    }
}

pub(super) struct ServiceRow {
    pub(super) slug: Text,
    pub(super) name: Text,
    pub(super) coverage: Coverage,
    pub(super) completeness: [Completeness; 5],
    pub(super) environment: Text,
}

pub(super) struct PermissionRow {
    pub(super) name: Text,
    pub(super) granted_by: Run,
    pub(super) operations: Run,
    pub(super) hint: Text,
    pub(super) target_tags: bool,
}

pub(super) struct PermissionSpellingRow {
    pub(super) printed: Text,
    pub(super) permission: Permission,
}

pub(super) struct TypeRow {
    pub(super) name: Text,
    pub(super) kind: TypeKind,
    pub(super) services: Run,
    pub(super) members: Run,
    pub(super) types: Run,
    pub(super) rungs: Run,
    /// Bits of the verbs at which some covered row is unknown or incomplete.
    pub(super) unknown: u8,
    pub(super) unassigned: Run,
    pub(super) without_domains: bool,
    pub(super) target_tags: bool,
}

pub(super) struct AliasRow {
    pub(super) name: Text,
    pub(super) resource_type: ResourceType,
}

pub(super) struct OperationRow {
    pub(super) name: Text,
    pub(super) service: Service,
    pub(super) permissions: Run,
    pub(super) resource_types: Run,
    pub(super) kind: OperationKind,
    pub(super) detail: u16,
    pub(super) credentials: bool,
}

/// What few operations have besides their permissions.
pub(super) struct DetailRow {
    pub(super) permissions_known: bool,
    pub(super) one_of: Run,
    pub(super) conditional: Run,
    pub(super) variants: Run,
    pub(super) places: Run,
    pub(super) requires: Option<VerbRow>,
    pub(super) note: Text,
    pub(super) covered_by: Run,
}

pub(super) struct CaseRow {
    pub(super) when: Text,
    pub(super) exists: Text,
    pub(super) permissions: Run,
    pub(super) one_of: Run,
    pub(super) places: Run,
}

pub(super) struct PlaceRow {
    pub(super) permission: Permission,
    pub(super) place: Text,
}

pub(super) struct OperationSpellingRow {
    pub(super) printed: Text,
    pub(super) operations: Run,
}

pub(super) struct VariableRow {
    pub(super) name: Text,
    pub(super) definitions: Run,
}

pub(super) struct PatternRow {
    pub(super) prefix: Text,
    pub(super) variable: Variable,
}

pub(super) struct DefinitionRow {
    pub(super) origin: Origin,
    pub(super) value_type: ValueType,
    pub(super) list: bool,
    pub(super) resource_types: Run,
    /// Bits of verbs.
    pub(super) verbs: u8,
    pub(super) only_for: Run,
    pub(super) not_available_for: Run,
    /// Bits of principal kinds.
    pub(super) principals: u8,
    pub(super) principal_types: Run,
    pub(super) values: Run,
    pub(super) values_from: Option<NameList>,
    pub(super) deprecated: Text,
    pub(super) note: Text,
}

pub(super) struct RegionRow {
    pub(super) key: Text,
    pub(super) name: Text,
    pub(super) long_name: Text,
}

pub(super) struct PrincipalTypeRow {
    pub(super) name: Text,
    pub(super) in_matching_rule: bool,
    pub(super) note: Text,
}

pub(super) struct SeenRow {
    pub(super) name: Text,
    pub(super) repositories: u16,
    pub(super) like: Option<ResourceType>,
    pub(super) service: Text,
    pub(super) note: Text,
}

pub(super) struct TenancyRow {
    pub(super) alias: Text,
    pub(super) ocid: Text,
    pub(super) purpose: Text,
}

pub(super) struct SegmentRow {
    pub(super) name: Text,
    pub(super) segment: Text,
}
