//! From intents to policies, step by step: bind, plan, prove, and put the result together.

use std::collections::BTreeSet;

use super::bind::{Binder, Bound, Made};
use super::intent::{Intent, Intents, Style};
use super::plan::{self, Composed, Destination, Line, PolicyKey};
use super::prove::{self, Court, Proved, Trial};
use super::stage::Stage;
use super::{
    Generated, GeneratedGroup, GeneratedPolicy, GeneratedStatement, Home, LONGEST_DESCRIPTION,
    MOST_STATEMENTS, codes, compose, is_plain_name,
};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Place, Span, Spanned};
use crate::tenancy::{CompartmentId, DynamicGroupId, TenancyId};

/// What generating holds together.
pub(super) struct Generation<'g> {
    intents: &'g Intents,
    stage: Stage,
    bound: Vec<Option<Bound>>,
    made: Vec<Made>,
}

impl<'g> Generation<'g> {
    pub(super) fn of(intents: &'g Intents, findings: &mut Vec<Diagnostic>) -> Option<Generated> {
        let mut stage = Stage::new(&intents.tenancies);
        let mut binder = Binder { stage: &mut stage, source: intents.source, made: Vec::new(), findings };
        let bound: Vec<Option<Bound>> = intents.intents.iter().map(|intent| binder.intent(intent)).collect();
        let made = std::mem::take(&mut binder.made);
        let mut generation = Self { intents, stage, bound, made };
        let lines = generation.lines(findings);
        if intents.intents.is_empty() {
            let place = Place { source: intents.source, span: Span::default() };
            findings.push(
                Diagnostic::error(codes::NOTHING, place, "the file has no intent")
                    .with_help("add one to `intents`"),
            );
        }
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            return None;
        }
        let (proved, mut trials) = generation.prove(lines, findings)?;
        let court = generation.court();
        findings.extend(court.with_existing(&proved, &trials));
        trials.clear();
        generation.notes(&proved, findings);
        generation.finish(&proved, findings)
    }

    fn court(&self) -> Court<'_> {
        Court { stage: &self.stage, intents: self.intents, bound: &self.bound, made: &self.made }
    }

    /// The lines of all intents, each where it goes.
    fn lines(&mut self, findings: &mut Vec<Diagnostic>) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        for (number, intent) in self.intents.intents.iter().enumerate() {
            let Some(destination) = self.destination(number, intent, findings) else { continue };
            let Some(Some(bound)) = self.bound.get(number) else { continue };
            let own = plan::lines(&self.stage, intent, number, bound, &destination);
            for line in own {
                let clash = lines
                    .iter()
                    .find(|known| known.policy.is_called_like(&line.policy) && known.policy != line.policy);
                if let Some(clash) = clash {
                    let at = |span| Place { source: self.intents.source, span };
                    let span = intent.policy.as_ref().map_or(intent.name.span, |policy| policy.span);
                    let message = if clash.policy.attachment == line.policy.attachment {
                        let (own, other) = (&line.policy.name, &clash.policy.name);
                        format!("the policy `{own}` is called `{other}` elsewhere, and names ignore case")
                    } else {
                        format!("the policy `{}` would be attached to two compartments", line.policy.name)
                    };
                    findings.push(
                        Diagnostic::error(codes::POLICY_CONFLICT, at(span), message)
                            .with_label(at(clash.span), "the same policy")
                            .with_help("give the two intents one policy or two: `policy: NAME`"),
                    );
                    break;
                }
                lines.push(line);
            }
        }
        plan::merge(lines)
    }

    /// The policy an intent's statements go to, and where it is attached.
    fn destination(
        &mut self,
        number: usize,
        intent: &Intent,
        findings: &mut Vec<Diagnostic>,
    ) -> Option<Destination> {
        let at = |span| Place { source: self.intents.source, span };
        let (policy, span) = match &intent.policy {
            Some(policy) => (policy.node.clone(), policy.span),
            None => (plan::policy_name(&intent.name.node), intent.name.span),
        };
        if !is_plain_name(&policy) {
            findings.push(
                Diagnostic::error(codes::BAD_NAME, at(span), format!("`{policy}` is no name for a policy"))
                    .with_help(
                        "add `policy: NAME` of letters, digits, `.`, `-` and `_`, at most 100 of them",
                    ),
            );
            return None;
        }
        let Some(Some(bound)) = self.bound.get(number) else { return None };
        let Some(attach) = &intent.attach else { return Some(Destination { policy, attachment: None }) };
        let there = bound.targets.first().map(|target| self.stage.tenancy_of(target.place))?;
        if bound.party.tenancy != there {
            findings.push(
                Diagnostic::error(
                    codes::ATTACHMENT,
                    at(attach.span),
                    "statements about other tenancies count only in a policy attached to the root",
                )
                .with_help("leave `attach` out"),
            );
            return None;
        }
        match self.attachment(attach, there) {
            Ok(attachment) => Some(Destination { policy, attachment: Some(attachment) }),
            Err(finding) => {
                findings.push(*finding);
                None
            }
        }
    }

    fn attachment(
        &mut self,
        attach: &Spanned<String>,
        there: TenancyId,
    ) -> Result<CompartmentId, Box<Diagnostic>> {
        let place = Place { source: self.intents.source, span: attach.span };
        let refuse = |message: String, help: String| {
            Box::new(Diagnostic::error(codes::ATTACHMENT, place, message).with_help(help))
        };
        let found = if self.stage.model.find_tenancy(&attach.node) == Some(there) {
            self.stage.root(there)
        } else {
            let found = self.stage.compartment(Some(there), &attach.node);
            found.map_err(|unknown| refuse(unknown.message, unknown.help))?
        };
        if self.stage.tenancy_of(found) != there {
            return Err(refuse(
                "the policy would be attached in another tenancy than the resource's".to_owned(),
                format!("name a compartment of {}", self.stage.tenancy_name(there)),
            ));
        }
        Ok(found)
    }

    fn prove(&self, lines: Vec<Line>, findings: &mut Vec<Diagnostic>) -> Option<(Proved, Vec<Trial>)> {
        let court = self.court();
        let bound = self.bound.iter().enumerate();
        let mut trials: Vec<Trial> = bound
            .filter_map(|(number, bound)| Some(prove::trials(number, bound.as_ref()?)))
            .flatten()
            .collect();
        let verbs = lines.iter().any(|line| line.style == Style::Verbs);
        let proved = court.prove(lines, &mut trials).and_then(|proved| {
            // Permissions nobody needs are gone before verbs are looked for.
            if verbs { court.prove(plan::with_verbs(proved.lines), &mut trials) } else { Ok(proved) }
        });
        match proved {
            Ok(proved) => Some((proved, trials)),
            Err(refused) => {
                findings.extend(refused);
                None
            }
        }
    }

    fn notes(&self, proved: &Proved, findings: &mut Vec<Diagnostic>) {
        let at = |span| Place { source: self.intents.source, span };
        for (number, intent) in self.intents.intents.iter().enumerate() {
            // A line with another policy's name serves it, but was not made for it.
            let own = plan::policy_name(&intent.name.node);
            let own = intent.policy.as_ref().map_or(own, |policy| policy.node.clone());
            let serving: Vec<&Line> =
                proved.lines.iter().filter(|line| line.intents.contains(&number)).collect();
            let why = match serving.first() {
                None => "everybody it means may do so without any".to_owned(),
                Some(line) if serving.iter().all(|line| line.policy.name != own) => {
                    format!("those of the policy `{}` allow it", line.policy.name)
                }
                Some(_) => continue,
            };
            let message = format!("`{}` needs no statement of its own: {why}", intent.name.node);
            findings.push(Diagnostic::new(codes::ALREADY, Severity::Info, at(intent.name.span), message));
        }
        for policy in &proved.composed {
            let count = policy.statements.len();
            if count > MOST_STATEMENTS {
                let message = format!(
                    "the policy `{}` has {count} statements, and may have {MOST_STATEMENTS}",
                    policy.key.name
                );
                findings.push(
                    Diagnostic::warning(codes::TOO_MANY, at(policy.span), message)
                        .with_help("spread the intents over several policies: `policy: NAME`"),
                );
            }
        }
    }

    fn finish(&self, proved: &Proved, findings: &mut Vec<Diagnostic>) -> Option<Generated> {
        let mut policies = Vec::new();
        for policy in &proved.composed {
            match self.policy(policy, &proved.lines) {
                Ok(policy) => policies.push(policy),
                Err(finding) => findings.push(*finding),
            }
        }
        let mut groups: Vec<DynamicGroupId> = Vec::new();
        let used = proved.lines.iter().filter_map(|line| match &line.party.whom {
            compose::Whom::DynamicGroups(groups) => Some(groups),
            compose::Whom::AnyUser
            | compose::Whom::AnyGroup
            | compose::Whom::Groups(_)
            | compose::Whom::Services(_) => None,
        });
        let made = |group: &&DynamicGroupId| self.made.iter().any(|made| made.group == **group);
        for &group in used.flatten().filter(made) {
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
        let dynamic_groups = groups.into_iter().filter_map(|group| self.group(group)).collect();
        Some(Generated { dynamic_groups, policies, notes: Vec::new() })
    }

    fn policy(&self, policy: &Composed, lines: &[Line]) -> Result<GeneratedPolicy, Box<Diagnostic>> {
        let PolicyKey { name, tenancy, attachment } = &policy.key;
        let model = &self.stage.model;
        let missing = || {
            let place = Place { source: self.intents.source, span: policy.span };
            let message =
                format!("the OCID of the compartment the policy `{name}` is attached to is not known");
            let help = "add the compartment to `tenancies`, or attach the policy to the root";
            Box::new(Diagnostic::error(codes::NO_OCID, place, message).with_help(help))
        };
        let found = model.compartment(*attachment);
        let compartment = found.and_then(|found| found.id.clone()).ok_or_else(missing)?;
        let home = self.home(*tenancy).ok_or_else(missing)?;
        let root = self.stage.root(*tenancy);
        let mut names: Vec<String> = model
            .ancestors(*attachment)
            .take_while(|&id| id != root)
            .filter_map(|id| model.compartment(id).map(|compartment| compartment.name.clone()))
            .collect();
        names.reverse();
        let intents = |line: &Line| -> Vec<String> { self.names(line.intents.iter().copied()) };
        let statements = policy.statements.iter().map(|(statement, line)| GeneratedStatement {
            statement: statement.clone(),
            intents: line.and_then(|line| lines.get(line)).map(intents).unwrap_or_default(),
        });
        let own = policy.statements.iter().filter_map(|(_, line)| lines.get((*line)?));
        let numbers: BTreeSet<usize> = own.flat_map(|line| line.intents.iter().copied()).collect();
        Ok(GeneratedPolicy {
            name: name.clone(),
            description: self.description(numbers),
            tenancy: home,
            attachment: names,
            compartment,
            statements: statements.collect(),
        })
    }

    fn group(&self, group: DynamicGroupId) -> Option<GeneratedGroup> {
        let found = self.stage.model.dynamic_group(group)?;
        let of_it = |(number, bound): (usize, &Option<Bound>)| {
            bound.as_ref().is_some_and(|bound| bound.made == Some(group)).then_some(number)
        };
        Some(GeneratedGroup {
            name: found.name.clone()?,
            description: self.description(self.bound.iter().enumerate().filter_map(of_it)),
            tenancy: self.home(found.tenancy)?,
            id: found.id.clone(),
            rule: found.rule.as_ref()?.0.node.clone(),
        })
    }

    fn home(&self, tenancy: TenancyId) -> Option<Home> {
        let found = self.stage.model.tenancy(tenancy)?;
        Some(Home { name: found.name.clone(), id: found.id.clone()? })
    }

    fn names(&self, numbers: impl IntoIterator<Item = usize>) -> Vec<String> {
        let intents = numbers.into_iter().filter_map(|number| self.intents.intents.get(number));
        intents.map(|intent| intent.name.node.clone()).collect()
    }

    /// What the intents are for, in their authors' words, else in their names.
    fn description(&self, numbers: impl IntoIterator<Item = usize>) -> String {
        let intents = numbers.into_iter().filter_map(|number| self.intents.intents.get(number));
        let words: Vec<&str> = intents
            .map(|intent| intent.description.as_ref().map_or(intent.name.node.as_str(), |words| &words.node))
            .collect();
        let whole = words.join("; ");
        whole.chars().take(LONGEST_DESCRIPTION).collect()
    }
}
