//! `syntax/missing-compartment-keyword`

lint! {
    /// Flags `in NAME` without `compartment`.
    ///
    /// # Why
    /// A few examples of the documentation have the slip too; the grammar does not.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in hangar
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in compartment hangar
    /// ```
    "syntax/missing-compartment-keyword", Error, rejects: Yes, basis: "[D: LOC] [E]",
    checks: [Check::Reported(By::Parser)]
}
