//! `syntax/invisible-characters`

lint! {
    /// Flags characters that print as nothing or as a blank and are none: zero-width and non-breaking ones, byte-order
    /// marks, and marks that turn the direction of text, these in comments too.
    ///
    /// # Why
    /// They come with copied text, and the service does not read past them. Text whose direction is turned shows a
    /// reviewer other words than it says. The message names the code point.
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
