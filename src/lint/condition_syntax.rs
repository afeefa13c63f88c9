//! `syntax/condition-syntax`

lint! {
    /// Flags conditions joined by `and` or `or`, braces without `all` or `any`, and operators the language does not
    /// have.
    ///
    /// # Why
    /// Several conditions stand in `all { …, … }` or `any { …, … }`. What was meant is guessed for the message only;
    /// the statement is never evaluated.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy where request.region = 'iad' and request.user.name = 'kim'
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read vcns in tenancy where all { request.region = 'iad', request.user.name = 'kim' }
    /// ```
    "syntax/condition-syntax", Error, rejects: Yes, basis: "[D: CON]",
    checks: [Check::Reported(By::Parser)]
}
