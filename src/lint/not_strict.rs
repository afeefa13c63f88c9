//! `resolve/not-strict`

lint! {
    /// Says of a statement that it is not what the service accepts.
    ///
    /// # Why
    /// Only the reasons of rejected policies name it, where the parser gave no better one.
    "resolve/not-strict", Error, rejects: Yes, basis: "[D: PS]",
    checks: [Check::Reported(By::Resolver)]
}
