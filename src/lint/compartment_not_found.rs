//! `resolve/compartment-not-found`

lint! {
    /// Flags a compartment that is not where the statement says.
    ///
    /// # Why
    /// A path starts directly below the compartment the policy is attached to, or with that compartment's own name.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     compartments:
    ///       - name: hangar
    ///         id: ocid1.compartment.oc1..hangar
    ///         compartments: [{name: bay1, id: ocid1.compartment.oc1..bay1}]
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements:
    ///           - Allow group Pilots to read vcns in compartment hanger
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     compartments:
    ///       - name: hangar
    ///         id: ocid1.compartment.oc1..hangar
    ///         compartments: [{name: bay1, id: ocid1.compartment.oc1..bay1}]
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements:
    ///           - Allow group Pilots to read vcns in compartment hangar
    /// ```
    "resolve/compartment-not-found", Error, rejects: Yes, basis: "[D: CRP, HPW] [O]",
    needs: [Need::Knows(Aspect::Compartments)],
    checks: [Check::Reported(By::Resolver)]
}
