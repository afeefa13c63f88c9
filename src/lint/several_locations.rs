//! `syntax/several-locations`

lint! {
    /// Flags a list of compartments.
    ///
    /// # Why
    /// A statement has one location; it covers everything below it.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in compartment hangar, shelf
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in compartment hangar
    /// Allow group Pilots to read vcns in compartment shelf
    /// ```
    "syntax/several-locations", Error, rejects: Yes, basis: "[D: PS]",
    checks: [Check::Reported(By::Parser)]
}
