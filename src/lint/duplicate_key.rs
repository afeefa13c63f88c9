//! `yaml/duplicate-key`

lint! {
    /// Flags a key that stands twice in one mapping.
    ///
    /// # Why
    /// Which of the two is meant cannot be told.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     name: Glacier
    ///     id: ocid1.tenancy.oc1..fjord
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    /// ```
    "yaml/duplicate-key", Error, rejects: No, basis: "[DD]",
    checks: [Check::Reported(By::Reader)]
}
