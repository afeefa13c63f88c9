//! `yaml/syntax`

lint! {
    /// Flags a file that is no YAML.
    ///
    /// # Why
    /// What stands behind the place is not read.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies: [
    /// ```
    /// ```yaml clean
    /// tenancies: []
    /// ```
    "yaml/syntax", Error, rejects: No, basis: "[DD]",
    checks: [Check::Reported(By::Reader)]
}
