//! `file/missing-key`

lint! {
    /// Flags something that lacks a key it must have.
    ///
    /// # Why
    /// Without it the thing cannot be told from others.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    /// ```
    "file/missing-key", Error, rejects: No, basis: "[DD]",
    checks: [Check::Reported(By::Reader)]
}
