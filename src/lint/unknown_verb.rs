//! `syntax/unknown-verb`

lint! {
    /// Flags a word in the place of the verb that is none of `inspect`, `read`, `use` and `manage`.
    ///
    /// # Why
    /// Words such as `write` or `list` have a verb that is near; which one is meant is for a person to say.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to write objects in compartment shelf
    /// ```
    /// ```policy clean
    /// Allow group Pilots to manage objects in compartment shelf
    /// ```
    "syntax/unknown-verb", Error, rejects: Yes, basis: "[D: VERB]",
    checks: [Check::Reported(By::Parser)]
}
