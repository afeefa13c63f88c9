//! `syntax/double-quotes`

lint! {
    /// Flags `"…"` in place of `'…'`.
    ///
    /// # Why
    /// Single quotes are the documented form; one page of the documentation prints double quotes all the same.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read buckets in tenancy where target.bucket.name = "logs"
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read buckets in tenancy where target.bucket.name = 'logs'
    /// ```
    "syntax/double-quotes", Error, rejects: Yes, basis: "[D: PS, CON] [X]",
    checks: [Check::Reported(By::Parser)]
}
