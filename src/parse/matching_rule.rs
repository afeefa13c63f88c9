//! Matching rules of dynamic groups.

use super::broken;
use super::grammar::{self, Children, Drift, Node, Read, Rule, range};
use super::name::{quote, template_start};
use super::reader::Reader;
use super::slip::Slip;
use super::statement::deepest;
use super::{MAX_LENGTH, MAX_NESTING};
use crate::diagnostic::{Diagnostic, Safety};
use crate::passage::Passage;
use crate::source::Spanned;
use crate::syntax::{Attribute, Comparison, MatchingRule, Name, Reading, RuleTest};

/// Reads the one rule a passage holds.
pub(super) fn read(
    passage: &Passage<'_>,
    findings: &mut Vec<Diagnostic>,
) -> (Spanned<MatchingRule>, Reading) {
    let text = &*passage.text;
    let span = passage.whole();
    let mut reader = Reader::new(passage, findings);
    let unread = Spanned::new(MatchingRule::Opaque(text.to_owned()), span);
    if text.len() > MAX_LENGTH || deepest(text) > MAX_NESTING {
        let slip = if text.len() > MAX_LENGTH { Slip::Length } else { Slip::Nesting };
        reader
            .slip(slip, span.before(), "the rule is longer or deeper than we read")
            .help(format!("we read {MAX_LENGTH} bytes and {MAX_NESTING} brackets inside each other"));
        return (unread, Reading::Guessed);
    }
    let nodes = match grammar::read(Rule::matching_rule, text) {
        Ok(nodes) => nodes,
        Err(failure) => {
            broken::report_rule(&mut reader, text, &failure);
            return (unread, Reading::Guessed);
        }
    };
    let mut rule = Err(Drift);
    for node in nodes {
        match node.as_rule() {
            Rule::slip_rule_punctuation => reader.rule_punctuation(&node),
            Rule::slip_rule_rest => {
                reader.rule_rest(&node);
                return (unread, Reading::Guessed);
            }
            _ => {
                if let Some(read) = reader.rule(&node).transpose() {
                    rule = read;
                }
            }
        }
    }
    let rule = rule.unwrap_or_else(|Drift| {
        reader
            .slip(Slip::Drift, span, "ocipol cannot read what its own grammar accepted")
            .help("please report this");
        unread
    });
    (rule, reader.reading)
}

impl Reader<'_> {
    fn rule(&mut self, node: &Node<'_>) -> Read<Option<Spanned<MatchingRule>>> {
        let rule = match node.as_rule() {
            Rule::rule_all => MatchingRule::All(self.rule_members(node)?),
            Rule::rule_any => MatchingRule::Any(self.rule_members(node)?),
            Rule::rule_test => self.rule_test(node)?,
            Rule::slip_template_condition => {
                self.template(node);
                opaque(node)
            }
            Rule::slip_empty_group => {
                let span = self.span(node);
                self.slip(Slip::EmptyGroup, span, "the group has no rule in it")
                    .help("write a rule between the braces");
                opaque(node)
            }
            Rule::slip_rule_without_kind => {
                let span = self.span(node);
                self.slip(Slip::RuleSyntax, span, "braces need `all` or `any` in front of them")
                    .help("write `all { … }` if every rule must hold, `any { … }` if one is enough");
                opaque(node)
            }
            Rule::slip_rule_value => {
                let span = self.span(node);
                self.slip(Slip::RuleSyntax, span, format!("{} stands without an attribute", node.as_str()))
                    .help(format!(
                        "write `resource.id = {}` or another attribute in front of it",
                        node.as_str()
                    ));
                opaque(node)
            }
            _ => return Ok(None),
        };
        Ok(Some(self.spanned(node, rule)))
    }

    fn rule_members(&mut self, node: &Node<'_>) -> Read<Vec<Spanned<MatchingRule>>> {
        self.trailing_comma(node);
        let mut members = Vec::new();
        for child in node.clone().into_inner() {
            members.extend(self.rule(&child)?);
        }
        if members.is_empty() { Err(Drift) } else { Ok(members) }
    }

    fn rule_test(&mut self, node: &Node<'_>) -> Read<MatchingRule> {
        let children = Children::of(node);
        let name = children.need(Rule::variable)?;
        let attribute = self.attribute(name);
        let mut comparison = Comparison::Present;
        for child in children.iter().filter(|child| child.as_rule() != Rule::variable) {
            comparison = match child.as_rule() {
                Rule::rule_equal => Comparison::Equal(self.rule_value(child)?),
                Rule::rule_not_equal => Comparison::NotEqual(self.rule_value(child)?),
                Rule::slip_rule_double_equals => {
                    self.rule_sign(child, Rule::slip_double_equals_sign, "=")?;
                    Comparison::Equal(self.rule_value(child)?)
                }
                Rule::slip_rule_not_equal => {
                    self.rule_sign(child, Rule::slip_not_equal_sign, "!=")?;
                    Comparison::NotEqual(self.rule_value(child)?)
                }
                Rule::slip_rule_list | Rule::slip_rule_operator => {
                    let (start, end) = range(child);
                    let blank = child.as_str().len() - child.as_str().trim_start().len();
                    let span = self.span_of(start + blank, end);
                    self.slip(Slip::RuleOperator, span, "a matching rule knows `=` and `!=` only")
                        .help("write `any { ATTRIBUTE = 'a', ATTRIBUTE = 'b' }` for a list");
                    return Ok(opaque(node));
                }
                _ => return Err(Drift),
            };
        }
        if comparison == Comparison::Present
            && !matches!(attribute.node, Attribute::Tag { .. } | Attribute::Unknown(_))
        {
            let span = attribute.span;
            self.slip(Slip::RuleSyntax, span, format!("`{}` is not compared with anything", attribute.node))
                .help("write `= 'OCID'` behind it; only a tag attribute may stand alone");
            return Ok(opaque(node));
        }
        Ok(MatchingRule::Test(RuleTest { attribute, comparison }))
    }

    fn attribute(&mut self, node: &Node<'_>) -> Spanned<Attribute> {
        let attribute = Attribute::of(node.as_str());
        if let Attribute::Unknown(name) = &attribute {
            let span = self.span(node);
            if template_start(name).is_some() {
                self.template(node);
            } else {
                self.slip(Slip::RuleSyntax, span, format!("`{name}` is no attribute of a matching rule"))
                    .help(
                        "the attributes are `instance.id`, `instance.compartment.id`, `resource.id`, \
                     `resource.compartment.id`, `resource.type` and `tag.NAMESPACE.KEY.value`",
                    );
            }
        }
        self.spanned(node, attribute)
    }

    fn rule_sign(&mut self, node: &Node<'_>, sign: Rule, correct: &str) -> Read<()> {
        let children = Children::of(node);
        let sign = children.need(sign)?;
        let span = self.span(sign);
        self.slip(Slip::RuleRepair, span, format!("`{}` is no operator", sign.as_str()))
            .help(format!("write `{correct}`"))
            .safe(format!("write `{correct}`"), span, correct);
        Ok(())
    }

    fn rule_value(&mut self, node: &Node<'_>) -> Read<Spanned<Name>> {
        for child in node.clone().into_inner() {
            let span = self.span(&child);
            let text = child.as_str();
            let value = match child.as_rule() {
                Rule::quoted | Rule::slip_double_quoted => return self.name(&child),
                Rule::slip_rule_pattern => {
                    self.slip(Slip::RuleOperator, span, "a matching rule knows no patterns")
                        .help("compare with a text in quotes");
                    Name::Template(text.to_owned())
                }
                Rule::bare if template_start(text).is_some() => {
                    self.template(&child);
                    Name::Template(text.to_owned())
                }
                Rule::bare if text.contains(['<', '{', '[']) => {
                    self.placeholder(&child);
                    Name::Placeholder(text.to_owned())
                }
                Rule::bare => {
                    self.slip(Slip::RuleRepair, span, format!("the value `{text}` is not quoted"))
                        .help(format!("write `'{text}'`"))
                        .fix(Safety::Safe, "put it in quotes", vec![quote(span, text)]);
                    Name::Literal(text.to_owned())
                }
                _ => continue,
            };
            return Ok(Spanned::new(value, span));
        }
        Err(Drift)
    }

    fn rule_punctuation(&mut self, node: &Node<'_>) {
        let span = self.span(node);
        self.slip(Slip::TrailingPunctuation, span, format!("`{}` stands behind the rule", node.as_str()))
            .help("leave it out")
            .safe("leave it out", span, "");
    }

    fn rule_rest(&mut self, node: &Node<'_>) {
        let span = self.span(node);
        let word = broken::token(node.as_str());
        let joined = ["and", "or", "&&", "||"].iter().any(|joint| joint.eq_ignore_ascii_case(word));
        let message = if joined {
            "rules are not joined by words".to_owned()
        } else {
            format!("`{word}` cannot stand behind a complete rule")
        };
        self.slip(Slip::RuleSyntax, span, message)
            .help("rules are joined as `all { …, … }` or `any { …, … }`");
    }
}

fn opaque(node: &Node<'_>) -> MatchingRule {
    MatchingRule::Opaque(node.as_str().to_owned())
}
