//! `syntax/permission-set-with-type`

lint! {
    /// Flags a resource-type behind a permission set.
    ///
    /// # Why
    /// Permissions imply the type. One tool keeps accepting it; of the service nothing is known.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to {BUCKET_READ} buckets in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Pilots to {BUCKET_READ} in tenancy
    /// ```
    "syntax/permission-set-with-type", Warning, rejects: Yes, basis: "[E] [L: PEERS]",
    checks: [Check::Reported(By::Parser)]
}
