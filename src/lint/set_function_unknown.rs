//! `syntax/set-function-unknown`

lint! {
    /// Flags a function in a condition other than `sets-equal` and `sets-intersect`.
    ///
    /// # Why
    /// No other is known; the statement is never evaluated.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Scribes to manage policies in tenancy where sets-contain(target.policy.type, ('deny'))
    /// ```
    /// ```policy clean
    /// Allow group Scribes to manage policies in tenancy where sets-intersect(target.policy.type, ('deny'))
    /// ```
    "syntax/set-function-unknown", Warning, rejects: Yes, basis: "[D: DENY] [E]",
    checks: [Check::Reported(By::Parser)]
}
