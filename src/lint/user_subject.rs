//! `syntax/user-subject`

lint! {
    /// Flags a user as the subject of a statement.
    ///
    /// # Why
    /// There is no such subject: access is given to groups. A condition on `request.user.id` narrows `any-group` to one
    /// person.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow user kim to read vcns in tenancy
    /// ```
    /// ```policy clean
    /// Allow any-group to read vcns in tenancy where request.user.id = 'ocid1.user.oc1..kim'
    /// ```
    "syntax/user-subject", Error, rejects: Yes, basis: "[D: GSP] [O]",
    checks: [Check::Reported(By::Parser)]
}
