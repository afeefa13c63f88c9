//! `syntax/dg-unsupported-operator`

lint! {
    /// Flags lists, patterns and other operators in a matching rule.
    ///
    /// # Why
    /// Rules know `=` and `!=` only.
    ///
    /// # Examples
    /// ```rule flagged
    /// instance.compartment.id in ('ocid1.compartment.oc1..hangar', 'ocid1.compartment.oc1..shelf')
    /// ```
    /// ```rule clean
    /// any { instance.compartment.id = 'ocid1.compartment.oc1..hangar', instance.compartment.id = 'ocid1.compartment.oc1..shelf' }
    /// ```
    "syntax/dg-unsupported-operator", Error, rejects: Yes, basis: "[D: DGR]",
    checks: [Check::Reported(By::Parser)]
}
