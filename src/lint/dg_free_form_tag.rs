//! `lint/dg-free-form-tag`

use super::findings::Findings;
use crate::source::Spanned;
use crate::syntax::{Attribute, MatchingRule};

lint! {
    /// Flags a tag in a matching rule that has no namespace.
    ///
    /// # Why
    /// Only defined tags take part in matching rules, and a defined tag is written with its namespace.
    ///
    /// # Examples
    /// ```rule flagged
    /// tag.env.value = 'prod'
    /// ```
    /// ```rule clean
    /// tag.ops.env.value = 'prod'
    /// ```
    "lint/dg-free-form-tag", Error, rejects: No, basis: "[D: DGR]",
    checks: [Check::Rule(check)]
}

fn check(rule: &Spanned<MatchingRule>, findings: &mut Findings<'_>) {
    match &rule.node {
        MatchingRule::All(members) | MatchingRule::Any(members) => {
            members.iter().for_each(|member| check(member, findings));
        }
        MatchingRule::Test(test) => {
            let Attribute::Unknown(name) = &test.attribute.node else { return };
            let lower = name.to_ascii_lowercase();
            if let ["tag", key, "value"] = lower.split('.').collect::<Vec<_>>().as_slice() {
                findings.report(
                    test.attribute.span,
                    format!("`{key}` has no namespace: only defined tags take part in matching rules"),
                    format!("write `tag.NAMESPACE.{key}.value`"),
                );
            }
        }
        MatchingRule::Opaque(_) => {}
    }
}
