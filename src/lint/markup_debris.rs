//! `syntax/markup-debris`

lint! {
    /// Flags list bullets, back-ticks, quotation marks and `**` around a statement.
    ///
    /// # Why
    /// They belong to the page it was copied from.
    ///
    /// # Examples
    /// ```policy flagged
    /// * `Allow group Pilots to read vcns in tenancy`
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy
    /// ```
    "syntax/markup-debris", Error, rejects: Yes, basis: "[O]",
    checks: [Check::Reported(By::Parser)]
}
