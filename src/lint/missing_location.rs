//! `syntax/missing-location`

lint! {
    /// Flags a statement without `in …`.
    ///
    /// # Why
    /// Two pages require the location, one calls it optional. What the service makes of such a statement is not known,
    /// so it is never evaluated.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in compartment hangar
    /// ```
    "syntax/missing-location", Error, rejects: Yes, basis: "[D: PS, LOC] [X: POB]",
    checks: [Check::Reported(By::Parser)]
}
