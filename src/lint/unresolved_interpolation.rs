//! `syntax/unresolved-interpolation`

lint! {
    /// Flags `${…}`, `{{…}}` and `%s`: text that another tool fills in.
    ///
    /// # Why
    /// As plain text the service refuses it. Text of a template file is expected to have it; there the finding is a
    /// remark, decisions treat the statement as not in force, and rules about the text itself do not run.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group ${var.pilots} to read vcns in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy
    /// ```
    "syntax/unresolved-interpolation", Error, rejects: Yes, basis: "[I]",
    checks: [Check::Reported(By::Parser)]
}
