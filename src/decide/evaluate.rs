//! Conditions against a request.
//!
//! The leaf rule: a test of a variable that is absent is false for every operator, `!=` and `not in` included, and so is
//! a test whose right-hand variable is absent. Only the test for absence is true then. `all` and `any` combine plain
//! truth values; what is unknown stays unknown unless the rest decides (Kleene).
//!
//! # Source
//! Oracle IAM documentation, "Conditions" (a variable that does not apply makes the condition false), "Using Tags to
//! Manage Access" (several values). That the rule holds for the leaf and not the clause follows from Oracle's own
//! `any { !v, v != 'x' }`.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use super::Need;
use crate::catalog::{Permission, PrincipalKind, VerbRow};
use crate::program::{Atom, Guard, GuardId, Operand, Program, Statement, Test, Text, TextId, VariableRef};
use crate::request::{Check, Given, Known, Request, Target};
use crate::tenancy::{CompartmentId, TenancyId};
use crate::truth::Truth;

/// What a condition is evaluated in: a request with one permission under test.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'p> {
    pub(crate) program: &'p Program,
    pub(crate) request: &'p Request,
    pub(crate) target: &'p Target,
    /// The tenancy whose statements are tried: its own network sources are what they name.
    pub(crate) speaker: TenancyId,
    /// The two resources an association links, in the order the statement at hand is read in.
    pub(crate) pair: Option<[&'p (String, Target); 2]>,
    /// `None` for an association, and for a need that is a whole statement.
    pub(crate) permission: Option<Permission>,
    /// What a statement has to give where it is needed as a whole.
    pub(crate) row: Option<VerbRow>,
}

/// The state of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen<'p> {
    Absent,
    Unknown,
    One(TextId),
    Many(&'p [TextId]),
    /// Values of rows whose first part is this.
    Rows(&'p [(TextId, TextId)], TextId),
    Permission(Permission),
    Number(u32),
    Seconds(u32),
    Instant(i64),
    Given(&'p Given),
}

impl<'p> Scene<'p> {
    pub(crate) fn new(program: &'p Program, request: &'p Request, check: &'p Check, need: Need) -> Self {
        let pair = check.pair.as_deref().map(|pair| [&pair.first, &pair.second]);
        let (target, speaker) = (&check.target, check.target.tenancy);
        Self { program, request, target, speaker, pair, permission: need.permission(), row: need.row() }
    }

    /// The same for statements of a tenancy.
    pub(crate) const fn spoken_by(self, tenancy: TenancyId) -> Self {
        Self { speaker: tenancy, ..self }
    }

    /// The same for one statement.
    pub(crate) fn by(self, statement: &Statement) -> Self {
        let policy = self.program.policy(statement.policy);
        policy.map_or(self, |policy| self.spoken_by(policy.tenancy))
    }

    /// The tenancies of the asker and of what is asked for: of linked resources, of the one that is not the asker's.
    pub(crate) fn sides(&self) -> (TenancyId, TenancyId) {
        let home = self.request.principal.tenancy;
        let linked = self.pair.map(|pair| pair.map(|side| side.1.tenancy));
        let other = linked.into_iter().flatten().find(|&tenancy| tenancy != home);
        (home, other.unwrap_or(self.target.tenancy))
    }

    /// The same with the linked resources in the other order.
    pub(crate) fn swapped(self) -> Self {
        Self { pair: self.pair.map(|[first, second]| [second, first]), ..self }
    }

    /// Whether a formula holds.
    pub(crate) fn guard(&self, id: GuardId) -> Truth {
        if id == GuardId::ALWAYS {
            return Truth::True;
        }
        match self.program.guards.get(id) {
            Some(Guard::All(parts)) => {
                let mut truth = Truth::True;
                for &part in parts {
                    truth = truth & self.guard(part);
                    if truth.is_false() {
                        break;
                    }
                }
                truth
            }
            Some(Guard::Any(parts)) => {
                let mut truth = Truth::False;
                for &part in parts {
                    truth = truth | self.guard(part);
                    if truth.is_true() {
                        break;
                    }
                }
                truth
            }
            Some(Guard::Atom(atom)) => self.atom(atom),
            None => Truth::False,
        }
    }

    /// Whether one test holds.
    pub(crate) fn atom(&self, atom: &Atom) -> Truth {
        let seen = self.variable(atom.variable);
        match (&atom.test, seen) {
            (Test::Absent, Seen::Absent) => Truth::True,
            (_, Seen::Absent) => Truth::False,
            (Test::Never, _) => Truth::False,
            (_, Seen::Unknown) => self.unknown_left(&atom.test),
            (Test::Absent, _) => Truth::False,
            (Test::Present, _) => Truth::True,
            (Test::Equal(operand), seen) => self.equal(seen, operand, Truth::from),
            (Test::NotEqual(operand), seen) => self.equal(seen, operand, |equal| Truth::from(!equal)),
            (Test::In(items), seen) => self.listed(seen, items),
            (Test::NotIn(items), seen) => self.not_listed(seen, items),
            (Test::Before(limit), seen) => seen.instant().map_or(Truth::False, |at| Truth::from(at < *limit)),
            (Test::After(limit), seen) => seen.instant().map_or(Truth::False, |at| Truth::from(at > *limit)),
            (Test::Between(from, to), seen) => seen.seconds().map_or(Truth::False, |at| {
                Truth::from(if from <= to { *from <= at && at <= *to } else { at >= *from || at <= *to })
            }),
            (Test::SetsEqual(items), seen) => self.sets(seen, items, true),
            (Test::SetsIntersect(items), seen) => self.sets(seen, items, false),
        }
    }

    /// A test of an unknown variable: unknown, but false where a variable on the right is absent.
    fn unknown_left(&self, test: &Test) -> Truth {
        let operands: &[Operand] = match test {
            Test::Equal(operand) | Test::NotEqual(operand) => std::slice::from_ref(operand),
            Test::In(items) | Test::NotIn(items) | Test::SetsEqual(items) | Test::SetsIntersect(items) => {
                items
            }
            Test::Before(_)
            | Test::After(_)
            | Test::Between(..)
            | Test::Present
            | Test::Absent
            | Test::Never => &[],
        };
        if self.absent_among(operands) { Truth::False } else { Truth::Unknown }
    }

    fn absent_among(&self, operands: &[Operand]) -> bool {
        operands.iter().filter_map(Operand::variable).any(|other| self.variable(other) == Seen::Absent)
    }

    /// The values of a variable on the right; what the whole test is where it has none.
    fn right(&self, variable: VariableRef) -> Result<Seen<'p>, Truth> {
        let seen = self.variable(variable);
        if seen == Seen::Absent {
            Err(Truth::False)
        } else if seen == Seen::Unknown {
            Err(Truth::Unknown)
        } else {
            Ok(seen)
        }
    }

    /// `=` and `!=`: `then` turns "equal" into the answer. An absent right-hand side is false either way.
    fn equal(&self, seen: Seen<'p>, operand: &Operand, then: fn(bool) -> Truth) -> Truth {
        match operand.variable().map(|other| self.right(other)) {
            // Between two variables, one set of values has to lie in the other.
            Some(Ok(right)) => then(subset(seen, right) || subset(right, seen)),
            Some(Err(truth)) => truth,
            None => then(seen.any(|value| self.satisfies(value, operand))),
        }
    }

    fn listed(&self, seen: Seen<'p>, items: &[Operand]) -> Truth {
        // An absent variable among the items makes the whole test false.
        if self.absent_among(items) {
            return Truth::False;
        }
        items.iter().map(|item| self.equal(seen, item, Truth::from)).max().unwrap_or(Truth::False)
    }

    fn not_listed(&self, seen: Seen<'p>, items: &[Operand]) -> Truth {
        if self.absent_among(items) {
            return Truth::False;
        }
        !items.iter().map(|item| self.equal(seen, item, Truth::from)).max().unwrap_or(Truth::False)
    }

    fn sets(&self, seen: Seen<'p>, items: &[Operand], whole: bool) -> Truth {
        let mut variables: Vec<Seen<'p>> = Vec::new();
        for other in items.iter().filter_map(Operand::variable) {
            match self.right(other) {
                Ok(seen) => variables.push(seen),
                Err(truth) => return truth,
            }
        }
        let wanted: Vec<&Operand> = items.iter().filter(|item| item.variable().is_none()).collect();
        let among = |value: Value<'_>| {
            wanted.iter().any(|item| self.satisfies(value, item))
                || variables.iter().any(|other| other.any(|known| known == value))
        };
        if !whole {
            return Truth::from(seen.any(among));
        }
        // A value that the question gives may be read as a number or a time beside its text.
        let whole =
            matches!(seen, Seen::Given(given) if given.texts.len() == 1 && among(Value::Given(given)));
        let covered = whole || !seen.any(|value| !matches!(value, Value::Given(_)) && !among(value));
        let reached = wanted.iter().all(|item| seen.any(|value| self.satisfies(value, item)))
            && variables.iter().all(|other| subset(*other, seen));
        Truth::from(covered && reached)
    }

    /// Whether one value satisfies a literal operand.
    fn satisfies(&self, value: Value<'_>, operand: &Operand) -> bool {
        match (operand, value) {
            (Operand::Anything, _) => true,
            (Operand::Text(Text(text), _), Value::Text(value)) => *text == value,
            (Operand::Pattern(pattern), Value::Text(value)) => {
                self.text(value).is_some_and(|text| pattern.matches_folded(text))
            }
            (Operand::Number(number), Value::Number(value)) => *number == value,
            (Operand::Seconds(seconds), Value::Seconds(value)) => *seconds == value,
            (Operand::Permissions(set, _), Value::Permission(value)) => set.contains(value),
            (Operand::Permissions(set, _), Value::Text(value)) => {
                self.text(value).and_then(Permission::find).is_some_and(|value| set.contains(value))
            }
            (Operand::Pattern(pattern), Value::Number(value)) => pattern.matches(&value.to_string()),
            (Operand::Number(number), Value::Given(given)) => given.number == Some(*number),
            (Operand::Seconds(seconds), Value::Given(given)) => given.seconds == Some(*seconds),
            _ => false,
        }
    }

    /// The text of an id, the program's or the request's own.
    pub(crate) fn text(&self, id: TextId) -> Option<&'p str> {
        self.program.texts.get(id).or_else(|| self.request.texts.get(id))
    }

    /// The same as people spelled it.
    pub(crate) fn spelled(&self, id: TextId) -> Option<&'p str> {
        self.request.texts.spelled(id).or_else(|| self.program.texts.spelled(id))
    }

    /// The state of a variable.
    pub(crate) fn variable(&self, variable: VariableRef) -> Seen<'p> {
        let request = self.request;
        if !request.given.is_empty()
            && let Some((_, state)) = request.given.iter().rev().find(|(known, _)| *known == variable)
        {
            return match state {
                Known::Unknown => Seen::Unknown,
                Known::Absent => Seen::Absent,
                Known::Present(given) => Seen::Given(given),
            };
        }
        let principal = &request.principal;
        let user = principal.kind == PrincipalKind::User;
        let on_resource = matches!(principal.kind, PrincipalKind::Instance | PrincipalKind::Resource);
        match variable {
            VariableRef::Permission => self.permission.map_or(Seen::Absent, Seen::Permission),
            VariableRef::Operation => one(request.operation),
            VariableRef::PrincipalType => Seen::One(principal.kind_text),
            VariableRef::PrincipalId => known(&principal.id, |&id| Seen::One(id)),
            VariableRef::PrincipalCompartment if on_resource => {
                known(&principal.compartment, |&compartment| self.compartment_id(compartment))
            }
            VariableRef::PrincipalCompartmentTag(Text(tag)) => match principal.compartment {
                Known::Unknown => Seen::Unknown,
                Known::Absent => Seen::Absent,
                Known::Present(_) => rows(&principal.compartment_tags, tag),
            },
            VariableRef::PrincipalGroupTag(Text(tag)) => known(&principal.group_tags, |tags| rows(tags, tag)),
            VariableRef::UserId if user => known(&principal.id, |&id| Seen::One(id)),
            VariableRef::UserName if user => one(principal.name),
            VariableRef::GroupIds if user => known(&principal.group_ids, |ids| Seen::Many(ids)),
            VariableRef::GroupNames if user => known(&principal.group_names, |names| Seen::Many(names)),
            VariableRef::DynamicGroupIds if on_resource => known(&principal.group_ids, |ids| Seen::Many(ids)),
            VariableRef::DynamicGroupNames if on_resource => {
                known(&principal.group_names, |names| Seen::Many(names))
            }
            VariableRef::DomainName if user => one(principal.domain),
            VariableRef::InstanceId if principal.kind == PrincipalKind::Instance => {
                known(&principal.id, |&id| Seen::One(id))
            }
            VariableRef::InstanceCompartment if principal.kind == PrincipalKind::Instance => {
                known(&principal.compartment, |&compartment| self.compartment_id(compartment))
            }
            VariableRef::ResourceCompartment if principal.kind == PrincipalKind::Resource => {
                known(&principal.compartment, |&compartment| self.compartment_id(compartment))
            }
            VariableRef::ServiceName if principal.kind == PrincipalKind::Service => one(principal.name),
            VariableRef::Region => known(&request.region, |&region| Seen::One(region)),
            VariableRef::AvailabilityDomain => {
                known(&request.availability_domain, |&domain| Seen::One(domain))
            }
            VariableRef::NetworkSource => known(&request.networks, |networks| {
                let own = networks.iter().find(|(tenancy, _)| *tenancy == self.speaker);
                own.map_or(Seen::Absent, |(_, names)| Seen::Many(names))
            }),
            VariableRef::Instant => known(&request.instant, |&at| Seen::Instant(at)),
            VariableRef::Month => self.moment(|moment| u32::try_from(moment.month()).ok().map(Seen::Number)),
            VariableRef::DayOfMonth => {
                self.moment(|moment| u32::try_from(moment.day()).ok().map(Seen::Number))
            }
            VariableRef::DayOfWeek => self.moment(|moment| {
                let name = weekday(moment.weekday());
                self.program.texts.find(name).map(Seen::One)
            }),
            VariableRef::TimeOfDay => known(&request.instant, |&at| {
                Seen::Seconds(u32::try_from(at.rem_euclid(86_400)).unwrap_or_default())
            }),
            // An association has two targets, which `1.` and `2.` tell apart.
            VariableRef::TargetCompartment if self.target.names_compartment && self.pair.is_none() => {
                self.compartment_id(self.target.compartment)
            }
            VariableRef::TargetCompartmentName if self.target.names_compartment && self.pair.is_none() => {
                one(self
                    .program
                    .world
                    .compartment_texts
                    .get(self.target.compartment.index())
                    .map(|texts| texts.1))
            }
            VariableRef::TargetTenancy if self.pair.is_none() => {
                id_of(self.program.world.tenancy_texts.get(self.target.tenancy.index()).map(|texts| texts.0))
            }
            VariableRef::TargetTenancyName if self.pair.is_none() => {
                one(self.program.world.tenancy_texts.get(self.target.tenancy.index()).map(|texts| texts.1))
            }
            VariableRef::TargetTag(Text(tag)) if self.pair.is_none() => {
                if self.permission.is_some_and(|permission| !permission.has_target_tags()) {
                    return Seen::Absent;
                }
                known(&self.target.tags, |tags| rows(tags, tag))
            }
            VariableRef::TargetCompartmentTag(Text(tag)) if self.pair.is_none() => {
                rows(&self.target.compartment_tags, tag)
            }
            VariableRef::TargetGroupMember if self.pair.is_none() => {
                known(&self.target.group_member, |&member| {
                    one(self.program.texts.find(if member { "true" } else { "false" }))
                })
            }
            VariableRef::Named(Text(name)) => self.named(name),
            // The rest exist for other kinds of principal, or not for this operation.
            VariableRef::PrincipalCompartment
            | VariableRef::UserId
            | VariableRef::UserName
            | VariableRef::GroupIds
            | VariableRef::GroupNames
            | VariableRef::DynamicGroupIds
            | VariableRef::DynamicGroupNames
            | VariableRef::DomainName
            | VariableRef::InstanceId
            | VariableRef::InstanceCompartment
            | VariableRef::ResourceCompartment
            | VariableRef::ServiceName
            | VariableRef::TargetCompartment
            | VariableRef::TargetCompartmentName
            | VariableRef::TargetTenancy
            | VariableRef::TargetTenancyName
            | VariableRef::TargetTag(_)
            | VariableRef::TargetCompartmentTag(_)
            | VariableRef::TargetGroupMember => Seen::Absent,
        }
    }

    /// A variable of the principal or the target, by its whole name.
    fn named(&self, name: TextId) -> Seen<'p> {
        let own = rows(&self.request.principal.variables, name);
        if own != Seen::Absent {
            return own;
        }
        let Some([first, second]) = self.pair else { return rows(&self.target.variables, name) };
        // `1.` and `2.` address the two resources in the order they are written.
        let Some((number, rest)) = self.text(name).and_then(|text| text.split_once('.')) else {
            return Seen::Absent;
        };
        let side = match number {
            "1" => &first.1,
            "2" => &second.1,
            _ => return Seen::Absent,
        };
        let full = format!("target.{rest}");
        let id = self.program.texts.find(&full).or_else(|| self.request.texts.find(&full));
        id.map_or(Seen::Absent, |id| rows(&side.variables, id))
    }

    fn compartment_id(&self, compartment: CompartmentId) -> Seen<'p> {
        id_of(self.program.world.compartment_texts.get(compartment.index()).map(|texts| texts.0))
    }

    fn moment(&self, part: impl Fn(&jiff::Zoned) -> Option<Seen<'p>>) -> Seen<'p> {
        known(&self.request.instant, |&at| {
            let moment = Timestamp::from_second(at).map(|at| at.to_zoned(TimeZone::UTC));
            moment.ok().and_then(|moment| part(&moment)).unwrap_or(Seen::Absent)
        })
    }
}

/// One value of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value<'p> {
    Text(TextId),
    Permission(Permission),
    Number(u32),
    Seconds(u32),
    Instant(i64),
    Given(&'p Given),
}

impl<'p> Seen<'p> {
    /// Whether some value satisfies a predicate.
    fn any(self, predicate: impl Fn(Value<'p>) -> bool) -> bool {
        match self {
            Self::Absent | Self::Unknown => false,
            Self::One(text) => predicate(Value::Text(text)),
            Self::Many(texts) => texts.iter().any(|&text| predicate(Value::Text(text))),
            Self::Rows(rows, name) => rows
                .iter()
                .filter(|(known, _)| *known == name)
                .any(|(_, value)| predicate(Value::Text(*value))),
            Self::Permission(permission) => predicate(Value::Permission(permission)),
            Self::Number(number) => predicate(Value::Number(number)),
            Self::Seconds(seconds) => predicate(Value::Seconds(seconds)),
            Self::Instant(instant) => predicate(Value::Instant(instant)),
            Self::Given(given) => {
                given.texts.iter().any(|&text| predicate(Value::Text(text))) || predicate(Value::Given(given))
            }
        }
    }

    fn instant(self) -> Option<i64> {
        match self {
            Self::Instant(at) => Some(at),
            Self::Given(given) => given.instant,
            Self::Absent
            | Self::Unknown
            | Self::One(_)
            | Self::Many(_)
            | Self::Rows(..)
            | Self::Permission(_)
            | Self::Number(_)
            | Self::Seconds(_) => None,
        }
    }

    fn seconds(self) -> Option<u32> {
        match self {
            Self::Seconds(at) => Some(at),
            Self::Given(given) => given.seconds,
            Self::Absent
            | Self::Unknown
            | Self::One(_)
            | Self::Many(_)
            | Self::Rows(..)
            | Self::Permission(_)
            | Self::Number(_)
            | Self::Instant(_) => None,
        }
    }
}

fn known<'p, T>(state: &'p Known<T>, seen: impl FnOnce(&'p T) -> Seen<'p>) -> Seen<'p> {
    match state {
        Known::Unknown => Seen::Unknown,
        Known::Absent => Seen::Absent,
        Known::Present(value) => seen(value),
    }
}

fn one<'p>(text: Option<TextId>) -> Seen<'p> {
    text.map_or(Seen::Absent, Seen::One)
}

/// The OCID of a thing that has one, whether the model knows it or not.
fn id_of<'p>(id: Option<Option<TextId>>) -> Seen<'p> {
    id.map_or(Seen::Absent, |id| id.map_or(Seen::Unknown, Seen::One))
}

fn rows(rows: &[(TextId, TextId)], name: TextId) -> Seen<'_> {
    if rows.iter().any(|(known, _)| *known == name) { Seen::Rows(rows, name) } else { Seen::Absent }
}

/// Whether every value of one variable is a value of the other.
fn subset<'p>(a: Seen<'p>, b: Seen<'p>) -> bool {
    !a.any(|value| !matches!(value, Value::Given(_)) && !b.any(|other| other == value))
}

const fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "monday",
        Weekday::Tuesday => "tuesday",
        Weekday::Wednesday => "wednesday",
        Weekday::Thursday => "thursday",
        Weekday::Friday => "friday",
        Weekday::Saturday => "saturday",
        Weekday::Sunday => "sunday",
    }
}
