//! `syntax/bracket-list`

lint! {
    /// Flags a list in square brackets.
    ///
    /// # Why
    /// Lists stand in parentheses; one page of the documentation has the slip.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where request.region in ['iad', 'phx']
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy where request.region in ('iad', 'phx')
    /// ```
    "syntax/bracket-list", Error, rejects: Yes, basis: "[E]",
    checks: [Check::Reported(By::Parser)]
}
