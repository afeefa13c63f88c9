//! `file/unknown-key`

lint! {
    /// Flags a key that the file's format does not have.
    ///
    /// # Why
    /// A key that nobody reads does not do what its author relies on.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     group: []
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     groups: []
    /// ```
    "file/unknown-key", Error, rejects: No, basis: "[DD]",
    checks: [Check::Reported(By::Reader)]
}
