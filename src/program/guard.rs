//! Conditions as formulas over typed atoms.
//!
//! A formula is a tree of `all` and `any` over atoms; equal formulas are stored once. An atom asks one thing of one
//! variable. What the text says in words (`'*'` on a tag, a pattern on a permission, `'6'` for June) is already
//! decided here, so that evaluation and analysis see types.

use rustc_hash::FxHashMap;

use super::pattern::Pattern;
use super::texts::TextId;
use crate::catalog::{PermissionSet, Variable};

/// Names a formula of a [`Guards`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GuardId(u32);

impl GuardId {
    /// The formula that always holds: a statement without `where`.
    pub const ALWAYS: Self = Self(0);
}

/// A formula.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Guard {
    /// Every part holds; with no part, always.
    All(Box<[GuardId]>),
    /// Some part holds; with no part, never.
    Any(Box<[GuardId]>),
    /// One test.
    Atom(Atom),
}

/// One test of one variable.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Atom {
    /// What is looked at.
    pub variable: VariableRef,
    /// What is asked of it.
    pub test: Test,
}

/// What an atom asks. Absence of the variable makes every test false but [`Test::Absent`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Test {
    /// `=`: some value is equal; between two variables, one set of values lies in the other.
    Equal(Operand),
    /// `!=`: no value is equal; between two variables, neither set lies in the other.
    NotEqual(Operand),
    /// `in (…)`: some item is satisfied by `=`.
    In(Box<[Operand]>),
    /// `not in (…)`: no item is satisfied by `=`.
    NotIn(Box<[Operand]>),
    /// `before`: strictly earlier than the instant, in seconds since 1970 UTC.
    Before(i64),
    /// `after`: strictly later than the instant, in seconds since 1970 UTC.
    After(i64),
    /// `between`: the time of day, in seconds since midnight UTC, lies in the interval, ends included; an interval whose
    /// start is later than its end runs over midnight.
    Between(u32, u32),
    /// The variable is present.
    Present,
    /// The variable is absent.
    Absent,
    /// `sets-equal`: the values are exactly these.
    SetsEqual(Box<[Operand]>),
    /// `sets-intersect`: some value is among these.
    SetsIntersect(Box<[Operand]>),
    /// The operand cannot be a value of the variable (no time where a time belongs): never true.
    Never,
}

/// A right-hand side.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Operand {
    /// This text, case ignored; and its spelling, to be shown.
    Text(Text, Text),
    /// Any text that fits.
    Pattern(Pattern),
    /// Any value at all: `'*'` and `/*/`.
    Anything,
    /// This number; for months and days.
    Number(u32),
    /// This many seconds since midnight.
    Seconds(u32),
    /// Any of these permissions, for `request.permission`; and the name or pattern as written, to be shown.
    Permissions(Box<PermissionSet>, Text),
    /// The values of another variable.
    Variable(VariableRef),
}

impl Operand {
    /// The variable on the right, where it is one.
    #[must_use]
    pub const fn variable(&self) -> Option<VariableRef> {
        match self {
            Self::Variable(other) => Some(*other),
            Self::Text(..)
            | Self::Pattern(_)
            | Self::Anything
            | Self::Number(_)
            | Self::Seconds(_)
            | Self::Permissions(..) => None,
        }
    }
}

/// A text of the program, folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(pub(crate) TextId);

impl Text {
    /// Where no text is asked for.
    pub(crate) const ANY: Self = Self(TextId::FIRST);
}

/// A variable as evaluation looks it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VariableRef {
    /// `request.permission`
    Permission,
    /// `request.operation`
    Operation,
    /// `request.principal.type`
    PrincipalType,
    /// `request.principal.id`
    PrincipalId,
    /// `request.principal.compartment.id`
    PrincipalCompartment,
    /// `request.principal.compartment.tag.NAMESPACE.KEY`
    PrincipalCompartmentTag(Text),
    /// `request.principal.group.tag.NAMESPACE.KEY`
    PrincipalGroupTag(Text),
    /// `request.user.id`
    UserId,
    /// `request.user.name`
    UserName,
    /// `request.groups.id`
    GroupIds,
    /// `request.groups.name`
    GroupNames,
    /// `request.dynamicgroup.id`
    DynamicGroupIds,
    /// `request.dynamicgroup.name`
    DynamicGroupNames,
    /// `request.domain.name`
    DomainName,
    /// `request.instance.id`
    InstanceId,
    /// `request.instance.compartment.id`
    InstanceCompartment,
    /// `request.resource.compartment.id`
    ResourceCompartment,
    /// `request.service.name`
    ServiceName,
    /// `request.region`
    Region,
    /// `request.ad`
    AvailabilityDomain,
    /// `request.networkSource.name`
    NetworkSource,
    /// `request.utc-timestamp`
    Instant,
    /// `request.utc-timestamp.month-of-year`
    Month,
    /// `request.utc-timestamp.day-of-month`
    DayOfMonth,
    /// `request.utc-timestamp.day-of-week`
    DayOfWeek,
    /// `request.utc-timestamp.time-of-day`
    TimeOfDay,
    /// `target.compartment.id`
    TargetCompartment,
    /// `target.compartment.name`
    TargetCompartmentName,
    /// `target.tenant.id`
    TargetTenancy,
    /// `target.tenant.name`
    TargetTenancyName,
    /// `target.resource.tag.NAMESPACE.KEY`
    TargetTag(Text),
    /// `target.resource.compartment.tag.NAMESPACE.KEY`
    TargetCompartmentTag(Text),
    /// `target.group.member`
    TargetGroupMember,
    /// Any other variable, by its whole name.
    Named(Text),
}

/// What kind of values a variable has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueKind {
    /// Texts, OCIDs and truth values, compared as texts.
    Text,
    /// The permission that is tested.
    Permission,
    /// A whole number.
    Number,
    /// Seconds since midnight.
    TimeOfDay,
    /// An instant.
    Instant,
}

/// Variables that evaluation knows by themselves, as the documentation spells them. Every other one is looked up by name.
const KNOWN: [(&str, VariableRef); 29] = [
    ("request.permission", VariableRef::Permission),
    ("request.operation", VariableRef::Operation),
    ("request.principal.type", VariableRef::PrincipalType),
    ("request.principal.id", VariableRef::PrincipalId),
    ("request.principal.compartment.id", VariableRef::PrincipalCompartment),
    ("request.user.id", VariableRef::UserId),
    ("request.user.name", VariableRef::UserName),
    ("request.groups.id", VariableRef::GroupIds),
    ("request.groups.name", VariableRef::GroupNames),
    ("request.dynamicgroup.id", VariableRef::DynamicGroupIds),
    ("request.dynamicgroup.name", VariableRef::DynamicGroupNames),
    ("request.domain.name", VariableRef::DomainName),
    ("request.instance.id", VariableRef::InstanceId),
    ("request.instance.compartment.id", VariableRef::InstanceCompartment),
    ("request.resource.compartment.id", VariableRef::ResourceCompartment),
    ("request.service.name", VariableRef::ServiceName),
    ("request.region", VariableRef::Region),
    ("request.ad", VariableRef::AvailabilityDomain),
    ("request.networkSource.name", VariableRef::NetworkSource),
    ("request.utc-timestamp", VariableRef::Instant),
    ("request.utc-timestamp.month-of-year", VariableRef::Month),
    ("request.utc-timestamp.day-of-month", VariableRef::DayOfMonth),
    ("request.utc-timestamp.day-of-week", VariableRef::DayOfWeek),
    ("request.utc-timestamp.time-of-day", VariableRef::TimeOfDay),
    ("target.compartment.id", VariableRef::TargetCompartment),
    ("target.compartment.name", VariableRef::TargetCompartmentName),
    ("target.tenant.id", VariableRef::TargetTenancy),
    ("target.tenant.name", VariableRef::TargetTenancyName),
    ("target.group.member", VariableRef::TargetGroupMember),
];

/// Makes the variable of a tag's `NAMESPACE.KEY`.
type TagVariable = fn(Text) -> VariableRef;

/// Variables that carry a tag: the prefix, and the variable of the `NAMESPACE.KEY` behind it.
const TAGS: [(&str, TagVariable); 4] = [
    ("request.principal.compartment.tag.", VariableRef::PrincipalCompartmentTag),
    ("request.principal.group.tag.", VariableRef::PrincipalGroupTag),
    ("target.resource.compartment.tag.", VariableRef::TargetCompartmentTag),
    ("target.resource.tag.", VariableRef::TargetTag),
];

impl VariableRef {
    /// The variable of a name in any case; `intern` gives ids to the parts that are free.
    pub(crate) fn of(name: &str, mut intern: impl FnMut(&str) -> TextId) -> Self {
        if let Some((_, known)) = KNOWN.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            return *known;
        }
        for (prefix, variable) in TAGS {
            let (head, tag) = name.split_at_checked(prefix.len()).unwrap_or_default();
            if head.eq_ignore_ascii_case(prefix) {
                return variable(Text(intern(tag)));
            }
        }
        Self::Named(Text(intern(name)))
    }

    /// Whether the name, in any case, is one that decisions know of themselves.
    pub(crate) fn is_known(name: &str) -> bool {
        KNOWN.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
            || TAGS.iter().any(|(prefix, _)| {
                name.split_at_checked(prefix.len()).is_some_and(|(head, _)| head.eq_ignore_ascii_case(prefix))
            })
    }

    /// Whether it is a list by its nature, tags apart.
    pub(crate) const fn is_a_list(self) -> bool {
        matches!(
            self,
            Self::GroupIds
                | Self::GroupNames
                | Self::DynamicGroupIds
                | Self::DynamicGroupNames
                | Self::NetworkSource
        )
    }

    /// What kind of values it has.
    #[must_use]
    pub const fn values(self) -> ValueKind {
        match self {
            Self::Permission => ValueKind::Permission,
            Self::Month | Self::DayOfMonth => ValueKind::Number,
            Self::TimeOfDay => ValueKind::TimeOfDay,
            Self::Instant => ValueKind::Instant,
            Self::Operation
            | Self::PrincipalType
            | Self::PrincipalId
            | Self::PrincipalCompartment
            | Self::PrincipalCompartmentTag(_)
            | Self::PrincipalGroupTag(_)
            | Self::UserId
            | Self::UserName
            | Self::GroupIds
            | Self::GroupNames
            | Self::DynamicGroupIds
            | Self::DynamicGroupNames
            | Self::DomainName
            | Self::InstanceId
            | Self::InstanceCompartment
            | Self::ResourceCompartment
            | Self::ServiceName
            | Self::Region
            | Self::AvailabilityDomain
            | Self::NetworkSource
            | Self::DayOfWeek
            | Self::TargetCompartment
            | Self::TargetCompartmentName
            | Self::TargetTenancy
            | Self::TargetTenancyName
            | Self::TargetTag(_)
            | Self::TargetCompartmentTag(_)
            | Self::TargetGroupMember
            | Self::Named(_) => ValueKind::Text,
        }
    }

    /// The name as the documentation spells it; `text` gives the free parts back.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "what is not a tag and not free stands in the table above"
    )]
    pub(crate) fn name<'t>(self, text: impl Fn(TextId) -> Option<&'t str>) -> String {
        if let Some((name, _)) = KNOWN.iter().find(|(_, known)| *known == self) {
            return (*name).to_owned();
        }
        let free = |tag: Text| text(tag.0).unwrap_or_default().to_owned();
        match self {
            Self::PrincipalCompartmentTag(tag) => format!("request.principal.compartment.tag.{}", free(tag)),
            Self::PrincipalGroupTag(tag) => format!("request.principal.group.tag.{}", free(tag)),
            Self::TargetCompartmentTag(tag) => format!("target.resource.compartment.tag.{}", free(tag)),
            Self::TargetTag(tag) => format!("target.resource.tag.{}", free(tag)),
            Self::Named(name) => {
                let written = free(name);
                let known = Variable::find(&written).filter(|found| found.tag.is_none());
                let spelled = known.map(|found| found.variable.name().to_owned());
                spelled.unwrap_or(written)
            }
            // Every other variable stands in the table.
            _ => String::new(),
        }
    }
}

/// The distinct formulas of a program.
#[derive(Debug, Clone)]
pub struct Guards {
    guards: Vec<Guard>,
    ids: FxHashMap<Guard, GuardId>,
}

impl Default for Guards {
    fn default() -> Self {
        let mut guards = Self { guards: Vec::new(), ids: FxHashMap::default() };
        // Invariant: the empty conjunction is the first formula, `GuardId::ALWAYS`.
        guards.intern(Guard::All(Box::default()));
        guards
    }
}

impl Guards {
    pub(crate) fn intern(&mut self, guard: Guard) -> GuardId {
        if let Some(&id) = self.ids.get(&guard) {
            return id;
        }
        let id = GuardId(u32::try_from(self.guards.len()).unwrap_or(u32::MAX));
        self.guards.push(guard.clone());
        self.ids.insert(guard, id);
        id
    }

    /// The formulas with nothing kept that only interning needs.
    pub(crate) fn settled(mut self) -> Self {
        self.guards.shrink_to_fit();
        Self { ids: FxHashMap::default(), ..self }
    }

    /// The formula with this id; `None` for an id of another program.
    #[must_use]
    pub fn get(&self, id: GuardId) -> Option<&Guard> {
        self.guards.get(id.0 as usize)
    }

    /// Every atom below a formula, in the order they were written.
    #[must_use]
    pub fn atoms(&self, id: GuardId) -> Vec<&Atom> {
        let mut atoms = Vec::new();
        let mut stack = vec![id];
        while let Some(id) = stack.pop() {
            match self.get(id) {
                Some(Guard::All(parts) | Guard::Any(parts)) => stack.extend(parts.iter().rev()),
                Some(Guard::Atom(atom)) => atoms.push(atom),
                None => {}
            }
        }
        atoms
    }
}
