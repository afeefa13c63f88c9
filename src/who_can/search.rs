//! Going through all principals, asking once for all that are alike.

use rustc_hash::FxHashMap;

use super::judge::{Judgement, judge};
use super::relevant::Relevant;
use super::{Way, Who, WhoCan, words};
use crate::caseless;
use crate::catalog::PrincipalKind;
use crate::decide::{Verdict, trace};
use crate::explain::RejectedPolicy;
use crate::program::{Program, Subject, VariableRef};
use crate::request::{Ask, AskError, Asker, Known, Request};
use crate::tenancy::{CompartmentId, TenancyId};
use crate::truth::Truth;

pub(super) fn search(program: &Program, question: &Ask) -> Result<WhoCan, AskError> {
    let mut search =
        Search { program, question, known: FxHashMap::default(), ways: FxHashMap::default(), refused: None };
    let tenancies: Vec<TenancyId> = program.tenancies().tenancies().map(|(id, _)| id).collect();
    // What the question means may depend on the tenancy it comes from; one where it means something will do.
    let prepared: Vec<Request> = tenancies.iter().filter_map(|&home| search.class(home)).collect();
    let Some(sample) = prepared.first() else {
        return Err(search.refused.unwrap_or(AskError::NoTarget));
    };
    let relevant = Relevant::new(program, &prepared);
    let concerns_a_user =
        prepared.iter().flat_map(|request| &request.checks).any(|check| check.target.user.is_some());
    search.classes(&relevant, &tenancies);
    search.services(&relevant);
    search.resources(&relevant);
    search.users(&relevant, concerns_a_user);
    Ok(WhoCan {
        question: words::question(program, sample),
        rejected: rejected(program),
        notes: sample.notes().to_vec(),
        ways: search.ways(),
    })
}

struct Search<'p> {
    program: &'p Program,
    question: &'p Ask,
    /// What was found for principals that nothing relevant tells apart.
    known: FxHashMap<Signature<'p>, Option<Judgement>>,
    ways: FxHashMap<Judgement, Vec<Who>>,
    /// The first reason for which the question could not be put.
    refused: Option<AskError>,
}

/// Everything by which principals can differ where conditions do not look at who they are.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Signature<'p> {
    kind: &'p str,
    tenancy: TenancyId,
    domain: &'p str,
    compartment: Option<CompartmentId>,
    /// Numbers of the groups that matter, with how certain the membership is.
    groups: Vec<(usize, Truth)>,
}

impl<'p> Search<'p> {
    fn ask(&mut self, principal: Asker) -> Option<Request> {
        let ask = Ask { principal, ..self.question.clone() };
        match ask.prepare(self.program) {
            Ok(request) => Some(request),
            Err(error) => {
                self.refused.get_or_insert(error);
                None
            }
        }
    }

    fn found(&mut self, who: Who, judgement: Option<Judgement>) {
        if let Some(judgement) = judgement {
            self.ways.entry(judgement).or_default().push(who);
        }
    }

    /// A request of a tenancy by somebody of whom nothing is known.
    fn class(&mut self, home: TenancyId) -> Option<Request> {
        let tenancy = self.program.tenancies().tenancy(home)?;
        let name = tenancy.id.as_ref().map_or(tenancy.name.as_str(), |id| id.as_str());
        let mut request = self.ask(Asker::Service { name: String::new(), tenancy: name.to_owned() })?;
        // Two tenancies may have one name as long as neither has an OCID.
        request.principal.tenancy = home;
        request.principal.subjects = Box::default();
        Some(request)
    }

    /// Asks for a class of principals, of which only what `subject` and `kind` say is known.
    fn ask_class(
        &mut self,
        relevant: &Relevant,
        home: TenancyId,
        kind: PrincipalKind,
        subject: Option<Subject>,
    ) -> Option<Judgement> {
        let mut request = self.class(home)?;
        request.principal.kind = kind;
        // Each of them may also be somebody that a deny speaks of.
        let denied = relevant
            .denied
            .iter()
            .filter(|&&denied| Some(denied) != subject && self.may_be(denied, home, kind, subject));
        let denied = denied.map(|&denied| (denied, Truth::Unknown));
        let own: Box<[_]> = subject.map(|subject| (subject, Truth::True)).into_iter().collect();
        request.principal.subjects = own.iter().copied().chain(denied).collect();
        if let Some(Subject::Group(group)) = subject {
            request.principal.groups = Box::new([(group, Truth::True)]);
        }
        for &variable in &relevant.variables {
            let said = request.given.iter().any(|(known, _)| *known == variable);
            if said {
                continue;
            }
            let state = match (variable, subject) {
                // Everybody in a group is a user.
                (VariableRef::PrincipalType, Some(Subject::Group(_))) => {
                    let user = PrincipalKind::User.as_str();
                    request.principal.kind_text =
                        self.program.texts.find(user).unwrap_or_else(|| request.texts.intern(user));
                    continue;
                }
                (
                    VariableRef::PrincipalCompartment
                    | VariableRef::InstanceId
                    | VariableRef::InstanceCompartment
                    | VariableRef::ResourceCompartment
                    | VariableRef::DynamicGroupIds
                    | VariableRef::DynamicGroupNames
                    | VariableRef::ServiceName,
                    Some(Subject::Group(_)),
                )
                | (
                    VariableRef::UserId | VariableRef::UserName | VariableRef::ServiceName,
                    Some(Subject::DynamicGroup(_)),
                ) => Known::Absent,
                _ => Known::Unknown,
            };
            request.given.push((variable, state));
        }
        // Who may only as somebody that a deny speaks of too is in that one's class, not in this.
        let denied = std::mem::replace(&mut request.principal.subjects, own);
        judge(self.program, &request)?;
        request.principal.subjects = denied;
        judge(self.program, &request)
    }

    /// Whether somebody of a class may also be what a deny speaks of.
    fn may_be(&self, denied: Subject, home: TenancyId, kind: PrincipalKind, class: Option<Subject>) -> bool {
        let model = self.program.tenancies();
        match denied {
            Subject::Group(group) => {
                let user = kind == PrincipalKind::User && !matches!(class, Some(Subject::DynamicGroup(_)));
                user && model.group(group).is_some_and(|group| group.tenancy == home)
            }
            Subject::DynamicGroup(group) => {
                let resource = !matches!(class, Some(Subject::Group(_)));
                resource && model.dynamic_group(group).is_some_and(|group| group.tenancy == home)
            }
            Subject::Service(_) => class.is_none(),
            Subject::AnyUser | Subject::AnyGroup | Subject::Unsupported => false,
        }
    }

    fn classes(&mut self, relevant: &Relevant, tenancies: &[TenancyId]) {
        for &home in tenancies {
            let judgement = self.ask_class(relevant, home, PrincipalKind::User, None);
            self.found(Who::Everybody(home), judgement);
        }
        let model = self.program.tenancies();
        for (id, group) in model.groups().filter(|(id, _)| relevant.groups.contains(id)) {
            let subject = Some(Subject::Group(id));
            let judgement = self.ask_class(relevant, group.tenancy, PrincipalKind::User, subject);
            self.found(Who::Group(id), judgement);
        }
        for (id, group) in model.dynamic_groups().filter(|(id, _)| relevant.dynamic_groups.contains(id)) {
            let subject = Some(Subject::DynamicGroup(id));
            let mut judgement = self.ask_class(relevant, group.tenancy, PrincipalKind::Resource, subject);
            let unread = trace::unread_rule(group, self.program.mode.accepted());
            if let (Some(judgement), Some(unread)) = (judgement.as_mut(), unread) {
                judgement.possible = true;
                judgement.open.push(unread);
            }
            self.found(Who::DynamicGroup(id), judgement);
        }
    }

    fn services(&mut self, relevant: &Relevant) {
        for &(home, service) in &relevant.services {
            let Some(tenancy) = self.program.tenancies().tenancy(home) else { continue };
            let Some(name) = self.program.texts.get(service.0).map(str::to_owned) else { continue };
            let place = tenancy.id.as_ref().map_or(tenancy.name.as_str(), |id| id.as_str());
            let asker = Asker::Service { name: name.clone(), tenancy: place.to_owned() };
            let judgement = self.ask(asker).and_then(|request| judge(self.program, &request));
            self.found(Who::Service { name, tenancy: home }, judgement);
        }
    }

    fn resources(&mut self, relevant: &Relevant) {
        let program = self.program;
        for (id, resource) in program.tenancies().resources() {
            let own = resource.variables.iter().any(|(name, _)| caseless::fold(name).starts_with("request."));
            let tenancy = program.world.tenancy_of(resource.compartment).unwrap_or(TenancyId(0));
            let groups = program.memberships.of_resource(id).iter();
            let groups =
                groups.filter(|(group, _)| relevant.memberships || relevant.dynamic_groups.contains(group));
            let signature = Signature {
                kind: &resource.kind,
                tenancy,
                domain: "",
                compartment: Some(resource.compartment),
                groups: groups.map(|&(group, member)| (group.index(), member)).collect(),
            };
            let alike = (!relevant.identity && !own).then_some(signature);
            let judgement = self.judge_once(alike, resource.id.as_str());
            self.found(Who::Resource(id), judgement);
        }
    }

    fn users(&mut self, relevant: &Relevant, concerns_a_user: bool) {
        let program = self.program;
        for (id, user) in program.tenancies().users() {
            let groups = program.memberships.of_user(id).iter();
            let groups = groups.filter(|(group, _)| relevant.memberships || relevant.groups.contains(group));
            let signature = Signature {
                kind: PrincipalKind::User.as_str(),
                tenancy: user.tenancy,
                domain: &user.domain,
                compartment: None,
                groups: groups.map(|&(group, member)| (group.index(), member)).collect(),
            };
            // What concerns a user may be free for that user alone.
            let alike = (!relevant.identity && !concerns_a_user).then_some(signature);
            let judgement = self.judge_once(alike, user.id.as_str());
            self.found(Who::User(id), judgement);
        }
    }

    /// What is found for a principal, or was found for one like it.
    fn judge_once(&mut self, alike: Option<Signature<'p>>, ocid: &str) -> Option<Judgement> {
        if let Some(judgement) = alike.as_ref().and_then(|signature| self.known.get(signature)) {
            return judgement.clone();
        }
        let request = self.ask(Asker::Named(ocid.to_owned()));
        let judgement = request.and_then(|request| judge(self.program, &request));
        if let Some(signature) = alike {
            self.known.insert(signature, judgement.clone());
        }
        judgement
    }

    fn ways(self) -> Vec<Way> {
        let mut all: Vec<(Judgement, Vec<Who>)> = self.ways.into_iter().collect();
        for (_, who) in &mut all {
            who.sort();
        }
        // Each principal is in one way only, so that the first of each tells the ways apart.
        all.sort_by(|(a, first), (b, second)| (a.possible, first).cmp(&(b.possible, second)));
        let way = |(judgement, who): (Judgement, Vec<Who>)| Way {
            verdict: if judgement.possible { Verdict::Indeterminate } else { Verdict::Allow },
            because: judgement.because,
            through: judgement.through,
            when: judgement.when,
            open: judgement.open,
            who,
        };
        all.into_iter().map(way).collect()
    }
}

fn rejected(program: &Program) -> Vec<RejectedPolicy> {
    let rejected = program.rejections().iter().filter_map(|rejection| {
        Some(RejectedPolicy {
            policy: program.policy(rejection.policy)?.name.clone(),
            number: rejection.number,
            reason: rejection.finding.message.clone(),
            help: rejection.finding.help.clone(),
            place: rejection.finding.place(),
        })
    });
    rejected.collect()
}
