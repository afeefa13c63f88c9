//! `file/wrong-value`

lint! {
    /// Flags a value that is not what its key requires.
    ///
    /// # Why
    /// The message says what belongs there.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: fjord
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    /// ```
    "file/wrong-value", Error, rejects: No, basis: "[DD]",
    checks: [Check::Reported(By::Reader)]
}
