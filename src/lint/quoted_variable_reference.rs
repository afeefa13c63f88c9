//! `lint/quoted-variable-reference`

use super::findings::Findings;
use crate::catalog::Variable;
use crate::syntax::{Item, Operand};

lint! {
    /// Flags a value in quotes that is spelled like a variable.
    ///
    /// # Why
    /// In quotes it is a text, so that the condition compares with these very letters and never holds. One page of the
    /// documentation prints such a condition.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow any-user to use subnets in tenancy where request.principal.compartment.id = 'target.compartment.id'
    /// ```
    /// ```policy clean
    /// Allow any-user to use subnets in tenancy where request.principal.compartment.id = target.compartment.id
    /// ```
    "lint/quoted-variable-reference", Warning, rejects: No, basis: "[E] [X]",
    checks: [Check::Statement(check)]
}

fn check(item: &Item, findings: &mut Findings<'_>) {
    let Some(condition) = item.statement.condition() else { return };
    for test in condition.tests() {
        for operand in test.node.predicate.operands() {
            if let Operand::Text(text) = &operand.node
                && text.contains('.')
                && Variable::find(text).is_some()
            {
                findings
                    .report(
                        operand.span,
                        format!("`'{text}'` is a text that is spelled like a variable"),
                        format!("write `{text}` without quotes if the variable is meant"),
                    )
                    .suggest("leave out the quotes", operand.span, text.clone());
            }
        }
    }
}
