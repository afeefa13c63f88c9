//! `syntax/trailing-comma`

lint! {
    /// Flags a comma in front of a closing bracket.
    ///
    /// # Why
    /// The list ends with its last member.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to {BUCKET_READ, BUCKET_INSPECT,} in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Pilots to {BUCKET_READ, BUCKET_INSPECT} in tenancy
    /// ```
    "syntax/trailing-comma", Error, rejects: Yes, basis: "[D: PS]",
    checks: [Check::Reported(By::Parser)]
}
