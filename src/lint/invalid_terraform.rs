//! `terraform/invalid-terraform`

lint! {
    /// Flags a file that is no Terraform.
    ///
    /// # Why
    /// Nothing of the file is read.
    ///
    /// # Examples
    /// ```terraform flagged
    /// locals {
    ///   flights = [1, 2
    /// }
    /// ```
    /// ```terraform clean
    /// locals {
    ///   flights = [1, 2]
    /// }
    /// ```
    "terraform/invalid-terraform", Error, rejects: No, basis: "[DD]",
    checks: [Check::Reported(By::Reader)]
}
