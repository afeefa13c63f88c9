//! `syntax/comment-in-statement`

lint! {
    /// Flags a comment behind a statement: `# …`, `-- …`, `/* … */`, and with a warning only `// …`.
    ///
    /// # Why
    /// The language has no comments. Hundreds of live policies end in `// …`, so that the service seems to take those;
    /// of the others nothing is known. A line of its own that starts with `#` is a comment of this tool and never sent
    /// to the service.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in tenancy # temporary
    /// ```
    /// ```policy clean
    /// # temporary
    /// Allow group Pilots to read vcns in tenancy
    /// ```
    "syntax/comment-in-statement", Error, rejects: Sometimes, basis: "[L: PEERS] [X]",
    checks: [Check::Reported(By::Parser)]
}
