//! `file/unreadable`

lint! {
    /// Flags the name of a file that cannot be read.
    ///
    /// # Why
    /// Paths are relative to the file that names them.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     policies: [{file: nowhere.policy}]
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies: [{statements: [Allow group Pilots to read vcns in tenancy]}]
    /// ```
    "file/unreadable", Error, rejects: No, basis: "[DD]",
    checks: [Check::Reported(By::Reader)]
}
