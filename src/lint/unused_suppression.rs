//! `lint/unused-suppression`

lint! {
    /// Flags a `# lint-allow` line, or one of its ids, that accepts nothing.
    ///
    /// # Why
    /// What it accepted was repaired, or moved; the line would hide the next finding of that kind. An id whose lint did
    /// not run is left alone.
    ///
    /// # Examples
    /// ```policy flagged
    /// # lint-allow redacted-ocid: the real one is filled in by the pipeline
    /// Allow group Pilots to read vcns in tenancy
    /// ```
    /// ```policy clean
    /// # lint-allow redacted-ocid: the real one is filled in by the pipeline
    /// Allow group Pilots to use keys in tenancy where target.key.id = 'ocid1.key.oc1.iad.bb____qq'
    /// ```
    "lint/unused-suppression", Info, rejects: No, basis: "[DD]",
    checks: [Check::Reported(By::Runner)]
}
