//! `syntax/nesting-too-deep`

lint! {
    /// Flags brackets that stand deeper in each other than we read: 64 levels.
    ///
    /// # Why
    /// The limit is ours; it keeps hostile text from exhausting the program. No statement anybody wrote comes near it.
    /// A policy with a deeper one is not evaluated.
    "syntax/nesting-too-deep", Error, rejects: Yes, basis: "[DD]",
    checks: [Check::Reported(By::Parser)]
}
