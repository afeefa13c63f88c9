//! `resolve/endorse-own-tenancy`

lint! {
    /// Flags an Endorse that names its own tenancy.
    ///
    /// # Why
    /// Endorse and Admit play no part within one tenancy; the statement reaches nothing.
    ///
    /// # Examples
    /// ```policy flagged
    /// Endorse group Pilots to read buckets in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read buckets in tenancy
    /// ```
    "resolve/endorse-own-tenancy", Warning, rejects: No, basis: "[I]",
    checks: [Check::Reported(By::Resolver)]
}
