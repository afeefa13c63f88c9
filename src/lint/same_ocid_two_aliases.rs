//! `lint/same-ocid-two-aliases`

use super::findings::Findings;
use crate::source::Source;
use crate::syntax::{Define, Policy, Statement};

lint! {
    /// Says that two aliases of a policy stand for one OCID.
    ///
    /// # Why
    /// A reader takes them for two things.
    ///
    /// # Examples
    /// ```policy flagged
    /// Define tenancy G1 as ocid1.tenancy.oc1..glacier
    /// Define tenancy G2 as ocid1.tenancy.oc1..glacier
    /// Endorse group Pilots to read buckets in tenancy G1
    /// Endorse group Crew to read buckets in tenancy G2
    /// ```
    /// ```policy clean
    /// Define tenancy G1 as ocid1.tenancy.oc1..glacier
    /// Endorse group Pilots to read buckets in tenancy G1
    /// ```
    "lint/same-ocid-two-aliases", Info, rejects: No, basis: "[D: XT]",
    checks: [Check::Policy(check)]
}

fn check(policy: &Policy, _source: &Source, findings: &mut Findings<'_>) {
    let mut seen: Vec<&Define> = Vec::new();
    for item in &policy.items {
        let Statement::Define(define) = &item.statement else { continue };
        let (Some(ocid), Some(alias)) = (define.ocid.node.literal(), define.alias.node.literal()) else {
            continue;
        };
        let twin = seen.iter().find(|other| {
            other.kind.node == define.kind.node
                && other.ocid.node.as_str().eq_ignore_ascii_case(ocid)
                && !other.alias.node.as_str().eq_ignore_ascii_case(alias)
        });
        match twin {
            // One that is masked is not the same as another that is masked alike.
            Some(twin) if !super::redacted_ocid::is_redacted(ocid) => {
                let place = findings.place(twin.alias.span);
                let other = twin.alias.node.as_str();
                findings
                    .report(
                        define.alias.span,
                        format!("`{alias}` and `{other}` stand for the same OCID"),
                        "use one of them",
                    )
                    .label(place, "the other");
            }
            Some(_) | None => seen.push(define),
        }
    }
}
