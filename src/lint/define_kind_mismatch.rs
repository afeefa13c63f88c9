//! `resolve/define-kind-mismatch`

lint! {
    /// Flags an alias whose OCID is of another kind than the Define says.
    ///
    /// # Why
    /// The alias would stand for nothing.
    ///
    /// # Examples
    /// ```policy flagged
    /// Define tenancy Glacier as ocid1.group.oc1..glacier
    /// Endorse group Pilots to read buckets in tenancy Glacier
    /// ```
    /// ```policy clean
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Endorse group Pilots to read buckets in tenancy Glacier
    /// ```
    "resolve/define-kind-mismatch", Error, rejects: Yes, basis: "[I]",
    checks: [Check::Reported(By::Resolver)]
}
