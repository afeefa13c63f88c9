//! `syntax/dynamic-group-spelling`

lint! {
    /// Flags `dynamicgroup`, `dynamic group`, `dynamic_group` and other spellings of a subject's keyword.
    ///
    /// # Why
    /// Only `dynamic-group` and `group` are documented.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow dynamicgroup Robots to read vcns in tenancy
    /// ```
    /// ```policy clean
    /// Allow dynamic-group Robots to read vcns in tenancy
    /// ```
    "syntax/dynamic-group-spelling", Error, rejects: Yes, basis: "[D: SUB]",
    checks: [Check::Reported(By::Parser)]
}
