//! Conditions become formulas over typed atoms.
//!
//! The special readings of the language are settled here, each in one place: `'*'` on a tag is any value, `*` in quotes
//! is a wildcard for `target.object.name` only, months and days are numbers, times are times, and a test of
//! `request.permission` is a set of permissions.
//!
//! # Source
//! Oracle IAM documentation, "Conditions", "Using Tags to Manage Access", "Restricting Access to Resources Based on Time
//! Frame", "Common Policies" (wildcards in object names).

use super::Bind;
use crate::caseless;
use crate::catalog::{Permission, PermissionSet};
use crate::instant;
use crate::program::{Atom, Guard, GuardId, Operand, Pattern, Test, Text, ValueKind, VariableRef};
use crate::source::Spanned;
use crate::syntax::{self, Condition, Predicate};

/// The variable whose `*` in quotes is a wildcard.
const OBJECT_NAME: &str = "target.object.name";

impl Bind<'_> {
    /// The formula of a `where` clause; [`GuardId::ALWAYS`] where there is none. `None` for text that stands for nothing.
    pub(super) fn condition(&mut self, condition: Option<&Spanned<Condition>>) -> Option<GuardId> {
        condition.map_or(Some(GuardId::ALWAYS), |condition| self.formula(&condition.node))
    }

    fn formula(&mut self, condition: &Condition) -> Option<GuardId> {
        let guard = match condition {
            Condition::All(members) => Guard::All(self.members(members)?),
            Condition::Any(members) => Guard::Any(self.members(members)?),
            Condition::Test(test) => Guard::Atom(self.atom(test)?),
            Condition::Opaque(_) => return None,
        };
        Some(self.binder.guards.intern(guard))
    }

    fn members(&mut self, members: &[Spanned<Condition>]) -> Option<Box<[GuardId]>> {
        members.iter().map(|member| self.formula(&member.node)).collect()
    }

    fn atom(&mut self, test: &syntax::Test) -> Option<Atom> {
        let name = caseless::fold(&test.variable.node);
        let variable = VariableRef::of(&test.variable.node, |text| self.binder.texts.intern(text));
        let asked = match &test.predicate {
            Predicate::Equal(operand) => Test::Equal(self.operand(&name, variable, operand)?),
            Predicate::NotEqual(operand) => Test::NotEqual(self.operand(&name, variable, operand)?),
            Predicate::In(operands) => Test::In(self.operands(&name, variable, operands)?),
            Predicate::NotIn(operands) => Test::NotIn(self.operands(&name, variable, operands)?),
            Predicate::SetsEqual(operands) => Test::SetsEqual(self.operands(&name, variable, operands)?),
            Predicate::SetsIntersect(operands) => {
                Test::SetsIntersect(self.operands(&name, variable, operands)?)
            }
            Predicate::Before(operand) => seconds(operand).map_or(Test::Never, Test::Before),
            Predicate::After(operand) => seconds(operand).map_or(Test::Never, Test::After),
            Predicate::Between { from, to } => match (time_of_day(from), time_of_day(to)) {
                (Some(from), Some(to)) => Test::Between(from, to),
                _ => Test::Never,
            },
            Predicate::Present => Test::Present,
            Predicate::Absent => Test::Absent,
        };
        Some(Atom { variable, test: asked })
    }

    fn operands(
        &mut self,
        name: &str,
        variable: VariableRef,
        operands: &[Spanned<syntax::Operand>],
    ) -> Option<Box<[Operand]>> {
        operands.iter().map(|operand| self.operand(name, variable, operand)).collect()
    }

    fn operand(
        &mut self,
        name: &str,
        variable: VariableRef,
        operand: &Spanned<syntax::Operand>,
    ) -> Option<Operand> {
        Some(match &operand.node {
            syntax::Operand::Text(text) => self.text(name, variable, text),
            syntax::Operand::Pattern(text) => {
                let pattern = Pattern::new(text);
                if variable == VariableRef::Permission {
                    let written = Text(self.binder.texts.spelling(&format!("/{text}/")));
                    Operand::Permissions(Box::new(matching(&pattern)), written)
                } else if pattern.is_everything() {
                    Operand::Anything
                } else {
                    Operand::Pattern(pattern)
                }
            }
            syntax::Operand::Variable(other) => {
                Operand::Variable(VariableRef::of(other, |text| self.binder.texts.intern(text)))
            }
            // A text that is not filled in equals nothing but itself; its statement is not evaluated anyway.
            syntax::Operand::Opaque(raw) => {
                let texts = &mut self.binder.texts;
                Operand::Text(Text(texts.intern(raw)), Text(texts.spelling(raw)))
            }
        })
    }

    fn text(&mut self, name: &str, variable: VariableRef, text: &str) -> Operand {
        let texts = &mut self.binder.texts;
        let mut plain = || Operand::Text(Text(texts.intern(text)), Text(texts.spelling(text)));
        match variable.values() {
            ValueKind::Permission => {
                let written = Text(texts.spelling(&format!("'{text}'")));
                let only = Permission::find(text).into_iter().collect::<PermissionSet>();
                Operand::Permissions(Box::new(only), written)
            }
            ValueKind::Number => text.trim().parse().map_or_else(|_| plain(), Operand::Number),
            ValueKind::TimeOfDay => instant::time_of_day(text).map_or_else(plain, Operand::Seconds),
            ValueKind::Text if text == "*" && is_tag(name) => Operand::Anything,
            ValueKind::Text if text.contains('*') && name == OBJECT_NAME => {
                Operand::Pattern(Pattern::new(text))
            }
            ValueKind::Text | ValueKind::Instant => plain(),
        }
    }
}

/// Whether a variable carries a tag's value.
fn is_tag(name: &str) -> bool {
    name.contains(".tag.")
}

fn matching(pattern: &Pattern) -> PermissionSet {
    Permission::all().filter(|permission| pattern.matches(permission.name())).collect()
}

fn seconds(operand: &Spanned<syntax::Operand>) -> Option<i64> {
    match &operand.node {
        syntax::Operand::Text(text) => instant::parse(text).map(jiff::Timestamp::as_second),
        syntax::Operand::Pattern(_) | syntax::Operand::Variable(_) | syntax::Operand::Opaque(_) => None,
    }
}

fn time_of_day(operand: &Spanned<syntax::Operand>) -> Option<u32> {
    match &operand.node {
        syntax::Operand::Text(text) => instant::time_of_day(text),
        syntax::Operand::Pattern(_) | syntax::Operand::Variable(_) | syntax::Operand::Opaque(_) => None,
    }
}
