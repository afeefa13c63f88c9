//! `internal/grammar-drift`

lint! {
    /// Flags text that our grammar accepts and our reader does not understand.
    ///
    /// # Why
    /// This is a mistake of ours, not of the text. Please report it.
    "internal/grammar-drift", Error, rejects: No, basis: "[DD]",
    checks: [Check::Reported(By::Parser)]
}
