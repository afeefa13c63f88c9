//! `lint/policy-type-equals-too-weak`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::syntax::{Effect, Operand, Predicate};

lint! {
    /// Flags `target.policy.type = 'allow'` in an allow.
    ///
    /// # Why
    /// The variable is a list. A policy that holds both kinds of statement has both values, and `=` is met by one of them: the
    /// condition does not keep deny statements out.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Scribes to manage policies in compartment hangar where target.policy.type = 'allow'
    /// ```
    /// ```policy clean
    /// Allow group Scribes to manage policies in compartment hangar where target.policy.type != 'deny'
    /// ```
    "lint/policy-type-equals-too-weak", Error, rejects: No, basis: "[D: DENY]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if meaning.effect() != Some(Effect::Allow) {
        return;
    }
    for leaf in meaning.leaves.iter().filter(|leaf| leaf.is("target.policy.type")) {
        if let Predicate::Equal(value) = &leaf.test.predicate
            && let Operand::Text(text) = &value.node
            && text.eq_ignore_ascii_case("allow")
        {
            let text = format!("{} != 'deny'", leaf.test.variable.node);
            findings
                .report(
                    leaf.span,
                    "a policy that holds deny statements beside allow statements meets this too",
                    format!("write `{text}`"),
                )
                .suggest(format!("write `{text}`"), leaf.span, text);
        }
    }
}
