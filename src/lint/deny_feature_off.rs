//! `resolve/deny-feature-off`

lint! {
    /// Flags a deny statement in a tenancy that has not enabled deny policies.
    ///
    /// # Why
    /// The service refuses it. Enabling the feature cannot be undone.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     deny-policies: disabled
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements:
    ///           - Deny group Pilots to inspect buckets in tenancy
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     deny-policies: enabled
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements:
    ///           - Deny group Pilots to inspect buckets in tenancy
    /// ```
    "resolve/deny-feature-off", Error, rejects: Yes, basis: "[D: DENY] [O]",
    needs: [Need::Knows(Aspect::Policies)],
    checks: [Check::Reported(By::Resolver)]
}
