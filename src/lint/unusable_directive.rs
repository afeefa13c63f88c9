//! `syntax/unusable-directive`

lint! {
    /// Flags a `# policy:`, `# attach:` or `# lint-allow` line that cannot be read, stands too late, or gives no
    /// reason.
    ///
    /// # Why
    /// Such lines are instructions to this tool. One that is not understood does not do what its author relies on.
    ///
    /// # Examples
    /// ```policy flagged
    /// # lint-allow redacted-ocid
    /// Allow group Pilots to read vcns in tenancy
    /// ```
    /// ```policy clean
    /// # policy: pilots
    /// # attach: Fjord
    /// Allow group Pilots to read vcns in tenancy
    /// ```
    "syntax/unusable-directive", Error, rejects: No, basis: "[DD]",
    checks: [Check::Reported(By::Parser)]
}
