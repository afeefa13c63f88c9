//! `syntax/nesting-too-deep`

lint! {
    /// Flags brackets that stand deeper in each other than we read: 64 levels.
    ///
    /// # Why
    /// The limit is ours; it keeps hostile text from exhausting the program. No statement anybody wrote comes near it.
    "syntax/nesting-too-deep", Error, rejects: No, basis: "[DD]",
    checks: [Check::Reported(By::Parser)]
}
