//! `lint/too-many-network-sources`

use super::context::Context;
use super::findings::ProgramFindings;

lint! {
    /// Flags a tenancy with more network sources than a tenancy may have.
    ///
    /// # Why
    /// Ten is the limit unless Oracle raised it for the tenancy.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     network-sources: [{name: a, public: [192.0.2.1]}, {name: b, public: [192.0.2.1]}, {name: c, public: [192.0.2.1]}, {name: d, public: [192.0.2.1]}, {name: e, public: [192.0.2.1]}, {name: f, public: [192.0.2.1]}, {name: g, public: [192.0.2.1]}, {name: h, public: [192.0.2.1]}, {name: i, public: [192.0.2.1]}, {name: j, public: [192.0.2.1]}, {name: k, public: [192.0.2.1]}]
    ///     policies:
    ///       - statements: [Allow group Pilots to read vcns in tenancy]
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     network-sources: [{name: office, public: [192.0.2.0/24]}]
    ///     policies:
    ///       - statements: [Allow group Pilots to read vcns in tenancy]
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    /// ```
    "lint/too-many-network-sources", Error, rejects: No, basis: "[D: LIM]",
    checks: [Check::Program(check)]
}

/// How many a tenancy may have.
const LIMIT: usize = 10;

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    for (id, tenancy) in context.model.tenancies() {
        let count = context.model.network_sources().iter().filter(|source| source.tenancy == id).count();
        if let Some(place) = tenancy.place.filter(|_| count > LIMIT) {
            findings.report(
                place,
                format!("the tenancy has {count} network sources, and {LIMIT} are allowed"),
                "join some, or have the limit raised",
            );
        }
    }
}
