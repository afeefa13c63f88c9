//! `syntax/unquoted-value`

lint! {
    /// Flags a value in a condition that stands without quotes.
    ///
    /// # Why
    /// Without quotes a word is the name of a variable, and the service complains of an empty list of variable names.
    /// The documentation itself prints some OCIDs so.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read buckets in tenancy where target.bucket.name = logs
    /// ```
    /// ```policy clean
    /// Allow group Pilots to read buckets in tenancy where target.bucket.name = 'logs'
    /// Allow any-user to read vcns in tenancy where request.principal.compartment.id = target.compartment.id
    /// ```
    "syntax/unquoted-value", Error, rejects: Yes, basis: "[O] [X]",
    checks: [Check::Reported(By::Parser)]
}
