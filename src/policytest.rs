//! Policy tests: requests with the decisions they must get.
//!
//! ```yaml
//! tenancies: fjord.tenancy.yaml        # a path beside this file, or the list itself
//! policies:                            # for every case, beside those of the model
//!   - {tenancy: Fjord, statements: [Allow group Readers to read buckets in tenancy]}
//! cases:
//!   - name: a reader may read
//!     policies: []                     # for this case alone
//!     requests:
//!       - {principal: rita, operation: GetBucket, target: logs, expect: allow, because: [1]}
//! ```
//!
//! `expect` is `allow`, `deny` (no statement allows it), `explicit-deny`, `indeterminate` or `invalid` (denied, and no
//! policy at all is in force). `because` names the statements the decision rests on, by number where one policy is
//! concerned, else as `POLICY#NUMBER`. `reason` is a text the explanation must contain.
//!
//! # Example
//! ```
//! use ocipol::policytest::{self, Coverage};
//! use ocipol::program::Mode;
//! use ocipol::source::{Source, Sources};
//!
//! let text = "
//! tenancies:
//!   - name: Fjord
//!     id: ocid1.tenancy.oc1..fjord
//!     users: [{name: rita, id: ocid1.user.oc1..rita}]
//!     groups: [{name: Readers, id: ocid1.group.oc1..readers, members: [rita]}]
//!     policies:
//!       - name: readers
//!         statements:
//!           - Allow group Readers to read buckets in tenancy
//!           - Allow group Readers to read keys in tenancy
//! cases:
//!   - name: a reader may look but not touch
//!     requests:
//!       - {principal: rita, operation: GetBucket, target: Fjord, expect: allow, because: [1]}
//!       - {principal: rita, operation: DeleteBucket, target: Fjord, expect: allow}
//! ";
//! let mut sources = Sources::new();
//! let file = sources.add(Source::new("readers.policytest.yaml", text)?);
//! let no_files = &mut |_: &mut Sources, _: &str| Err("no files here".to_owned());
//! let (suite, findings) = policytest::read(&mut sources, file, no_files);
//! assert!(findings.is_empty());
//!
//! let outcome = policytest::run(&suite.cases[0], Mode::default());
//! assert_eq!(outcome.requests, 2);
//! assert_eq!(outcome.failures[0].message, "expected allow, got deny");
//! assert_eq!(sources.locate(outcome.failures[0].place), "readers.policytest.yaml:16:9");
//!
//! // Which statements did no decision rest on?
//! let mut coverage = Coverage::default();
//! coverage.add(&sources, &outcome, |source| source.name().to_owned());
//! let missed: Vec<_> = coverage.missed().map(|row| (row.policy.as_str(), row.number)).collect();
//! assert_eq!(missed, [("readers", 2)]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod coverage;

pub use coverage::{Coverage, Covered};

use rustc_hash::FxHashSet;

use crate::caseless;
use crate::decide::{Decision, Verdict, decide};
use crate::diagnostic::{Code, Diagnostic};
use crate::explain::{Account, explain};
use crate::program::{Mode, Program, StatementId};
use crate::request::{self, Ask};
use crate::resolve::resolve;
use crate::source::{Place, SourceId, Sources, Spanned};
use crate::suggest;
use crate::tenancy::{self, AttachedPolicy, Open, Tenancies};
use crate::yaml::{self, Fields, Node};

/// A question of a test means nothing in its world.
pub const UNASKABLE: Code = Code::new("test/unaskable");

/// A file of policy tests.
#[derive(Debug)]
pub struct Suite {
    /// The source it was read from.
    pub source: SourceId,
    /// Its cases, in the order of the file.
    pub cases: Vec<Case>,
}

/// Requests in one world.
#[derive(Debug)]
pub struct Case {
    /// What the case shows.
    pub name: Spanned<String>,
    /// The world: the suite's, with the case's own policies.
    pub world: Tenancies,
    /// The requests.
    pub expectations: Vec<Expectation>,
}

/// One request with what it must get.
#[derive(Debug)]
pub struct Expectation {
    /// The question.
    pub ask: Ask,
    /// The decision it must get.
    pub expect: Expected,
    /// The statements the decision must rest on, each as `NUMBER` or `POLICY#NUMBER`; `None` where the test does not say.
    pub because: Option<Vec<String>>,
    /// A text the explanation must contain; `None` where the test does not say.
    pub reason: Option<String>,
    /// Where it was written.
    pub place: Place,
}

/// A decision as tests write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Allowed.
    Allow,
    /// No statement allows it.
    Deny,
    /// A deny statement forbids it.
    ExplicitDeny,
    /// It depends on something nobody said.
    Indeterminate,
    /// Denied, and no policy at all is in force.
    Invalid,
}

impl Expected {
    /// Every value with the word files use.
    pub const ALL: [(&'static str, Self); 5] = [
        ("allow", Self::Allow),
        ("deny", Self::Deny),
        ("explicit-deny", Self::ExplicitDeny),
        ("indeterminate", Self::Indeterminate),
        ("invalid", Self::Invalid),
    ];

    /// The word files use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, expected)| *expected == self).map_or("", |(word, _)| word)
    }

    /// What a decision is, in the words of tests.
    #[must_use]
    pub fn of(decision: &Decision, account: &Account) -> Self {
        match decision.verdict {
            Verdict::Allow => Self::Allow,
            Verdict::ImplicitDeny if account.invalid => Self::Invalid,
            Verdict::ImplicitDeny => Self::Deny,
            Verdict::ExplicitDeny => Self::ExplicitDeny,
            Verdict::Indeterminate => Self::Indeterminate,
        }
    }
}

/// Reads a suite. Mistakes are reported at their place; what stands beside them is read all the same.
pub fn read(sources: &mut Sources, id: SourceId, open: &mut Open<'_>) -> (Suite, Vec<Diagnostic>) {
    let mut suite = Suite { source: id, cases: Vec::new() };
    let (mut findings, help) = (Vec::new(), "write `tenancies:` and `cases:`");
    let Some(document) = yaml::only(sources, id, "a policy test", help, &mut findings) else {
        return (suite, findings);
    };
    let Some(mut fields) = Fields::of(id, &document, "a policy test", &mut findings) else {
        return (suite, findings);
    };
    let tenancies = fields.required("tenancies");
    let shared = fields.list("policies");
    fields.required("cases");
    let cases = fields.list("cases");
    fields.finish();
    let mut world =
        tenancies.map(|node| tenancy::read_at(sources, id, node, open, &mut findings)).unwrap_or_default();
    tenancy::read_policies(sources, id, &mut world, shared, open, &mut findings);
    let mut names: FxHashSet<String> = FxHashSet::default();
    for node in cases {
        let Some(case) = case(sources, id, &world, node, open, &mut findings) else { continue };
        if !names.insert(caseless::fold(&case.name.node)) {
            let message = format!("`{}` names two cases", case.name.node);
            let place = Place { source: id, span: case.name.span };
            findings.push(
                Diagnostic::error(yaml::WRONG_VALUE, place, message)
                    .with_help("give each case a name of its own"),
            );
        }
        suite.cases.push(case);
    }
    crate::diagnostic::sort(&mut findings);
    (suite, findings)
}

fn case(
    sources: &mut Sources,
    id: SourceId,
    world: &Tenancies,
    node: &Node,
    open: &mut Open<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Option<Case> {
    let mut fields = Fields::of(id, node, "a case", findings)?;
    let name = fields.required_text("name");
    let policies = fields.list("policies");
    let asked = fields.required("requests");
    let requests = fields.list("requests");
    if let Some(empty) = asked.filter(|node| requests.is_empty() && node.items().is_some()) {
        fields.wrong(
            empty.span,
            "the case asks nothing",
            "add a request; a test that asks nothing shows nothing",
        );
    }
    fields.finish();
    let mut world = world.clone();
    tenancy::read_policies(sources, id, &mut world, policies, open, findings);
    let expectations =
        requests.iter().filter_map(|request| expectation(id, &world, request, findings)).collect();
    Some(Case { name: name?, world, expectations })
}

fn expectation(
    id: SourceId,
    world: &Tenancies,
    node: &Node,
    findings: &mut Vec<Diagnostic>,
) -> Option<Expectation> {
    let mut fields = Fields::of(id, node, "a request", findings)?;
    fields.required("expect");
    let expect = fields.choice("expect", &Expected::ALL);
    let because = fields.node("because").is_some().then(|| fields.texts("because"));
    let reason = fields.text("reason").map(|reason| reason.node);
    let ask = request::read(&mut fields);
    let place = Place { source: id, span: fields.span() };
    for named in because.iter().flatten() {
        if let Some(help) = names_nothing(world, &named.node) {
            fields.wrong(named.span, format!("`{}` is no statement of a policy here", named.node), help);
        }
    }
    fields.finish();
    let because = because.map(|because| because.into_iter().map(|text| text.node).collect());
    Some(Expectation { ask: ask?, expect: expect?, because, reason, place })
}

/// What to write in place of `NUMBER` or `POLICY#NUMBER` where no policy has such a statement.
fn names_nothing(world: &Tenancies, named: &str) -> Option<String> {
    let (policy, number) =
        named.rsplit_once('#').map_or((None, named), |(policy, number)| (Some(policy), number));
    let count = |policy: &&AttachedPolicy| policy.policy.statements().count();
    let of_name = world.policies().iter().filter(|known| policy.is_none_or(|policy| policy == known.name));
    let most = of_name.map(|policy| count(&policy)).max();
    if let Some(most) = most {
        let there = number.parse().is_ok_and(|number: usize| (1..=most).contains(&number));
        let owner = policy.map_or_else(String::new, |policy| format!(" of `{policy}`"));
        return (!there).then(|| format!("the statements{owner} are numbered from 1 to {most}"));
    }
    let names = world.policies().iter().map(|policy| policy.name.as_str());
    Some(match suggest::did_you_mean(policy.unwrap_or_default(), names) {
        Some(near) => format!("did you mean `{near}#{number}`?"),
        None => "write `NUMBER` where one policy is concerned, else `POLICY#NUMBER`".to_owned(),
    })
}

/// What came of a case.
#[derive(Debug)]
pub struct Outcome {
    /// Expectations that did not hold, each with what came instead, in the order of the file.
    pub failures: Vec<Failure>,
    /// How many expectations there were.
    pub requests: usize,
    /// The statements some decision rested on.
    pub exercised: Vec<StatementId>,
    /// What the case was decided with.
    pub program: Program,
}

/// An expectation that did not hold.
#[derive(Debug)]
pub struct Failure {
    /// Where it was written.
    pub place: Place,
    /// What was expected and what came, in one clause.
    pub message: String,
    /// What was expected: a decision, the statements it must rest on, or what the explanation must say.
    pub expected: String,
    /// What came in its place.
    pub found: String,
    /// The decision in words; `None` where the question could not even be put.
    pub account: Option<Account>,
}

/// Runs a case.
#[must_use]
pub fn run(case: &Case, mode: Mode) -> Outcome {
    let (program, _) = resolve(&case.world, mode);
    let mut outcome =
        Outcome { failures: Vec::new(), requests: case.expectations.len(), exercised: Vec::new(), program };
    for expectation in &case.expectations {
        let expect = expectation.expect.as_str();
        let request = match expectation.ask.prepare(&outcome.program) {
            Ok(request) => request,
            Err(error) => {
                outcome.failures.push(Failure {
                    place: expectation.place,
                    message: format!("{error}: {}", error.help()),
                    expected: expect.to_owned(),
                    found: format!("no answer: {error}; {}", error.help()),
                    account: None,
                });
                continue;
            }
        };
        let decision = decide(&outcome.program, &request);
        outcome.exercised.extend(decision.tests.iter().flat_map(|test| test.because.iter().copied()));
        let account = explain(&outcome.program, &request, &decision);
        let found = Expected::of(&decision, &account);
        let wrong = if found == expectation.expect {
            wrong_reasons(expectation, &account)
        } else {
            Some(Wrong {
                message: format!("expected {expect}, got {}", found.as_str()),
                expected: expect.to_owned(),
                found: found.as_str().to_owned(),
            })
        };
        outcome.failures.extend(wrong.map(|Wrong { message, expected, found }| Failure {
            place: expectation.place,
            message,
            expected,
            found,
            account: Some(account),
        }));
    }
    outcome.exercised.sort_unstable();
    outcome.exercised.dedup();
    outcome
}

/// In which way an expectation did not hold.
struct Wrong {
    message: String,
    expected: String,
    found: String,
}

/// Whether the right decision came for other reasons than the test says.
fn wrong_reasons(expectation: &Expectation, account: &Account) -> Option<Wrong> {
    let expect = expectation.expect.as_str();
    let mut rests: Vec<(String, u32)> = account
        .permissions
        .iter()
        .filter(|finding| finding.verdict == account.verdict)
        .flat_map(|finding| finding.because.iter().map(|cited| (cited.policy.clone(), cited.number)))
        .collect();
    rests.sort();
    rests.dedup();
    if let Some(because) = &expectation.because {
        let names = |wanted: &String, (policy, number): &(String, u32)| match wanted.rsplit_once('#') {
            Some((name, wanted)) => name == policy && wanted == number.to_string(),
            None => *wanted == number.to_string(),
        };
        let all_there = because.iter().all(|wanted| rests.iter().any(|found| names(wanted, found)));
        let all_wanted = rests.iter().all(|found| because.iter().any(|wanted| names(wanted, found)));
        if !all_there || !all_wanted {
            let found: Vec<String> =
                rests.iter().map(|(policy, number)| format!("{policy}#{number}")).collect();
            let named = |names: &[String]| {
                if names.is_empty() { "no statement".to_owned() } else { names.join(", ") }
            };
            let (wanted, found) = (named(because), named(&found));
            return Some(Wrong {
                message: format!("expected it because of {wanted}, it rests on {found}"),
                expected: format!("{expect} because of {wanted}"),
                found: format!("{expect} because of {found}"),
            });
        }
    }
    let reason = expectation.reason.as_ref().filter(|reason| !account.says(reason))?;
    Some(Wrong {
        message: format!("the explanation does not say `{reason}`"),
        expected: format!("{expect}, explained with `{reason}`"),
        found: format!("{expect}, explained otherwise"),
    })
}
