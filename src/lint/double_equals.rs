//! `syntax/double-equals`

lint! {
    /// Flags `==` and `<>`.
    ///
    /// # Why
    /// The operators are `=` and `!=`.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where request.region == 'iad'
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy where request.region = 'iad'
    /// ```
    "syntax/double-equals", Error, rejects: Yes, basis: "[D: CON]",
    checks: [Check::Reported(By::Parser)]
}
