//! `syntax/multiple-statements-on-line`

lint! {
    /// Flags a second statement on the line of the first.
    ///
    /// # Why
    /// The service takes one statement a string. Two pages of the documentation print such pairs.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy Allow group Crew to read vcns in tenancy
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy
    /// Allow group Crew to read vcns in tenancy
    /// ```
    "syntax/multiple-statements-on-line", Error, rejects: Yes, basis: "[E: XDNS, COM]",
    checks: [Check::Reported(By::Parser)]
}
