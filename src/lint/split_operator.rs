//! `syntax/split-operator`

lint! {
    /// Flags `! =` with a blank inside.
    ///
    /// # Why
    /// Live policies have it, so that the service seems to take it; `!=` is the documented form.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where request.region ! = 'iad'
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy where request.region != 'iad'
    /// ```
    "syntax/split-operator", Warning, rejects: No, basis: "[O]",
    checks: [Check::Reported(By::Parser)]
}
