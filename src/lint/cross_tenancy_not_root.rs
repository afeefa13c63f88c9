//! `resolve/cross-tenancy-not-root`

lint! {
    /// Flags Define, Endorse and Admit in a policy that is attached to a compartment.
    ///
    /// # Why
    /// They count only in a policy attached to the root.
    ///
    /// # Examples
    /// ```policy flagged
    /// # attach: Fjord/shelf
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Admit any-user of tenancy Glacier to read buckets in compartment shelf
    /// ```
    /// ```policy clean
    /// # attach: Fjord
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Admit any-user of tenancy Glacier to read buckets in compartment shelf
    /// ```
    "resolve/cross-tenancy-not-root", Error, rejects: Yes, basis: "[D: XNET, XDBT]",
    checks: [Check::Reported(By::Resolver)]
}
