//! `lint/too-many-dynamic-groups`

use super::context::Context;
use super::findings::ProgramFindings;

lint! {
    /// Flags an identity domain with more dynamic groups than it may have.
    ///
    /// # Why
    /// Fifty is the limit unless Oracle raised it for the tenancy: the next one cannot be created.
    "lint/too-many-dynamic-groups", Error, rejects: No, basis: "[D: LIM, DGM]",
    checks: [Check::Program(check)]
}

/// How many a domain may have.
const LIMIT: usize = 50;

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let model = context.model;
    for (id, tenancy) in model.tenancies() {
        let domains: Vec<&str> = model
            .dynamic_groups()
            .filter(|(_, group)| group.tenancy == id && group.known)
            .map(|(_, group)| group.domain.as_str())
            .collect();
        let mut each: Vec<&str> = domains.clone();
        each.sort_unstable();
        each.dedup();
        for domain in each {
            let count = domains.iter().filter(|other| **other == domain).count();
            if let Some(place) = tenancy.place.filter(|_| count > LIMIT) {
                findings.report(
                    place,
                    format!("the domain `{domain}` has {count} dynamic groups, and {LIMIT} are allowed"),
                    "join some, or have the limit raised",
                );
            }
        }
    }
}
