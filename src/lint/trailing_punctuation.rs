//! `syntax/trailing-punctuation`

lint! {
    /// Flags a full stop, semicolon or comma behind a statement.
    ///
    /// # Why
    /// A statement ends with its last word.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy;
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy
    /// ```
    "syntax/trailing-punctuation", Error, rejects: Yes, basis: "[D: PS]",
    checks: [Check::Reported(By::Parser)]
}
