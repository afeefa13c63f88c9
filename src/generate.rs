//! Intents → least statements.
//!
//! ```text
//! *.intent.yaml ──read──▶ Intents ──generate──▶ Generated ──text, yaml, terraform, json──▶ String
//! ```
//!
//! An intent says who needs what on which resource, within one tenancy or across two. [`generate`] turns the intents of
//! a file into policies and dynamic groups, and proves them before it gives them away: the policies are resolved and
//! decided against the tenancies of the file (stand-ins take the place of what the file does not have), every principal
//! an intent means must be allowed everything it needs, and whatever no intent needs is taken away. Policies that
//! would not do what was asked are refused, with a finding at the intent.
//!
//! # Design decisions
//!
//! | question | answer |
//! |---|---|
//! | what is least | every permission, statement, Define and dynamic group is needed by some intent; effective access is what the intents say |
//! | how permissions are written | `{PERMISSION, …}`; verbs only where a file prefers them, for they give more |
//! | where a policy is attached | to the root, unless an intent says otherwise; across tenancies always to the root |
//! | how far an Endorse reaches | the other tenancy, as in Oracle's own pairs: the Admit there says which resource; `endorse: target` narrows it too |
//! | a resource principal | `any-user` with its type, or a dynamic group where an intent asks for one |
//! | compartments of principals | those they are directly in: neither rules nor conditions reach into child compartments |
//! | a single user | `any-group` with `request.user.id`: the language has no such subject |
//! | whose statements count | those generated, alone; deny statements of the model must not stand in the way |

mod bind;
pub(crate) mod compose;
mod intent;
mod json;
mod needs;
mod plan;
mod prove;
mod read;
mod rules;
mod stage;
mod terraform;
mod text;
mod witness;
mod yaml;

pub use intent::{Intent, Intents, Need, NewGroup, On, Resources, Style, Who, Whom, Width};
pub use json::{Document, documents, json};
pub use read::read;
pub use terraform::terraform;
pub use text::text;
pub use yaml::yaml;

use crate::diagnostic::{self, Diagnostic, Severity};
use crate::ocid::Ocid;
use crate::source::{Place, Spanned};
use crate::syntax::{MatchingRule, Statement};
use crate::tenancy::{DynamicGroupId, TenancyId};
use bind::{Binder, Bound, Made};
use plan::{Composed, Destination, Line, PolicyKey};
use prove::{Court, Proved};
use stage::Stage;

/// Findings of this stage. All are errors that refuse the whole file, unless they say otherwise.
pub mod codes {
    use crate::diagnostic::Code;

    /// A file cannot be read.
    pub const UNREADABLE: Code = Code::new("file/unreadable");
    /// Two intents have one name.
    pub const DUPLICATE: Code = Code::new("generate/duplicate-intent");
    /// A condition that the service would not accept.
    pub const NOT_STRICT: Code = Code::new("generate/condition-not-strict");
    /// A name that means nothing in the tenancies of the file.
    pub const UNKNOWN_NAME: Code = Code::new("generate/unknown-name");
    /// An operation, permission or resource-type the catalogue does not have.
    pub const UNKNOWN_NEED: Code = Code::new("generate/unknown-need");
    /// An operation whose permissions the catalogue does not know.
    pub const NEED_NOT_KNOWN: Code = Code::new("generate/need-not-known");
    /// Nothing is left to allow.
    pub const NOTHING: Code = Code::new("generate/nothing-to-allow");
    /// A name that the service would not take.
    pub const BAD_NAME: Code = Code::new("generate/bad-name");
    /// An OCID is needed and not known.
    pub const NO_OCID: Code = Code::new("generate/ocid-not-known");
    /// No condition variable names a single resource of the type.
    pub const CANNOT_PIN: Code = Code::new("generate/resource-cannot-be-named");
    /// An operation that names no single resource is asked for on one.
    pub const NOT_ON_ONE: Code = Code::new("generate/operation-not-on-one-resource");
    /// No resource can belong to a dynamic group.
    pub const NOBODY: Code = Code::new("generate/empty-dynamic-group");
    /// Two intents make one dynamic group of different resources.
    pub const GROUP_CONFLICT: Code = Code::new("generate/dynamic-group-conflict");
    /// One policy is attached to two compartments.
    pub const POLICY_CONFLICT: Code = Code::new("generate/policy-conflict");
    /// A policy cannot reach the resource from its attachment.
    pub const ATTACHMENT: Code = Code::new("generate/attachment-out-of-reach");
    /// A statement that cannot be written.
    pub const NOT_WRITABLE: Code = Code::new("generate/not-writable");
    /// The service would refuse to save the policy.
    pub const REJECTED: Code = Code::new("generate/policy-rejected");
    /// The policies would not allow what the intent asks for.
    pub const NOT_ALLOWED: Code = Code::new("generate/intent-not-allowed");
    /// A deny statement of the model forbids it.
    pub const DENIED: Code = Code::new("generate/intent-denied");
    /// A warning: a deny statement of the model may forbid it.
    pub const MAY_BE_DENIED: Code = Code::new("generate/intent-may-be-denied");
    /// A warning: a name of a regional service without its region.
    pub const SERVICE_REGION: Code = Code::new("generate/service-without-region");
    /// A warning: a principal type that no source shows.
    pub const PRINCIPAL_TYPE: Code = Code::new("generate/unknown-principal-type");
    /// A warning: more statements than a policy may have.
    pub const TOO_MANY: Code = Code::new("generate/too-many-statements");
    /// A note: which case of an operation is taken, or that another needs more.
    pub const CASE: Code = Code::new("generate/case-of-operation");
    /// A note: an operation that needs no permission.
    pub const NOTHING_NEEDED: Code = Code::new("generate/no-permission-needed");
    /// A note: a permission that is needed elsewhere than on the resource.
    pub const ELSEWHERE: Code = Code::new("generate/permission-elsewhere");
    /// A note: a dynamic group that exists gets another rule.
    pub const GROUP_REPLACED: Code = Code::new("generate/dynamic-group-replaced");
    /// A note: other intents allow it already.
    pub const ALREADY: Code = Code::new("generate/already-allowed");
}

/// The most statements a policy may have.
///
/// # Source
/// Oracle documentation, "Service Limits", IAM, 2025-02.
const MOST_STATEMENTS: usize = 50;

/// The longest description of a policy or dynamic group.
///
/// # Source
/// Oracle Cloud Infrastructure API, `CreatePolicyDetails` and `CreateDynamicGroupDetails`, 2025-02.
const LONGEST_DESCRIPTION: usize = 400;

/// Policies and dynamic groups that do what intents ask for, and nothing beyond.
#[derive(Debug, Clone)]
pub struct Generated {
    /// In the order they are first needed.
    pub dynamic_groups: Vec<GeneratedGroup>,
    /// In the order they are first needed.
    pub policies: Vec<GeneratedPolicy>,
    /// What is worth knowing: warnings and notes, sorted by position.
    pub notes: Vec<Diagnostic>,
}

/// A tenancy by name and OCID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// Its display name; its OCID where only that is known.
    pub name: String,
    /// Its OCID.
    pub id: Ocid,
}

/// A policy to create.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneratedPolicy {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its tenancy.
    pub tenancy: Home,
    /// The names of the compartment it is attached to, from below the root; empty for the root.
    pub attachment: Vec<String>,
    /// The OCID of that compartment; the tenancy's for the root.
    pub compartment: Ocid,
    /// Defines first.
    pub statements: Vec<GeneratedStatement>,
}

/// A statement, and what it is for.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneratedStatement {
    /// The statement.
    pub statement: Statement,
    /// The names of the intents it serves; empty for a Define.
    pub intents: Vec<String>,
}

/// A dynamic group to create.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneratedGroup {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its tenancy.
    pub tenancy: Home,
    /// Its OCID, where it exists already.
    pub id: Option<Ocid>,
    /// Its matching rule.
    pub rule: MatchingRule,
}

/// Makes the least policies for the intents of a file, and proves that they do what is asked.
///
/// Every intent is allowed for every principal it means: for a group, a member; for resources by type, those of the
/// model and one more that stands for all. Where an intent has a condition, it is proved in a situation in which the
/// condition holds. Deterministic: the same file gives the same policies in the same order.
///
/// # Errors
/// The findings, sorted by position, where names mean nothing, the catalogue does not know what an operation needs, the
/// policies would not allow an intent, or a deny statement of the model forbids it. Nothing is generated then.
///
/// # Example
/// ```
/// use ocipol::source::{Source, Sources};
/// let yaml = "
/// intents:
///   - name: etcd
///     who: {type: cluster, tenancy: ocid1.tenancy.oc1..fjord}
///     may: [Encrypt, Decrypt]
///     on: {resource: ocid1.key.oc1.iad.bb.etcd, tenancy: ocid1.tenancy.oc1..fjord, compartment: kms}
/// ";
/// let mut sources = Sources::new();
/// let id = sources.add(Source::new("etcd.intent.yaml", yaml)?);
/// let (intents, _) = ocipol::generate::read(&mut sources, id, &mut |_, _| Err("no files".to_owned()));
/// let generated = ocipol::generate::generate(&intents).map_err(|findings| format!("{findings:?}"))?;
/// let statement = &generated.policies[0].statements[0].statement;
/// assert_eq!(
///     ocipol::format::statement(statement),
///     "Allow any-user to {KEY_DECRYPT, KEY_ENCRYPT} in compartment kms where all { \
///      request.principal.type = 'cluster', target.key.id = 'ocid1.key.oc1.iad.bb.etcd' }",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn generate(intents: &Intents) -> Result<Generated, Vec<Diagnostic>> {
    let mut findings = Vec::new();
    let result = Generation::of(intents, &mut findings);
    diagnostic::sort(&mut findings);
    findings.dedup();
    match result {
        Some(generated) if findings.iter().all(|finding| finding.severity != Severity::Error) => {
            Ok(Generated { notes: findings, ..generated })
        }
        _ => {
            findings.retain(|finding| finding.severity != Severity::Info);
            Err(findings)
        }
    }
}

/// What generating holds together.
struct Generation<'g> {
    intents: &'g Intents,
    stage: Stage,
    bound: Vec<Option<Bound>>,
    made: Vec<Made>,
}

impl<'g> Generation<'g> {
    fn of(intents: &'g Intents, findings: &mut Vec<Diagnostic>) -> Option<Generated> {
        let mut stage = Stage::new(&intents.tenancies);
        let mut binder = Binder { stage: &mut stage, source: intents.source, made: Vec::new(), findings };
        let bound: Vec<Option<Bound>> = intents.intents.iter().map(|intent| binder.intent(intent)).collect();
        let made = std::mem::take(&mut binder.made);
        let mut generation = Self { intents, stage, bound, made };
        let lines = generation.lines(findings);
        if intents.intents.is_empty() {
            let place = Place { source: intents.source, span: crate::source::Span::default() };
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
                    let message =
                        format!("the policy `{}` would be attached to two compartments", line.policy.name);
                    findings.push(
                        Diagnostic::error(codes::POLICY_CONFLICT, at(span), message)
                            .with_label(at(clash.span), "and here it is the same policy")
                            .with_help("give the two intents different policies: `policy: NAME`"),
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
    ) -> Result<crate::tenancy::CompartmentId, Box<Diagnostic>> {
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

    fn prove(&self, lines: Vec<Line>, findings: &mut Vec<Diagnostic>) -> Option<(Proved, Vec<prove::Trial>)> {
        let court = self.court();
        let bound = self.bound.iter().enumerate();
        let mut trials: Vec<prove::Trial> = bound
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
            if !serving.is_empty() && serving.iter().all(|line| line.policy.name != own) {
                let others: Vec<&str> = serving.iter().map(|line| line.policy.name.as_str()).collect();
                let message = format!(
                    "`{}` needs no statement of its own: those of the policy `{}` allow it",
                    intent.name.node,
                    others.first().copied().unwrap_or_default()
                );
                findings.push(Diagnostic::new(codes::ALREADY, Severity::Info, at(intent.name.span), message));
            }
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
        let numbers: std::collections::BTreeSet<usize> =
            own.flat_map(|line| line.intents.iter().copied()).collect();
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

/// Whether the service takes a name for a policy, and a statement needs no quotes for it.
fn is_plain_name(name: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (1..=100).contains(&name.len()) && name.bytes().all(letters)
}
