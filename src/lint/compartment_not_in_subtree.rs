//! `resolve/compartment-not-in-subtree`

lint! {
    /// Flags a compartment that exists, but not at or below the place the policy is attached to.
    ///
    /// # Why
    /// A policy speaks of its own compartment and of what is inside; paths are relative to it.
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
    ///       - attach: hangar
    ///         statements:
    ///           - Allow group Pilots to read vcns in compartment hangar:bay1
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
    ///       - attach: hangar
    ///         statements:
    ///           - Allow group Pilots to read vcns in compartment bay1
    /// ```
    "resolve/compartment-not-in-subtree", Error, rejects: Yes, basis: "[D: HPW] [O]",
    needs: [Need::Knows(Aspect::Compartments)],
    checks: [Check::Reported(By::Resolver)]
}
