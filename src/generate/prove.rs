//! The generated policies, decided like any others: do they allow every intent, and is anything in them too much?

mod reduce;

use std::collections::BTreeSet;

use super::bind::{Bound, Made};
use super::codes;
use super::intent::Intents;
use super::plan::{self, Composed, Line};
use super::stage::Stage;
use super::witness;
use crate::decide::evaluate::{Scene, Seen};
use crate::decide::{Decision, Need, Verdict, decide};
use crate::diagnostic::Diagnostic;
use crate::explain::explain;
use crate::format;
use crate::parse;
use crate::passage::Passage;
use crate::program::{Mode, Program};
use crate::request::{Action, Ask, Request};
use crate::resolve::resolve;
use crate::source::{Place, Span};
use crate::syntax::{Condition, Effect, Item, Policy, Reading, Statement, Test};
use crate::tenancy::{AttachedPolicy, Tenancies};
use reduce::{Answer, Origins, reduce};

/// A question the policies must answer with yes.
pub(super) struct Trial {
    intent: usize,
    ask: Ask,
    span: Span,
    /// The target among those of the intent.
    target: usize,
}

/// Every question of an intent: each principal it means, each need, each resource.
pub(super) fn trials(number: usize, bound: &Bound) -> Vec<Trial> {
    let mut trials = Vec::new();
    for asker in &bound.askers {
        for question in &bound.needed.questions {
            for (index, target) in bound.targets.iter().enumerate() {
                let mut ask = Ask::new(asker.clone(), question.action.clone(), target.name.clone());
                ask.case.clone_from(&question.case);
                trials.push(Trial { intent: number, ask, span: question.span, target: index });
            }
        }
    }
    trials
}

/// What trials are decided in.
pub(super) struct Court<'c> {
    pub(super) stage: &'c Stage,
    pub(super) intents: &'c Intents,
    pub(super) bound: &'c [Option<Bound>],
    pub(super) made: &'c [Made],
}

/// Lines that are proved, with their policies.
pub(super) struct Proved {
    pub(super) lines: Vec<Line>,
    pub(super) composed: Vec<Composed>,
}

impl Court<'_> {
    /// Composes lines, asks every question, and takes away what no question needs.
    ///
    /// # Errors
    /// The findings, where the policies would not do what was asked.
    pub(super) fn prove(&self, lines: Vec<Line>, trials: &mut [Trial]) -> Result<Proved, Vec<Diagnostic>> {
        let (proved, answers) = self.decide_all(lines, trials)?;
        let Proved { lines, composed } = proved;
        let (lines, changed) = reduce(lines, &answers);
        if !changed {
            return Ok(Proved { lines, composed });
        }
        Ok(self.decide_all(lines, trials)?.0)
    }

    /// Whether the policies still allow everything beside those the model has; gives what does not.
    pub(super) fn with_existing(&self, proved: &Proved, trials: &[Trial]) -> Vec<Diagnostic> {
        let Proved { lines, composed } = proved;
        if self.stage.policies.is_empty() {
            return Vec::new();
        }
        let mut model = self.attached(composed, lines);
        model.policies.extend(self.stage.policies.iter().cloned());
        let (program, _) = resolve(&model, Mode::default());
        let mut findings: Vec<Diagnostic> = Vec::new();
        let mut told: BTreeSet<(usize, Span)> = BTreeSet::new();
        for trial in trials {
            let Ok(request) = trial.ask.prepare(&program) else { continue };
            let decision = decide(&program, &request);
            if decision.verdict.is_allow() || !told.insert((trial.intent, trial.span)) {
                continue;
            }
            findings.push(self.denied(&program, &request, &decision, trial));
        }
        findings
    }

    fn denied(&self, program: &Program, request: &Request, decision: &Decision, trial: &Trial) -> Diagnostic {
        let account = explain(program, request, decision);
        let what = asked(&account.headline);
        let place = self.at(trial.span);
        let worst = account.permissions.iter().find(|finding| finding.verdict == decision.verdict);
        let mut finding = match decision.verdict {
            Verdict::Indeterminate => Diagnostic::warning(
                codes::MAY_BE_DENIED,
                place,
                format!("a deny statement of the model may forbid it: {what}"),
            ),
            Verdict::ExplicitDeny | Verdict::ImplicitDeny | Verdict::Allow => Diagnostic::error(
                codes::DENIED,
                place,
                format!("a deny statement of the model forbids it all the same: {what}"),
            ),
        };
        for cited in worst.map(|worst| worst.because.as_slice()).unwrap_or_default() {
            let own = program
                .statements()
                .any(|(_, statement)| statement.place == cited.place && statement.effect == Effect::Deny);
            if own {
                finding = finding.with_label(cited.place, "this one");
            }
        }
        finding.with_help("change the deny statement, or the intent")
    }

    fn decide_all(
        &self,
        lines: Vec<Line>,
        trials: &mut [Trial],
    ) -> Result<(Proved, Vec<Answer>), Vec<Diagnostic>> {
        let composed = match plan::compose(self.stage, &lines) {
            Ok(composed) => composed,
            Err(line) => return Err(self.out_of_reach(lines.get(line))),
        };
        let refused = self.unwritable(&composed, &lines);
        if !refused.is_empty() {
            return Err(refused);
        }
        let (program, _) = resolve(&self.attached(&composed, &lines), Mode::default());
        let rejections = program.rejections();
        if !rejections.is_empty() {
            let refused = rejections.iter().map(|rejection| {
                let place = rejection.finding.place().unwrap_or_else(|| self.at(Span::default()));
                let message =
                    format!("the service would not accept this policy: {}", rejection.finding.message);
                let help = rejection.finding.help.clone().unwrap_or_default();
                Diagnostic::error(codes::REJECTED, place, message).with_help(help)
            });
            return Err(refused.collect());
        }
        let origins = Origins::of(&program, &composed);
        let (mut answers, mut findings) = (Vec::new(), Vec::new());
        let mut told: BTreeSet<(usize, Span)> = BTreeSet::new();
        for trial in trials {
            match self.settle(&program, trial) {
                Ok(decision) => answers.push(Answer::of(&origins, trial, &decision)),
                Err(finding) => {
                    if told.insert((trial.intent, trial.span)) {
                        findings.push(*finding);
                    }
                }
            }
        }
        if findings.is_empty() { Ok((Proved { lines, composed }, answers)) } else { Err(findings) }
    }

    fn out_of_reach(&self, line: Option<&Line>) -> Vec<Diagnostic> {
        let intent = line.and_then(|line| self.intents.intents.get(*line.intents.first()?));
        let attach = intent.and_then(|intent| intent.attach.as_ref()).map(|attach| attach.span);
        let span = attach.or(line.map(|line| line.span)).unwrap_or_default();
        let place = self.at(span);
        let message = "the policy cannot reach the resource from where it is attached";
        vec![
            Diagnostic::error(codes::ATTACHMENT, place, message)
                .with_help("attach it to the resource's compartment or above it, or leave `attach` out"),
        ]
    }

    /// Statements that do not read back as what they are.
    fn unwritable(&self, composed: &[Composed], lines: &[Line]) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        for policy in composed {
            for (statement, line) in &policy.statements {
                let text = format::statement(statement);
                let mut slips = Vec::new();
                let items = parse::statements(&Passage::verbatim(self.intents.source, &text, 0), &mut slips);
                let same = |only: &Item| only.reading == Reading::Strict && only.statement == *statement;
                if matches!(items.as_slice(), [only] if same(only)) {
                    continue;
                }
                let why = slips.first().map_or("it reads back as something else", |slip| &slip.message);
                let message = format!("`{text}` cannot be written in the policy language: {why}");
                let place = self.at(span(policy, lines, *line));
                findings.push(
                    Diagnostic::error(codes::NOT_WRITABLE, place, message)
                        .with_help("rename the thing, or write its OCID"),
                );
            }
        }
        for made in self.made {
            let text = format::matching_rule(&made.rule);
            let mut slips = Vec::new();
            let passage = Passage::verbatim(self.intents.source, &text, 0);
            let (rule, reading) = parse::matching_rule(&passage, &mut slips);
            if reading != Reading::Strict || rule.node != made.rule {
                let message = format!("`{text}` cannot be written as a matching rule");
                findings.push(
                    Diagnostic::error(codes::NOT_WRITABLE, self.at(made.span), message)
                        .with_help("check the principal type and the OCIDs"),
                );
            }
        }
        findings
    }

    /// The stage with the policies in force.
    fn attached(&self, composed: &[Composed], lines: &[Line]) -> Tenancies {
        let mut model = self.stage.model.clone();
        for policy in composed {
            let item = |(statement, line): &(Statement, Option<usize>)| Item {
                statement: statement.clone(),
                span: span(policy, lines, *line),
                reading: Reading::Strict,
                faults: Vec::new(),
                comments: Vec::new(),
            };
            let items = policy.statements.iter().map(item).collect();
            let name = policy.key.name.clone();
            let policy_tree = Policy { source: self.intents.source, name: None, attachment: None, items };
            let attachment = policy.key.attachment;
            model.attach(AttachedPolicy { name, id: None, attachment, policy: policy_tree });
        }
        model
    }

    /// Asks a question; where the intent has a condition, in a situation in which it holds.
    fn settle(&self, program: &Program, trial: &mut Trial) -> Result<Decision, Box<Diagnostic>> {
        let request = self.prepare(program, trial, &trial.ask)?;
        if let Some(nonsense) = request.nonsense() {
            let finding = Diagnostic::error(codes::NOT_ALLOWED, self.at(trial.span), nonsense);
            let help = "name a resource of the operation's type, or the compartment";
            return Err(Box::new(finding.with_help(help)));
        }
        let decision = decide(program, &request);
        if decision.verdict.is_allow() {
            return Ok(decision);
        }
        let intent = self.intents.intents.get(trial.intent);
        if let Some(condition) = intent.and_then(|intent| intent.condition.as_ref()) {
            for given in witness::situations(self.stage, program, &request, condition) {
                let ask = Ask { given, ..trial.ask.clone() };
                let request = self.prepare(program, trial, &ask)?;
                let decision = decide(program, &request);
                if decision.verdict.is_allow() {
                    trial.ask = ask;
                    return Ok(decision);
                }
            }
        }
        Err(Box::new(self.refused(program, &request, &decision, trial)))
    }

    fn prepare(&self, program: &Program, trial: &Trial, ask: &Ask) -> Result<Request, Box<Diagnostic>> {
        ask.prepare(program).map_err(|error| {
            let place = self.at(trial.span);
            Box::new(Diagnostic::error(codes::NOT_ALLOWED, place, error.to_string()).with_help(error.help()))
        })
    }

    /// Why a question is answered with no.
    fn refused(
        &self,
        program: &Program,
        request: &Request,
        decision: &Decision,
        trial: &Trial,
    ) -> Diagnostic {
        let place = self.at(trial.span);
        let account = explain(program, request, decision);
        let what = asked(&account.headline);
        if let Some(variable) = self.missing_pin(program, request, trial) {
            let name = match &trial.ask.action {
                Action::Operation(name) => format!("`{name}`"),
                Action::Permissions(_) | Action::Associate { .. } => "this".to_owned(),
            };
            return Diagnostic::error(
                codes::NOT_ON_ONE,
                place,
                format!("{name} names no single resource, so that it cannot be limited to one: it has no `{variable}`"),
            )
            .with_help("ask for it on the compartment, in an intent of its own");
        }
        let obstacle =
            account.permissions.iter().flat_map(|finding| &finding.near).map(|near| &near.obstacle).next();
        let unknown = account.permissions.iter().flat_map(|finding| &finding.unknown).next();
        let condition = self.intents.intents.get(trial.intent).and_then(|intent| intent.condition.as_ref());
        let help = match (obstacle, unknown) {
            (Some(obstacle), _) => obstacle.clone(),
            (None, Some(unknown)) if condition.is_none() => format!("it depends on {unknown}"),
            (None, Some(unknown)) => {
                format!("no situation was found in which the condition holds; it depends on {unknown}")
            }
            (None, None) => "check the condition".to_owned(),
        };
        let mut finding = Diagnostic::error(
            codes::NOT_ALLOWED,
            place,
            format!("the policies would not allow this: {what}"),
        )
        .with_help(help);
        if let Some(condition) = condition {
            finding = finding.with_label(self.at(condition.span), "under this condition");
        }
        finding
    }

    /// A variable that pins the resource and that the request does not have.
    fn missing_pin(&self, program: &Program, request: &Request, trial: &Trial) -> Option<String> {
        let bound = self.bound.get(trial.intent)?.as_ref()?;
        let pins = &bound.targets.get(trial.target)?.pins;
        let check = request.checks.first()?;
        let permission = check.requirement.first().and_then(|part| part.first()).copied();
        let need = permission.map_or(Need::NotKnown, Need::Permission);
        let scene = Scene::new(program, request, check, need);
        let names = pins.iter().filter_map(|pin| match pin {
            Condition::Test(Test { variable, .. }) => Some(variable.node.as_str()),
            Condition::All(_) | Condition::Any(_) | Condition::Opaque(_) => None,
        });
        let absent = |name: &&str| scene.variable(witness::variable(program, name)) == Seen::Absent;
        names.into_iter().find(absent).map(str::to_owned)
    }

    const fn at(&self, span: Span) -> Place {
        Place { source: self.intents.source, span }
    }
}

/// The intent a statement comes from.
fn span(policy: &Composed, lines: &[Line], line: Option<usize>) -> Span {
    line.and_then(|line| lines.get(line)).map_or(policy.span, |line| line.span)
}

/// The question of an account, without its answer.
fn asked(headline: &str) -> &str {
    headline.split_once(": ").map_or(headline, |(_, rest)| rest)
}
