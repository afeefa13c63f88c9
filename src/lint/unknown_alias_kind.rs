//! `syntax/unknown-alias-kind`

lint! {
    /// Flags a Define of something that cannot be given an alias.
    ///
    /// # Why
    /// `Define` names a `tenancy`, `group`, `dynamic-group` or `compartment`.
    ///
    /// # Examples
    /// ```policy flagged
    /// Define service Glacier as ocid1.tenancy.oc1..glacier
    /// ```
    /// ```policy clean
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Endorse group Pilots to read buckets in tenancy Glacier
    /// ```
    "syntax/unknown-alias-kind", Error, rejects: Yes, basis: "[D: XT]",
    checks: [Check::Reported(By::Parser)]
}
