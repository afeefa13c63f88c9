//! `resolve/group-not-found`

lint! {
    /// Flags a group that the tenancy does not have.
    ///
    /// # Why
    /// Groups must exist when the policy is saved. A name without a domain means the default domain and nothing else.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements:
    ///           - Allow group Pilotes to read vcns in tenancy
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements:
    ///           - Allow group Pilots to read vcns in tenancy
    /// ```
    "resolve/group-not-found", Error, rejects: Yes, basis: "[D: CRP] [O]",
    needs: [Need::Knows(Aspect::Groups)],
    checks: [Check::Reported(By::Resolver)]
}
