//! `syntax/redundant-allow-prefix`

lint! {
    /// Flags `allow admit …` and `allow endorse …`.
    ///
    /// # Why
    /// The statements stand without `allow`; one page hints that something like it exists.
    ///
    /// # Examples
    /// ```policy flagged
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Allow endorse group Pilots to read buckets in tenancy Glacier
    /// ```
    /// ```policy clean
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Endorse group Pilots to read buckets in tenancy Glacier
    /// ```
    "syntax/redundant-allow-prefix", Warning, rejects: Yes, basis: "[X: DENY]",
    checks: [Check::Reported(By::Parser)]
}
