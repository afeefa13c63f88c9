//! The rules an answer relies on, and how well each is known.
//!
//! Oracle documents less of the language than it has. An answer says which of its rules stand in the documentation, which
//! only in its examples, which follow from both, and which are choices of this program; the table is in the book, "How
//! decisions are made".

use crate::decide::trace::{TestTrace, Why};
use crate::decide::{Basis, Free, Need, PermissionTest, Verdict};
use crate::program::{Kind, Program, Side, Statement, Subject, Test};
use crate::syntax::Effect;

/// How well a rule of the language is known. Best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// The documentation says so.
    Documented,
    /// Only examples of the documentation show it.
    Example,
    /// It follows from what is documented or was observed.
    Inferred,
    /// The sources are silent or disagree; this is our choice.
    Assumed,
}

impl Confidence {
    /// The word people and JSON see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Example => "example",
            Self::Inferred => "inferred",
            Self::Assumed => "assumed",
        }
    }
}

/// A rule of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// How well it is known.
    pub confidence: Confidence,
    /// The rule, in one clause.
    pub text: &'static str,
}

macro_rules! rules {
    ($($name:ident: $confidence:ident, $text:literal;)+) => {
        $(const $name: Rule = Rule { confidence: Confidence::$confidence, text: $text };)+
    };
}

rules! {
    IMPLICIT_DENY: Documented, "nothing is allowed unless a statement allows it";
    LADDER: Documented, "a verb gives what the lower verbs give";
    DENY_WINS: Documented, "a deny outranks every allow";
    BOTH_SIDES: Documented, "across tenancies both sides must agree";
    INTERSECTION: Inferred, "across tenancies a permission counts that both halves give";
    DENY_ACROSS: Inferred, "`deny endorse` and `deny admit` work like deny";
    ANY_GROUP: Assumed, "`any-group` is everybody but services";
    LEAF: Inferred, "a test of a variable that does not apply is false by itself, whatever its operator";
    SEVERAL: Inferred, "`=` holds if one of several values is equal, for other variables than tags too";
    TIME_ENDS: Assumed, "`between` includes both ends";
    ATOMIC: Inferred, "one wrong statement takes its policy along";
    OWN_CREDENTIALS: Documented, "everybody manages their own credentials";
    INSTANCES_LIST: Documented, "instances list the compartments of their tenancy";
    FREE_OF_DENY: Assumed, "no deny takes away what needs no statement";
    ORACLE_ADMITS: Example, "Oracle's own tenancies admit what Oracle's examples endorse";
    ASSOCIATION: Example, "a link needs an Endorse and an Admit `to associate`, in either order";
    MOVE: Documented, "moving a compartment needs `manage all-resources` on what holds both ends";
    VERB_TABLE: Inferred, "an operation that only a verb table names needs one of its rows";
    NO_PLAIN_ACROSS: Inferred, "an Allow speaks of its own tenancy's principals and resources only";
}

/// The rules one test relies on, best known first.
pub(super) fn rules(program: &Program, test: &PermissionTest, record: &TestTrace) -> Vec<Rule> {
    let mut rules = Vec::new();
    match test.basis {
        Basis::Free(free) => rules.extend(match free {
            Free::InstanceListsCompartments => [INSTANCES_LIST, FREE_OF_DENY],
            Free::OwnCredentials => [OWN_CREDENTIALS, FREE_OF_DENY],
        }),
        Basis::AssumedAdmit => rules.push(ORACLE_ADMITS),
        Basis::Statements
        | Basis::PoliciesNotKnown(_)
        | Basis::RequirementNotKnown
        | Basis::DeniedWithoutAllow => {}
    }
    match test.need {
        Need::Association => rules.push(ASSOCIATION),
        Need::Row(row) if row.resource_type.name() == "all-resources" => rules.push(MOVE),
        Need::Row(_) => rules.push(VERB_TABLE),
        Need::Permission(_) | Need::NotKnown => {}
    }
    match test.verdict {
        Verdict::ImplicitDeny => rules.push(IMPLICIT_DENY),
        Verdict::ExplicitDeny => rules.push(DENY_WINS),
        Verdict::Allow | Verdict::Indeterminate => {}
    }
    if record.halves.is_some() {
        rules.push(BOTH_SIDES);
        if matches!(test.verdict, Verdict::Allow) {
            rules.push(INTERSECTION);
        }
    }
    for statement in test.because.iter().filter_map(|&id| program.statement(id)) {
        of_statement(program, statement, &mut rules);
    }
    for miss in &record.misses {
        match &miss.why {
            Why::Condition(leaves) if leaves.iter().any(|leaf| leaf.absent) => rules.push(LEAF),
            Why::NotInForce => rules.push(ATOMIC),
            Why::Place if record.halves.is_some() && miss.kind == Kind::Allow => rules.push(NO_PLAIN_ACROSS),
            Why::Foreign => rules.push(NO_PLAIN_ACROSS),
            Why::Verb(_) => rules.push(LADDER),
            Why::Condition(_) | Why::Place | Why::Type | Why::Principal => {}
        }
    }
    rules.sort();
    rules.dedup();
    rules
}

fn of_statement(program: &Program, statement: &Statement, rules: &mut Vec<Rule>) {
    if statement.effect == Effect::Deny && statement.side != Side::Own {
        rules.push(DENY_ACROSS);
    }
    if statement.subjects.contains(&Subject::AnyGroup) {
        rules.push(ANY_GROUP);
    }
    for atom in program.guards.atoms(statement.guard) {
        match &atom.test {
            Test::Between(..) => rules.push(TIME_ENDS),
            Test::Equal(_) | Test::NotEqual(_) | Test::In(_) | Test::NotIn(_)
                if atom.variable.is_a_list() =>
            {
                rules.push(SEVERAL);
            }
            Test::Equal(_)
            | Test::NotEqual(_)
            | Test::In(_)
            | Test::NotIn(_)
            | Test::Before(_)
            | Test::After(_)
            | Test::Present
            | Test::Absent
            | Test::SetsEqual(_)
            | Test::SetsIntersect(_)
            | Test::Never => {}
        }
    }
}
