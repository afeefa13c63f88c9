//! `lint/policy-name-duplicate`

use rustc_hash::FxHashMap;

use super::context::Context;
use super::findings::ProgramFindings;
use crate::caseless;
use crate::source::Place;
use crate::tenancy::TenancyId;

lint! {
    /// Flags two policies of a tenancy with one name.
    ///
    /// # Why
    /// Names are unique in a tenancy, as one page has it, or in a compartment, as another: the second policy may be refused.
    ///
    /// # Examples
    /// ```policy flagged
    /// # policy: pilots
    /// # attach: Fjord
    /// Allow group Pilots to read vcns in tenancy
    /// # policy: Pilots
    /// # attach: Fjord
    /// Allow group Pilots to read subnets in tenancy
    /// ```
    /// ```policy clean
    /// # policy: pilots
    /// # attach: Fjord
    /// Allow group Pilots to read vcns in tenancy
    /// # policy: crew
    /// # attach: Fjord
    /// Allow group Crew to read subnets in tenancy
    /// ```
    "lint/policy-name-duplicate", Warning, rejects: No, basis: "[X: CRP]",
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let mut seen: FxHashMap<(TenancyId, String), Place> = FxHashMap::default();
    for policy in context.model.policies() {
        let (Some(name), Some(at)) =
            (policy.policy.name.as_ref(), context.model.compartment(policy.attachment))
        else {
            continue;
        };
        let place = Place { source: policy.policy.source, span: name.span };
        match seen.entry((at.tenancy, caseless::fold(&name.node))) {
            std::collections::hash_map::Entry::Occupied(first) => {
                findings
                    .report(
                        place,
                        format!("the tenancy has a policy `{}` already", name.node),
                        "choose another name",
                    )
                    .label(*first.get(), "here");
            }
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(place);
            }
        }
    }
}
