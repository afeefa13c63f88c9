//! Variables and conditions, operator by operator as the specification's section 5 has them, on plain texts.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "what a strict text cannot be fails, and nothing here is to be extended with the tree"
)]

use std::collections::BTreeMap;

use ocipol::instant;
use ocipol::syntax::{Condition, Operand, Predicate, Test};
use ocipol::truth::Truth;

/// The state of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    Absent,
    Unknown,
    Present(Vec<String>),
}

/// Variables of one permission test, by lower-case name. What is not there is absent.
pub(super) type Environment = BTreeMap<String, State>;

fn state<'e>(environment: &'e Environment, name: &str) -> &'e State {
    environment.get(&name.to_lowercase()).unwrap_or(&State::Absent)
}

pub(super) fn holds(condition: &Condition, environment: &Environment) -> Truth {
    match condition {
        Condition::All(members) => {
            members.iter().map(|member| holds(&member.node, environment)).min().unwrap_or(Truth::True)
        }
        Condition::Any(members) => {
            members.iter().map(|member| holds(&member.node, environment)).max().unwrap_or(Truth::False)
        }
        Condition::Test(test) => leaf(test, environment),
        Condition::Opaque(_) => Truth::Unknown,
    }
}

/// 5.1 and 5.2.
fn leaf(test: &Test, environment: &Environment) -> Truth {
    let name = test.variable.node.to_lowercase();
    let left = state(environment, &name);
    match &test.predicate {
        Predicate::Present => {
            return match left {
                State::Absent => Truth::False,
                State::Unknown => Truth::Unknown,
                State::Present(_) => Truth::True,
            };
        }
        Predicate::Absent => {
            return match left {
                State::Absent => Truth::True,
                State::Unknown => Truth::Unknown,
                State::Present(_) => Truth::False,
            };
        }
        _ => {}
    }
    let rights = test.predicate.operands();
    let variables = rights.iter().filter_map(|operand| match &operand.node {
        Operand::Variable(other) => Some(state(environment, other)),
        _ => None,
    });
    if *left == State::Absent || variables.into_iter().any(|other| *other == State::Absent) {
        return Truth::False;
    }
    let State::Present(values) = left else { return Truth::Unknown };
    let equal = |operand: &Operand| match operand {
        Operand::Variable(other) => match state(environment, other) {
            State::Present(others) => {
                Truth::from(inside(&name, values, others) || inside(&name, others, values))
            }
            State::Unknown => Truth::Unknown,
            State::Absent => Truth::False,
        },
        literal => Truth::from(values.iter().any(|value| fits(&name, value, literal))),
    };
    let any = |operands: &[ocipol::source::Spanned<Operand>]| {
        operands.iter().map(|operand| equal(&operand.node)).max().unwrap_or(Truth::False)
    };
    match &test.predicate {
        Predicate::Equal(operand) => equal(&operand.node),
        Predicate::NotEqual(operand) => !equal(&operand.node),
        Predicate::In(operands) => any(operands),
        Predicate::NotIn(operands) => !any(operands),
        Predicate::Before(operand) => Truth::from(when(&values[0]) < when(&text(&operand.node))),
        Predicate::After(operand) => Truth::from(when(&values[0]) > when(&text(&operand.node))),
        Predicate::Between { from, to } => {
            let clock = |text: &str| instant::time_of_day(text).unwrap();
            let (at, from, to) = (clock(&values[0]), clock(&text(&from.node)), clock(&text(&to.node)));
            // An interval whose start is later than its end runs over midnight.
            Truth::from(if from > to { at >= from || at <= to } else { from <= at && at <= to })
        }
        Predicate::SetsEqual(operands) | Predicate::SetsIntersect(operands) => {
            let mut others: Vec<String> = Vec::new();
            let mut literals: Vec<&Operand> = Vec::new();
            for operand in operands {
                match &operand.node {
                    Operand::Variable(other) => match state(environment, other) {
                        State::Present(values) => others.extend(values.iter().cloned()),
                        State::Unknown => return Truth::Unknown,
                        State::Absent => return Truth::False,
                    },
                    literal => literals.push(literal),
                }
            }
            let listed = |value: &String| {
                has(&name, &others, value) || literals.iter().any(|literal| fits(&name, value, literal))
            };
            Truth::from(match &test.predicate {
                Predicate::SetsEqual(_) => {
                    values.iter().all(listed)
                        && inside(&name, &others, values)
                        && literals
                            .iter()
                            .all(|literal| values.iter().any(|value| fits(&name, value, literal)))
                }
                _ => values.iter().any(listed),
            })
        }
        Predicate::Present | Predicate::Absent => unreachable!("taken above"),
    }
}

fn has(name: &str, set: &[String], value: &str) -> bool {
    set.iter().any(|other| same(name, value, other))
}

fn inside(name: &str, inner: &[String], outer: &[String]) -> bool {
    inner.iter().all(|value| has(name, outer, value))
}

/// 5.1: month and day of the month compare as numbers (R29), times of day as times, all else as text.
fn same(name: &str, value: &str, other: &str) -> bool {
    let numeric = name.ends_with(".month-of-year") || name.ends_with(".day-of-month");
    if numeric && let (Ok(value), Ok(other)) = (value.parse::<u32>(), other.parse::<u32>()) {
        value == other
    } else if name.ends_with(".time-of-day") {
        instant::time_of_day(other) == instant::time_of_day(value)
    } else {
        other.eq_ignore_ascii_case(value)
    }
}

fn text(operand: &Operand) -> String {
    match operand {
        Operand::Text(text) => text.clone(),
        _ => panic!("no text: {operand:?}"),
    }
}

fn when(text: &str) -> i64 {
    instant::parse(text).unwrap().as_second()
}

/// 5.2 to 5.4: one value against one text or pattern.
fn fits(name: &str, value: &str, operand: &Operand) -> bool {
    match operand {
        Operand::Pattern(pattern) => glob(pattern, value),
        Operand::Text(text) if name.contains(".tag.") && text == "*" => true,
        Operand::Text(text) if name == "target.object.name" => glob(text, value),
        Operand::Text(text) => same(name, value, text),
        Operand::Variable(_) | Operand::Opaque(_) => unreachable!("taken by the caller"),
    }
}

/// `*` is any run of characters, everything else itself; anchored at both ends; tried letter by letter.
fn glob(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    match pattern.next() {
        None => text.next().is_none(),
        Some('*') => {
            let rest = pattern.as_str();
            glob(rest, text.as_str()) || text.next().is_some_and(|_| glob(&format!("*{rest}"), text.as_str()))
        }
        Some(letter) => {
            text.next().is_some_and(|other| other.eq_ignore_ascii_case(&letter))
                && glob(pattern.as_str(), text.as_str())
        }
    }
}
