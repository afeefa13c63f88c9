//! `file/too-many-statements`

lint! {
    /// Flags a file of more than 200,000 statements.
    ///
    /// # Why
    /// Statements behind that number are not read. No tenancy may have as many.
    "file/too-many-statements", Error, rejects: No, basis: "[DD]",
    checks: [Check::Reported(By::Reader)]
}
