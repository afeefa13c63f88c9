//! `test/unaskable`

lint! {
    /// Flags a question of a policy test that means nothing in its world.
    ///
    /// # Why
    /// It names a principal, an operation or a target that is not there, so that there is nothing to decide.
    "test/unaskable", Error, rejects: No, basis: "[DD]",
    checks: [Check::Reported(By::Reader)]
}
