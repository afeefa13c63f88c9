//! `syntax/several-resource-types`

lint! {
    /// Flags a list of resource-types.
    ///
    /// # Why
    /// A statement names one type, or a family that covers several.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns, subnets in compartment hangar
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in compartment hangar
    /// Allow group Pilots to read subnets in compartment hangar
    /// ```
    "syntax/several-resource-types", Error, rejects: Yes, basis: "[D: PS]",
    checks: [Check::Reported(By::Parser)]
}
