//! `resolve/place-not-modelled`

lint! {
    /// Flags an Endorse for a compartment of the other tenancy that the model does not have.
    ///
    /// # Why
    /// Nothing can be decided about resources there.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements:
    ///           - Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    ///           - Endorse group Pilots to read buckets in compartment shelf of tenancy Glacier
    ///   - name: Glacier
    ///     id: ocid1.tenancy.oc1..glacier
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements:
    ///           - Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    ///           - Endorse group Pilots to read buckets in compartment shelf of tenancy Glacier
    ///   - name: Glacier
    ///     id: ocid1.tenancy.oc1..glacier
    ///     compartments: [{name: shelf, id: ocid1.compartment.oc1..shelf}]
    ///     policies:
    ///       - statements:
    ///           - Define tenancy Fjord as ocid1.tenancy.oc1..fjord
    ///           - Define group RemotePilots as ocid1.group.oc1..pilots
    ///           - Admit group RemotePilots of tenancy Fjord to read buckets in compartment shelf
    /// ```
    "resolve/place-not-modelled", Warning, rejects: No, basis: "[DD]",
    needs: [Need::Knows(Aspect::Compartments)],
    checks: [Check::Reported(By::Resolver)]
}
