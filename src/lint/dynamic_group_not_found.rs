//! `resolve/dynamic-group-not-found`

lint! {
    /// Flags a dynamic group that the tenancy does not have.
    ///
    /// # Why
    /// Dynamic groups must exist when the policy is saved.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     dynamic-groups: [{name: Robots, id: ocid1.dynamicgroup.oc1..robots, matching-rule: "resource.type = 'cluster'"}]
    ///     policies:
    ///       - statements:
    ///           - Allow dynamic-group Robot to use keys in tenancy
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     dynamic-groups: [{name: Robots, id: ocid1.dynamicgroup.oc1..robots, matching-rule: "resource.type = 'cluster'"}]
    ///     policies:
    ///       - statements:
    ///           - Allow dynamic-group Robots to use keys in tenancy
    /// ```
    "resolve/dynamic-group-not-found", Error, rejects: Yes, basis: "[D: CRP] [O]",
    needs: [Need::Knows(Aspect::DynamicGroups)],
    checks: [Check::Reported(By::Resolver)]
}
