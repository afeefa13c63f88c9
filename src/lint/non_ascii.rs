//! `syntax/non-ascii`

lint! {
    /// Flags letters outside ASCII: an error in a bare word, a warning inside quotes.
    ///
    /// # Why
    /// Compartment names cannot have them; for group names nothing is documented, and one tool refuses them everywhere.
    /// A quoted name is left to the service.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in compartment hängar
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in compartment hangar
    /// ```
    "syntax/non-ascii", Error, rejects: Sometimes, basis: "[L: PEERS] [DD]",
    checks: [Check::Reported(By::Parser)]
}
