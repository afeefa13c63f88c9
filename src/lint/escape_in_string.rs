//! `syntax/escape-in-string`

lint! {
    /// Flags a backslash inside quotes.
    ///
    /// # Why
    /// No escape is documented. We read `\'` and `\\` as a quote and a backslash, as two other tools do.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read buckets in tenancy where target.bucket.name = 'it\'s'
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read buckets in tenancy where target.bucket.name = /it*s/
    /// ```
    "syntax/escape-in-string", Warning, rejects: No, basis: "[DD]",
    checks: [Check::Reported(By::Parser)]
}
