//! `syntax/unbalanced-quote-or-brace`

lint! {
    /// Flags a quote or bracket that is never closed, or that closes nothing.
    ///
    /// # Why
    /// Everything behind it is read as part of it. The next statement is read all the same.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where all { request.region = 'iad'
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy where all { request.region = 'iad', request.user.name = 'kim' }
    /// ```
    "syntax/unbalanced-quote-or-brace", Error, rejects: Yes, basis: "[D: PS]",
    checks: [Check::Reported(By::Parser)]
}
