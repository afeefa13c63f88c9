//! Who may act as whom: the rights that are as good as being somebody else.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::context::Context;
use super::denies;
use super::meaning::{Extent, Meaning, permissions};
use crate::catalog::PermissionSet;
use crate::program::{Reach, Side, Subject};
use crate::source::Place;
use crate::syntax::{Attribute, Comparison, Effect, MatchingRule};
use crate::tenancy::{DynamicGroup, TenancyId};

/// Whose rights, and in which tenancy. Two policies that name a group mean the same one.
pub(super) type Holder = (TenancyId, Subject);

/// A right that is as good as other rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Power {
    /// Change the rule of a dynamic group.
    ChangeRule,
    /// Add somebody to a group.
    Join,
    /// Run commands on an instance that is a member.
    RunCommands,
    /// Replace the code of a function that is a member.
    ReplaceCode,
    /// Write policies.
    WritePolicies,
    /// Make credentials for anybody.
    MakeCredentials,
    /// Sign in as anybody.
    ChangeProviders,
    /// Manage everything.
    ManageEverything,
}

impl Power {
    /// What its holder may do, behind "may".
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::ChangeRule => "change the rule of",
            Self::Join => "add itself to",
            Self::RunCommands => "run commands on instances of",
            Self::ReplaceCode => "replace the code of functions of",
            Self::WritePolicies => "write policies in the tenancy",
            Self::MakeCredentials => "make credentials for anybody",
            Self::ChangeProviders => "change who signs in as whom",
            Self::ManageEverything => "manage everything in the tenancy",
        }
    }
}

/// One holder may act as another one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) from: Holder,
    pub(super) to: Holder,
    /// Through which right.
    pub(super) power: Power,
    /// Where the right is given.
    pub(super) place: Place,
}

/// What all holders of a program may make of their rights.
#[derive(Debug, Default)]
pub(super) struct Powers {
    /// The steps of each holder.
    pub(super) steps: FxHashMap<Holder, Vec<Step>>,
    /// Who is as good as an administrator, and through which right.
    pub(super) administrators: FxHashMap<Holder, (Place, Power)>,
}

/// Permissions that make a step or an administrator.
struct Permissions {
    policies: PermissionSet,
    credentials: PermissionSet,
    providers: PermissionSet,
    users: PermissionSet,
    groups: PermissionSet,
    rules: PermissionSet,
    commands: PermissionSet,
    functions: PermissionSet,
}

static PERMISSIONS: LazyLock<Permissions> = LazyLock::new(|| Permissions {
    policies: permissions(&["POLICY_CREATE", "POLICY_UPDATE"]),
    credentials: permissions(&[
        "USER_APIKEY_ADD",
        "USER_UIPASS_RESET",
        "USER_UIPASS_SET",
        "USER_AUTHTOKEN_SET",
        "USER_SECRETKEY_ADD",
        "USER_OAUTH2_CLIENT_CRED_CREATE",
    ]),
    providers: permissions(&["IDENTITY_PROVIDER_UPDATE", "IDENTITY_PROVIDER_CREATE"]),
    users: permissions(&["USER_UPDATE"]),
    groups: permissions(&["GROUP_UPDATE"]),
    rules: permissions(&["DYNAMIC_GROUP_UPDATE"]),
    commands: permissions(&["INSTANCE_AGENT_COMMAND_CREATE"]),
    functions: permissions(&["FN_FUNCTION_UPDATE"]),
});

/// The membership right of a holder: where each half was given, and the groups that both leave out.
#[derive(Default)]
struct Membership<'w> {
    users: Option<(Place, Vec<&'w str>)>,
    groups: Option<(Place, Vec<&'w str>)>,
}

/// What every holder of the program may make of its rights.
pub(super) fn of(context: &Context<'_>) -> Powers {
    let wanted = &*PERMISSIONS;
    let everything = wanted.policies
        | wanted.credentials
        | wanted.providers
        | wanted.users
        | wanted.groups
        | wanted.rules
        | wanted.commands
        | wanted.functions;
    let mut powers = Powers::default();
    let mut memberships: FxHashMap<Holder, Membership<'_>> = FxHashMap::default();
    let mut open: Vec<(Holder, Power, Place, Reach)> = Vec::new();
    let (sets, certain) = (context.program.permission_sets(), denies::certain(context));
    for (statement, written) in context.statements() {
        let relevant =
            sets.get(statement.permissions).is_some_and(|set| !set.certain.is_disjoint(&everything));
        if !relevant || statement.effect != Effect::Allow || statement.side != Side::Own {
            continue;
        }
        let meaning = Meaning::of(written.item);
        let Some(action) = meaning.statement().action() else { continue };
        if !meaning.speaks_of_others_than_administrators()
            || denies::taking_all(context, &certain, statement).is_some()
        {
            continue;
        }
        let place = Place { source: statement.place.source, span: action.span };
        let whole = meaning.extent() == Extent::Tenancy;
        let freely = |set: &PermissionSet| meaning.gives_freely(set).is_some();
        let made = makes_administrator(&meaning).filter(|_| whole);
        let steps = [
            (Power::ChangeRule, whole && freely(&wanted.rules)),
            (Power::RunCommands, freely(&wanted.commands)),
            (Power::ReplaceCode, freely(&wanted.functions)),
        ];
        let excluded = left_out(&meaning).filter(|_| whole);
        let granted = &meaning.granted().certain;
        for subject in &statement.subjects {
            let holder = (context.tenancy(statement), *subject);
            if let Some(power) = made {
                powers.administrators.entry(holder).or_insert((place, power));
            }
            let taken = steps.iter().filter(|(_, may)| *may);
            open.extend(taken.map(|(power, _)| (holder, *power, place, statement.reach)));
            if let Some(excluded) = &excluded {
                let given = memberships.entry(holder).or_default();
                if !granted.is_disjoint(&wanted.users) {
                    given.users.get_or_insert_with(|| (place, excluded.clone()));
                }
                if !granted.is_disjoint(&wanted.groups) {
                    given.groups.get_or_insert_with(|| (place, excluded.clone()));
                }
            }
        }
    }
    for (from, power, place, reach) in open {
        for (id, group) in context.program.tenancies().dynamic_groups() {
            let to = (from.0, Subject::DynamicGroup(id));
            let fits = group.tenancy == from.0
                && match power {
                    Power::RunCommands => has_members(context, group, reach, &Kind::Instances),
                    Power::ReplaceCode => has_members(context, group, reach, &Kind::Functions),
                    Power::ChangeRule
                    | Power::Join
                    | Power::WritePolicies
                    | Power::MakeCredentials
                    | Power::ChangeProviders
                    | Power::ManageEverything => true,
                };
            if fits && to != from {
                powers.steps.entry(from).or_default().push(Step { from, to, power, place });
            }
        }
    }
    let mut joining: Vec<(Holder, Membership<'_>)> = memberships.into_iter().collect();
    joining.sort_by_key(|(holder, _)| *holder);
    for (from, membership) in joining {
        let Membership { users: Some((_, one)), groups: Some((place, other)) } = membership else { continue };
        for (id, group) in context.program.tenancies().groups() {
            let to = (from.0, Subject::Group(id));
            let name = group.name.as_deref().unwrap_or_default();
            let out = one.iter().chain(&other).any(|excluded| excluded.eq_ignore_ascii_case(name));
            if group.tenancy == from.0 && !out && to != from {
                powers.steps.entry(from).or_default().push(Step { from, to, power: Power::Join, place });
            }
        }
    }
    powers
}

/// The steps of a kind to holders that are given anything, by place.
pub(super) fn steps_to_grants(context: &Context<'_>, power: Power) -> Vec<Step> {
    let powers = of(context);
    let given = |to: Holder| {
        context.program.statements().any(|(_, statement)| {
            statement.effect == Effect::Allow
                && context.tenancy(statement) == to.0
                && statement.subjects.contains(&to.1)
        })
    };
    let all = powers.steps.into_values().flatten().filter(|step| step.power == power);
    let mut steps: Vec<Step> = all.filter(|step| given(step.to)).collect();
    steps.sort_by_key(|step| (step.place, step.to));
    steps.dedup_by_key(|step| (step.place, step.to));
    steps
}

/// The right that makes the holder of a statement an administrator at once.
fn makes_administrator(meaning: &Meaning<'_>) -> Option<Power> {
    let everything = meaning
        .found()
        .is_some_and(|found| found.resource_type.kind() == crate::catalog::TypeKind::AllResources);
    let table = [
        (&PERMISSIONS.policies, Power::WritePolicies),
        (&PERMISSIONS.credentials, Power::MakeCredentials),
        (&PERMISSIONS.providers, Power::ChangeProviders),
    ];
    let found = table.into_iter().find(|(set, _)| meaning.gives_freely(set).is_some())?;
    Some(if everything { Power::ManageEverything } else { found.1 })
}

/// The groups that a statement's condition leaves out; `None` where the condition is about anything else.
fn left_out<'w>(meaning: &Meaning<'w>) -> Option<Vec<&'w str>> {
    if meaning.statement().condition().is_none() {
        return Some(Vec::new());
    }
    let [leaf] = meaning.leaves.as_slice() else { return None };
    let about = leaf.is("target.group.name") && meaning.is_single_test() && leaf.excludes_values();
    (about && leaf.patterns().next().is_none()).then(|| leaf.texts().map(|(text, _)| text).collect())
}

/// Which resources a right lets one act as.
enum Kind {
    Instances,
    Functions,
}

/// Whether the rule of a dynamic group takes in resources of a kind that certainly lie in a place.
fn has_members(context: &Context<'_>, group: &DynamicGroup, reach: Reach, kind: &Kind) -> bool {
    let (Some((rule, _)), Some(outer)) = (&group.rule, denies::place_of(context, reach)) else {
        return false;
    };
    places(&rule.node, kind).into_iter().any(|ocid| {
        let model = context.program.tenancies();
        let inner = model.find_compartment(ocid);
        inner.is_some_and(|inner| model.ancestors(inner).any(|ancestor| ancestor == outer))
    })
}

/// The compartments whose resources of a kind a rule takes in.
fn places<'r>(rule: &'r MatchingRule, kind: &Kind) -> Vec<&'r str> {
    match rule {
        MatchingRule::Any(members) => members.iter().flat_map(|member| places(&member.node, kind)).collect(),
        MatchingRule::All(members) => {
            let tests = || {
                members.iter().filter_map(|member| match &member.node {
                    MatchingRule::Test(test) => Some(test),
                    MatchingRule::All(_) | MatchingRule::Any(_) | MatchingRule::Opaque(_) => None,
                })
            };
            let is_function = tests().any(|test| {
                matches!((&test.attribute.node, &test.comparison), (Attribute::ResourceType, Comparison::Equal(value))
                    if value.node.literal().is_some_and(|kind| kind.eq_ignore_ascii_case("fnfunc")))
            });
            let attribute = match kind {
                Kind::Instances => Attribute::InstanceCompartment,
                Kind::Functions if is_function => Attribute::ResourceCompartment,
                Kind::Functions => return Vec::new(),
            };
            let of_place = tests().filter(|test| test.attribute.node == attribute);
            of_place
                .filter_map(|test| match &test.comparison {
                    Comparison::Equal(value) => value.node.literal(),
                    Comparison::NotEqual(_) | Comparison::Present => None,
                })
                .collect()
        }
        MatchingRule::Test(test) => match (&test.attribute.node, &test.comparison, kind) {
            (Attribute::InstanceCompartment, Comparison::Equal(value), Kind::Instances) => {
                value.node.literal().into_iter().collect()
            }
            _ => Vec::new(),
        },
        MatchingRule::Opaque(_) => Vec::new(),
    }
}

/// A subject as messages call it.
pub(super) fn name(context: &Context<'_>, subject: Subject) -> String {
    let model = context.program.tenancies();
    let named = |kind: &str, name: Option<&str>| {
        name.map_or_else(|| format!("a {kind}"), |name| format!("`{kind} {name}`"))
    };
    match subject {
        Subject::Group(id) => named("group", model.group(id).and_then(|group| group.name.as_deref())),
        Subject::DynamicGroup(id) => {
            named("dynamic-group", model.dynamic_group(id).and_then(|group| group.name.as_deref()))
        }
        Subject::AnyUser => "`any-user`".to_owned(),
        Subject::AnyGroup => "`any-group`".to_owned(),
        Subject::Service(_) | Subject::Unsupported => "a service".to_owned(),
    }
}
