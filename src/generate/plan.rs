//! Which statement goes to which policy: intents become lines, equal lines become one, lines become policies.

use std::collections::BTreeSet;

use super::bind::{Bound, Target};
use super::compose::{self, Access, Aliases, Composer, Party};
use super::intent::{Intent, Style, Width};
use super::needs;
use super::stage::Stage;
use crate::caseless;
use crate::catalog::{Permission, PermissionSet, VerbRow};
use crate::source::{Span, Spanned};
use crate::syntax::{Action, Condition, Name, Statement};
use crate::tenancy::{CompartmentId, TenancyId};

/// A policy, by what tells it from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PolicyKey {
    pub(super) name: String,
    pub(super) tenancy: TenancyId,
    pub(super) attachment: CompartmentId,
}

/// What becomes one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) policy: PolicyKey,
    pub(super) side: Side,
    pub(super) party: Party,
    pub(super) granted: Granted,
    pub(super) place: CompartmentId,
    /// Tests beside those of the party.
    pub(super) tests: Vec<Condition>,
    pub(super) style: Style,
    /// The intents it serves.
    pub(super) intents: BTreeSet<usize>,
    pub(super) span: Span,
}

/// The kinds of statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Allow,
    Endorse,
    Admit,
}

/// What a line gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Granted {
    Verb(VerbRow),
    Permissions(Box<PermissionSet>),
}

impl Granted {
    fn action(&self) -> Action {
        match self {
            Self::Verb(row) => Action::Verb {
                verb: Spanned::new(row.verb, Span::default()),
                resource: Spanned::new(Name::Literal(row.resource_type.name().to_owned()), Span::default()),
            },
            Self::Permissions(set) => compose::permissions(set.iter().map(Permission::name)),
        }
    }
}

/// Where the statements of an intent go.
pub(super) struct Destination {
    pub(super) policy: String,
    /// `None` for the root.
    pub(super) attachment: Option<CompartmentId>,
}

/// The lines of one intent.
pub(super) fn lines(
    stage: &Stage,
    intent: &Intent,
    number: usize,
    bound: &Bound,
    destination: &Destination,
) -> Vec<Line> {
    let mut granted: Vec<Granted> = bound.needed.verbs.iter().map(|&row| Granted::Verb(row)).collect();
    if !bound.needed.permissions.is_empty() {
        granted.push(Granted::Permissions(Box::new(bound.needed.permissions)));
    }
    let mut lines = Vec::new();
    for target in &bound.targets {
        let there = stage.tenancy_of(target.place);
        let home = bound.party.tenancy;
        for granted in &granted {
            let line = |side, tenancy, attachment, tests: Vec<Condition>| Line {
                policy: PolicyKey { name: destination.policy.clone(), tenancy, attachment },
                side,
                party: bound.party.clone(),
                granted: granted.clone(),
                place: target.place,
                tests,
                style: intent.prefer,
                intents: BTreeSet::from([number]),
                span: intent.name.span,
            };
            let narrow = tests(intent, target);
            if home == there {
                let attachment = destination.attachment.unwrap_or_else(|| stage.root(there));
                lines.push(line(Side::Allow, there, attachment, narrow));
                continue;
            }
            if stage.is_of_oracle(there) {
                // What the Endorse leaves open no Admit of ours narrows.
                lines.push(line(Side::Endorse, home, stage.root(home), narrow));
                continue;
            }
            let wide = match intent.endorse {
                Width::Tenancy => Vec::new(),
                Width::Target => narrow.clone(),
            };
            let mut endorse = line(Side::Endorse, home, stage.root(home), wide);
            if intent.endorse == Width::Tenancy {
                // The Endorse reaches the whole tenancy, whatever the place.
                endorse.place = stage.root(there);
            }
            lines.push(endorse);
            lines.push(line(Side::Admit, there, stage.root(there), narrow));
        }
    }
    lines
}

fn tests(intent: &Intent, target: &Target) -> Vec<Condition> {
    let own = intent.condition.as_ref().map(|condition| condition.node.clone());
    target.pins.iter().cloned().chain(own).collect()
}

/// Joins lines that differ only in what they give.
pub(super) fn merge(lines: Vec<Line>) -> Vec<Line> {
    let mut merged: Vec<Line> = Vec::new();
    for line in lines {
        let alike = merged.iter_mut().find(|known| {
            (&known.policy, known.side, &known.party, known.place, &known.tests, known.style)
                == (&line.policy, line.side, &line.party, line.place, &line.tests, line.style)
                && match (&known.granted, &line.granted) {
                    (Granted::Permissions(_), Granted::Permissions(_)) => true,
                    (Granted::Verb(a), Granted::Verb(b)) => a.resource_type == b.resource_type,
                    (Granted::Permissions(_), Granted::Verb(_))
                    | (Granted::Verb(_), Granted::Permissions(_)) => false,
                }
        });
        let Some(known) = alike else {
            merged.push(line);
            continue;
        };
        known.intents.extend(&line.intents);
        match (&mut known.granted, line.granted) {
            (Granted::Permissions(known), Granted::Permissions(more)) => **known = **known | *more,
            (Granted::Verb(known), Granted::Verb(more)) => known.verb = known.verb.max(more.verb),
            (Granted::Permissions(_), Granted::Verb(_)) | (Granted::Verb(_), Granted::Permissions(_)) => {}
        }
    }
    merged
}

/// Writes permissions as verbs where that was asked for; permissions no verb gives stay.
pub(super) fn with_verbs(lines: Vec<Line>) -> Vec<Line> {
    let mut out = Vec::new();
    for line in lines {
        let Granted::Permissions(wanted) = &line.granted else {
            out.push(line);
            continue;
        };
        if line.style == Style::Permissions {
            out.push(line);
            continue;
        }
        let (rows, left) = needs::verbs(**wanted);
        out.extend(rows.into_iter().map(|row| Line { granted: Granted::Verb(row), ..line.clone() }));
        if !left.is_empty() {
            out.push(Line { granted: Granted::Permissions(Box::new(left)), ..line });
        }
    }
    merge(out)
}

/// A policy as syntax trees.
#[derive(Debug, Clone)]
pub(super) struct Composed {
    pub(super) key: PolicyKey,
    /// The intent that needed the policy first.
    pub(super) span: Span,
    /// Each statement with the line it comes from; `None` for a Define.
    pub(super) statements: Vec<(Statement, Option<usize>)>,
}

/// A policy that is being put together.
struct Draft {
    key: PolicyKey,
    span: Span,
    aliases: Aliases,
    statements: Vec<(Statement, Option<usize>)>,
}

/// Turns lines into policies, in the order the policies are first needed. Fails on the first line whose place its policy
/// cannot reach, and gives it.
pub(super) fn compose(stage: &Stage, lines: &[Line]) -> Result<Vec<Composed>, usize> {
    let mut drafts: Vec<Draft> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let found = drafts.iter().position(|draft| draft.key == line.policy);
        let slot = found.unwrap_or_else(|| {
            drafts.push(Draft {
                key: line.policy.clone(),
                span: line.span,
                aliases: Aliases::default(),
                statements: Vec::new(),
            });
            drafts.len() - 1
        });
        let Some(draft) = drafts.get_mut(slot) else { return Err(index) };
        let composer = Composer { model: &stage.model, span: line.span };
        let action = line.granted.action();
        let access = Access { party: &line.party, action: &action, place: line.place, tests: &line.tests };
        let statement = match line.side {
            Side::Allow => composer.allow(access, draft.key.attachment),
            Side::Endorse => composer.endorse(access, &mut draft.aliases),
            Side::Admit => composer.admit(access, &mut draft.aliases),
        };
        draft.statements.push((statement.ok_or(index)?, Some(index)));
    }
    let composed = drafts.into_iter().map(|Draft { key, span, aliases, statements }| {
        let defines = Composer { model: &stage.model, span }.defines(&aliases);
        let statements = defines.into_iter().map(|define| (define, None)).chain(statements).collect();
        Composed { key, span, statements }
    });
    Ok(composed.collect())
}

/// A policy's name made of an intent's.
pub(super) fn policy_name(intent: &str) -> String {
    let word = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    let words: Vec<&str> = intent.split(|letter| !word(letter)).filter(|word| !word.is_empty()).collect();
    words.join("-")
}

impl PolicyKey {
    /// Whether the two would be one policy in their tenancy.
    pub(super) fn is_called_like(&self, other: &Self) -> bool {
        self.tenancy == other.tenancy && caseless::equal(&self.name, &other.name)
    }
}
