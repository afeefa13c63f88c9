//! `resolve/location-tenancy-in-child-policy`

lint! {
    /// Flags `in tenancy` in a policy that is attached to a compartment.
    ///
    /// # Why
    /// Such a policy does not reach the tenancy.
    ///
    /// # Examples
    /// ```policy flagged
    /// # attach: Fjord/hangar
    /// Allow group Pilots to read vcns in tenancy
    /// ```
    /// ```policy clean
    /// # attach: Fjord/hangar
    /// Allow group Pilots to read vcns in compartment hangar
    /// ```
    "resolve/location-tenancy-in-child-policy", Error, rejects: Yes, basis: "[I: HPW]",
    checks: [Check::Reported(By::Resolver)]
}
