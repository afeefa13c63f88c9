//! `syntax/smart-quotes`

lint! {
    /// Flags typographic quotation marks.
    ///
    /// # Why
    /// They come from word processors and rendered pages; the service knows the straight single quote only.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read buckets in tenancy where target.bucket.name = ‘logs’
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read buckets in tenancy where target.bucket.name = 'logs'
    /// ```
    "syntax/smart-quotes", Error, rejects: Yes, basis: "[L: PEERS]",
    checks: [Check::Reported(By::Parser)]
}
