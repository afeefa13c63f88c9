//! Decisions in words: why, because of which statements, and what to type to change it.
//!
//! An [`Account`] only puts into words what the decision and its record say; nothing is evaluated here a second time.

mod also;
mod change;
mod confidence;
mod repair;

pub use change::Change;
pub use confidence::{Confidence, Rule};

use crate::catalog::Permission;
use crate::decide::trace::{self, Found, Half, Halves, NearMiss, TestTrace, Trace, Why};
use crate::decide::{Basis, Decision, Free, Need, PermissionTest, Verdict};
use crate::diagnostic::Diagnostic;
use crate::program::{Atom, Kind, Program, Reach, Side, Statement, Subject, VariableRef};
use crate::request::{Check, Known, Request};
use crate::source::Place;
use crate::tenancy::{CompartmentId, Tenancy, TenancyId};

/// A decision in words.
#[derive(Debug, Clone)]
pub struct Account {
    /// The answer.
    pub verdict: Verdict,
    /// Whether the word INVALID belongs to the answer: no policy at all is in force in the tenancies concerned, and at
    /// least one was rejected.
    pub invalid: bool,
    /// One sentence: who, what, where, and the answer.
    pub headline: String,
    /// What makes no sense of the question: an operation that is asked of a thing of another type.
    pub nonsense: Option<String>,
    /// What was needed, permission by permission.
    pub permissions: Vec<Finding>,
    /// Policies of the tenancies concerned that are not in force, each with the reason.
    pub rejected: Vec<RejectedPolicy>,
    /// Dynamic groups the asker may belong to whose matching rules do not count, where the answer may depend on that.
    pub unread_rules: Vec<UnreadRule>,
    /// What to change in what is written already, where nothing else stands in the way.
    pub changes: Vec<Change>,
    /// Statements that would make the answer an allow, ready to paste; empty for an allow.
    pub repairs: Vec<Repair>,
    /// What had to be assumed.
    pub notes: Vec<String>,
}

/// The answer for one permission.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What was tested: a permission, or what stands in its place.
    pub need: Need,
    /// The answer.
    pub verdict: Verdict,
    /// Why, in one clause.
    pub reason: String,
    /// The statements it rests on.
    pub because: Vec<Cited>,
    /// Statements that nearly allowed it, most useful first.
    pub near: Vec<Near>,
    /// What nobody said and the answer depends on.
    pub unknown: Vec<String>,
    /// The rules of the language the answer relies on, each with how well it is known.
    pub rules: Vec<Rule>,
}

/// A statement and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    /// Its policy's name.
    pub policy: String,
    /// Its number in the policy, from 1.
    pub number: u32,
    /// Where it was written.
    pub place: Place,
}

/// A statement that nearly allowed a request, and what stood in the way.
#[derive(Debug, Clone)]
pub struct Near {
    /// The statement.
    pub statement: Cited,
    /// What stood in the way, in one clause.
    pub obstacle: String,
}

/// A policy that is not in force.
#[derive(Debug, Clone)]
pub struct RejectedPolicy {
    /// Its name.
    pub policy: String,
    /// The number of the statement that is at fault, from 1.
    pub number: u32,
    /// What is wrong with it.
    pub reason: String,
    /// What to type now.
    pub help: Option<String>,
    /// Where.
    pub place: Option<Place>,
}

/// A dynamic group whose matching rule does not count, because the service would not save it as it stands.
#[derive(Debug, Clone)]
pub struct UnreadRule {
    /// The group's name.
    pub group: String,
    /// What the strict language does not have in the rule.
    pub reason: String,
    /// What to type now.
    pub help: Option<String>,
    /// Where.
    pub place: Option<Place>,
}

/// Statements that would make the answer an allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// Where to put them: the tenancy, at its root.
    pub tenancy: String,
    /// The statements, one a line.
    pub statements: Vec<String>,
    /// What they are for, in one clause.
    pub purpose: String,
    /// What else they would allow, each in a few words; empty where it is exactly what was asked.
    pub also: Vec<String>,
}

impl Account {
    /// Whether a reason, an obstacle or something unknown contains this text.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        let findings = self.permissions.iter().any(|finding| {
            finding.reason.contains(text)
                || finding.need.to_string().contains(text)
                || finding.unknown.iter().any(|unknown| unknown.contains(text))
                || finding.near.iter().any(|near| near.obstacle.contains(text))
        });
        let unread = self.unread_rules.iter().any(|unread| unread.reason.contains(text));
        let noted = self.notes.iter().any(|note| note.contains(text));
        findings || unread || noted || self.rejected.iter().any(|rejected| rejected.reason.contains(text))
    }
}

/// Puts a decision into words.
#[must_use]
pub fn explain(program: &Program, request: &Request, decision: &Decision) -> Account {
    let trace = trace::trace(program, request, decision);
    let tests = decision.tests.iter().zip(&trace.tests);
    let permissions = tests.clone().map(|(test, record)| finding(program, request, test, record)).collect();
    let concerned = concerned(request);
    let rejected: Vec<RejectedPolicy> = program
        .rejections()
        .iter()
        .filter_map(|rejection| {
            let policy = program.policy(rejection.policy)?;
            concerned.contains(&policy.tenancy).then(|| RejectedPolicy {
                policy: policy.name.clone(),
                number: rejection.number,
                reason: rejection.finding.message.clone(),
                help: change::help(program, request, rejection),
                place: rejection.finding.place(),
            })
        })
        .collect();
    let in_force =
        program.policies().any(|(_, policy)| policy.in_force && concerned.contains(&policy.tenancy));
    let unread_rules = unread_rules(program, request, decision);
    Account {
        verdict: decision.verdict,
        invalid: !in_force && !rejected.is_empty(),
        headline: headline(program, request, decision),
        nonsense: request.nonsense().map(str::to_owned),
        permissions,
        rejected,
        changes: change::changes(program, request, &trace, &unread_rules),
        unread_rules,
        repairs: repair::repairs(program, request, decision, &trace),
        notes: notes(program, request, decision)
            .into_iter()
            .chain(spared(program, request, &trace))
            .collect(),
    }
}

fn unread_rules(program: &Program, request: &Request, decision: &Decision) -> Vec<UnreadRule> {
    if decision.verdict != Verdict::Indeterminate {
        return Vec::new();
    }
    let accepted = program.mode.accepted();
    let statements = || {
        let because = decision.tests.iter().flat_map(|test| &test.because);
        because.filter_map(|&id| program.statement(id))
    };
    let asks_for_groups =
        |atom: &Atom| matches!(atom.variable, VariableRef::DynamicGroupIds | VariableRef::DynamicGroupNames);
    let any =
        statements().any(|one| program.guards.atoms(one.guard).iter().any(|atom| asks_for_groups(atom)));
    let named =
        |id| any || statements().any(|statement| statement.subjects.contains(&Subject::DynamicGroup(id)));
    let groups = request.principal.dynamic_groups.iter().filter(|(id, _)| named(*id));
    let groups = groups.filter_map(|(id, _)| program.tenancies().dynamic_group(*id));
    let unread = groups.filter(|group| group.is_unread(accepted)).map(|group| UnreadRule {
        group: group.name.clone().unwrap_or_default(),
        reason: group
            .fault
            .as_ref()
            .map_or_else(|| "it cannot be read".to_owned(), |fault| fault.message.clone()),
        help: group.fault.as_ref().and_then(|fault| fault.help.clone()),
        place: group.fault.as_ref().and_then(Diagnostic::place).or(group.place),
    });
    unread.collect()
}

fn concerned(request: &Request) -> Vec<crate::tenancy::TenancyId> {
    let targets = request.checks.iter().map(|check| check.target.tenancy);
    std::iter::once(request.principal.tenancy).chain(targets).collect()
}

fn headline(program: &Program, request: &Request, decision: &Decision) -> String {
    let what = request
        .operation
        .and_then(|id| program.texts.get(id).or_else(|| request.texts.get(id)))
        .and_then(|name| crate::catalog::Operation::find(name).first())
        .map_or_else(
            || {
                let names: Vec<&str> = request.permissions().into_iter().map(Permission::name).collect();
                if names.is_empty() { "associate".to_owned() } else { names.join(", ") }
            },
            |operation| operation.name().to_owned(),
        );
    let target = request.checks.first().map(|check| place(program, check)).unwrap_or_default();
    format!("{}: {} asks for {what} on {target}", decision.verdict.as_str(), request.principal.label)
}

fn place(program: &Program, check: &Check) -> String {
    let model = program.tenancies();
    let tenancy = model.tenancy(check.target.tenancy).map_or("", |tenancy| &tenancy.name);
    let path = model.path(check.target.compartment);
    let label = &check.target.label;
    let home = if path == tenancy { path } else { format!("{tenancy}/{path}") };
    if label.is_empty() { home } else { format!("`{label}` in {home}") }
}

fn finding(program: &Program, request: &Request, test: &PermissionTest, record: &TestTrace) -> Finding {
    let mut near: Vec<Near> =
        record.misses.iter().filter_map(|miss| near(program, request, test, miss)).collect();
    near.dedup_by(|a, b| a.statement == b.statement);
    Finding {
        need: test.need,
        verdict: test.verdict,
        reason: reason(program, request, test, record),
        because: test.because.iter().filter_map(|&id| cited(program, program.statement(id)?)).collect(),
        near,
        unknown: record.unknown.clone(),
        rules: confidence::rules(program, test, record),
    }
}

fn reason(program: &Program, request: &Request, test: &PermissionTest, record: &TestTrace) -> String {
    let name = |tenancy| program.tenancies().tenancy(tenancy).map_or("", |tenancy| tenancy.name.as_str());
    match (test.basis, test.verdict) {
        (Basis::Free(Free::InstanceListsCompartments), _) => {
            "every instance may list the compartments of its tenancy".to_owned()
        }
        (Basis::Free(Free::OwnCredentials), _) => "everybody may manage their own credentials".to_owned(),
        (Basis::DeniedWithoutAllow, _) => {
            "a deny statement forbids it; no statement would have allowed it anyway".to_owned()
        }
        (Basis::AssumedAdmit, Verdict::Allow) => {
            "endorsed; the other half is Oracle's own policy, which is taken to admit it".to_owned()
        }
        (Basis::PoliciesNotKnown(tenancy), Verdict::Indeterminate) => {
            format!("the policies of {} are not known", name(tenancy))
        }
        (Basis::RequirementNotKnown, _) => request
            .checks
            .get(usize::from(test.check))
            .and_then(|check| check.unknown.clone())
            .unwrap_or_else(|| "the catalogue does not know what the operation needs".to_owned()),
        (_, Verdict::Allow) => match record.halves {
            Some(_) => "endorsed by the one tenancy and admitted by the other".to_owned(),
            None => "allowed".to_owned(),
        },
        (_, Verdict::ExplicitDeny) => "a deny statement forbids it".to_owned(),
        (_, Verdict::Indeterminate) => "it depends on something nobody said".to_owned(),
        (_, Verdict::ImplicitDeny) => match record.halves {
            None => "no statement allows it".to_owned(),
            Some(halves) => half(program, halves, &record.misses),
        },
    }
}

/// Which half of a pair is missing.
fn half(
    program: &Program,
    Halves { home, there, endorsed, admitted }: Halves,
    misses: &[NearMiss],
) -> String {
    let inert = |half| trace::has_inert(misses, half);
    let name = |tenancy| program.tenancies().tenancy(tenancy).map_or("", |tenancy| tenancy.name.as_str());
    let (found, one, does, other, verb, half) = match (endorsed.may_be(), admitted.may_be()) {
        (true, false) => (endorsed, home, "endorses", there, "admit", "Admit"),
        (false, true) => (admitted, there, "admits", home, "endorse", "Endorse"),
        (true, true) | (false, false) => {
            let neither = format!("neither does {} endorse it nor does {} admit it", name(home), name(there));
            return match (inert(Half::Endorse), inert(Half::Admit)) {
                (false, false) => neither,
                (true, false) => format!("{neither}: the Endorse is there, but not in force"),
                (false, true) => format!("{neither}: the Admit is there, but not in force"),
                (true, true) => format!("{neither}: both halves are there, but not in force"),
            };
        }
    };
    let does = if found.is_true() { does.to_owned() } else { format!("may {}", does.trim_end_matches('s')) };
    let silent = !program.policies().any(|(_, policy)| policy.tenancy == other);
    let (one, other) = (name(one), name(other));
    let missing = if endorsed.may_be() { Half::Admit } else { Half::Endorse };
    if inert(missing) {
        format!("{one} {does} it, but {other} does not {verb} it: the {half} is there, but not in force")
    } else if silent {
        format!(
            "{one} {does} it, but the model has no policy of {other}: the {half} is missing, or not in these files"
        )
    } else {
        format!("{one} {does} it, but {other} does not {verb} it: the {half} is missing")
    }
}

fn near(program: &Program, request: &Request, test: &PermissionTest, miss: &NearMiss) -> Option<Near> {
    let statement = miss.statement.of(program)?;
    let check = request.checks.get(usize::from(test.check))?;
    let permission = test.need;
    let obstacle = match &miss.why {
        Why::Condition(leaves) => {
            let words: Vec<String> =
                leaves.iter().map(|leaf| format!("`{}` does not hold: {}", leaf.test, leaf.found)).collect();
            words.join("; ")
        }
        Why::Verb(verb) => format!("it gives less than {permission}, which comes with `{verb}`"),
        Why::Type => format!("its resource-type is none that gives {permission}: check how it is spelled"),
        Why::Place if miss.kind == Kind::Allow && request.principal.tenancy != check.target.tenancy => {
            "an Allow reaches only resources of its own tenancy; the target is in another one".to_owned()
        }
        Why::Place => elsewhere(program, request, check, statement),
        Why::Foreign => format!(
            "an Allow speaks of principals of its own tenancy: `{}` is local to {}",
            if statement.subjects.contains(&Subject::AnyGroup) { "any-group" } else { "any-user" },
            tenancy_name(program, check.target.tenancy)
        ),
        Why::Principal => {
            let why = trace::not_in(program, request, statement);
            let why = why.map(|why| format!(": {why}")).unwrap_or_default();
            format!("it does not speak of {}{why}", request.principal.label)
        }
        Why::NotInForce => match miss.statement {
            Found::Inert(_) => {
                let rejection =
                    program.rejections().iter().find(|rejection| rejection.policy == statement.policy)?;
                format!(
                    "its policy is not in force, because of statement {}: {}",
                    rejection.number, rejection.finding.message
                )
            }
            Found::InForce(_) => return None,
        },
    };
    Some(Near { statement: cited(program, statement)?, obstacle })
}

/// Where a statement reaches, and where the target is; of a tenancy that is another one, both OCIDs.
fn elsewhere(program: &Program, request: &Request, check: &Check, statement: &Statement) -> String {
    let (model, target) = (program.tenancies(), &check.target);
    let full = |id| {
        let tenancy = model.tenancy(id);
        let ocid = tenancy.and_then(|tenancy| tenancy.id.as_ref()).map(|id| format!(", `{id}`"));
        format!("`{}`{}", tenancy_name(program, id), ocid.unwrap_or_default())
    };
    // A tenancy that the model lacks is called as the alias is.
    let stands_for = |id| match model.tenancy(id) {
        Some(Tenancy { place: None, name, id: Some(ocid), .. }) => format!("`{name}` stands for `{ocid}`"),
        Some(_) | None => format!("its alias stands for the tenancy {}", full(id)),
    };
    if let Side::Admit { from: Some(from) } = statement.side
        && from != request.principal.tenancy
    {
        let home = full(request.principal.tenancy);
        return format!("{}; {} is of {home}", stands_for(from), request.principal.label);
    }
    let there = path(program, target.tenancy, target.compartment);
    match statement.reach {
        Reach::Below(compartment) => {
            let tenancy = model.compartment(compartment).map_or(target.tenancy, |found| found.tenancy);
            let reached = path(program, tenancy, compartment);
            if tenancy == target.tenancy {
                format!("it reaches {reached}, the target is in {there}")
            } else {
                let tenancies = [tenancy, target.tenancy].map(|id| tenancy_name(program, id));
                format!(
                    "it reaches {reached} of {}, the target is in {there} of {}",
                    tenancies[0], tenancies[1]
                )
            }
        }
        Reach::Tenancy(tenancy) | Reach::NotModelled(tenancy) if tenancy != target.tenancy => {
            format!("{}; the target is in {}", stands_for(tenancy), full(target.tenancy))
        }
        Reach::Tenancy(_) | Reach::NotModelled(_) | Reach::AnyTenancy | Reach::Nowhere => {
            format!("it reaches another place than {}", place(program, check))
        }
    }
}

/// The path of a compartment; the name of the tenancy for its root.
fn path(program: &Program, tenancy: TenancyId, compartment: CompartmentId) -> String {
    let root = program.tenancies().root(tenancy) == compartment;
    let name =
        if root { tenancy_name(program, tenancy).to_owned() } else { program.tenancies().path(compartment) };
    format!("`{name}`")
}

fn tenancy_name(program: &Program, tenancy: TenancyId) -> &str {
    program.tenancies().tenancy(tenancy).map_or("", |tenancy| tenancy.name.as_str())
}

/// Denies that would have forbidden what is allowed.
fn spared(program: &Program, request: &Request, trace: &Trace) -> Vec<String> {
    let mut notes = Vec::new();
    for spared in trace.tests.iter().flat_map(|test| &test.spared) {
        let Some(cited) = program.statement(spared.statement).and_then(|found| cited(program, found)) else {
            continue;
        };
        let deny = format!("the deny {} #{}", cited.policy, cited.number);
        notes.push(match spared.absent.as_slice() {
            [] => format!(
                "{deny} does not bind {}, a member of the default Administrators group",
                request.principal.label
            ),
            tests => {
                let tests: Vec<String> = tests.iter().map(|test| format!("`{test}`")).collect();
                format!(
                    "{deny} does not apply, because the variable of {} does not apply to this request; `any {{ !v, v != … }}` holds then too",
                    tests.join(" and ")
                )
            }
        });
    }
    notes.dedup();
    notes
}

fn cited(program: &Program, statement: &Statement) -> Option<Cited> {
    let policy = program.policy(statement.policy)?;
    Some(Cited { policy: policy.name.clone(), number: statement.number, place: statement.place })
}

fn notes(program: &Program, request: &Request, decision: &Decision) -> Vec<String> {
    let mut notes = request.notes().to_vec();
    if request.program != program.id {
        notes.push("the question was prepared for another program: prepare it again".to_owned());
        return notes;
    }
    let model = program.tenancies();
    let home = request.principal.tenancy;
    if let Some(check) = request.checks.iter().find(|check| check.target.tenancy != home) {
        let there = check.target.tenancy;
        let regions = |tenancy| model.tenancy(tenancy).and_then(|tenancy| tenancy.regions.as_ref());
        if let (Some(ours), Some(theirs)) = (regions(home), regions(there)) {
            let has =
                |regions: &[String], key: &str| regions.iter().any(|region| region.eq_ignore_ascii_case(key));
            let name = |tenancy| model.tenancy(tenancy).map_or("", |tenancy| tenancy.name.as_str());
            let asked = match request.region {
                Known::Present(id) => request.texts.spelled(id).or_else(|| program.texts.spelled(id)),
                Known::Unknown | Known::Absent => None,
            };
            match asked {
                Some(key) => notes.extend(
                    [(home, ours), (there, theirs)]
                        .into_iter()
                        .filter(|(_, regions)| !has(regions, key))
                        .map(|(tenancy, _)| {
                            format!(
                                "{} is not subscribed to the region `{key}`; both tenancies have to be",
                                name(tenancy)
                            )
                        }),
                ),
                None if !ours.iter().any(|region| has(theirs, region)) => {
                    notes.push("the two tenancies are subscribed to no common region".to_owned());
                }
                None => {}
            }
        }
    }
    if decision.tests.iter().any(|test| test.basis == Basis::AssumedAdmit) {
        notes.push(
            "the policies of an Oracle tenancy cannot be seen; it is taken to admit what it documents"
                .to_owned(),
        );
    }
    notes
}
