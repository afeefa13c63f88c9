//! `syntax/empty-group`

lint! {
    /// Flags `all {}`, `any {}`, `{}` and `in ()`.
    ///
    /// # Why
    /// Nothing is asked for. A statement without conditions has no `where`.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where all {}
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy
    /// ```
    "syntax/empty-group", Error, rejects: Yes, basis: "[I]",
    checks: [Check::Reported(By::Parser)]
}
