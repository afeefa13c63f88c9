//! `tenancy/dangling-reference`

lint! {
    /// Flags the name of something that the tenancy model does not have.
    ///
    /// # Why
    /// Members, places and parents must be in the model too.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots, members: [kim]}]
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     users: [{name: kim, id: ocid1.user.oc1..kim}]
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots, members: [kim]}]
    /// ```
    "tenancy/dangling-reference", Error, rejects: No, basis: "[DD]",
    checks: [Check::Reported(By::Reader)]
}
