//! `lint/self-comparison`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::syntax::Operand;

lint! {
    /// Flags a variable compared with itself.
    ///
    /// # Why
    /// It is equal to itself wherever it exists. Usually one side is about the caller and the other about the target.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow any-group to read buckets in tenancy where target.compartment.id = target.compartment.id
    /// ```
    /// ```policy clean
    /// Allow any-group to read buckets in tenancy where request.principal.compartment.id = target.compartment.id
    /// ```
    "lint/self-comparison", Warning, rejects: No, basis: "[D: PS]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    for leaf in &meaning.leaves {
        for operand in leaf.test.predicate.operands() {
            if let Operand::Variable(other) = &operand.node
                && other.eq_ignore_ascii_case(&leaf.test.variable.node)
            {
                findings.report(
                    leaf.span,
                    format!("`{other}` is compared with itself"),
                    "write the variable of the other side",
                );
            }
        }
    }
}
