//! `syntax/dg-syntax`

lint! {
    /// Flags a matching rule that the grammar of rules does not accept.
    ///
    /// # Why
    /// Rules know `all { … }`, `any { … }`, and `=` and `!=` with a text in quotes behind one of six attributes; they
    /// are not joined by words.
    ///
    /// # Examples
    /// ```rule flagged
    /// resource.type = 'cluster' and resource.compartment.id = 'ocid1.compartment.oc1..hangar'
    /// ```
    /// ```rule clean
    /// all { resource.type = 'cluster', resource.compartment.id = 'ocid1.compartment.oc1..hangar' }
    /// ```
    "syntax/dg-syntax", Error, rejects: Yes, basis: "[D: DGR]",
    checks: [Check::Reported(By::Parser)]
}
