//! What nearly decided a request: the record behind an explanation.
//!
//! The same steps as in [`decide`](super::decide), taken for every statement of the tenancies concerned and not only for
//! those the index finds, and kept where all steps but one hold.

use crate::catalog::{PrincipalKind, ResourceType, Verb};
use crate::ocid::Ocid;
use crate::program::{
    Atom, Guard, GuardId, Kind, Operand, Program, Statement, StatementId, Subject, Test, VariableRef,
};
use crate::request::{self, Check, Request};
use crate::syntax::Reading;
use crate::tenancy::{Aspect, DynamicGroup, TenancyId};
use crate::truth::Truth;

use super::evaluate::{Scene, Seen};
use super::gather;
use super::membership;
use super::{Decision, PermissionTest, Verdict, gives, oriented, reaches};

/// What stood behind each permission test of a decision, in the same order.
#[derive(Debug, Clone)]
pub(crate) struct Trace {
    pub(crate) tests: Vec<TestTrace>,
}

/// What stood behind one permission test.
#[derive(Debug, Clone, Default)]
pub(crate) struct TestTrace {
    /// The two halves of a request across tenancies; `None` within one.
    pub(crate) halves: Option<Halves>,
    /// Statements that would have allowed it but for one step, most useful first.
    pub(crate) misses: Vec<NearMiss>,
    /// What nobody said and the answer depends on.
    pub(crate) unknown: Vec<String>,
    /// Denies that do not count, although they all but forbid it.
    pub(crate) spared: Vec<Spared>,
}

/// The two halves of a request across tenancies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Halves {
    pub(crate) home: TenancyId,
    pub(crate) there: TenancyId,
    pub(crate) endorsed: Truth,
    pub(crate) admitted: Truth,
}

/// One half of a pair of statements across tenancies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    Endorse,
    Admit,
}

/// Whether a half is there that would count, were its policy in force.
pub(crate) fn has_inert(misses: &[NearMiss], half: Half) -> bool {
    let kinds = match half {
        Half::Endorse => [Kind::Endorse, Kind::AssociateEndorse],
        Half::Admit => [Kind::Admit, Kind::AssociateAdmit],
    };
    misses.iter().any(|miss| miss.why == Why::NotInForce && kinds.contains(&miss.kind))
}

/// A statement that nearly mattered.
#[derive(Debug, Clone)]
pub(crate) struct NearMiss {
    pub(crate) statement: Found,
    pub(crate) kind: Kind,
    pub(crate) why: Why,
}

/// A statement of a program, in force or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Found {
    InForce(StatementId),
    /// By its place among the program's inert statements.
    Inert(usize),
}

impl Found {
    pub(crate) fn of(self, program: &Program) -> Option<&Statement> {
        match self {
            Self::InForce(id) => program.statement(id),
            Self::Inert(index) => program.inert.get(index),
        }
    }
}

/// The one step that failed. Most useful first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Why {
    /// Everything fits but the condition; its tests that do not hold, found for those that are kept.
    Condition(Vec<Leaf>),
    /// The verb gives less; the verb that would give it.
    Verb(Verb),
    /// Everything fits but the resource-type, of which the catalogue knows nothing that it gives.
    Type,
    /// It reaches another place.
    Place,
    /// It is an Allow of the target's tenancy, which speaks of that tenancy's principals only.
    Foreign,
    /// It would have counted, but its policy is not in force.
    NotInForce,
    /// It speaks of somebody else.
    Principal,
}

/// A test that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Leaf {
    /// The test as statements write it.
    pub(crate) test: String,
    /// What was found.
    pub(crate) found: String,
    /// Whether the variable does not apply to the request.
    pub(crate) absent: bool,
    /// Whether it asks for anything but a value: `!=`, `not in`.
    pub(crate) negative: bool,
}

/// The most near misses that are kept for one permission.
const MOST: usize = 8;

/// Records what stood behind a decision.
pub(crate) fn trace(program: &Program, request: &Request, decision: &Decision) -> Trace {
    let tests = decision.tests.iter().map(|test| {
        let Some(check) = request.checks.get(usize::from(test.check)) else { return TestTrace::default() };
        trace_test(program, request, check, test)
    });
    Trace { tests: tests.collect() }
}

fn trace_test(program: &Program, request: &Request, check: &Check, test: &PermissionTest) -> TestTrace {
    let scene = Scene::new(program, request, check, test.need);
    let (home, there) = scene.sides();
    let [allow, endorse, admit] = match scene.pair {
        None => [Kind::Allow, Kind::Endorse, Kind::Admit],
        Some(_) => [Kind::Allow, Kind::AssociateEndorse, Kind::AssociateAdmit],
    };
    let mut trace = TestTrace::default();
    if home != there {
        let halves = [best(&scene, home, endorse), best(&scene, there, admit)];
        let model = program.tenancies();
        // What may stand in policies nobody has read is not missing; Oracle's own are taken to admit.
        let [endorsed, admitted] =
            [(home, halves[0]), (there, halves[1])].map(|(tenancy, found)| match tenancy {
                _ if model.knows(tenancy, Aspect::Policies) => found,
                _ if tenancy == there && gather::is_of_oracle(program, there) => Truth::True,
                _ => found.max(Truth::Unknown),
            });
        trace.halves = Some(Halves { home, there, endorsed, admitted });
    }
    match test.verdict {
        Verdict::Allow => trace.spared = spared(&scene),
        Verdict::ExplicitDeny => {}
        Verdict::Indeterminate => trace.unknown = unknown(&scene, test),
        Verdict::ImplicitDeny => {
            trace.misses = if home == there {
                misses(&scene, home, allow)
            } else {
                // Only the half that is missing has near misses worth reading.
                let halves = trace.halves.as_ref();
                let lacks = |half: fn(&Halves) -> Truth| halves.is_none_or(|halves| !half(halves).may_be());
                let mut both = Vec::new();
                if lacks(|halves| halves.endorsed) {
                    both.extend(misses(&scene, home, endorse));
                }
                if lacks(|halves| halves.admitted) {
                    both.extend(misses(&scene, there, admit));
                }
                // What people try in place of the pair.
                both.extend(
                    misses(&scene, home, allow).into_iter().filter(|miss| matches!(miss.why, Why::Place)),
                );
                if lacks(|halves| halves.admitted) {
                    both.extend(foreign(&scene, there, allow));
                }
                both
            };
            trace.misses.sort_by(|a, b| (&a.why, a.statement).cmp(&(&b.why, b.statement)));
            trace.misses.truncate(MOST);
            // Only those that are kept are put into words.
            for miss in &mut trace.misses {
                if let (Why::Condition(leaves), Some(statement)) = (&mut miss.why, miss.statement.of(program))
                {
                    *leaves = failing(&oriented(scene.by(statement), statement), statement.guard);
                }
            }
        }
    }
    trace
}

/// How well the best statement of one kind does.
fn best(scene: &Scene<'_>, tenancy: TenancyId, kind: Kind) -> Truth {
    let scene = &scene.spoken_by(tenancy);
    of_kind(scene.program, tenancy, kind)
        .filter(|(found, _)| matches!(found, Found::InForce(_)))
        .map(|(_, statement)| applies(scene, statement))
        .max()
        .unwrap_or_default()
}

/// How far a statement applies.
fn applies(scene: &Scene<'_>, statement: &Statement) -> Truth {
    let scene = &oriented(*scene, statement);
    let mut truth = gives(scene, statement.permissions, statement.effect);
    for step in [reaches, subject, |scene: &Scene<'_>, statement: &Statement| scene.guard(statement.guard)] {
        if truth.is_false() {
            break;
        }
        truth = truth & step(scene, statement);
    }
    truth
}

/// Statements of one kind in a tenancy, in force or not.
fn of_kind(program: &Program, tenancy: TenancyId, kind: Kind) -> impl Iterator<Item = (Found, &Statement)> {
    let in_force = program.statements().map(|(id, statement)| (Found::InForce(id), statement));
    let inert = program.inert.iter().enumerate().map(|(index, statement)| (Found::Inert(index), statement));
    in_force.chain(inert).filter(move |(_, statement)| {
        Kind::of(statement) == kind
            && program.policy(statement.policy).is_some_and(|policy| policy.tenancy == tenancy)
    })
}

fn misses(scene: &Scene<'_>, tenancy: TenancyId, kind: Kind) -> Vec<NearMiss> {
    let scene = &scene.spoken_by(tenancy);
    let near = |(found, statement): (Found, &Statement)| {
        Some(NearMiss { statement: found, kind, why: obstacle(scene, found, statement)? })
    };
    of_kind(scene.program, tenancy, kind).filter_map(near).collect()
}

/// What keeps a statement from counting; `None` where nothing does, or more than one change would mend.
///
/// Nearly every statement gives something else in another place, and is done with after the two steps that cost least.
fn obstacle(scene: &Scene<'_>, found: Found, statement: &Statement) -> Option<Why> {
    let scene = &oriented(*scene, statement);
    let gives = gives(scene, statement.permissions, statement.effect).may_be();
    let reaches = reaches(scene, statement).may_be();
    if !gives && !reaches {
        return None;
    }
    let guard = || scene.guard(statement.guard).may_be();
    // A statement that is wrong itself may reach anywhere, or speak of anybody, once it is mended.
    let mended = || guard() && itself_rejected(scene.program, found, statement);
    match (subject(scene, statement).may_be(), gives, reaches) {
        (true, true, true) if !guard() => Some(Why::Condition(Vec::new())),
        (true, true, true) => matches!(found, Found::Inert(_)).then_some(Why::NotInForce),
        (true, true, false) => Some(if mended() { Why::NotInForce } else { Why::Place }),
        (true, false, true) if gives_nothing_known(scene.program, statement) && guard() => Some(Why::Type),
        (true, false, true) => Some(Why::Verb(needed_verb(scene, statement)?)),
        (false, true, true) if mended() => Some(Why::NotInForce),
        (false, true, true) => guard().then_some(Why::Principal),
        (false, _, _) | (true, false, false) => None,
    }
}

/// Allows of the target's tenancy that would count for one of its own principals.
fn foreign(scene: &Scene<'_>, there: TenancyId, allow: Kind) -> Vec<NearMiss> {
    let scene = &scene.spoken_by(there);
    let counts = |(found, statement): &(Found, &Statement)| {
        matches!(found, Found::InForce(_)) && applies(scene, statement).may_be()
    };
    let miss = |(statement, _)| NearMiss { statement, kind: allow, why: Why::Foreign };
    of_kind(scene.program, there, allow).filter(counts).map(miss).collect()
}

/// A deny that would have forbidden what is allowed, and why it does not.
#[derive(Debug, Clone)]
pub(crate) struct Spared {
    pub(crate) statement: StatementId,
    /// The tests of variables that do not apply; empty where the asker is one whom no deny binds.
    pub(crate) absent: Vec<String>,
}

/// Denies that all but forbid something that is allowed.
fn spared(scene: &Scene<'_>) -> Vec<Spared> {
    let (home, there) = scene.sides();
    let own = [(home, Kind::Deny)];
    let across = [(home, Kind::DenyEndorse), (there, Kind::DenyAdmit)];
    let kinds: &[(TenancyId, Kind)] = if home == there { &own } else { &across };
    let mut spared = Vec::new();
    for &(tenancy, kind) in kinds {
        let scene = &scene.spoken_by(tenancy);
        for (found, statement) in of_kind(scene.program, tenancy, kind) {
            let Found::InForce(id) = found else { continue };
            let scene = &oriented(*scene, statement);
            let meant = gives(scene, statement.permissions, statement.effect)
                & reaches(scene, statement)
                & subject(scene, statement);
            if !meant.is_true() {
                continue;
            }
            let guard = scene.guard(statement.guard);
            if guard.is_true() {
                spared.push(Spared { statement: id, absent: Vec::new() });
            } else if guard.is_false() {
                let failing = failing(scene, statement.guard);
                let negative = |leaf: &&Leaf| leaf.absent && leaf.negative;
                let absent: Vec<String> =
                    failing.iter().filter(negative).map(|leaf| leaf.test.clone()).collect();
                if !absent.is_empty() {
                    spared.push(Spared { statement: id, absent });
                }
            }
        }
    }
    spared.truncate(MOST);
    spared
}

/// Whether the statement itself, and not only another of its policy, was rejected.
fn itself_rejected(program: &Program, found: Found, statement: &Statement) -> bool {
    let own = |rejection: &crate::program::Rejection| {
        rejection.policy == statement.policy && rejection.number == statement.number
    };
    matches!(found, Found::Inert(_)) && program.rejections().iter().any(own)
}

/// Why the asker is in no group the statement names; `None` where that needs no words.
pub(crate) fn not_in(program: &Program, request: &Request, statement: &Statement) -> Option<String> {
    let model = program.tenancies();
    let principal = &request.principal;
    let named = |subject: &Subject| match subject {
        Subject::DynamicGroup(id) => {
            let group = model.dynamic_group(*id)?;
            if !group.known {
                let id = group.id.as_ref()?;
                let own = principal.dynamic_groups.iter().filter(|(_, member)| member.is_true());
                let own = own.filter_map(|(id, _)| model.dynamic_group(*id));
                let own = own.map(|group| (group.name.as_deref(), group.id.as_ref())).collect();
                return Some(misnamed("dynamic group", id, &principal.label, own));
            }
            let name = group.name.as_deref()?;
            let (rule, _) = group.rule.as_ref().filter(|_| !group.is_unread(program.mode.accepted()))?;
            let Some((facts, tenancy)) = principal.facts(program, request) else {
                let kind = principal.kind;
                return Some(format!("a {kind} is never in a dynamic group, and `{name}` is one"));
            };
            if tenancy != group.tenancy {
                return Some(format!("the dynamic group `{name}` is another tenancy's"));
            }
            let leaves = membership::failing(&rule.node, &facts);
            (!leaves.is_empty()).then(|| format!("by the rule of `{name}`, {}", leaves.join("; ")))
        }
        Subject::Group(id) => {
            let group = model.group(*id)?;
            if !group.known {
                let id = group.id.as_ref()?;
                let own = principal.groups.iter().filter(|(_, member)| member.is_true());
                let own = own.filter_map(|(id, _)| model.group(*id));
                let own = own.map(|group| (group.name.as_deref(), group.id.as_ref())).collect();
                return Some(misnamed("group", id, &principal.label, own));
            }
            let name = group.name.as_deref()?;
            let user = principal.kind == PrincipalKind::User;
            Some(if user {
                format!("not a member of the group `{name}`")
            } else {
                format!("only users are in groups, and `{name}` is one")
            })
        }
        Subject::AnyGroup if principal.kind == PrincipalKind::Service => {
            Some("`any-group` leaves services out (assumed)".to_owned())
        }
        Subject::AnyUser | Subject::AnyGroup | Subject::Service(_) | Subject::Unsupported => None,
    };
    statement.subjects.iter().find_map(named)
}

/// What is wrong with an OCID that the model does not have, and which groups hold the asker.
fn misnamed(what: &str, id: &Ocid, asker: &str, own: Vec<(Option<&str>, Option<&Ocid>)>) -> String {
    let shown = own.into_iter().filter_map(|(name, id)| Some(format!("`{}`, `{}`", name?, id?)));
    let shown: Vec<String> = shown.collect();
    let missing = format!("it names the {what} `{id}`, which the model does not have");
    match shown.as_slice() {
        [] => missing,
        [only] => format!("{missing}; the {what} that holds {asker} is {only}"),
        several => format!("{missing}; the {what}s that hold {asker} are {}", several.join("; ")),
    }
}

/// Whether a statement speaks of the asker.
fn subject(scene: &Scene<'_>, statement: &Statement) -> Truth {
    let principal = &scene.request.principal;
    let service = principal.kind == crate::catalog::PrincipalKind::Service;
    let member = |subject: &Subject| match subject {
        Subject::AnyUser => Truth::True,
        Subject::AnyGroup => Truth::from(!service),
        Subject::Unsupported => Truth::False,
        named @ (Subject::Group(_) | Subject::DynamicGroup(_) | Subject::Service(_)) => principal
            .subjects
            .iter()
            .find(|(own, _)| own == named)
            .map_or(Truth::False, |(_, member)| *member),
    };
    statement.subjects.iter().map(member).max().unwrap_or_default()
}

/// Whether the catalogue knows nothing of what a statement's resource-type gives.
fn gives_nothing_known(program: &Program, statement: &Statement) -> bool {
    program.sets.is_unknown_type(statement.permissions)
}

/// The lowest verb with which a statement of the same types would give the permission; `None` where its types do not
/// have the permission at all.
fn needed_verb(scene: &Scene<'_>, statement: &Statement) -> Option<Verb> {
    let permission = scene.permission?;
    let types = permission.granted_by().iter().map(|row| row.resource_type);
    let shares = |resource_type: &ResourceType| {
        scene.program.sets.meets(statement.permissions, &resource_type.granted(Verb::Manage).certain)
    };
    types.filter(shares).filter_map(|resource_type| resource_type.level(permission)).min()
}

/// The tests because of which a formula does not hold.
fn failing(scene: &Scene<'_>, guard: GuardId) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    let mut stack = vec![guard];
    while let Some(id) = stack.pop() {
        if scene.guard(id).is_true() {
            continue;
        }
        match scene.program.guards.get(id) {
            Some(Guard::All(parts) | Guard::Any(parts)) => stack.extend(parts.iter().rev()),
            Some(Guard::Atom(atom)) => leaves.push(leaf(scene, atom)),
            None => {}
        }
    }
    leaves
}

fn leaf(scene: &Scene<'_>, atom: &Atom) -> Leaf {
    let seen = scene.variable(atom.variable);
    let found = match (atom.variable, seen) {
        // Every real request has one; a question about a bare permission names none (R32: what is not said is absent).
        (VariableRef::Operation, Seen::Absent) => {
            "the variable is absent, because the question names a permission and no operation".to_owned()
        }
        (VariableRef::Named(_), Seen::Absent) => nowhere(scene, atom.variable)
            .unwrap_or_else(|| "the variable does not apply to this request".to_owned()),
        _ => format!("the variable {}", show(scene, seen)),
    };
    let negative = matches!(atom.test, Test::NotEqual(_) | Test::NotIn(_));
    Leaf { test: show_atom(scene, atom), found, absent: seen == Seen::Absent, negative }
}

/// What is wrong with a variable that does not exist.
fn nowhere(scene: &Scene<'_>, variable: VariableRef) -> Option<String> {
    let name = variable.name(|id| scene.spelled(id));
    (!request::variable_exists(scene.program, &name)).then(|| match request::nearest_variable(&name) {
        Some(near) => format!("there is no such variable; did you mean `{near}`?"),
        None => "there is no such variable in the catalogue".to_owned(),
    })
}

/// Dynamic groups a statement speaks of whose rule does not count: what to mend before anything can be known.
fn unread(scene: &Scene<'_>, statement: &Statement) -> Vec<String> {
    let group = |subject: &Subject| match subject {
        Subject::DynamicGroup(id) => scene.program.tenancies().dynamic_group(*id),
        Subject::AnyUser
        | Subject::AnyGroup
        | Subject::Group(_)
        | Subject::Service(_)
        | Subject::Unsupported => None,
    };
    let accepted = scene.program.mode.accepted();
    statement.subjects.iter().filter_map(group).filter_map(|group| unread_rule(group, accepted)).collect()
}

/// What is not known of a dynamic group whose rule does not count; `None` where it does.
pub(crate) fn unread_rule(group: &DynamicGroup, accepted: Reading) -> Option<String> {
    let name = group.name.as_deref().unwrap_or_default();
    let why = group.fault.as_ref().map_or("it cannot be read as it stands", |fault| &fault.message);
    group
        .is_unread(accepted)
        .then(|| format!("what the matching rule of dynamic group `{name}` picks: {why}"))
}

/// What an indeterminate answer depends on.
fn unknown(scene: &Scene<'_>, test: &PermissionTest) -> Vec<String> {
    let mut names = Vec::new();
    for statement in test.because.iter().filter_map(|&id| scene.program.statement(id)) {
        let scene = &scene.by(statement);
        if subject(scene, statement) == Truth::Unknown {
            names.push(format!(
                "whether {} belongs to the subject of the statement",
                scene.request.principal.label
            ));
            names.extend(unread(scene, statement));
        }
        if reaches(scene, statement) == Truth::Unknown {
            names.push("where the statement reaches in the other tenancy".to_owned());
        }
        let holds =
            scene.permission.map(|permission| scene.program.sets.holds(statement.permissions, permission));
        if holds == Some(Truth::Unknown) {
            names.push(
                "whether the verb gives the permission, which the documentation does not say".to_owned(),
            );
        }
        for atom in scene.program.guards.atoms(statement.guard) {
            if scene.atom(atom) == Truth::Unknown {
                names.push(format!("`{}`", atom.variable.name(|id| scene.spelled(id))));
            }
        }
    }
    names.sort();
    names.dedup();
    names
}

/// A test as statements write it.
pub(crate) fn show_atom(scene: &Scene<'_>, atom: &Atom) -> String {
    let variable = atom.variable.name(|id| scene.spelled(id));
    let operand = |operand: &Operand| show_operand(scene, operand);
    let list = |items: &[Operand]| items.iter().map(operand).collect::<Vec<_>>().join(", ");
    match &atom.test {
        Test::Equal(right) => format!("{variable} = {}", operand(right)),
        Test::NotEqual(right) => format!("{variable} != {}", operand(right)),
        Test::In(items) => format!("{variable} in ({})", list(items)),
        Test::NotIn(items) => format!("{variable} not in ({})", list(items)),
        Test::Before(at) => format!("{variable} before '{}'", instant(*at)),
        Test::After(at) => format!("{variable} after '{}'", instant(*at)),
        Test::Between(from, to) => format!("{variable} between '{}' and '{}'", clock(*from), clock(*to)),
        Test::Present => variable,
        Test::Absent => format!("!{variable}"),
        Test::SetsEqual(items) => format!("sets-equal({variable}, ({}))", list(items)),
        Test::SetsIntersect(items) => format!("sets-intersect({variable}, ({}))", list(items)),
        Test::Never => format!("{variable} compared with something that is no value of it"),
    }
}

fn show_operand(scene: &Scene<'_>, operand: &Operand) -> String {
    match operand {
        Operand::Text(_, spelling) => {
            format!("'{}'", scene.program.texts.written(spelling.0).unwrap_or_default())
        }
        Operand::Pattern(pattern) => format!("/{pattern}/"),
        Operand::Anything => "/*/".to_owned(),
        Operand::Number(number) => format!("'{number}'"),
        Operand::Seconds(seconds) => format!("'{}'", clock(*seconds)),
        Operand::Permissions(_, written) => {
            scene.program.texts.written(written.0).unwrap_or_default().to_owned()
        }
        Operand::Variable(other) => other.name(|id| scene.spelled(id)),
    }
}

/// The state of a variable in words.
fn show(scene: &Scene<'_>, seen: Seen<'_>) -> String {
    let text = |id| format!("`{}`", scene.spelled(id).unwrap_or_default());
    let several = |texts: Vec<String>| match texts.as_slice() {
        [] => "is empty".to_owned(),
        [only] => format!("is {only}"),
        _ => format!("has the values {}", texts.join(", ")),
    };
    match seen {
        Seen::Absent => "does not apply to this request".to_owned(),
        Seen::Unknown => "is not known".to_owned(),
        Seen::One(id) => format!("is {}", text(id)),
        Seen::Many(ids) => several(ids.iter().map(|&id| text(id)).collect()),
        Seen::Rows(rows, name) => {
            several(rows.iter().filter(|(known, _)| *known == name).map(|&(_, value)| text(value)).collect())
        }
        Seen::Permission(permission) => format!("is `{permission}`"),
        Seen::Number(number) => format!("is `{number}`"),
        Seen::Seconds(seconds) => format!("is `{}`", clock(seconds)),
        Seen::Instant(at) => format!("is `{}`", instant(at)),
        Seen::Given(given) => several(given.texts.iter().map(|&id| text(id)).collect()),
    }
}

fn instant(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |at| at.to_string())
}

fn clock(seconds: u32) -> String {
    format!("{:02}:{:02}:{:02}Z", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
