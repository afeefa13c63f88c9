//! `syntax/parenthesised-group`

lint! {
    /// Flags `all ( … )` and `any ( … )`.
    ///
    /// # Why
    /// Live policies have it, so that the service seems to take it; braces are the documented form.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where any (request.region = 'iad', request.region = 'phx')
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy where any { request.region = 'iad', request.region = 'phx' }
    /// ```
    "syntax/parenthesised-group", Warning, rejects: No, basis: "[O]",
    checks: [Check::Reported(By::Parser)]
}
