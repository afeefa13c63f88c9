//! `lint/free-form-tag`

use super::findings::Findings;
use super::meaning::Meaning;

lint! {
    /// Flags a tag in a condition that has no namespace.
    ///
    /// # Why
    /// Only defined tags take part in policies, and a defined tag is written with its namespace. A free-form tag has none and
    /// is never seen.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to use instances in compartment hangar where target.resource.tag.env = 'prod'
    /// ```
    /// ```policy clean
    /// Allow group Pilots to use instances in compartment hangar where target.resource.tag.ops.env = 'prod'
    /// ```
    "lint/free-form-tag", Error, rejects: No, basis: "[D: TAG, DGR]",
    checks: [Check::Meaning(check)]
}

/// What stands in front of `NAMESPACE.KEY`.
const PREFIXES: [&str; 5] = [
    "target.resource.tag.",
    "target.resource.compartment.tag.",
    "request.principal.compartment.tag.",
    "request.principal.group.tag.",
    "target.bucket.tag.",
];

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    for leaf in meaning.leaves.iter().filter(|leaf| leaf.variable.is_none()) {
        let prefix = PREFIXES.iter().find(|prefix| leaf.starts_with(prefix));
        let key = prefix.and_then(|prefix| leaf.name().get(prefix.len()..));
        if let (Some(prefix), Some(key)) = (prefix, key.filter(|key| !key.is_empty() && !key.contains('.'))) {
            findings.report(
                leaf.test.variable.span,
                format!("`{key}` has no namespace: only defined tags take part in policies"),
                format!("write `{prefix}NAMESPACE.{key}`"),
            );
        }
    }
}
