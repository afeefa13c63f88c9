//! `resolve/admit-subject`

lint! {
    /// Flags an Admit whose subject can be no principal of another tenancy.
    ///
    /// # Why
    /// A foreign group is known by its OCID only, which a Define gives a name; services and local names are not
    /// foreign.
    ///
    /// # Examples
    /// ```policy flagged
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Admit service blockstorage of tenancy Glacier to use keys in tenancy
    /// ```
    /// ```policy clean
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Define group Remote as ocid1.group.oc1..remote
    /// Admit group Remote of tenancy Glacier to use keys in tenancy
    /// ```
    "resolve/admit-subject", Error, rejects: Yes, basis: "[D: XT] [I]",
    checks: [Check::Reported(By::Resolver)]
}
