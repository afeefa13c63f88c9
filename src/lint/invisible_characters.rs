//! `syntax/invisible-characters`

lint! {
    /// Flags characters that print as nothing or as a blank and are none: zero-width and non-breaking ones, byte-order
    /// marks.
    ///
    /// # Why
    /// They come with copied text, and the service does not read past them. The message names the code point.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy
    /// ```
    "syntax/invisible-characters", Error, rejects: Yes, basis: "[L: PEERS]",
    checks: [Check::Reported(By::Parser)]
}
