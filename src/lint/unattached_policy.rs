//! `tenancy/unattached-policy`

lint! {
    /// Flags a policy that does not say which of the model's tenancies it belongs to.
    ///
    /// # Why
    /// With one tenancy it belongs to that one's root; with several it cannot be told. A `# attach:` line says it.
    "tenancy/unattached-policy", Error, rejects: No, basis: "[DD]",
    checks: [Check::Reported(By::Reader)]
}
