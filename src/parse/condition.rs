//! Conditions.

use super::broken;
use super::grammar::{self, Children, Drift, Node, Read, Rule, range};
use super::name::{quote, template_start};
use super::reader::Reader;
use super::slip::Slip;
use super::statement::deepest;
use super::{MAX_LENGTH, MAX_NESTING};
use crate::diagnostic::{Diagnostic, Edit, Safety};
use crate::passage::Passage;
use crate::source::Spanned;
use crate::syntax::{Condition, Operand, Predicate, Reading, Test};

/// Reads the one condition a passage holds.
pub(super) fn read(
    passage: &Passage<'_>,
    findings: &mut Vec<Diagnostic>,
) -> (Option<Spanned<Condition>>, Reading) {
    let text = &*passage.text;
    let span = passage.whole();
    let mut reader = Reader::new(passage, findings);
    if text.len() > MAX_LENGTH || deepest(text) > MAX_NESTING {
        let slip = if text.len() > MAX_LENGTH { Slip::Length } else { Slip::Nesting };
        reader
            .slip(slip, span.before(), "the condition is longer or deeper than we read")
            .help(format!("we read {MAX_LENGTH} bytes and {MAX_NESTING} brackets inside each other"));
        return (None, Reading::Guessed);
    }
    let condition = match grammar::read_one(Rule::condition_alone, text) {
        Ok(Some(node)) => reader.where_clause(&Children::of(&node)),
        Ok(None) => Err(Drift),
        Err(failure) => {
            broken::report_condition(&mut reader, text, &failure);
            return (None, Reading::Guessed);
        }
    };
    let condition = condition.unwrap_or_else(|Drift| {
        reader
            .slip(Slip::Drift, span, "ocipol cannot read what its own grammar accepted")
            .help("please report this");
        None
    });
    (condition, reader.reading)
}

impl Reader<'_> {
    /// Reads the `where` clause out of a statement's children; `None` where it has none.
    pub(super) fn where_clause(&mut self, statement: &Children<'_>) -> Read<Option<Spanned<Condition>>> {
        let joined = statement.get(Rule::slip_and_or);
        for child in statement.iter() {
            if let (Rule::slip_group_without_braces, Some(slip)) = (child.as_rule(), joined) {
                self.condition_range = Some(range(child));
                return self.without_braces(child, slip).map(Some);
            }
            if let Some(condition) = self.condition(child)? {
                self.condition_range = Some(range(child));
                return Ok(Some(match joined {
                    Some(slip) => self.joined_by_words(child, slip),
                    None => condition,
                }));
            }
        }
        Ok(None)
    }

    fn condition(&mut self, node: &Node<'_>) -> Read<Option<Spanned<Condition>>> {
        let condition = match node.as_rule() {
            Rule::all => Condition::All(self.members(node)?),
            Rule::any => Condition::Any(self.members(node)?),
            Rule::test => self.test(node)?,
            Rule::slip_template_condition => {
                self.template(node);
                opaque(node)
            }
            Rule::slip_empty_group => {
                let span = self.span(node);
                self.slip(Slip::EmptyGroup, span, "the group has no condition in it")
                    .help("leave the `where` out, or write a condition between the braces");
                opaque(node)
            }
            Rule::slip_group_without_kind => {
                let span = self.span(node);
                let inner = node.as_str();
                self.slip(Slip::ConditionSyntax, span, "braces need `all` or `any` in front of them")
                    .help("write `all { … }` if every condition must hold, `any { … }` if one is enough")
                    .suggest("write `all { … }`", span, format!("all {inner}"));
                self.members(node)?;
                opaque(node)
            }
            Rule::slip_parenthesised_all => Condition::All(self.parenthesised(node)?),
            Rule::slip_parenthesised_any => Condition::Any(self.parenthesised(node)?),
            Rule::slip_parenthesised => {
                let span = self.span(node);
                self.slip(
                    Slip::ConditionSyntax,
                    span,
                    "conditions are grouped by braces, not by parentheses",
                )
                .help("write `all { …, … }` or `any { …, … }`; `not` stands in front of one variable only");
                opaque(node)
            }
            Rule::slip_group_without_braces => {
                let span = self.span(node);
                let children = Children::of(node);
                let (word, test) = (children.need(Rule::slip_group_word)?, children.need(Rule::test)?);
                self.slip(Slip::ConditionSyntax, span, format!("`{}` needs braces", word.as_str()))
                    .help("write the conditions in braces, or a single condition without the word")
                    .suggest("leave the word out", span, test.as_str());
                opaque(node)
            }
            _ => return Ok(None),
        };
        Ok(Some(self.spanned(node, condition)))
    }

    fn parenthesised(&mut self, node: &Node<'_>) -> Read<Vec<Spanned<Condition>>> {
        let (start, end) = range(node);
        let word = node.as_str().find('(').ok_or(Drift)?;
        let (open, close) = (self.span_of(start + word, start + word + 1), self.span_of(end - 1, end));
        self.slip(
            Slip::ParenthesisedGroup,
            open.to(close),
            "conditions are grouped by braces; parentheses are not documented",
        )
        .help("write `{ … }`")
        .fix(
            Safety::Safe,
            "write braces",
            vec![Edit { span: open, text: "{".to_owned() }, Edit { span: close, text: "}".to_owned() }],
        );
        self.members(node)
    }

    fn members(&mut self, node: &Node<'_>) -> Read<Vec<Spanned<Condition>>> {
        self.trailing_comma(node);
        let mut members = Vec::new();
        for child in node.clone().into_inner() {
            if let Some(condition) = self.condition(&child)? {
                members.push(condition);
            }
        }
        if members.is_empty() { Err(Drift) } else { Ok(members) }
    }

    fn test(&mut self, node: &Node<'_>) -> Read<Condition> {
        let children = Children::of(node);
        if let Some(function) = children.get(Rule::set_function) {
            return self.set_function(function);
        }
        if let Some(absent) = children.get(Rule::absent) {
            let variable = self.variable(Children::of(absent).need(Rule::variable)?);
            return Ok(Condition::Test(Test { variable, predicate: Predicate::Absent }));
        }
        let variable = self.variable(children.need(Rule::variable)?);
        let mut predicate = Predicate::Present;
        for child in children.iter().filter(|child| child.as_rule() != Rule::variable) {
            match self.predicate(child)? {
                Some(read) => predicate = read,
                None => return Ok(opaque(node)),
            }
        }
        Ok(Condition::Test(Test { variable, predicate }))
    }

    fn variable(&mut self, node: &Node<'_>) -> Spanned<String> {
        let name = node.as_str();
        if template_start(name).is_some() {
            self.template(node);
        } else if !name.contains(|letter: char| letter.is_ascii_alphanumeric()) {
            self.placeholder(node);
        }
        self.spanned(node, name.to_owned())
    }

    /// Reads what is asked of a variable; `None` where the operator is none of ours, which is reported.
    fn predicate(&mut self, node: &Node<'_>) -> Read<Option<Predicate>> {
        let rule = node.as_rule();
        if let Rule::slip_double_equals | Rule::slip_not_equal | Rule::slip_other_operator = rule {
            return self.respelt_predicate(node);
        }
        let mut operands = self.operands(node)?;
        let predicate = match rule {
            Rule::in_list => Predicate::In(operands),
            Rule::not_in => Predicate::NotIn(operands),
            Rule::between => {
                let [from, to] = <[Spanned<Operand>; 2]>::try_from(operands).map_err(|_| Drift)?;
                Predicate::Between { from, to }
            }
            Rule::equal => Predicate::Equal(operands.pop().ok_or(Drift)?),
            Rule::not_equal => Predicate::NotEqual(operands.pop().ok_or(Drift)?),
            Rule::before => Predicate::Before(operands.pop().ok_or(Drift)?),
            Rule::after => Predicate::After(operands.pop().ok_or(Drift)?),
            _ => return Err(Drift),
        };
        Ok(Some(predicate))
    }

    fn respelt_predicate(&mut self, node: &Node<'_>) -> Read<Option<Predicate>> {
        let children = Children::of(node);
        let operand = self.operands(node)?.pop().ok_or(Drift)?;
        if let Some(sign) = children.get(Rule::slip_double_equals_sign) {
            let span = self.span(sign);
            self.slip(Slip::DoubleEquals, span, "`==` is no operator").help("write `=`").safe(
                "write `=`",
                span,
                "=",
            );
            return Ok(Some(Predicate::Equal(operand)));
        }
        if let Some(sign) = children.get(Rule::slip_not_equal_sign) {
            let span = self.span(sign);
            let slip = if sign.as_str() == "<>" { Slip::DoubleEquals } else { Slip::SplitOperator };
            self.slip(slip, span, format!("`{}` is written `!=`", sign.as_str())).help("write `!=`").safe(
                "write `!=`",
                span,
                "!=",
            );
            return Ok(Some(Predicate::NotEqual(operand)));
        }
        let operator = children.need(Rule::slip_operator)?;
        let span = self.span(operator);
        let report =
            self.slip(Slip::ConditionSyntax, span, format!("`{}` is no operator", operator.as_str()));
        match operator.as_str() {
            "<" | "<=" | ">" | ">=" => report.help("times are compared with `before`, `after` and `between … and …`"),
            _ => report.help("the operators are `=`, `!=`, `in`, `not in`, `before`, `after` and `between`; a pattern stands between slashes: `= /prod-*/`"),
        };
        Ok(None)
    }

    fn set_function(&mut self, node: &Node<'_>) -> Read<Condition> {
        let children = Children::of(node);
        let name = children.need(Rule::set_function_name)?;
        let variable = self.variable(children.need(Rule::variable)?);
        let operands = self.operands(node)?;
        let predicate = match name.as_str().to_ascii_lowercase().as_str() {
            "sets-equal" => Predicate::SetsEqual(operands),
            "sets-intersect" => Predicate::SetsIntersect(operands),
            _ => {
                let span = self.span(name);
                self.slip(Slip::SetFunction, span, format!("`{}` is no function we know", name.as_str()))
                    .help("the functions are `sets-equal` and `sets-intersect`");
                return Ok(opaque(node));
            }
        };
        Ok(Condition::Test(Test { variable, predicate }))
    }

    /// Reads every operand below a node, in lists too.
    fn operands(&mut self, node: &Node<'_>) -> Read<Vec<Spanned<Operand>>> {
        self.trailing_comma(node);
        let mut operands = Vec::new();
        for child in node.clone().into_inner() {
            match child.as_rule() {
                Rule::quoted | Rule::slip_double_quoted => {
                    let text = self.quoted(&child)?;
                    let template = template_start(&text).is_some();
                    let operand = if template {
                        Operand::Opaque(child.as_str().to_owned())
                    } else {
                        Operand::Text(text)
                    };
                    operands.push(self.spanned(&child, operand));
                }
                Rule::pattern => {
                    let raw = child.as_str();
                    let inner = raw.get(1..raw.len().saturating_sub(1)).ok_or(Drift)?;
                    let template = template_start(inner).is_some();
                    if template {
                        self.template(&child);
                    }
                    let operand = if template {
                        Operand::Opaque(raw.to_owned())
                    } else {
                        Operand::Pattern(inner.replace("\\/", "/"))
                    };
                    operands.push(self.spanned(&child, operand));
                }
                Rule::bare => {
                    let operand = self.bare(&child);
                    operands.push(self.spanned(&child, operand));
                }
                Rule::slip_bracket_list => {
                    let span = self.span(&child);
                    let inner = child.as_str();
                    let list = inner.get(1..inner.len().saturating_sub(1)).ok_or(Drift)?;
                    self.slip(
                        Slip::BracketList,
                        span,
                        "a list stands in parentheses, not in square brackets",
                    )
                    .help("write `( … )`")
                    .safe("write `( … )`", span, format!("({list})"));
                    operands.extend(self.operands(&child)?);
                }
                Rule::slip_empty_list => {
                    let span = self.span(&child);
                    self.slip(Slip::EmptyGroup, span, "the list is empty").help("name at least one value");
                }
                _ => {}
            }
        }
        Ok(operands)
    }

    /// Reads an unquoted right-hand side: the name of a variable, or a value whose quotes are missing.
    fn bare(&mut self, node: &Node<'_>) -> Operand {
        let text = node.as_str();
        let span = self.span(node);
        if template_start(text).is_some() {
            self.template(node);
            return Operand::Opaque(text.to_owned());
        }
        if text.contains(['<', '{', '[']) {
            self.placeholder(node);
            return Operand::Opaque(text.to_owned());
        }
        let edit = vec![quote(span, text)];
        match Bare::of(text) {
            Bare::Variable => Operand::Variable(text.to_owned()),
            Bare::Value => {
                self.slip(Slip::UnquotedValue, span, format!("the value `{text}` is not quoted"))
                    .help(format!("write `'{text}'`"))
                    .fix(Safety::Safe, "put it in quotes", edit);
                Operand::Text(text.to_owned())
            }
            Bare::Word => {
                self.slip(
                    Slip::UnquotedWord,
                    span,
                    format!("`{text}` is read as the name of a variable, which it is not"),
                )
                .help(format!("write `'{text}'` if the text is meant"))
                .fix(Safety::Unsafe, "put it in quotes", edit);
                Operand::Variable(text.to_owned())
            }
        }
    }

    /// Reports several conditions behind `all` or `any` without braces.
    fn without_braces(&mut self, first: &Node<'_>, slip: &Node<'_>) -> Read<Spanned<Condition>> {
        let children = Children::of(first);
        let (word, test) = (children.need(Rule::slip_group_word)?, children.need(Rule::test)?);
        let span = self.span(first).to(self.span(slip));
        let (rest, _) = without_words(slip.as_str());
        let text = format!("{} {{ {}, {rest} }}", word.as_str(), test.as_str());
        self.slip(Slip::ConditionSyntax, span, format!("`{}` needs braces", word.as_str()))
            .help(format!("write `{text}`"))
            .suggest("put braces around the conditions", span, text);
        Ok(Spanned::new(Condition::Opaque(format!("{} {}", first.as_str(), slip.as_str())), span))
    }

    /// Reports conditions joined by `and` or `or`, with the group that says the same.
    fn joined_by_words(&mut self, first: &Node<'_>, slip: &Node<'_>) -> Spanned<Condition> {
        let span = self.span(first).to(self.span(slip));
        let (rest, kind) = without_words(slip.as_str());
        let comma = slip.as_str().starts_with(',');
        let message =
            if comma { "several conditions need braces" } else { "conditions are not joined by words" };
        let report = self.slip(Slip::ConditionSyntax, span, message);
        match kind {
            Some(kind) => {
                let text = format!("{kind} {{ {}, {rest} }}", first.as_str());
                report.help(format!("write `{text}`")).fix(
                    Safety::Unsafe,
                    format!("write `{kind} {{ … }}`"),
                    vec![Edit { span, text: text.clone() }],
                )
            }
            None => report.help(
                "write `all { …, … }` for `and`, `any { …, … }` for `or`, one inside the other for both",
            ),
        };
        let raw = format!("{} {}", first.as_str(), slip.as_str());
        Spanned::new(Condition::Opaque(raw), span)
    }
}

/// What an unquoted right-hand side is.
#[derive(Debug, PartialEq, Eq)]
enum Bare {
    /// The name of a variable.
    Variable,
    /// An OCID, number, time or address whose quotes are missing.
    Value,
    /// A word that is neither.
    Word,
}

impl Bare {
    fn of(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        let first = lower.split('.').next().unwrap_or_default();
        let dotted = lower.contains('.');
        let ocid = lower.starts_with("ocid1.") || lower.starts_with("ocid1:");
        let numbered = first.bytes().all(|byte| byte.is_ascii_digit())
            && lower
                .get(first.len() + 1..)
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
        let number = lower.starts_with(|letter: char| letter.is_ascii_digit());
        if ocid || lower == "true" || lower == "false" {
            Self::Value
        } else if dotted && (numbered || !number) && !lower.contains(['*', '/']) {
            Self::Variable
        } else if number {
            Self::Value
        } else {
            Self::Word
        }
    }
}

/// What stands behind `and` or `or`, with commas in place of the words, and the group that means the same.
fn without_words(text: &str) -> (String, Option<&'static str>) {
    let (mut out, mut ands, mut ors, mut quoted) = (String::new(), 0, 0, false);
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let plain = !quoted;
        quoted ^= word.matches('\'').count() % 2 == 1;
        let lower = word.to_ascii_lowercase();
        match lower.as_str() {
            "and" | "&&" | "," if plain => ands += 1,
            "or" | "||" if plain => ors += 1,
            _ => {
                out.push_str(if out.is_empty() { "" } else { " " });
                out.push_str(word);
                continue;
            }
        }
        if !out.is_empty() {
            out.push(',');
        }
    }
    let kind = match (ands, ors) {
        (1.., 0) => Some("all"),
        (0, 1..) => Some("any"),
        _ => None,
    };
    (out, kind)
}

fn opaque(node: &Node<'_>) -> Condition {
    Condition::Opaque(node.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unquoted_right_hand_side_is_a_variable_only_where_it_looks_like_one() {
        let table = [
            ("target.instance.id", Bare::Variable),
            ("2.subnet.id", Bare::Variable),
            ("listing.type", Bare::Variable),
            ("ocid1.key.oc1.iad.aaa", Bare::Value),
            ("true", Bare::Value),
            ("10.0.0.1", Bare::Value),
            ("05:00:00Z", Bare::Value),
            ("logs", Bare::Word),
            ("prod-*", Bare::Word),
        ];
        for (text, expected) in table {
            assert_eq!(Bare::of(text), expected, "{text}");
        }
    }

    #[test]
    fn words_between_conditions_become_commas() {
        assert_eq!(
            without_words("and a = 'x and y' and b = 'z'"),
            ("a = 'x and y', b = 'z'".to_owned(), Some("all"))
        );
        assert_eq!(without_words("or a = 'x'"), ("a = 'x'".to_owned(), Some("any")));
        assert_eq!(without_words("and a = 'x' or b = 'y'").1, None);
    }
}
