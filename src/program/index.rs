//! Statements by whom they speak of, where they reach, what they hold and what they pin, so that a decision touches
//! only those that may matter.

use rustc_hash::FxHashMap;

use super::guard::{Atom, Guard, GuardId, Guards, Operand, Test, Text, VariableRef};
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

/// Statements of one key that reach the same place with the same permissions and pin the same variable.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// Numbers of the compartments reached, from the first up to but not including the last; everything for an
    /// Endorse, whose reach is tested by itself.
    start: u32,
    end: u32,
    pub(crate) permissions: SetId,
    /// The variable without whose right value no condition of these statements holds; they are sorted by that value.
    pub(crate) pin: Option<VariableRef>,
    first: u32,
    last: u32,
}

/// What a condition asks of one variable in any case: this text.
type Pin = (VariableRef, Text);

/// Below this many entries a bucket is simply walked through.
const SMALL: usize = 24;

#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    buckets: FxHashMap<Key, (u32, u32)>,
    entries: Vec<Entry>,
    statements: Vec<StatementId>,
    /// The values that statements pin, statement by statement; those that pin none have any.
    values: Vec<Text>,
}

impl Index {
    /// Indexes statements; linear but for one sort.
    pub(crate) fn new(
        world: &World,
        guards: &Guards,
        statements: &[Statement],
        tenancy_of: impl Fn(&Statement) -> TenancyId,
    ) -> Self {
        let pins = pins(guards, statements);
        let mut rows: Vec<Row> = Vec::with_capacity(statements.len());
        for ((id, statement), pin) in (0u32..).map(StatementId).zip(statements).zip(pins) {
            let range = match statement.reach {
                Reach::Below(compartment) => world.range(compartment),
                Reach::Tenancy(_) | Reach::AnyTenancy | Reach::NotModelled(_) | Reach::Nowhere => {
                    (0, u32::MAX)
                }
            };
            let (tenancy, kind) = (tenancy_of(statement), Kind::of(statement));
            for &subject in &statement.subjects {
                let key = Key { tenancy, kind, subject };
                rows.push(Row { key, range, permissions: statement.permissions, pin, id });
            }
        }
        rows.sort_unstable_by_key(Row::rank);
        rows.dedup_by_key(|row| row.rank());
        let mut index = Self::default();
        let mut last: Option<Group> = None;
        for row in rows {
            let at = u32::try_from(index.statements.len()).unwrap_or(u32::MAX);
            index.statements.push(row.id);
            index.values.push(row.pin.map_or(Text::ANY, |(_, value)| value));
            let group = row.group();
            if last == Some(group) {
                if let Some(entry) = index.entries.last_mut() {
                    entry.last = at + 1;
                }
                continue;
            }
            let entry = u32::try_from(index.entries.len()).unwrap_or(u32::MAX);
            index.entries.push(Entry {
                start: row.range.0,
                end: row.range.1,
                permissions: row.permissions,
                pin: row.pin.map(|(variable, _)| variable),
                first: at,
                last: at + 1,
            });
            index.buckets.entry(row.key).or_insert((entry, entry)).1 = entry + 1;
            last = Some(group);
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

    /// The statements of an entry that pin this value.
    pub(crate) fn pinning(&self, entry: &Entry, value: Text) -> &[StatementId] {
        let values = self.values.get(entry.first as usize..entry.last as usize).unwrap_or_default();
        let from = values.partition_point(|known| *known < value);
        let to = values.partition_point(|known| *known <= value);
        self.statements(entry).get(from..to).unwrap_or_default()
    }
}

/// One subject of a statement, while the index is built.
struct Row {
    key: Key,
    range: (u32, u32),
    permissions: SetId,
    pin: Option<Pin>,
    id: StatementId,
}

/// What rows of one entry have in common.
type Group = (Key, (u32, u32), SetId, Option<VariableRef>);

impl Row {
    fn group(&self) -> Group {
        (self.key, self.range, self.permissions, self.pin.map(|(variable, _)| variable))
    }

    /// Rows of one entry stand side by side, and entries of one key by where they begin.
    #[expect(clippy::type_complexity, reason = "a key to sort by, never taken apart")]
    fn rank(
        &self,
    ) -> ((TenancyId, u8, Subject), u32, std::cmp::Reverse<u32>, SetId, Option<Pin>, StatementId) {
        let Key { tenancy, kind, subject } = self.key;
        let (start, end) = self.range;
        let key = (tenancy, kind as u8, subject);
        (key, start, std::cmp::Reverse(end), self.permissions, self.pin, self.id)
    }
}

/// What each statement pins: of all its condition asks in any case, the value fewest statements ask for.
fn pins(guards: &Guards, statements: &[Statement]) -> Vec<Option<Pin>> {
    let mut asked: FxHashMap<GuardId, Vec<Pin>> = FxHashMap::default();
    let mut often: FxHashMap<Pin, u32> = FxHashMap::default();
    for statement in statements {
        for &pin in asked.entry(statement.guard).or_insert_with(|| required(guards, statement.guard)).iter() {
            *often.entry(pin).or_default() += 1;
        }
    }
    let rarest = |statement: &Statement| {
        // The two orders of a link give its variables different values.
        let pins = asked.get(&statement.guard).filter(|_| statement.association.is_none())?;
        pins.iter().copied().min_by_key(|pin| (often.get(pin).copied().unwrap_or_default(), *pin))
    };
    statements.iter().map(rarest).collect()
}

/// The texts a formula asks for in any case.
fn required(guards: &Guards, guard: GuardId) -> Vec<Pin> {
    let mut pins = Vec::new();
    let mut stack = vec![guard];
    while let Some(id) = stack.pop() {
        match guards.get(id) {
            Some(Guard::All(parts)) => stack.extend(parts.iter()),
            Some(Guard::Any(parts)) => {
                if let [only] = &**parts {
                    stack.push(*only);
                }
            }
            Some(Guard::Atom(Atom { variable, test: Test::Equal(Operand::Text(text, _)) })) => {
                pins.push((*variable, *text));
            }
            Some(Guard::Atom(_)) | None => {}
        }
    }
    pins
}
