//! Statement coverage: which statements the decisions of policy tests rested on.

use std::collections::BTreeMap;

use super::Outcome;
use crate::program::{Program, Statement};
use crate::source::{Position, Source, Sources};

/// Which statements some decision rested on, over any number of cases and files.
///
/// A statement counts once, whichever case reads it and however often. It is exercised when a decision of some request
/// rests on it: it allowed, it forbade, or it may have. One that only failed to apply is not exercised: nothing tells
/// whether it ever could.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// By what names the file, and the statement's first byte.
    statements: BTreeMap<(String, u32), Covered>,
}

/// A statement and whether it was exercised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// The policy it belongs to.
    pub policy: String,
    /// Its number in the policy, from 1.
    pub number: u32,
    /// The name of the source it was written in.
    pub file: String,
    /// Where in the source.
    pub position: Position,
    /// Its text on one line.
    pub text: String,
    /// Whether some case had it in force.
    pub in_force: bool,
    /// Whether a decision rested on it.
    pub exercised: bool,
}

impl Coverage {
    /// Takes in what came of a case.
    ///
    /// `identity` names a file the same way whenever it is read, whatever path led to it.
    pub fn add(&mut self, sources: &Sources, outcome: &Outcome, identity: impl Fn(&Source) -> String) {
        let program = &outcome.program;
        let mut add = |statement: &Statement, in_force: bool, exercised: bool| {
            let Some(source) = sources.get(statement.place.source) else { return };
            let key = (identity(source), statement.place.span.start);
            let row = self.statements.entry(key).or_insert_with(|| Covered::new(program, statement, source));
            row.in_force |= in_force;
            row.exercised |= exercised;
        };
        for (id, statement) in program.statements() {
            add(statement, true, outcome.exercised.binary_search(&id).is_ok());
        }
        for statement in program.inert() {
            add(statement, false, false);
        }
    }

    /// Takes in the coverage of other cases.
    pub fn merge(&mut self, other: Self) {
        for (key, row) in other.statements {
            match self.statements.get_mut(&key) {
                Some(known) => {
                    known.in_force |= row.in_force;
                    known.exercised |= row.exercised;
                }
                None => {
                    self.statements.insert(key, row);
                }
            }
        }
    }

    /// Every statement, in the order of files and places.
    pub fn statements(&self) -> impl Iterator<Item = &Covered> {
        self.statements.values()
    }

    /// The statements that were in force in some case and that no decision rested on.
    pub fn missed(&self) -> impl Iterator<Item = &Covered> {
        self.statements().filter(|row| row.in_force && !row.exercised)
    }

    /// The statements that were in force in no case, which nothing can exercise.
    pub fn never_in_force(&self) -> impl Iterator<Item = &Covered> {
        self.statements().filter(|row| !row.in_force)
    }

    /// How many statements were in force in some case.
    #[must_use]
    pub fn in_force(&self) -> usize {
        self.statements().filter(|row| row.in_force).count()
    }

    /// How many of them some decision rested on.
    #[must_use]
    pub fn exercised(&self) -> usize {
        self.statements().filter(|row| row.exercised).count()
    }

    /// Exercised statements in hundredths of a percent of those in force, rounded down, so that only all of them are
    /// 10,000; 10,000 too where there is none.
    #[must_use]
    pub fn basis_points(&self) -> u32 {
        let all = self.in_force();
        if all == 0 {
            return 10_000;
        }
        u32::try_from(self.exercised() * 10_000 / all).unwrap_or(10_000)
    }
}

impl Covered {
    fn new(program: &Program, statement: &Statement, source: &Source) -> Self {
        let policy = program.policy(statement.policy).map(|policy| policy.name.clone());
        Self {
            policy: policy.unwrap_or_default(),
            number: statement.number,
            file: source.name().to_owned(),
            position: source.position(statement.place.span.start),
            text: source.slice(statement.place.span).split_whitespace().collect::<Vec<_>>().join(" "),
            in_force: false,
            exercised: false,
        }
    }
}
