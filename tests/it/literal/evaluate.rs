//! Section 10 of the specification, statement by statement: every rule is tried for every permission.

use ocipol::catalog::{KnownTenancy, Operation, Permission, ResourceType, Verb};
use ocipol::decide::Verdict;
use ocipol::syntax::{Attribute, Comparison, Effect, MatchingRule};
use ocipol::tenancy::{
    Address, Aspect, CompartmentId, DynamicGroupId, GroupId, ResourceId, Tags, Tenancies, TenancyId, UserId,
};
use ocipol::truth::Truth;

use super::bind::{From, Gives, Place, Rule, Side, Who};
use super::environment::{overrule, values};
use super::variables::{Environment, holds};

/// Who asks.
#[derive(Debug, Clone)]
pub(super) enum Asker {
    User(UserId),
    Resource(ResourceId),
    /// A resource the model does not have: type, OCID, compartment.
    Outsider(&'static str, String, CompartmentId),
    Service(&'static str, TenancyId),
    Workload(ResourceId, &'static str, &'static str),
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Resource(ResourceId),
    User(UserId),
    Group(GroupId),
    Compartment(CompartmentId),
}

/// What they want to do.
#[derive(Debug, Clone)]
pub(super) enum Act {
    Permission(&'static str),
    Operation(&'static str),
    Link(&'static str, &'static str),
}

/// A question.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) asker: Asker,
    pub(super) act: Act,
    pub(super) targets: Vec<Target>,
    pub(super) region: Option<&'static str>,
    /// The availability domain.
    pub(super) domain: Option<&'static str>,
    pub(super) time: Option<&'static str>,
    pub(super) from: Option<(Address, &'static str)>,
    pub(super) given: Vec<(&'static str, Vec<String>)>,
    pub(super) absent: Vec<&'static str>,
    pub(super) unknown: Vec<&'static str>,
}

/// What one permission's answer rests on: policies and numbers, sorted.
pub(super) type Because<'w> = Vec<(&'w str, u32)>;

/// A world as the evaluator sees it.
pub(super) struct Literal<'w> {
    pub(super) model: &'w Tenancies,
    pub(super) rules: Vec<Rule<'w>>,
}

impl<'w> Literal<'w> {
    /// The verdict, and for each permission test its verdict and reasons.
    pub(super) fn decide(&self, question: &Question) -> (Verdict, Vec<(Verdict, Because<'w>)>) {
        let mut tests = Vec::new();
        let mut verdict = Verdict::Allow;
        let operation = match question.act {
            Act::Operation(name) => Some(find(name)),
            Act::Permission(_) | Act::Link(..) => None,
        };
        let parts: Vec<Vec<Option<Permission>>> = match &question.act {
            Act::Link(..) => vec![vec![None]],
            Act::Permission(name) => vec![vec![Some(Permission::find(name).unwrap())]],
            Act::Operation("MoveCompartment") => {
                let (verdict, because) = self.moved(question, operation);
                return (verdict, vec![(verdict, because)]);
            }
            Act::Operation(_) => {
                let needed = operation.unwrap().requirement();
                let all = needed.permissions().unwrap().iter().map(|&one| vec![Some(one)]);
                let groups = needed.one_of().map(|group| group.iter().copied().map(Some).collect());
                // Of several cases the first is the usual one.
                let usual = needed.variants().next();
                let usual = usual.iter().flat_map(|case| case.permissions()).map(|&one| vec![Some(one)]);
                // What needs no permission needs none in one's own tenancy; elsewhere the other case is meant.
                let abroad = self.tenancy_of(self.place(question.targets[0])) != self.home(&question.asker);
                let free = needed.permissions().is_some_and(<[Permission]>::is_empty)
                    && needed.one_of().len() + needed.variants().len() == 0;
                let other = needed.conditional().next().filter(|_| free && abroad);
                let other = other.iter().flat_map(|case| case.permissions()).map(|&one| vec![Some(one)]);
                all.chain(groups).chain(usual).chain(other).collect()
            }
        };
        for part in parts {
            let found: Vec<(Verdict, Because<'w>)> =
                part.iter().map(|&permission| self.test(question, operation, permission)).collect();
            // Line 19: allow, else unknown, else the explicit deny, else none.
            let any = |wanted| found.iter().any(|(verdict, _)| *verdict == wanted);
            let best = [Verdict::Allow, Verdict::Indeterminate, Verdict::ExplicitDeny]
                .into_iter()
                .find(|&wanted| any(wanted))
                .unwrap_or(Verdict::ImplicitDeny);
            verdict = verdict.min(best);
            tests.extend(found);
        }
        (verdict, tests)
    }

    fn test(
        &self,
        question: &Question,
        operation: Option<Operation>,
        permission: Option<Permission>,
    ) -> (Verdict, Because<'w>) {
        let target = self.concerned(question, permission);
        let home = self.home(&question.asker);
        let place = self.place(target);
        let there = self.tenancy_of(place);
        if self.is_free(question, operation, permission, home == there) {
            return (Verdict::Allow, Vec::new());
        }
        if let Act::Link(first, second) = question.act {
            let linked = [(first, question.targets[0]), (second, question.targets[1])];
            return self.link(question, linked);
        }
        let of = |speaker| self.environment(question, operation, permission, target, speaker);
        let environments: Vec<(TenancyId, Environment)> =
            if home == there { vec![(home, of(home))] } else { vec![(home, of(home)), (there, of(there))] };
        let applies = |rule: &Rule<'_>| {
            let Gives::Permissions(expansion, reach) = &rule.gives else { return Truth::False };
            let gives = match expansion.holds(permission.unwrap()) {
                Some(known) => Truth::from(known),
                None => Truth::Unknown,
            };
            let (_, environment) = environments.iter().find(|(speaker, _)| *speaker == rule.tenancy).unwrap();
            let condition = rule.condition.map_or(Truth::True, |condition| holds(condition, environment));
            self.subject(rule, &question.asker) & gives & self.reaches(*reach, place, home) & condition
        };
        self.verdict(home, there, &question.asker, applies)
    }

    /// 6, `MoveCompartment`: everything, on the lowest compartment that holds both ends.
    fn moved(&self, question: &Question, operation: Option<Operation>) -> (Verdict, Because<'w>) {
        let [from, to] = [question.targets[0], question.targets[1]].map(|target| self.place(target));
        let above: Vec<CompartmentId> = self.model.ancestors(from).filter(|&outer| outer != from).collect();
        let shared = self.model.ancestors(to).find(|outer| above.contains(outer)).unwrap();
        let (home, there) = (self.home(&question.asker), self.tenancy_of(shared));
        let everything =
            ResourceType::find("all-resources").unwrap().resource_type.granted(Verb::Manage).certain;
        let only = Question { targets: vec![Target::Compartment(shared)], ..question.clone() };
        let applies = |rule: &Rule<'_>| {
            let Gives::Permissions(expansion, reach) = &rule.gives else { return Truth::False };
            let every =
                |wanted: fn(Option<bool>) -> bool| everything.iter().all(|one| wanted(expansion.holds(one)));
            let some =
                |wanted: fn(Option<bool>) -> bool| everything.iter().any(|one| wanted(expansion.holds(one)));
            let surely = |held: Option<bool>| held == Some(true);
            let maybe = |held: Option<bool>| held != Some(false);
            // A deny that takes any of it takes it.
            let gives = match rule.effect {
                Effect::Allow if every(surely) => Truth::True,
                Effect::Allow if every(maybe) => Truth::Unknown,
                Effect::Deny if some(surely) => Truth::True,
                Effect::Deny if some(maybe) => Truth::Unknown,
                Effect::Allow | Effect::Deny => Truth::False,
            };
            if gives.is_false() {
                return gives;
            }
            let environment = self.environment(&only, operation, None, only.targets[0], rule.tenancy);
            let condition = rule.condition.map_or(Truth::True, |condition| holds(condition, &environment));
            self.subject(rule, &question.asker) & gives & self.reaches(*reach, shared, home) & condition
        };
        self.verdict(home, there, &question.asker, applies)
    }

    /// 8, association: both halves, in either order.
    fn link(&self, question: &Question, linked: [(&str, Target); 2]) -> (Verdict, Because<'w>) {
        let home = self.home(&question.asker);
        let tenancies = linked.map(|(_, target)| self.tenancy_of(self.place(target)));
        let there = tenancies.into_iter().find(|&tenancy| tenancy != home).unwrap_or(tenancies[0]);
        let applies = |rule: &Rule<'_>| {
            let Gives::Link(written) = &rule.gives else { return Truth::False };
            let one_way = |asked: [(&str, Target); 2]| {
                let fits = |(kind, reach): &(String, Place), (asked, target): (&str, Target)| {
                    Truth::from(kind == asked) & self.link_reaches(*reach, self.place(target), home)
                };
                let mut environment = self.environment(question, None, None, asked[0].1, rule.tenancy);
                environment.retain(|name, _| !name.starts_with("target."));
                for (number, (_, target)) in ["1", "2"].into_iter().zip(asked) {
                    let mut own = Environment::new();
                    self.describe(target, None, &mut own);
                    let own = own.into_iter().filter_map(|(name, state)| {
                        name.strip_prefix("target.").map(|rest| (format!("{number}.{rest}"), state))
                    });
                    environment.extend(own);
                }
                overrule(question, &mut environment);
                let condition =
                    rule.condition.map_or(Truth::True, |condition| holds(condition, &environment));
                fits(&written[0], asked[0]) & fits(&written[1], asked[1]) & condition
            };
            self.subject(rule, &question.asker) & (one_way(linked) | one_way([linked[1], linked[0]]))
        };
        if home == there {
            // Nothing links two resources of one tenancy; the pair is looked for all the same.
            return self.across(home, there, &question.asker, applies);
        }
        self.verdict(home, there, &question.asker, applies)
    }

    /// Lines 9 to 18.
    fn verdict(
        &self,
        home: TenancyId,
        there: TenancyId,
        asker: &Asker,
        applies: impl Fn(&Rule<'_>) -> Truth,
    ) -> (Verdict, Because<'w>) {
        if home != there {
            return self.across(home, there, asker, applies);
        }
        let of = |effect| move |rule: &Rule<'_>| rule.side == Side::Own && rule.effect == effect;
        let (mut allowed, because) = self.matching(home, of(Effect::Allow), &applies);
        if !self.model.knows(home, Aspect::Policies) {
            allowed = allowed.max(Truth::Unknown);
        }
        let (denied, denies) = self.matching(home, of(Effect::Deny), &applies);
        settle(allowed, because, denied & !self.exempt(asker, home), denies)
    }

    fn across(
        &self,
        home: TenancyId,
        there: TenancyId,
        asker: &Asker,
        applies: impl Fn(&Rule<'_>) -> Truth,
    ) -> (Verdict, Because<'w>) {
        let endorse = |effect| move |rule: &Rule<'_>| rule.side == Side::Endorse && rule.effect == effect;
        let admit = |effect| {
            move |rule: &Rule<'_>| match rule.side {
                Side::Admit(From::Any) => rule.effect == effect,
                Side::Admit(From::One(tenancy)) => tenancy == home && rule.effect == effect,
                Side::Admit(From::Nowhere) | Side::Own | Side::Endorse => false,
            }
        };
        let (mut endorsed, mut because) = self.matching(home, endorse(Effect::Allow), &applies);
        let (mut admitted, admits) = self.matching(there, admit(Effect::Allow), &applies);
        if !self.model.knows(home, Aspect::Policies) {
            endorsed = endorsed.max(Truth::Unknown);
        }
        if !self.model.knows(there, Aspect::Policies) {
            let id = self.model.tenancy(there).unwrap().id.as_ref().unwrap();
            let of_oracle = KnownTenancy::find(id.as_str()).is_some();
            admitted = admitted.max(if of_oracle { Truth::True } else { Truth::Unknown });
        }
        because.extend(admits);
        let (kept, mut denies) = self.matching(home, endorse(Effect::Deny), &applies);
        // The default administrators of the home tenancy are exempt from its own denies only.
        let kept = kept & !self.exempt(asker, home);
        if !kept.is_true() {
            denies.clear();
        }
        let (refused, others) = self.matching(there, admit(Effect::Deny), &applies);
        denies.extend(others);
        settle(endorsed & admitted, because, kept | refused, denies)
    }

    /// How certain it is that some statement applies, and those that certainly do.
    fn matching(
        &self,
        tenancy: TenancyId,
        wanted: impl Fn(&Rule<'_>) -> bool,
        applies: &impl Fn(&Rule<'_>) -> Truth,
    ) -> (Truth, Because<'w>) {
        let mut truth = Truth::False;
        let mut because = Vec::new();
        for rule in self.rules.iter().filter(|rule| rule.tenancy == tenancy && wanted(rule)) {
            let applies = applies(rule);
            truth = truth.max(applies);
            if applies.is_true() {
                because.push((rule.policy, rule.number));
            }
        }
        (truth, because)
    }

    /// 1.1: rights that need no statement.
    fn is_free(
        &self,
        question: &Question,
        operation: Option<Operation>,
        permission: Option<Permission>,
        own: bool,
    ) -> bool {
        let oneself = match (&question.asker, question.targets.first()) {
            (Asker::User(user), Some(Target::User(target))) => user == target,
            _ => false,
        };
        let lists = permission.is_some_and(|permission| permission.name() == "COMPARTMENT_INSPECT");
        oneself && operation.is_some_and(Operation::is_of_credentials)
            || own && lists && self.kind(&question.asker) == "instance"
    }

    fn exempt(&self, asker: &Asker, tenancy: TenancyId) -> Truth {
        let Asker::User(user) = asker else { return Truth::False };
        let administrators =
            self.model.groups().filter(|(_, group)| group.tenancy == tenancy && group.default_administrators);
        administrators.map(|(id, _)| self.member(*user, id)).max().unwrap_or(Truth::False)
    }

    // Where things are.

    pub(super) fn tenancy_of(&self, compartment: CompartmentId) -> TenancyId {
        self.model.compartment(compartment).unwrap().tenancy
    }

    pub(super) fn place(&self, target: Target) -> CompartmentId {
        match target {
            Target::Resource(id) => self.model.resource(id).unwrap().compartment,
            Target::User(id) => self.model.root(self.model.user(id).unwrap().tenancy),
            Target::Group(id) => self.model.root(self.model.group(id).unwrap().tenancy),
            Target::Compartment(id) => id,
        }
    }

    /// Of several targets, the one a permission is about.
    fn concerned(&self, question: &Question, permission: Option<Permission>) -> Target {
        let owner = |target: &Target| {
            let kind = match target {
                Target::Resource(id) => self.model.resource(*id).unwrap().kind.as_str(),
                Target::User(_) => "user",
                Target::Group(_) => "group",
                Target::Compartment(_) => return false,
            };
            let named = format!("{kind}s");
            permission.is_some_and(|permission| {
                permission.granted_by().iter().any(|row| row.resource_type.name() == named)
            })
        };
        question.targets.iter().copied().find(owner).unwrap_or(question.targets[0])
    }

    fn inside(&self, inner: CompartmentId, outer: CompartmentId) -> bool {
        self.model.ancestors(inner).any(|here| here == outer)
    }

    fn reaches(&self, reach: Place, place: CompartmentId, home: TenancyId) -> Truth {
        let there = self.tenancy_of(place);
        match reach {
            Place::Inside(outer) => self.inside(place, outer).into(),
            Place::Tenancy(tenancy) => (tenancy == there).into(),
            Place::OtherTenancies => (there != home).into(),
            Place::SomewhereIn(tenancy) if tenancy == there => Truth::Unknown,
            Place::SomewhereIn(_) | Place::Nowhere => Truth::False,
        }
    }

    /// For a link, any tenancy may be the asker's own.
    fn link_reaches(&self, reach: Place, place: CompartmentId, home: TenancyId) -> Truth {
        match reach {
            Place::OtherTenancies => Truth::True,
            Place::Inside(_) | Place::Tenancy(_) | Place::SomewhereIn(_) | Place::Nowhere => {
                self.reaches(reach, place, home)
            }
        }
    }

    // Who asks.

    pub(super) fn home(&self, asker: &Asker) -> TenancyId {
        match asker {
            Asker::User(user) => self.model.user(*user).unwrap().tenancy,
            Asker::Resource(id) | Asker::Workload(id, ..) => {
                self.tenancy_of(self.model.resource(*id).unwrap().compartment)
            }
            Asker::Outsider(_, _, compartment) => self.tenancy_of(*compartment),
            Asker::Service(_, tenancy) => *tenancy,
        }
    }

    /// `request.principal.type`
    pub(super) fn kind(&self, asker: &Asker) -> String {
        match asker {
            Asker::User(_) => "user".to_owned(),
            Asker::Resource(id) => self.model.resource(*id).unwrap().kind.clone(),
            Asker::Outsider(kind, ..) => (*kind).to_owned(),
            Asker::Service(..) => "service".to_owned(),
            Asker::Workload(..) => "workload".to_owned(),
        }
    }

    fn subject(&self, rule: &Rule<'_>, asker: &Asker) -> Truth {
        let service = matches!(asker, Asker::Service(..));
        let home = self.home(asker);
        let user = matches!(asker, Asker::User(_));
        let resource = matches!(asker, Asker::Resource(_) | Asker::Outsider(..));
        let one = |who: &Who| match who {
            Who::AnyUser => Truth::True,
            Who::AnyGroup => (!service).into(),
            Who::Group(group) => match asker {
                Asker::User(user) => self.member(*user, *group),
                Asker::Resource(_) | Asker::Outsider(..) | Asker::Service(..) | Asker::Workload(..) => {
                    Truth::False
                }
            },
            // A group of which only its name is known may hold anybody, where the model says it does not know groups.
            Who::SomeGroup(tenancy) => {
                let open = !self.model.knows(*tenancy, Aspect::Groups);
                if open && user && *tenancy == home { Truth::Unknown } else { Truth::False }
            }
            Who::DynamicGroup(group) => self.matched(asker, *group),
            Who::SomeDynamicGroup(tenancy) => {
                let open = !self.model.knows(*tenancy, Aspect::DynamicGroups);
                if open && resource && *tenancy == home { Truth::Unknown } else { Truth::False }
            }
            Who::Service(name) => {
                matches!(asker, Asker::Service(own, _) if own.eq_ignore_ascii_case(name)).into()
            }
            Who::Nobody => Truth::False,
        };
        rule.who.iter().map(one).max().unwrap_or(Truth::False)
    }

    pub(super) fn member(&self, user: UserId, group: GroupId) -> Truth {
        let found = self.model.group(group).unwrap();
        if found.members.contains(&user) {
            return Truth::True;
        }
        let same = found.tenancy == self.model.user(user).unwrap().tenancy;
        if same && !self.model.knows(found.tenancy, Aspect::Memberships) {
            Truth::Unknown
        } else {
            Truth::False
        }
    }

    /// Section 9.
    pub(super) fn matched(&self, asker: &Asker, group: DynamicGroupId) -> Truth {
        let (id, kind, compartment, tags) = match asker {
            Asker::Resource(id) => {
                let found = self.model.resource(*id).unwrap();
                (found.id.as_str(), found.kind.as_str(), found.compartment, Some(&found.tags))
            }
            Asker::Outsider(kind, id, compartment) => (id.as_str(), *kind, *compartment, None),
            Asker::User(_) | Asker::Service(..) | Asker::Workload(..) => return Truth::False,
        };
        let group = self.model.dynamic_group(group).unwrap();
        if group.tenancy != self.tenancy_of(compartment) {
            return Truth::False;
        }
        let Some((rule, _)) = &group.rule else { return Truth::Unknown };
        let compartment = self.model.compartment(compartment).unwrap().id.as_ref().unwrap().as_str();
        rule_holds(&rule.node, id, kind, compartment, tags)
    }
}

/// Line 18, with the ruling that a matching deny counts without any allow too.
fn settle<'w>(
    allowed: Truth,
    allows: Because<'w>,
    denied: Truth,
    denies: Because<'w>,
) -> (Verdict, Because<'w>) {
    let sorted = |mut because: Because<'w>| {
        because.sort_unstable();
        because.dedup();
        because
    };
    if denied.is_true() {
        (Verdict::ExplicitDeny, sorted(denies))
    } else if allowed.is_false() {
        (Verdict::ImplicitDeny, Vec::new())
    } else if allowed.is_true() && denied.is_false() {
        (Verdict::Allow, sorted(allows))
    } else {
        (Verdict::Indeterminate, Vec::new())
    }
}

fn rule_holds(rule: &MatchingRule, id: &str, kind: &str, compartment: &str, tags: Option<&Tags>) -> Truth {
    match rule {
        MatchingRule::All(rules) => rules
            .iter()
            .map(|rule| rule_holds(&rule.node, id, kind, compartment, tags))
            .min()
            .unwrap_or(Truth::True),
        MatchingRule::Any(rules) => rules
            .iter()
            .map(|rule| rule_holds(&rule.node, id, kind, compartment, tags))
            .max()
            .unwrap_or(Truth::False),
        MatchingRule::Opaque(_) => Truth::Unknown,
        MatchingRule::Test(test) => {
            let instance = kind.eq_ignore_ascii_case("instance");
            let value = match &test.attribute.node {
                Attribute::InstanceId if instance => id.to_owned(),
                Attribute::InstanceCompartment if instance => compartment.to_owned(),
                Attribute::ResourceId => id.to_owned(),
                Attribute::ResourceCompartment => compartment.to_owned(),
                Attribute::ResourceType => kind.to_owned(),
                Attribute::Tag { namespace, key } => match tags {
                    None => return Truth::Unknown,
                    Some(tags) => match values(tags, &format!("{namespace}.{key}")).first() {
                        Some(value) => value.clone(),
                        None => return Truth::False,
                    },
                },
                Attribute::InstanceId | Attribute::InstanceCompartment | Attribute::Unknown(_) => {
                    return Truth::False;
                }
            };
            match &test.comparison {
                Comparison::Present => Truth::True,
                Comparison::Equal(other) => value.eq_ignore_ascii_case(other.node.as_str()).into(),
                Comparison::NotEqual(other) => (!value.eq_ignore_ascii_case(other.node.as_str())).into(),
            }
        }
    }
}

/// The operation of a name of the worlds, where all but one service are other environments.
fn find(name: &str) -> Operation {
    let (service, bare) = name.split_once('/').unwrap_or(("", name));
    *Operation::find(bare)
        .iter()
        .find(|found| {
            (service.is_empty() || found.service().slug() == service)
                && found.service().environment().is_none()
        })
        .unwrap()
}
