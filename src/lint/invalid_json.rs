//! `json/invalid-json`

lint! {
    /// Flags a file that is no JSON.
    ///
    /// # Why
    /// Other tools refuse the file, and what stands behind the place may not have been read.
    ///
    /// # Examples
    /// ```json flagged
    /// ["Allow group Pilots to read vcns in tenancy",]
    /// ```
    /// ```json clean
    /// ["Allow group Pilots to read vcns in tenancy"]
    /// ```
    "json/invalid-json", Error, rejects: No, basis: "[DD]",
    checks: [Check::Reported(By::Reader)]
}
