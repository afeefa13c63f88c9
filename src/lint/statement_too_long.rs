//! `syntax/statement-too-long`

lint! {
    /// Flags a statement or matching rule of more than 100,000 bytes.
    ///
    /// # Why
    /// The service documents no limit for a statement and 100,000 characters for a matching rule. Longer text is
    /// not read, so that its policy is not evaluated.
    "syntax/statement-too-long", Error, rejects: Yes, basis: "[DD] [D: LIM]",
    checks: [Check::Reported(By::Parser)]
}
