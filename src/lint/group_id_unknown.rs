//! `resolve/group-id-unknown`

lint! {
    /// Flags the OCID of a group or dynamic group that the tenancy does not have.
    ///
    /// # Why
    /// OCIDs are not verified when the policy is saved: the statement is in force and matches nobody.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements:
    ///           - Allow group id ocid1.group.oc1..pilotes to read vcns in tenancy
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements:
    ///           - Allow group id ocid1.group.oc1..pilots to read vcns in tenancy
    /// ```
    "resolve/group-id-unknown", Warning, rejects: No, basis: "[I]",
    needs: [Need::Knows(Aspect::Groups)],
    checks: [Check::Reported(By::Resolver)]
}
