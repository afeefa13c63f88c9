//! Statements by whom they speak of, where they reach and what they hold, so that a decision touches only those that
//! may matter.

use rustc_hash::FxHashMap;

use super::permissions::SetId;
use super::principals::Subject;
use super::world::World;
use super::{Reach, Side, Statement, StatementId};
use crate::syntax::Effect;
use crate::tenancy::TenancyId;

/// What statements are looked up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// The tenancy of the policy.
    pub(crate) tenancy: TenancyId,
    pub(crate) kind: Kind,
    pub(crate) subject: Subject,
}

/// The kinds of statement a decision asks for separately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Allow,
    Deny,
    Endorse,
    DenyEndorse,
    Admit,
    DenyAdmit,
    AssociateEndorse,
    DenyAssociateEndorse,
    AssociateAdmit,
    DenyAssociateAdmit,
}

impl Kind {
    pub(crate) fn of(statement: &Statement) -> Self {
        match (statement.side, statement.effect, &statement.association) {
            (Side::Own, Effect::Allow, _) => Self::Allow,
            (Side::Own, Effect::Deny, _) => Self::Deny,
            (Side::Endorse, Effect::Allow, None) => Self::Endorse,
            (Side::Endorse, Effect::Deny, None) => Self::DenyEndorse,
            (Side::Admit { .. }, Effect::Allow, None) => Self::Admit,
            (Side::Admit { .. }, Effect::Deny, None) => Self::DenyAdmit,
            (Side::Endorse, Effect::Allow, Some(_)) => Self::AssociateEndorse,
            (Side::Endorse, Effect::Deny, Some(_)) => Self::DenyAssociateEndorse,
            (Side::Admit { .. }, Effect::Allow, Some(_)) => Self::AssociateAdmit,
            (Side::Admit { .. }, Effect::Deny, Some(_)) => Self::DenyAssociateAdmit,
        }
    }
}

impl Kind {
    /// Whether its statements give or take.
    pub(crate) const fn effect(self) -> Effect {
        match self {
            Self::Allow | Self::Endorse | Self::Admit | Self::AssociateEndorse | Self::AssociateAdmit => {
                Effect::Allow
            }
            Self::Deny
            | Self::DenyEndorse
            | Self::DenyAdmit
            | Self::DenyAssociateEndorse
            | Self::DenyAssociateAdmit => Effect::Deny,
        }
    }
}

/// Statements of one key that reach the same place with the same permissions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// Numbers of the compartments reached, from the first up to but not including the last; everything for an
    /// Endorse, whose reach is tested by itself.
    start: u32,
    end: u32,
    pub(crate) permissions: SetId,
    first: u32,
    last: u32,
}

/// Below this many entries a bucket is simply walked through.
const SMALL: usize = 24;

#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    buckets: FxHashMap<Key, (u32, u32)>,
    entries: Vec<Entry>,
    statements: Vec<StatementId>,
}

impl Index {
    /// Indexes statements; linear but for one sort.
    pub(crate) fn new(
        world: &World,
        statements: &[Statement],
        tenancy_of: impl Fn(&Statement) -> TenancyId,
    ) -> Self {
        let mut rows: Vec<(Key, (u32, u32), SetId, StatementId)> = Vec::with_capacity(statements.len());
        for (id, statement) in (0u32..).map(StatementId).zip(statements) {
            let range = match statement.reach {
                Reach::Below(compartment) => world.range(compartment),
                Reach::Tenancy(_) | Reach::AnyTenancy | Reach::NotModelled(_) | Reach::Nowhere => {
                    (0, u32::MAX)
                }
            };
            let (tenancy, kind) = (tenancy_of(statement), Kind::of(statement));
            for &subject in &statement.subjects {
                rows.push((Key { tenancy, kind, subject }, range, statement.permissions, id));
            }
        }
        rows.sort_unstable_by_key(|&(key, range, permissions, id)| {
            ((key.tenancy, key.kind as u8, key.subject), range.0, std::cmp::Reverse(range.1), permissions, id)
        });
        rows.dedup();
        let mut index = Self::default();
        let mut last: Option<(Key, (u32, u32), SetId)> = None;
        for (key, range, permissions, id) in rows {
            let at = u32::try_from(index.statements.len()).unwrap_or(u32::MAX);
            index.statements.push(id);
            if last == Some((key, range, permissions)) {
                if let Some(entry) = index.entries.last_mut() {
                    entry.last = at + 1;
                }
                continue;
            }
            let entry = u32::try_from(index.entries.len()).unwrap_or(u32::MAX);
            index.entries.push(Entry { start: range.0, end: range.1, permissions, first: at, last: at + 1 });
            index.buckets.entry(key).or_insert((entry, entry)).1 = entry + 1;
            last = Some((key, range, permissions));
        }
        index
    }

    /// Calls back with the entries of a key that reach a compartment. `ancestors` are the numbers of the compartment
    /// itself and all it is in.
    pub(crate) fn reaching(&self, key: Key, ancestors: &[u32], mut found: impl FnMut(&Entry)) {
        let Some(&(first, last)) = self.buckets.get(&key) else { return };
        let bucket = self.entries.get(first as usize..last as usize).unwrap_or_default();
        let Some(&at) = ancestors.first() else { return };
        if bucket.len() <= SMALL {
            for entry in bucket.iter().filter(|entry| entry.start <= at && at < entry.end) {
                found(entry);
            }
            return;
        }
        // A subtree that holds the compartment begins at one of its ancestors.
        for &start in ancestors {
            let from = bucket.partition_point(|entry| entry.start < start);
            let here = bucket.get(from..).unwrap_or_default().iter().take_while(|entry| entry.start == start);
            for entry in here.filter(|entry| at < entry.end) {
                found(entry);
            }
        }
    }

    /// Calls back with every entry of a key.
    pub(crate) fn all(&self, key: Key, found: impl FnMut(&Entry)) {
        let Some(&(first, last)) = self.buckets.get(&key) else { return };
        self.entries.get(first as usize..last as usize).unwrap_or_default().iter().for_each(found);
    }

    /// The statements of an entry.
    pub(crate) fn statements(&self, entry: &Entry) -> &[StatementId] {
        self.statements.get(entry.first as usize..entry.last as usize).unwrap_or_default()
    }
}
