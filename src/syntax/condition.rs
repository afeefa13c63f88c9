//! The `where` clause.

use crate::source::Spanned;

/// A condition: tests, joined by `all` and `any`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// `all { CONDITION, … }`
    All(Vec<Spanned<Condition>>),
    /// `any { CONDITION, … }`
    Any(Vec<Spanned<Condition>>),
    /// A test of one variable
    Test(Test),
    /// A template that stands for a condition, or text the parser could not read, as written
    Opaque(String),
}

/// One test: a variable and what is asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// The variable's name as typed.
    pub variable: Spanned<String>,
    /// What is asked of it.
    pub predicate: Predicate,
}

/// What a test asks of its variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Predicate {
    /// `= OPERAND`
    Equal(Spanned<Operand>),
    /// `!= OPERAND`
    NotEqual(Spanned<Operand>),
    /// `in ( OPERAND, … )`
    In(Vec<Spanned<Operand>>),
    /// `not in ( OPERAND, … )`
    NotIn(Vec<Spanned<Operand>>),
    /// `before 'INSTANT'`
    Before(Spanned<Operand>),
    /// `after 'INSTANT'`
    After(Spanned<Operand>),
    /// `between 'TIME' and 'TIME'`
    Between {
        /// The earlier end.
        from: Spanned<Operand>,
        /// The later end.
        to: Spanned<Operand>,
    },
    /// The variable alone: it is present
    Present,
    /// `!VARIABLE`, `not VARIABLE`: it is absent
    Absent,
    /// `sets-equal(VARIABLE, SET)`
    SetsEqual(Vec<Spanned<Operand>>),
    /// `sets-intersect(VARIABLE, SET)`
    SetsIntersect(Vec<Spanned<Operand>>),
}

impl Predicate {
    /// The operands in the order they were written.
    #[must_use]
    pub fn operands(&self) -> Vec<&Spanned<Operand>> {
        match self {
            Self::Equal(operand) | Self::NotEqual(operand) | Self::Before(operand) | Self::After(operand) => {
                vec![operand]
            }
            Self::In(operands)
            | Self::NotIn(operands)
            | Self::SetsEqual(operands)
            | Self::SetsIntersect(operands) => operands.iter().collect(),
            Self::Between { from, to } => vec![from, to],
            Self::Present | Self::Absent => Vec::new(),
        }
    }
}

/// A right-hand side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// `'TEXT'`
    Text(String),
    /// `/PATTERN/`, without the slashes; `*` stands for any run of characters
    Pattern(String),
    /// The name of another variable
    Variable(String),
    /// Text with a part that another tool or a person has yet to fill in, as written
    Opaque(String),
}

impl Spanned<Condition> {
    /// Every test in it, in the order they were written.
    #[must_use]
    pub fn tests(&self) -> Vec<Spanned<&Test>> {
        let mut tests = Vec::new();
        self.collect_tests(&mut tests);
        tests
    }

    fn collect_tests<'a>(&'a self, tests: &mut Vec<Spanned<&'a Test>>) {
        match &self.node {
            Condition::All(members) | Condition::Any(members) => {
                for member in members {
                    member.collect_tests(tests);
                }
            }
            Condition::Test(test) => tests.push(Spanned::new(test, self.span)),
            Condition::Opaque(_) => {}
        }
    }
}
