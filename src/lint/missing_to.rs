//! `syntax/missing-to`

lint! {
    /// Flags a verb or permission set that follows the subject without `to`.
    ///
    /// # Why
    /// The service refuses the statement. In Endorse and Admit some live statements leave the `to` in front of a
    /// permission set out; these are read without a finding.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots read vcns in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy
    /// ```
    "syntax/missing-to", Error, rejects: Yes, basis: "[D: PS]",
    checks: [Check::Reported(By::Parser)]
}
