//! `tenancy/duplicate`

lint! {
    /// Flags two things of one kind with the same name or OCID.
    ///
    /// # Why
    /// A name or OCID would mean two things.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..a}, {name: Pilots, id: ocid1.group.oc1..b}]
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..a}, {name: Crew, id: ocid1.group.oc1..b}]
    /// ```
    "tenancy/duplicate", Error, rejects: No, basis: "[DD]",
    checks: [Check::Reported(By::Reader)]
}
