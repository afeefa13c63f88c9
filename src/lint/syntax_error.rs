//! `syntax/syntax-error`

lint! {
    /// Flags text that is no statement and that no other rule explains.
    ///
    /// # Why
    /// The service refuses it and names the first character it could not place, counted from 0 inside the statement; so
    /// does the message here. The statements around it are read all the same.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to manage
    /// ```
    /// ```policy clean
    /// Allow group Pilots to manage buckets in compartment hangar
    /// ```
    "syntax/syntax-error", Error, rejects: Yes, basis: "[D: PS] [O]",
    checks: [Check::Reported(By::Parser)]
}
