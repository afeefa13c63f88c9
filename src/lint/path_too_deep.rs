//! `lint/path-too-deep`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::syntax::Location;

lint! {
    /// Flags a path of more than six compartments.
    ///
    /// # Why
    /// Compartments nest six deep below the root, no deeper: there is no such place.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in compartment a:b:c:d:e:f:g
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in compartment a:b:c:d:e:f
    /// ```
    "lint/path-too-deep", Error, rejects: No, basis: "[D: LIM]",
    checks: [Check::Meaning(check)]
}

/// How deep compartments nest.
const DEPTH: usize = 6;

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if let Some(location) = meaning.location()
        && let Location::Compartment(path) = &location.node
        && path.len() > DEPTH
    {
        findings.report(
            location.span,
            format!("the path names {} compartments, and they nest {DEPTH} deep", path.len()),
            "name the compartment by its OCID: `compartment id OCID`",
        );
    }
}
