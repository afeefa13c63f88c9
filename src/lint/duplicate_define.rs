//! `resolve/duplicate-define`

lint! {
    /// Flags an alias that a policy defines twice.
    ///
    /// # Why
    /// Which of the two is meant cannot be told. Aliases of different kinds may share a name; case makes no difference.
    ///
    /// # Examples
    /// ```policy flagged
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Define tenancy glacier as ocid1.tenancy.oc1..other
    /// Endorse group Pilots to read buckets in tenancy Glacier
    /// ```
    /// ```policy clean
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Define group Glacier as ocid1.group.oc1..glacier
    /// Admit group Glacier of tenancy Glacier to read buckets in tenancy
    /// ```
    "resolve/duplicate-define", Error, rejects: Yes, basis: "[I]",
    checks: [Check::Reported(By::Resolver)]
}
