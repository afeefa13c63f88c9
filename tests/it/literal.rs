//! A second evaluator: slow, literal, written from the specification's text, and asked the same as the program.
//!
//! It may use the syntax tree, the tenancy model and the catalogue, and nothing of `resolve`, `program`, `request` and
//! `decide` but the words of verdicts. `OCIPOL_AGREEMENT=N` asks at least N questions; `.ci/run` asks 100,000.
//! `OCIPOL_AGREEMENT_FROM=SEED` begins at that world, 1 where left out, to go on from where a run fell.

mod bind;
mod environment;
mod evaluate;
mod metamorphic;
mod statements;
mod variables;
mod worlds;

use std::collections::BTreeMap;

use ocipol::decide::{Verdict, decide};
use ocipol::program::{Mode, Program, Scope};
use ocipol::request::{self, Action, Ask, Object};
use ocipol::resolve::resolve;
use ocipol::tenancy::Tenancies;

use crate::world::World;
use evaluate::{Act, Asker, Literal, Question, Target};
use worlds::{Dice, WorldText};

/// Questions a world is asked.
const EACH: usize = 250;

/// What was compared.
#[derive(Default)]
struct Tally {
    verdicts: BTreeMap<Verdict, usize>,
    asked: usize,
    worlds: usize,
    across: usize,
    statements: usize,
    rejected: usize,
}

impl Tally {
    fn add(&mut self, other: Self) {
        for (verdict, count) in other.verdicts {
            *self.verdicts.entry(verdict).or_default() += count;
        }
        self.asked += other.asked;
        self.worlds += other.worlds;
        self.across += other.across;
        self.statements += other.statements;
        self.rejected += other.rejected;
    }
}

#[test]
fn the_program_agrees_with_the_literal_reading() {
    let wanted: usize =
        std::env::var("OCIPOL_AGREEMENT").ok().and_then(|count| count.parse().ok()).unwrap_or(20_000);
    let first: u64 =
        std::env::var("OCIPOL_AGREEMENT_FROM").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let worlds = u64::try_from(wanted.div_ceil(EACH)).unwrap();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut tally = Tally::default();
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                let seeds = (first..first + worlds).skip(thread).step_by(threads);
                scope.spawn(move || {
                    let mut tally = Tally::default();
                    seeds.for_each(|seed| tally.add(one_world(seed)));
                    tally
                })
            })
            .collect();
        for thread in running {
            match thread.join() {
                Ok(found) => tally.add(found),
                Err(difference) => std::panic::resume_unwind(difference),
            }
        }
    });
    let shares: Vec<String> = tally
        .verdicts
        .iter()
        .map(|(verdict, count)| format!("{} {:.1} %", verdict.as_str(), share(*count, tally.asked)))
        .collect();
    eprintln!(
        "literal evaluator: {} requests in {} worlds agree ({}; {:.1} % across tenancies; {} statements in force, {} policies rejected)",
        tally.asked,
        tally.worlds,
        shares.join(", "),
        share(tally.across, tally.asked),
        tally.statements,
        tally.rejected
    );
    // A generator that hardly allows anything would prove little.
    assert!(tally.verdicts[&Verdict::Allow] * 10 > tally.asked, "too few are allowed: {:?}", tally.verdicts);
    assert!(tally.verdicts.len() == 4, "{:?}", tally.verdicts);
}

/// In most worlds a mistake takes its policy along, in some only its statement.
fn mode(seed: u64) -> Mode {
    let scope = if seed.is_multiple_of(5) { Scope::Statement } else { Scope::Policy };
    Mode { scope, ..Mode::default() }
}

/// Asks one random world both ways.
fn one_world(seed: u64) -> Tally {
    let mut dice = Dice::new(seed);
    let text = worlds::world(&mut dice);
    let read = World::new(&text.yaml());
    let program = resolve(&read.model, mode(seed)).0;
    let literal = Literal { model: &read.model, rules: bind::rules(&read.model, mode(seed).scope) };
    let mut tally = Tally {
        asked: EACH,
        worlds: 1,
        statements: program.statements().count(),
        rejected: program.policies().filter(|(_, policy)| !policy.in_force).count(),
        ..Tally::default()
    };
    for _ in 0..EACH {
        let question = worlds::question(&mut dice, &read.model);
        let (verdict, across) = match compare(&program, &literal, &question) {
            Ok(found) => found,
            Err(difference) => panic!("seed {seed}\n{}", minimal(seed, &text, &question, &difference)),
        };
        *tally.verdicts.entry(verdict).or_default() += 1;
        tally.across += usize::from(across);
    }
    tally
}

#[expect(clippy::cast_precision_loss, reason = "printed with one digit")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 * 100.0 / whole as f64
}

/// Asks both; the verdict and whether two tenancies take part, or how they differ.
fn compare(program: &Program, literal: &Literal<'_>, question: &Question) -> Result<(Verdict, bool), String> {
    let ask = ask(literal.model, question);
    let request = ask.prepare(program).map_err(|error| format!("cannot be asked: {error}"))?;
    let decision = decide(program, &request);
    let (verdict, tests) = literal.decide(question);
    let ours: Vec<(Verdict, Vec<(&str, u32)>)> = decision
        .tests
        .iter()
        .map(|test| {
            let mut because: Vec<(&str, u32)> = match test.verdict {
                Verdict::Allow | Verdict::ExplicitDeny => test
                    .because
                    .iter()
                    .map(|&id| program.statement(id).unwrap())
                    .map(|found| (program.policy(found.policy).unwrap().name.as_str(), found.number))
                    .collect(),
                Verdict::ImplicitDeny | Verdict::Indeterminate => Vec::new(),
            };
            because.sort_unstable();
            (test.verdict, because)
        })
        .collect();
    let sorted = |mut tests: Vec<(Verdict, Vec<(&str, u32)>)>| {
        tests.sort();
        format!("{tests:?}")
    };
    let across = question.across(literal.model);
    let (ours, theirs) = (sorted(ours), sorted(tests));
    if decision.verdict == verdict && ours == theirs {
        return Ok((verdict, across));
    }
    Err(format!("program: {} {ours}\nliteral: {} {theirs}", decision.verdict.as_str(), verdict.as_str()))
}

impl Question {
    fn across(&self, model: &Tenancies) -> bool {
        let of = |target: &Target| match target {
            Target::Resource(id) => {
                model.compartment(model.resource(*id).unwrap().compartment).unwrap().tenancy
            }
            Target::User(id) => model.user(*id).unwrap().tenancy,
            Target::Group(id) => model.group(*id).unwrap().tenancy,
            Target::Compartment(id) => model.compartment(*id).unwrap().tenancy,
        };
        let home = match &self.asker {
            Asker::User(id) => model.user(*id).unwrap().tenancy,
            Asker::Resource(id) | Asker::Workload(id, ..) => of(&Target::Resource(*id)),
            Asker::Outsider(_, _, compartment) => of(&Target::Compartment(*compartment)),
            Asker::Service(_, tenancy) => *tenancy,
        };
        self.targets.iter().any(|target| of(target) != home)
    }
}

/// The question as the library takes it.
fn ask(model: &Tenancies, question: &Question) -> Ask {
    let tenancy = |compartment| {
        let tenancy = model.compartment(compartment).unwrap().tenancy;
        model.tenancy(tenancy).unwrap().name.clone()
    };
    let place = |compartment| {
        let root = model.compartment(compartment).unwrap().parent.is_none();
        let path = if root { String::new() } else { format!("/{}", model.path(compartment)) };
        format!("{}{path}", tenancy(compartment))
    };
    let principal = match &question.asker {
        Asker::User(id) => model.user(*id).unwrap().id.to_string(),
        Asker::Resource(id) => model.resource(*id).unwrap().id.to_string(),
        Asker::Outsider(_, id, compartment) => format!("resource:{id}@{}", place(*compartment)),
        Asker::Service(name, tenancy) => format!("service:{name}@{}", model.tenancy(*tenancy).unwrap().name),
        Asker::Workload(cluster, namespace, account) => {
            format!("workload:{}/{namespace}/{account}", model.resource(*cluster).unwrap().id)
        }
    };
    let principal = match (&question.asker, request::asker(&principal)) {
        // At the root the short form leaves the compartment open.
        (Asker::Outsider(_, _, at), request::Asker::Resource { kind, id, tenancy, .. }) => {
            request::Asker::Resource { kind, id, tenancy, compartment: Some(place(*at)) }
        }
        (_, principal) => principal,
    };
    let action = match &question.act {
        Act::Permission(name) => Action::Permissions(vec![(*name).to_owned()]),
        Act::Operation(name) => Action::Operation((*name).to_owned()),
        Act::Link(first, second) => {
            Action::Associate { first: (*first).to_owned(), second: (*second).to_owned() }
        }
    };
    let target = |target: &Target| match target {
        Target::Resource(id) => model.resource(*id).unwrap().id.to_string(),
        Target::User(id) => format!("user:{}", model.user(*id).unwrap().id),
        Target::Group(id) => format!("group:{}", model.group(*id).unwrap().id.as_ref().unwrap()),
        Target::Compartment(id) => place(*id),
    };
    let mut ask = Ask::new(principal, action, "");
    ask.targets = question.targets.iter().map(|each| Object::Named(target(each))).collect();
    ask.region = question.region.map(str::to_owned);
    ask.availability_domain = question.domain.map(str::to_owned);
    ask.time = question.time.and_then(ocipol::instant::parse);
    ask.address = question.from.as_ref().map(|(address, _)| address.clone());
    ask.given = question.given.iter().map(|(name, values)| ((*name).to_owned(), values.clone())).collect();
    ask.absent = question.absent.iter().map(|&name| name.to_owned()).collect();
    ask.unknown = question.unknown.iter().map(|&name| name.to_owned()).collect();
    ask
}

/// Takes policies and statements away as long as the two differ, and shows what is left.
fn minimal(seed: u64, text: &WorldText, question: &Question, difference: &str) -> String {
    let differs = |text: &WorldText| {
        let read = World::new(&text.yaml());
        let program = resolve(&read.model, mode(seed)).0;
        let literal = Literal { model: &read.model, rules: bind::rules(&read.model, mode(seed).scope) };
        compare(&program, &literal, question).err()
    };
    let (mut text, mut difference) = (text.clone(), difference.to_owned());
    'smaller: loop {
        for policy in 0..text.policies.len() {
            for statement in 0..text.policies[policy].statements.len() {
                let mut smaller = text.clone();
                smaller.policies[policy].statements.remove(statement);
                if smaller.policies[policy].statements.is_empty() {
                    smaller.policies.remove(policy);
                }
                if let Some(found) = differs(&smaller) {
                    (text, difference) = (smaller, found);
                    continue 'smaller;
                }
            }
        }
        break;
    }
    let read = World::new(&text.yaml());
    format!("{}\n{:#?}\n{difference}", text.yaml(), ask(&read.model, question))
}
