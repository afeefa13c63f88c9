//! Runs every lint over everything there is.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::context::Context;
use super::entry::{Check, Level, Lint, Need};
use super::findings::{Findings, ProgramFindings};
use super::meaning::Meaning;
use super::suppression::{self, Suppressed};
use super::{LINTS, silence};
use crate::bundle::{Bound, Rule, World};
use crate::catalog::KnownTenancy;
use crate::diagnostic::{self, Code, Diagnostic};
use crate::program::{Reach, Side};
use crate::source::{Place, Sources, Span};
use crate::syntax::{Item, Reading, Statement};
use crate::tenancy::Aspect;

/// What is wanted beside the usual.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'o> {
    /// Lints that shall not run as they usually do; of two levels for one lint the last counts.
    pub levels: &'o [(&'static Lint, Level)],
}

impl Options<'_> {
    fn level(&self, lint: &Lint) -> Option<Level> {
        self.levels.iter().rev().find(|(known, _)| known.code == lint.code).map(|(_, level)| *level)
    }

    fn runs(&self, lint: &Lint) -> bool {
        match self.level(lint) {
            Some(level) => level != Level::Off,
            None => lint.off.is_none(),
        }
    }

    /// Takes away what is not wanted, and makes the others as heavy as they are wanted.
    fn apply(&self, findings: &mut Vec<Diagnostic>) {
        if self.levels.is_empty() {
            return;
        }
        findings.retain_mut(|finding| {
            let level = super::find(finding.code.as_str()).and_then(|lint| self.level(lint));
            if let Some(Level::At(severity)) = level {
                finding.severity = severity;
            }
            level != Some(Level::Off)
        });
    }
}

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// The findings of all stages, by source, position and code.
    pub findings: Vec<Diagnostic>,
    /// Findings that a line of the file accepts.
    pub suppressed: Vec<Suppressed>,
    /// Lints that could not run.
    pub skipped: Vec<Skipped>,
}

/// A lint that could not run.
#[derive(Debug, Clone, Copy)]
pub struct Skipped {
    /// The lint.
    pub lint: &'static Lint,
    /// What it cannot do without.
    pub missing: Need,
}

/// Checks everything that was read and bound.
///
/// # Example
/// ```
/// use ocipol::bundle::Bundle;
/// use ocipol::lint::{Options, lint};
/// use ocipol::source::{Source, Sources};
/// let text = "Define tenancy Glacier as ocid1.tenancy.oc1..glacier\nAllow group Pilots to read vcns in tenancy\n";
/// let mut sources = Sources::new();
/// let id = sources.add(Source::new("hangar.policy", text)?);
/// let mut bundle = Bundle::new();
/// bundle.policy_text(&sources, id);
/// let report = lint(&sources, &bundle.bind(&sources, None), Options::default());
/// assert_eq!(report.findings[0].code.as_str(), "lint/unused-define");
/// # Ok::<(), ocipol::source::TooLong>(())
/// ```
#[must_use]
pub fn lint(sources: &Sources, bound: &Bound, options: Options<'_>) -> Report {
    let runs: Vec<&'static Lint> = LINTS.iter().copied().filter(|lint| options.runs(lint)).collect();
    let skipped = skipped(bound, &runs);
    let unmet: FxHashSet<Code> = skipped.iter().map(|skipped| skipped.lint.code).collect();
    let mut findings = bound.findings.clone();
    written(sources, bound, &runs, &mut findings);
    for world in &bound.worlds {
        let context = Context::new(sources, world);
        for lint in runs.iter().copied() {
            for check in lint.checks {
                if let Check::Program(check) = check {
                    check(&context, &mut ProgramFindings::new(lint, &mut findings));
                }
            }
        }
        hints(&context, &runs, &mut findings);
    }
    // Another stage may report what this run is not asked for or cannot know.
    findings.retain(|finding| !unmet.contains(&finding.code));
    options.apply(&mut findings);
    let places = statements(bound);
    silence::silence(&mut findings, &places);
    let mut suppressions = Vec::new();
    for (id, source) in sources.iter() {
        if !suppression::may_be_in(source) {
            continue;
        }
        // By position, which is by source first.
        let first = places.partition_point(|place| place.source < id);
        let own = places.iter().skip(first).take_while(|place| place.source == id);
        let own: Vec<Span> = own.map(|place| place.span).collect();
        suppressions.extend(suppression::read(source, id, &own, &bound.hosts, &mut findings));
    }
    diagnostic::sort(&mut findings);
    let suppressed = suppression::apply(&mut findings, &mut suppressions);
    let ran =
        |lint: &'static Lint| runs.iter().any(|run| run.code == lint.code) && !unmet.contains(&lint.code);
    suppression::unused(&suppressions, ran, &mut findings);
    options.apply(&mut findings);
    diagnostic::sort(&mut findings);
    findings.dedup();
    Report { findings, suppressed, skipped }
}

/// Every statement and matching rule, by position.
fn statements(bound: &Bound) -> Vec<Place> {
    let statements = bound.statements();
    let rules = bound.rules.iter().map(|rule| Place { source: rule.source, span: rule.rule.span });
    let mut places: Vec<Place> = statements.iter().map(|statement| statement.place).chain(rules).collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// The lints that look at what is written.
fn written(sources: &Sources, bound: &Bound, runs: &[&'static Lint], found: &mut Vec<Diagnostic>) {
    let (of_statements, of_policies) = (checks(runs, looks_at_statements), checks(runs, looks_at_policies));
    for (_, policy) in bound.policies() {
        let Some(source) = sources.get(policy.source) else { continue };
        let typed = !bound.hosts.has(policy.source);
        for (_, item) in policy.statements() {
            let readable = Readable::of(item);
            if readable == Readable::No {
                continue;
            }
            let meaning = Meaning::of(item);
            for (lint, check) in of_statements.iter().copied().filter(|(lint, _)| readable.allows(lint)) {
                let mut findings = Findings::new(lint, policy.source, found);
                match check {
                    Check::Statement(check) => check(item, &mut findings),
                    Check::Beside(check) => check(item, policy, &mut findings),
                    Check::Meaning(check) => check(&meaning, &mut findings),
                    Check::Text(check) if typed => check(item, source.slice(item.span), &mut findings),
                    Check::Text(_)
                    | Check::Policy(_)
                    | Check::Rule(_)
                    | Check::Program(_)
                    | Check::Hint(_)
                    | Check::Reported(_) => {}
                }
            }
        }
        for (lint, check) in of_policies.iter().copied() {
            if let Check::Policy(check) = check {
                check(policy, source, &mut Findings::new(lint, policy.source, found));
            }
        }
    }
    for rule in &bound.rules {
        of_rule(rule, runs, found);
    }
}

/// The checks of some kind, each with its lint: found once, as there are many statements and most checks are of another
/// kind.
fn checks(runs: &[&'static Lint], is_kind: fn(Check) -> bool) -> Vec<(&'static Lint, Check)> {
    let of = |lint: &'static Lint| lint.checks.iter().map(move |check| (lint, *check));
    runs.iter().copied().flat_map(of).filter(|(_, check)| is_kind(*check)).collect()
}

const fn looks_at_statements(check: Check) -> bool {
    matches!(check, Check::Statement(_) | Check::Meaning(_) | Check::Beside(_) | Check::Text(_))
}

const fn looks_at_policies(check: Check) -> bool {
    matches!(check, Check::Policy(_))
}

fn of_rule(rule: &Rule, runs: &[&'static Lint], found: &mut Vec<Diagnostic>) {
    for lint in runs.iter().copied() {
        for check in lint.checks {
            if let Check::Rule(check) = check {
                check(&rule.rule, &mut Findings::new(lint, rule.source, found));
            }
        }
    }
}

/// How much of a statement can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readable {
    /// Not read at all: only the parser speaks.
    No,
    /// Read by guessing at its shape: rules about letters and about danger hold, others may be about a guess.
    Shape,
    /// Read, perhaps with parts that are yet to be filled in.
    Yes,
}

impl Readable {
    fn of(item: &Item) -> Self {
        let guessed = item.reading == Reading::Guessed
            && item.faults.iter().any(|fault| GUESSED_SHAPE.contains(&fault.code.id()));
        match item.statement {
            Statement::Broken | Statement::Comment(_) => Self::No,
            Statement::Grant(_) | Statement::Endorse(_) | Statement::Admit(_) | Statement::Define(_) => {
                if guessed {
                    Self::Shape
                } else {
                    Self::Yes
                }
            }
        }
    }

    fn allows(self, lint: &Lint) -> bool {
        match self {
            Self::No => false,
            Self::Shape => lint.code.area() == "syntax" || lint.risk.is_some(),
            Self::Yes => true,
        }
    }
}

/// Slips whose repair guesses at the shape of the statement.
const GUESSED_SHAPE: [&str; 12] = [
    "missing-location",
    "condition-syntax",
    "admit-without-source",
    "user-subject",
    "mixed-subject-kinds",
    "several-resource-types",
    "several-verbs",
    "several-locations",
    "unknown-verb",
    "empty-group",
    "set-function-unknown",
    "syntax-error",
];

/// Lets lints add what the model knows to their findings.
fn hints(context: &Context<'_>, runs: &[&'static Lint], findings: &mut [Diagnostic]) {
    for lint in runs.iter().copied() {
        for check in lint.checks {
            if let Check::Hint(hint) = check {
                for finding in findings.iter_mut().filter(|finding| finding.code == lint.code) {
                    hint(context, finding);
                }
            }
        }
    }
}

/// Lints whose needs nothing here meets.
fn skipped(bound: &Bound, runs: &[&'static Lint]) -> Vec<Skipped> {
    // Nothing is missed where there is nothing to check.
    if bound.worlds.iter().all(|world| world.model.policies().is_empty()) {
        return Vec::new();
    }
    let needs: BTreeSet<Need> = runs.iter().flat_map(|lint| lint.needs).copied().collect();
    let unmet: BTreeSet<Need> = needs.into_iter().filter(|need| !is_met(bound, *need)).collect();
    let missing = |lint: &Lint| lint.needs.iter().copied().find(|need| unmet.contains(need));
    runs.iter().filter_map(|lint| Some(Skipped { lint, missing: missing(lint)? })).collect()
}

fn is_met(bound: &Bound, need: Need) -> bool {
    match need {
        Need::Knows(aspect) => bound.worlds.iter().any(|world| {
            world.program.policies().any(|(_, policy)| world.model.knows(policy.tenancy, aspect))
        }),
        Need::Partner => {
            let mut partners = bound.worlds.iter().flat_map(|world| partners(world).into_iter()).peekable();
            // Without a cross-tenancy statement nobody is missed.
            partners.peek().is_none() || partners.any(|known| known)
        }
    }
}

/// For each cross-tenancy statement, whether the policies of the other side are there. Oracle's own are nobody's to give.
fn partners(world: &World) -> Vec<bool> {
    let program = &world.program;
    let is_oracles = |tenancy| {
        let id = program.tenancies().tenancy(tenancy).and_then(|tenancy| tenancy.id.as_ref());
        id.is_some_and(|id| KnownTenancy::find(id.as_str()).is_some())
    };
    let has = |tenancy| {
        program.tenancies().knows(tenancy, Aspect::Policies)
            || program.policies().any(|(_, policy)| policy.tenancy == tenancy)
            || is_oracles(tenancy)
    };
    let all = program.statements().map(|(_, statement)| statement).chain(program.inert());
    all.filter_map(|statement| match (statement.side, statement.reach) {
        (Side::Endorse, Reach::Tenancy(other) | Reach::NotModelled(other)) => Some(has(other)),
        (Side::Endorse, Reach::Below(place)) => {
            Some(has(program.tenancies().compartment(place).map(|found| found.tenancy)?))
        }
        (Side::Admit { from: Some(other) }, _) => Some(has(other)),
        (Side::Endorse, Reach::AnyTenancy | Reach::Nowhere) | (Side::Admit { from: None } | Side::Own, _) => {
            None
        }
    })
    .collect()
}
