//! `resolve/domain-not-found`

lint! {
    /// Flags an identity domain that the tenancy does not have.
    ///
    /// # Why
    /// A group is looked for in the domain in front of it.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     domains: [Crew]
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots, domain: Crew}]
    ///     policies:
    ///       - statements:
    ///           - Allow group Crews/Pilots to read vcns in tenancy
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     domains: [Crew]
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots, domain: Crew}]
    ///     policies:
    ///       - statements:
    ///           - Allow group Crew/Pilots to read vcns in tenancy
    /// ```
    "resolve/domain-not-found", Error, rejects: Yes, basis: "[D: SUB] [I]",
    needs: [Need::Knows(Aspect::Groups)],
    checks: [Check::Reported(By::Resolver)]
}
