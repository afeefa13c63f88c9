//! `syntax/several-verbs`

lint! {
    /// Flags a list of verbs.
    ///
    /// # Why
    /// A statement has one verb. Verbs are cumulative, so that the strongest is enough.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read and use subnets in compartment hangar
    /// ```
    /// ```policy clean
    /// Allow group Pilots to use subnets in compartment hangar
    /// ```
    "syntax/several-verbs", Error, rejects: Yes, basis: "[D: PS, VERB]",
    checks: [Check::Reported(By::Parser)]
}
