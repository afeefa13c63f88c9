//! Endorse and Admit: which halves belong together, and where one gives more than the other.
//!
//! Used by the lints about cross-tenancy pairs. What is not known (a group by name here, by OCID there) may belong
//! together; what is said to be missing is missing for certain, as far as the files go.

use super::context::{self, Context};
use crate::caseless;
use crate::catalog::{KnownTenancy, PermissionSet};
use crate::diagnostic::Diagnostic;
use crate::program::{
    Guard, GuardId, Guards, Operand, Reach, Side, Statement, Subject, Test, Text, VariableRef,
};
use crate::source::Span;
use crate::syntax::{self, CrossAction, Effect, Origin, Scope, Subject as Written};
use crate::tenancy::{CompartmentId, TenancyId};

/// One half of a cross-tenancy pair.
#[derive(Debug, Clone, Copy)]
pub(super) struct Half<'a> {
    /// What it means.
    pub(super) statement: &'a Statement,
    /// What it was made from.
    pub(super) written: context::Written<'a>,
    /// The tenancy it belongs to.
    pub(super) home: TenancyId,
    /// The tenancy it speaks of; `None` for any.
    pub(super) partner: Option<TenancyId>,
    /// What keeps it from being in force: a mistake of its own, or of another statement of its policy.
    pub(super) broken: Option<&'a Diagnostic>,
    /// Whether the mistake is its own.
    pub(super) own_fault: bool,
}

impl Half<'_> {
    /// Whether it can be told that its other half is missing: not of one that is at fault itself, nor where the name of
    /// the other tenancy is yet to be filled in.
    pub(super) fn is_clear(&self) -> bool {
        let alias = match &self.written.item.statement {
            syntax::Statement::Admit(admit) => match &admit.origin.node {
                Origin::Tenancy(alias) => Some(alias),
                Origin::AnyTenancy | Origin::Unstated => None,
            },
            syntax::Statement::Endorse(endorse) => match &endorse.action {
                CrossAction::In { place, .. } => match &place.node {
                    Scope::Tenancy(alias) | Scope::CompartmentOf { tenancy: alias, .. } => Some(alias),
                    Scope::AnyTenancy | Scope::Local(_) => None,
                },
                CrossAction::Associate(_) => None,
            },
            syntax::Statement::Grant(_)
            | syntax::Statement::Define(_)
            | syntax::Statement::Comment(_)
            | syntax::Statement::Broken => None,
        };
        !self.own_fault && alias.is_none_or(|alias| alias.node.literal().is_some())
    }
}

/// All endorsing statements.
pub(super) fn endorses<'a>(context: &Context<'a>) -> Vec<Half<'a>> {
    halves(context, |statement| match (statement.side, statement.reach) {
        (Side::Endorse, Reach::Tenancy(other) | Reach::NotModelled(other)) => Some(Some(other)),
        (Side::Endorse, Reach::Below(place)) => Some(Some(tenancy_of(context, place)?)),
        (Side::Endorse, Reach::AnyTenancy) => Some(None),
        (Side::Endorse, Reach::Nowhere) | (Side::Admit { .. } | Side::Own, _) => None,
    })
}

/// All admitting statements.
pub(super) fn admits<'a>(context: &Context<'a>) -> Vec<Half<'a>> {
    halves(context, |statement| match statement.side {
        Side::Admit { from } => Some(from),
        Side::Endorse | Side::Own => None,
    })
}

fn halves<'a>(
    context: &Context<'a>,
    partner: impl Fn(&Statement) -> Option<Option<TenancyId>>,
) -> Vec<Half<'a>> {
    // A pair of resources that may be linked is no grant and has no halves of this kind.
    let grants = |statement: &Statement| statement.effect == Effect::Allow && statement.association.is_none();
    context
        .statements()
        .filter(|(statement, _)| grants(statement))
        .filter_map(|(statement, written)| {
            let partner = partner(statement)?;
            let mut faults = context.faults(statement.policy);
            let own = faults.by_ref().find(|(number, _)| *number == statement.number);
            let broken = own.or_else(|| context.faults(statement.policy).next()).map(|(_, fault)| fault);
            let home = context.tenancy(statement);
            Some(Half { statement, written, home, partner, broken, own_fault: own.is_some() })
        })
        .collect()
}

/// Whether the tenancy is one of Oracle's whose own half customers cannot see.
pub(super) fn is_oracles(context: &Context<'_>, tenancy: TenancyId) -> bool {
    context.ocid(tenancy).is_some_and(|id| KnownTenancy::find(id.as_str()).is_some())
}

/// Whether the two may be halves of one pair: some principal, some permission and some place are in both, and their
/// conditions do not exclude each other.
pub(super) fn meet(context: &Context<'_>, endorse: &Half<'_>, admit: &Half<'_>) -> bool {
    let speak_of_each_other = endorse.partner.is_none_or(|there| there == admit.home)
        && (admit.partner.is_none_or(|from| from == endorse.home) || aliased_wrongly(admit));
    speak_of_each_other && subjects_meet(context, endorse, admit) && grants_meet(context, endorse, admit)
}

/// Whether an Admit means nobody because its alias is not defined; then it may mean anybody.
fn aliased_wrongly(admit: &Half<'_>) -> bool {
    admit.own_fault && admit.broken.is_some_and(|fault| fault.code.id() == "undefined-alias")
}

/// Pairs that speak of each other and of the same principals, and have nothing else in common; each half is without any
/// other half.
pub(super) fn strangers<'h, 'a>(
    context: &Context<'_>,
    endorses: &'h [Half<'a>],
    admits: &'h [Half<'a>],
) -> Vec<(&'h Half<'a>, &'h Half<'a>)> {
    let mut pairs = Vec::new();
    let whole = |half: &&Half<'_>| half.broken.is_none() && half.is_clear();
    for endorse in endorses.iter().filter(whole) {
        let Some(there) = endorse.partner.filter(|there| *there != endorse.home) else { continue };
        let known = |admit: &&Half<'_>| {
            admit.home == there
                && admit.partner == Some(endorse.home)
                && subjects_meet(context, endorse, admit)
        };
        let mut candidates = admits.iter().filter(whole).filter(known).peekable();
        if candidates.peek().is_none() || admits.iter().any(|admit| meet(context, endorse, admit)) {
            continue;
        }
        let alone = |admit: &&Half<'_>| !endorses.iter().any(|other| meet(context, other, admit));
        pairs.extend(candidates.find(alone).map(|admit| (endorse, admit)));
    }
    pairs
}

fn subjects_meet(context: &Context<'_>, endorse: &Half<'_>, admit: &Half<'_>) -> bool {
    let pairs = |own: &Subject| admit.statement.subjects.iter().any(|other| may_be(context, *own, *other));
    endorse.statement.subjects.iter().any(pairs)
}

fn grants_meet(context: &Context<'_>, a: &Half<'_>, b: &Half<'_>) -> bool {
    permissions_meet(context, a, b)
        && places_meet(context, a, b)
        && !exclude(context.program.guards(), a.statement.guard, b.statement.guard)
}

/// Whether one surely gives what the other may give. What no page places may be in every set and proves nothing.
fn permissions_meet(context: &Context<'_>, a: &Half<'_>, b: &Half<'_>) -> bool {
    let set = |half: &Half<'_>| context.program.permission_sets().get(half.statement.permissions).copied();
    let (a, b) = (set(a).unwrap_or_default(), set(b).unwrap_or_default());
    let both_unknown = a.certain.is_empty() && b.certain.is_empty();
    both_unknown
        || !a.certain.is_disjoint(&(b.certain | b.unknown))
        || !b.certain.is_disjoint(&(a.certain | a.unknown))
}

/// Whether some principal may be meant by both.
fn may_be(context: &Context<'_>, a: Subject, b: Subject) -> bool {
    match (a, b) {
        (Subject::Unsupported, _) | (_, Subject::Unsupported) => false,
        (Subject::AnyUser, _) | (_, Subject::AnyUser) => true,
        (Subject::AnyGroup, other) | (other, Subject::AnyGroup) => !matches!(other, Subject::Service(_)),
        (Subject::Group(_), Subject::Group(_)) | (Subject::DynamicGroup(_), Subject::DynamicGroup(_)) => {
            same_group(context, a, b)
        }
        (Subject::Service(a), Subject::Service(b)) => a == b,
        (Subject::Group(_) | Subject::DynamicGroup(_) | Subject::Service(_), _) => false,
    }
}

/// Whether every principal of the one may be meant by the other too.
fn lies_in(context: &Context<'_>, inner: Subject, outer: Subject) -> bool {
    match (inner, outer) {
        (Subject::Unsupported, _) | (_, Subject::AnyUser) => true,
        (Subject::AnyGroup | Subject::Group(_) | Subject::DynamicGroup(_), Subject::AnyGroup) => true,
        (Subject::AnyUser | Subject::AnyGroup, _) => false,
        (Subject::Group(_) | Subject::DynamicGroup(_) | Subject::Service(_), _) => {
            may_be(context, inner, outer)
        }
    }
}

/// Whether two groups are the same as far as their OCIDs and names tell.
fn same_group(context: &Context<'_>, a: Subject, b: Subject) -> bool {
    if a == b {
        return true;
    }
    let model = context.program.tenancies();
    let facts = |subject: Subject| match subject {
        Subject::Group(id) => model.group(id).map(|group| (group.id.as_ref(), group.name.as_deref())),
        Subject::DynamicGroup(id) => {
            model.dynamic_group(id).map(|group| (group.id.as_ref(), group.name.as_deref()))
        }
        Subject::AnyUser | Subject::AnyGroup | Subject::Service(_) | Subject::Unsupported => None,
    };
    let (Some((id, name)), Some((other_id, other_name))) = (facts(a), facts(b)) else { return false };
    let ids_differ = id.zip(other_id).is_some_and(|(a, b)| a != b);
    let names_differ = name.zip(other_name).is_some_and(|(a, b)| !caseless::equal(a, b));
    !ids_differ && !names_differ
}

fn tenancy_of(context: &Context<'_>, place: CompartmentId) -> Option<TenancyId> {
    context.program.tenancies().compartment(place).map(|compartment| compartment.tenancy)
}

/// The compartment a half reaches, as far as the model has it.
fn place(context: &Context<'_>, reach: Reach) -> Option<CompartmentId> {
    match reach {
        Reach::Below(place) => Some(place),
        Reach::Tenancy(tenancy) => Some(context.program.tenancies().root(tenancy)),
        Reach::AnyTenancy | Reach::NotModelled(_) | Reach::Nowhere => None,
    }
}

fn places_meet(context: &Context<'_>, a: &Half<'_>, b: &Half<'_>) -> bool {
    match (place(context, a.statement.reach), place(context, b.statement.reach)) {
        (Some(a), Some(b)) => inside(context, a, b) || inside(context, b, a),
        _ => true,
    }
}

fn inside(context: &Context<'_>, inner: CompartmentId, outer: CompartmentId) -> bool {
    context.program.tenancies().ancestors(inner).any(|ancestor| ancestor == outer)
}

/// Whether two conditions can never hold together: they ask different values of one variable that has one value only.
fn exclude(guards: &Guards, a: GuardId, b: GuardId) -> bool {
    let (ours, theirs) = (pins(guards, a), pins(guards, b));
    ours.iter()
        .any(|(variable, value)| theirs.iter().any(|(other, asked)| variable == other && value != asked))
}

/// The variables with one value that a condition certainly pins to a text.
fn pins(guards: &Guards, id: GuardId) -> Vec<(VariableRef, Text)> {
    match guards.get(id) {
        Some(Guard::All(parts)) => parts.iter().flat_map(|part| pins(guards, *part)).collect(),
        Some(Guard::Atom(atom)) => {
            let Test::Equal(Operand::Text(text, _)) = &atom.test else { return Vec::new() };
            if has_one_value(atom.variable) { vec![(atom.variable, *text)] } else { Vec::new() }
        }
        Some(Guard::Any(_)) | None => Vec::new(),
    }
}

const fn has_one_value(variable: VariableRef) -> bool {
    matches!(
        variable,
        VariableRef::Operation
            | VariableRef::PrincipalType
            | VariableRef::PrincipalId
            | VariableRef::PrincipalCompartment
            | VariableRef::UserId
            | VariableRef::InstanceId
            | VariableRef::InstanceCompartment
            | VariableRef::ResourceCompartment
            | VariableRef::ServiceName
            | VariableRef::Region
            | VariableRef::TargetCompartment
            | VariableRef::TargetCompartmentName
            | VariableRef::Named(_)
    )
}

/// Whether the one condition holds wherever the other does; only simple proofs are tried, so that a yes is certain.
pub(super) fn implies(guards: &Guards, narrow: GuardId, wide: GuardId) -> bool {
    if narrow == wide || wide == GuardId::ALWAYS {
        return true;
    }
    match (guards.get(narrow), guards.get(wide)) {
        (_, Some(Guard::All(parts))) => parts.iter().all(|part| implies(guards, narrow, *part)),
        (Some(Guard::Any(parts)), _) if !parts.is_empty() => {
            parts.iter().all(|part| implies(guards, *part, wide))
        }
        (Some(Guard::All(parts)), Some(Guard::Any(_) | Guard::Atom(_))) => {
            let whole = parts.iter().any(|part| implies(guards, *part, wide));
            whole || any_of(guards, wide).iter().any(|part| implies(guards, narrow, *part))
        }
        (Some(_), Some(_)) => any_of(guards, wide).iter().any(|part| implies(guards, narrow, *part)),
        (None, _) | (_, None) => false,
    }
}

fn any_of(guards: &Guards, id: GuardId) -> &[GuardId] {
    match guards.get(id) {
        Some(Guard::Any(parts)) => parts,
        Some(Guard::All(_) | Guard::Atom(_)) | None => &[],
    }
}

/// In what one half gives more than those it meets; `None` where they give all it gives.
pub(super) fn surplus(context: &Context<'_>, wide: &Half<'_>, others: &[&Half<'_>]) -> Option<String> {
    let set = |half: &Half<'_>| context.program.permission_sets().get(half.statement.permissions);
    // What is given to no fewer principals, in no smaller place and under no more conditions adds up.
    let mut given = PermissionSet::EMPTY;
    let mut reasons = Vec::new();
    for other in others {
        match narrower(context, wide, other) {
            None => given = given | set(other).map(|set| set.certain | set.unknown).unwrap_or_default(),
            Some(reason) => reasons.push(reason),
        }
    }
    let missing = set(wide)?.certain - given;
    if missing.is_empty() {
        return None;
    }
    if let (true, Some(reason)) = (given.is_empty(), reasons.first()) {
        return Some((*reason).to_owned());
    }
    let names: Vec<&str> = missing.iter().map(|permission| permission.name()).take(4).collect();
    let more = missing.len() - names.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!("gives {}{more} besides", names.join(", ")))
}

/// In what a half is narrower than another, permissions left aside.
fn narrower(context: &Context<'_>, wide: &Half<'_>, narrow: &Half<'_>) -> Option<&'static str> {
    let everyone = wide
        .statement
        .subjects
        .iter()
        .all(|subject| narrow.statement.subjects.iter().any(|other| lies_in(context, *subject, *other)));
    if !everyone {
        return Some("speaks of more principals");
    }
    let everywhere = match (place(context, wide.statement.reach), place(context, narrow.statement.reach)) {
        (Some(wide), Some(narrow)) => inside(context, wide, narrow),
        _ => true,
    };
    if !everywhere {
        return Some("reaches more of the tenancy");
    }
    let always = implies(context.program.guards(), wide.statement.guard, narrow.statement.guard);
    (!always).then_some("lacks a condition that the other half has")
}

/// The Admit that would meet an Endorse, for its tenancy's root.
pub(super) fn missing_admit(context: &Context<'_>, endorse: &Half<'_>) -> String {
    let statement = &endorse.written.item.statement;
    let (Some(subject), Some(action)) = (statement.subject(), statement.action()) else {
        return "add the Admit to a policy at the root of the other tenancy".to_owned();
    };
    let home = alias(context, endorse.home);
    let subject = match &subject.node {
        Written::AnyUser => "any-user",
        Written::AnyGroup => "any-group",
        Written::DynamicGroups(_) => "dynamic-group ALIAS",
        Written::Groups(_)
        | Written::Services(_)
        | Written::Resource { .. }
        | Written::Users(_)
        | Written::Opaque(_) => "group ALIAS",
    };
    let define = if subject.ends_with("ALIAS") { ", `Define` the group by its OCID" } else { "" };
    format!(
        "add to a policy at the root of {}: `Define tenancy {home} as {}`{define}, and `Admit {subject} of tenancy {home} to {} in tenancy`",
        endorse.partner.map_or_else(|| "the other tenancy".to_owned(), |there| context.name(there)),
        ocid(context, endorse.home),
        text(context, endorse, action.span),
    )
}

/// The Endorse that would meet an Admit, for its tenancy's root.
pub(super) fn missing_endorse(context: &Context<'_>, admit: &Half<'_>) -> String {
    let statement = &admit.written.item.statement;
    let Some(action) = statement.action() else {
        return "add the Endorse to a policy at the root of the other tenancy".to_owned();
    };
    let home = alias(context, admit.home);
    let model = context.program.tenancies();
    let name = |name: Option<&String>| name.cloned().unwrap_or_else(|| "NAME".to_owned());
    let subject = match admit.statement.subjects.first() {
        None | Some(Subject::AnyUser | Subject::Unsupported) => "any-user".to_owned(),
        Some(Subject::AnyGroup) => "any-group".to_owned(),
        Some(Subject::Group(id)) => {
            format!("group {}", name(model.group(*id).and_then(|group| group.name.as_ref())))
        }
        Some(Subject::DynamicGroup(id)) => {
            format!("dynamic-group {}", name(model.dynamic_group(*id).and_then(|group| group.name.as_ref())))
        }
        Some(Subject::Service(_)) => "service NAME".to_owned(),
    };
    format!(
        "add to a policy at the root of {}: `Define tenancy {home} as {}` and `Endorse {subject} to {} in tenancy {home}`",
        admit.partner.map_or_else(|| "the other tenancy".to_owned(), |from| context.name(from)),
        ocid(context, admit.home),
        text(context, admit, action.span),
    )
}

/// What stands at a span, on one line.
pub(super) fn text(context: &Context<'_>, half: &Half<'_>, span: Span) -> String {
    let source = context.sources.get(half.written.policy.policy.source);
    let text = source.map(|source| source.slice(span)).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A tenancy's name with only letters an alias may have.
fn alias(context: &Context<'_>, tenancy: TenancyId) -> String {
    let name = context.program.tenancies().tenancy(tenancy).map_or("", |tenancy| tenancy.name.as_str());
    let alias =
        name.replace(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-' && letter != '_', "-");
    if alias.is_empty() { "ALIAS".to_owned() } else { alias }
}

fn ocid(context: &Context<'_>, tenancy: TenancyId) -> String {
    context.ocid(tenancy).map_or_else(|| "OCID".to_owned(), ToString::to_string)
}
