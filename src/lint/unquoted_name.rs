//! `syntax/unquoted-name`

lint! {
    /// Flags a name with blanks that stands without quotes.
    ///
    /// # Why
    /// The service takes the second word for the next part of the statement.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Net Ops to read vcns in tenancy
    /// ```
    /// ```policy clean
    /// Allow group 'Net Ops' to read vcns in tenancy
    /// ```
    "syntax/unquoted-name", Error, rejects: Yes, basis: "[O] [I]",
    checks: [Check::Reported(By::Parser)]
}
