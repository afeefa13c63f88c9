//! What answers rest on, and what is left when everything else is taken away.

use std::collections::{BTreeMap, BTreeSet};

use super::Trial;
use crate::catalog::{Permission, PermissionSet};
use crate::decide::Decision;
use crate::generate::plan::{Composed, Granted, Line, Side};
use crate::program::{Program, StatementId};

/// From statements of a program back to lines.
pub(super) struct Origins(BTreeMap<StatementId, usize>);

impl Origins {
    pub(super) fn of(program: &Program, composed: &[Composed]) -> Self {
        let mut lines = BTreeMap::new();
        for (id, statement) in program.statements() {
            let Some(entry) = program.policy(statement.policy) else { continue };
            let policy = composed
                .iter()
                .find(|policy| policy.key.name == entry.name && policy.key.tenancy == entry.tenancy);
            let number = usize::try_from(statement.number).unwrap_or_default().saturating_sub(1);
            let line = policy.and_then(|policy| policy.statements.get(number)).and_then(|(_, line)| *line);
            lines.extend(line.map(|line| (id, line)));
        }
        Self(lines)
    }
}

/// How a question was answered with yes: of each part one alternative is needed.
pub(super) struct Answer {
    intent: usize,
    parts: Vec<Vec<Alternative>>,
}

/// A permission that was allowed, and the lines that allowed it: within a tenancy one of them is needed, across two one
/// of each side.
struct Alternative {
    permission: Permission,
    lines: Vec<usize>,
}

impl Answer {
    pub(super) fn of(origins: &Origins, trial: &Trial, decision: &Decision) -> Self {
        let mut parts: BTreeMap<(u16, u16), Vec<Alternative>> = BTreeMap::new();
        for test in decision.tests.iter().filter(|test| test.verdict.is_allow()) {
            let Some(permission) = test.permission else { continue };
            let lines = test.because.iter().filter_map(|id| origins.0.get(id).copied()).collect();
            parts.entry((test.check, test.part)).or_default().push(Alternative { permission, lines });
        }
        Self { intent: trial.intent, parts: parts.into_values().collect() }
    }
}

/// Takes away, from the last line to the first, whatever no answer needs; says what each line is left for. Gives the
/// lines, and whether any of them changed.
pub(super) fn reduce(lines: Vec<Line>, answers: &[Answer]) -> (Vec<Line>, bool) {
    let mut taken: BTreeSet<(usize, Permission)> = BTreeSet::new();
    for (index, line) in lines.iter().enumerate().rev() {
        match &line.granted {
            Granted::Permissions(set) => {
                for permission in set.iter() {
                    taken.insert((index, permission));
                    if !all_hold(&lines, answers, &taken) {
                        taken.remove(&(index, permission));
                    }
                }
            }
            // A verb goes as a whole.
            Granted::Verb(row) => {
                let given = row.resource_type.granted(row.verb).certain;
                let before = taken.clone();
                taken.extend(given.iter().map(|permission| (index, permission)));
                if !all_hold(&lines, answers, &taken) {
                    taken = before;
                }
            }
        }
    }
    let mut changed = false;
    let mut kept = Vec::new();
    for (index, mut line) in lines.into_iter().enumerate() {
        let left: PermissionSet = match &line.granted {
            Granted::Permissions(set) => **set,
            Granted::Verb(row) => row.resource_type.granted(row.verb).certain,
        };
        let left: PermissionSet =
            left.iter().filter(|&permission| !taken.contains(&(index, permission))).collect();
        if left.is_empty() {
            changed = true;
            continue;
        }
        if let Granted::Permissions(set) = &mut line.granted {
            changed |= **set != left;
            **set = left;
        }
        let rests = |answer: &&Answer| {
            answer.parts.iter().flatten().any(|alternative| {
                alternative.lines.contains(&index) && left.contains(alternative.permission)
            })
        };
        line.intents = answers.iter().filter(rests).map(|answer| answer.intent).collect();
        kept.push(line);
    }
    (kept, changed)
}

fn all_hold(lines: &[Line], answers: &[Answer], taken: &BTreeSet<(usize, Permission)>) -> bool {
    let side = |line: &usize| lines.get(*line).map(|line| line.side);
    let holds = |alternative: &Alternative| {
        let sides = [Side::Allow, Side::Endorse, Side::Admit];
        sides.into_iter().all(|wanted| {
            let mut own = alternative.lines.iter().filter(|line| side(line) == Some(wanted)).peekable();
            own.peek().is_none() || own.any(|&line| !taken.contains(&(line, alternative.permission)))
        })
    };
    answers.iter().flat_map(|answer| &answer.parts).all(|part| part.iter().any(holds))
}
